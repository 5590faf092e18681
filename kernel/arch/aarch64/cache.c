/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory contents and caches. Arm ARM (DDI 0487) D7.5, "Cache support".
 *
 * Data caches behave as physically tagged, so maintenance by the kernel's
 * address reaches user space's. Instruction caches need not (VIPT): there only
 * invalidating all reaches every alias (D7.5.6).
 */
#include "lib/assert.h"
#include "local.h"

static struct {
    uintptr_t data_line; /* bytes */
    uintptr_t code_line;
    bool zeroes_lines; /* DC ZVA clears one data line of 64 bytes */
    bool code_by_address;
} cache;

void cache_start(void)
{
    const uint64_t ctr = sysreg_read_ctr();
    const uint64_t dczid = sysreg_read_dczid();
    cache.data_line = (uintptr_t)4 << ((ctr >> 16) & 0xf); /* DminLine */
    cache.code_line = (uintptr_t)4 << (ctr & 0xf);         /* IminLine */
    cache.code_by_address = ((ctr >> 14) & 3) == 3;        /* L1Ip: PIPT */
    /* DZP is 0: it is not prohibited; BS: 64 bytes. */
    cache.zeroes_lines = (dczid & 0x1f) == 4 && cache.data_line == 64;
}

static inline void dc_zva(uintptr_t p)
{
    __asm__ volatile("dc zva, %0" : : "r"(p) : "memory");
}

static inline void dc_cvac(uintptr_t p)
{
    __asm__ volatile("dc cvac, %0" : : "r"(p) : "memory");
}

static inline void dc_ivac(uintptr_t p)
{
    __asm__ volatile("dc ivac, %0" : : "r"(p) : "memory");
}

static inline void dc_civac(uintptr_t p)
{
    __asm__ volatile("dc civac, %0" : : "r"(p) : "memory");
}

static inline void zero_line(uintptr_t p, bool clean)
{
    dc_zva(p);
    if (clean) {
        dc_cvac(p);
    }
}

static inline void zero_eight_lines(uintptr_t p, bool clean)
{
    zero_line(p, clean);
    zero_line(p + 64, clean);
    zero_line(p + 128, clean);
    zero_line(p + 192, clean);
    zero_line(p + 256, clean);
    zero_line(p + 320, clean);
    zero_line(p + 384, clean);
    zero_line(p + 448, clean);
}

/* Every processor that KaaL knows has 64-byte lines and blocks. */
static inline void zero_lines(uintptr_t p, uintptr_t end, bool clean)
{
    for (; end - p >= 1024; p += 1024) {
        zero_eight_lines(p, clean);
        zero_eight_lines(p + 512, clean);
    }
    for (; p != end; p += 64) {
        zero_line(p, clean);
    }
}

static void zero_words(uintptr_t p, uintptr_t end)
{
    for (volatile uint64_t *w = (volatile uint64_t *)p; (uintptr_t)w != end; w++) {
        *w = 0;
    }
    for (p &= ~(cache.data_line - 1); p < end; p += cache.data_line) {
        dc_cvac(p);
    }
}

void arch_zero(void *vaddr, size_t bytes, bool clean)
{
    const uintptr_t p = (uintptr_t)vaddr;
    kassert((p | bytes) % 64 == 0);
    if (!cache.zeroes_lines) {
        zero_words(p, p + bytes);
    } else if (clean) {
        zero_lines(p, p + bytes, true);
    } else {
        zero_lines(p, p + bytes, false);
    }
    dsb_sy();
}

void arch_cache_clean(const void *vaddr, size_t bytes)
{
    const uintptr_t begin = (uintptr_t)vaddr;
    for (uintptr_t p = begin & ~(cache.data_line - 1); p < begin + bytes; p += cache.data_line) {
        dc_cvac(p);
    }
    dsb_sy();
}

void arch_cache_clean_invalidate(const void *vaddr, size_t bytes)
{
    const uintptr_t begin = (uintptr_t)vaddr;
    for (uintptr_t p = begin & ~(cache.data_line - 1); p < begin + bytes; p += cache.data_line) {
        dc_civac(p);
    }
    dsb_sy();
}

void arch_cache_invalidate(void *vaddr, size_t bytes)
{
    const uintptr_t begin = (uintptr_t)vaddr;
    const uintptr_t end = begin + bytes;
    const uintptr_t line = cache.data_line;
    uintptr_t p = (begin + line - 1) & ~(line - 1);
    const uintptr_t last = end & ~(line - 1);

    /* Others may have written to the rest of the lines at both ends. */
    if (p != begin) {
        dc_civac(begin);
    }
    if (last != end) {
        dc_civac(end);
    }
    for (; p < last; p += line) {
        dc_ivac(p);
    }
    dsb_sy();
}

void arch_code_sync(const void *vaddr, size_t bytes)
{
    const uintptr_t begin = (uintptr_t)vaddr;
    const uintptr_t end = begin + bytes;
    for (uintptr_t p = begin & ~(cache.data_line - 1); p < end; p += cache.data_line) {
        __asm__ volatile("dc cvau, %0" : : "r"(p) : "memory");
    }
    dsb_ish();
    if (cache.code_by_address) {
        for (uintptr_t p = begin & ~(cache.code_line - 1); p < end; p += cache.code_line) {
            __asm__ volatile("ic ivau, %0" : : "r"(p) : "memory");
        }
    } else {
        __asm__ volatile("ic ialluis" : : : "memory");
    }
    dsb_ish();
    isb();
}

void arch_obj_destroyed(void *vaddr, size_t bytes)
{
    (void)vaddr;
    (void)bytes;
}

void arch_obj_created(void *vaddr, size_t bytes)
{
    (void)vaddr;
    (void)bytes;
}
