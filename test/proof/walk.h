/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For proofs about page-table walks: any tables, also ones that lead back into
 * themselves. A walk for one address sees one entry of each level; so one
 * table of one entry for each level stands for all, and the index is checked
 * where it is computed. The processor's own reading of an address is
 * selected().
 */
#pragma once
#include "arch/aarch64/pure/pte.h"

#include "arch/arch.h"

word_t nondet_word(void);
unsigned nondet_unsigned(void);
bool nondet_bool(void);
struct cap nondet_cap(void);

static pte_t table[ARCH_PT_LEVELS];
static unsigned levels; /* entered below the root */
static vaddr_t walked;  /* the address */

/* Arm ARM D8.2.8: a 4 KiB granule resolves bits 47-39, 38-30, 29-21, 20-12. */
static unsigned selected(unsigned level)
{
    static const unsigned shift[] = {39, 30, 21, 12};
    return (unsigned)(walked >> shift[level] & 511);
}

static unsigned proof_index(vaddr_t vaddr, unsigned level)
{
    __CPROVER_assert(level == levels, "one level after the other");
    __CPROVER_assert(vaddr == walked && arch_pt_index(vaddr, level) == selected(level),
                     "the entry that the address selects");
    return level;
}

void *arch_phys_to_virt(paddr_t paddr)
{
    __CPROVER_assert(levels < 3 && (table[levels] & 3) == 3, "only a table is entered");
    __CPROVER_assert(paddr == (table[levels] & 0x0000fffffffff000), "the one named");
    levels++;
    return table;
}

static void any_tables(vaddr_t vaddr)
{
    walked = vaddr;
    for (unsigned i = 0; i < ARCH_PT_LEVELS; i++) {
        table[i] = nondet_word();
    }
}

#define arch_pt_index proof_index
#include "object/vspace.c"
