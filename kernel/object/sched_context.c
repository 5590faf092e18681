/* SPDX-License-Identifier: Apache-2.0 */
#include "sched_context.h"

#include "object/notification.h"
#include "object/reply.h"
#include "object/tcb.h"

#include "core/cpu.h"
#include "core/invocation.h"
#include "lib/assert.h"

enum { US_PER_SECOND = 1000000 };

/* Shortest budget: well above what entering and leaving the kernel costs.
 * Longest period: far from any overflow of ticks. */
enum { MIN_BUDGET_US = 100 };
static const word_t max_period_us = (word_t)1 << 40;

static uint64_t timer_hz = US_PER_SECOND;

void sc_set_timer_hz(uint64_t hz)
{
    timer_hz = hz;
}

ticks_t sc_us_to_ticks(word_t us)
{
    return us / US_PER_SECOND * timer_hz + us % US_PER_SECOND * timer_hz / US_PER_SECOND;
}

word_t sc_ticks_to_us(ticks_t ticks)
{
    return ticks / timer_hz * US_PER_SECOND + ticks % timer_hz * US_PER_SECOND / timer_hz;
}

/* ---- Budget ------------------------------------------------------------------- */

void sc_forfeit(struct sc *sc, ticks_t now)
{
    sc->remaining = sc->budget;
    if (sc_is_round_robin(sc)) {
        sc->released_at = now;
    } else {
        sc->released_at += sc->period;
    }
}

bool sc_charge(struct sc *sc, ticks_t used, ticks_t now)
{
    sc->consumed += used;
    if (used < sc->remaining) {
        sc->remaining -= used;
        return false;
    }
    sc_forfeit(sc, now);
    return true;
}

void sc_unblock(struct sc *sc, ticks_t now)
{
    if (sc->released_at >= now) {
        return;
    }
    if (now - sc->released_at >= sc->period) {
        sc->remaining = sc->budget;
    }
    sc->released_at = now;
}

/* ---- Who has it ---------------------------------------------------------------- */

void sc_unbind_tcb(struct sc *sc)
{
    struct tcb *t = sc->tcb;
    if (arch_cpu()->sched.charged == sc) {
        sched_charge();
    }
    sched_remove(t);
    t->sc = NULL;
    sc->tcb = NULL;
}

void sc_donate(struct sc *sc, struct tcb *to)
{
    kassert(to->sc == NULL);
    if (sc->tcb != NULL) {
        sched_remove(sc->tcb);
        sc->tcb->sc = NULL;
    }
    sc->tcb = to;
    to->sc = sc;
}

void sc_unbind_ntfn(struct sc *sc)
{
    sc->ntfn->sc = NULL;
    sc->ntfn = NULL;
}

/* Nobody gets it back by replying any more. */
static void cut_reply_stack(struct sc *sc)
{
    if (sc->reply != NULL) {
        sc->reply->sc = NULL;
        sc->reply = NULL;
    }
}

void sc_finalise(struct sc *sc)
{
    struct sched *s = &arch_cpu()->sched;
    if (sc->tcb != NULL) {
        sc_unbind_tcb(sc);
    }
    if (sc->ntfn != NULL) {
        sc_unbind_ntfn(sc);
    }
    cut_reply_stack(sc);
    if (s->charged == sc) {
        s->charged = NULL;
    }
    if (s->emptied == sc) {
        s->emptied = NULL;
    }
}

/* ---- Invocations ---------------------------------------------------------------- */

static enum kaal_err bind_tcb(struct sc *sc, struct tcb *t)
{
    if (t->sc != NULL) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    sc->tcb = t;
    t->sc = sc;
    if (t->state == TCB_RUNNING) {
        sched_wake(t);
    }
    return KAAL_OK;
}

static enum kaal_err bind_ntfn(struct sc *sc, struct ntfn *n)
{
    if (n->sc != NULL) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    sc->ntfn = n;
    n->sc = sc;
    return KAAL_OK;
}

enum kaal_err sc_inv_bind(struct invocation *inv)
{
    struct sc *sc = cap_sc(&inv->cap);
    struct tcb *t = cap_tcb(inv_cap(inv, 0));
    struct ntfn *n = cap_ntfn(inv_cap(inv, 0));

    if (t == NULL && n == NULL) {
        return inv_bad_cap(inv, 0);
    }
    if (sc->tcb != NULL || sc->ntfn != NULL) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    return t != NULL ? bind_tcb(sc, t) : bind_ntfn(sc, n);
}

