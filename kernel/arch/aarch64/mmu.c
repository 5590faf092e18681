/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Translation. Arm ARM (DDI 0487) D8: tables and walks; D8.16, "TLB
 * maintenance"; B2.3.12 and D8.16.5 for the order of store, DSB, TLBI, DSB.
 *
 * EL1 never uses an address of user space, so a changed entry needs no ISB for
 * the kernel; for EL0 the exception return is one.
 */
#include "lib/assert.h"
#include "local.h"

/* A level-0 table without entries: what a thread without address space sees.
 * kernel.ld puts it where nobody can write. */
__attribute__((section(".bss.empty_root"),
               aligned(4096))) static const volatile pte_t empty_root[ARCH_PT_ENTRIES];
uint64_t mmu_empty_ttbr;

void *arch_phys_to_virt(paddr_t paddr)
{
    return (void *)(KAAL_WINDOW_BASE + paddr);
}

paddr_t arch_virt_to_phys(const void *vaddr)
{
    kassert((uintptr_t)vaddr >= KAAL_WINDOW_BASE && (uintptr_t)vaddr < KAAL_KERNEL_BASE);
    return mem_window_paddr(vaddr);
}

void mmu_start(void)
{
    /* The kernel's own image is not in the window: ask the MMU. */
    __asm__ volatile("at s1e1r, %0" : : "r"(empty_root) : "memory");
    isb();
    mmu_empty_ttbr = sysreg_read_par() & PAR_PA;
    sysreg_write_ttbr0(mmu_empty_ttbr);
    isb();
    __asm__ volatile("tlbi vmalle1\n dsb nsh\n isb" : : : "memory");
}

/* May EL1 write there? Arm ARM (DDI 0487) D24.2.132, PAR_EL1.F. */
static bool is_writable(uintptr_t vaddr)
{
    __asm__ volatile("at s1e1w, %0" : : "r"(vaddr) : "memory");
    isb();
    return (sysreg_read_par() & PAR_F) == 0;
}

void mmu_check_text(const struct kaal_boot_params *params)
{
    extern const char text_begin[], text_end[];
    const uintptr_t first = (uintptr_t)text_begin;
    for (uintptr_t va = first; va < (uintptr_t)text_end; va += KAAL_PAGE_SIZE) {
        const uintptr_t alias = KAAL_WINDOW_BASE + params->kernel.base + (va - first);
        if (is_writable(va) || is_writable(alias)) {
            kernel_panic("kernel text at 0x%lx is writable", va);
        }
    }
}

bool mmu_kernel_is_sealed(void)
{
    extern const char text_begin[], text_end[];
    for (uintptr_t va = (uintptr_t)text_begin; va < (uintptr_t)text_end; va += KAAL_PAGE_SIZE) {
        if (is_writable(va)) {
            return false;
        }
    }
    return !is_writable(KAAL_WINDOW_BASE + (sysreg_read_ttbr1() & TTBR_BADDR));
}

void arch_pte_write(pte_t *slot, pte_t value)
{
    *(volatile pte_t *)slot = value;
    dsb_ishst();
}

void arch_tlb_flush_page(unsigned asid, vaddr_t vaddr)
{
    const uint64_t page = (vaddr >> 12) & ((UINT64_C(1) << 44) - 1);
    __asm__ volatile("tlbi vae1is, %0\n dsb ish\n isb"
                     :
                     : "r"(((uint64_t)asid << TTBR_ASID_SHIFT) | page)
                     : "memory");
}

void arch_tlb_flush_asid(unsigned asid)
{
    __asm__ volatile("tlbi aside1is, %0\n dsb ish\n isb"
                     :
                     : "r"((uint64_t)asid << TTBR_ASID_SHIFT)
                     : "memory");
}

bool arch_space_is_loaded(const pte_t *vspace_root, unsigned asid)
{
    return sysreg_read_ttbr0() == mmu_ttbr(vspace_root, asid);
}

void arch_vspace_forget(pte_t *vspace_root)
{
    if ((sysreg_read_ttbr0() & TTBR_BADDR) == mem_window_paddr(vspace_root)) {
        mmu_load(NULL, 0);
    }
}
