/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Beginning to use any sporadic server, at any time: if its first refill is
 * due it begins now, and takes in those behind it that begin before it ends;
 * the refills stay a list, and can at no time be used for more than before.
 */
#include "../refills.h"

void harness(void)
{
    any_context();
    const ticks_t now = nondet_ticks() + 256, t = now + nondet_ticks();
    const ticks_t budget = sc.budget, start = nth(0)->time, before = supply(t);
    const unsigned count = sc.refill_count;

    sc_switch_to(&sc, now);

    __CPROVER_assert(is_list(), "the list");
    __CPROVER_assert(sum() == budget && sc.budget == budget, "the budget");
    __CPROVER_assert(nth(0)->time == (start <= now ? now : start), "begins now if it is due");
    __CPROVER_assert(start <= now || sc.refill_count == count, "nothing if it is not due");
    __CPROVER_assert(start > now || sc.refill_count == 1 || nth(1)->time > now + nth(0)->amount,
                     "what follows is apart");
    __CPROVER_assert(supply(t) <= before, "no more than before");
}
