/* SPDX-License-Identifier: Apache-2.0 */
#include "sched_context.h"

#include "object/notification.h"
#include "object/reply.h"
#include "object/tcb.h"

#include "core/cpu.h"
#include "core/invocation.h"
#include "lib/assert.h"

enum { US_PER_SECOND = 1000000 };

static uint64_t timer_hz = US_PER_SECOND;
ticks_t sc_min = SC_MIN_US;

void sc_set_timer_hz(uint64_t hz)
{
    timer_hz = hz;
    sc_min = sc_us_to_ticks(SC_MIN_US);
}

ticks_t sc_us_to_ticks(word_t us)
{
    return us / US_PER_SECOND * timer_hz + us % US_PER_SECOND * timer_hz / US_PER_SECOND;
}

word_t sc_ticks_to_us(ticks_t ticks)
{
    return ticks / timer_hz * US_PER_SECOND + ticks % timer_hz * US_PER_SECOND / timer_hz;
}

/* ---- Refills ------------------------------------------------------------------ */

static struct refill *first(struct sc *sc)
{
    return sc_refill(sc, 0);
}

static struct refill pop_first(struct sc *sc)
{
    const struct refill refill = *first(sc);
    const unsigned next = sc->refill_first + 1U;
    sc->refill_first = (uint16_t)(next < sc->refill_max ? next : 0);
    sc->refill_count--;
    return refill;
}

/* Every refill comes back rounds periods later. */
static void skip_rounds(struct sc *sc, ticks_t rounds)
{
    for (unsigned i = 0; i < sc->refill_count; i++) {
        sc_refill(sc, i)->time += rounds * sc->period;
    }
}

/*
 * Use whole refills up; each comes back a period later. Returns what is left
 * of used. One round of the list that merges nothing stands for all further
 * ones. Merging ends within two rounds, since the budget is less than the
 * period: so however long the kernel could not run, this is O(refill_max).
 */
static ticks_t use_whole_refills(struct sc *sc, ticks_t used)
{
    unsigned unmerged = 0;
    while (first(sc)->amount <= used) {
        if (unmerged >= sc->refill_count && used >= sc->budget) {
            skip_rounds(sc, used / sc->budget);
            used %= sc->budget;
            continue;
        }
        struct refill refill = pop_first(sc);
        used -= refill.amount;
        refill.time += sc->period;
        unmerged = sc_add_refill(sc, refill) ? 0 : unmerged + 1;
    }
    return used;
}

static void use(struct sc *sc, ticks_t used)
{
    used = use_whole_refills(sc, used);
    if (used > 0) {
        struct refill *head = first(sc);
        const struct refill back = {.time = head->time + sc->period, .amount = used};
        head->time += used;
        head->amount -= used;
        sc_add_refill(sc, back);
    }
    while (first(sc)->amount < sc_min_ticks()) { /* C5; C4: the sum is enough */
        const struct refill small = pop_first(sc);
        first(sc)->time -= small.amount;
        first(sc)->amount += small.amount;
    }
}

void sc_start(struct sc *sc, ticks_t budget, ticks_t period, unsigned refill_max, ticks_t now)
{
    sc->budget = budget;
    sc->period = period;
    sc->refill_max = (uint16_t)refill_max;
    sc->refill_first = 0;
    sc->refill_count = 1;
    sc->refills[0] = (struct refill){.time = now, .amount = budget};
}

/* New parameters for a context that may be in use: no more than the new budget
 * in any new period. */
static void update(struct sc *sc, ticks_t budget, ticks_t period, unsigned refill_max, ticks_t now)
{
    struct refill head = *first(sc);
    if (budget == period) {
        sc_start(sc, budget, period, refill_max, now);
        return;
    }
    if (head.time <= now) {
        head.time = now;
    }
    if (head.amount > budget) {
        head.amount = budget;
    }
    sc_start(sc, budget, period, refill_max, now);
    sc->refills[0] = head;
    if (head.amount < budget) {
        sc_add_refill(sc,
                      (struct refill){.time = head.time + period, .amount = budget - head.amount});
    }
}

void sc_switch_to(struct sc *sc, ticks_t now)
{
    if (sc_is_round_robin(sc) || !sc_is_due(sc, now)) {
        return;
    }
    first(sc)->time = now;
    while (sc_would_merge(sc, now)) {
        const struct refill head = pop_first(sc);
        first(sc)->time = now;
        first(sc)->amount += head.amount;
    }
}

bool sc_charge(struct sc *sc, ticks_t used)
{
    if (!sc_is_used_up(sc, used)) {
        sc_charge_part(sc, used);
        return false;
    }
    sc->consumed += used;
    if (!sc_is_round_robin(sc)) {
        use(sc, used);
    } else {
        first(sc)->amount = sc->budget;
    }
    return true;
}

void sc_forfeit(struct sc *sc)
{
    if (sc_is_round_robin(sc)) {
        first(sc)->amount = sc->budget;
    } else {
        use(sc, first(sc)->amount);
    }
}

word_t sc_take_consumed(struct sc *sc)
{
    const word_t us = sc_ticks_to_us(sc->consumed);
    sc->consumed = 0;
    return us;
}

void sc_charge_now(struct sc *sc)
{
    if (arch_cpu()->sched.charged == sc) {
        sched_charge();
    }
}

