/* SPDX-License-Identifier: Apache-2.0 */
/* The context in use and the timer of a core: R5 of sched.h. */
#pragma once
#include "lib/inline.h"
#include "object/sched_context.h"

#include "sched.h"

/* The earliest of this time, the end of the domain and the first release: when
 * the timer has to fire next. In the past if threads of a full batch are still
 * to be released: it then fires at once. */
ALWAYS_INLINE ticks_t clock_earliest(const struct sched *s, ticks_t event)
{
    const struct tree_node *next = tree_first(&s->release);
    event = s->domains.end < event ? s->domains.end : event;
    return next != NULL && next->key < event ? next->key : event;
}

ALWAYS_INLINE ticks_t clock_next_event(const struct sched *s)
{
    return clock_earliest(s, s->charged == NULL ? UINT64_MAX
                                                : s->charge_start + sc_head(s->charged)->amount);
}

ALWAYS_INLINE void clock_arm(struct sched *s)
{
    const ticks_t event = clock_next_event(s);
    if (event != s->armed) {
        s->armed = event;
        arch_timer_set(event);
    }
}

/* Use another context from now on, if that takes no more than to charge the one
 * in use: else false, and nothing has changed but that the time was read. */
bool clock_change_sporadic(struct sched *s, struct sc *to, ticks_t now);

ALWAYS_INLINE bool clock_change(struct sched *s, struct sc *to)
{
    struct sc *from = s->charged;
    const ticks_t now = arch_now();
    const ticks_t used = now - s->charge_start;
    if (!sc_is_round_robin(from) || !sc_is_round_robin(to) || to->budget == 0) {
        return clock_change_sporadic(s, to, now);
    }
    /* Round robin has one refill, always due, in the first place. */
    if (used + sc_min_ticks() > from->refills[0].amount) {
        s->now = now;
        return false;
    }
    from->consumed += used;
    from->refills[0].amount -= used;
    s->charged = to;
    s->charge_start = now;
    s->armed = clock_earliest(s, now + to->refills[0].amount);
    arch_timer_set(s->armed);
    return true;
}
