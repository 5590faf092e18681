/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduling context: the right to a budget of processor time in each period.
 *
 * C1  tcb->sc == sc for tcb != NULL; ntfn->sc == sc for ntfn != NULL.
 * C2  0 < remaining <= budget <= period.
 * C3  reply is the newest of the calls it was donated along, linked back.
 *
 * budget == period is round robin: a used-up budget is whole again at once,
 * and the thread goes behind its equals. Otherwise a used-up budget comes back
 * one period after the time its use began. A thread that wakes with part of
 * its budget left begins a new period with that part, so that no window of one
 * period, counted from when use began, holds more than budget.
 */
#pragma once
#include "object/slot.h"

struct sc {
    ticks_t budget; /* 0: not configured yet, grants no time */
    ticks_t period;
    ticks_t remaining;
    ticks_t released_at; /* may be used from here on */
    ticks_t consumed;    /* since sys_sc_consumed was last called */
    struct tcb *tcb;
    struct ntfn *ntfn;
    struct reply *reply;
    badge_t badge;
    unsigned core;
    unsigned extra_refills;
};
enum { SC_MIN_BITS = 8 };
_Static_assert(sizeof(struct sc) <= 1 << SC_MIN_BITS, "KAAL_OBJECT(SCHED_CONTEXT) size");

static inline bool sc_is_round_robin(const struct sc *sc)
{
    return sc->budget == sc->period;
}

/* Has it budget to use at now? */
static inline bool sc_is_released(const struct sc *sc, ticks_t now)
{
    return sc->budget != 0 && sc->released_at <= now;
}

/* Use up to used ticks of the budget. True if that emptied it; it is then
 * whole again from released_at on. */
bool sc_charge(struct sc *sc, ticks_t used, ticks_t now);

/* Give up what is left of the budget, without having used it. */
void sc_forfeit(struct sc *sc, ticks_t now);

/* The thread that uses it wakes up: begin a period if there is none. */
void sc_unblock(struct sc *sc, ticks_t now);

/* Give it to a thread that has none; whoever had it loses it. */
void sc_donate(struct sc *sc, struct tcb *to);

/* Take it from its thread, which stops running. Pre: it has one. */
void sc_unbind_tcb(struct sc *sc);
void sc_unbind_ntfn(struct sc *sc);

/* Last capability gone: nobody has it any more. */
void sc_finalise(struct sc *sc);

/* Microseconds to ticks and back. */
ticks_t sc_us_to_ticks(word_t us);
word_t sc_ticks_to_us(ticks_t ticks);
void sc_set_timer_hz(uint64_t hz);

const char *sc_check(const struct sc *sc);
