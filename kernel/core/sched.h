/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler of one core: 256 FIFO queues of ready threads, a queue of
 * threads that wait for their budget to come back, and the timer.
 *
 * R1  the bitmap marks exactly the non-empty ready queues.
 * R2  a queued thread can run, is not current and stands in the queue of its
 *     priority.
 * R3  the release queue holds exactly the runnable threads whose scheduling
 *     context is not released yet, keyed by release time.
 * R4  at kernel exit no ready thread has a higher priority than current.
 *
 * Time is charged when the scheduling context in use changes, when the timer
 * fires and when somebody asks; the timer is armed for the end of the current
 * budget or the next release, whichever is first.
 */
#pragma once
#include <kaal/abi/types.h>

#include "arch/arch.h"
#include "lib/tree.h"

enum { SCHED_PRIORITIES = KAAL_MAX_PRIORITY + 1 };

struct sched_queue {
    struct tcb *head, *tail;
};

struct sched {
    struct sched_queue ready[SCHED_PRIORITIES];
    uint64_t bitmap[SCHED_PRIORITIES / 64];
    struct tree release;
    struct tcb *candidate; /* woken by this kernel entry, in no queue yet */
    struct sc *charged;    /* whose time runs since charge_start */
    struct sc *emptied;    /* used up in this kernel entry, to be acted on at its end */
    ticks_t charge_start;
    ticks_t armed; /* what the timer is set to */
};

void sched_init(struct sched *s);

/* t became runnable (its state says so): queue it if it has budget, for
 * release if it lacks it, nowhere without a scheduling context. */
void sched_wake(struct tcb *t);

/* t stops being runnable, or loses its scheduling context: leave all queues.
 * Call before the change. */
void sched_remove(struct tcb *t);

/* Charge what the context in use has consumed up to now. If that uses its
 * budget up, its thread goes to the release queue, or behind its equals, when
 * the kernel is left. */
void sched_charge(void);

/* sys_yield: give up what is left of the current budget. */
void sched_yield(void);

/* The timer fired: charge, release who is due. */
void sched_tick(void);

/* Choose who runs next, switch to it, arm the timer. The last thing the
 * kernel does; sleeps while nobody can run. */
void sched_exit(void);

/* NULL if R1..R4 hold, else what is broken (KI-20, 21, 33, 35). */
const char *sched_check(void);
const char *sched_check_thread(const struct tcb *t);
