/* SPDX-License-Identifier: Apache-2.0 */
#include "sched.h"

#include "object/asid.h"
#include "object/irq.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "cpu.h"
#include "lib/assert.h"

enum { BITS_PER_WORD = 64, NO_PRIORITY = -1 };

static struct sched *this_sched(void)
{
    return &arch_cpu()->sched;
}

/* ---- Ready queues ----------------------------------------------------------- */

static void queue_link(struct sched *s, struct tcb *t, bool at_front)
{
    struct sched_queue *q = &s->ready[t->priority];
    kassert(!t->is_ready_queued);
    t->ready_prev = at_front ? NULL : q->tail;
    t->ready_next = at_front ? q->head : NULL;
    if (t->ready_prev != NULL) {
        t->ready_prev->ready_next = t;
    } else {
        q->head = t;
    }
    if (t->ready_next != NULL) {
        t->ready_next->ready_prev = t;
    } else {
        q->tail = t;
    }
    t->is_ready_queued = true;
    s->bitmap[t->priority / BITS_PER_WORD] |= (uint64_t)1 << (t->priority % BITS_PER_WORD);
}

static void queue_unlink(struct sched *s, struct tcb *t)
{
    struct sched_queue *q = &s->ready[t->priority];
    if (t->ready_prev != NULL) {
        t->ready_prev->ready_next = t->ready_next;
    } else {
        q->head = t->ready_next;
    }
    if (t->ready_next != NULL) {
        t->ready_next->ready_prev = t->ready_prev;
    } else {
        q->tail = t->ready_prev;
    }
    t->ready_next = t->ready_prev = NULL;
    t->is_ready_queued = false;
    if (q->head == NULL) {
        s->bitmap[t->priority / BITS_PER_WORD] &= ~((uint64_t)1 << (t->priority % BITS_PER_WORD));
    }
}

static int highest_ready(const struct sched *s)
{
    for (int w = SCHED_PRIORITIES / BITS_PER_WORD - 1; w >= 0; w--) {
        if (s->bitmap[w] != 0) {
            return w * BITS_PER_WORD + 63 - __builtin_clzll(s->bitmap[w]);
        }
    }
    return NO_PRIORITY;
}

/* ---- Waking and leaving ------------------------------------------------------ */

void sched_init(struct sched *s)
{
    *s = (struct sched){.armed = UINT64_MAX};
}

static void release_later(struct sched *s, struct tcb *t)
{
    tree_insert(&s->release, &t->wait, t->sc->released_at);
}

static void make_candidate(struct sched *s, struct tcb *t)
{
    struct tcb *other = s->candidate;
    if (other == NULL) {
        s->candidate = t;
    } else if (t->priority > other->priority) {
        queue_link(s, other, false);
        s->candidate = t;
    } else {
        queue_link(s, t, false);
    }
}

void sched_wake(struct tcb *t)
{
    struct cpu *cpu = arch_cpu();
    if (t->sc == NULL || t->sc->budget == 0) {
        return;
    }
    if (t == cpu->current || t == cpu->sched.candidate || t->is_ready_queued || t->wait.linked) {
        return;
    }
    if (t->sc != cpu->sched.charged || t->sc->released_at > cpu->sched.charge_start) {
        const ticks_t now = arch_now();
        sc_unblock(t->sc, now);
        if (!sc_is_released(t->sc, now)) {
            release_later(&cpu->sched, t);
            return;
        }
    }
    make_candidate(&cpu->sched, t);
}

void sched_remove(struct tcb *t)
{
    struct sched *s = this_sched();
    if (t->is_ready_queued) {
        queue_unlink(s, t);
    }
    if (t->state == TCB_RUNNING && t->wait.linked) {
        tree_remove(&s->release, &t->wait);
    }
    if (s->candidate == t) {
        s->candidate = NULL;
    }
}

/* ---- Time -------------------------------------------------------------------- */

/* A budget was used up in this kernel entry: file the thread that has it now
 * anew, behind its equals or for release. Only on the way out, because until
 * then the thread may still do things, such as block. */
static void settle(struct sched *s)
{
    struct sc *sc = s->emptied;
    s->emptied = NULL;
    if (sc == NULL || sc->tcb == NULL || sc->tcb->state != TCB_RUNNING) {
        return;
    }
    struct tcb *t = sc->tcb;
    sched_remove(t);
    if (sc_is_released(sc, s->charge_start)) {
        queue_link(s, t, false);
    } else {
        release_later(s, t);
    }
}

static void charge_until(ticks_t now)
{
    struct sched *s = this_sched();
    struct sc *sc = s->charged;
    if (sc == NULL) {
        s->charge_start = now;
        return;
    }
    const ticks_t used = now - s->charge_start;
    s->charge_start = now;
    if (sc_charge(sc, used, now)) {
        s->emptied = sc;
    }
}

void sched_charge(void)
{
    charge_until(arch_now());
}

void sched_yield(void)
{
    struct sched *s = this_sched();
    const ticks_t now = arch_now();
    struct sc *sc = s->charged;
    charge_until(now);
    if (sc != NULL && arch_cpu()->current->sc == sc) {
        sc_forfeit(sc, now);
        s->emptied = sc;
    }
}

