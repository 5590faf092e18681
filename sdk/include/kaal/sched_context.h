/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduling contexts: the right to run for a budget of each period.
 */
#ifndef KAAL_SCHED_CONTEXT_H
#define KAAL_SCHED_CONTEXT_H

#include <kaal/invoke.h>

/*
 * Bind a scheduling context to a thread, which then may run, or to a
 * notification, which lends it to the thread it wakes.
 * Errors: INVALID_CAPABILITY, ILLEGAL_OPERATION (either is bound already).
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_sc_bind(kaal_cptr_t sc, kaal_cptr_t tcb_or_ntfn)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, tcb_or_ntfn);
    return kaal_invoke(sc, KAAL_INV_SCHED_CONTEXT_BIND, 1, 0, &msg);
}

/* Unbind whatever is bound; its thread becomes passive. Errors:
 * ILLEGAL_OPERATION if that is the caller. */
KAAL_MUST_CHECK static inline kaal_err_t sys_sc_unbind(kaal_cptr_t sc)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(sc, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, &msg);
}

/* Unbind one object. Errors: ILLEGAL_OPERATION if it is not bound to sc, or is the
 * caller. */
KAAL_MUST_CHECK static inline kaal_err_t sys_sc_unbind_object(kaal_cptr_t sc, kaal_cptr_t object)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, object);
    return kaal_invoke(sc, KAAL_INV_SCHED_CONTEXT_UNBIND_OBJECT, 1, 0, &msg);
}

/* Microseconds that sc was used since the last call of this. */
KAAL_MUST_CHECK static inline kaal_err_t sys_sc_consumed(kaal_cptr_t sc, kaal_word_t *us)
{
    struct kaal_msg msg = {0};
    const kaal_err_t err = kaal_invoke(sc, KAAL_INV_SCHED_CONTEXT_CONSUMED, 0, 0, &msg);
    if (err == KAAL_OK) {
        *us = msg.w[0];
    }
    return err;
}

/*
 * Give the processor to the thread of sc: it goes to the front of its equals, and
 * the caller makes way for it if its priority is at least the caller's.
 *
 * Rights:  none beyond the capability.
 * Returns: when the caller runs again; *us as sys_sc_consumed().
 * Errors:  ILLEGAL_OPERATION: no thread has sc, or the caller has it, or the priority
 *          of its thread is above the caller's maximum controlled priority.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_sc_yield_to(kaal_cptr_t sc, kaal_word_t *us)
{
    struct kaal_msg msg = {0};
    const kaal_err_t err = kaal_invoke(sc, KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0, &msg);
    if (err == KAAL_OK) {
        *us = msg.w[0];
    }
    return err;
}

/* What sys_sched_control_configure() sets. */
struct kaal_sched_params {
    kaal_word_t budget_us;     /* microseconds of each period */
    kaal_word_t period_us;     /* microseconds; equal to the budget: round robin */
    kaal_word_t extra_refills; /* how many more pieces the budget may break into */
    kaal_badge_t badge;        /* word 0 of a timeout fault */
};

/*
 * Give a scheduling context its budget, on the core of this SchedControl.
 * Rights: none; the SchedControl capability is the right to processor time.
 * Errors: RANGE (budget, period, refills), INVALID_CAPABILITY.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_sched_control_configure(kaal_cptr_t control, kaal_cptr_t sc,
                            const struct kaal_sched_params *params)
{
    struct kaal_msg msg = {
        .w = {params->budget_us, params->period_us, params->extra_refills, params->badge}};
    kaal_set_cap(0, sc);
    return kaal_invoke(control, KAAL_INV_SCHED_CONTROL_CONFIGURE, 1, 4, &msg);
}

#endif
