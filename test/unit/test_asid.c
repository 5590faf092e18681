/* SPDX-License-Identifier: Apache-2.0 */
/* Pools of address space identifiers: made, filled, deleted, made again. */
#include "support/kt.h"

#include <string.h>

#include "object/asid.h"

static enum kaal_err make_pool(cptr_t untyped, cptr_t dest)
{
    return kt_invoke(KAAL_ROOT_ASID_CONTROL, KAAL_INV_ASID_CONTROL_MAKE_POOL, KT_WORDS(dest, 64),
                     KT_CAPS(untyped, KAAL_ROOT_CNODE));
}

static cptr_t new_pool(void)
{
    const cptr_t slot = kt_new_slot();
    kt_ok(make_pool(kt_object(CAP_UNTYPED, 12), slot));
    return slot;
}

static enum kaal_err assign(cptr_t pool, cptr_t vspace)
{
    return kt_invoke(pool, KAAL_INV_ASID_POOL_ASSIGN, KT_NONE, KT_CAPS(vspace));
}

static cptr_t new_space(cptr_t pool)
{
    const cptr_t vspace = kt_object(CAP_VSPACE, 0);
    kt_ok(assign(pool, vspace));
    return vspace;
}

static enum kaal_err map_table(cptr_t vspace)
{
    return kt_invoke(kt_object(CAP_PAGE_TABLE, 0), KAAL_INV_PAGE_TABLE_MAP, KT_WORDS(0x100000),
                     KT_CAPS(vspace));
}

/* ---- MakePool: errors ----------------------------------------------------------------- */

