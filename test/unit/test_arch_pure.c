/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processor's formats: page-table entries, syndromes, PSTATE. The bits
 * are spelled out here again, from the Arm ARM (DDI 0487) and not from the
 * header under test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/aarch64/pure/esr.h"
#include "arch/aarch64/pure/pstate.h"
#include "arch/aarch64/pure/pte.h"
#include "arch/arch.h"

#define BIT(n) (UINT64_C(1) << (n))

/* D8.3.1: fields of a stage 1 descriptor. */
static const uint64_t address_bits = UINT64_C(0x0000fffffffff000);
static const uint64_t ap_el0 = BIT(6), ap_read_only = BIT(7);
static const uint64_t access_flag = BIT(10), not_global = BIT(11);
static const uint64_t pxn = BIT(53), uxn = BIT(54), pxn_table = BIT(59);

enum { RIGHTS = 16, ATTRS = 4, FIRST_LEVEL = 1, LAST_LEVEL = 3 };

static unsigned page_bits(unsigned level)
{
    return 39 - 9 * level;
}

static uint64_t type_of(uint64_t pte)
{
    return pte & 3;
}

static bool el0_can_write(uint64_t pte)
{
    return (pte & ap_el0) != 0 && (pte & ap_read_only) == 0;
}

static bool el0_can_execute(uint64_t pte)
{
    return (pte & uxn) == 0;
}

/* Calls check for every combination of rights, attributes and level. */
static void each_page(void (*check)(uint64_t rights, uint64_t attrs, unsigned level))
{
    for (unsigned level = FIRST_LEVEL; level <= LAST_LEVEL; level++) {
        for (uint64_t rights = 0; rights < RIGHTS; rights++) {
            for (uint64_t attrs = 0; attrs < ATTRS; attrs++) {
                check(rights, attrs, level);
            }
        }
    }
}

/* B12: whatever the rights, a page is a leaf and never a table. */
static void check_leaf(uint64_t rights, uint64_t attrs, unsigned level)
{
    const uint64_t pte = arch_pte_page(BIT(40), level, rights, attrs);
    assert_int_equal(type_of(pte), level == 3 ? 3 : 1);
    assert_true(arch_pte_is_page(pte, level));
    assert_false(arch_pte_is_table(pte, level));
}

static void page_is_always_a_leaf_of_its_level(void **state)
{
    (void)state;
    each_page(check_leaf);
}

static void check_protection(uint64_t rights, uint64_t attrs, unsigned level)
{
    const uint64_t pte = arch_pte_page(0, level, rights, attrs);
    assert_false(el0_can_write(pte) && el0_can_execute(pte));
    assert_true((pte & pxn) != 0);
    assert_true((pte & access_flag) != 0);
    assert_true((pte & not_global) != 0);
    /* What EL0 cannot reach is not EL1's to write either. */
    assert_false((pte & ap_el0) == 0 && (pte & ap_read_only) == 0);
}

static void page_is_never_writable_and_executable_nor_privileged(void **state)
{
    (void)state;
    each_page(check_protection);
}

static void check_rights(uint64_t rights, uint64_t attrs, unsigned level)
{
    const uint64_t pte = arch_pte_page(0, level, rights, attrs);
    const bool read = (rights & 1) != 0;
    const bool write = (rights & 2) != 0;
    const bool cached = (attrs & 1) != 0;
    const bool execute = (attrs & 2) != 0;
    assert_int_equal((pte & ap_el0) != 0, read);
    assert_int_equal(el0_can_write(pte), read && write);
    assert_int_equal(el0_can_execute(pte), read && !write && cached && execute);
    assert_int_equal((pte >> 2) & 7, cached ? 1 : 0); /* MAIR: 1 write-back, 0 device */
    assert_int_equal((pte >> 8) & 3, cached ? 3 : 0); /* inner shareable */
}

static void page_gives_exactly_the_rights_asked_for(void **state)
{
    (void)state;
    each_page(check_rights);
}