/* A thread cannot take away the time it is running on. */
static bool is_callers(const struct invocation *inv, const struct sc *sc)
{
    return sc->tcb == inv->caller;
}

enum kaal_err sc_inv_unbind(struct invocation *inv)
{
    struct sc *sc = cap_sc(&inv->cap);
    if (is_callers(inv, sc)) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    if (sc->tcb != NULL) {
        sc_unbind_tcb(sc);
    }
    if (sc->ntfn != NULL) {
        sc_unbind_ntfn(sc);
    }
    cut_reply_stack(sc);
    return KAAL_OK;
}

enum kaal_err sc_inv_unbind_object(struct invocation *inv)
{
    struct sc *sc = cap_sc(&inv->cap);
    const struct tcb *t = cap_tcb(inv_cap(inv, 0));
    const struct ntfn *n = cap_ntfn(inv_cap(inv, 0));

    if (t == NULL && n == NULL) {
        return inv_bad_cap(inv, 0);
    }
    if (t != NULL) {
        if (sc->tcb != t || is_callers(inv, sc)) {
            return KAAL_ERR_ILLEGAL_OPERATION;
        }
        sc_unbind_tcb(sc);
        return KAAL_OK;
    }
    if (sc->ntfn != n) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    sc_unbind_ntfn(sc);
    return KAAL_OK;
}

enum kaal_err sc_inv_consumed(struct invocation *inv)
{
    struct sc *sc = cap_sc(&inv->cap);
    if (arch_cpu()->sched.charged == sc) {
        sched_charge();
    }
    inv_result(inv, sc_ticks_to_us(sc->consumed));
    sc->consumed = 0;
    return KAAL_OK;
}

static void configure(struct sc *sc, ticks_t budget, ticks_t period)
{
    struct tcb *t = sc->tcb;
    if (arch_cpu()->sched.charged == sc) {
        sched_charge();
    }
    if (t != NULL) {
        sched_remove(t);
    }
    sc->budget = budget;
    sc->period = period;
    sc->remaining = budget;
    sc->released_at = arch_now();
    if (t != NULL && t->state == TCB_RUNNING) {
        sched_wake(t);
    }
}

enum kaal_err sc_inv_configure(struct invocation *inv)
{
    enum { ARG_BUDGET, ARG_PERIOD, ARG_EXTRA_REFILLS, ARG_BADGE };
    const struct cap *cap = inv_cap(inv, 0);
    struct sc *sc = cap_sc(cap);
    const word_t budget = inv_arg(inv, ARG_BUDGET);
    const word_t period = inv_arg(inv, ARG_PERIOD);
    const word_t refills = inv_arg(inv, ARG_EXTRA_REFILLS);

    if (sc == NULL) {
        return inv_bad_cap(inv, 0);
    }
    if (budget < MIN_BUDGET_US || budget > max_period_us) {
        return inv_bad_range(inv, ARG_BUDGET, MIN_BUDGET_US, max_period_us);
    }
    if (period < budget || period > max_period_us) {
        return inv_bad_range(inv, ARG_PERIOD, budget, max_period_us);
    }
    const word_t max_refills = ((word_t)1 << cap->a) / 16;
    if (refills > max_refills) {
        return inv_bad_range(inv, ARG_EXTRA_REFILLS, 0, max_refills);
    }
    sc->core = cap_index(&inv->cap);
    sc->badge = inv_arg(inv, ARG_BADGE);
    sc->extra_refills = (unsigned)refills;
    configure(sc, sc_us_to_ticks(budget), sc_us_to_ticks(period));
    return KAAL_OK;
}

const char *sc_check(const struct sc *sc)
{
    if ((sc->tcb != NULL && sc->tcb->sc != sc) || (sc->ntfn != NULL && sc->ntfn->sc != sc)) {
        return "KI-33 binding of a scheduling context";
    }
    if (sc->budget != 0 && sc->core != arch_cpu()->id) {
        return "KI-36 scheduling context of another core";
    }
    if (sc->budget != 0 &&
        (sc->remaining == 0 || sc->remaining > sc->budget || sc->budget > sc->period)) {
        return "KI-34 budget";
    }
    if (sc->reply != NULL && sc->reply->sc != sc) {
        return "KI-19 newest call of a scheduling context";
    }
    return NULL;
}
