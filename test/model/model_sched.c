/* SPDX-License-Identifier: Apache-2.0 */
/* Time: refills, the queues of threads that can run, domains. */
#include "model_state.h"

#include <stdlib.h>

enum { RELEASED_MAX = 16 }; /* by one timer interrupt */

__extension__ typedef unsigned __int128 wide;

uint64_t us_to_ticks(const struct model *m, uint64_t us)
{
    return (uint64_t)((wide)us * m->hz / 1000000);
}

uint64_t ticks_to_us(const struct model *m, uint64_t ticks)
{
    return (uint64_t)((wide)ticks * 1000000 / m->hz);
}

/* ---- Refills ---- */

bool sc_round_robin(const struct sc *sc)
{
    return sc->budget == sc->period;
}

bool sc_due(const struct model *m, const struct sc *sc)
{
    return sc_round_robin(sc) || sc->refill[0].time <= m->now;
}

static void drop_first(struct sc *sc)
{
    sc->refills--;
    for (uint32_t i = 0; i < sc->refills; i++) {
        sc->refill[i] = sc->refill[i + 1];
    }
}

static void add_refill(struct sc *sc, struct model_refill r)
{
    struct model_refill *last = &sc->refill[sc->refills - 1];
    if (last->time + last->amount >= r.time) {
        last->amount += r.amount;
    } else if (sc->refills < sc->max_refills) {
        sc->refill[sc->refills++] = r;
    } else {
        last->time = r.time - last->amount;
        last->amount += r.amount;
    }
}

/* Whether the refill counts as used up. */
static bool charge_sporadic(const struct model *m, struct sc *sc, uint64_t used)
{
    const bool used_up = used + m->min > sc->refill[0].amount;
    while (sc->refill[0].amount <= used) {
        used -= sc->refill[0].amount;
        struct model_refill r = sc->refill[0];
        r.time += sc->period;
        if (sc->refills == 1) {
            sc->refill[0] = r;
        } else {
            drop_first(sc);
            add_refill(sc, r);
        }
    }
    if (used != 0) {
        const struct model_refill r = {sc->refill[0].time + sc->period, used};
        sc->refill[0].amount -= used;
        sc->refill[0].time += used;
        add_refill(sc, r);
    }
    while (sc->refill[0].amount < m->min && sc->refills > 1) {
        sc->refill[1].time -= sc->refill[0].amount;
        sc->refill[1].amount += sc->refill[0].amount;
        drop_first(sc);
    }
    return used_up;
}

static bool charge(const struct model *m, struct sc *sc, uint64_t used)
{
    if (!sc_round_robin(sc)) {
        return charge_sporadic(m, sc, used);
    }
    if (used + m->min > sc->refill[0].amount) {
        sc->refill[0].amount = sc->budget;
        return true;
    }
    sc->refill[0].amount -= used;
    return false;
}

void sched_charge(struct model *m)
{
    if (m->current_sc == 0) {
        return;
    }
    struct sc *sc = sc_at(m, m->current_sc);
    const uint64_t used = m->now - m->charged_at;
    m->charged_at = m->now;
    sc->consumed += used;
    if (sc->budget != 0 && charge(m, sc, used) && sc->tcb != 0) {
        m->used_up = sc->tcb;
    }
}

void sched_give_up(struct model *m)
{
    sched_charge(m);
    struct sc *sc = sc_at(m, m->current_sc);
    if (m->used_up == 0) {
        charge(m, sc, sc->refill[0].amount);
        m->used_up = sc->tcb;
        m->used_by_yield = true;
    }
}

static void sc_switch(const struct model *m, struct sc *sc)
{
    if (sc_round_robin(sc) || sc->refill[0].time > m->now) {
        return;
    }
    sc->refill[0].time = m->now;
    while (sc->refills > 1 && sc->refill[1].time <= m->now + sc->refill[0].amount) {
        const uint64_t amount = sc->refill[0].amount;
        drop_first(sc);
        sc->refill[0].amount += amount;
        sc->refill[0].time = m->now;
    }
}

