/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page-table entries of user space, for every address, level, right and
 * attribute, read as the Arm ARM describes them (D8.3.1): bits 0-1 kind,
 * 6 EL0 may access, 7 read only, 11 not global, 53 PXN, 54 UXN, 59 PXNTable.
 */
#include <kaal/abi/mapping.h>
#include <kaal/abi/rights.h>

#include "arch/arch.h"

unsigned nondet_unsigned(void);
word_t nondet_word(void);

static bool bit(pte_t pte, unsigned i)
{
    return (pte >> i & 1) != 0;
}

static void page(paddr_t paddr, unsigned level, word_t rights, word_t attrs)
{
    const pte_t pte = arch_pte_page(paddr, level, rights, attrs);
    const bool el0 = bit(pte, 6), read_only = bit(pte, 7), uxn = bit(pte, 54);

    __CPROVER_assert((pte & 3) == (level == 3 ? 3 : 1), "a leaf of its level: no table");
    __CPROVER_assert((pte & 0x0000fffffffff000) == paddr, "the address");
    __CPROVER_assert(bit(pte, 53), "EL1 never executes it");
    __CPROVER_assert(bit(pte, 11), "not global");
    __CPROVER_assert(read_only || uxn, "not writable and executable");
    __CPROVER_assert(el0 == ((rights & KAAL_RIGHT_READ) != 0), "accessible with Read");
    __CPROVER_assert(read_only || (el0 && (rights & KAAL_RIGHT_WRITE) != 0), "writable with Write");
    __CPROVER_assert(uxn || (el0 && (attrs & KAAL_MAP_EXECUTE) != 0), "executable if asked for");
    __CPROVER_assert(uxn || (pte >> 2 & 7) == 1, "device memory is not executable");
    __CPROVER_assert((pte >> 2 & 7) == ((attrs & KAAL_MAP_CACHED) != 0 ? 1 : 0), "memory type");

    __CPROVER_assert(arch_pte_is_page(pte, level) && !arch_pte_is_table(pte, level), "read back");
    __CPROVER_assert(arch_pte_paddr(pte) == paddr, "address read back");
    __CPROVER_assert(arch_pte_is_writable(pte) == (el0 && !read_only), "writable read back");
    __CPROVER_assert(arch_pte_is_cached(pte) == ((pte >> 2 & 7) == 1), "type read back");
}

static void table(paddr_t paddr, unsigned level)
{
    const pte_t pte = arch_pte_table(paddr);
    __CPROVER_assert((pte & 3) == 3 && (pte & 0x0000fffffffff000) == paddr, "a table");
    __CPROVER_assert(bit(pte, 59), "EL1 executes nothing below it");
    __CPROVER_assert((pte & ~(word_t)0x0000fffffffff003) == (word_t)1 << 59, "nothing else");
    __CPROVER_assert(arch_pte_is_table(pte, level) == (level < 3), "a table of levels 0 to 2");
    __CPROVER_assert(arch_pte_is_page(pte, level) == (level == 3), "a page of level 3");
}

void harness(void)
{
    const paddr_t paddr = nondet_word() & 0x0000fffffffff000;
    const unsigned level = nondet_unsigned();
    const pte_t any = nondet_word();

    __CPROVER_assume(level <= 3);
    __CPROVER_assert(!(arch_pte_is_page(any, level) && arch_pte_is_table(any, level)), "one kind");
    __CPROVER_assert(!arch_pte_is_page(any, 0) && !arch_pte_is_table(any, 3), "kinds of levels");
    __CPROVER_assert(bit(any, 0) ||
                         (!arch_pte_is_page(any, level) && !arch_pte_is_table(any, level)),
                     "invalid is neither");
    table(paddr, level);
    if (level >= 1) {
        page(paddr, level, nondet_word(), nondet_word());
    }
}
