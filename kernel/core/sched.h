/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler of one core: for each domain 256 FIFO queues of ready threads, a
 * queue of threads that wait for a refill of their budget, and the timer.
 *
 * R1  the bitmap marks exactly the non-empty ready queues, and top names the first.
 * R2  the ready queues hold exactly the threads that can run and are not
 *     current, each in that of its domain and priority.
 * R3  the release queue holds exactly the runnable threads whose first refill is
 *     not due yet, keyed by its time.
 * R4  at kernel exit current can run, in the current domain, with its context in
 *     use, and no ready thread of the domain has a higher priority; or it is
 *     idle and none of the domain is ready.
 * R5  at kernel exit the timer is armed for the earliest of the end of the first
 *     refill in use, the first release and the end of the domain.
 *
 * docs/scheduling.md is the specification.
 */
#pragma once
#include <kaal/abi/types.h>

#include "arch/arch.h"
#include "lib/tree.h"
#include "object/domain.h"

enum { SCHED_PRIORITIES = KAAL_MAX_PRIORITY + 1 };

struct sched_queue {
    struct tcb *head, *tail;
};

struct sched {
    /* The rank of the first thread that is ready in the current domain, and one
     * less than that of its lowest priority if there is none. */
    uint32_t top;

    struct tcb *candidate; /* woken by this kernel entry, in no queue yet */
    struct tcb *favoured;  /* current made way for it in this kernel entry */
    struct sc *charged;    /* whose time runs since charge_start */
    ticks_t charge_start;
    ticks_t now;   /* of this kernel entry, 0 if nobody has asked yet */
    ticks_t armed; /* what the timer is set to */
    struct tree release;

    /* A first refill was used up in this kernel entry, to be acted on at its end:
     * by this thread, of this context, by running (not by yielding, or in turn). */
    struct tcb *emptied;
    struct sc *emptied_sc;
    bool is_overrun;

    struct domains domains;
    uint64_t bitmap[DOMAINS][SCHED_PRIORITIES / 64];
    struct sched_queue ready[DOMAINS][SCHED_PRIORITIES];
};

/* Pre: zeroed. */
void sched_init(struct sched *s);

/* The time. One kernel entry reads it once: a thread that was filed by it is not
 * charged again, and nobody for being passed over. */
ticks_t sched_now(void);

/* Is the context's first refill due? Reads the time only if that is not known. */
bool sched_is_due(const struct sc *sc);

/* t became runnable (its state says so): queue it if its first refill
 * is due, else for release; nowhere without a scheduling context. */
void sched_wake(struct tcb *t);

/* t stops being runnable, or loses its scheduling context: leave all queues.
 * Call before the change. */
void sched_remove(struct tcb *t);

/* t is going away: neither current nor anything else of this entry. */
void sched_forget(const struct tcb *t);

/* t goes to the front of its equals, if it can run. Returns whether current makes
 * way for it on the way out: then t has at least its priority. */
bool sched_yield_to(struct tcb *t);

/* Charge what the context in use has consumed up to now. If that uses its first
 * refill up, its thread is filed anew when the kernel is left. */
void sched_charge(void);

/* sys_yield: give up what is left of the first refill. */
void sched_yield(void);

/* Another domain is the current one. */
void sched_domain_changed(void);

/* The timer fired: charge, release who is due, change the domain. */
void sched_tick(void);

/* Choose who runs next, switch to it, arm the timer. The last thing the
 * kernel does; sleeps while nobody can run. */
void sched_exit(void);

/* NULL if R1..R5 hold, else what is broken (KI-20, 21, 33, 35). */
const char *sched_check(void);
const char *sched_check_thread(const struct tcb *t);
