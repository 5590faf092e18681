/* SPDX-License-Identifier: Apache-2.0 */
/* Messages and signals one way, waiting for them, and making way. */
#include "object/irq.h"

#include "fastpath_parts.h"
#include "lock.h"
#include "syscall.h"

struct kernel_lock kernel_lock;

/* ---- Waking one while the other stays runnable ------------------------------------------ */

/* How a thread goes on that is woken by t: if it runs now, its context is in use. */
struct waking {
    enum { NOT_AT_ALL, LATER, NOW } when;
    struct space space; /* NOW */
};

ALWAYS_INLINE void plan_waking(struct cpu *cpu, const struct tcb *t, const struct tcb *woken,
                               struct waking *how)
{
    struct sched *s = &cpu->sched;
    how->when = NOT_AT_ALL;
    if (woken->sc == NULL) {
        return;
    }
    if (woken->domain == t->domain && woken->priority > t->priority) {
        if (find_space(woken, &how->space) && clock_change(s, woken->sc)) {
            how->when = NOW;
        }
    } else if (sc_is_due(woken->sc, s->charge_start)) {
        how->when = LATER;
    }
}

ALWAYS_INLINE void let_go_on(struct cpu *cpu, struct tcb *t, struct tcb *woken,
                             const struct waking *how)
{
    if (how->when == LATER) {
        ready_link_back(&cpu->sched, woken);
    } else {
        ready_link_front(&cpu->sched, t);
        run(cpu, woken, &how->space);
    }
}

/* ---- Send, signal ---------------------------------------------------------------------------- */

ALWAYS_INLINE bool send_message(struct cpu *cpu, struct tcb *t, const struct cap *cap)
{
    const word_t info = t->regs.x[2];
    struct endpoint *ep = (struct endpoint *)cap->obj;
    struct tcb *receiver = lone_receiver(ep);
    struct waking how;
    struct words words;

    if (receiver == NULL || !is_plain(t, receiver, info, &words)) {
        return false;
    }
    plan_waking(cpu, t, receiver, &how);
    if (how.when == NOT_AT_ALL) {
        return false;
    }
    leave_endpoint(ep, receiver);
    if (receiver->reply != NULL) {
        receiver->reply->tcb = NULL;
    }
    go_on(receiver);
    copy_message(t, receiver, info, cap_badge(cap), &words);
    let_go_on(cpu, t, receiver, &how);
    return true;
}

/* Is it held, as no thread waits for it? */
ALWAYS_INLINE bool hold_signal(struct ntfn *n, badge_t badge)
{
    if (!tree_is_empty(&n->waiters) ||
        (n->bound != NULL && !n->active && n->bound->state == TCB_BLOCKED_RECV)) {
        return false;
    }
    n->pending |= badge;
    n->active = true;
    return true;
}

ALWAYS_INLINE bool signal_waiter(struct cpu *cpu, struct tcb *t, struct ntfn *n, badge_t badge)
{
    struct tree_node *node = tree_only(&n->waiters);
    struct waking how;
    if (node == NULL) {
        return false;
    }
    struct tcb *waiter = tcb_of_wait(node);
    ARCH_HIDE(waiter); /* as in lone_receiver() */
    plan_waking(cpu, t, waiter, &how);
    if (how.when == NOT_AT_ALL) {
        return false;
    }
    tree_remove_only(&n->waiters, &waiter->wait);
    go_on(waiter);
    set_signal(waiter, badge);
    let_go_on(cpu, t, waiter, &how);
    return true;
}

/* What t may send to, or NULL. */
ALWAYS_INLINE const struct cap *find_target(const struct tcb *t)
{
    struct slot *slot;
    if (!find_far(t, t->regs.x[1], &slot) || !cap_has_rights(&slot->cap, KAAL_RIGHT_WRITE) ||
        t->was_preempted) {
        return NULL;
    }
    return &slot->cap;
}

ALWAYS_INLINE bool is_signal(const struct tcb *t, const struct cap *cap)
{
    return cap->type == CAP_NOTIFICATION && kaal_msginfo_caps(t->regs.x[2]) == 0;
}

/* ---- Wait, receive ------------------------------------------------------------------------------
 */

/* Who goes on when t waits: the first that is ready, its context in use. */
struct successor {
    struct tcb *t;
    struct space space;
};

ALWAYS_INLINE bool find_successor(struct cpu *cpu, struct successor *next)
{
    next->t = ready_first(&cpu->sched);
    return next->t != NULL && next->t->yield_to == NULL && find_space(next->t, &next->space) &&
           clock_change(&cpu->sched, next->t->sc);
}

static ARCH_ENTRY __attribute__((noinline)) void run_successor(struct cpu *cpu, struct tcb *next,
                                                               pte_t *root, unsigned asid)
{
    ready_unlink(&cpu->sched, next);
    cpu->current = next;
    arch_switch_to(next, root, asid);
}

ALWAYS_INLINE bool receive(struct cpu *cpu, struct tcb *t, struct successor *next)
{
    struct slot *from, *with;
    if (!find_far(t, t->regs.x[1], &from) || !find_far(t, t->regs.x[7], &with) ||
        from->cap.type != CAP_ENDPOINT || !cap_has_rights(&from->cap, KAAL_RIGHT_READ) ||
        with->cap.type != CAP_REPLY) {
        return false;
    }
    struct endpoint *ep = (struct endpoint *)from->cap.obj;
    struct reply *reply = (struct reply *)with->cap.obj;
    if (!tree_is_empty(&ep->waiters) || reply->tcb != NULL || !has_no_signal(t) ||
        !find_successor(cpu, next)) {
        return false;
    }
    wait_at(t, ep, reply);
    reply->tcb = t;
    return true;
}