static void no_other_bit_is_ever_set(void **state)
{
    (void)state;
    const uint64_t known = 3 | UINT64_C(7) << 2 | ap_el0 | ap_read_only | UINT64_C(3) << 8 |
                           access_flag | not_global | pxn | uxn;
    for (unsigned level = FIRST_LEVEL; level <= LAST_LEVEL; level++) {
        for (unsigned bit = 0; bit < 64; bit++) {
            /* Rights and attributes that no caller passes change no field. */
            assert_int_equal(arch_pte_page(0, level, BIT(bit), 0) & ~known, 0);
            assert_int_equal(arch_pte_page(0, level, 0, BIT(bit)) & ~known, 0);
        }
        assert_int_equal(arch_pte_page(0, level, ~UINT64_C(0), ~UINT64_C(0)) & ~known, 0);
    }
}

static void address_survives_the_round_trip(void **state)
{
    (void)state;
    for (unsigned level = FIRST_LEVEL; level <= LAST_LEVEL; level++) {
        for (unsigned bit = page_bits(level); bit < 48; bit++) {
            const uint64_t paddr = BIT(bit);
            const uint64_t high = address_bits & ~(BIT(bit) - 1);
            for (uint64_t rights = 0; rights < RIGHTS; rights++) {
                assert_int_equal(arch_pte_paddr(arch_pte_page(paddr, level, rights, 3)), paddr);
                assert_int_equal(arch_pte_paddr(arch_pte_page(high, level, rights, 0)), high);
            }
        }
    }
    for (unsigned bit = 12; bit < 48; bit++) {
        assert_int_equal(arch_pte_paddr(arch_pte_table(BIT(bit))), BIT(bit));
    }
}

static void address_cannot_reach_attributes(void **state)
{
    (void)state;
    for (unsigned level = FIRST_LEVEL; level <= LAST_LEVEL; level++) {
        const uint64_t zero = arch_pte_page(0, level, KAAL_RIGHT_READ, KAAL_MAP_CACHED);
        const uint64_t all = arch_pte_page(~UINT64_C(0), level, KAAL_RIGHT_READ, KAAL_MAP_CACHED);
        assert_int_equal(zero ^ all, address_bits);
    }
    assert_int_equal(arch_pte_table(0) ^ arch_pte_table(~UINT64_C(0)), address_bits);
}

static void table_is_a_table_above_level_3_and_nothing_privileged_runs_below(void **state)
{
    (void)state;
    const uint64_t pte = arch_pte_table(BIT(30));
    assert_int_equal(type_of(pte), 3);
    assert_true((pte & pxn_table) != 0);
    for (unsigned level = 0; level < LAST_LEVEL; level++) {
        assert_true(arch_pte_is_table(pte, level));
        assert_false(arch_pte_is_page(pte, level));
    }
    assert_false(arch_pte_is_table(pte, LAST_LEVEL));
}

static void types_are_told_apart_at_every_level(void **state)
{
    (void)state;
    for (unsigned level = 0; level <= LAST_LEVEL; level++) {
        for (uint64_t type = 0; type < 4; type++) {
            for (unsigned other = 2; other < 64; other++) {
                const uint64_t pte = type | BIT(other);
                assert_int_equal(arch_pte_is_table(pte, level), type == 3 && level < 3);
                const uint64_t leaf = level == 3 ? 3 : 1;
                assert_int_equal(arch_pte_is_page(pte, level), type == leaf && level > 0);
            }
        }
    }
}

static void only_the_test_kernel_maps_writable_and_executable(void **state)
{
    (void)state;
    const uint64_t pte = pte_page(0, 3, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE,
                                  KAAL_MAP_CACHED | KAAL_MAP_EXECUTE, true);
    assert_true(el0_can_write(pte) && el0_can_execute(pte));
    assert_true((pte & pxn) != 0);
    const uint64_t device =
        pte_page(0, 3, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, KAAL_MAP_EXECUTE, true);
    assert_false(el0_can_execute(device));
}

