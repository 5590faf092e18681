/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

/* A copy names the same object as its source. */
static void copy_names_same_object(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t copy = make_badged(ntfn, KAAL_RIGHTS_ALL, 0);
    sys_signal(copy);
    struct kaal_msg msg;
    CHECK_EQUAL(sys_poll(ntfn, &msg), 0); /* badge 0: the signal leaves no bits */
    const kaal_cptr_t badged = make_badged(copy, KAAL_RIGHTS_ALL, 4);
    sys_signal(badged);
    CHECK_EQUAL(sys_poll(ntfn, &msg), 4);
}

/* Occupied destination: DELETE_FIRST; empty source: FAILED_LOOKUP. */
static void copy_checks_both_slots(void)
{
    const struct kaal_slot a = slot_of(make(KAAL_OBJ_NOTIFICATION, 0));
    const struct kaal_slot b = slot_of(make(KAAL_OBJ_NOTIFICATION, 0));
    const struct kaal_slot none = slot_of(empty_slot());
    const struct kaal_slot none2 = slot_of(empty_slot());
    CHECK_EQUAL(sys_cnode_copy(&a, &b, KAAL_RIGHTS_ALL), KAAL_ERR_DELETE_FIRST);
    CHECK_EQUAL(sys_cnode_copy(&none, &none2, KAAL_RIGHTS_ALL), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(sys_cnode_move(&a, &b), KAAL_ERR_DELETE_FIRST);
    CHECK_EQUAL(sys_cnode_move(&none, &none2), KAAL_ERR_FAILED_LOOKUP);
}

/* Rights of a copy are those asked for that the source has: never more. */
static void rights_only_shrink(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t read_only = make_badged(ntfn, KAAL_RIGHT_READ, 2);
    const kaal_cptr_t again = make_badged(read_only, KAAL_RIGHTS_ALL, 0);
    const struct kaal_msg none = {0};
    sys_nbsend(again, &none); /* without the right it does nothing */
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0);
}

/* A badge can be given once. */
static void badge_is_final(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t badged = make_badged(ep, KAAL_RIGHTS_ALL, 7);
    const struct kaal_slot src = slot_of(badged);
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK(sys_cnode_mint(&dest, &src, KAAL_RIGHTS_ALL, 8) != KAAL_OK);
    CHECK_OK(sys_cnode_copy(&dest, &src, KAAL_RIGHTS_ALL));
}

/* After a move the source is empty and the destination works. */
static void move_empties_source(void)
{
    const struct kaal_slot src = slot_of(make(KAAL_OBJ_NOTIFICATION, 0));
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_OK(sys_cnode_move(&dest, &src));
    const struct kaal_slot other = slot_of(empty_slot());
    CHECK_EQUAL(sys_cnode_copy(&other, &src, KAAL_RIGHTS_ALL), KAAL_ERR_FAILED_LOOKUP);
    CHECK_OK(sys_cnode_move(&src, &dest));
}

/* Deleting empties a slot; deleting an empty one is fine. */
static void delete_is_idempotent(void)
{
    const struct kaal_slot slot = slot_of(make(KAAL_OBJ_ENDPOINT, 0));
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_OK(sys_cnode_delete(&slot));
    CHECK_OK(sys_cnode_delete(&slot));
    CHECK_EQUAL(sys_cnode_copy(&dest, &slot, KAAL_RIGHTS_ALL), KAAL_ERR_FAILED_LOOKUP);
}

/* Revoking deletes all that was derived, and not the capability itself. */
static void revoke_deletes_descendants(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t child = make_badged(ep, KAAL_RIGHTS_ALL, 7);
    const kaal_cptr_t grandchild = make_badged(child, KAAL_RIGHT_WRITE, 0);
    const struct kaal_slot root = slot_of(ep);
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_OK(sys_cnode_revoke(&root));
    const struct kaal_slot gone = slot_of(child);
    const struct kaal_slot gone2 = slot_of(grandchild);
    CHECK_EQUAL(sys_cnode_copy(&dest, &gone, KAAL_RIGHTS_ALL), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(sys_cnode_copy(&dest, &gone2, KAAL_RIGHTS_ALL), KAAL_ERR_FAILED_LOOKUP);
    CHECK_OK(sys_cnode_copy(&dest, &root, KAAL_RIGHTS_ALL));
}

/* A second CNode is addressed through the first: index and depth add up. */
static void two_levels_resolve(void)
{
    enum { RADIX = 4, SLOT = 3 };
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, RADIX);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const struct kaal_slot src = slot_of(ntfn);
    const struct kaal_slot inner = {.root = cnode, .index = SLOT, .depth = RADIX};
    const struct kaal_slot back = slot_of(empty_slot());
    CHECK_OK(sys_cnode_mint(&inner, &src, KAAL_RIGHTS_ALL, 16));
    CHECK_OK(sys_cnode_copy(&back, &inner, KAAL_RIGHTS_ALL));
    sys_signal(back.index);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 16);
    const struct kaal_slot wrong = {.root = cnode, .index = SLOT, .depth = RADIX + 1};
    CHECK_EQUAL(sys_cnode_delete(&wrong), KAAL_ERR_FAILED_LOOKUP);
    const struct kaal_slot zero = {.root = cnode, .index = SLOT, .depth = 0};
    CHECK(sys_cnode_delete(&zero) != KAAL_OK);
    const struct kaal_slot deep = {.root = cnode, .index = SLOT, .depth = 65};
    CHECK(sys_cnode_delete(&deep) != KAAL_OK);
}

