/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cache maintenance through pages and address spaces: which bytes of memory it
 * reaches, and every refusal. What is expected is computed from the page's
 * physical address alone.
 */
#include "support/kt.h"

#include <kaal/abi/mapping.h>

#include "object/asid.h"
#include "object/vspace.h"

enum { RW = KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, RO = KAAL_RIGHT_READ, CACHED = KAAL_MAP_CACHED };
enum { KIB64 = 64 * 1024 };

#define VA   UINT64_C(0x300000000)
#define VA2M (VA + (UINT64_C(1) << 30)) /* under a table of its own */

struct call {
    word_t page, vspace; /* labels */
    enum host_action action;
};

enum { OP_CLEAN, OP_INVALIDATE, OP_CLEAN_INVALIDATE, OP_UNIFY, OP_COUNT };
static const struct call calls[OP_COUNT] = {
    [OP_CLEAN] = {KAAL_INV_PAGE_CLEAN, KAAL_INV_VSPACE_CLEAN, HOST_CACHE_CLEAN},
    [OP_INVALIDATE] = {KAAL_INV_PAGE_INVALIDATE, KAAL_INV_VSPACE_INVALIDATE, HOST_CACHE_INVALIDATE},
    [OP_CLEAN_INVALIDATE] = {KAAL_INV_PAGE_CLEAN_INVALIDATE, KAAL_INV_VSPACE_CLEAN_INVALIDATE,
                             HOST_CACHE_CLEAN_INVALIDATE},
    [OP_UNIFY] = {KAAL_INV_PAGE_UNIFY, KAAL_INV_VSPACE_UNIFY, HOST_CODE_SYNC},
};

static cptr_t space, small, large;

static enum kaal_err map(cptr_t page, vaddr_t vaddr, word_t rights, word_t attrs)
{
    enum kaal_err err = KAAL_ERR_FAILED_LOOKUP;
    for (unsigned i = 0; i < 4 && err == KAAL_ERR_FAILED_LOOKUP; i++) {
        err = kt_invoke(page, KAAL_INV_PAGE_MAP, KT_WORDS(vaddr, rights, attrs), KT_CAPS(space));
        if (err == KAAL_ERR_FAILED_LOOKUP) {
            kt_ok(kt_invoke(kt_object(CAP_PAGE_TABLE, 0), KAAL_INV_PAGE_TABLE_MAP, KT_WORDS(vaddr),
                            KT_CAPS(space)));
        }
    }
    return err;
}

/* A large page, not from the untyped that everything else is made of. */
static cptr_t large_page(void)
{
    const struct kaal_bootinfo *info = kt.info;
    const cptr_t slot = kt_new_slot();
    enum kaal_err err = KAAL_ERR_NOT_ENOUGH_MEMORY;
    for (cptr_t ut = info->untyped.begin; ut < info->untyped.end && err != KAAL_OK; ut++) {
        const struct kaal_untyped_desc *u = &info->untyped_list[ut - info->untyped.begin];
        if (!u->is_device && ut != kt.untyped) {
            err = kt_retype_to(ut, CAP_PAGE, 21, slot, 1);
        }
    }
    kt_ok(err);
    return slot;
}

static int setup(void **state)
{
    (void)kt_boot(state);
    space = kt_object(CAP_VSPACE, 0);
    kt_ok(kt_invoke(KAAL_ROOT_ASID_POOL, KAAL_INV_ASID_POOL_ASSIGN, KT_NONE, KT_CAPS(space)));
    small = kt_object(CAP_PAGE, 12);
    large = large_page();
    kt_ok(map(small, VA, RW, CACHED));
    kt_ok(map(large, VA2M, RW, CACHED));
    host_log_clear();
    return 0;
}

static unsigned operations(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < OP_COUNT; i++) {
        count += host_count(calls[i].action);
    }
    return count;
}

static enum kaal_err on(cptr_t cap, word_t label, word_t start, word_t end)
{
    host_log_clear();
    return kt_invoke(cap, label, KT_WORDS(start, end), KT_NONE);
}

/* The one operation since, on these bytes and no others. */
static void assert_done(unsigned op, paddr_t paddr, word_t bytes)
{
    assert_int_equal(operations(), 1);
    const struct host_event *event = host_event(calls[op].action, 0);
    assert_non_null(event);
    assert_int_equal(event->a, paddr);
    assert_int_equal(event->b, bytes);
}