ALWAYS_INLINE void take_signal(struct tcb *t, struct ntfn *n)
{
    set_signal(t, n->pending);
    n->pending = 0;
    n->active = false;
}

/* The notification that t may take signals from, or NULL. */
ALWAYS_INLINE struct ntfn *find_source(const struct tcb *t)
{
    struct slot *slot;
    if (!find_far(t, t->regs.x[1], &slot) || slot->cap.type != CAP_NOTIFICATION ||
        !cap_has_rights(&slot->cap, KAAL_RIGHT_READ)) {
        return NULL;
    }
    struct ntfn *n = (struct ntfn *)slot->cap.obj;
    return n->bound == NULL || n->bound == t ? n : NULL;
}

/* next is set if t waits. */
ALWAYS_INLINE bool wait(struct cpu *cpu, struct tcb *t, struct successor *next)
{
    struct ntfn *n = find_source(t);
    next->t = NULL;
    if (n == NULL) {
        return false;
    }
    if (n->active) {
        take_signal(t, n);
        return true;
    }
    if (!tree_is_empty(&n->waiters) || n->sc != NULL || !find_successor(cpu, next)) {
        return false;
    }
    t->regs.pc -= INSTRUCTION_BYTES;
    t->state = TCB_BLOCKED_NTFN;
    t->blocked_on = n;
    tree_insert_only(&n->waiters, &t->wait, (uint64_t)KAAL_MAX_PRIORITY - t->priority);
    return true;
}

ALWAYS_INLINE bool poll(struct tcb *t)
{
    struct ntfn *n = find_source(t);
    if (n == NULL) {
        return false;
    }
    if (n->active) {
        take_signal(t, n);
    } else {
        set_signal(t, 0);
    }
    return true;
}

/* ---- Yield
 * ---------------------------------------------------------------------------------------- */

/* In turn: behind the equals, with the whole budget again. */
ALWAYS_INLINE bool yield(struct cpu *cpu, struct tcb *t, struct successor *next)
{
    struct sched *s = &cpu->sched;
    struct sc *sc = t->sc;
    if (s->top != t->rank || !sc_is_round_robin(sc) || !find_successor(cpu, next)) {
        return false;
    }
    ready_link_back(s, t);
    sc->refills[0].amount = sc->budget;
    return true;
}

/* ---- Entry
 * ------------------------------------------------------------------------------------------ */

/* Each by itself, so that none pays for the registers of another. */
#define ENTRY static ARCH_ENTRY __attribute__((noinline)) void

ENTRY enter_signal_waiter(struct cpu *cpu, struct tcb *t, struct ntfn *n, badge_t badge)
{
    if (!signal_waiter(cpu, t, n, badge)) {
        slowpath_signal(n, badge);
    }
}

ENTRY enter_send_message(struct cpu *cpu, struct tcb *t, const struct cap *cap)
{
    if (cap->type != CAP_ENDPOINT || !send_message(cpu, t, cap)) {
        slowpath_syscall();
    }
}

ENTRY enter_send(struct cpu *cpu, struct tcb *t)
{
    const struct cap *cap = find_target(t);
    if (cap == NULL) {
        slowpath_syscall();
    } else if (!is_signal(t, cap)) {
        enter_send_message(cpu, t, cap);
    } else if (!hold_signal((struct ntfn *)cap->obj, cap_badge(cap))) {
        enter_signal_waiter(cpu, t, (struct ntfn *)cap->obj, cap_badge(cap));
    }
}

ALWAYS_INLINE void end_wait(struct cpu *cpu, bool is_taken, const struct successor *next)
{
    if (!is_taken) {
        slowpath_syscall();
    } else if (next->t != NULL) {
        run_successor(cpu, next->t, next->space.root, next->space.asid);
    }
}

ENTRY enter_recv(struct cpu *cpu, struct tcb *t)
{
    struct successor next;
    end_wait(cpu, receive(cpu, t, &next), &next);
}

ENTRY enter_wait(struct cpu *cpu, struct tcb *t)
{
    struct successor next;
    end_wait(cpu, wait(cpu, t, &next), &next);
}

ENTRY enter_yield(struct cpu *cpu, struct tcb *t)
{
    struct successor next;
    end_wait(cpu, yield(cpu, t, &next), &next);
}

ENTRY enter_poll(struct tcb *t)
{
    if (!poll(t)) {
        slowpath_syscall();
    }
}

ARCH_ENTRY void kernel_syscall(void)
{
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    switch (t->regs.x[0]) {
    case KAAL_SYS_CALL:
        kernel_call();
        break;
    case KAAL_SYS_REPLY_RECV:
        kernel_reply_recv();
        break;
    case KAAL_SYS_SEND:
    case KAAL_SYS_NBSEND:
        enter_send(cpu, t);
        break;
    case KAAL_SYS_RECV:
        enter_recv(cpu, t);
        break;
    case KAAL_SYS_WAIT:
        enter_wait(cpu, t);
        break;
    case KAAL_SYS_POLL:
        enter_poll(t);
        break;
    case KAAL_SYS_YIELD:
        enter_yield(cpu, t);
        break;
    default:
        slowpath_syscall();
        break;
    }
    kernel_lock_release();
}

ARCH_ENTRY void kernel_signal(struct ntfn *n, badge_t badge)
{
    struct cpu *cpu = arch_cpu();
    if (!hold_signal(n, badge)) {
        enter_signal_waiter(cpu, cpu->current, n, badge);
    }
}

ARCH_ENTRY void kernel_irq(void)
{
    kernel_lock_acquire();
    const struct cap *cap = irq_take();
    if (cap == NULL) {
        sched_exit();
    } else {
        kernel_signal((struct ntfn *)cap->obj, cap_badge(cap));
    }
    kernel_lock_release();
}
