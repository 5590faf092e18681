/* SPDX-License-Identifier: Apache-2.0 */
#include "sched.h"

#include "object/asid.h"
#include "object/irq.h"
#include "object/notification.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "clock.h"
#include "cpu.h"
#include "fault.h"
#include "ready.h"

/* Threads released in one timer interrupt: bounds the time with interrupts
 * masked. The timer fires again at once for the others. */
enum { RELEASE_BATCH = 16 };

static struct sched *this_sched(void)
{
    return &arch_cpu()->sched;
}

ticks_t sched_now(void)
{
    struct sched *s = this_sched();
    if (s->now == 0) {
        s->now = arch_now();
    }
    return s->now;
}

/* ---- Ready queues, out of line: here is no hurry --------------------------------- */

static __attribute__((noinline)) void queue_front(struct sched *s, struct tcb *t)
{
    ready_link_front(s, t);
}

static __attribute__((noinline)) void queue_back(struct sched *s, struct tcb *t)
{
    ready_link_back(s, t);
}

static __attribute__((noinline)) void unqueue(struct sched *s, struct tcb *t)
{
    ready_unlink(s, t);
}

/* ---- Waking and leaving ------------------------------------------------------ */

void sched_init(struct sched *s)
{
    s->armed = UINT64_MAX; /* the rest is zero */
    s->top = (uint32_t)-1;
    domains_init(&s->domains);
}

static void release_later(struct sched *s, struct tcb *t)
{
    tree_insert(&s->release, &t->wait, sc_head(t->sc)->time);
}

static void make_candidate(struct sched *s, struct tcb *t)
{
    struct tcb *other = s->candidate;
    if (other == NULL) {
        s->candidate = t;
    } else if (t->priority > other->priority) {
        queue_back(s, other);
        s->candidate = t;
    } else {
        queue_back(s, t);
    }
}

bool sched_is_due(const struct sc *sc)
{
    return sc_is_due(sc, this_sched()->charge_start) || sc_is_due(sc, sched_now());
}

void sched_wake(struct tcb *t)
{
    struct cpu *cpu = arch_cpu();
    struct sched *s = &cpu->sched;
    if (t->sc == NULL || t->sc->budget == 0) {
        return;
    }
    if (t == cpu->current || t == s->candidate || t->is_ready_queued || t->wait.linked) {
        return;
    }
    if (!sched_is_due(t->sc)) {
        release_later(s, t);
        return;
    }
    make_candidate(s, t);
}

void sched_remove(struct tcb *t)
{
    struct sched *s = this_sched();
    if (t->is_ready_queued) {
        unqueue(s, t);
    }
    if (t->state == TCB_RUNNING && t->wait.linked) {
        tree_remove(&s->release, &t->wait);
    }
    if (s->candidate == t) {
        s->candidate = NULL;
    }
}

void sched_forget(const struct tcb *t)
{
    struct cpu *cpu = arch_cpu();
    if (cpu->sched.emptied == t) {
        cpu->sched.emptied = NULL;
    }
    if (cpu->current == t) {
        cpu->current = &cpu->idle;
    }
}

bool sched_yield_to(struct tcb *t)
{
    struct cpu *cpu = arch_cpu();
    if (!tcb_can_run(t) || t->domain != cpu->sched.domains.current) {
        return false;
    }
    sched_remove(t);
    queue_front(&cpu->sched, t);
    if (t->priority < cpu->current->priority) {
        return false;
    }
    cpu->sched.favoured = t;
    return true;
}

/* ---- Time -------------------------------------------------------------------- */

/*
 * A refill was used up in this kernel entry: tell the thread's timeout handler,
 * or file the thread anew, behind its equals or for release. Only on the way
 * out, because until then the thread may still do things, such as block.
 */
static void settle(struct sched *s)
{
    struct tcb *t = s->emptied;
    if (t == NULL) {
        return;
    }
    const struct sc *sc = s->emptied_sc;
    const bool is_overrun = s->is_overrun;
    s->emptied = NULL;
    s->emptied_sc = NULL;
    s->is_overrun = false;
    if (t->sc != sc || t->state != TCB_RUNNING) {
        return;
    }
    sched_remove(t);
    if (is_overrun && fault_has_timeout(t)) {
        fault_raise_timeout(t);
    } else if (sc_is_due(t->sc, s->charge_start)) {
        queue_back(s, t);
    } else {
        release_later(s, t);
    }
}

static void charge_until(ticks_t now)
{
    struct sched *s = this_sched();
    struct sc *sc = s->charged;
    const ticks_t used = now - s->charge_start;
    s->charge_start = now;
    if (sc != NULL && sc_charge(sc, used)) {
        s->emptied = sc->tcb;
        s->emptied_sc = sc;
        s->is_overrun = !sc_is_round_robin(sc);
    }
}

