/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the loader hands to the kernel. Private to the two: user space sees
 * struct kaal_bootinfo.
 *
 * State at kernel entry (kernel_start, on the boot core, all other cores held
 * outside the kernel): EL1h, DAIF masked, MMU and caches on, TTBR1_EL1 holds
 * the tables described below, TTBR0_EL1 an identity map of the loader that
 * the kernel replaces at once, VBAR_EL1 the loader's, x0 = kernel virtual
 * address of struct kaal_boot_params, sp undefined.
 *
 * Kernel virtual memory, 4 KiB granule, 48 bits:
 *   KAAL_WINDOW_BASE + pa   every byte of mem[] (normal write-back, RW, XN),
 *                           also root task, payload and devicetree; not the
 *                           kernel's own memory, so that its text has no
 *                           writable alias
 *   KAAL_KERNEL_BASE        the kernel's segments with their ELF rights
 *                           (text RX, rodata R, data RW), then boot params (RW)
 *   KAAL_DEVICE_BASE        device-nGnRnE, RW, XN: console page at +0, GIC
 *                           distributor at +0x10000 (64 KiB), GICv2 CPU
 *                           interface or all GICv3 redistributors at +0x20000
 * MAIR_EL1: attribute 0 device-nGnRnE, 1 normal write-back, 2 normal
 * non-cacheable. TCR_EL1: T0SZ = T1SZ = 16, 4 KiB granules, inner shareable
 * write-back walks, A1 = 0, AS = 1 (16-bit ASIDs), IPS from ID_AA64MMFR0_EL1.
 * SCTLR_EL1: M, C, I, WXN, SA, SA0 set; A clear; UCI, UCT, DZE clear.
 */
#ifndef KAAL_BOOT_PARAMS_H
#define KAAL_BOOT_PARAMS_H

#define KAAL_WINDOW_BASE    0xffff000000000000
#define KAAL_KERNEL_BASE    0xffffffff80000000
#define KAAL_DEVICE_BASE    0xffffffffc0000000
#define KAAL_DEVICE_CONSOLE (KAAL_DEVICE_BASE + 0)
#define KAAL_DEVICE_GICD    (KAAL_DEVICE_BASE + 0x10000)
#define KAAL_DEVICE_GICC    (KAAL_DEVICE_BASE + 0x20000) /* GICv2 */
#define KAAL_DEVICE_GICR    (KAAL_DEVICE_BASE + 0x20000) /* GICv3 */

#define KAAL_BOOT_MAGIC        0x544f4f424c41414b /* "KAALBOOT" */
#define KAAL_BOOT_VERSION      1
#define KAAL_BOOT_MAX_RANGES   32
#define KAAL_BOOT_MAX_CORES    8
#define KAAL_BOOT_MAX_SEGMENTS 6

#ifndef __ASSEMBLER__
#include <kaal/abi/types.h>

struct kaal_range {
    uint64_t base; /* physical address, a multiple of 4 KiB */
    uint64_t size; /* bytes, a multiple of 4 KiB, not 0; base + size does not wrap */
};

enum kaal_gic_version { KAAL_GIC_V2 = 2, KAAL_GIC_V3 = 3 };

/* How other cores are started, and who answers PSCI. */
enum kaal_cpu_method { KAAL_CPU_NONE, KAAL_CPU_PSCI_HVC, KAAL_CPU_PSCI_SMC, KAAL_CPU_SPIN_TABLE };

/* One loaded segment of the root task. flags: ELF PF_X 1, PF_W 2, PF_R 4;
 * never W and X together. vaddr and paddr are page-aligned. */
struct kaal_root_segment {
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t bytes; /* a multiple of 4 KiB */
    uint32_t flags;
    uint32_t reserved;
};

struct kaal_boot_params {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* bytes of this structure */

    /* Sorted by base, disjoint. mem: RAM free for user space, nothing of what
     * is named below lies in it. ram: all RAM, so that no byte of it is ever
     * taken for a device. */
    uint32_t mem_count;
    uint32_t ram_count;
    struct kaal_range mem[KAAL_BOOT_MAX_RANGES];
    struct kaal_range ram[KAAL_BOOT_MAX_RANGES];

    struct kaal_range kernel;     /* kernel image, its tables, these parameters */
    struct kaal_range payload;    /* struct kaal_image_header and all that follows */
    struct kaal_range devicetree; /* whole pages; the blob begins at devicetree_paddr */
    uint64_t devicetree_paddr;
    uint64_t devicetree_bytes;

    uint32_t segment_count;
    uint32_t core_count;
    struct kaal_root_segment segments[KAAL_BOOT_MAX_SEGMENTS];
    uint64_t root_entry;

    uint64_t core_mpidr[KAAL_BOOT_MAX_CORES];   /* [0] is the boot core */
    uint64_t core_release[KAAL_BOOT_MAX_CORES]; /* spin-table release addresses */
    uint32_t cpu_method;                        /* enum kaal_cpu_method */

    uint32_t gic_version; /* enum kaal_gic_version */
    struct kaal_range gicd;
    struct kaal_range gicc; /* GICv2 CPU interface or GICv3 redistributors */
    uint32_t gicr_stride;   /* bytes from one core's redistributor to the next */

    uint32_t console_kind; /* enum kaal_console_kind */
    uint64_t console_paddr;

    uint32_t timer_irq; /* interrupt id of the EL1 virtual timer */
    uint32_t reserved;
    uint64_t timer_hz;
};
_Static_assert(sizeof(struct kaal_boot_params) <= KAAL_PAGE_SIZE, "boot parameters fit a page");
#endif

#endif
