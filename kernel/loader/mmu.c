/* SPDX-License-Identifier: Apache-2.0 */
#include "mmu.h"

#include <stddef.h>
#include <string.h>

#include <kaal/abi/types.h>

#define DESCRIPTOR_VALID 1ULL
#define DESCRIPTOR_TABLE 3ULL /* also: a page, at level 3 */
#define DESCRIPTOR_ADDR  0x0000fffffffff000ULL
#define ENTRIES          512U

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
    if (t->used == t->page_count) {
        return 0;
    }
    const uint64_t paddr = t->paddr + (uint64_t)t->used * KAAL_PAGE_SIZE;
    t->used++;
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
            const uint64_t next = mmu_new_table(t);
            if (next == 0) {
                return NULL;
            }
            *entry = next | DESCRIPTOR_TABLE;
        } else if ((*entry & DESCRIPTOR_TABLE) != DESCRIPTOR_TABLE) {
            return NULL; /* a block: T2 */
        }
        table = table_at(t, *entry & DESCRIPTOR_ADDR);
    }
    return table;
}

/* The lowest level, 1 to 3, whose descriptor may map the beginning. */
static unsigned best_level(uint64_t va, uint64_t pa, uint64_t size)
{
    for (unsigned level = 1; level < 3; level++) {
        const uint64_t bytes = 1ULL << level_shift(level);
        if (size >= bytes && ((va | pa) & (bytes - 1)) == 0) {
            return level;
        }
    }
    return 3;
}

bool mmu_map(struct mmu_tables *t, uint64_t root, uint64_t va, uint64_t pa, uint64_t size,
             uint64_t attributes)
{
    while (size > 0) {
        const unsigned level = best_level(va, pa, size);
        const uint64_t bytes = 1ULL << level_shift(level);
        const uint64_t type = level == 3 ? DESCRIPTOR_TABLE : DESCRIPTOR_VALID;
        uint64_t *table = walk(t, root, va, level);
        if (table == NULL) {
            return false;
        }
        /* To the end of this table no larger block can begin. */
        for (unsigned i = level_index(va, level); i < ENTRIES && size >= bytes; i++) {
            if (table[i] != 0) {
                return false;
            }
            table[i] = pa | attributes | type;
            va += bytes;
            pa += bytes;
            size -= bytes;
        }
    }
    return true;
}
