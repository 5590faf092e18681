/* SPDX-License-Identifier: Apache-2.0 */
#include "ghost.h"

#include <string.h>

#include "host.h"
#include "object/asid.h"
#include "object/vspace.h"

enum {
    ENTRIES_MAX = 1 << 16,
    LINE_BITS = 6, /* granule of zeroing */
    LINES = HOST_RAM_BYTES >> LINE_BITS,
};

/* What the TLB may hold: a page, or a step of a walk. */
struct entry {
    unsigned asid;
    unsigned level;
    vaddr_t vaddr;
    const pte_t *from;
    pte_t pte;
};

static struct {
    const char *broken;
    bool is_booted;
    bool tables_changed; /* since the TLB was filled */
    unsigned count;
    struct entry entries[ENTRIES_MAX];
    uint8_t zero_lines[LINES / 8]; /* zeroed and never used since */
    const uint64_t *kernel;
    size_t kernel_words;
    uint64_t kernel_hash;
} ghost;

static void note(const char *broken)
{
    if (ghost.broken == NULL) {
        ghost.broken = broken;
    }
}

void ghost_reset(void)
{
    ghost.broken = NULL;
    ghost.is_booted = false;
    ghost.tables_changed = false;
    ghost.count = 0;
    memset(ghost.zero_lines, 0, sizeof(ghost.zero_lines));
    ghost.kernel_words = 0;
}

/* ---- The kernel's memory (KI-26) ------------------------------------------------ */

__attribute__((no_sanitize("address"))) static uint64_t hash_kernel(void)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < ghost.kernel_words; i++) {
        hash = (hash ^ ghost.kernel[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

void ghost_boot(const struct kaal_range *kernel)
{
    ghost.kernel = arch_phys_to_virt(kernel->base);
    ghost.kernel_words = host_is_ram(ghost.kernel) ? kernel->size / sizeof(uint64_t) : 0;
    ghost.kernel_hash = hash_kernel();
}

/* ---- Fresh memory (KI-32) -------------------------------------------------------- */

void ghost_zeroed(uint64_t offset, size_t bytes)
{
    for (uint64_t line = offset >> LINE_BITS; line < (offset + bytes) >> LINE_BITS; line++) {
        ghost.zero_lines[line / 8] |= (uint8_t)(1U << line % 8);
    }
}

static bool all_zero(const uint64_t *words, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum |= words[i];
    }
    return sum == 0;
}

/* Boot hands out loaded memory as it is. */
void ghost_created(const void *vaddr, uint64_t offset, size_t bytes)
{
    bool was_zeroed = true;
    for (uint64_t line = offset >> LINE_BITS; line < (offset + bytes) >> LINE_BITS; line++) {
        was_zeroed &= (ghost.zero_lines[line / 8] >> line % 8 & 1) != 0;
        ghost.zero_lines[line / 8] &= (uint8_t)~(1U << line % 8);
    }
    if (ghost.is_booted && !was_zeroed) {
        note("KI-32 memory of a fresh object was not zeroed and cleaned");
    } else if (ghost.is_booted && !all_zero(vaddr, bytes / sizeof(uint64_t))) {
        note("KI-32 fresh object is not zero");
    }
}

/* ---- Translations (KI-28) ---------------------------------------------------------- */

static void drop(unsigned i)
{
    ghost.entries[i] = ghost.entries[--ghost.count];
}

void ghost_flush_page(unsigned asid, vaddr_t vaddr)
{
    for (unsigned i = ghost.count; i-- > 0 && !host.flushes_are_lost;) {
        const struct entry *e = &ghost.entries[i];
        if (e->asid == asid && (vaddr ^ e->vaddr) >> vspace_level_bits(e->level) == 0) {
            drop(i);
        }
    }
}

void ghost_flush_asid(unsigned asid)
{
    for (unsigned i = ghost.count; i-- > 0 && !host.flushes_are_lost;) {
        if (ghost.entries[i].asid == asid) {
            drop(i);
        }
    }
}

/* Break before make: no valid entry is put where the TLB may hold another. */
void ghost_pte_write(const pte_t *entry, pte_t value)
{
    ghost.tables_changed = true;
    if (value == 0 || value == *entry) {
        return;
    }
    if (*entry != 0) {
        note("KI-28 valid entry replaced without a break");
    }
    for (unsigned i = 0; i < ghost.count; i++) {
        if (ghost.entries[i].from == entry && ghost.entries[i].pte != value) {
            note("KI-28 entry made before the old one was flushed");
        }
    }
}

static bool is_held(const struct entry *e)
{
    unsigned at;
    pte_t *root = asid_lookup(e->asid);
    if (root == NULL) {
        return false;
    }
    const pte_t *entry = vspace_walk(root, e->vaddr, e->level, &at);
    return at == e->level && entry == e->from && *entry == e->pte;
}

static const char *find_stale(void)
{
    for (unsigned i = 0; i < ghost.count; i++) {
        if (!is_held(&ghost.entries[i])) {
            return asid_lookup(ghost.entries[i].asid) == NULL
                       ? "KI-28 translation of an identifier that is free"
                       : "KI-28 translation that the tables no longer hold";
        }
    }
    return NULL;
}

/* Depth first: index[l] is the entry looked at of level l. */
static void fill(unsigned asid, pte_t *root)
{
    pte_t *table[ARCH_PT_LEVELS] = {root};
    unsigned index[ARCH_PT_LEVELS] = {0};
    vaddr_t vaddr[ARCH_PT_LEVELS] = {0};
    unsigned level = 0;
    for (;;) {
        if (index[level] == ARCH_PT_ENTRIES) {
            if (level == 0) {
                return;
            }
            level--;
            continue;
        }
        const unsigned i = index[level]++;
        const pte_t pte = table[level][i];
        const vaddr_t here = vaddr[level] | (vaddr_t)i << vspace_level_bits(level);
        const bool is_table = arch_pte_is_table(pte, level);
        if (!is_table && !arch_pte_is_page(pte, level)) {
            continue;
        }
        if (ghost.count < ENTRIES_MAX) {
            ghost.entries[ghost.count++] = (struct entry){
                .asid = asid, .level = level, .vaddr = here, .from = &table[level][i], .pte = pte};
        }
        void *next = is_table ? arch_phys_to_virt(arch_pte_paddr(pte)) : NULL;
        if (next != NULL && host_is_ram(next)) {
            level++;
            table[level] = next;
            index[level] = 0;
            vaddr[level] = here;
        }
    }
}

void ghost_kernel_exit(void)
{
    ghost.is_booted = true;
    if (!ghost.tables_changed) {
        return;
    }
    const char *stale = find_stale();
    if (stale != NULL) {
        note(stale);
        return;
    }
    /* What it holds is part of what the tables offer: take all of that. */
    ghost.tables_changed = false;
    ghost.count = 0;
    for (unsigned first = 0; first < ASID_POOLS * ASID_POOL_SIZE; first += ASID_POOL_SIZE) {
        const struct asid_pool *pool = asid_pool_at(first);
        for (unsigned i = 0; pool != NULL && i < ASID_POOL_SIZE; i++) {
            if (pool->roots[i] != NULL) {
                fill(first + i, pool->roots[i]);
            }
        }
    }
}

const char *ghost_check(void)
{
    if (ghost.broken != NULL) {
        return ghost.broken;
    }
    if (hash_kernel() != ghost.kernel_hash) {
        return "KI-26 memory of the kernel has changed";
    }
    return find_stale();
}
