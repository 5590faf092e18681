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
 * Rights: none; having the capability is the right.
 * Arguments: sc; tcb_or_ntfn.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (neither), ILLEGAL_OPERATION (either is bound
 *   already).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_sc_bind(kaal_cptr_t sc, kaal_cptr_t tcb_or_ntfn)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, tcb_or_ntfn);
    return kaal_invoke(sc, KAAL_INV_SCHED_CONTEXT_BIND, 1, 0, &msg);
}

/*
 * Unbind whatever is bound; its thread becomes passive.
 * Rights: none; having the capability is the right.
 * Arguments: sc.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: ILLEGAL_OPERATION (the caller runs on it).
 * Notes: it no longer comes back by replies to calls it was lent along.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_sc_unbind(kaal_cptr_t sc)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(sc, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, &msg);
}

/*
 * Unbind one object.
 * Rights: none; having the capability is the right.
 * Arguments: sc; object, a thread or notification.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (neither), ILLEGAL_OPERATION (not bound to sc, or
 *   the caller).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_sc_unbind_object(kaal_cptr_t sc, kaal_cptr_t object)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, object);
    return kaal_invoke(sc, KAAL_INV_SCHED_CONTEXT_UNBIND_OBJECT, 1, 0, &msg);
}

/*
 * The time that was used.
 * Rights: none; having the capability is the right.
 * Arguments: sc; us, filled with microseconds since the last call of this.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: none.
 * Notes: YieldTo and timeout faults begin the count anew as well.
 */
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
 * Give the processor to the thread of a scheduling context.
 * Rights: none; having the capability is the right.
 * Arguments: sc; us, filled with the microseconds that it has consumed, as
 *   sys_sc_consumed().
 * Returns: the error, KAAL_OK if it is done.
 * Errors: ILLEGAL_OPERATION (no thread has it; the caller has; its thread's
 *   priority is above the caller's maximum controlled priority).
 * Notes: answered when the caller runs again; a thread of lower priority goes
 *   to the front of its equals, and the answer comes at once.
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
 * Arguments: control; sc; params: budget and period in microseconds, extra
 *   refills, badge.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (sc), RANGE (budget 100 .. 2^40, period budget ..
 *   2^40, refills that do not fit).
 * Notes: docs/scheduling.md says what happens to a context that is in use.
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
