/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory contents and caches. Arm ARM (DDI 0487) D7.5, "Cache support".
 *
 * Data caches behave as physically tagged, so maintenance by the kernel's
 * address reaches user space's. Instruction caches need not (VIPT): there only
 * invalidating all reaches every alias (D7.5.6).
 */
#include "lib/assert.h"
#include "lib/inline.h"
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

static inline void zero_four_lines(uintptr_t p)
{
    dc_zva(p);
    dc_zva(p + 64);
    dc_zva(p + 128);
    dc_zva(p + 192);
}

/* Every processor that KaaL knows has 64-byte lines and blocks. */
static inline void zero_lines(uintptr_t p, size_t bytes)
{
    for (; bytes >= 1024; bytes -= 1024, p += 1024) {
        zero_four_lines(p);
        zero_four_lines(p + 256);
        zero_four_lines(p + 512);
        zero_four_lines(p + 768);
    }
    NO_UNROLL
    for (; bytes != 0; bytes -= 64, p += 64) {
        dc_zva(p);
    }
}

static inline void zero_and_clean_lines(uintptr_t p, size_t bytes)
{
    NO_UNROLL
    for (; bytes >= 128; bytes -= 128, p += 128) {
        dc_zva(p);
        dc_cvac(p);
        dc_zva(p + 64);
        dc_cvac(p + 64);
    }
    if (bytes != 0) {
        dc_zva(p);
        dc_cvac(p);
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
        zero_and_clean_lines(p, bytes);
    } else {
        zero_lines(p, bytes);
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