void sched_charge(void)
{
    charge_until(sched_now());
}

void sched_yield(void)
{
    struct sched *s = this_sched();
    struct sc *sc = s->charged;
    sched_charge();
    if (sc != NULL && s->emptied == NULL && arch_cpu()->current->sc == sc) {
        sc_forfeit(sc);
        s->emptied = sc->tcb;
        s->emptied_sc = sc;
        s->is_overrun = false;
    }
}

void sched_domain_changed(void)
{
    struct sched *s = this_sched();
    s->top = ready_top(s, s->domains.current, SCHED_PRIORITIES / READY_WORD_BITS - 1);
}

__attribute__((noinline)) void sched_tick(void)
{
    struct sched *s = this_sched();
    const ticks_t now = sched_now();
    s->armed = UINT64_MAX;
    charge_until(now);
    struct tree_node *n = tree_first(&s->release);
    for (unsigned i = 0; i < RELEASE_BATCH && n != NULL && n->key <= now; i++) {
        tree_remove(&s->release, n);
        queue_back(s, tcb_of_wait(n));
        n = tree_first(&s->release);
    }
    domains_tick(&s->domains, now);
    sched_domain_changed();
}

__attribute__((noinline)) bool clock_change_sporadic(struct sched *s, struct sc *to, ticks_t now)
{
    const ticks_t used = now - s->charge_start;
    if (!sc_is_due(to, now) || sc_would_merge(to, now) || sc_is_used_up(s->charged, used)) {
        s->now = now;
        return false;
    }
    sc_charge_part(s->charged, used);
    s->charge_start = now;
    s->charged = to;
    sc_begin(to, now);
    clock_arm(s);
    return true;
}

/* ---- Choosing ------------------------------------------------------------------ */

/* File all who became ready in this kernel entry, then take the first of the
 * highest priority of this domain. */
static struct tcb *choose(struct cpu *cpu)
{
    struct sched *s = &cpu->sched;
    struct tcb *current = cpu->current, *woken = s->candidate, *favoured = s->favoured;
    s->candidate = s->favoured = NULL;

    /* It may have got a context in this entry whose time has not come. */
    if (tcb_can_run(current) && current->sc != s->charged && !sc_is_due(current->sc, sched_now())) {
        release_later(s, current);
    }
    const bool is_loose = tcb_can_run(current) && !current->is_ready_queued;
    const bool outdoes =
        woken != NULL && woken->domain == s->domains.current && woken->priority > current->priority;
    const bool goes_on = is_loose && !outdoes && ready_comes_first(s, current) && favoured == NULL;
    if (woken != NULL && goes_on) {
        queue_back(s, woken);
    } else if (woken != NULL) {
        queue_front(s, woken);
    }
    if (goes_on) {
        return current;
    }
    if (is_loose) {
        queue_front(s, current);
    }
    if (favoured != NULL && is_loose) {
        unqueue(s, favoured);
        queue_front(s, favoured);
    }
    struct tcb *next = ready_first(s);
    if (next == NULL) {
        return &cpu->idle;
    }
    unqueue(s, next);
    return next;
}

/* Begin to use another context, or none. */
static void switch_context(struct sched *s, struct sc *sc, ticks_t now)
{
    charge_until(now);
    s->charged = sc;
    if (sc != NULL) {
        sc_switch_to(sc, now);
    }
}

/* Who runs next, with its context in use. If the last one's refill turns out
 * to be used up, at the same moment, that may change the choice. */
static struct tcb *choose_with_context(struct cpu *cpu)
{
    struct sched *s = &cpu->sched;
    for (;;) {
        settle(s);
        struct tcb *next = choose(cpu);
        cpu->current = next;
        if (next->sc != s->charged) {
            switch_context(s, next->sc, sched_now());
        }
        if (s->emptied == NULL) {
            return next;
        }
    }
}

static void resume(struct tcb *t)
{
    unsigned asid;
    pte_t *root = asid_root_of(&t->slots[TCB_SLOT_VSPACE].cap, &asid);
    arch_switch_to(t, root, asid);
}

static __attribute__((noinline)) void choose_and_resume(struct cpu *cpu)
{
    for (;;) {
        struct tcb *next = choose_with_context(cpu);
        if (next->yield_to != NULL) {
            sc_answer_yield(next); /* charged: another context was in use since */
        }
        clock_arm(&cpu->sched);
        cpu->sched.now = 0;
        if (next != &cpu->idle) {
            resume(next);
            return;
        }
        arch_idle();
        const struct cap *cap = irq_take();
        if (cap != NULL) {
            ntfn_signal(cap_ntfn(cap), cap_badge(cap));
        }
    }
}