void sched_tick(void)
{
    struct sched *s = this_sched();
    const ticks_t now = arch_now();
    s->armed = UINT64_MAX;
    charge_until(now);
    for (struct tree_node *n = tree_first(&s->release); n != NULL && n->key <= now;
         n = tree_first(&s->release)) {
        struct tcb *t = tcb_of_wait(n);
        tree_remove(&s->release, n);
        queue_link(s, t, false);
    }
}

static ticks_t next_deadline(const struct sched *s, const struct sc *running)
{
    ticks_t deadline = UINT64_MAX;
    const struct tree_node *next = tree_first(&s->release);
    if (running != NULL) {
        deadline = s->charge_start + running->remaining;
    }
    if (next != NULL && next->key < deadline) {
        deadline = next->key;
    }
    return deadline;
}

static void arm_timer(struct sched *s, const struct sc *running)
{
    const ticks_t deadline = next_deadline(s, running);
    if (deadline != s->armed) {
        s->armed = deadline;
        arch_timer_set(deadline);
    }
}

/* ---- Choosing ------------------------------------------------------------------ */

/* A woken thread goes before its equals when the current one is gone, behind
 * them when it goes on. */
static void file_candidate(struct sched *s, bool current_goes_on)
{
    struct tcb *t = s->candidate;
    if (t != NULL) {
        s->candidate = NULL;
        queue_link(s, t, !current_goes_on);
    }
}

static struct tcb *choose(struct cpu *cpu)
{
    struct sched *s = &cpu->sched;
    struct tcb *current = cpu->current;
    const bool goes_on = current != &cpu->idle && tcb_can_run(current) && !current->is_ready_queued;

    file_candidate(s, goes_on);
    const int top = highest_ready(s);
    if (goes_on && current->priority >= top) {
        return current;
    }
    if (goes_on) {
        queue_link(s, current, true);
    }
    if (top == NO_PRIORITY) {
        return &cpu->idle;
    }
    struct tcb *next = s->ready[top].head;
    queue_unlink(s, next);
    return next;
}

void sched_exit(void)
{
    struct cpu *cpu = arch_cpu();
    struct sched *s = &cpu->sched;

    for (;;) {
        settle(s);
        struct tcb *next = choose(cpu);
        struct sc *sc = next->sc;
        cpu->current = next;
        if (sc != s->charged) {
            charge_until(arch_now());
            s->charged = sc;
            settle(s); /* of the thread before; next keeps its turn */
        }
        arm_timer(s, sc);
        if (next != &cpu->idle) {
            unsigned asid;
            pte_t *root = asid_root_of(&next->slots[TCB_SLOT_VSPACE].cap, &asid);
            arch_switch_to(next, root, asid);
            return;
        }
        arch_idle();
        irq_take();
    }
}

/* ---- Checks --------------------------------------------------------------------- */

static const char *check_queue(const struct cpu *cpu, int priority)
{
    const struct sched_queue *q = &cpu->sched.ready[priority];
    const uint64_t bit = cpu->sched.bitmap[priority / BITS_PER_WORD] >> (priority % BITS_PER_WORD);
    const struct tcb *prev = NULL;

    if ((q->head != NULL) != ((bit & 1) != 0)) {
        return "KI-20 bitmap";
    }
    for (const struct tcb *t = q->head; t != NULL; prev = t, t = t->ready_next) {
        if (t->ready_prev != prev || !t->is_ready_queued) {
            return "KI-20 links of a ready queue";
        }
        if (t->sc == NULL || t->sc->budget == 0) {
            return "KI-33 ready thread without time";
        }
        if (t->priority != priority || !tcb_can_run(t) || t == cpu->current) {
            return "KI-20 thread in a ready queue";
        }
    }
    return q->tail != prev ? "KI-20 end of a ready queue" : NULL;
}

/* Is t, which says it is in a ready queue, linked there? */
static bool is_linked(const struct sched *s, const struct tcb *t)
{
    const struct sched_queue *q = &s->ready[t->priority];
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

const char *sched_check(void)
{
    const struct cpu *cpu = arch_cpu();
    for (int p = 0; p < SCHED_PRIORITIES; p++) {
        const char *broken = check_queue(cpu, p);
        if (broken != NULL) {
            return broken;
        }
    }
    for (struct tree_node *n = tree_first(&cpu->sched.release); n != NULL; n = tree_next(n)) {
        const struct tcb *t = tcb_of_wait(n);
        if (t->state != TCB_RUNNING || t->sc == NULL || n->key != t->sc->released_at) {
            return "KI-35 thread in the release queue";
        }
    }
    if (tree_check(&cpu->sched.release) != NULL) {
        return "KI-35 order of the release queue";
    }
    if (cpu->sched.armed != next_deadline(&cpu->sched, cpu->current->sc)) {
        return "KI-35 timer";
    }
    const int current = cpu->current == &cpu->idle ? NO_PRIORITY : cpu->current->priority;
    return highest_ready(&cpu->sched) > current ? "KI-21 ready thread of a higher priority" : NULL;
}
