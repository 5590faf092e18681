/* SPDX-License-Identifier: Apache-2.0 */
/* CNode calls, CSpaces and cancelled badged sends. abi.md, "CNode", "Lookup", "Parentage". */
#include "suite.h"

static const struct kaal_slot no_depth = {.root = KAAL_ROOT_CNODE, .index = 1, .depth = 0};
static const struct kaal_slot deep = {.root = KAAL_ROOT_CNODE, .index = 1, .depth = 65};

static kaal_err_t mutate(kaal_cptr_t to, kaal_cptr_t from, kaal_word_t guard)
{
    const struct kaal_slot dest = slot_of(to);
    const struct kaal_slot src = slot_of(from);
    const kaal_word_t words[] = {dest.index, dest.depth, src.index, src.depth, guard};
    kaal_set_cap(0, src.root);
    return suite_invoke(dest.root, KAAL_INV_CNODE_MUTATE, 1, 5, words, NULL);
}

static kaal_err_t rotate(kaal_cptr_t to, kaal_word_t pivot_guard, kaal_cptr_t pivot,
                         kaal_word_t guard, kaal_cptr_t from)
{
    const struct kaal_slot d = slot_of(to);
    const struct kaal_slot p = slot_of(pivot);
    const struct kaal_slot s = slot_of(from);
    const kaal_word_t words[] = {d.index, d.depth, pivot_guard, p.index,
                                 p.depth, guard,   s.index,     s.depth};
    kaal_set_cap(0, p.root);
    kaal_set_cap(1, s.root);
    return suite_invoke(d.root, KAAL_INV_CNODE_ROTATE, 2, 8, words, NULL);
}

/* Does the CNode in slot cap have that guard, with radix 2? */
static bool has_guard(kaal_cptr_t cap, kaal_word_t value, unsigned bits)
{
    const struct kaal_slot inner = {.root = cap, .index = value << 2, .depth = bits + 2};
    return sys_cnode_delete(&inner) == KAAL_OK;
}

/* ---- Copy, Mint, Move ---------------------------------------------------------------- */

static void depths_are_checked(void)
{
    const struct kaal_slot src = slot_of(make(KAAL_OBJ_ENDPOINT, 0));
    const struct kaal_slot dest = slot_of(empty_slot());
    const struct kaal_slot *bad[] = {&no_depth, &deep};
    for (unsigned i = 0; i < 2; i++) {
        CHECK_EQUAL(sys_cnode_copy(bad[i], &src, 15), KAAL_ERR_RANGE);
        CHECK_EQUAL(kaal_err_detail()[0], 1);
        CHECK_EQUAL(kaal_err_detail()[1], 1);
        CHECK_EQUAL(kaal_err_detail()[2], 64);
        CHECK_EQUAL(sys_cnode_copy(&dest, bad[i], 15), KAAL_ERR_RANGE);
        CHECK_EQUAL(kaal_err_detail()[0], 3);
        CHECK_EQUAL(sys_cnode_move(&dest, bad[i]), KAAL_ERR_RANGE);
        CHECK_EQUAL(sys_cnode_mint(&dest, bad[i], 15, 1), KAAL_ERR_RANGE);
        CHECK_EQUAL(sys_cnode_delete(bad[i]), KAAL_ERR_RANGE);
        CHECK_EQUAL(sys_cnode_revoke(bad[i]), KAAL_ERR_RANGE);
    }
}

static void source_root_is_checked(void)
{
    const struct kaal_slot dest = slot_of(empty_slot());
    const struct kaal_slot src = {.root = KAAL_ROOT_TCB, .index = 1, .depth = 64};
    CHECK_EQUAL(sys_cnode_copy(&dest, &src, 15), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(kaal_err_detail()[2], KAAL_LOOKUP_INVALID_ROOT);
}

static void rights_are_masked_for_all(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    for (kaal_word_t have = 0; have < 16; have++) {
        for (kaal_word_t want = 0; want < 16; want += 3) {
            const kaal_cptr_t first = make_badged(ntfn, have, 2);
            const kaal_cptr_t copy = make_badged(first, want, 0);
            const struct kaal_slot slots[] = {slot_of(first), slot_of(copy)};
            const struct kaal_msg none = {0};
            sys_nbsend(copy, &none);
            CHECK_EQUAL(sys_poll(ntfn, NULL), (have & want & KAAL_RIGHT_WRITE) != 0 ? 2 : 0);
            CHECK_OK(sys_cnode_delete(&slots[1]));
            CHECK_OK(sys_cnode_delete(&slots[0]));
        }
    }
}

static void rights_beyond_mean_nothing(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t copy = make_badged(ntfn, ~(kaal_word_t)0xf, 4); /* none of the four */
    const struct kaal_msg none = {0};
    sys_nbsend(copy, &none);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0);
}

