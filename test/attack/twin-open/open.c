/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A planted fault: linked with --wrap=mmu_map, every mapping of the kernel's
 * can be accessed from EL0 too (AP[1], Arm DDI 0487 section D8.4).
 */
#include "mmu.h"

#define PTE_AP_EL0 (UINT64_C(1) << 6)

void __real_mmu_map(struct mmu_tables *t, uint64_t root, uint64_t va, uint64_t pa, uint64_t size,
                    uint64_t attributes);
void __wrap_mmu_map(struct mmu_tables *t, uint64_t root, uint64_t va, uint64_t pa, uint64_t size,
                    uint64_t attributes);

void __wrap_mmu_map(struct mmu_tables *t, uint64_t root, uint64_t va, uint64_t pa, uint64_t size,
                    uint64_t attributes)
{
    const bool is_kernel = va >> 63 != 0;
    __real_mmu_map(t, root, va, pa, size, attributes | (is_kernel ? PTE_AP_EL0 : 0));
}