static void test_errors_in_order(void **state)
{
    (void)state;
    const cptr_t control = KAAL_ROOT_ASID_CONTROL, ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t untyped = kt_object(CAP_UNTYPED, 12), big = kt_object(CAP_UNTYPED, 13);
    const cptr_t small = kt_object(CAP_UNTYPED, 11), device = kt_new_slot(), free = kt_new_slot();
    const cptr_t child = kt_new_slot();
    const word_t label = KAAL_INV_ASID_CONTROL_MAKE_POOL;
    kt_ok(kt_retype_to(kt.device_untyped, CAP_UNTYPED, 12, device, 1));
    assert_int_equal(kt_invoke(control, label, KT_WORDS(ep), KT_CAPS(ep, ep)),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(kt_invoke(control, label, KT_WORDS(ep, 0), KT_CAPS(ep)),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(kt_invoke(KAAL_ROOT_ASID_POOL, label, KT_WORDS(ep, 0), KT_CAPS(ep, ep)),
                     KAAL_ERR_ILLEGAL_OPERATION);
    const cptr_t wrong[] = {ep, big, small, device, free, KAAL_ROOT_CNODE, KAAL_ROOT_ASID_POOL};
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(kt_invoke(control, label, KT_WORDS(ep, 0), KT_CAPS(wrong[i], ep)),
                         KAAL_ERR_INVALID_CAPABILITY);
        assert_int_equal(kt_word(&kt.root, 0), 1);
    }
    kt_ok(kt_retype_to(untyped, CAP_ENDPOINT, 0, child, 1));
    assert_int_equal(kt_invoke(control, label, KT_WORDS(ep, 0), KT_CAPS(untyped, ep)),
                     KAAL_ERR_REVOKE_FIRST);
    kt_ok(kt_delete(child));
    assert_int_equal(kt_invoke(control, label, KT_WORDS(ep, 0), KT_CAPS(untyped, ep)),
                     KAAL_ERR_RANGE);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    assert_int_equal(kt_word(&kt.root, 1), 1);
    assert_int_equal(kt_word(&kt.root, 2), 64);
    assert_int_equal(kt_invoke(control, label, KT_WORDS(ep, 65), KT_CAPS(untyped, ep)),
                     KAAL_ERR_RANGE);
    assert_int_equal(kt_invoke(control, label, KT_WORDS(ep, 64), KT_CAPS(untyped, ep)),
                     KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(kt_word(&kt.root, 0), 0);
    assert_int_equal(kt_word(&kt.root, 2), KAAL_LOOKUP_INVALID_ROOT);
    assert_int_equal(make_pool(untyped, ep), KAAL_ERR_DELETE_FIRST);
    assert_null(kt_slot(untyped)->first);
    kt_ok(make_pool(untyped, free));
}

static void test_128_pools(void **state)
{
    (void)state;
    cptr_t pools[ASID_POOLS];
    for (unsigned i = 1; i < ASID_POOLS; i++) {
        pools[i] = new_pool();
        assert_int_equal(cap_index(kt_cap(pools[i])), i * ASID_POOL_SIZE);
    }
    /* This comes before every other error. */
    assert_int_equal(make_pool(KAAL_ROOT_TCB, KAAL_ROOT_TCB), KAAL_ERR_DELETE_FIRST);
    const cptr_t last = new_space(pools[127]);
    assert_int_equal(cap_asid(kt_cap(last)), 127 * ASID_POOL_SIZE);
    kt_ok(kt_delete(pools[5]));
    const cptr_t again = new_pool();
    assert_int_equal(cap_index(kt_cap(again)), 5 * ASID_POOL_SIZE);
}

/* ---- MakePool: effect -------------------------------------------------------------------- */

static void test_uses_the_untyped_up(void **state)
{
    (void)state;
    const cptr_t untyped = kt_object(CAP_UNTYPED, 12), pool = kt_new_slot(), slot = kt_new_slot();
    kt_ok(make_pool(untyped, pool));
    assert_ptr_equal(kt_slot(untyped)->first, kt_slot(pool));
    assert_int_equal(kt_slot(pool)->flags & SLOT_ORIGINAL, SLOT_ORIGINAL);
    assert_int_equal(kt_retype_to(untyped, CAP_ENDPOINT, 0, slot, 1), KAAL_ERR_NOT_ENOUGH_MEMORY);
    assert_int_equal(kt_word(&kt.root, 0), 0);
    assert_int_equal(make_pool(untyped, slot), KAAL_ERR_REVOKE_FIRST);
    kt_ok(kt_revoke(untyped));
    assert_true(slot_is_empty(kt_slot(pool)));
    kt_ok(kt_retype_to(untyped, CAP_PAGE, 12, slot, 1));
}

/* An untyped that was used and is free again, its memory full of old bytes. */
static void test_memory_is_zeroed(void **state)
{
    (void)state;
    const cptr_t untyped = kt_object(CAP_UNTYPED, 12), slot = kt_new_slot(), pool = kt_new_slot();
    kt_ok(kt_retype_to(untyped, CAP_PAGE, 12, slot, 1));
    memset(kt_cap(slot)->obj, 0x5a, KAAL_PAGE_SIZE);
    kt_ok(kt_delete(slot));
    kt_ok(make_pool(untyped, pool));
    const struct asid_pool *memory = cap_asid_pool(kt_cap(pool));
    for (unsigned i = 0; i < ASID_POOL_SIZE; i++) {
        assert_null(memory->roots[i]);
    }
    assert_int_equal(cap_asid(kt_cap(new_space(pool))), ASID_POOL_SIZE);
}

static void test_full_pool(void **state)
{
    (void)state;
    const cptr_t pool = new_pool(), space = kt_object(CAP_VSPACE, 0);
    bool seen[ASID_POOL_SIZE] = {false};
    cptr_t first = 0;
    for (unsigned i = 0; i < ASID_POOL_SIZE; i++) {
        const cptr_t vspace = new_space(pool);
        const unsigned asid = cap_asid(kt_cap(vspace));
        assert_int_equal(asid / ASID_POOL_SIZE, 1);
        assert_false(seen[asid % ASID_POOL_SIZE]); /* A1 */
        seen[asid % ASID_POOL_SIZE] = true;
        first = first == 0 ? vspace : first;
    }
    assert_int_equal(assign(pool, space), KAAL_ERR_DELETE_FIRST);
    kt_ok(kt_delete(first));
    kt_ok(assign(pool, space));
}

/* ---- Deletion of a pool ------------------------------------------------------------------- */

static void test_deleted_pool_takes_identifiers_back(void **state)
{
    (void)state;
    const cptr_t pool = new_pool(), copy = kt_copy_of(pool, 15);
    const cptr_t a = new_space(pool), b = new_space(copy);
    const unsigned asid_a = cap_asid(kt_cap(a)), asid_b = cap_asid(kt_cap(b));
    kt_ok(kt_delete(pool)); /* not the last capability */
    kt_ok(map_table(a));
    host_log_clear();
    kt_ok(kt_delete(copy));
    assert_int_equal(host_count(HOST_TLB_ASID), 2); /* A2 */
    assert_int_equal(host_event(HOST_TLB_ASID, 0)->a, asid_a);
    assert_int_equal(host_event(HOST_TLB_ASID, 1)->a, asid_b);
    assert_int_equal(host_count(HOST_FORGET), 2);
    assert_null(asid_lookup(asid_a));
    assert_int_equal(map_table(a), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    assert_int_equal(assign(KAAL_ROOT_ASID_POOL, a), KAAL_ERR_INVALID_CAPABILITY);
    kt_ok(kt_delete(a));
    kt_ok(kt_delete(b));
}

static void test_dead_pool_is_poisoned(void **state)
{
    (void)state;
    const cptr_t pool = new_pool();
    const void *memory = kt_cap(pool)->obj;
    assert_false(host_is_poisoned(memory, KAAL_PAGE_SIZE));
    host_log_clear();
    kt_ok(kt_delete(pool));
    assert_int_equal(host_count(HOST_DESTROYED), 1);
    assert_int_equal(host_event(HOST_DESTROYED, 0)->a, arch_virt_to_phys(memory));
    assert_int_equal(host_event(HOST_DESTROYED, 0)->b, KAAL_PAGE_SIZE);
}

static void test_deletion_is_preemptible(void **state)
{
    (void)state;
    enum { SPACES = 100, BOUND = 20 };
    const cptr_t pool = new_pool();
    for (unsigned i = 0; i < SPACES; i++) {
        (void)new_space(pool);
    }
    host.preempt_every = 1;
    const struct kt_msg msg = {.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {pool, 64}};
    unsigned freed = 0, entries = 0;
    host_log_clear();
    kt_call(&kt.root, KAAL_ROOT_CNODE, &msg);
    for (;;) {
        const unsigned now = host_count(HOST_TLB_ASID);
        assert_true(now - freed <= BOUND);
        freed = now;
        entries++;
        if (kt_is_done(&kt.root)) {
            break;
        }
        kt_again(&kt.root);
    }
    assert_int_equal(freed, SPACES);
    assert_true(entries >= SPACES / BOUND);
}

/* A pool of the same number gives the same identifiers: what has the old ones
 * is nobody's. */
static void test_old_capability_new_pool(void **state)
{
    (void)state;
    const cptr_t pool = new_pool(), old = new_space(pool), old_copy = kt_copy_of(old, 15);
    const unsigned asid = cap_asid(kt_cap(old));
    kt_ok(kt_delete(pool));
    const cptr_t again = new_pool(), space = new_space(again);
    assert_int_equal(cap_asid(kt_cap(space)), asid);
    assert_int_equal(map_table(old), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(map_table(old_copy), KAAL_ERR_INVALID_CAPABILITY);
    kt_ok(kt_delete(old));
    kt_ok(kt_delete(old_copy)); /* the last one: must not take the new one's away */
    assert_ptr_equal(asid_lookup(asid), kt_cap(space)->obj);
    kt_ok(map_table(space));
}

/* A thread in a space whose pool goes is left with an empty space. */
static void test_thread_of_a_deleted_pool(void **state)
{
    (void)state;
    const cptr_t pool = new_pool(), space = new_space(pool);
    struct kt_thread t = kt_thread(150);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(KAAL_ROOT_NULL, KAAL_ROOT_CNODE, space)));
    host_log_clear();
    kt_unpark(&t);
    assert_int_equal(host_event(HOST_SWITCH, host_count(HOST_SWITCH) - 1)->c,
                     cap_asid(kt_cap(space)));
    kt_park(&t);
    kt_ok(kt_delete(pool));
    host_log_clear();
    kt_unpark(&t);
    assert_int_equal(host_event(HOST_SWITCH, host_count(HOST_SWITCH) - 1)->b, 0);
}

/* More spaces in turn than there are identifiers: no two at once have one, and
 * each is out of the TLB before it is given again. */
static void test_a2_more_than_all_identifiers(void **state)
{
    (void)state;
    enum { ALIVE = 3, ROUNDS = 70000 };
    const cptr_t pool = new_pool();
    unsigned asid[ALIVE] = {0};
    bool is_clean[1 << 16];
    memset(is_clean, true, sizeof(is_clean));
    for (unsigned i = 0; i < ROUNDS; i++) {
        const unsigned k = i % ALIVE;
        if (asid[k] != 0) {
            host_log_clear();
            pte_t *root = asid_lookup(asid[k]);
            assert_ptr_equal(root, host_ram(0x100000 + k * KAAL_PAGE_SIZE));
            asid_free(asid[k]);
            assert_int_equal(host_count(HOST_TLB_ASID), 1);
            assert_int_equal(host_event(HOST_TLB_ASID, 0)->a, asid[k]);
            is_clean[asid[k]] = true;
        }
        asid[k] = asid_assign(kt_cap(pool), host_ram(0x100000 + k * KAAL_PAGE_SIZE));
        assert_true(asid[k] != 0 && is_clean[asid[k]]);
        is_clean[asid[k]] = false;
    }
    for (unsigned k = 0; k < ALIVE; k++) {
        asid_free(asid[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_errors_in_order, kt_boot),
        cmocka_unit_test_setup(test_128_pools, kt_boot),
        cmocka_unit_test_setup(test_uses_the_untyped_up, kt_boot),
        cmocka_unit_test_setup(test_memory_is_zeroed, kt_boot),
        cmocka_unit_test_setup(test_full_pool, kt_boot),
        cmocka_unit_test_setup(test_deleted_pool_takes_identifiers_back, kt_boot),
        cmocka_unit_test_setup(test_dead_pool_is_poisoned, kt_boot),
        cmocka_unit_test_setup(test_deletion_is_preemptible, kt_boot),
        cmocka_unit_test_setup(test_old_capability_new_pool, kt_boot),
        cmocka_unit_test_setup(test_thread_of_a_deleted_pool, kt_boot),
        cmocka_unit_test_setup(test_a2_more_than_all_identifiers, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
