/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One running component: its spaces, its thread and its budget.
 *
 * Address space, below the ELF's own segments at 0x400000 (nothing else is
 * mapped, so that running off either end of the stack, or of a ring, is a
 * fault):
 *   0x202000  IPC buffer page
 *   0x204000  start-up page, read-only
 *   below 0x3ff000  stack
 * and above them, from 0x40000000 on, a window of 2 MiB for each port: a ring
 * begins at its second page, and ends at its middle at the latest.
 */
#pragma once
#include <kaal/abi/ring.h>
#include <stdbool.h>

#include "elf.h"
#include "system.h"
#include <kaal/broker/memory.h>

#define INSTANCE_IPC_BUFFER 0x202000
#define INSTANCE_STARTUP    0x204000
#define INSTANCE_STACK_TOP  0x3ff000
#define INSTANCE_WINDOWS    0x40000000
#define INSTANCE_WINDOW     0x200000

_Static_assert(INSTANCE_STACK_TOP - SYSTEM_MAX_STACK - KAAL_PAGE_SIZE >
                   INSTANCE_STARTUP + KAAL_PAGE_SIZE,
               "a guard page below the largest stack");

/* log2 of a component's slots. */
enum { INSTANCE_CNODE_RADIX = 7 };
_Static_assert(INSTANCE_WINDOWS >= ELF_HIGH && KAAL_RING_MAX_BYTES <= INSTANCE_WINDOW / 2,
               "rings are apart from everything");

_Static_assert(KAAL_SLOT_FIRST_PORT + 2 * KAAL_STARTUP_MAX_PORTS <= 1 << INSTANCE_CNODE_RADIX,
               "every port has two slots");

/* Badges on init's endpoint: the instance's number, and what the message is. */
#define BADGE_CONSOLE       0x10000
#define BADGE_FAULT         0x20000
#define BADGE_POWER         0x40000
#define BADGE_INSTANCE_MASK 0xffff

struct instance {
    const struct kaal_system_instance *config;
    struct arena arena; /* all of its memory; slot_count 0: it does not exist */
    kaal_cptr_t cnode;
    kaal_cptr_t vspace;
    kaal_cptr_t tcb;
    kaal_cptr_t sched_context;
};

/* The kernel is a debug kernel: threads get the names of their instances. */
extern bool instance_has_names;

/*
 * Make instance number of the system, ready to run, but for its channels.
 * Args: endpoint, init's, for faults and the console.
 * Returns: false if it cannot be; then one line was printed, and all it took
 *   was given back.
 */
bool instance_create(struct instance *instance, const struct system *system, unsigned number,
                     kaal_cptr_t endpoint);

/* Put a capability into the slot of a port. */
KAAL_MUST_CHECK kaal_err_t instance_grant(const struct instance *instance, unsigned port,
                                          kaal_cptr_t cap, uint64_t rights, kaal_badge_t badge);

/* Put a capability into the slot that a port waits on. */
KAAL_MUST_CHECK kaal_err_t instance_grant_wait(const struct instance *instance, unsigned port,
                                               kaal_cptr_t cap, uint64_t rights);

/* Map a page, readable and writable, as the index-th of the ring of a port. */
KAAL_MUST_CHECK kaal_err_t instance_map_ring(struct instance *instance, unsigned port,
                                             kaal_cptr_t page, unsigned index);

/* Let it run. */
void instance_start(const struct instance *instance);

/* It never runs again. */
void instance_stop(const struct instance *instance);
