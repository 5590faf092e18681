/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduling context: the right to a budget of processor time in each period,
 * as a sporadic server. Its refills lie behind the structure, in the rest of
 * the object's memory; docs/scheduling.md says how they are used.
 *
 * C1  tcb->sc == sc for tcb != NULL; ntfn->sc == sc for ntfn != NULL.
 * C2  a configured context has 0 < budget <= period and 1..refill_max refills.
 * C3  reply is the newest of the calls it was donated along, linked back.
 * C4  refills ascend and do not overlap; all lie within one period, none is
 *     empty, and together they are the budget (round robin: one refill of at
 *     most the budget).
 * C5  the first refill is at least sc_min_ticks().
 * C6  yield_from->yield_to == sc for yield_from != NULL.
 */
#pragma once
#include "lib/inline.h"
#include "object/slot.h"

/* An amount of time that may be used from a time on. */
struct refill {
    ticks_t time;
    ticks_t amount;
};

struct sc {
    ticks_t budget;   /* 0: not configured yet, grants no time */
    ticks_t period;   /* equal to budget: round robin */
    ticks_t consumed; /* since it was last asked for */
    struct tcb *tcb;
    struct ntfn *ntfn;
    struct reply *reply;
    struct tcb *yield_from; /* waits in YieldTo for this context */
    badge_t badge;
    unsigned core;
    uint16_t refill_max;
    uint16_t refill_first; /* index: the list goes round in refills[] */
    uint16_t refill_count;
    _Alignas(64) struct refill refills[]; /* refill_max of them */
};
enum { SC_MIN_BITS = 8, SC_BYTES = 128, SC_REFILLS_MIN = 2, SC_REFILLS_MAX = 256 };
_Static_assert(sizeof(struct sc) == SC_BYTES, "the ABI's bound on extra refills");

/* Budgets and periods, in microseconds. Shortest: well above what entering
 * and leaving the kernel costs. Longest: far from any overflow of ticks. */
#define SC_MIN_US 100
#define SC_MAX_US ((word_t)1 << 40)

static inline bool sc_is_round_robin(const struct sc *sc)
{
    return sc->budget == sc->period;
}

/* Refill i of the list. Pre: i < refill_max. */
static inline struct refill *sc_refill(struct sc *sc, unsigned i)
{
    const unsigned at = sc->refill_first + i;
    return &sc->refills[at < sc->refill_max ? at : at - sc->refill_max];
}

/* The first refill. Pre: configured. */
static inline const struct refill *sc_head(const struct sc *sc)
{
    return &sc->refills[sc->refill_first];
}

/* May it be used at now? */
static inline bool sc_is_due(const struct sc *sc, ticks_t now)
{
    return sc->budget != 0 && sc_head(sc)->time <= now;
}

/* The shortest first refill. */
extern ticks_t sc_min;
static inline ticks_t sc_min_ticks(void)
{
    return sc_min;
}

/* Do used ticks use the first refill up? */
ALWAYS_INLINE bool sc_is_used_up(const struct sc *sc, ticks_t used)
{
    return used + sc_min_ticks() > sc_head(sc)->amount;
}

/* Begin with one refill of the whole budget, due now. */
void sc_start(struct sc *sc, ticks_t budget, ticks_t period, unsigned refill_max, ticks_t now);

/* Put a refill behind the others. Returns whether it became part of the last
 * one: because it begins before that ends, or because the list is full. */
ALWAYS_INLINE bool sc_add_refill(struct sc *sc, struct refill refill)
{
    if (sc->refill_count > 0) {
        struct refill *last = sc_refill(sc, sc->refill_count - 1U);
        if (last->time + last->amount >= refill.time) {
            last->amount += refill.amount;
            return true;
        }
        if (sc->refill_count == sc->refill_max) {
            last->time = refill.time - last->amount; /* later than it was: C4 */
            last->amount += refill.amount;
            return true;
        }
    }
    *sc_refill(sc, sc->refill_count++) = refill;
    return false;
}

/* used ticks of it were used. Pre: !sc_is_used_up(). */
ALWAYS_INLINE void sc_charge_part(struct sc *sc, ticks_t used)
{
    struct refill *head = sc_refill(sc, 0);
    const ticks_t start = head->time;
    sc->consumed += used;
    head->amount -= used;
    if (used > 0 && !sc_is_round_robin(sc)) {
        head->time += used;
        sc_add_refill(sc, (struct refill){.time = start + sc->period, .amount = used});
    }
}

/* The same without condition. True if that used the first refill up.
 * O(refill_max). */
bool sc_charge(struct sc *sc, ticks_t used);

/* If its first refill began now, would the second follow without a gap? */
ALWAYS_INLINE bool sc_would_merge(const struct sc *sc, ticks_t now)
{
    const unsigned second = sc->refill_first + 1U;
    return sc->refill_count > 1 &&
           sc->refills[second < sc->refill_max ? second : 0].time <= now + sc_head(sc)->amount;
}

/* A core begins to use it. Pre: !sc_would_merge(). */
ALWAYS_INLINE void sc_begin(struct sc *sc, ticks_t now)
{
    if (!sc_is_round_robin(sc) && sc_is_due(sc, now)) {
        sc_refill(sc, 0)->time = now;
    }
}

/* The same without condition. O(refill_max). */
void sc_switch_to(struct sc *sc, ticks_t now);

/* Give up what is left of the first refill, without having used it. */
void sc_forfeit(struct sc *sc);

/* Microseconds consumed since the last call. */
word_t sc_take_consumed(struct sc *sc);

/* Charge it up to now if it is in use. */
void sc_charge_now(struct sc *sc);

/* t waits in a YieldTo: answer it, with what is charged so far. */
void sc_answer_yield(struct tcb *t);

/* The same, charging first; nothing if t waits in none. */
void sc_end_yield(struct tcb *t);

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

/* NULL if C1..C6 hold, else the name of the broken one. */
const char *sc_check(const struct sc *sc);