/* ---- YieldTo -------------------------------------------------------------------- */

void sc_answer_yield(struct tcb *t)
{
    struct sc *sc = t->yield_to;
    const word_t us = sc_take_consumed(sc);
    t->yield_to = NULL;
    sc->yield_from = NULL;
    if (t->is_call) {
        t->regs.x[0] = kaal_msginfo(KAAL_OK, 0, 1);
        t->regs.x[1] = 0;
        t->regs.x[3] = us;
    }
}

void sc_end_yield(struct tcb *t)
{
    if (t != NULL && t->yield_to != NULL) {
        sc_charge_now(t->yield_to);
        sc_answer_yield(t);
    }
}

/* ---- Who has it ---------------------------------------------------------------- */

void sc_unbind_tcb(struct sc *sc)
{
    struct tcb *t = sc->tcb;
    sc_charge_now(sc);
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
    sc_end_yield(sc->yield_from);
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
    sc_charge_now(sc);
    inv_result(inv, sc_take_consumed(sc));
    return KAAL_OK;
}

enum kaal_err sc_inv_yield_to(struct invocation *inv)
{
    struct sc *sc = cap_sc(&inv->cap);
    struct tcb *t = sc->tcb, *caller = inv->caller;

    if (t == NULL || t == caller || t->priority > caller->mcp) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }

    sc_end_yield(sc->yield_from);
    if (!sched_yield_to(t)) {
        sc_charge_now(sc);
        inv_result(inv, sc_take_consumed(sc));
        return KAAL_OK;
    }
    caller->yield_to = sc;
    caller->is_call = inv->is_call;
    sc->yield_from = caller;
    return INV_ANSWERED_LATER;
}

static void configure(struct sc *sc, ticks_t budget, ticks_t period, unsigned refill_max)
{
    struct tcb *t = sc->tcb;
    const bool is_runnable = t != NULL && t->state == TCB_RUNNING;
    sc_charge_now(sc);
    if (t != NULL) {
        sched_remove(t);
    }
    if (is_runnable && sc->budget != 0) {
        update(sc, budget, period, refill_max, sched_now());
    } else {
        sc_start(sc, budget, period, refill_max, sched_now());
    }
    if (is_runnable) {
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
    const word_t extra = inv_arg(inv, ARG_EXTRA_REFILLS);

    if (sc == NULL) {
        return inv_bad_cap(inv, 0);
    }
    if (budget < SC_MIN_US || budget > SC_MAX_US) {
        return inv_bad_range(inv, ARG_BUDGET, SC_MIN_US, SC_MAX_US);
    }
    if (period < budget || period > SC_MAX_US) {
        return inv_bad_range(inv, ARG_PERIOD, budget, SC_MAX_US);
    }
    const word_t room = (((word_t)1 << cap->a) - SC_BYTES) / sizeof(struct refill);
    const word_t max_extra = (room < SC_REFILLS_MAX ? room : SC_REFILLS_MAX) - SC_REFILLS_MIN;
    if (extra > max_extra) {
        return inv_bad_range(inv, ARG_EXTRA_REFILLS, 0, max_extra);
    }
    sc->core = cap_index(&inv->cap);
    configure(sc, sc_us_to_ticks(budget), sc_us_to_ticks(period), (unsigned)extra + SC_REFILLS_MIN);
    sc->badge = inv_arg(inv, ARG_BADGE);
    return KAAL_OK;
}

/* ---- Check ---------------------------------------------------------------------- */

static const struct refill *refill_at(const struct sc *sc, unsigned i)
{
    return &sc->refills[(sc->refill_first + i) % sc->refill_max];
}

static const char *check_refills(const struct sc *sc)
{
    const struct refill *head = sc_head(sc);
    ticks_t sum = 0, end = head->time;
    for (unsigned i = 0; i < sc->refill_count; i++) {
        const struct refill *r = refill_at(sc, i);
        if (r->time < end || r->time > head->time + sc->period || r->amount == 0) {
            return "KI-34 order of refills";
        }
        end = r->time + r->amount;
        sum += r->amount;
    }
    if (sc_is_round_robin(sc) ? sc->refill_count != 1 || sum > sc->budget : sum != sc->budget) {
        return "KI-34 sum of refills";
    }
    return head->amount < sc_min_ticks() ? "KI-34 first refill" : NULL;
}

const char *sc_check(const struct sc *sc)
{
    if ((sc->tcb != NULL && sc->tcb->sc != sc) || (sc->ntfn != NULL && sc->ntfn->sc != sc)) {
        return "KI-33 binding of a scheduling context";
    }
    if (sc->budget != 0 && sc->core != arch_cpu()->id) {
        return "KI-36 scheduling context of another core";
    }
    if (sc->reply != NULL && sc->reply->sc != sc) {
        return "KI-19 newest call of a scheduling context";
    }
    if (sc->yield_from != NULL && sc->yield_from->yield_to != sc) {
        return "KI-33 thread that yields to a context";
    }
    if (sc->budget == 0) {
        return NULL;
    }
    if (sc->budget > sc->period || sc->refill_count < 1 || sc->refill_count > sc->refill_max ||
        sc->refill_max > SC_REFILLS_MAX || sc->refill_first >= sc->refill_max) {
        return "KI-34 budget";
    }
    return check_refills(sc);
}
