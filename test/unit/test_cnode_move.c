/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutate and Rotate: every error in its order and with its detail, and where
 * capability, guard and family go. kernel_check() behind every call holds the
 * derivation tree together.
 */
#include "support/kt.h"

enum { OUTER = 4, INNER = 3 }; /* radix of two further CNodes, one in the other */

static cptr_t outer;

static int setup(void **state)
{
    (void)kt_boot(state);
    outer = kt_object(CAP_CNODE, OUTER);
    return 0;
}

static word_t guard(word_t value, unsigned bits)
{
    return value << 6 | bits;
}

/* Put a copy of cap into the outer CNode. */
static void put(word_t index, cptr_t cap)
{
    kt_ok(kt_invoke(outer, KAAL_INV_CNODE_COPY, KT_WORDS(index, OUTER, cap, 64, 15),
                    KT_CAPS(KAAL_ROOT_CNODE)));
}

static enum kaal_err mutate(cptr_t dest, cptr_t source, word_t data)
{
    return kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_MUTATE, KT_WORDS(dest, 64, source, 64, data),
                     KT_CAPS(KAAL_ROOT_CNODE));
}

struct place {
    word_t index, depth;
    cptr_t root;
};

static struct place slot_at(cptr_t index)
{
    return (struct place){index, 64, KAAL_ROOT_CNODE};
}

static enum kaal_err rotate_at(struct place dest, struct place pivot, word_t pivot_guard,
                               struct place source, word_t source_guard)
{
    return kt_invoke(dest.root, KAAL_INV_CNODE_ROTATE,
                     KT_WORDS(dest.index, dest.depth, pivot_guard, pivot.index, pivot.depth,
                              source_guard, source.index, source.depth),
                     KT_CAPS(pivot.root, source.root));
}

static enum kaal_err rotate(cptr_t dest, cptr_t pivot, cptr_t source)
{
    return rotate_at(slot_at(dest), slot_at(pivot), 0, slot_at(source), 0);
}

