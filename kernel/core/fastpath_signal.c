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

ALWAYS_INLINE enum fastpath send_message(struct cpu *cpu, struct tcb *t, const struct cap *cap)
{
    const word_t info = t->regs.x[2];
    struct endpoint *ep = (struct endpoint *)cap->obj;
    struct tcb *receiver = lone_receiver(ep);
    struct waking how;
    struct words words;

    if (receiver == NULL || !is_plain(t, receiver, info, &words)) {
        return FASTPATH_NONE;
    }
    plan_waking(cpu, t, receiver, &how);
    if (how.when == NOT_AT_ALL) {
        return FASTPATH_NONE;
    }
    leave_endpoint(ep, receiver);
    if (receiver->reply != NULL) {
        receiver->reply->tcb = NULL;
    }
    go_on(receiver);
    copy_message(t, receiver, info, cap_badge(cap), &words);
    let_go_on(cpu, t, receiver, &how);
    return FASTPATH_SEND;
}

ALWAYS_INLINE enum fastpath signal(struct cpu *cpu, struct tcb *t, struct ntfn *n, badge_t badge)
{
    struct waking how;
    if (n->bound != NULL && !n->active && n->bound->state == TCB_BLOCKED_RECV) {
        return FASTPATH_NONE;
    }
    if (tree_is_empty(&n->waiters)) {
        n->pending |= badge;
        n->active = true;
        return FASTPATH_SIGNAL;
    }
    struct tree_node *node = tree_only(&n->waiters);
    if (node == NULL) {
        return FASTPATH_NONE;
    }
    struct tcb *waiter = tcb_of_wait(node);
    __asm__("" : "+r"(waiter)); /* as in lone_receiver() */
    plan_waking(cpu, t, waiter, &how);
    if (how.when == NOT_AT_ALL) {
        return FASTPATH_NONE;
    }
    tree_remove_only(&n->waiters, &waiter->wait);
    go_on(waiter);
    set_signal(waiter, badge);
    let_go_on(cpu, t, waiter, &how);
    return how.when == LATER ? FASTPATH_SIGNAL : FASTPATH_SIGNAL_WAKE;
}