static void badge_has_64_bits(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    static struct thread thread;
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 0xfedcba9876543210));
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0xfedcba9876543210);
    thread.arg[0] = make_badged(ep, KAAL_RIGHT_WRITE, ~(kaal_word_t)0);
    CHECK(thread_start(&thread, suite_send_once, ABOVE));
    CHECK_EQUAL(sys_wait(ep, NULL), ~(kaal_word_t)0);
}

static void second_badge_is_refused(void)
{
    const struct kaal_slot src = slot_of(make_badged(make(KAAL_OBJ_ENDPOINT, 0), 15, 7));
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_EQUAL(sys_cnode_mint(&dest, &src, 15, 8), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_cnode_mint(&dest, &src, 15, 7), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK(suite_is_empty(dest.index));
}

static void long_guards_are_refused(void)
{
    const struct kaal_slot src = slot_of(make(KAAL_OBJ_CNODE, 2));
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_EQUAL(sys_cnode_mint(&dest, &src, 15, kaal_guard(0, 63)), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_OK(sys_cnode_mint(&dest, &src, 15, kaal_guard(0, 62)));
    CHECK(has_guard(dest.index, 0, 62));
}

static void what_cannot_be_copied(void)
{
    const struct kaal_slot dest = slot_of(empty_slot());
    const struct kaal_slot control = slot_of(KAAL_ROOT_IRQ_CONTROL);
    const struct kaal_slot vspace = slot_of(make(KAAL_OBJ_VSPACE, 0));
    const struct kaal_slot table = slot_of(make(KAAL_OBJ_PAGE_TABLE, 0));
    CHECK_EQUAL(sys_cnode_copy(&dest, &control, 15), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_cnode_copy(&dest, &vspace, 15), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_cnode_copy(&dest, &table, 15), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_OK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace.index));
    CHECK_OK(sys_cnode_copy(&dest, &vspace, 15));
}

static void untyped_copy_takes_the_rest(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const kaal_cptr_t copy = make_badged(ut, 15, 0);
    const struct kaal_slots dest = {
        .root = KAAL_ROOT_CNODE, .offset = slot_of(empty_slot()).index, .count = 1};
    const struct kaal_slot copy_slot = slot_of(copy);
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest), KAAL_ERR_NOT_ENOUGH_MEMORY);
    CHECK_EQUAL(kaal_err_detail()[0], 0);
    CHECK_OK(sys_retype(copy, KAAL_OBJ_ENDPOINT, 0, &dest));
    CHECK_OK(sys_cnode_revoke(&copy_slot));
    CHECK_OK(sys_cnode_delete(&copy_slot));
    CHECK_OK(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest));
}

static void move_keeps_badge_and_rights(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const struct kaal_slot src = slot_of(make_badged(ntfn, KAAL_RIGHT_WRITE, 0x55));
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_OK(sys_cnode_move(&dest, &src));
    sys_signal(dest.index);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0x55);
    CHECK(suite_is_empty(src.index));
}

static void move_keeps_parentage(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t child = make_badged(ep, 15, 3);
    const struct kaal_slot src = slot_of(ep);
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_OK(sys_cnode_move(&dest, &src));
    CHECK_OK(sys_cnode_revoke(&dest));
    CHECK(suite_is_empty(child));
}

/* ---- Parentage --------------------------------------------------------------------- */

static void copy_of_a_copy_is_its_sibling(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t copy = make_badged(ep, 15, 0);
    const kaal_cptr_t second = make_badged(copy, 15, 0);
    const struct kaal_slot slot = slot_of(copy);
    CHECK_OK(sys_cnode_revoke(&slot));
    CHECK(!suite_is_empty(second));
}

