/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Charging less than its budget to any sporadic server: the refills stay a list as
 * docs/scheduling.md describes it, nothing of the budget is lost or gained,
 * and the answer is whether the first refill was used up.
 */
#define FEW_REFILLS 2
#include "../refills.h"

void harness(void)
{
    any_context();
    const ticks_t used = nondet_ticks(), consumed = sc.consumed, head = nth(0)->amount;
    const ticks_t budget = sc.budget, period = sc.period;
    const unsigned refill_max = sc.refill_max;

    __CPROVER_assume(used < budget);
    const bool is_used_up = sc_charge(&sc, used);

    __CPROVER_assert(is_used_up == (used + MIN > head), "used up");
    __CPROVER_assert(sc.consumed == consumed + used, "consumed");
    __CPROVER_assert(is_list(), "the list");
    __CPROVER_assert(sum() == budget, "the budget");
    __CPROVER_assert(sc.budget == budget && sc.period == period && sc.refill_max == refill_max,
                     "nothing else");
}
