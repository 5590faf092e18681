/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page-table entries of user space: stage 1, 4 KiB granule, 48-bit output
 * addresses. Arm ARM (DDI 0487) D8.3, "Translation table descriptor formats".
 *
 * P1  A page entry is a leaf of its level whatever rights and attributes are.
 * P2  No page entry is writable and executable (unless allow_wx, see below).
 * P3  No entry lets EL1 execute; none is executable at EL0 without being
 *     readable there; device memory is never executable.
 * P4  The address is exactly what was given; no attribute reaches its bits.
 *
 * No system registers: also compiled for the host.
 */
#pragma once
#include <kaal/abi/mapping.h>
#include <kaal/abi/rights.h>
#include <stdbool.h>
#include <stdint.h>

#define PTE_VALID       (UINT64_C(1) << 0)
#define PTE_TABLE       (UINT64_C(1) << 1) /* levels 0-2: table; level 3: page */
#define PTE_TYPE_MASK   (PTE_VALID | PTE_TABLE)
#define PTE_ATTR(index) ((uint64_t)(index) << 2) /* AttrIndx: byte of MAIR_EL1 */
#define PTE_ATTR_MASK   PTE_ATTR(7)
#define PTE_AP_EL0      (UINT64_C(1) << 6) /* AP[1]: EL0 may access */
#define PTE_AP_RO       (UINT64_C(1) << 7) /* AP[2]: nobody may write */
#define PTE_SH_INNER    (UINT64_C(3) << 8)
#define PTE_AF          (UINT64_C(1) << 10)
#define PTE_NG          (UINT64_C(1) << 11)
#define PTE_ADDR_MASK   UINT64_C(0x0000fffffffff000)
#define PTE_PXN         (UINT64_C(1) << 53)
#define PTE_UXN         (UINT64_C(1) << 54)
#define PTE_PXN_TABLE   (UINT64_C(1) << 59) /* of a table: nothing below is PX */

/* MAIR_EL1 as the loader sets it, see boot_params.h. */
enum { PTE_MAIR_DEVICE = 0, PTE_MAIR_NORMAL = 1 };

/*
 * A leaf: level 1, 2 or 3. Without KAAL_RIGHT_READ the page is not accessible
 * from EL0 at all, as in seL4: there is no write-only or execute-only memory.
 * Asked for write and execute, it does not execute. allow_wx is for a kernel
 * that exists to show that the hardware, too, would have caught it.
 */
static inline uint64_t pte_page(uint64_t paddr, unsigned level, uint64_t rights, uint64_t attrs,
                                bool allow_wx)
{
    const bool cached = (attrs & KAAL_MAP_CACHED) != 0;
    const bool read = (rights & KAAL_RIGHT_READ) != 0;
    const bool write = read && (rights & KAAL_RIGHT_WRITE) != 0;
    const bool execute =
        (attrs & KAAL_MAP_EXECUTE) != 0 && cached && read && (allow_wx || !write); /* P2 P3 */

    uint64_t pte = (paddr & PTE_ADDR_MASK) | PTE_VALID | PTE_AF | PTE_NG | PTE_PXN;
    pte |= level == 3 ? PTE_TABLE : 0; /* P1 */
    pte |= cached ? PTE_ATTR(PTE_MAIR_NORMAL) | PTE_SH_INNER : PTE_ATTR(PTE_MAIR_DEVICE);
    pte |= read ? PTE_AP_EL0 : 0;
    pte |= write ? 0 : PTE_AP_RO;
    pte |= execute ? 0 : PTE_UXN;
    return pte;
}

static inline uint64_t pte_table(uint64_t table)
{
    return (table & PTE_ADDR_MASK) | PTE_VALID | PTE_TABLE | PTE_PXN_TABLE;
}

static inline bool pte_is_table(uint64_t pte, unsigned level)
{
    return level < 3 && (pte & PTE_TYPE_MASK) == PTE_TYPE_MASK;
}

/* Level 0 has no leaves with this granule. */
static inline bool pte_is_page(uint64_t pte, unsigned level)
{
    const uint64_t leaf = level == 3 ? PTE_TYPE_MASK : PTE_VALID;
    return level >= 1 && level <= 3 && (pte & PTE_TYPE_MASK) == leaf;
}

static inline uint64_t pte_paddr(uint64_t pte)
{
    return pte & PTE_ADDR_MASK;
}

/* Of a page: may EL0 write there? */
static inline bool pte_is_writable(uint64_t pte)
{
    return (pte & (PTE_AP_EL0 | PTE_AP_RO)) == PTE_AP_EL0;
}

static inline bool pte_is_cached(uint64_t pte)
{
    return (pte & PTE_ATTR_MASK) == PTE_ATTR(PTE_MAIR_NORMAL);
}
