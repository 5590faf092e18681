/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces. After every call the tables are walked and compared with a
 * plain list of what should be mapped; the log of table writes and flushes shows
 * that no translation outlives its entry (KI-28) and that no live entry
 * becomes another one directly (break before make).
 */
#include "support/kt.h"

#include "arch/aarch64/pure/pte.h"
#include "object/asid.h"
#include "object/vspace.h"

enum { RW = KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, RO = KAAL_RIGHT_READ, CACHED = KAAL_MAP_CACHED };

#define VA UINT64_C(0x300000000)

static cptr_t space, table[3];

static enum kaal_err map_table(cptr_t pt, cptr_t vspace, vaddr_t vaddr)
{
    return kt_invoke(pt, KAAL_INV_PAGE_TABLE_MAP, KT_WORDS(vaddr), KT_CAPS(vspace));
}

static enum kaal_err map_page(cptr_t page, cptr_t vspace, vaddr_t vaddr, word_t rights,
                              word_t attrs)
{
    return kt_invoke(page, KAAL_INV_PAGE_MAP, KT_WORDS(vaddr, rights, attrs), KT_CAPS(vspace));
}

static enum kaal_err unmap_page(cptr_t page)
{
    return kt_invoke(page, KAAL_INV_PAGE_UNMAP, KT_NONE, KT_NONE);
}

static cptr_t new_space(void)
{
    const cptr_t vspace = kt_object(CAP_VSPACE, 0);
    kt_ok(kt_invoke(KAAL_ROOT_ASID_POOL, KAAL_INV_ASID_POOL_ASSIGN, KT_NONE, KT_CAPS(vspace)));
    return vspace;
}

static int setup(void **state)
{
    (void)kt_boot(state);
    space = new_space();
    for (unsigned i = 0; i < 3; i++) {
        table[i] = kt_object(CAP_PAGE_TABLE, 0);
        kt_ok(map_table(table[i], space, VA));
    }
    host_log_clear();
    return 0;
}

/* The leaf entry that translates vaddr, or 0; *level its level. */
static pte_t translate(cptr_t vspace, vaddr_t vaddr, unsigned *level)
{
    const pte_t *entries = kt_cap(vspace)->obj;
    for (*level = 0; *level <= 3; (*level)++) {
        const pte_t pte = entries[vaddr >> (39 - 9 * *level) & 511];
        if (pte_is_page(pte, *level)) {
            return pte;
        }
        if (!pte_is_table(pte, *level)) {
            return 0;
        }
        entries = arch_phys_to_virt(pte_paddr(pte));
    }
    return 0;
}

static bool is_mapped(vaddr_t vaddr)
{
    unsigned level;
    return translate(space, vaddr, &level) != 0;
}

static void assert_mapped(cptr_t page, vaddr_t vaddr, unsigned level, word_t rights)
{
    unsigned at;
    const pte_t pte = translate(space, vaddr, &at);
    assert_true(pte != 0);
    assert_int_equal(at, level);
    assert_int_equal(pte_paddr(pte), arch_virt_to_phys(kt_cap(page)->obj));
    assert_int_equal((pte & PTE_AP_EL0) != 0, (rights & KAAL_RIGHT_READ) != 0);
    assert_int_equal((pte & PTE_AP_RO) == 0, (rights & RW) == RW);
    assert_true((pte & PTE_PXN) != 0 && (pte & PTE_NG) != 0);
    assert_true((pte & PTE_AP_RO) != 0 || (pte & PTE_UXN) != 0);
}

/* ---- Tables ---------------------------------------------------------------------- */

