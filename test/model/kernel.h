/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real kernel on the fake machine of arch/host, entered as hardware does:
 * with a thread's registers in place.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <kaal/abi/bootinfo.h>
#include <kaal/boot_params.h>

#include "core/cpu.h"
#include "host.h"
#include "object/slot.h"

#include "event.h"
#include "view.h"

enum {
    KERNEL_TIMER_IRQ = 27,
    KERNEL_TICKS_PER_US = 10,
    KERNEL_SVC = 0x400000, /* where every thread's system call instruction is */
    KERNEL_SVC_BYTES = 4,
    KERNEL_SLOTS = 4096,
    KERNEL_MAPPINGS = 8192,
};

struct kernel_mapping {
    uint64_t vspace, vaddr;
    unsigned level; /* of the entry */
    uint64_t pte;
};

/* What kernel_scan() found, and the last entry. */
struct kernel {
    struct kaal_bootinfo info; /* as at boot; these objects may be gone since */
    struct slot *root_cnode;
    struct tcb *root;
    unsigned slot_count; /* every filled slot, in the tree's pre-order */
    struct slot *slots[KERNEL_SLOTS];
    struct slot *parents[KERNEL_SLOTS];
    unsigned order[KERNEL_SLOTS]; /* among the siblings */
    struct view_place places[KERNEL_SLOTS];
    unsigned mapping_count; /* every entry of a page table that is in use */
    struct kernel_mapping mappings[KERNEL_MAPPINGS];
    bool was_preempted; /* in the last entry */
};
extern struct kernel kernel;

struct kaal_boot_params kernel_params(void);
void kernel_start(void);

bool kernel_is_idle(void);

/* The current thread as user space sees it: what a svc sends. */
void kernel_set_message(const struct event *e);

/* At its svc: that is where it is, and executes it again? */
bool kernel_is_at_svc(void);

/* Enter the kernel; returns also if the core idles then. preempt: which
 * preemption point sees an interrupt, or -1. Interrupted calls are made again
 * until they are done. */
void kernel_enter_syscall(int preempt);
void kernel_enter_irq(unsigned irq);
void kernel_enter_vm_fault(uint64_t addr, bool is_fetch, uint64_t esr);
void kernel_enter_exception(uint64_t esr);

/* Fill kernel.slots, kernel.mappings and what goes with them. */
void kernel_scan(void);
void kernel_list_slots(void);

/* Name of the first broken invariant, or NULL: kernel_check(), and no entry
 * of a page table was taken away in the last step without a flush. */
const char *kernel_broken(void);

/* Of what the last kernel_scan() found. */
void kernel_view(struct view *v, bool with_buffers);

/* In the state of irq.c and asid.c. */
void kernel_asid_reset(void);
struct slot *kernel_irq_slot(unsigned irq);
bool kernel_irq_is_issued(unsigned irq);
