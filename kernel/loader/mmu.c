/* SPDX-License-Identifier: Apache-2.0 */
#include "mmu.h"

#include <string.h>

#include "check.h"

#include <kaal/abi/types.h>

#define ENTRIES 512U

static const char part[] = "memory";
static const char twice[] = "something is mapped twice; correct the devicetree";

/* log2 of what one descriptor of this level maps. */
static unsigned level_shift(unsigned level)
{
    return KAAL_PAGE_BITS + 9 * (3 - level);
}

static unsigned level_index(uint64_t va, unsigned level)
{
    return (unsigned)(va >> level_shift(level)) % ENTRIES;
}

static uint64_t *table_at(const struct mmu_tables *t, uint64_t paddr)
{
    return t->memory + (paddr - t->paddr) / sizeof(uint64_t);
}

uint64_t mmu_new_table(struct mmu_tables *t)
{
    need(t->used < t->page_count, part, "no room for tables; merge ranges in the devicetree");
    const uint64_t paddr = t->paddr + (uint64_t)t->used++ * KAAL_PAGE_SIZE;
    memset(table_at(t, paddr), 0, KAAL_PAGE_SIZE);
    return paddr;
}

/* The table of this level that translates va; makes what is missing. */
static uint64_t *walk(struct mmu_tables *t, uint64_t root, uint64_t va, unsigned level)
{
    uint64_t *table = table_at(t, root);
    for (unsigned l = 0; l < level; l++) {
        uint64_t *entry = &table[level_index(va, l)];
        if (*entry == 0) {
            *entry = mmu_new_table(t) | PTE_VALID | PTE_TABLE;
        }
        need(pte_is_table(*entry, l), part, twice); /* T2 */
        table = table_at(t, pte_paddr(*entry));
    }
    return table;
}

void mmu_map(struct mmu_tables *t, uint64_t root, uint64_t va, uint64_t pa, uint64_t size,
             uint64_t attributes)
{
    while (size > 0) {
        unsigned level = 1;
        while (level < 3 && (size >> level_shift(level) == 0 ||
                             ((va | pa) & ((1ULL << level_shift(level)) - 1)) != 0)) {
            level++;
        }
        const uint64_t bytes = 1ULL << level_shift(level);
        uint64_t *table = walk(t, root, va, level);
        /* To the end of this table no larger block can begin. */
        for (unsigned i = level_index(va, level); i < ENTRIES && size >= bytes; i++) {
            need(table[i] == 0, part, twice); /* T2 */
            table[i] = pa | attributes | PTE_VALID | (level == 3 ? PTE_TABLE : 0);
            va += bytes;
            pa += bytes;
            size -= bytes;
        }
    }
}
