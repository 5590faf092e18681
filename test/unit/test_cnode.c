/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on CNodes: what may be copied, minted and moved where. */
#include "support/kt.h"

/* ---- Lookup errors and their detail ------------------------------------------------ */

struct place {
    word_t index, depth;
    enum kaal_err err;
    word_t left, kind;
};

static const struct place bad_places[] = {
    {0, 0, KAAL_ERR_RANGE, 1, 64},
    {0, 65, KAAL_ERR_RANGE, 1, 64},
    {0, UINT64_MAX, KAAL_ERR_RANGE, 1, 64},
    {0, UINT64_C(1) << 32 | 64, KAAL_ERR_RANGE, 1, 64},
    {UINT64_C(1) << 63, 64, KAAL_ERR_FAILED_LOOKUP, 64, KAAL_LOOKUP_GUARD},
    {0, 50, KAAL_ERR_FAILED_LOOKUP, 50, KAAL_LOOKUP_GUARD},
    {0, 51, KAAL_ERR_FAILED_LOOKUP, 51, KAAL_LOOKUP_DEPTH},
    {0, 63, KAAL_ERR_FAILED_LOOKUP, 63, KAAL_LOOKUP_DEPTH},
};

static void assert_place_error(const struct place *p, enum kaal_err err, unsigned arg,
                               bool is_source)
{
    assert_int_equal(err, p->err);
    assert_int_equal(kt_word(&kt.root, 0), p->err == KAAL_ERR_RANGE ? arg : is_source);
    assert_int_equal(kt_word(&kt.root, 1), p->left);
    assert_int_equal(kt_word(&kt.root, 2), p->kind);
}

static void test_bad_places(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), slot = kt_new_slot();
    const cptr_t node = KAAL_ROOT_CNODE;
    for (unsigned i = 0; i < sizeof(bad_places) / sizeof(bad_places[0]); i++) {
        const struct place *p = &bad_places[i];
        assert_place_error(p,
                           kt_invoke(node, KAAL_INV_CNODE_COPY,
                                     KT_WORDS(p->index, p->depth, ep, 64, 15), KT_CAPS(node)),
                           1, false);
        assert_place_error(p,
                           kt_invoke(node, KAAL_INV_CNODE_MINT,
                                     KT_WORDS(slot, 64, p->index, p->depth, 15, 0), KT_CAPS(node)),
                           3, true);
        assert_place_error(p,
                           kt_invoke(node, KAAL_INV_CNODE_MOVE,
                                     KT_WORDS(slot, 64, p->index, p->depth), KT_CAPS(node)),
                           3, true);
        assert_place_error(
            p, kt_invoke(node, KAAL_INV_CNODE_DELETE, KT_WORDS(p->index, p->depth), KT_NONE), 1,
            false);
        assert_place_error(
            p, kt_invoke(node, KAAL_INV_CNODE_REVOKE, KT_WORDS(p->index, p->depth), KT_NONE), 1,
            false);
    }
    assert_true(slot_is_empty(kt_slot(slot)));
}

static void test_bad_roots_and_slots(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), slot = kt_new_slot(), empty = kt_new_slot();
    assert_int_equal(kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_COPY, KT_WORDS(slot, 64, ep, 64, 15),
                               KT_CAPS(ep)),
                     KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    assert_int_equal(kt_word(&kt.root, 2), KAAL_LOOKUP_INVALID_ROOT);
    assert_int_equal(kt_copy(slot, empty, 15), KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    assert_int_equal(kt_word(&kt.root, 2), KAAL_LOOKUP_MISSING_CAP);
    assert_int_equal(kt_move(slot, empty), KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(kt_copy(ep, ep, 15), KAAL_ERR_DELETE_FIRST);
    assert_int_equal(kt_move(ep, ep), KAAL_ERR_DELETE_FIRST);
    kt_ok(kt_delete(empty));
    kt_ok(kt_revoke(empty));
}

/* ---- Rights: KT-2 ----------------------------------------------------------------------- */

static void test_rights_only_shrink(void **state)
{
    (void)state;
    static const struct {
        enum cap_type type;
        word_t size;
        bool has_rights;
    } objects[] = {{CAP_ENDPOINT, 0, true},  {CAP_NOTIFICATION, 0, true},  {CAP_REPLY, 0, true},
                   {CAP_PAGE, 12, true},     {CAP_TCB, 0, false},          {CAP_CNODE, 2, false},
                   {CAP_UNTYPED, 12, false}, {CAP_SCHED_CONTEXT, 8, false}};
    for (unsigned i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        const cptr_t object = kt_object(objects[i].type, objects[i].size);
        const cptr_t first = kt_new_slot(), second = kt_new_slot();
        for (word_t a = 0; a <= 15; a++) {
            kt_ok(kt_copy(first, object, a));
            const word_t want = objects[i].has_rights ? a : 15;
            assert_int_equal(kt_cap(first)->rights, want);
            for (word_t b = 0; b <= 15; b++) {
                kt_ok(kt_mint(second, first, b | UINT64_C(0xfffffffffffffff0), 0));
                assert_int_equal(kt_cap(second)->rights, objects[i].has_rights ? (want & b) : 15);
                kt_ok(kt_delete(second));
            }
            kt_ok(kt_delete(first));
        }
    }
}

/* ---- Badges and guards ------------------------------------------------------------------- */

static void test_one_badge_only(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        const cptr_t object = kt_object(i == 0 ? CAP_ENDPOINT : CAP_NOTIFICATION, 0);
        const cptr_t badged = kt_badged(object, 15, UINT64_MAX), slot = kt_new_slot();
        assert_int_equal(cap_badge(kt_cap(badged)), UINT64_MAX);
        assert_int_equal(kt_mint(slot, badged, 15, 5), KAAL_ERR_ILLEGAL_OPERATION);
        assert_int_equal(kt_mint(slot, badged, 15, UINT64_MAX), KAAL_ERR_ILLEGAL_OPERATION);
        assert_int_equal(kt_mint(slot, badged, 15, 0), KAAL_ERR_ILLEGAL_OPERATION);
        assert_true(slot_is_empty(kt_slot(slot)));
        kt_ok(kt_copy(slot, badged, 15));
        assert_int_equal(cap_badge(kt_cap(slot)), UINT64_MAX);
        /* Badge 0 is no badge: a plain copy. */
        const cptr_t plain = kt_badged(object, 15, 0);
        assert_int_equal(kt_slot(plain)->flags & SLOT_ORIGINAL, 0);
        kt_ok(kt_mint(kt_new_slot(), plain, 15, 6));
    }
}

