/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For proofs about refills: any scheduling context that is no round robin, with
 * up to REFILLS refills anywhere in its list, and what docs/scheduling.md
 * requires of one. Times and amounts have few bits, which changes nothing: the
 * code only adds, subtracts and compares them. MIN is 2 ticks. The list begins
 * anywhere only with ANY_PLACE: where it does matters in the accessors alone.
 */
#pragma once
#include "object/sched_context.h"

#ifndef FEW_REFILLS
#define FEW_REFILLS 3
#endif
enum { REFILLS = FEW_REFILLS, MIN = 2, HZ = 20000, BITS = 5 };

unsigned nondet_unsigned(void);
unsigned char nondet_byte(void);
word_t nondet_word(void);

static struct {
    struct sc sc;
    struct refill refills[REFILLS];
} memory;

/* A number of BITS bits. */
static ticks_t nondet_ticks(void)
{
    return nondet_byte() & ((1U << BITS) - 1);
}

static unsigned proof_slot(const struct sc *sc, unsigned i)
{
    const unsigned at = sc->refill_first + i;
    return at < sc->refill_max ? at : at - sc->refill_max;
}

/* The accessors of the header lead where these do; these say it by type. */
static struct refill *proof_refill(struct sc *sc, unsigned i)
{
    struct refill *refill = &memory.refills[proof_slot(sc, i)];
    __CPROVER_assert(i < sc->refill_max && sc_refill(sc, i) == refill, "sc_refill()");
    return refill;
}

static const struct refill *proof_head(const struct sc *sc)
{
    const struct refill *refill = &memory.refills[sc->refill_first];
    __CPROVER_assert(sc_head(sc) == refill, "sc_head()");
    return refill;
}

#define sc_refill proof_refill
#define sc_head   proof_head
#include "object/sched_context.c"
#define sc (memory.sc)

/* Refill i of the list, by the description in sched_context.h alone. */
static struct refill *nth(unsigned i)
{
    return &memory.refills[proof_slot(&sc, i)];
}

static ticks_t sum(void)
{
    ticks_t amount = 0;
    for (unsigned i = 0; i < REFILLS; i++) {
        amount += i < sc.refill_count ? nth(i)->amount : 0;
    }
    return amount;
}

/* How much may have been used by the time t, if all that can be is. */
static ticks_t supply(ticks_t t)
{
    ticks_t amount = 0;
    for (unsigned i = 0; i < REFILLS; i++) {
        if (i < sc.refill_count && t > nth(i)->time) {
            const ticks_t passed = t - nth(i)->time;
            amount += passed < nth(i)->amount ? passed : nth(i)->amount;
        }
    }
    return amount;
}

/* Ascending, disjoint, none empty, all within one period, the first usable. */
static bool is_list(void)
{
    if (sc.refill_max > REFILLS || sc.refill_first >= sc.refill_max || sc.refill_count < 1 ||
        sc.refill_count > sc.refill_max || nth(0)->amount < MIN) {
        return false;
    }
    for (unsigned i = 0; i < sc.refill_count; i++) {
        const struct refill *r = nth(i);
        if (r->amount == 0 || r->time > nth(0)->time + sc.period ||
            (i > 0 && r->time < nth(i - 1)->time + nth(i - 1)->amount)) {
            return false;
        }
    }
    return true;
}

static void any_context(void)
{
    sc_set_timer_hz(HZ);
    __CPROVER_assert(sc_min_ticks() == MIN, "100 microseconds");
    sc.budget = nondet_ticks();
    sc.period = nondet_ticks();
    sc.consumed = nondet_ticks();
#ifdef ANY_PLACE
    sc.refill_max = nondet_byte() & 3;
    sc.refill_first = nondet_byte() & 3;
#else
    sc.refill_max = REFILLS;
#endif
    sc.refill_count = nondet_byte() & 3;
    __CPROVER_assume(sc.refill_max >= SC_REFILLS_MIN && sc.refill_max <= REFILLS);
    for (unsigned i = 0; i < REFILLS; i++) {
        memory.refills[i].time = nondet_ticks() + 256;
        memory.refills[i].amount = nondet_ticks();
    }
    __CPROVER_assume(sc.budget >= MIN && sc.budget < sc.period);
    __CPROVER_assume(is_list() && sum() == sc.budget);
}