static void assert_refused(enum kaal_err err, enum kaal_err expected)
{
    assert_int_equal(err, expected);
    assert_int_equal(operations(), 0);
}

static void assert_range(enum kaal_err err, word_t word, word_t min, word_t max)
{
    assert_refused(err, KAAL_ERR_RANGE);
    assert_int_equal(kt_word(&kt.root, 0), word);
    assert_int_equal(kt_word(&kt.root, 1), min);
    assert_int_equal(kt_word(&kt.root, 2), max);
}

static paddr_t paddr_of(cptr_t page)
{
    return arch_virt_to_phys(kt_cap(page)->obj);
}

/* ---- Pages ------------------------------------------------------------------------- */

static void test_page_bytes(void **state)
{
    (void)state;
    for (unsigned op = 0; op < OP_COUNT; op++) {
        kt_ok(on(small, calls[op].page, 0, 4096));
        assert_done(op, paddr_of(small), 4096);
        kt_ok(on(small, calls[op].page, 100, 101));
        assert_done(op, paddr_of(small) + 100, 1);
        kt_ok(on(large, calls[op].page, 0x1f0000, 0x200000));
        assert_done(op, paddr_of(large) + 0x1f0000, KIB64);
    }
}

static void test_page_needs_no_mapping(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12);
    for (unsigned op = 0; op < OP_COUNT; op++) {
        kt_ok(on(page, calls[op].page, 8, 16));
        assert_done(op, paddr_of(page) + 8, 8);
    }
}

static void test_page_errors_in_order(void **state)
{
    (void)state;
    const cptr_t device = kt_new_slot();
    kt_ok(kt_retype_to(kt.device_untyped, CAP_PAGE, 12, device, 1));
    const cptr_t weak = kt_copy_of(device, RO);
    for (unsigned op = 0; op < OP_COUNT; op++) {
        const word_t label = calls[op].page;
        assert_refused(kt_invoke(small, label, KT_WORDS(0), KT_NONE), KAAL_ERR_TRUNCATED_MESSAGE);
        assert_refused(kt_invoke(space, label, KT_WORDS(0, 1), KT_NONE),
                       KAAL_ERR_ILLEGAL_OPERATION);
        /* Without Write, a device, and both numbers wrong. */
        assert_refused(on(weak, label, 4096, 0), op == OP_INVALIDATE ? KAAL_ERR_INVALID_CAPABILITY
                                                                     : KAAL_ERR_ILLEGAL_OPERATION);
        if (op == OP_INVALIDATE) {
            assert_int_equal(kt_word(&kt.root, 0), 0);
        }
        assert_refused(on(device, label, 4096, 0), KAAL_ERR_ILLEGAL_OPERATION);
        assert_range(on(small, label, 4096, 0), 0, 0, 4095);
        assert_range(on(small, label, UINT64_MAX, 0), 0, 0, 4095);
        assert_range(on(small, label, 4095, 0), 1, 4096, 4096);
        assert_range(on(small, label, 8, 8), 1, 9, 4096);
        assert_range(on(small, label, 0, 4097), 1, 1, 4096);
        assert_range(on(large, label, 16, KIB64 + 17), 1, 17, KIB64 + 16);
        assert_range(on(large, label, 0, UINT64_MAX), 1, 1, KIB64);
        assert_range(on(large, label, 0x1fffff, 0x200001), 1, 0x200000, 0x200000);
    }
}

static void test_page_rights(void **state)
{
    (void)state;
    for (word_t rights = 0; rights <= 15; rights++) {
        const cptr_t copy = kt_copy_of(small, rights);
        for (unsigned op = 0; op < OP_COUNT; op++) {
            const bool is_refused = op == OP_INVALIDATE && (rights & KAAL_RIGHT_WRITE) == 0;
            assert_int_equal(on(copy, calls[op].page, 0, 64),
                             is_refused ? KAAL_ERR_INVALID_CAPABILITY : KAAL_OK);
            assert_int_equal(operations(), is_refused ? 0 : 1);
        }
    }
}

/* ---- Address spaces ---------------------------------------------------------------------- */

static void test_vspace_bytes(void **state)
{
    (void)state;
    for (unsigned op = 0; op < OP_COUNT; op++) {
        kt_ok(on(space, calls[op].vspace, VA, VA + 4096));
        assert_done(op, paddr_of(small), 4096);
        kt_ok(on(space, calls[op].vspace, VA + 4095, VA + 4096));
        assert_done(op, paddr_of(small) + 4095, 1);
        kt_ok(on(space, calls[op].vspace, VA2M + 0x12345, VA2M + 0x12399));
        assert_done(op, paddr_of(large) + 0x12345, 0x54);
    }
}