/* A guard of a minted CNode capability must match. */
static void guard_must_match(void)
{
    enum { RADIX = 4, GUARD = 5, GUARD_BITS = 3 };
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, RADIX);
    const struct kaal_slot src = slot_of(cnode);
    const struct kaal_slot guarded = slot_of(empty_slot());
    CHECK_OK(sys_cnode_mint(&guarded, &src, KAAL_RIGHTS_ALL, kaal_guard(GUARD, GUARD_BITS)));
    const struct kaal_slot ntfn = slot_of(make(KAAL_OBJ_NOTIFICATION, 0));
    struct kaal_slot dest = {
        .root = guarded.index, .index = GUARD << RADIX | 2, .depth = RADIX + GUARD_BITS};
    CHECK_OK(sys_cnode_copy(&dest, &ntfn, KAAL_RIGHTS_ALL));
    const struct kaal_slot plain = {.root = cnode, .index = 2, .depth = RADIX};
    CHECK_EQUAL(sys_cnode_copy(&plain, &ntfn, KAAL_RIGHTS_ALL), KAAL_ERR_DELETE_FIRST);
    dest.index = (GUARD + 1) << RADIX | 2;
    CHECK_EQUAL(sys_cnode_delete(&dest), KAAL_ERR_FAILED_LOOKUP);
}

/* Deleting a CNode deletes what is in it. */
static void cnode_dies_with_contents(void)
{
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 8);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_slot src = slot_of(ep);
    for (kaal_word_t i = 0; i < 256; i++) {
        const struct kaal_slot dest = {.root = cnode, .index = i, .depth = 8};
        CHECK_OK(sys_cnode_mint(&dest, &src, KAAL_RIGHT_WRITE, i + 1));
    }
    const struct kaal_slot all = slot_of(cnode);
    CHECK_OK(sys_cnode_delete(&all));
    CHECK_OK(sys_cnode_delete(&src));
}

static void tick(struct thread *self)
{
    for (;;) {
        self->result[0]++;
        sys_yield();
    }
}

/* A long revocation lets others run in between, and is complete in the end. */
static void revoke_is_preemptible(void)
{
    enum { CNODES = 8, RADIX = 8 };
    static struct thread ticker;
    kaal_cptr_t cnodes[CNODES];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_slot src = slot_of(ep);
    for (unsigned c = 0; c < CNODES; c++) {
        cnodes[c] = make(KAAL_OBJ_CNODE, RADIX);
        for (kaal_word_t i = 0; i < 1 << RADIX; i++) {
            const struct kaal_slot dest = {.root = cnodes[c], .index = i, .depth = RADIX};
            CHECK_OK(sys_cnode_mint(&dest, &src, KAAL_RIGHT_WRITE, c << RADIX | i));
        }
    }
    CHECK(thread_start(&ticker, tick,
                       &(struct thread_how){.priority = 200, .budget_us = 100, .period_us = 200}));
    const kaal_word_t before = ticker.result[0];
    CHECK_OK(sys_cnode_revoke(&src));
    CHECK(ticker.result[0] > before);
    for (unsigned c = 0; c < CNODES; c++) {
        for (kaal_word_t i = 0; i < 1 << RADIX; i++) {
            const struct kaal_slot child = {.root = cnodes[c], .index = i, .depth = RADIX};
            const struct kaal_slot dest = slot_of(KAAL_ROOT_NULL);
            CHECK_EQUAL(sys_cnode_move(&dest, &child), KAAL_ERR_FAILED_LOOKUP);
        }
    }
}

static kaal_word_t address_of(kaal_cptr_t page)
{
    kaal_word_t paddr = 0;
    return sys_page_get_address(page, &paddr) == KAAL_OK ? paddr : 0;
}

/* The pivot goes to the destination, the source to the pivot's slot. */
static void rotate_moves_two(void)
{
    const kaal_cptr_t a = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t b = make(KAAL_OBJ_PAGE, 12);
    const struct kaal_slot dest = slot_of(empty_slot());
    const struct kaal_slot pivot = slot_of(a);
    const struct kaal_slot src = slot_of(b);
    const kaal_word_t first = address_of(a);
    const kaal_word_t second = address_of(b);
    CHECK(first != 0 && second != 0 && first != second);
    CHECK_OK(sys_cnode_rotate(&dest, &pivot, 0, &src, 0));
    CHECK_EQUAL(address_of(dest.index), first);
    CHECK_EQUAL(address_of(a), second);
    CHECK_EQUAL(address_of(b), 0);
    CHECK_EQUAL(sys_cnode_rotate(&dest, &pivot, 0, &src, 0), KAAL_ERR_DELETE_FIRST);
    CHECK_EQUAL(sys_cnode_rotate(&src, &pivot, 0, &pivot, 0), KAAL_ERR_ILLEGAL_OPERATION);
}