static void indices_take_nine_bits_of_the_address(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        for (unsigned level = 0; level < ARCH_PT_LEVELS; level++) {
            const unsigned low = page_bits(level);
            const unsigned wanted = bit >= low && bit < low + 9 ? 1U << (bit - low) : 0;
            assert_int_equal(arch_pt_index(BIT(bit), level), wanted);
        }
    }
    assert_int_equal(arch_pt_index(KAAL_USER_TOP - 1, 0), 255);
}

static void syndromes_are_sorted_by_class_alone(void **state)
{
    (void)state;
    for (uint64_t ec = 0; ec < 64; ec++) {
        enum esr_action wanted = ESR_USER_EXCEPTION;
        wanted = ec == 0x15 ? ESR_SYSCALL : wanted;
        wanted = ec == 0x24 ? ESR_DATA_FAULT : wanted;
        wanted = ec == 0x20 ? ESR_FETCH_FAULT : wanted;
        wanted = ec == 0x07 ? ESR_FP_TRAP : wanted;
        for (unsigned bit = 0; bit < 26; bit++) {
            assert_int_equal(esr_action(ec << 26 | BIT(bit)), wanted);
        }
        assert_int_equal(esr_action(ec << 26), wanted);
        assert_int_equal(esr_action(ec << 26 | 0x3ffffff), wanted);
        assert_int_equal(esr_action(ec << 26 | UINT64_C(0xff) << 32), wanted); /* ISS2 */
        assert_int_equal(esr_class(ec << 26 | UINT64_C(0xff) << 32), ec);
    }
}

static void stale_fault_address_is_recognised(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        assert_int_equal(esr_far_is_stale(BIT(bit)), bit == 10);
    }
}

/* B15: no bit but the flags gets in, so M, D, A, I, F, IL, SS, PAN never do. */
static void pstate_keeps_the_flags_and_nothing_else(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        const uint64_t wanted = bit >= 28 && bit < 32 ? BIT(bit) : 0;
        assert_int_equal(pstate_sanitise(BIT(bit)), wanted);
        assert_int_equal(arch_pstate_sanitise(BIT(bit)), wanted);
        assert_int_equal(pstate_sanitise(~BIT(bit)), UINT64_C(0xf0000000) & ~BIT(bit));
    }
    for (uint64_t mode = 0; mode < 1024; mode++) {
        assert_int_equal(pstate_sanitise(mode), 0);
    }
}

static void fresh_registers_are_zero_in_user_mode(void **state)
{
    (void)state;
    assert_int_equal(PSTATE_USER, 0);
}

static void speculated_index_is_inside_or_0(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 2, 64, 1020, UINT64_C(1) << 26, UINT64_MAX};
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(index_nospec(0, sizes[i]), 0);
        assert_int_equal(index_nospec(sizes[i] - 1, sizes[i]), sizes[i] - 1);
        assert_int_equal(index_nospec(sizes[i], sizes[i]), 0);
        assert_int_equal(index_nospec(UINT64_MAX, sizes[i]), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_is_always_a_leaf_of_its_level),
        cmocka_unit_test(page_is_never_writable_and_executable_nor_privileged),
        cmocka_unit_test(page_gives_exactly_the_rights_asked_for),
        cmocka_unit_test(no_other_bit_is_ever_set),
        cmocka_unit_test(address_survives_the_round_trip),
        cmocka_unit_test(address_cannot_reach_attributes),
        cmocka_unit_test(table_is_a_table_above_level_3_and_nothing_privileged_runs_below),
        cmocka_unit_test(types_are_told_apart_at_every_level),
        cmocka_unit_test(only_the_test_kernel_maps_writable_and_executable),
        cmocka_unit_test(indices_take_nine_bits_of_the_address),
        cmocka_unit_test(syndromes_are_sorted_by_class_alone),
        cmocka_unit_test(stale_fault_address_is_recognised),
        cmocka_unit_test(pstate_keeps_the_flags_and_nothing_else),
        cmocka_unit_test(fresh_registers_are_zero_in_user_mode),
        cmocka_unit_test(speculated_index_is_inside_or_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