/* A page of 1 GiB; the machine's memory begins at a multiple of that. */
static void test_vspace_gigabyte(void **state)
{
    (void)state;
    const vaddr_t vaddr = UINT64_C(0x340000000);
    unsigned at;
    pte_t *entry = vspace_walk(kt_cap(space)->obj, vaddr, 1, &at);
    assert_int_equal(at, 1);
    const pte_t before = *entry;
    *entry = arch_pte_page(HOST_RAM_BASE, 1, RW, CACHED);
    kt.unchecked = true; /* there is no page of this size */
    for (unsigned op = 0; op < OP_COUNT; op++) {
        kt_ok(on(space, calls[op].vspace, vaddr + 0xabc123, vaddr + 0xabc200));
        assert_done(op, HOST_RAM_BASE + 0xabc123, 0xdd);
        assert_range(on(space, calls[op].vspace, vaddr + 0x3ffffff0, vaddr + 0x40000001), 1,
                     vaddr + 0x3ffffff1, vaddr + 0x40000000);
    }
    *entry = before;
    kt.unchecked = false;
}

static void test_vspace_errors_in_order(void **state)
{
    (void)state;
    const cptr_t bare = kt_object(CAP_VSPACE, 0), device = kt_new_slot();
    kt_ok(kt_retype_to(kt.device_untyped, CAP_PAGE, 12, device, 1));
    kt_ok(map(device, VA + 0x10000, RW, 0));
    for (unsigned op = 0; op < OP_COUNT; op++) {
        const word_t label = calls[op].vspace;
        assert_refused(kt_invoke(space, label, KT_WORDS(VA), KT_NONE), KAAL_ERR_TRUNCATED_MESSAGE);
        assert_refused(kt_invoke(small, label, KT_WORDS(VA, VA + 1), KT_NONE),
                       KAAL_ERR_ILLEGAL_OPERATION);
        assert_refused(on(bare, label, KAAL_USER_TOP, 0), KAAL_ERR_INVALID_CAPABILITY);
        assert_int_equal(kt_word(&kt.root, 0), 0);
        assert_refused(on(space, label, KAAL_USER_TOP, 0), KAAL_ERR_INVALID_ARGUMENT);
        assert_int_equal(kt_word(&kt.root, 0), 0);
        assert_refused(on(space, label, UINT64_C(0xffff000000000000), 0),
                       KAAL_ERR_INVALID_ARGUMENT);
        assert_refused(on(space, label, VA + 0x1000, 0), KAAL_ERR_FAILED_LOOKUP);
        assert_refused(on(space, label, VA + 0x10000, 0), KAAL_ERR_ILLEGAL_OPERATION);
        assert_range(on(space, label, VA, VA), 1, VA + 1, VA + 4096);
        assert_range(on(space, label, VA, 0), 1, VA + 1, VA + 4096);
        assert_range(on(space, label, VA, VA + 4097), 1, VA + 1, VA + 4096);
        assert_range(on(space, label, VA2M + 16, VA2M + KIB64 + 17), 1, VA2M + 17,
                     VA2M + KIB64 + 16);
        assert_range(on(space, label, VA2M, UINT64_MAX), 1, VA2M + 1, VA2M + KIB64);
    }
}

static void test_vspace_names_the_empty_entry(void **state)
{
    (void)state;
    static const struct {
        vaddr_t vaddr;
        unsigned bits;
    } empty[] = {{VA + 0x1000, 12},
                 {VA + 0x200000, 21},
                 {VA + 0x80000000, 30},
                 {UINT64_C(1) << 39, 39},
                 {KAAL_USER_TOP - 1, 39}};
    for (unsigned op = 0; op < OP_COUNT; op++) {
        for (unsigned i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
            assert_refused(on(space, calls[op].vspace, empty[i].vaddr, empty[i].vaddr + 1),
                           KAAL_ERR_FAILED_LOOKUP);
            assert_int_equal(kt_word(&kt.root, 0), 0);
            assert_int_equal(kt_word(&kt.root, 1), empty[i].bits);
        }
    }
}