void sc_configure(struct model *m, int id, uint64_t budget, uint64_t period, uint32_t refills,
                  uint64_t badge)
{
    struct sc *sc = sc_at(m, id);
    if (m->current_sc == id) {
        sched_charge(m);
    }
    const bool update =
        sc->budget != 0 && sc->tcb != 0 && tcb_at(m, sc->tcb)->state == MODEL_RUNNABLE;
    const bool due = sc->budget != 0 && sc_due(m, sc);
    sc->budget = budget;
    sc->period = period;
    sc->badge = badge;
    sc->max_refills = sc_round_robin(sc) ? 1 : refills;
    sc->refills = 1;
    struct model_refill *first = &sc->refill[0];
    if (!update || sc_round_robin(sc)) {
        *first = (struct model_refill){m->now, budget};
    } else {
        if (due) {
            first->time = m->now;
        }
        if (first->amount >= budget) {
            first->amount = budget;
        } else {
            sc->refill[1] = (struct model_refill){first->time + period, budget - first->amount};
            sc->refills = 2;
        }
    }
    if (sc->tcb != 0) {
        sched_refile(m, sc->tcb);
    }
}

uint64_t sc_take_consumed(struct model *m, int id)
{
    if (m->current_sc == id) {
        sched_charge(m);
    }
    struct sc *sc = sc_at(m, id);
    const uint64_t us = ticks_to_us(m, sc->consumed);
    sc->consumed = 0;
    return us;
}

/* ---- Queues ---- */

void sched_unfile(struct model *m, int id)
{
    tcb_at(m, id)->queue = MODEL_NO_QUEUE;
}

static bool has_time(const struct model *m, const struct tcb *t)
{
    return t->sc != 0 && sc_at(m, t->sc)->budget != 0 && sc_due(m, sc_at(m, t->sc));
}

void sched_front(struct model *m, int id)
{
    struct tcb *t = tcb_at(m, id);
    t->queue = MODEL_READY;
    t->key = -++m->arrivals;
}

static void back(struct model *m, int id)
{
    struct tcb *t = tcb_at(m, id);
    t->queue = MODEL_READY;
    t->key = ++m->arrivals;
}

/* Behind its equals, or until its time has come among the released. */
static void file(struct model *m, int id)
{
    struct tcb *t = tcb_at(m, id);
    t->queue = MODEL_NO_QUEUE;
    if (t->state != MODEL_RUNNABLE || t->sc == 0 || sc_at(m, t->sc)->budget == 0) {
        return;
    }
    back(m, id);
    if (!has_time(m, t)) {
        t->queue = MODEL_RELEASE;
    }
}

bool sched_can_run(const struct model *m, int id)
{
    const struct tcb *t = tcb_at(m, id);
    return t->state == MODEL_RUNNABLE && has_time(m, t) && t->queue != MODEL_RELEASE &&
           t->domain == m->domains.current;
}

void sched_wake(struct model *m, int id)
{
    if (id == m->current) {
        return; /* it is filed when it does not go on */
    }
    file(m, id);
    if (tcb_at(m, id)->queue == MODEL_READY && m->wakings < WOKEN_MAX) {
        m->woken[m->wakings++] = id;
    }
}

void sched_refile(struct model *m, int id)
{
    const struct tcb *t = tcb_at(m, id);
    if (t->state == MODEL_RUNNABLE && id != m->current) {
        sched_wake(m, id);
    }
}

static int best_ready(const struct model *m)
{
    int best = 0;
    for (int i = 0; i < m->tcbs; i++) {
        const int id = m->tcb[i];
        const struct tcb *t = tcb_at(m, id);
        if (t->queue != MODEL_READY || t->domain != m->domains.current) {
            continue;
        }
        const struct tcb *b = best == 0 ? NULL : tcb_at(m, best);
        if (b == NULL || t->priority > b->priority ||
            (t->priority == b->priority && t->key < b->key)) {
            best = id;
        }
    }
    return best;
}

