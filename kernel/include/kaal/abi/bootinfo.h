/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel tells the root task. x0 holds the address of this page when
 * the root task starts; TPIDRRO_EL0 its IPC buffer; sp is 0.
 */
#ifndef KAAL_ABI_BOOTINFO_H
#define KAAL_ABI_BOOTINFO_H

#include <kaal/abi/types.h>

#define KAAL_BOOTINFO_MAGIC   0x4f464e49544f4f42 /* "BOOTINFO" */
#define KAAL_BOOTINFO_VERSION 1

/* The root task's CNode: 2^KAAL_ROOT_CNODE_RADIX slots; its guard makes slot
 * numbers valid capability pointers. */
#define KAAL_ROOT_CNODE_RADIX 13

/* Slots that are filled in every system. */
enum kaal_root_slot {
    KAAL_ROOT_NULL = 0,
    KAAL_ROOT_TCB = 1,
    KAAL_ROOT_CNODE = 2,
    KAAL_ROOT_VSPACE = 3,
    KAAL_ROOT_ASID_POOL = 4,
    KAAL_ROOT_IRQ_CONTROL = 5,
    KAAL_ROOT_SCHED_CONTROL = 6, /* of core 0 */
    KAAL_ROOT_SCHED_CONTEXT = 7,
    KAAL_ROOT_BOOTINFO_PAGE = 8,
    KAAL_ROOT_IPC_BUFFER_PAGE = 9,
    KAAL_ROOT_POWER = 10,
    KAAL_ROOT_ASID_CONTROL = 11,
    KAAL_ROOT_DOMAIN = 12,
    KAAL_ROOT_FIRST_FREE = 16, /* ranges of struct kaal_bootinfo start here */
};

/* Slots begin .. end-1. */
struct kaal_slot_range {
    uint64_t begin;
    uint64_t end;
};

struct kaal_untyped_desc {
    uint64_t paddr;
    uint8_t size_bits;
    uint8_t is_device;
    uint8_t reserved[6];
};

#define KAAL_BOOTINFO_MAX_UNTYPED 230

enum kaal_console_kind {
    KAAL_CONSOLE_NONE = 0,
    KAAL_CONSOLE_PL011 = 1,
    KAAL_CONSOLE_MINI_UART = 2, /* BCM2835 auxiliary UART */
    KAAL_CONSOLE_IMX_UART = 3,
};

/* Flags: the kernel has the debug system calls. */
#define KAAL_BOOTINFO_DEBUG 1

struct kaal_bootinfo {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* bytes of this structure */
    uint32_t core_count;
    uint32_t console_kind;  /* enum kaal_console_kind */
    uint64_t console_paddr; /* of its registers; not reserved by the kernel */
    uint64_t timer_hz;
    uint64_t ipc_buffer; /* virtual addresses in the root task, read-only but for this one */
    uint64_t payload;    /* struct kaal_image_header */
    uint64_t payload_bytes;
    uint64_t devicetree; /* flattened devicetree */
    uint64_t devicetree_bytes;
    uint64_t flags;                       /* KAAL_BOOTINFO_DEBUG */
    uint64_t free_vaddr;                  /* nothing is mapped from here to KAAL_USER_TOP */
    struct kaal_slot_range image_pages;   /* pages of the root task's own segments */
    struct kaal_slot_range payload_pages; /* read-only pages of payload, in order */
    struct kaal_slot_range devicetree_pages;
    struct kaal_slot_range page_tables; /* of the root task's VSpace */
    struct kaal_slot_range untyped;     /* untyped_list[i] describes slot begin + i */
    struct kaal_slot_range empty;
    struct kaal_untyped_desc untyped_list[KAAL_BOOTINFO_MAX_UNTYPED];
};
_Static_assert(sizeof(struct kaal_bootinfo) <= KAAL_PAGE_SIZE, "boot information fits a page");

#endif