static void badged_capability_has_children(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t badged = make_badged(ep, 15, 6);
    const kaal_cptr_t child = make_badged(badged, 15, 0);
    const kaal_cptr_t other = make_badged(ep, 15, 6);
    const struct kaal_slot slot = slot_of(badged);
    CHECK_OK(sys_cnode_revoke(&slot));
    CHECK(suite_is_empty(child));
    CHECK(!suite_is_empty(other));
    CHECK(!suite_is_empty(badged));
}

static void children_go_to_the_parent(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t badged = make_badged(ep, 15, 6);
    const kaal_cptr_t child = make_badged(badged, 15, 0);
    const struct kaal_slot middle = slot_of(badged);
    const struct kaal_slot root = slot_of(ep);
    CHECK_OK(sys_cnode_delete(&middle));
    CHECK(!suite_is_empty(child));
    CHECK_OK(sys_cnode_revoke(&root));
    CHECK(suite_is_empty(child));
}

static void deleted_copy_leaves_the_object(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const struct kaal_slot copy = slot_of(make_badged(ntfn, 15, 0));
    const struct kaal_slot original = slot_of(ntfn);
    const kaal_cptr_t badged = make_badged(copy.index, 15, 8);
    CHECK_OK(sys_cnode_delete(&original)); /* the copies keep the object */
    sys_signal(badged);
    CHECK_EQUAL(sys_poll(copy.index, NULL), 8);
}

static void revoke_of_a_leaf_is_nothing(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_slot leaf = slot_of(make_badged(ep, 15, 0));
    const struct kaal_slot none = slot_of(empty_slot());
    CHECK_OK(sys_cnode_revoke(&leaf));
    CHECK_OK(sys_cnode_revoke(&none));
    CHECK(!suite_is_empty(leaf.index) && !suite_is_empty(ep));
}

static void same_badges_are_apart(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t a = make_badged(ep, 15, 5);
    const kaal_cptr_t b = make_badged(ep, 15, 5);
    const kaal_cptr_t of_a = make_badged(a, 15, 0);
    const kaal_cptr_t of_b = make_badged(b, 15, 0);
    const struct kaal_slot first = slot_of(a);
    const struct kaal_slot second = slot_of(b);
    CHECK_OK(sys_cnode_delete(&first));
    CHECK_OK(sys_cnode_revoke(&second));
    CHECK(suite_is_empty(of_b));
    CHECK(!suite_is_empty(of_a));
}

/* ---- Mutate, Rotate ------------------------------------------------------------------ */

static void mutate_moves_with_a_guard(void)
{
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 2);
    const kaal_cptr_t other = empty_slot();
    CHECK_OK(mutate(other, cnode, kaal_guard(9, 4)));
    CHECK(suite_is_empty(cnode));
    CHECK(has_guard(other, 9, 4));
    CHECK_OK(mutate(cnode, other, 0));
    CHECK(has_guard(cnode, 0, 0));
}

static void mutate_keeps_parentage(void)
{
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 2);
    const kaal_cptr_t child = make_badged(cnode, 15, 0);
    const struct kaal_slot moved = slot_of(empty_slot());
    CHECK_OK(mutate(moved.index, cnode, kaal_guard(1, 1)));
    CHECK_OK(sys_cnode_revoke(&moved));
    CHECK(suite_is_empty(child));
}