static void test_tables_fill_from_the_top(void **state)
{
    (void)state;
    const cptr_t extra = kt_object(CAP_PAGE_TABLE, 0);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(cap_pt_level(kt_cap(table[i])), i + 1);
    }
    assert_int_equal(map_table(extra, space, VA), KAAL_ERR_DELETE_FIRST);
    assert_int_equal(map_table(table[2], space, VA), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(map_table(extra, space, KAAL_USER_TOP), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(map_table(extra, space, UINT64_MAX), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(map_table(extra, kt.untyped, VA), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(map_table(extra, kt_object(CAP_VSPACE, 0), VA), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(cap_asid(kt_cap(extra)), 0);
    kt_ok(map_table(extra, space, VA + (UINT64_C(1) << 21)));
}

static void test_unmapped_table_takes_its_pages_along(void **state)
{
    (void)state;
    for (unsigned level = 1; level <= 3; level++) {
        (void)setup(NULL);
        const cptr_t page = kt_object(CAP_PAGE, 12);
        kt_ok(map_page(page, space, VA, RW, CACHED));
        kt_ok(kt_invoke(table[level - 1], KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE));
        assert_false(is_mapped(VA));
        /* The table is empty when it is mapped again. */
        kt_ok(map_table(table[level - 1], space, VA));
        assert_false(is_mapped(VA));
        kt_ok(unmap_page(page));
    }
}

static void test_deleted_table(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12);
    kt_ok(map_page(page, space, VA, RW, CACHED));
    kt_ok(kt_delete(table[2]));
    assert_false(is_mapped(VA));
    kt_ok(kt_delete(page)); /* stale: changes nothing */
    kt_ok(kt_delete(table[0]));
    kt_ok(kt_delete(table[1]));
}

static void test_copies_of_tables(void **state)
{
    (void)state;
    const cptr_t fresh = kt_object(CAP_PAGE_TABLE, 0), slot = kt_new_slot();
    assert_int_equal(kt_copy(slot, fresh, 15), KAAL_ERR_ILLEGAL_OPERATION);
    kt_ok(kt_copy(slot, table[2], 15));
    assert_int_equal(kt_invoke(table[2], KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE),
                     KAAL_ERR_REVOKE_FIRST);
    const cptr_t page = kt_object(CAP_PAGE, 12);
    kt_ok(map_page(page, space, VA, RW, CACHED));
    kt_ok(kt_delete(slot));
    assert_true(is_mapped(VA));
}

/* ---- Pages ------------------------------------------------------------------------ */

static void test_rights_of_a_mapping(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12);
    for (word_t cap_rights = 0; cap_rights <= 15; cap_rights++) {
        const cptr_t copy = kt_copy_of(page, cap_rights);
        for (word_t rights = 0; rights <= 15; rights++) {
            kt_ok(map_page(copy, space, VA, rights, CACHED));
            assert_mapped(copy, VA, 3, rights & cap_rights);
        }
        kt_ok(unmap_page(copy));
        assert_false(is_mapped(VA));
    }
}

static void test_write_and_execute_is_refused(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12);
    const word_t exec = CACHED | KAAL_MAP_EXECUTE;
    assert_int_equal(map_page(page, space, VA, RW, exec), KAAL_ERR_INVALID_ARGUMENT);
    assert_false(is_mapped(VA));
    kt_ok(map_page(page, space, VA, RO, exec));
    assert_mapped(page, VA, 3, RO);
    /* The capability's rights count, not those asked for. */
    const cptr_t read_only = kt_copy_of(page, RO);
    kt_ok(map_page(read_only, space, VA + 4096, RW, exec));
    assert_mapped(read_only, VA + 4096, 3, RO);
    /* A remap does not make it writable and executable either. */
    assert_int_equal(map_page(page, space, VA, RW, exec), KAAL_ERR_INVALID_ARGUMENT);
    kt_ok(map_page(page, space, VA, RW, CACHED));
    assert_mapped(page, VA, 3, RW);
}

static void test_arguments(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), big = kt_object(CAP_PAGE, 21);
    static const vaddr_t outside[] = {KAAL_USER_TOP,     KAAL_USER_TOP + 4096,
                                      UINT64_MAX - 4095, UINT64_C(1) << 48,
                                      UINT64_C(1) << 63, UINT64_C(0xffff000000000000)};
    for (unsigned i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        assert_int_equal(map_page(page, space, outside[i], RW, CACHED), KAAL_ERR_INVALID_ARGUMENT);
        assert_int_equal(kt_word(&kt.root, 0), 0);
    }
    for (unsigned bit = 0; bit < 12; bit++) {
        assert_int_equal(map_page(page, space, VA | UINT64_C(1) << bit, RW, CACHED),
                         KAAL_ERR_ALIGNMENT);
    }
    assert_int_equal(map_page(big, space, VA + 4096, RW, CACHED), KAAL_ERR_ALIGNMENT);
    assert_int_equal(map_page(page, space, VA, RW, 4), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(kt_word(&kt.root, 0), 2);
    assert_int_equal(map_page(page, space, VA, RW, UINT64_MAX), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(map_page(page, kt.untyped, VA, RW, CACHED), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    assert_int_equal(kt_invoke(page, KAAL_INV_PAGE_MAP, KT_WORDS(VA, RW, CACHED), KT_NONE),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(host_count(HOST_PTE_WRITE), 0);
    assert_int_equal(cap_asid(kt_cap(page)), 0);
}

static void test_last_page_of_user_space(void **state)
{
    (void)state;
    const vaddr_t last = KAAL_USER_TOP - 4096;
    const cptr_t page = kt_object(CAP_PAGE, 12);
    assert_int_equal(map_page(page, space, last, RW, CACHED), KAAL_ERR_FAILED_LOOKUP);
    for (unsigned i = 0; i < 3; i++) {
        kt_ok(map_table(kt_object(CAP_PAGE_TABLE, 0), space, last));
    }
    kt_ok(map_page(page, space, last, RW, CACHED));
    assert_mapped(page, last, 3, RW);
}

static void test_missing_table(void **state)
{
    (void)state;
    static const struct {
        vaddr_t vaddr;
        unsigned bits;
    } place[] = {{UINT64_C(1) << 39, 39}, {VA + (UINT64_C(1) << 30), 30}, {VA + (1 << 21), 21}};
    const cptr_t page = kt_object(CAP_PAGE, 12);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(map_page(page, space, place[i].vaddr, RW, CACHED), KAAL_ERR_FAILED_LOOKUP);
        assert_int_equal(kt_word(&kt.root, 1), place[i].bits);
    }
}

static void test_place_taken(void **state)
{
    (void)state;
    const cptr_t a = kt_object(CAP_PAGE, 12), b = kt_object(CAP_PAGE, 12);
    const cptr_t spare_table = kt_object(CAP_PAGE_TABLE, 0), big = kt_object(CAP_PAGE, 21);
    kt_ok(map_page(a, space, VA, RW, CACHED));
    assert_int_equal(map_page(b, space, VA, RW, CACHED), KAAL_ERR_DELETE_FIRST);
    assert_int_equal(map_page(kt_copy_of(a, 15), space, VA, RW, CACHED), KAAL_ERR_DELETE_FIRST);
    assert_int_equal(map_page(big, space, VA, RW, CACHED), KAAL_ERR_DELETE_FIRST);
    kt_ok(map_page(big, space, VA + (1 << 21), RW, CACHED));
    assert_mapped(big, VA + (1 << 21), 2, RW);
    assert_int_equal(map_page(b, space, VA + (1 << 21) + 4096, RW, CACHED), KAAL_ERR_DELETE_FIRST);
    assert_int_equal(map_table(spare_table, space, VA + (1 << 21)), KAAL_ERR_DELETE_FIRST);
    assert_mapped(a, VA, 3, RW);
}

static void test_mapped_capability_stays_where_it_is(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), other = new_space();
    kt_ok(map_page(page, space, VA, RW, CACHED));
    assert_int_equal(map_page(page, space, VA + 4096, RW, CACHED), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(map_page(page, other, VA, RW, CACHED), KAAL_ERR_INVALID_CAPABILITY);
    /* A copy is not mapped, and may be elsewhere. */
    const cptr_t copy = kt_copy_of(page, 15);
    assert_int_equal(cap_asid(kt_cap(copy)), 0);
    kt_ok(map_page(copy, space, VA + 4096, RO, CACHED));
    kt_ok(unmap_page(page));
    assert_false(is_mapped(VA));
    assert_mapped(copy, VA + 4096, 3, RO);
    kt_ok(unmap_page(page)); /* not being mapped is no error */
    kt_ok(map_page(page, space, VA + 8192, RW, CACHED));
}

/* B13: every way in which a page capability goes takes its mapping along. */
static void test_b13_deleted_page_is_unmapped(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), copy = kt_copy_of(page, 15);
    kt_ok(map_page(page, space, VA, RW, CACHED));
    kt_ok(map_page(copy, space, VA + 4096, RW, CACHED));
    kt_ok(kt_delete(copy)); /* not the last */
    assert_false(is_mapped(VA + 4096));
    assert_true(is_mapped(VA));
    const cptr_t again = kt_copy_of(page, 15), moved = kt_new_slot();
    kt_ok(map_page(again, space, VA + 4096, RW, CACHED));
    kt_ok(kt_move(moved, again));
    assert_true(is_mapped(VA + 4096));
    kt_ok(kt_revoke(page));
    assert_false(is_mapped(VA + 4096));
    kt_ok(kt_delete(page));
    assert_false(is_mapped(VA));
}

static void test_device_page(void **state)
{
    (void)state;
    const cptr_t page = kt_new_slot();
    kt_ok(kt_retype_to(kt.device_untyped, CAP_PAGE, 12, page, 1));
    assert_int_equal(map_page(page, space, VA, RW, CACHED), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(map_page(page, space, VA, RO, KAAL_MAP_EXECUTE), KAAL_ERR_INVALID_ARGUMENT);
    kt_ok(map_page(page, space, VA, RW, 0));
    unsigned level;
    const pte_t pte = translate(space, VA, &level);
    assert_int_equal(pte & PTE_ATTR_MASK, PTE_ATTR(PTE_MAIR_DEVICE));
    assert_true((pte & PTE_UXN) != 0);
    assert_int_equal(kt_invoke(page, KAAL_INV_PAGE_UNIFY, KT_WORDS(0, 64), KT_NONE),
                     KAAL_ERR_ILLEGAL_OPERATION);
    kt_ok(kt_invoke(page, KAAL_INV_PAGE_GET_ADDRESS, KT_NONE, KT_NONE));
    const paddr_t paddr = kt_word(&kt.root, 0);
    assert_int_equal(paddr % 4096, 0);
    assert_int_equal(pte_paddr(pte), paddr);
    kt_ok(kt_delete(page));
    assert_false(is_mapped(VA));
}

/* B01: cache maintenance by a stale, unmapped or read-only capability. */
static void test_b01_unify(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), big = kt_object(CAP_PAGE, 21);
    const word_t unify = KAAL_INV_PAGE_UNIFY;
    kt_ok(kt_invoke(page, unify, KT_WORDS(0, 4096), KT_NONE));
    assert_int_equal(host_event(HOST_CODE_SYNC, 0)->a, arch_virt_to_phys(kt_cap(page)->obj));
    assert_int_equal(host_event(HOST_CODE_SYNC, 0)->b, 4096);
    kt_ok(map_page(page, space, VA, RO, CACHED));
    kt_ok(kt_invoke(page, unify, KT_WORDS(64, 128), KT_NONE));
    kt_ok(kt_delete(table[2]));
    kt_ok(kt_invoke(page, unify, KT_WORDS(4095, 4096), KT_NONE));
    host_log_clear();
    static const word_t bad[][2] = {
        {4096, 4097}, {0, 4097},       {100, 100},      {100, 99},
        {0, 0},       {UINT64_MAX, 0}, {0, UINT64_MAX}, {UINT64_C(1) << 63, 1}};
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(kt_invoke(page, unify, KT_WORDS(bad[i][0], bad[i][1]), KT_NONE),
                         KAAL_ERR_RANGE);
    }
    assert_int_equal(kt_invoke(big, unify, KT_WORDS(0, 65537), KT_NONE), KAAL_ERR_RANGE);
    assert_int_equal(host_count(HOST_CODE_SYNC), 0);
    kt_ok(kt_invoke(big, unify, KT_WORDS((1 << 21) - 65536, 1 << 21), KT_NONE));
}

/* ---- Identifiers -------------------------------------------------------------------- */

static void test_identifiers_are_unique(void **state)
{
    (void)state;
    bool seen[ASID_POOL_SIZE] = {false};
    for (unsigned i = 0; i < 100; i++) {
        const unsigned asid = cap_asid(kt_cap(new_space()));
        assert_true(asid > 0 && asid < ASID_POOL_SIZE && !seen[asid]);
        seen[asid] = true;
    }
    assert_int_equal(
        kt_invoke(KAAL_ROOT_ASID_POOL, KAAL_INV_ASID_POOL_ASSIGN, KT_NONE, KT_CAPS(space)),
        KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(
        kt_invoke(KAAL_ROOT_ASID_POOL, KAAL_INV_ASID_POOL_ASSIGN, KT_NONE, KT_CAPS(kt.untyped)),
        KAAL_ERR_INVALID_CAPABILITY);
}

static void test_pool_runs_out(void **state)
{
    (void)state;
    enum { FREE = ASID_POOL_SIZE - 3 }; /* 0, the root task's and setup's */
    cptr_t last = 0;
    for (unsigned i = 0; i < FREE; i++) {
        last = new_space();
    }
    const cptr_t one_more = kt_object(CAP_VSPACE, 0);
    const word_t assign = KAAL_INV_ASID_POOL_ASSIGN;
    assert_int_equal(kt_invoke(KAAL_ROOT_ASID_POOL, assign, KT_NONE, KT_CAPS(one_more)),
                     KAAL_ERR_DELETE_FIRST);
    kt_ok(kt_delete(last));
    kt_ok(kt_invoke(KAAL_ROOT_ASID_POOL, assign, KT_NONE, KT_CAPS(one_more)));
}

/* B10: nothing cached under an identifier survives its owner. */
static void test_b10_deleted_space_is_flushed(void **state)
{
    (void)state;
    const unsigned asid = cap_asid(kt_cap(space));
    const paddr_t root = arch_virt_to_phys(kt_cap(space)->obj);
    kt_ok(kt_delete(space));
    assert_int_equal(host_event(HOST_TLB_ASID, 0)->a, asid);
    assert_int_equal(host_event(HOST_FORGET, 0)->a, root);
    assert_null(asid_lookup(asid));
    /* Its tables and pages are stale now; another space takes the number. */
    const cptr_t next = new_space();
    assert_int_equal(cap_asid(kt_cap(next)), asid);
    kt_ok(kt_delete(table[2]));
    kt_ok(kt_invoke(table[1], KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE));
    kt_ok(map_table(table[1], next, VA));
}

/* B11: the space of a thread dies: the thread never runs in another one. */
static void test_b11_thread_without_space(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(150);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(KAAL_ROOT_NULL, KAAL_ROOT_CNODE, space)));
    /* The thread's own copy keeps the space alive: revoke takes both. */
    kt_ok(kt_revoke(space));
    kt_ok(kt_delete(space));
    host_log_clear();
    kt_unpark(&t);
    const struct host_event *e = host_event(HOST_SWITCH, host_count(HOST_SWITCH) - 1);
    assert_int_equal(e->a, (uintptr_t)t.tcb);
    assert_int_equal(e->b, 0);
}