/* Has this entry changed nothing about who runs, and on what? */
static bool goes_on_as_before(const struct cpu *cpu)
{
    const struct sched *s = &cpu->sched;
    const struct tcb *t = cpu->current;
    return s->candidate == NULL && s->favoured == NULL && s->emptied == NULL &&
           t->state == TCB_RUNNING && t->sc != NULL && t->sc == s->charged && t->yield_to == NULL &&
           ready_comes_first(s, t);
}

void sched_exit(void)
{
    struct cpu *cpu = arch_cpu();

    if (!goes_on_as_before(cpu)) {
        choose_and_resume(cpu);
        return;
    }
    clock_arm(&cpu->sched);
    cpu->sched.now = 0;
    const struct cap *space = &cpu->current->slots[TCB_SLOT_VSPACE].cap;
    if (!arch_space_is_loaded(cap_vspace(space), cap_asid(space))) {
        resume(cpu->current);
    }
}

/* ---- Checks --------------------------------------------------------------------- */

static const char *check_queue(const struct cpu *cpu, unsigned domain, int priority)
{
    const struct sched_queue *q = &cpu->sched.ready[domain][priority];
    const uint64_t bit =
        cpu->sched.bitmap[domain][priority / READY_WORD_BITS] >> (priority % READY_WORD_BITS);
    const struct tcb *prev = NULL;

    if ((q->head != NULL) != ((bit & 1) != 0)) {
        return "KI-20 bitmap of the ready queues";
    }
    for (const struct tcb *t = q->head; t != NULL; prev = t, t = t->ready_next) {
        if (t->ready_prev != prev || !t->is_ready_queued) {
            return "KI-20 links of a ready queue";
        }
        if (t->sc == NULL || t->sc->budget == 0) {
            return "KI-33 ready thread without time";
        }
        if (t->domain != domain || t->priority != priority || !tcb_can_run(t) ||
            t == cpu->current) {
            return "KI-20 thread in a ready queue";
        }
    }
    return q->tail != prev ? "KI-20 end of a ready queue" : NULL;
}

/* Is t, which says it is in a ready queue, linked there? */
static bool is_linked(const struct sched *s, const struct tcb *t)
{
    const struct sched_queue *q = &s->ready[t->domain][t->priority];
    return (t->ready_prev != NULL ? t->ready_prev->ready_next : q->head) == t;
}

const char *sched_check_thread(const struct tcb *t)
{
    const struct cpu *cpu = arch_cpu();
    const bool has_time = t->sc != NULL && t->sc->budget != 0;
    if (t->is_ready_queued && !is_linked(&cpu->sched, t)) {
        return "KI-20 thread that says it is in a ready queue";
    }
    if (t->state != TCB_RUNNING || t == cpu->current || !has_time || t->is_ready_queued) {
        return NULL;
    }
    return tree_has(&cpu->sched.release, &t->wait) ? NULL : "KI-20 runnable thread in no queue";
}

static const char *check_current(const struct cpu *cpu)
{
    const struct sched *s = &cpu->sched;
    const struct tcb *t = cpu->current;
    if (t == &cpu->idle) {
        return ready_first(s) != NULL ? "KI-21 idle although a thread is ready" : NULL;
    }
    if (!tcb_can_run(t) || !ready_comes_first(s, t)) {
        return "KI-21 current thread cannot run, or a higher one is ready";
    }
    return t->sc != s->charged || !sc_is_due(t->sc, s->charge_start)
               ? "KI-36 time is not charged to the current context"
               : NULL;
}

const char *sched_check(void)
{
    const struct cpu *cpu = arch_cpu();
    const struct sched *s = &cpu->sched;
    if (s->top != ready_top(s, s->domains.current, SCHED_PRIORITIES / READY_WORD_BITS - 1)) {
        return "KI-20 highest ready priority";
    }
    for (unsigned d = 0; d < DOMAINS; d++) {
        for (int p = 0; p < SCHED_PRIORITIES; p++) {
            const char *broken = check_queue(cpu, d, p);
            if (broken != NULL) {
                return broken;
            }
        }
    }
    for (struct tree_node *n = tree_first(&s->release); n != NULL; n = tree_next(n)) {
        const struct tcb *t = tcb_of_wait(n);
        if (t->state != TCB_RUNNING || t->sc == NULL || n->key != sc_head(t->sc)->time) {
            return "KI-35 thread in the release queue";
        }
    }
    if (s->armed != clock_next_event(s)) {
        return "KI-35 timer";
    }
    if (tree_check(&s->release) != NULL) {
        return "KI-35 order of the release queue";
    }
    const char *broken = check_current(cpu);
    return broken != NULL ? broken : domains_check(&s->domains);
}