/* The thread that leads the release queue; 0: none. */
static int first_released(const struct model *m)
{
    int best = 0;
    for (int i = 0; i < m->tcbs; i++) {
        const int id = m->tcb[i];
        const struct tcb *t = tcb_at(m, id);
        if (t->queue != MODEL_RELEASE) {
            continue;
        }
        if (best != 0) {
            const uint64_t mine = sc_at(m, t->sc)->refill[0].time;
            const uint64_t its = sc_at(m, tcb_at(m, best)->sc)->refill[0].time;
            if (mine > its || (mine == its && t->key > tcb_at(m, best)->key)) {
                continue;
            }
        }
        best = id;
    }
    return best;
}

void domain_start(struct model *m, unsigned entry)
{
    struct model_domains *d = &m->domains;
    d->entry = entry;
    d->current = d->domain[entry];
    d->end = m->now + d->duration[entry];
}

static void next_domain(struct model *m)
{
    struct model_domains *d = &m->domains;
    if (!d->started || m->now < d->end) {
        return;
    }
    unsigned next = d->entry + 1;
    if (next >= MODEL_DOMAINS || d->duration[next] == 0) {
        next = d->start;
    }
    if (d->duration[next] == 0) {
        d->started = false; /* nothing is left of the schedule: the domain stays */
        d->end = UINT64_MAX;
        return;
    }
    domain_start(m, next);
}

void sched_timer(struct model *m)
{
    sched_charge(m);
    for (unsigned i = 0; i < RELEASED_MAX; i++) {
        const int id = first_released(m);
        if (id == 0 || sc_at(m, tcb_at(m, id)->sc)->refill[0].time > m->now) {
            break;
        }
        back(m, id);
    }
    next_domain(m);
}

/* ---- On the way out ---- */

/* What becomes of a thread whose refill was used up. */
static void file_used_up(struct model *m)
{
    const int id = m->used_up;
    const bool by_yield = m->used_by_yield;
    m->used_up = 0;
    m->used_by_yield = false;
    if (id == 0) {
        return;
    }
    const struct tcb *t = tcb_at(m, id);
    if (t->state != MODEL_RUNNABLE || t->sc == 0 || t->sc != m->current_sc) {
        return;
    }
    const struct object *o = object_at(m, id);
    if (!by_yield && !sc_round_robin(sc_at(m, t->sc)) &&
        o->slots[MODEL_TCB_TIMEOUT_ENDPOINT].cap.type == KAAL_OBJ_ENDPOINT) {
        thread_timeout(m, id);
        return;
    }
    file(m, id);
}

/* Of those woken the first of the highest priority is filed last: before its
 * equals, or behind them if the current thread goes on. */
static void place_woken(struct model *m, bool before)
{
    int best = 0;
    for (int i = 0; i < m->wakings; i++) {
        const int id = m->woken[i];
        if (id != 0 && tcb_at(m, id)->queue == MODEL_READY &&
            (best == 0 || tcb_at(m, id)->priority > tcb_at(m, best)->priority)) {
            best = id;
        }
    }
    if (best != 0 && before) {
        sched_front(m, best);
    } else if (best != 0) {
        back(m, best);
    }
    m->wakings = 0;
}

static int choose(struct model *m)
{
    const int id = m->current;
    const int best = best_ready(m);
    if (id != 0) {
        const struct tcb *t = tcb_at(m, id);
        const bool able = t->queue == MODEL_NO_QUEUE && t->state == MODEL_RUNNABLE && t->sc != 0 &&
                          sc_at(m, t->sc)->budget != 0;
        if (able && !has_time(m, t)) {
            file(m, id);
        } else if (able) {
            if (t->domain == m->domains.current &&
                (best == 0 || tcb_at(m, best)->priority <= t->priority)) {
                place_woken(m, false);
                return id;
            }
            place_woken(m, true);
            sched_front(m, id);
            return best_ready(m);
        }
    }
    place_woken(m, true);
    return best_ready(m);
}