/* With source and destination one slot two capabilities trade places. */
static void rotate_trades_places(void)
{
    const kaal_cptr_t a = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t b = make(KAAL_OBJ_PAGE, 12);
    const struct kaal_slot one = slot_of(a);
    const struct kaal_slot other = slot_of(b);
    const kaal_word_t first = address_of(a);
    const kaal_word_t second = address_of(b);
    CHECK_OK(sys_cnode_rotate(&one, &other, 0, &one, 0));
    CHECK_EQUAL(address_of(a), second);
    CHECK_EQUAL(address_of(b), first);
}

/* A moved CNode is found through its new guard, and a badge cannot change. */
static void mutate_sets_a_guard(void)
{
    enum { RADIX = 4, GUARD = 6, GUARD_BITS = 3 };
    const struct kaal_slot cnode = slot_of(make(KAAL_OBJ_CNODE, RADIX));
    const struct kaal_slot moved = slot_of(empty_slot());
    const struct kaal_slot ntfn = slot_of(make(KAAL_OBJ_NOTIFICATION, 0));
    CHECK_OK(sys_cnode_mutate(&moved, &cnode, kaal_guard(GUARD, GUARD_BITS)));
    const struct kaal_slot right = {
        .root = moved.index, .index = GUARD << RADIX | 1, .depth = RADIX + GUARD_BITS};
    const struct kaal_slot wrong = {.root = moved.index, .index = 1, .depth = RADIX};
    CHECK_EQUAL(sys_cnode_copy(&wrong, &ntfn, KAAL_RIGHTS_ALL), KAAL_ERR_FAILED_LOOKUP);
    CHECK_OK(sys_cnode_copy(&right, &ntfn, KAAL_RIGHTS_ALL));
    CHECK_EQUAL(sys_cnode_mutate(&cnode, &ntfn, 0), KAAL_ERR_ILLEGAL_OPERATION);
}

static void send_nothing(struct thread *self)
{
    const struct kaal_msg none = {0};
    sys_send(self->arg[0], &none);
}

/* Only the senders with that badge begin again; with their capability gone they
 * find nothing to send to. */
static void cancel_restarts_one_badge(void)
{
    static struct thread red[2], blue;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t badged = make_badged(ep, KAAL_RIGHTS_ALL, 1);
    const struct kaal_slot red_slot = slot_of(badged);
    blue.arg[0] = make_badged(ep, KAAL_RIGHTS_ALL, 2);
    CHECK(thread_start(&blue, send_nothing, &(struct thread_how){.priority = 150}));
    for (unsigned i = 0; i < 2; i++) {
        red[i].arg[0] = make_badged(badged, KAAL_RIGHT_WRITE, 0);
        CHECK(thread_start(&red[i], send_nothing, &(struct thread_how){.priority = 140 + i * 20}));
        CHECK(!red[i].is_done);
    }
    CHECK_OK(sys_cnode_revoke(&red_slot));
    for (unsigned i = 0; i < 2; i++) {
        const struct kaal_slot own = slot_of(red[i].arg[0]);
        CHECK_OK(sys_cnode_delete(&own));
    }
    CHECK_OK(sys_cnode_cancel_badged_sends(&red_slot));
    CHECK(red[0].is_done && red[1].is_done && !blue.is_done);
    CHECK_EQUAL(sys_poll(ep, NULL), 2);
    CHECK(blue.is_done);
    CHECK_EQUAL(sys_poll(ep, NULL), 0);
}

static const struct test tests[] = {
    TEST(copy_names_same_object, "a copy names the same object as its source"),
    TEST(copy_checks_both_slots, "occupied destination: DELETE_FIRST; empty source: FAILED_LOOKUP"),
    TEST(rights_only_shrink,
         "rights of a copy are those asked for that the source has: never more"),
    TEST(badge_is_final, "a badge can be given once"),
    TEST(move_empties_source, "after a move the source is empty and the destination works"),
    TEST(delete_is_idempotent, "deleting empties a slot; deleting an empty one is fine"),
    TEST(revoke_deletes_descendants,
         "revoking deletes all that was derived, and not the capability itself"),
    TEST(two_levels_resolve,
         "a second CNode is addressed through the first: index and depth add up"),
    TEST(guard_must_match, "a guard of a minted CNode capability must match"),
    TEST(cnode_dies_with_contents, "deleting a CNode deletes what is in it"),
    TEST(revoke_is_preemptible,
         "a long revocation lets others run in between, and is complete in the end"),
    TEST(rotate_moves_two, "the pivot goes to the destination, the source to the pivot's slot"),
    TEST(rotate_trades_places,
         "with source and destination one slot two capabilities trade places"),
    TEST(mutate_sets_a_guard,
         "a moved CNode is found through its new guard, and a badge cannot change"),
    TEST(cancel_restarts_one_badge, "only the senders with that badge begin again"),
};
const struct group cnode_group = GROUP(tests);