/* ---- The order of writes and flushes: B25, KI-28 ------------------------------------------ */

/* Play the log. No live entry may change into another without having been
 * invalid and flushed in between: break before make. */
static void check_log(void)
{
    bool dirty = false;
    for (unsigned i = 0; i < host.log.count; i++) {
        const struct host_event *e = &host.log.events[i];
        if (e->action == HOST_PTE_WRITE) {
            assert_true(e->b == 0 || e->c == 0);
            assert_true(e->b == 0 || !dirty);
            dirty |= e->c != 0;
        } else if (e->action == HOST_TLB_PAGE || e->action == HOST_TLB_ASID) {
            dirty = false;
        }
    }
    assert_false(dirty);
    assert_int_equal(host.log.dropped, 0);
    host_log_clear();
}

static void test_ki28_random_mappings(void **state)
{
    (void)state;
    enum { PAGES = 12, PLACES = 8 };
    cptr_t page[PAGES], pt[2] = {table[1], table[2]};
    for (unsigned i = 0; i < PAGES; i++) {
        page[i] = i % 3 == 2 ? kt_copy_of(page[i - 1], 15) : kt_object(CAP_PAGE, 12);
    }
    host_log_clear();
    kt_seed(11);
    unsigned done = 0;
    for (unsigned op = 0; op < 20000; op++) {
        const unsigned i = kt_random(PAGES);
        const vaddr_t vaddr = VA + kt_random(PLACES) * 4096;
        switch (kt_random(8)) {
        case 0:
        case 1:
        case 2:
        case 3: {
            const enum kaal_err err =
                map_page(page[i], space, vaddr, kt_random(16), kt_random(2) ? CACHED : 0);
            done += err == KAAL_OK ? 1 : 0;
            break;
        }
        case 4:
        case 5:
            kt_ok(unmap_page(page[i]));
            break;
        case 6:
            (void)kt_invoke(pt[kt_random(2)], KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE);
            break;
        default:
            (void)map_table(pt[kt_random(2)], space, VA);
            break;
        }
        check_log();
        /* What is mapped is a page somebody has a capability to, there. */
        for (unsigned k = 0; k < PLACES; k++) {
            unsigned level, owners = 0;
            const pte_t pte = translate(space, VA + k * 4096, &level);
            for (unsigned n = 0; n < PAGES; n++) {
                owners += pte != 0 && pte_paddr(pte) == arch_virt_to_phys(kt_cap(page[n])->obj) &&
                                  cap_asid(kt_cap(page[n])) == cap_asid(kt_cap(space)) &&
                                  cap_mapped_vaddr(kt_cap(page[n])) == VA + k * 4096
                              ? 1
                              : 0;
            }
            assert_true(pte == 0 || owners >= 1);
        }
    }
    assert_true(done > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_tables_fill_from_the_top, setup),
        cmocka_unit_test_setup(test_unmapped_table_takes_its_pages_along, setup),
        cmocka_unit_test_setup(test_deleted_table, setup),
        cmocka_unit_test_setup(test_copies_of_tables, setup),
        cmocka_unit_test_setup(test_rights_of_a_mapping, setup),
        cmocka_unit_test_setup(test_write_and_execute_is_refused, setup),
        cmocka_unit_test_setup(test_arguments, setup),
        cmocka_unit_test_setup(test_last_page_of_user_space, setup),
        cmocka_unit_test_setup(test_missing_table, setup),
        cmocka_unit_test_setup(test_place_taken, setup),
        cmocka_unit_test_setup(test_mapped_capability_stays_where_it_is, setup),
        cmocka_unit_test_setup(test_b13_deleted_page_is_unmapped, setup),
        cmocka_unit_test_setup(test_device_page, setup),
        cmocka_unit_test_setup(test_b01_unify, setup),
        cmocka_unit_test_setup(test_identifiers_are_unique, setup),
        cmocka_unit_test_setup(test_pool_runs_out, setup),
        cmocka_unit_test_setup(test_b10_deleted_space_is_flushed, setup),
        cmocka_unit_test_setup(test_b11_thread_without_space, setup),
        cmocka_unit_test_setup(test_ki28_random_mappings, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