static void assert_lookup(enum kaal_err err, word_t is_source, word_t kind)
{
    assert_int_equal(err, KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(kt_word(&kt.root, 0), is_source);
    assert_int_equal(kt_word(&kt.root, 2), kind);
}

static void assert_depth(enum kaal_err err, word_t word)
{
    assert_int_equal(err, KAAL_ERR_RANGE);
    assert_int_equal(kt_word(&kt.root, 0), word);
    assert_int_equal(kt_word(&kt.root, 1), 1);
    assert_int_equal(kt_word(&kt.root, 2), 64);
}

/* ---- Mutate ------------------------------------------------------------------------ */

static void test_mutate_errors_in_order(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), free = kt_new_slot(), empty = kt_new_slot();
    const cptr_t node = KAAL_ROOT_CNODE;
    const word_t label = KAAL_INV_CNODE_MUTATE;
    /* Everything is wrong; then one thing after the other is put right. */
    assert_int_equal(kt_invoke(node, label, KT_WORDS(ep, 0, empty, 0), KT_CAPS(ep)),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(kt_invoke(node, label, KT_WORDS(ep, 0, empty, 0, 0), KT_NONE),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_depth(kt_invoke(node, label, KT_WORDS(ep, 0, empty, 0, 63), KT_CAPS(ep)), 1);
    assert_depth(kt_invoke(node, label, KT_WORDS(ep, 65, empty, 0, 63), KT_CAPS(ep)), 1);
    assert_lookup(kt_invoke(node, label, KT_WORDS(ep, 12, empty, 0, 63), KT_CAPS(ep)), 0,
                  KAAL_LOOKUP_GUARD);
    assert_int_equal(kt_invoke(node, label, KT_WORDS(ep, 64, empty, 0, 63), KT_CAPS(ep)),
                     KAAL_ERR_DELETE_FIRST);
    assert_lookup(kt_invoke(node, label, KT_WORDS(free, 64, empty, 0, 63), KT_CAPS(ep)), 1,
                  KAAL_LOOKUP_INVALID_ROOT);
    assert_depth(kt_invoke(node, label, KT_WORDS(free, 64, empty, 0, 63), KT_CAPS(node)), 3);
    assert_lookup(kt_invoke(node, label, KT_WORDS(free, 64, empty, 12, 63), KT_CAPS(node)), 1,
                  KAAL_LOOKUP_GUARD);
    assert_lookup(kt_invoke(node, label, KT_WORDS(free, 64, empty, 64, 63), KT_CAPS(node)), 1,
                  KAAL_LOOKUP_MISSING_CAP);
    assert_int_equal(kt_invoke(node, label, KT_WORDS(free, 64, ep, 64, 63), KT_CAPS(node)),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(node, label, KT_WORDS(free, 64, outer, 64, 61), KT_CAPS(node)),
                     KAAL_ERR_ILLEGAL_OPERATION);
    kt_ok(kt_invoke(node, label, KT_WORDS(free, 64, outer, 64, 60), KT_CAPS(node)));
}

static void test_mutate_refuses_badges(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), ntfn = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t caps[] = {ep, ntfn, kt_badged(ep, 15, 3), kt_badged(ntfn, 15, 3)};
    for (unsigned i = 0; i < 4; i++) {
        const badge_t badge = cap_badge(kt_cap(caps[i]));
        assert_int_equal(mutate(kt_new_slot(), caps[i], 0), KAAL_ERR_ILLEGAL_OPERATION);
        assert_int_equal(mutate(kt_new_slot(), caps[i], 7), KAAL_ERR_ILLEGAL_OPERATION);
        assert_int_equal(cap_badge(kt_cap(caps[i])), badge);
    }
}

static void test_mutate_sets_the_guard(void **state)
{
    (void)state;
    static const struct {
        word_t data, value;
        unsigned bits;
    } cases[] = {{5 << 6 | 3, 5, 3},
                 {UINT64_MAX << 6 | 2, 3, 2}, /* what is too much is cut off */
                 {7 << 6, 0, 0},
                 {0, 0, 0},
                 {1 << 6 | 60, 1, 60}};
    cptr_t place = outer;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const cptr_t next = kt_new_slot();
        const struct slot *slots = cap_cnode_slots(kt_cap(place));
        kt_ok(mutate(next, place, cases[i].data));
        assert_true(slot_is_empty(kt_slot(place)));
        assert_int_equal(cap_cnode_guard(kt_cap(next)), cases[i].value);
        assert_int_equal(cap_cnode_guard_bits(kt_cap(next)), cases[i].bits);
        assert_int_equal(cap_cnode_radix(kt_cap(next)), OUTER);
        assert_ptr_equal(cap_cnode_slots(kt_cap(next)), slots);
        place = next;
    }
}

static void test_mutate_of_other_types_moves(void **state)
{
    (void)state;
    const cptr_t objects[] = {kt_object(CAP_TCB, 0), kt_object(CAP_PAGE, 12),
                              kt_object(CAP_UNTYPED, 12), kt_object(CAP_REPLY, 0)};
    for (unsigned i = 0; i < 4; i++) {
        const struct cap before = *kt_cap(objects[i]);
        const cptr_t slot = kt_new_slot();
        kt_ok(mutate(slot, objects[i], UINT64_MAX));
        assert_true(slot_is_empty(kt_slot(objects[i])));
        assert_memory_equal(kt_cap(slot), &before, sizeof(before));
    }
}

/* Children, parent and finality go along. */
static void test_mutate_keeps_the_family(void **state)
{
    (void)state;
    const cptr_t copy = kt_copy_of(outer, 15), moved = kt_new_slot();
    kt_ok(mutate(moved, outer, guard(1, 1)));
    assert_false(slot_is_final(kt_slot(moved)));
    kt_ok(kt_revoke(moved));
    assert_true(slot_is_empty(kt_slot(copy)));
    assert_true(slot_is_final(kt_slot(moved)));
    kt_ok(kt_revoke(kt.untyped));
    assert_true(slot_is_empty(kt_slot(moved)));
}