static void test_guards(void **state)
{
    (void)state;
    const cptr_t cnode = kt_object(CAP_CNODE, 4), slot = kt_new_slot();
    for (unsigned bits = 0; bits < 64; bits++) {
        const word_t data = UINT64_MAX << 6 | bits;
        const enum kaal_err err = kt_mint(slot, cnode, 15, data);
        assert_int_equal(err, bits + 4 <= 64 ? KAAL_OK : KAAL_ERR_ILLEGAL_OPERATION);
        if (err == KAAL_OK) {
            const word_t mask = bits == 0 ? 0 : UINT64_MAX >> (64 - bits);
            assert_int_equal(cap_cnode_guard_bits(kt_cap(slot)), bits);
            assert_int_equal(cap_cnode_guard(kt_cap(slot)), UINT64_MAX >> 6 & mask);
            kt_ok(kt_delete(slot));
        }
    }
}

/* ---- What has no copies -------------------------------------------------------------------- */

static void test_uncopyable(void **state)
{
    (void)state;
    const cptr_t slot = kt_new_slot(), space = kt_object(CAP_VSPACE, 0);
    assert_int_equal(kt_copy(slot, KAAL_ROOT_IRQ_CONTROL, 15), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_copy(slot, space, 15), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_copy(slot, kt.untyped, 15), KAAL_ERR_REVOKE_FIRST);
    kt_ok(kt_move(slot, space));
    kt_ok(kt_move(space, slot));
    kt_ok(kt_move(slot, kt.untyped));
    kt_ok(kt_move(kt.untyped, slot));
    kt_ok(kt_copy(slot, KAAL_ROOT_SCHED_CONTROL, 15));
    kt_ok(kt_delete(slot));
    kt_ok(kt_copy(slot, KAAL_ROOT_ASID_POOL, 15));
}

/* B26 through system calls. */
static void test_b26_families_of_one_badge(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t a = kt_badged(ep, 15, 7), b = kt_badged(ep, 15, 7);
    const cptr_t a_copy = kt_copy_of(a, 15), b_copy = kt_copy_of(b, 15);
    kt_ok(kt_delete(a));
    kt_ok(kt_revoke(b));
    assert_false(slot_is_empty(kt_slot(a_copy)));
    assert_true(slot_is_empty(kt_slot(b_copy)));
    kt_ok(kt_revoke(a_copy));
    assert_false(slot_is_empty(kt_slot(b)));
    kt_ok(kt_revoke(ep));
    assert_true(slot_is_empty(kt_slot(b)) && slot_is_empty(kt_slot(a_copy)));
}

static void test_moving_the_invoked_capability(void **state)
{
    (void)state;
    const cptr_t copy = kt_copy_of(KAAL_ROOT_CNODE, 15), slot = kt_new_slot();
    const word_t guard = UINT64_C(51);
    const cptr_t again = kt_new_slot();
    kt_ok(kt_mint(again, KAAL_ROOT_CNODE, 15, guard));
    kt_ok(kt_invoke(again, KAAL_INV_CNODE_MOVE, KT_WORDS(slot, 64, again, 64), KT_CAPS(again)));
    assert_true(slot_is_empty(kt_slot(again)));
    assert_int_equal(kt_cap(slot)->type, CAP_CNODE);
    kt_ok(kt_invoke(slot, KAAL_INV_CNODE_DELETE, KT_WORDS(slot, 64), KT_NONE));
    assert_true(slot_is_empty(kt_slot(slot)));
    kt_ok(kt_delete(copy));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_bad_places, kt_boot),
        cmocka_unit_test_setup(test_bad_roots_and_slots, kt_boot),
        cmocka_unit_test_setup(test_rights_only_shrink, kt_boot),
        cmocka_unit_test_setup(test_one_badge_only, kt_boot),
        cmocka_unit_test_setup(test_guards, kt_boot),
        cmocka_unit_test_setup(test_uncopyable, kt_boot),
        cmocka_unit_test_setup(test_b26_families_of_one_badge, kt_boot),
        cmocka_unit_test_setup(test_moving_the_invoked_capability, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
