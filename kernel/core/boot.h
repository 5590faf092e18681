/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bringing the kernel up: private to core/boot*.c.
 *
 * Boot takes one block of memory for the root task's objects, makes the root
 * task in it, and turns everything else into untyped capabilities. After boot
 * the kernel allocates nothing.
 */
#pragma once
#include <kaal/abi/bootinfo.h>
#include <kaal/boot_params.h>

#include "object/slot.h"

/* Virtual addresses of what the kernel gives the root task. */
#define BOOT_BOOTINFO_VADDR   ((vaddr_t)0x100000000)
#define BOOT_IPC_BUFFER_VADDR ((vaddr_t)0x100010000)
#define BOOT_PAYLOAD_VADDR    ((vaddr_t)0x100200000)

struct boot {
    const struct kaal_boot_params *params;
    paddr_t block; /* the block and what of it is not used yet */
    paddr_t block_next;
    paddr_t block_end;
    struct kaal_range mem[KAAL_BOOT_MAX_RANGES + 1]; /* free memory without the block */
    unsigned mem_count;
    struct slot *cnode; /* the root task's */
    uint64_t next_slot;
    struct kaal_bootinfo *info;
    struct slot *vspace;
    struct tcb *root;
};

/* Are the loader's parameters as boot_params.h says? NULL, or what is wrong. */
const char *boot_check_params(const struct kaal_boot_params *params);

/* Set a block of bytes aside from free memory; panics if none is large
 * enough. */
void boot_take_block(struct boot *boot, uint64_t bytes);

/* Zeroed, naturally aligned memory out of the block. */
void *boot_alloc(struct boot *boot, unsigned bits);

/* Fill the next free slot of the root CNode. */
struct slot *boot_add_cap(struct boot *boot, struct cap cap);

/* The root task: CNode, address space, thread. */
void boot_make_root_task(struct boot *boot);
uint64_t boot_root_task_bytes(const struct kaal_boot_params *params);

/* All memory left, RAM and device, as untyped capabilities. */
void boot_make_untyped(struct boot *boot);
