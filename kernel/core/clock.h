/* SPDX-License-Identifier: Apache-2.0 */
/* The context in use and the timer of a core: R5 of sched.h. */
#pragma once
#include "lib/inline.h"
#include "object/sched_context.h"

#include "sched.h"

/* When the timer has to fire next. In the past if threads of a full batch are
 * still to be released: it then fires at once. */
ALWAYS_INLINE ticks_t clock_next_event(const struct sched *s)
{
    ticks_t event = s->domains.end;
    const struct tree_node *next = tree_first(&s->release);
    if (s->charged != NULL) {
        const ticks_t end = s->charge_start + sc_head(s->charged)->amount;
        event = end < event ? end : event;
    }
    return next != NULL && next->key < event ? next->key : event;
}

ALWAYS_INLINE void clock_arm(struct sched *s)
{
    const ticks_t event = clock_next_event(s);
    if (event != s->armed) {
        s->armed = event;
        arch_timer_set(event);
    }
}