static void set_deadline(struct model *m)
{
    uint64_t at = m->domains.started ? m->domains.end : UINT64_MAX;
    if (m->current_sc != 0) {
        const uint64_t end = m->charged_at + sc_at(m, m->current_sc)->refill[0].amount;
        at = end < at ? end : at;
    }
    const int first = first_released(m);
    if (first != 0) {
        const uint64_t time = sc_at(m, tcb_at(m, first)->sc)->refill[0].time;
        at = time < at ? time : at;
    }
    m->deadline = at;
}

void sched_exit(struct model *m)
{
    file_used_up(m);
    int next = choose(m);
    for (;;) {
        const int sc = next == 0 ? 0 : tcb_at(m, next)->sc;
        if (sc == m->current_sc) {
            break;
        }
        const int old = m->current_sc;
        sched_charge(m);
        const int used = m->used_up;
        if (used != 0) {
            file_used_up(m); /* while it is the context in use */
        }
        m->current_sc = sc;
        m->charged_at = m->now;
        if (sc != 0) {
            sc_switch(m, sc_at(m, sc));
        }
        if (used == 0 || old == 0) {
            break;
        }
        next = choose(m);
    }
    m->wakings = 0;
    m->current = next;
    if (next != 0) {
        sched_unfile(m, next);
        if (tcb_at(m, next)->yield_to != 0) {
            yield_to_complete(m, next);
        }
    }
    set_deadline(m);
}

/* ---- Contexts and who has them ---- */

static void sc_take(struct model *m, struct sc *sc)
{
    if (sc->tcb != 0) {
        sched_unfile(m, sc->tcb);
        tcb_at(m, sc->tcb)->sc = 0;
        sc->tcb = 0;
    }
}

void sc_donate(struct model *m, int id, int to)
{
    struct sc *sc = sc_at(m, id);
    sc_take(m, sc);
    sc->tcb = to;
    tcb_at(m, to)->sc = id;
}

void sc_bind_tcb(struct model *m, int sc, int tcb)
{
    sc_donate(m, sc, tcb);
    sched_refile(m, tcb);
}

void sc_unbind_tcb(struct model *m, int id)
{
    if (m->current_sc == id) {
        sched_charge(m);
    }
    sc_take(m, sc_at(m, id));
}

void sc_unbind_ntfn(struct model *m, int id)
{
    struct sc *sc = sc_at(m, id);
    if (sc->ntfn != 0) {
        object_at(m, sc->ntfn)->u.ntfn.sc = 0;
        sc->ntfn = 0;
    }
}

/* The context comes back to neither this caller nor those before it in the chain. */
void sc_break(struct model *m, int reply)
{
    const int id = object_at(m, reply)->u.reply.sc;
    if (id == 0) {
        return;
    }
    struct sc *sc = sc_at(m, id);
    uint32_t gone = 0;
    while (object_at(m, reply)->u.reply.sc != 0) {
        object_at(m, sc->reply[gone++])->u.reply.sc = 0;
    }
    for (uint32_t i = gone; i < sc->replies; i++) {
        sc->reply[i - gone] = sc->reply[i];
    }
    sc->replies -= gone;
}

/* The answer of a YieldTo that has waited for its caller to run again. */
void yield_to_complete(struct model *m, int id)
{
    struct tcb *t = tcb_at(m, id);
    const int sc = t->yield_to;
    t->yield_to = 0;
    sc_at(m, sc)->yield_from = 0;
    const uint64_t us = sc_take_consumed(m, sc);
    if (t->yield_call) {
        answer(m, id, KAAL_OK, 1, &us);
    }
}