/* Memory mapped as a device is not touched through the cached window. */
static void test_vspace_uncached_is_refused(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12);
    kt_ok(map(page, VA + 0x3000, RW, 0));
    for (unsigned op = 0; op < OP_COUNT; op++) {
        assert_refused(on(space, calls[op].vspace, VA + 0x3000, VA + 0x3001),
                       KAAL_ERR_ILLEGAL_OPERATION);
    }
}

/* What counts is the mapping, not the capability. Before RANGE. */
static void test_vspace_invalidate_needs_write(void **state)
{
    (void)state;
    static const word_t rights[] = {0, KAAL_RIGHT_READ, KAAL_RIGHT_WRITE, RW};
    for (unsigned i = 0; i < 4; i++) {
        kt_ok(map(small, VA, rights[i], CACHED));
        for (unsigned op = 0; op < OP_COUNT; op++) {
            const bool is_refused = op == OP_INVALIDATE && rights[i] != RW;
            assert_int_equal(on(space, calls[op].vspace, VA, VA + 1),
                             is_refused ? KAAL_ERR_ILLEGAL_OPERATION : KAAL_OK);
            assert_int_equal(on(space, calls[op].vspace, VA, VA),
                             is_refused ? KAAL_ERR_ILLEGAL_OPERATION : KAAL_ERR_RANGE);
        }
    }
}

static void test_vspace_after_unmap(void **state)
{
    (void)state;
    kt_ok(kt_invoke(small, KAAL_INV_PAGE_UNMAP, KT_NONE, KT_NONE));
    for (unsigned op = 0; op < OP_COUNT; op++) {
        assert_refused(on(space, calls[op].vspace, VA, VA + 1), KAAL_ERR_FAILED_LOOKUP);
    }
}

static void test_vspace_of_a_dead_pool(void **state)
{
    (void)state;
    const cptr_t pool = kt_new_slot(), vspace = kt_object(CAP_VSPACE, 0);
    kt_ok(kt_invoke(KAAL_ROOT_ASID_CONTROL, KAAL_INV_ASID_CONTROL_MAKE_POOL, KT_WORDS(pool, 64),
                    KT_CAPS(kt_object(CAP_UNTYPED, 12), KAAL_ROOT_CNODE)));
    kt_ok(kt_invoke(pool, KAAL_INV_ASID_POOL_ASSIGN, KT_NONE, KT_CAPS(vspace)));
    assert_refused(on(vspace, KAAL_INV_VSPACE_CLEAN, VA, VA + 1), KAAL_ERR_FAILED_LOOKUP);
    kt_ok(kt_delete(pool));
    assert_refused(on(vspace, KAAL_INV_VSPACE_CLEAN, VA, VA + 1), KAAL_ERR_INVALID_CAPABILITY);
}

/* ---- Entries ------------------------------------------------------------------------------ */

/* Arm ARM D8.3: AP[2:1] in bits 7:6, AttrIndx in bits 4:2, spelled out again. */
static void test_entry_predicates(void **state)
{
    (void)state;
    for (unsigned level = 1; level <= 3; level++) {
        for (word_t rights = 0; rights <= 15; rights++) {
            for (word_t attrs = 0; attrs <= 3; attrs++) {
                const pte_t pte = arch_pte_page(0, level, rights, attrs);
                assert_int_equal(arch_pte_is_writable(pte), (pte >> 6 & 3) == 1);
                assert_int_equal(arch_pte_is_writable(pte), (rights & RW) == RW);
                assert_int_equal(arch_pte_is_cached(pte), (attrs & CACHED) != 0);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_page_bytes, setup),
        cmocka_unit_test_setup(test_page_needs_no_mapping, setup),
        cmocka_unit_test_setup(test_page_errors_in_order, setup),
        cmocka_unit_test_setup(test_page_rights, setup),
        cmocka_unit_test_setup(test_vspace_bytes, setup),
        cmocka_unit_test_setup(test_vspace_gigabyte, setup),
        cmocka_unit_test_setup(test_vspace_errors_in_order, setup),
        cmocka_unit_test_setup(test_vspace_names_the_empty_entry, setup),
        cmocka_unit_test_setup(test_vspace_uncached_is_refused, setup),
        cmocka_unit_test_setup(test_vspace_invalidate_needs_write, setup),
        cmocka_unit_test_setup(test_vspace_after_unmap, setup),
        cmocka_unit_test_setup(test_vspace_of_a_dead_pool, setup),
        cmocka_unit_test_setup(test_entry_predicates, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
