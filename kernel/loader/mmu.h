/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Translation tables: 48 bits, 4 KiB granule, Arm DDI 0487 section D8.3
 * (VMSAv8-64 descriptors). Pure C, tested on the host.
 *
 * T1  A table is used for one place of one tree only.
 * T2  A valid descriptor is never changed.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Lower and upper attributes of a block or page, without address and type. */
#define MMU_ATTR_INDEX(n) ((uint64_t)(n) << 2)
#define MMU_READ_ONLY     (1ULL << 7)
#define MMU_INNER_SHARED  (3ULL << 8)
#define MMU_ACCESSED      (1ULL << 10)
#define MMU_PXN           (1ULL << 53)
#define MMU_UXN           (1ULL << 54)

#define MMU_DEVICE    (MMU_ATTR_INDEX(0) | MMU_ACCESSED | MMU_PXN | MMU_UXN)
#define MMU_NORMAL_RW (MMU_ATTR_INDEX(1) | MMU_INNER_SHARED | MMU_ACCESSED | MMU_PXN | MMU_UXN)
#define MMU_NORMAL_R  (MMU_NORMAL_RW | MMU_READ_ONLY)
#define MMU_NORMAL_RX (MMU_NORMAL_R & ~MMU_PXN)

/* Memory that tables are made from. */
struct mmu_tables {
    uint64_t *memory; /* page_count pages */
    uint64_t paddr;   /* of memory; not 0 */
    uint32_t page_count;
    uint32_t used;
};

/* A new zeroed table. Returns its physical address, 0 when none is left. */
uint64_t mmu_new_table(struct mmu_tables *t);

/* Maps size bytes at va to pa below the level-0 table root, with the largest
 * blocks (1 GiB, 2 MiB, 4 KiB) that alignment and size permit. va, pa and size
 * are multiples of 4 KiB. Returns false, perhaps half done, when memory runs out
 * or something is mapped there (T2). */
bool mmu_map(struct mmu_tables *t, uint64_t root, uint64_t va, uint64_t pa, uint64_t size,
             uint64_t attributes);
