/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of arch/aarch64 share among themselves. */
#pragma once
#include <kaal/boot_params.h>

#include "arch/arch.h"
#include "sysreg.h"

/* Of an address in the kernel window. */
static inline paddr_t mem_window_paddr(const void *vaddr)
{
    return (uintptr_t)vaddr - KAAL_WINDOW_BASE;
}

/* cpu.c: first C code on the boot core, called by start.S. */
void arch_start(struct kaal_boot_params *params);

/* mmu.c: load the empty address space and drop what the loader mapped there. */
void mmu_start(void);

/* TTBR0_EL1 of the empty address space; mmu.c. */
extern uint64_t mmu_empty_ttbr;

_Static_assert(KAAL_WINDOW_BASE == UINT64_MAX << TTBR_ASID_SHIFT, "mmu_ttbr()");

/* TTBR0_EL1 of an address space. The window's base is all in the bits of the ASID. */
static inline uint64_t mmu_ttbr(const pte_t *vspace_root, unsigned asid)
{
    return ((uintptr_t)vspace_root & ~KAAL_WINDOW_BASE) | ((uint64_t)asid << TTBR_ASID_SHIFT);
}

/* Load an address space, NULL the empty one, unless it is loaded. */
static inline void mmu_load(const pte_t *vspace_root, unsigned asid)
{
    const uint64_t ttbr = vspace_root == NULL ? mmu_empty_ttbr : mmu_ttbr(vspace_root, asid);
    if (sysreg_read_ttbr0() != ttbr) {
        sysreg_write_ttbr0(ttbr);
        /* Before anything else: a TLBI of the old space's ASID must not be
         * followed by a walk of the old tables. */
        isb();
    }
}

/* arch_cpu() without a call. It never changes, so that the compiler may read it
 * once for several uses. */
static inline struct cpu *this_cpu(void)
{
    struct cpu *cpu;
    __asm__("mrs %0, tpidr_el1" : "=r"(cpu));
    return cpu;
}

/* mmu.c: panics if kernel text can be written, here or through the window. */
void mmu_check_text(const struct kaal_boot_params *params);

/* mmu.c: can neither text nor the kernel's own root table be written? */
bool mmu_kernel_is_sealed(void);

/* power.c: how the firmware is called. */
void power_start(const struct kaal_boot_params *params);

/* cache.c: line sizes of this processor. */
void cache_start(void);

/* switch.c: FP and SIMD trap from now on. */
void fp_start(void);

/* switch.c: the current thread has touched the FP unit without owning it. False
 * if it may not have it. */
bool fp_trap(void);

/* console.c: arch_putc() prints there from now on. */
void console_start(const struct kaal_boot_params *params);

/* trap.c: called by vectors.S. */
ARCH_ENTRY void arch_user_sync(void);
ARCH_ENTRY void arch_user_serror(void);
_Noreturn void arch_kernel_exception(unsigned vector, word_t sp, word_t x30);

/* vectors.S */
void fp_save(struct arch_fp *fp);
void fp_load(const struct arch_fp *fp);
