/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Translation tables: 48 bits, 4 KiB granule, Arm DDI 0487 section D8.3
 * (VMSAv8-64 descriptors). Pure C, tested on the host.
 *
 * T1  A table is used for one place of one tree only.
 * T2  A valid descriptor is never changed.
 *
 * Where memory for tables runs out, or T2 would break, see check.h.
 */
#pragma once
#include <stdint.h>

#include "arch/aarch64/pure/pte.h"

/* Attributes of kernel mappings. MAIR_EL1: MMU_MAIR, index 2 is non-cacheable. */
#define MMU_MAIR      0x44ff00
#define MMU_DEVICE    (PTE_ATTR(PTE_MAIR_DEVICE) | PTE_AF | PTE_PXN | PTE_UXN)
#define MMU_NORMAL_RW (PTE_ATTR(PTE_MAIR_NORMAL) | PTE_SH_INNER | PTE_AF | PTE_PXN | PTE_UXN)
#define MMU_NORMAL_R  (MMU_NORMAL_RW | PTE_AP_RO)
#define MMU_NORMAL_RX (MMU_NORMAL_R & ~PTE_PXN)

/* Memory that tables are made from. */
struct mmu_tables {
    uint64_t *memory; /* page_count pages */
    uint64_t paddr;   /* of memory */
    uint32_t page_count;
    uint32_t used;
};

/* Returns the physical address of a new zeroed table. */
uint64_t mmu_new_table(struct mmu_tables *t);

/* Maps size bytes at va to pa below the level-0 table root, with the largest
 * blocks (1 GiB, 2 MiB, 4 KiB) that alignment and size permit. va, pa and size
 * are multiples of 4 KiB. */
void mmu_map(struct mmu_tables *t, uint64_t root, uint64_t va, uint64_t pa, uint64_t size,
             uint64_t attributes);
