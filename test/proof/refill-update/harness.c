/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New parameters for a sporadic server in use: its refills are a list that
 * adds up to the new budget, and what is due at once is no more than what was
 * due before, nor than the new budget.
 */
#define ANY_PLACE
#include "../refills.h"

void harness(void)
{
    any_context();
    const ticks_t budget = nondet_ticks(), period = nondet_byte();
    const ticks_t now = nondet_ticks() + 256, start = nth(0)->time, head = nth(0)->amount;
    const unsigned refill_max = nondet_unsigned();
    __CPROVER_assume(budget >= MIN && budget <= period);
    __CPROVER_assume(refill_max >= SC_REFILLS_MIN && refill_max <= REFILLS);

    update(&sc, budget, period, refill_max, now);

    __CPROVER_assert(sc.budget == budget && sc.period == period && sc.refill_max == refill_max,
                     "the parameters");
    __CPROVER_assert(is_list(), "the list");
    __CPROVER_assert(sum() == budget, "the budget");
    if (budget == period) {
        __CPROVER_assert(sc.refill_count == 1 && nth(0)->time == now, "round robin");
    } else {
        __CPROVER_assert(nth(0)->time == (start < now ? now : start), "when it was due");
        __CPROVER_assert(nth(0)->amount == (head < budget ? head : budget), "as much as was due");
        __CPROVER_assert(sc.refill_count == 1 || nth(1)->time == nth(0)->time + period,
                         "the rest a period later");
    }
}