ALWAYS_INLINE enum fastpath send(struct cpu *cpu, struct tcb *t)
{
    struct slot *slot;
    if (!find(t, t->regs.x[1], &slot) || !cap_has_rights(&slot->cap, KAAL_RIGHT_WRITE) ||
        t->was_preempted) {
        return FASTPATH_NONE;
    }
    if (slot->cap.type == CAP_NOTIFICATION && kaal_msginfo_caps(t->regs.x[2]) == 0) {
        return signal(cpu, t, (struct ntfn *)slot->cap.obj, cap_badge(&slot->cap));
    }
    return slot->cap.type == CAP_ENDPOINT ? send_message(cpu, t, &slot->cap) : FASTPATH_NONE;
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

ALWAYS_INLINE void run_successor(struct cpu *cpu, const struct successor *next)
{
    ready_unlink(&cpu->sched, next->t);
    run(cpu, next->t, &next->space);
}

/* The unused reply that x7 names, if one is wanted. */
ALWAYS_INLINE bool find_reply(const struct tcb *t, bool takes_reply, struct reply **reply)
{
    struct slot *slot;
    *reply = NULL;
    if (!takes_reply) {
        return true;
    }
    if (!find(t, t->regs.x[7], &slot) || slot->cap.type != CAP_REPLY) {
        return false;
    }
    *reply = (struct reply *)slot->cap.obj;
    return (*reply)->tcb == NULL;
}

ALWAYS_INLINE enum fastpath receive(struct cpu *cpu, struct tcb *t, const struct cap *cap,
                                    bool takes_reply)
{
    struct endpoint *ep = (struct endpoint *)cap->obj;
    struct reply *reply;
    struct successor next;

    if (!tree_is_empty(&ep->waiters) || !has_no_signal(t) || !find_reply(t, takes_reply, &reply) ||
        !find_successor(cpu, &next)) {
        return FASTPATH_NONE;
    }
    wait_at(t, ep, reply);
    if (reply != NULL) {
        reply->tcb = t;
    }
    run_successor(cpu, &next);
    return FASTPATH_RECV;
}

ALWAYS_INLINE void take_signal(struct tcb *t, struct ntfn *n)
{
    set_signal(t, n->pending);
    n->pending = 0;
    n->active = false;
}

/* Is it a notification that t may take signals from? */
ALWAYS_INLINE bool may_take_signals(const struct tcb *t, const struct cap *cap)
{
    const struct ntfn *n = (const struct ntfn *)cap->obj;
    return cap->type == CAP_NOTIFICATION && (n->bound == NULL || n->bound == t);
}

ALWAYS_INLINE enum fastpath wait_for_signal(struct cpu *cpu, struct tcb *t, struct ntfn *n)
{
    struct successor next;
    if (n->active) {
        take_signal(t, n);
        return FASTPATH_WAIT;
    }
    if (!tree_is_empty(&n->waiters) || n->sc != NULL || !find_successor(cpu, &next)) {
        return FASTPATH_NONE;
    }
    t->regs.pc -= INSTRUCTION_BYTES;
    t->state = TCB_BLOCKED_NTFN;
    t->blocked_on = n;
    tree_insert_only(&n->waiters, &t->wait, (uint64_t)KAAL_MAX_PRIORITY - t->priority);
    run_successor(cpu, &next);
    return FASTPATH_WAIT;
}

ALWAYS_INLINE enum fastpath wait(struct cpu *cpu, struct tcb *t, bool takes_reply)
{
    struct slot *slot;
    if (!find(t, t->regs.x[1], &slot) || !cap_has_rights(&slot->cap, KAAL_RIGHT_READ)) {
        return FASTPATH_NONE;
    }
    if (slot->cap.type == CAP_ENDPOINT) {
        return receive(cpu, t, &slot->cap, takes_reply);
    }
    return may_take_signals(t, &slot->cap) ? wait_for_signal(cpu, t, (struct ntfn *)slot->cap.obj)
                                           : FASTPATH_NONE;
}

ALWAYS_INLINE enum fastpath poll(struct tcb *t)
{
    struct slot *slot;
    if (!find(t, t->regs.x[1], &slot) || !cap_has_rights(&slot->cap, KAAL_RIGHT_READ) ||
        !may_take_signals(t, &slot->cap)) {
        return FASTPATH_NONE;
    }
    struct ntfn *n = (struct ntfn *)slot->cap.obj;
    if (n->active) {
        take_signal(t, n);
    } else {
        set_signal(t, 0);
    }
    return FASTPATH_POLL;
}

/* ---- Yield
 * ---------------------------------------------------------------------------------------- */

/* In turn: behind the equals, with the whole budget again. */
ALWAYS_INLINE enum fastpath yield(struct cpu *cpu, struct tcb *t)
{
    struct sched *s = &cpu->sched;
    struct sc *sc = t->sc;
    struct successor next;

    if (s->top != t->rank || !sc_is_round_robin(sc) || !find_successor(cpu, &next)) {
        return FASTPATH_NONE;
    }
    ready_link_back(s, t);
    run_successor(cpu, &next);
    sc_refill(sc, 0)->amount = sc->budget;
    return FASTPATH_YIELD;
}

/* ---- Entry
 * ------------------------------------------------------------------------------------------ */

enum fastpath fastpath_signal(struct ntfn *n, badge_t badge)
{
    struct cpu *cpu = arch_cpu();
    return signal(cpu, cpu->current, n, badge);
}

enum fastpath fastpath_syscall(void)
{
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    switch (t->regs.x[0]) {
    case KAAL_SYS_CALL:
        return fastpath_call();
    case KAAL_SYS_REPLY_RECV:
        return fastpath_reply_recv();
    case KAAL_SYS_SEND:
    case KAAL_SYS_NBSEND:
        return send(cpu, t);
    case KAAL_SYS_RECV:
        return wait(cpu, t, true);
    case KAAL_SYS_WAIT:
        return wait(cpu, t, false);
    case KAAL_SYS_POLL:
        return poll(t);
    case KAAL_SYS_YIELD:
        return yield(cpu, t);
    default:
        return FASTPATH_NONE;
    }
}

/* Each by itself, so that none pays for the registers of another. */
#define SYSCALL_ENTRY(name, fast)                                                                 \
    static ARCH_ENTRY __attribute__((noinline)) void enter_##name(struct cpu *cpu, struct tcb *t) \
    {                                                                                             \
        (void)cpu;                                                                                \
        if ((fast) == FASTPATH_NONE) {                                                            \
            slowpath_syscall();                                                                   \
        }                                                                                         \
    }
SYSCALL_ENTRY(send, send(cpu, t))
SYSCALL_ENTRY(recv, wait(cpu, t, true))
SYSCALL_ENTRY(wait, wait(cpu, t, false))
SYSCALL_ENTRY(poll, poll(t))
SYSCALL_ENTRY(yield, yield(cpu, t))
#undef SYSCALL_ENTRY

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
        enter_poll(cpu, t);
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

ARCH_ENTRY void kernel_irq(void)
{
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    const struct cap *cap = irq_take();
    if (cap == NULL) {
        sched_exit();
    } else if (signal(cpu, cpu->current, (struct ntfn *)cap->obj, cap_badge(cap)) ==
               FASTPATH_NONE) {
        slowpath_signal((struct ntfn *)cap->obj, cap_badge(cap));
    }
    kernel_lock_release();
}