/* The capability through which the call is made, and the CNode into itself. */
static void test_mutate_of_the_invoked_one(void **state)
{
    (void)state;
    const cptr_t again = kt_new_slot(), slot = kt_new_slot();
    kt_ok(kt_mint(again, KAAL_ROOT_CNODE, 15, 51));
    kt_ok(kt_invoke(again, KAAL_INV_CNODE_MUTATE, KT_WORDS(slot, 64, again, 64, guard(3, 4)),
                    KT_CAPS(again)));
    assert_true(slot_is_empty(kt_slot(again)));
    assert_int_equal(cap_cnode_guard(kt_cap(slot)), 3);
    kt_ok(kt_invoke(outer, KAAL_INV_CNODE_MUTATE, KT_WORDS(2, OUTER, outer, 64, 0),
                    KT_CAPS(KAAL_ROOT_CNODE)));
    assert_true(slot_is_empty(kt_slot(outer)));
}

/* ---- Rotate: errors -------------------------------------------------------------------- */

static void test_rotate_errors_in_order(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), page2 = kt_object(CAP_PAGE, 12);
    const cptr_t free = kt_new_slot(), empty = kt_new_slot(), ep = kt_object(CAP_ENDPOINT, 0);
    struct place dest = {page2, 0, KAAL_ROOT_CNODE}, pivot = {empty, 0, ep},
                 source = {empty, 0, ep};
    assert_int_equal(kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_ROTATE,
                               KT_WORDS(0, 0, 0, 0, 0, 0, 0), KT_CAPS(ep, ep)),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_ROTATE,
                               KT_WORDS(0, 0, 0, 0, 0, 0, 0, 0), KT_CAPS(ep)),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_depth(rotate_at(dest, pivot, 63, source, 63), 1);
    dest.depth = 13;
    assert_lookup(rotate_at(dest, pivot, 63, source, 63), 0, KAAL_LOOKUP_GUARD);
    dest.depth = 64;
    assert_depth(rotate_at(dest, pivot, 63, source, 63), 7);
    source.depth = 65;
    assert_depth(rotate_at(dest, pivot, 63, source, 63), 7);
    source.depth = 13;
    assert_lookup(rotate_at(dest, pivot, 63, source, 63), 1, KAAL_LOOKUP_INVALID_ROOT);
    source.root = KAAL_ROOT_CNODE;
    assert_lookup(rotate_at(dest, pivot, 63, source, 63), 1, KAAL_LOOKUP_GUARD);
    source.depth = 64;
    assert_depth(rotate_at(dest, pivot, 63, source, 63), 4);
    pivot.depth = 13;
    assert_lookup(rotate_at(dest, pivot, 63, source, 63), 1, KAAL_LOOKUP_INVALID_ROOT);
    pivot.root = KAAL_ROOT_CNODE;
    assert_lookup(rotate_at(dest, pivot, 63, source, 63), 1, KAAL_LOOKUP_GUARD);
    pivot.depth = 64;
    assert_int_equal(rotate_at(dest, pivot, 63, source, 63), KAAL_ERR_ILLEGAL_OPERATION);
    pivot.index = page2;
    assert_int_equal(rotate_at(dest, pivot, 63, source, 63), KAAL_ERR_ILLEGAL_OPERATION);
    pivot.index = kt_new_slot();
    assert_int_equal(rotate_at(dest, pivot, 63, source, 63), KAAL_ERR_DELETE_FIRST);
    dest.index = free;
    assert_lookup(rotate_at(dest, pivot, 63, source, 63), 1, KAAL_LOOKUP_MISSING_CAP);
    source.index = outer;
    assert_lookup(rotate_at(dest, pivot, 63, source, 63), 0, KAAL_LOOKUP_MISSING_CAP);
    pivot.index = page;
    assert_int_equal(rotate_at(dest, pivot, 63, source, 63), KAAL_ERR_ILLEGAL_OPERATION);
    assert_false(slot_is_empty(kt_slot(page)) || slot_is_empty(kt_slot(outer)));
    assert_true(slot_is_empty(kt_slot(free)));
    kt_ok(rotate_at(dest, pivot, 63, source, 60));
}