static void mutate_is_checked(void)
{
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 2);
    const kaal_cptr_t none = empty_slot();
    const kaal_cptr_t none2 = empty_slot();
    CHECK_EQUAL(mutate(none, make(KAAL_OBJ_ENDPOINT, 0), 0), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(mutate(none, make(KAAL_OBJ_NOTIFICATION, 0), 0), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(mutate(none, cnode, kaal_guard(0, 63)), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(mutate(none, none2, 0), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(mutate(make(KAAL_OBJ_TCB, 0), cnode, 0), KAAL_ERR_DELETE_FIRST);
    CHECK_OK(mutate(none, make(KAAL_OBJ_TCB, 0), 77)); /* the guard means nothing */
    CHECK(suite_is_empty(none2) && has_guard(cnode, 0, 0));
}

static void rotate_moves_two(void)
{
    const kaal_cptr_t source = make(KAAL_OBJ_CNODE, 2);
    const kaal_cptr_t pivot = make(KAAL_OBJ_CNODE, 2);
    const kaal_cptr_t dest = empty_slot();
    CHECK_OK(rotate(dest, kaal_guard(5, 3), pivot, kaal_guard(2, 2), source));
    CHECK(suite_is_empty(source));
    CHECK(has_guard(dest, 5, 3));  /* the pivot went there */
    CHECK(has_guard(pivot, 2, 2)); /* the source in its place */
}

static void rotate_swaps(void)
{
    const kaal_cptr_t a = make(KAAL_OBJ_CNODE, 2);
    const kaal_cptr_t b = make(KAAL_OBJ_TCB, 0);
    CHECK_OK(rotate(a, 0, b, kaal_guard(1, 2), a));
    CHECK_OK(sys_tcb_suspend(a));
    CHECK(has_guard(b, 1, 2));
}

static void rotate_is_checked(void)
{
    const kaal_cptr_t a = make(KAAL_OBJ_CNODE, 2);
    const kaal_cptr_t b = make(KAAL_OBJ_CNODE, 2);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t none = empty_slot();
    const kaal_cptr_t none2 = empty_slot();
    CHECK_EQUAL(rotate(none, 0, a, 0, a), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(rotate(a, 0, a, 0, b), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(rotate(ep, 0, a, 0, b), KAAL_ERR_DELETE_FIRST);
    CHECK_EQUAL(rotate(none, 0, a, 0, none2), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(rotate(none, 0, none2, 0, a), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(kaal_err_detail()[0], 0);
    CHECK_EQUAL(rotate(none, 0, ep, 0, a), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(rotate(none, 0, a, 0, ep), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(rotate(none, kaal_guard(0, 63), a, 0, b), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(rotate(none, 0, a, kaal_guard(0, 63), b), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK(has_guard(a, 0, 0) && has_guard(b, 0, 0) && suite_is_empty(none));
}

static void rotate_keeps_parentage(void)
{
    const kaal_cptr_t a = make(KAAL_OBJ_CNODE, 2);
    const kaal_cptr_t b = make(KAAL_OBJ_CNODE, 2);
    const kaal_cptr_t of_a = make_badged(a, 15, 0);
    const kaal_cptr_t of_b = make_badged(b, 15, 0);
    const struct kaal_slot slot = slot_of(b);
    CHECK_OK(rotate(a, 0, b, 0, a)); /* what was a is in b now */
    CHECK_OK(sys_cnode_revoke(&slot));
    CHECK(suite_is_empty(of_a));
    CHECK(!suite_is_empty(of_b));
}

static const struct test tests[] = {
    TEST(depths_are_checked, "depths of 0 and 65 bits are refused, with their limits"),
    TEST(source_root_is_checked, "a source root that is no CNode is a failed lookup"),
    TEST(rights_are_masked_for_all, "a copy has the rights asked for and held, in all pairs"),
    TEST(rights_beyond_mean_nothing, "unknown right bits give nothing"),
    TEST(badge_has_64_bits, "all 64 bits of a badge arrive"),
    TEST(second_badge_is_refused, "a badge is set once"),
    TEST(long_guards_are_refused, "guard and radix are at most 64 bits"),
    TEST(what_cannot_be_copied, "interrupt control, unnamed VSpace, unmapped table: no copies"),
    TEST(untyped_copy_takes_the_rest, "a copied untyped has nothing left until the copy is gone"),
    TEST(move_keeps_badge_and_rights, "a moved capability keeps badge and rights"),
    TEST(move_keeps_parentage, "a moved capability keeps its children"),
    TEST(copy_of_a_copy_is_its_sibling, "revoking a copy spares a copy of it"),
    TEST(badged_capability_has_children, "revoking a badged capability takes its copies only"),
    TEST(children_go_to_the_parent, "children of a deleted capability go to its parent"),
    TEST(deleted_copy_leaves_the_object, "an object lives as long as any capability"),
    TEST(revoke_of_a_leaf_is_nothing, "revoking without children changes nothing"),
    TEST(same_badges_are_apart, "capabilities with one badge do not revoke each other's"),
    TEST(mutate_moves_with_a_guard, "Mutate moves a CNode and sets or removes its guard"),
    TEST(mutate_keeps_parentage, "Mutate keeps the children"),
    TEST(mutate_is_checked, "Mutate refuses badges, long guards, wrong slots"),
    TEST(rotate_moves_two, "Rotate moves the pivot and the source"),
    TEST(rotate_swaps, "Rotate with one slot twice trades places"),
    TEST(rotate_is_checked, "Rotate refuses equal slots, badges, long guards, empty slots"),
    TEST(rotate_keeps_parentage, "Rotate keeps the children of both"),
};
const struct group suite_cnode_group = GROUP(tests);

/* ---- CSpaces ------------------------------------------------------------------------ */

static void guard_failure_is_told(void)
{
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 2);
    const struct kaal_slot src = slot_of(cnode);
    const struct kaal_slot guarded = slot_of(empty_slot());
    CHECK_OK(sys_cnode_mint(&guarded, &src, 15, kaal_guard(5, 3)));
    const struct kaal_slot wrong = {.root = guarded.index, .index = 4 << 2, .depth = 5};
    CHECK_EQUAL(sys_cnode_delete(&wrong), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(kaal_err_detail()[0], 0);
    CHECK_EQUAL(kaal_err_detail()[1], 5);
    CHECK_EQUAL(kaal_err_detail()[2], KAAL_LOOKUP_GUARD);
}

static void depth_failure_is_told(void)
{
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 4);
    const struct kaal_slot few = {.root = cnode, .index = 1, .depth = 3};
    const struct kaal_slot many = {.root = cnode, .index = 1, .depth = 9};
    CHECK_EQUAL(sys_cnode_delete(&few), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(kaal_err_detail()[2], KAAL_LOOKUP_DEPTH);
    CHECK_EQUAL(kaal_err_detail()[1], 3);
    CHECK_EQUAL(sys_cnode_delete(&many), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(kaal_err_detail()[2], KAAL_LOOKUP_DEPTH);
    CHECK_EQUAL(kaal_err_detail()[1], 5);
}

static void empty_source_is_told(void)
{
    const struct kaal_slot src = slot_of(empty_slot());
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_EQUAL(sys_cnode_copy(&dest, &src, 15), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(kaal_err_detail()[1], 0);
    CHECK_EQUAL(kaal_err_detail()[2], KAAL_LOOKUP_MISSING_CAP);
}

static void chain_of_cnodes_resolves(void)
{
    enum { LEVELS = 16 };
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t first = make(KAAL_OBJ_CNODE, 1);
    struct kaal_slot place = {.root = first, .index = 1, .depth = 1};
    for (unsigned i = 1; i < LEVELS; i++) {
        const struct kaal_slot next = slot_of(make(KAAL_OBJ_CNODE, 1));
        CHECK_OK(sys_cnode_move(&place, &next));
        place.index = place.index << 1 | 1;
        place.depth++;
    }
    const struct kaal_slot src = slot_of(ntfn);
    const struct kaal_slot back = slot_of(empty_slot());
    CHECK_EQUAL(place.depth, LEVELS);
    CHECK_OK(sys_cnode_mint(&place, &src, 15, 0x20));
    CHECK_OK(sys_cnode_copy(&back, &place, 15));
    sys_signal(back.index);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0x20);
}

static void loop_of_cnodes_ends(void)
{
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 1);
    const struct kaal_slot self = slot_of(cnode);
    const struct kaal_slot inside = {.root = cnode, .index = 0, .depth = 1};
    const struct kaal_slot around = {.root = cnode, .index = 1, .depth = 64};
    const struct kaal_slot src = slot_of(make(KAAL_OBJ_ENDPOINT, 0));
    CHECK_OK(sys_cnode_copy(&inside, &self, 15));
    CHECK_OK(sys_cnode_copy(&around, &src, 15)); /* 63 times round */
    const struct kaal_slot direct = {.root = cnode, .index = 1, .depth = 1};
    CHECK_EQUAL(sys_cnode_copy(&direct, &src, 15), KAAL_ERR_DELETE_FIRST);
    CHECK_OK(sys_cnode_delete(&self)); /* alive in itself, until its memory is revoked */
}

/* arg 0: pointer to signal. */
static void signal_it(struct thread *self)
{
    sys_signal(self->arg[0]);
}

/* A thread whose CSpace is cnode with that guard word, not yet running. */
static bool start_in(struct thread *thread, kaal_cptr_t cnode, kaal_word_t guard, kaal_cptr_t ep)
{
    if (!thread_start(thread, signal_it,
                      &(struct thread_how){.priority = 150, .is_stopped = true})) {
        return false;
    }
    const kaal_err_t err = sys_tcb_set_space(thread->tcb, ep, cnode, guard, KAAL_ROOT_VSPACE);
    return err == KAAL_OK && sys_tcb_resume(thread->tcb) == KAAL_OK;
}

static void thread_has_its_own_space(void)
{
    static struct thread thread;
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 4);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const struct kaal_slot inside = {.root = cnode, .index = 7, .depth = 4};
    const struct kaal_slot src = slot_of(ntfn);
    CHECK_OK(sys_cnode_mint(&inside, &src, 15, 0x11));
    thread.arg[0] = 7;
    CHECK(start_in(&thread, cnode, kaal_guard(0, 60), 0));
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0x11);
}

static void leftover_bits_are_ignored(void)
{
    static struct thread thread;
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 4);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const struct kaal_slot inside = {.root = cnode, .index = 7, .depth = 4};
    const struct kaal_slot src = slot_of(ntfn);
    CHECK_OK(sys_cnode_mint(&inside, &src, 15, 0x12));
    thread.arg[0] = 0x7abcdef012345678; /* no guard: the top four bits */
    CHECK(start_in(&thread, cnode, 0, 0));
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0x12);
}

static void guarded_space_faults_outside(void)
{
    static struct thread thread;
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 4);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    thread.arg[0] = 0x107;
    CHECK(start_in(&thread, cnode, kaal_guard(0, 60), ep));
    sys_nbrecv(ep, &msg, make(KAAL_OBJ_REPLY, 0));
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_CAP, 0, 5));
    CHECK_EQUAL(msg.w[1], 0x107);
    CHECK_EQUAL(msg.w[3], KAAL_LOOKUP_GUARD);
    CHECK_EQUAL(kaal_msg_get(&msg, 4), 64);
}

static void deleted_space_is_no_root(void)
{
    static struct thread thread;
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 4);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_slot slot = slot_of(cnode);
    struct kaal_msg msg;
    thread.arg[0] = 7;
    CHECK(thread_start(&thread, signal_it,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK_OK(sys_tcb_set_space(thread.tcb, ep, cnode, kaal_guard(0, 60), KAAL_ROOT_VSPACE));
    CHECK_OK(sys_cnode_revoke(&slot)); /* the thread's capability is a copy */
    CHECK_OK(sys_tcb_resume(thread.tcb));
    sys_nbrecv(ep, &msg, make(KAAL_OBJ_REPLY, 0));
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_CAP, 0, 5));
    CHECK_EQUAL(msg.w[3], KAAL_LOOKUP_INVALID_ROOT);
    CHECK_EQUAL(kaal_msg_get(&msg, 4), 64);
}

static const struct test cspace_tests[] = {
    TEST(guard_failure_is_told, "a wrong guard is reported with the bits before it"),
    TEST(depth_failure_is_told, "too few and too many bits are reported"),
    TEST(empty_source_is_told, "an empty source is reported as missing"),
    TEST(chain_of_cnodes_resolves, "sixteen CNodes in a row resolve"),
    TEST(loop_of_cnodes_ends, "a CNode in itself resolves 64 bits and no more"),
    TEST(thread_has_its_own_space, "a thread's pointers are resolved in its own CSpace"),
    TEST(leftover_bits_are_ignored, "a walk ends at the first capability that is no CNode"),
    TEST(guarded_space_faults_outside, "a pointer outside the guard is a fault"),
    TEST(deleted_space_is_no_root, "a revoked CSpace root is a fault, not a way elsewhere"),
};
const struct group suite_cspace_group = GROUP(cspace_tests);

/* ---- CancelBadgedSends ---------------------------------------------------------------- */

static kaal_err_t cancel(kaal_cptr_t cap)
{
    const struct kaal_slot slot = slot_of(cap);
    const kaal_word_t words[] = {slot.index, slot.depth};
    return suite_invoke(slot.root, KAAL_INV_CNODE_CANCEL_BADGED_SENDS, 0, 2, words, NULL);
}

/* Senders wait through copies that are deleted then: restarted, they send to
 * empty slots and are done. */
static bool start_senders(struct thread *threads, unsigned count, kaal_cptr_t first,
                          kaal_cptr_t second, void (*entry)(struct thread *))
{
    for (unsigned i = 0; i < count; i++) {
        const struct kaal_slot copy = slot_of(make_badged(i % 2 == 0 ? first : second, 15, 0));
        threads[i].arg[0] = copy.index;
        if (!thread_start(&threads[i], entry, ABOVE) || threads[i].is_done ||
            sys_cnode_delete(&copy) != KAAL_OK) {
            return false;
        }
    }
    return true;
}

static void cancel_restarts_its_badge(void)
{
    static struct thread threads[8];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t a = make_badged(ep, 15, 0xa);
    const kaal_cptr_t b = make_badged(ep, 15, 0xb);
    CHECK(start_senders(threads, 8, a, b, suite_send_once));
    CHECK_OK(cancel(a));
    for (unsigned i = 0; i < 8; i++) {
        CHECK_EQUAL(threads[i].is_done, i % 2 == 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(sys_poll(ep, NULL), 0xb);
    }
    CHECK_EQUAL(sys_poll(ep, NULL), 0);
}

static void cancel_restarts_callers(void)
{
    static struct thread threads[2];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t a = make_badged(ep, 15, 0xa);
    const kaal_cptr_t b = make_badged(ep, 15, 0xb);
    CHECK(start_senders(threads, 2, a, b, suite_call_once));
    CHECK_OK(cancel(a));
    CHECK(threads[0].is_done && !threads[1].is_done);
    CHECK_EQUAL(threads[0].result[0], kaal_msginfo(KAAL_ERR_INVALID_CAPABILITY, 0, 1));
}

static void cancelled_sender_sends_again(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t badged = make_badged(ep, 15, 0xa);
    struct kaal_msg msg;
    thread.arg[0] = badged;
    thread.arg[2] = 31;
    CHECK(thread_start(&thread, suite_send_once, ABOVE));
    CHECK_OK(cancel(badged));
    CHECK(!thread.is_done);
    CHECK_EQUAL(sys_poll(ep, &msg), 0xa);
    CHECK_EQUAL(msg.w[0], 31);
    CHECK(thread.is_done);
}

static void cancel_without_badge_does_nothing(void)
{
    static struct thread threads[2];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    CHECK(start_senders(threads, 2, ep, make_badged(ep, 15, 0xb), suite_send_once));
    CHECK_OK(cancel(ep));
    CHECK(!threads[0].is_done && !threads[1].is_done);
}

static void cancel_spares_receivers(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_msg msg = {0};
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, suite_wait_once, ABOVE));
    CHECK_OK(cancel(make_badged(ep, 15, 5)));
    CHECK(!thread.is_done);
    sys_nbsend(make_badged(ep, 15, 6), &msg);
    CHECK_EQUAL(thread.result[0], 6);
}

static void cancel_needs_all_rights(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    for (kaal_word_t rights = 0; rights < 16; rights++) {
        CHECK_EQUAL(cancel(make_badged(ep, rights, 3)),
                    rights == 15 ? KAAL_OK : KAAL_ERR_ILLEGAL_OPERATION);
    }
    CHECK_EQUAL(cancel(make_badged(make(KAAL_OBJ_NOTIFICATION, 0), 15, 3)),
                KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(cancel(make(KAAL_OBJ_TCB, 0)), KAAL_ERR_ILLEGAL_OPERATION);
}

static void cancelled_fault_stops_its_thread(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t handler = make_badged(ep, 15, 0xf);
    struct kaal_msg msg;
    thread.arg[0] = 0;
    CHECK(thread_start(&thread, suite_read,
                       &(struct thread_how){.priority = 150, .fault_ep = handler}));
    CHECK_OK(cancel(handler));
    CHECK_EQUAL(sys_poll(ep, &msg), 0); /* the fault waits no more */
    CHECK_EQUAL(msg.info, 0);
    CHECK(!thread.is_done);
}

static const struct test cancel_tests[] = {
    TEST(cancel_restarts_its_badge, "sends of that badge restart, others wait on"),
    TEST(cancel_restarts_callers, "calls of that badge restart too"),
    TEST(cancelled_sender_sends_again, "a restarted send is whole"),
    TEST(cancel_without_badge_does_nothing, "badge 0 cancels nothing"),
    TEST(cancel_spares_receivers, "receivers wait on"),
    TEST(cancel_needs_all_rights, "it takes an endpoint with all four rights"),
    TEST(cancelled_fault_stops_its_thread, "a thread that waits with a fault stops"),
};
const struct group suite_cancel_group = GROUP(cancel_tests);