/* All the bits that were given are left. */
static void test_no_root_leaves_all_bits(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), free = kt_new_slot();
    const struct place none = {page, 6, free};
    assert_lookup(rotate_at(slot_at(free), slot_at(page), 0, none, 0), 1, KAAL_LOOKUP_INVALID_ROOT);
    assert_int_equal(kt_word(&kt.root, 1), 6);
    assert_lookup(kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_MUTATE, KT_WORDS(free, 64, page, 9, 0),
                            KT_CAPS(page)),
                  1, KAAL_LOOKUP_INVALID_ROOT);
    assert_int_equal(kt_word(&kt.root, 1), 9);
}

static void test_rotate_needs_a_source(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), empty = kt_new_slot();
    /* Source and destination are one, and empty. */
    assert_lookup(rotate(empty, page, empty), 1, KAAL_LOOKUP_MISSING_CAP);
}

static void test_rotate_refuses_badges(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), ntfn = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t page = kt_object(CAP_PAGE, 12), free = kt_new_slot();
    assert_int_equal(rotate(free, ep, page), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(rotate(free, page, ep), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(rotate(ntfn, page, ntfn), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(rotate(page, ntfn, page), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_cap(page)->type, CAP_PAGE);
}

/* Either guard may be the one that is too long. */
static void test_rotate_checks_both_guards(void **state)
{
    (void)state;
    const cptr_t inner = kt_object(CAP_CNODE, INNER), free = kt_new_slot();
    const struct place o = slot_at(outer), i = slot_at(inner), f = slot_at(free);
    assert_int_equal(rotate_at(f, o, 61, i, 61), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(rotate_at(f, o, 60, i, 62), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(cap_cnode_guard_bits(kt_cap(outer)), 0);
    kt_ok(rotate_at(f, o, 60, i, 61));
    assert_int_equal(cap_cnode_guard_bits(kt_cap(free)), 60);
    assert_int_equal(cap_cnode_guard_bits(kt_cap(outer)), 61);
}

/* ---- Rotate: effect ---------------------------------------------------------------------- */

static void test_rotate_moves_two(void **state)
{
    (void)state;
    const cptr_t a = kt_object(CAP_PAGE, 12), b = kt_object(CAP_TCB, 0), free = kt_new_slot();
    const struct cap page = *kt_cap(a), tcb = *kt_cap(b);
    kt_ok(rotate(free, a, b));
    assert_memory_equal(kt_cap(free), &page, sizeof(page));
    assert_memory_equal(kt_cap(a), &tcb, sizeof(tcb));
    assert_true(slot_is_empty(kt_slot(b)));
}

static void test_rotate_trades_places(void **state)
{
    (void)state;
    const cptr_t a = kt_object(CAP_PAGE, 12), b = kt_object(CAP_TCB, 0);
    const struct cap page = *kt_cap(a), tcb = *kt_cap(b);
    kt_ok(rotate(a, b, a));
    assert_memory_equal(kt_cap(a), &tcb, sizeof(tcb));
    assert_memory_equal(kt_cap(b), &page, sizeof(page));
}

/* Guards are always set, also to nothing. */
static void test_rotate_sets_guards(void **state)
{
    (void)state;
    const cptr_t a = kt_new_slot(), b = kt_new_slot(), free = kt_new_slot();
    kt_ok(kt_mint(a, outer, 15, guard(5, 3)));
    kt_ok(kt_mint(b, outer, 15, guard(6, 3)));
    kt_ok(rotate_at(slot_at(free), slot_at(a), guard(1, 2), slot_at(b), 0));
    assert_int_equal(cap_cnode_guard(kt_cap(free)), 1);
    assert_int_equal(cap_cnode_guard_bits(kt_cap(free)), 2);
    assert_int_equal(cap_cnode_guard_bits(kt_cap(a)), 0);
    kt_ok(rotate_at(slot_at(a), slot_at(free), guard(7, 3), slot_at(a), guard(9, 4)));
    assert_int_equal(cap_cnode_guard(kt_cap(a)), 7);
    assert_int_equal(cap_cnode_guard(kt_cap(free)), 9);
}

/* Parent and child trade places; so do neighbours; revoke still knows. */
static void test_rotate_within_a_family(void **state)
{
    (void)state;
    const cptr_t a = kt_copy_of(outer, 15), b = kt_copy_of(outer, 15), free = kt_new_slot();
    kt_ok(rotate(outer, a, outer)); /* the original is in a now */
    assert_int_equal(kt_slot(a)->flags & SLOT_ORIGINAL, SLOT_ORIGINAL);
    kt_ok(rotate(outer, b, outer));
    kt_ok(rotate(free, b, outer));
    assert_true(slot_is_empty(kt_slot(outer)));
    kt_ok(kt_revoke(a));
    assert_true(slot_is_empty(kt_slot(free)) && slot_is_empty(kt_slot(b)));
    assert_true(slot_is_final(kt_slot(a)));
}

/* The invoked capability, the roots of pivot and source, and slots inside the
 * CNodes that the call goes through. */
static void test_rotate_of_its_own_roots(void **state)
{
    (void)state;
    const cptr_t inner = kt_object(CAP_CNODE, INNER), page = kt_object(CAP_PAGE, 12);
    put(1, page);
    put(2, inner);
    const struct place in1 = {1, OUTER, outer}, in3 = {3, OUTER, outer};
    /* Destination in the CNode whose own capability is the pivot. */
    kt_ok(rotate_at(in3, slot_at(outer), 0, in1, 0));
    assert_int_equal(kt_cap(outer)->type, CAP_PAGE);
    kt_ok(kt_revoke(kt.untyped));
    assert_true(slot_is_empty(kt_slot(outer)));
}

static void test_rotate_of_the_invoked_one(void **state)
{
    (void)state;
    const cptr_t again = kt_new_slot(), page = kt_object(CAP_PAGE, 12), free = kt_new_slot();
    kt_ok(kt_mint(again, KAAL_ROOT_CNODE, 15, 51));
    struct place d = {free, 64, again}, p = {again, 64, again}, s = {page, 64, again};
    kt_ok(rotate_at(d, p, 51, s, 0));
    assert_int_equal(kt_cap(free)->type, CAP_CNODE);
    assert_int_equal(kt_cap(again)->type, CAP_PAGE);
    d = (struct place){free, 64, free};
    p = (struct place){again, 64, free};
    s = d;
    kt_ok(rotate_at(d, p, 0, s, 51)); /* trades places with its own root */
    assert_int_equal(kt_cap(again)->type, CAP_CNODE);
    assert_int_equal(kt_cap(free)->type, CAP_PAGE);
}

/* The slot of the thread's own CNode capability: the thread has a copy. */
static void test_rotate_of_the_own_cnode(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), free = kt_new_slot();
    const struct place own = slot_at(KAAL_ROOT_CNODE);
    kt_ok(rotate_at(slot_at(free), own, 51, slot_at(page), 0));
    const struct place f = {free, 64, free};
    kt_ok(rotate_at((struct place){page, 64, free}, (struct place){KAAL_ROOT_CNODE, 64, free}, 0, f,
                    51));
    assert_int_equal(kt_cap(KAAL_ROOT_CNODE)->type, CAP_CNODE);
    assert_int_equal(kt_cap(page)->type, CAP_PAGE);
}

/* A mapping goes along with its capability. */
static void test_rotate_keeps_mappings(void **state)
{
    (void)state;
    const cptr_t tcb = kt_object(CAP_TCB, 0), free = kt_new_slot();
    const cptr_t page = KAAL_ROOT_IPC_BUFFER_PAGE;
    const vaddr_t vaddr = cap_mapped_vaddr(kt_cap(page));
    kt_ok(rotate(free, page, tcb));
    assert_int_equal(cap_mapped_vaddr(kt_cap(free)), vaddr);
    host_log_clear();
    kt_ok(kt_delete(free));
    assert_int_equal(host_count(HOST_PTE_WRITE), 1);
}

/* Capabilities that are being deleted stay where their deletion finds them. */
static void test_zombies_stay(void **state)
{
    (void)state;
    const cptr_t node = kt_object(CAP_CNODE, 2), page = kt_object(CAP_PAGE, 12);
    const cptr_t free = kt_new_slot();
    const struct cap before = *kt_cap(node);
    *kt_cap(node) = cap_zombie(before.obj, CAP_CNODE, 2, 4);
    host.preempted = true; /* only then is there one */
    assert_int_equal(mutate(free, node, 0), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(rotate(free, node, page), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(rotate(free, page, node), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(rotate(node, page, node), KAAL_ERR_ILLEGAL_OPERATION);
    *kt_cap(node) = before;
}

/* Many rotations in a random family: kernel_check() behind each, and nothing
 * is lost. */
static void test_random_rotations(void **state)
{
    (void)state;
    enum { SLOTS = 10, ROUNDS = 2000 };
    cptr_t slot[SLOTS];
    unsigned filled = 1;
    kt_seed(7);
    slot[0] = outer;
    for (unsigned i = 1; i < SLOTS; i++) {
        slot[i] = kt_new_slot();
        if (i % 3 != 0) {
            kt_ok(kt_copy(slot[i], slot[0], 15));
            filled++;
        }
    }
    for (unsigned n = 0; n < ROUNDS; n++) {
        (void)rotate(slot[kt_random(SLOTS)], slot[kt_random(SLOTS)], slot[kt_random(SLOTS)]);
    }
    unsigned count = 0, originals = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        count += !slot_is_empty(kt_slot(slot[i]));
        originals += (kt_slot(slot[i])->flags & SLOT_ORIGINAL) != 0;
    }
    assert_int_equal(count, filled);
    assert_int_equal(originals, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_mutate_errors_in_order, setup),
        cmocka_unit_test_setup(test_mutate_refuses_badges, setup),
        cmocka_unit_test_setup(test_mutate_sets_the_guard, setup),
        cmocka_unit_test_setup(test_mutate_of_other_types_moves, setup),
        cmocka_unit_test_setup(test_mutate_keeps_the_family, setup),
        cmocka_unit_test_setup(test_mutate_of_the_invoked_one, setup),
        cmocka_unit_test_setup(test_rotate_errors_in_order, setup),
        cmocka_unit_test_setup(test_no_root_leaves_all_bits, setup),
        cmocka_unit_test_setup(test_rotate_needs_a_source, setup),
        cmocka_unit_test_setup(test_rotate_refuses_badges, setup),
        cmocka_unit_test_setup(test_rotate_checks_both_guards, setup),
        cmocka_unit_test_setup(test_rotate_moves_two, setup),
        cmocka_unit_test_setup(test_rotate_trades_places, setup),
        cmocka_unit_test_setup(test_rotate_sets_guards, setup),
        cmocka_unit_test_setup(test_rotate_within_a_family, setup),
        cmocka_unit_test_setup(test_rotate_of_its_own_roots, setup),
        cmocka_unit_test_setup(test_rotate_of_the_invoked_one, setup),
        cmocka_unit_test_setup(test_rotate_of_the_own_cnode, setup),
        cmocka_unit_test_setup(test_rotate_keeps_mappings, setup),
        cmocka_unit_test_setup(test_zombies_stay, setup),
        cmocka_unit_test_setup(test_random_rotations, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
