/* SPDX-License-Identifier: Apache-2.0 */
#include "fastpath.h"

#include "object/asid.h"
#include "object/endpoint.h"
#include "object/irq.h"
#include "object/reply.h"
#include "object/sched_context.h"

#include "clock.h"
#include "cpu.h"
#include "fault.h"
#include "lib/inline.h"
#include "lock.h"
#include "ready.h"
#include "syscall.h"

struct kernel_lock kernel_lock;

enum { INSTRUCTION_BYTES = 4 };

/* ---- Capabilities -------------------------------------------------------------- */

/* As cspace_lookup(), from a CNode on. Shifted, not compared: also in
 * speculation it is a slot of this CNode. */
ALWAYS_INLINE struct slot *walk(const struct cap *node, cptr_t cptr)
{
    unsigned left = KAAL_CPTR_BITS;
    for (;;) {
        const unsigned guard_bits = cap_cnode_guard_bits(node);
        const unsigned radix = cap_cnode_radix(node);
        if (cptr >> 1 >> (63 - guard_bits) != cap_cnode_guard(node) || guard_bits + radix > left) {
            return NULL;
        }
        struct slot *slot = &cap_cnode_slots(node)[cptr << guard_bits >> (64 - radix)];
        left -= guard_bits + radix;
        if (left == 0 || slot->cap.type != CAP_CNODE) {
            return slot;
        }
        cptr = cptr << guard_bits << radix;
        node = &slot->cap;
    }
}

/* As cspace_lookup(), or NULL. Usually one CNode takes all bits. */
ALWAYS_INLINE struct slot *find(const struct tcb *t, cptr_t cptr)
{
    const struct cap *root = &t->slots[TCB_SLOT_CSPACE].cap;
    const unsigned guard_bits = cap_cnode_guard_bits(root), radix = cap_cnode_radix(root);
    if (root->type != CAP_CNODE) {
        return NULL;
    }
    if (guard_bits + radix != KAAL_CPTR_BITS) {
        return walk(root, cptr);
    }
    return cptr >> radix == cap_cnode_guard(root)
               ? &cap_cnode_slots(root)[cptr << guard_bits >> guard_bits]
               : NULL;
}

ALWAYS_INLINE bool is_endpoint(const struct cap *cap, word_t rights)
{
    return cap->type == CAP_ENDPOINT && cap_has_rights(cap, rights);
}

ALWAYS_INLINE bool can_want_answer(const struct cap *cap)
{
    return (cap->rights & (KAAL_RIGHT_GRANT | KAAL_RIGHT_GRANT_REPLY)) != 0;
}

/* Is it what invocations.def lists calls on? */
ALWAYS_INLINE bool is_object(const struct cap *cap)
{
    const uint32_t others = 1U << CAP_NULL | 1U << CAP_ENDPOINT | 1U << CAP_NOTIFICATION |
                            1U << CAP_REPLY | 1U << CAP_ZOMBIE;
    return (others >> cap->type & 1) == 0;
}

/* ---- Messages ------------------------------------------------------------------- */

/* Where words from the fifth on are. */
struct words {
    const word_t *from;
    word_t *to;
};

ALWAYS_INLINE bool find_words(const struct tcb *from, const struct tcb *to, struct words *words)
{
    const struct kaal_ipc_buffer *source = tcb_ipc_buffer(from);
    struct kaal_ipc_buffer *target = tcb_ipc_buffer(to);
    if (source == NULL || target == NULL) {
        return false;
    }
    *words = (struct words){source->words, target->words};
    return true;
}

/* Words alone? */
ALWAYS_INLINE bool is_plain(const struct tcb *from, const struct tcb *to, word_t info,
                            struct words *words)
{
    const unsigned length = kaal_msginfo_length(info);
    return kaal_msginfo_caps(info) == 0 &&
           (length <= KAAL_MSG_REGS || (length <= KAAL_MSG_MAX && find_words(from, to, words)));
}

/* Pre: is_plain(). */
ALWAYS_INLINE void copy_message(const struct tcb *from, struct tcb *to, word_t info, badge_t badge,
                                const struct words *words)
{
    const unsigned length = kaal_msginfo_length(info);
    const word_t *x = from->regs.x;
    word_t *y = to->regs.x;
    y[0] = info & ~((word_t)KAAL_MSGINFO_UNWRAPPED_MASK << KAAL_MSGINFO_UNWRAPPED_SHIFT);
    y[1] = badge;
    if (length >= KAAL_MSG_REGS) {
        const word_t w0 = x[3], w1 = x[4], w2 = x[5], w3 = x[6];
        y[3] = w0;
        y[4] = w1;
        y[5] = w2;
        y[6] = w3;
        for (unsigned i = KAAL_MSG_REGS; i < length; i++) {
            words->to[i] = words->from[i];
        }
        return;
    }
    for (unsigned i = 0; i < length; i++) {
        y[3 + i] = x[3 + i];
    }
}

ALWAYS_INLINE void receive_nothing(struct tcb *t, badge_t badge)
{
    t->regs.x[0] = 0;
    t->regs.x[1] = badge;
}

/* ---- Who runs next ---------------------------------------------------------------- */

/* What the next thread runs on. */
struct plan {
    pte_t *root;
    unsigned asid;
    bool is_other; /* another context than the one in use */
    ticks_t now;   /* if it is */
};

/* Can next run now, on sc? */
ALWAYS_INLINE bool make_plan(struct sched *s, const struct tcb *next, const struct sc *sc,
                             struct plan *plan)
{
    plan->root = asid_root_of(&next->slots[TCB_SLOT_VSPACE].cap, &plan->asid);
    if (plan->root == NULL || next->yield_to != NULL) {
        return false;
    }
    plan->is_other = sc != s->charged;
    if (plan->is_other) {
        plan->now = arch_now();
        if (!sc_is_due(sc, plan->now) || sc_would_merge(sc, plan->now) ||
            sc_is_used_up(s->charged, plan->now - s->charge_start)) {
            s->now = plan->now;
            return false;
        }
    }
    return true;
}

/* Does it come before all that is ready? */
ALWAYS_INLINE bool comes_first(const struct sched *s, const struct tcb *next)
{
    return next->domain == s->domains.current && next->priority + 1U >= s->above[next->domain];
}

ALWAYS_INLINE void change_context(struct sched *s, struct sc *sc, ticks_t now)
{
    sc_charge_part(s->charged, now - s->charge_start);
    s->charge_start = now;
    s->charged = sc;
    sc_begin(sc, now);
    clock_arm(s);
}

ALWAYS_INLINE void run(struct cpu *cpu, struct tcb *next, const struct plan *plan)
{
    cpu->current = next;
    if (plan->is_other) {
        change_context(&cpu->sched, next->sc, plan->now);
    }
    arch_switch_to(next, plan->root, plan->asid);
}

/* ---- Meeting at an endpoint ---------------------------------------------------------- */

/* The thread of a node. What follows is addressed from its start, not from the
 * node, whence its registers are out of reach of most instructions. */
ALWAYS_INLINE struct tcb *waiting(struct tree_node *node)
{
    __asm__("" : "+r"(node));
    return tcb_of_wait(node);
}

/* Does one thread wait there to receive? */
ALWAYS_INLINE bool has_receiver(const struct endpoint *ep, struct tcb **receiver)
{
    struct tree_node *node = tree_only(&ep->waiters);
    if (node == NULL || !ep->is_receiving) {
        return false;
    }
    *receiver = waiting(node);
    return true;
}

ALWAYS_INLINE void wake(struct tcb *t)
{
    t->blocked_on = NULL;
    t->state = TCB_RUNNING;
    t->regs.pc += INSTRUCTION_BYTES;
}

/* t waits for an answer through reply; receiver, who was waiting with it, goes
 * on, with t's context if it has none. */
ALWAYS_INLINE void await_answer(struct tcb *t, struct tcb *receiver, struct reply *reply)
{
    struct sc *sc = t->sc;
    reply->tcb = t;
    t->reply = reply;
    t->blocked_on = reply;
    t->state = TCB_BLOCKED_REPLY;
    receiver->reply = NULL;
    if (receiver->sc == NULL) {
        struct reply *older = sc->reply;
        if (older != NULL) {
            older->sc = NULL;
            older->next = reply;
        }
        reply->prev = older;
        reply->sc = sc;
        sc->reply = reply;
        sc->tcb = receiver;
        receiver->sc = sc;
        t->sc = NULL;
    }
}

/* Blocked on ep, where nobody waits. */
ALWAYS_INLINE void wait_at(struct tcb *t, struct endpoint *ep, struct reply *reply)
{
    t->regs.pc -= INSTRUCTION_BYTES;
    t->state = TCB_BLOCKED_RECV;
    t->blocked_on = ep;
    t->reply = reply;
    if (reply != NULL) {
        reply->tcb = t;
    }
    ep->is_receiving = true;
    t->arrival = ++ep->arrivals;
    tree_insert_only(&ep->waiters, &t->wait, (uint64_t)KAAL_MAX_PRIORITY - t->priority);
}

/* Has t no signal to take instead, nor time of a notification to give back? */
ALWAYS_INLINE bool has_no_signal(const struct tcb *t)
{
    const struct ntfn *bound = t->bound_ntfn;
    return bound == NULL || (!bound->active && bound->sc == NULL);
}

/* ---- Call, fault ---------------------------------------------------------------------- */

ALWAYS_INLINE enum fastpath call(struct cpu *cpu, struct tcb *t, const struct slot *slot)
{
    const word_t info = t->regs.x[2];
    struct words words;
    struct plan plan;

    if (slot == NULL || !is_endpoint(&slot->cap, KAAL_RIGHT_WRITE)) {
        return FASTPATH_NONE;
    }
    struct endpoint *ep = cap_endpoint(&slot->cap);
    struct tcb *receiver;
    if (!has_receiver(ep, &receiver) || receiver->reply == NULL || !can_want_answer(&slot->cap) ||
        !is_plain(t, receiver, info, &words) || !comes_first(&cpu->sched, receiver) ||
        !make_plan(&cpu->sched, receiver, receiver->sc == NULL ? t->sc : receiver->sc, &plan)) {
        return FASTPATH_NONE;
    }
    tree_remove_only(&ep->waiters, &receiver->wait);
    wake(receiver);
    t->was_preempted = false;
    copy_message(t, receiver, info, cap_badge(&slot->cap), &words);
    t->regs.pc -= INSTRUCTION_BYTES;
    await_answer(t, receiver, receiver->reply);
    run(cpu, receiver, &plan);
    return FASTPATH_CALL;
}

ALWAYS_INLINE void write_fault(struct tcb *t, struct tcb *handler, const struct fault *fault,
                               badge_t badge)
{
    word_t *y = handler->regs.x;
    const bool is_vm = fault->kind == KAAL_FAULT_VM;
    t->fault = *fault;
    y[0] = kaal_msginfo(fault->kind, 0, 4);
    y[1] = badge;
    y[3] = t->regs.pc;
    y[4] = is_vm ? fault->words[0] : t->regs.sp;
    y[5] = is_vm ? fault->words[1] : t->regs.pstate;
    y[6] = is_vm ? fault->words[2] : fault->words[0];
}

ALWAYS_INLINE enum fastpath raise(struct cpu *cpu, struct tcb *t, const struct fault *fault)
{
    const struct cap *cap = &t->slots[TCB_SLOT_FAULT_HANDLER].cap;
    struct plan plan;

    if (!is_endpoint(cap, KAAL_RIGHT_WRITE) || !can_want_answer(cap)) {
        return FASTPATH_NONE;
    }
    struct endpoint *ep = cap_endpoint(cap);
    struct tcb *handler;
    if (!has_receiver(ep, &handler) || handler->reply == NULL ||
        !comes_first(&cpu->sched, handler) ||
        !make_plan(&cpu->sched, handler, handler->sc == NULL ? t->sc : handler->sc, &plan)) {
        return FASTPATH_NONE;
    }
    tree_remove_only(&ep->waiters, &handler->wait);
    wake(handler);
    write_fault(t, handler, fault, cap_badge(cap));
    await_answer(t, handler, handler->reply);
    run(cpu, handler, &plan);
    return FASTPATH_FAULT;
}

/* ---- Answer and receive ------------------------------------------------------------------ */

/* Can t answer its newest caller, who then goes on? */
ALWAYS_INLINE bool can_answer(const struct tcb *t, const struct reply *reply,
                              const struct tcb *caller)
{
    if (caller == NULL || caller->state != TCB_BLOCKED_REPLY || fault_has_timeout(caller)) {
        return false;
    }
    /* The context goes back with the answer, or was never lent. */
    return reply->sc != NULL ? reply->sc == t->sc && caller->sc == NULL
                             : caller->sc != NULL && reply->prev == NULL && reply->next == NULL;
}

/* Nothing but a label that says to go on. */
ALWAYS_INLINE bool is_plain_answer(const struct tcb *t, const struct tcb *caller,
                                   struct words *words)
{
    const word_t info = t->regs.x[2];
    switch (caller->fault.kind) {
    case KAAL_FAULT_NONE:
        return is_plain(t, caller, info, words);
    case KAAL_FAULT_VM:
        return kaal_msginfo_label(info) == 0 && kaal_msginfo_caps(info) == 0;
    default:
        return false;
    }
}

ALWAYS_INLINE void answer(struct tcb *t, struct tcb *caller, const struct words *words)
{
    if (caller->fault.kind == KAAL_FAULT_NONE) {
        copy_message(t, caller, t->regs.x[2], 0, words);
        caller->regs.pc += INSTRUCTION_BYTES;
    } else {
        caller->fault.kind = KAAL_FAULT_NONE;
    }
    caller->blocked_on = NULL;
    caller->reply = NULL;
    caller->state = TCB_RUNNING;
}

/* As reply_pop(), for a reply that can_answer(). */
ALWAYS_INLINE void return_context(struct tcb *t, struct reply *reply, struct tcb *caller)
{
    struct sc *sc = reply->sc;
    if (sc != NULL) {
        struct reply *older = reply->prev;
        reply->sc = NULL;
        sc->reply = older;
        if (older != NULL) {
            older->next = NULL;
            older->sc = sc;
            reply->prev = NULL;
        }
        t->sc = NULL;
        sc->tcb = caller;
        caller->sc = sc;
    }
}

ALWAYS_INLINE enum fastpath reply_recv(struct cpu *cpu, struct tcb *t)
{
    const struct slot *to = find(t, t->regs.x[7]);
    const struct slot *from = find(t, t->regs.x[1]);
    struct words words;
    struct plan plan;

    if (to == NULL || from == NULL || to->cap.type != CAP_REPLY ||
        !is_endpoint(&from->cap, KAAL_RIGHT_READ)) {
        return FASTPATH_NONE;
    }
    struct endpoint *ep = cap_endpoint(&from->cap);
    struct reply *reply = cap_reply(&to->cap);
    struct tcb *caller = reply->tcb;
    if (!can_answer(t, reply, caller) || !is_plain_answer(t, caller, &words) ||
        !tree_is_empty(&ep->waiters) || !has_no_signal(t) || !comes_first(&cpu->sched, caller) ||
        !make_plan(&cpu->sched, caller, reply->sc != NULL ? reply->sc : caller->sc, &plan)) {
        return FASTPATH_NONE;
    }
    t->was_preempted = false;
    return_context(t, reply, caller);
    answer(t, caller, &words);
    wait_at(t, ep, reply);
    run(cpu, caller, &plan);
    return FASTPATH_REPLY_RECV;
}

/* ---- Send, signal ---------------------------------------------------------------------------- */

/* How a thread that is woken by one that stays runnable goes on. */
enum order { NOT_AT_ALL, LATER, NOW };

ALWAYS_INLINE enum order order_of(struct cpu *cpu, const struct tcb *t, const struct tcb *woken,
                                  struct plan *plan)
{
    struct sched *s = &cpu->sched;
    if (woken->sc == NULL) {
        return NOT_AT_ALL;
    }
    if (woken->domain != s->domains.current || woken->priority <= t->priority) {
        return sc_is_due(woken->sc, s->charge_start) ? LATER : NOT_AT_ALL;
    }
    return make_plan(s, woken, woken->sc, plan) ? NOW : NOT_AT_ALL;
}

ALWAYS_INLINE void let_go_on(struct cpu *cpu, struct tcb *t, struct tcb *woken, enum order order,
                             const struct plan *plan)
{
    if (order == LATER) {
        ready_link_back(&cpu->sched, woken);
    } else {
        ready_link_front(&cpu->sched, t);
        run(cpu, woken, plan);
    }
}

ALWAYS_INLINE enum fastpath send_message(struct cpu *cpu, struct tcb *t, const struct cap *cap)
{
    const word_t info = t->regs.x[2];
    struct endpoint *ep = cap_endpoint(cap);
    struct tcb *receiver;
    struct words words;
    struct plan plan;

    if (!has_receiver(ep, &receiver) || !is_plain(t, receiver, info, &words)) {
        return FASTPATH_NONE;
    }
    const enum order order = order_of(cpu, t, receiver, &plan);
    if (order == NOT_AT_ALL) {
        return FASTPATH_NONE;
    }
    tree_remove_only(&ep->waiters, &receiver->wait);
    if (receiver->reply != NULL) {
        receiver->reply->tcb = NULL;
        receiver->reply = NULL;
    }
    wake(receiver);
    copy_message(t, receiver, info, cap_badge(cap), &words);
    let_go_on(cpu, t, receiver, order, &plan);
    return FASTPATH_SEND;
}

ALWAYS_INLINE enum fastpath signal(struct cpu *cpu, struct tcb *t, struct ntfn *n, badge_t badge)
{
    struct plan plan;
    if (!n->active && n->bound != NULL && n->bound->state == TCB_BLOCKED_RECV) {
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
    struct tcb *waiter = waiting(node);
    const enum order order = order_of(cpu, t, waiter, &plan);
    if (order == NOT_AT_ALL) {
        return FASTPATH_NONE;
    }
    tree_remove_only(&n->waiters, node);
    wake(waiter);
    receive_nothing(waiter, badge);
    let_go_on(cpu, t, waiter, order, &plan);
    return order == LATER ? FASTPATH_SIGNAL : FASTPATH_SIGNAL_WAKE;
}

ALWAYS_INLINE enum fastpath send(struct cpu *cpu, struct tcb *t)
{
    const struct slot *slot = find(t, t->regs.x[1]);
    if (slot == NULL || !cap_has_rights(&slot->cap, KAAL_RIGHT_WRITE)) {
        return FASTPATH_NONE;
    }
    if (t->was_preempted) {
        return FASTPATH_NONE;
    }
    if (slot->cap.type == CAP_NOTIFICATION && kaal_msginfo_caps(t->regs.x[2]) == 0) {
        return signal(cpu, t, cap_ntfn(&slot->cap), cap_badge(&slot->cap));
    }
    return slot->cap.type == CAP_ENDPOINT ? send_message(cpu, t, &slot->cap) : FASTPATH_NONE;
}

/* ---- Wait, receive ------------------------------------------------------------------------------
 */

ALWAYS_INLINE enum fastpath receive(struct cpu *cpu, struct tcb *t, const struct cap *cap,
                                    bool takes_reply)
{
    struct endpoint *ep = cap_endpoint(cap);
    struct tcb *next = ready_first(&cpu->sched);
    struct reply *reply = NULL;
    struct plan plan;

    if (next == NULL || !tree_is_empty(&ep->waiters) || !has_no_signal(t)) {
        return FASTPATH_NONE;
    }
    if (takes_reply) {
        const struct slot *slot = find(t, t->regs.x[7]);
        reply = slot == NULL ? NULL : cap_reply(&slot->cap);
        if (reply == NULL || reply->tcb != NULL) {
            return FASTPATH_NONE;
        }
    }
    if (!make_plan(&cpu->sched, next, next->sc, &plan)) {
        return FASTPATH_NONE;
    }
    wait_at(t, ep, reply);
    ready_unlink(&cpu->sched, next);
    run(cpu, next, &plan);
    return FASTPATH_RECV;
}

ALWAYS_INLINE void take_signal(struct tcb *t, struct ntfn *n)
{
    receive_nothing(t, n->pending);
    n->pending = 0;
    n->active = false;
}

ALWAYS_INLINE enum fastpath wait_signal(struct cpu *cpu, struct tcb *t, struct ntfn *n)
{
    struct tcb *next = ready_first(&cpu->sched);
    struct plan plan;
    if (n->active) {
        take_signal(t, n);
        return FASTPATH_WAIT;
    }
    if (next == NULL || !tree_is_empty(&n->waiters) || n->sc != NULL ||
        !make_plan(&cpu->sched, next, next->sc, &plan)) {
        return FASTPATH_NONE;
    }
    t->regs.pc -= INSTRUCTION_BYTES;
    t->state = TCB_BLOCKED_NTFN;
    t->blocked_on = n;
    tree_insert_only(&n->waiters, &t->wait, (uint64_t)KAAL_MAX_PRIORITY - t->priority);
    ready_unlink(&cpu->sched, next);
    run(cpu, next, &plan);
    return FASTPATH_WAIT;
}

/* Is it a notification that t may take signals from? */
ALWAYS_INLINE bool may_wait(const struct tcb *t, const struct cap *cap)
{
    const struct ntfn *n = cap_ntfn(cap);
    return n != NULL && (n->bound == NULL || n->bound == t);
}

ALWAYS_INLINE enum fastpath wait(struct cpu *cpu, struct tcb *t, bool takes_reply)
{
    const struct slot *slot = find(t, t->regs.x[1]);
    if (slot == NULL || !cap_has_rights(&slot->cap, KAAL_RIGHT_READ)) {
        return FASTPATH_NONE;
    }
    if (slot->cap.type == CAP_ENDPOINT) {
        return receive(cpu, t, &slot->cap, takes_reply);
    }
    return may_wait(t, &slot->cap) ? wait_signal(cpu, t, cap_ntfn(&slot->cap)) : FASTPATH_NONE;
}

ALWAYS_INLINE enum fastpath poll(const struct cpu *cpu, struct tcb *t)
{
    const struct slot *slot = find(t, t->regs.x[1]);
    (void)cpu;
    if (slot == NULL || !cap_has_rights(&slot->cap, KAAL_RIGHT_READ) || !may_wait(t, &slot->cap)) {
        return FASTPATH_NONE;
    }
    struct ntfn *n = cap_ntfn(&slot->cap);
    if (n->active) {
        take_signal(t, n);
    } else {
        receive_nothing(t, 0);
    }
    return FASTPATH_POLL;
}

/* ---- Yield
 * ---------------------------------------------------------------------------------------- */

/* In turn: behind the equals, with the whole budget again. */
ALWAYS_INLINE enum fastpath yield(struct cpu *cpu, struct tcb *t)
{
    struct sched *s = &cpu->sched;
    struct tcb *next = ready_queue(s, t)->head;
    struct sc *sc = t->sc;
    struct plan plan;

    if (next == NULL || !sc_is_round_robin(sc) || !make_plan(s, next, next->sc, &plan)) {
        return FASTPATH_NONE;
    }
    ready_unlink(s, next);
    ready_link_back(s, t);
    cpu->current = next;
    change_context(s, next->sc, plan.now);
    sc_refill(sc, 0)->amount = sc->budget;
    arch_switch_to(next, plan.root, plan.asid);
    return FASTPATH_YIELD;
}

/* ---- Entry
 * ------------------------------------------------------------------------------------------ */

enum fastpath fastpath_syscall(void)
{
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    switch (t->regs.x[0]) {
    case KAAL_SYS_CALL:
        return call(cpu, t, find(t, t->regs.x[1]));
    case KAAL_SYS_REPLY_RECV:
        return reply_recv(cpu, t);
    case KAAL_SYS_SEND:
    case KAAL_SYS_NBSEND:
        return send(cpu, t);
    case KAAL_SYS_RECV:
        return wait(cpu, t, true);
    case KAAL_SYS_WAIT:
        return wait(cpu, t, false);
    case KAAL_SYS_POLL:
        return poll(cpu, t);
    case KAAL_SYS_YIELD:
        return yield(cpu, t);
    default:
        return FASTPATH_NONE;
    }
}

enum fastpath fastpath_fault(const struct fault *fault)
{
    struct cpu *cpu = arch_cpu();
    return raise(cpu, cpu->current, fault);
}

enum fastpath fastpath_signal(struct ntfn *n, badge_t badge)
{
    struct cpu *cpu = arch_cpu();
    return signal(cpu, cpu->current, n, badge);
}

/* One function for each, which ends in a jump to the slow path: what one needs
 * of registers and stack, no other saves. */
static ARCH_ENTRY __attribute__((noinline)) void enter_call(struct cpu *cpu, struct tcb *t)
{
    struct slot *slot = find(t, t->regs.x[1]);
    if (slot != NULL && is_object(&slot->cap)) {
        slowpath_invoke(t, slot);
    } else if (call(cpu, t, slot) == FASTPATH_NONE) {
        slowpath_syscall();
    }
}

#define SYSCALL_ENTRY(name, fast)                                                                 \
    static ARCH_ENTRY __attribute__((noinline)) void enter_##name(struct cpu *cpu, struct tcb *t) \
    {                                                                                             \
        if ((fast) == FASTPATH_NONE) {                                                            \
            slowpath_syscall();                                                                   \
        }                                                                                         \
    }
SYSCALL_ENTRY(reply_recv, reply_recv(cpu, t))
SYSCALL_ENTRY(send, send(cpu, t))
SYSCALL_ENTRY(recv, wait(cpu, t, true))
SYSCALL_ENTRY(wait, wait(cpu, t, false))
SYSCALL_ENTRY(poll, poll(cpu, t))
SYSCALL_ENTRY(yield, yield(cpu, t))
#undef SYSCALL_ENTRY

ALWAYS_INLINE void enter(struct cpu *cpu, struct tcb *t)
{
    const word_t number = t->regs.x[0];
    if (number == KAAL_SYS_CALL) {
        enter_call(cpu, t);
        return;
    }
    if (number == KAAL_SYS_REPLY_RECV) {
        enter_reply_recv(cpu, t);
        return;
    }
    switch (number) {
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
}

ARCH_ENTRY void kernel_irq(void)
{
    kernel_lock_acquire();
    const struct cap *cap = irq_take();
    if (cap == NULL) {
        sched_exit();
    } else if (fastpath_signal(cap_ntfn(cap), cap_badge(cap)) == FASTPATH_NONE) {
        slowpath_signal(cap_ntfn(cap), cap_badge(cap));
    }
    kernel_lock_release();
}

ARCH_ENTRY void kernel_syscall(void)
{
    kernel_lock_acquire();
    enter(arch_cpu(), arch_cpu()->current);
    kernel_lock_release();
}

ALWAYS_INLINE void user_fault(const struct fault *fault)
{
    kernel_lock_acquire();
    if (fastpath_fault(fault) == FASTPATH_NONE) {
        slowpath_fault(fault);
    }
    kernel_lock_release();
}

ARCH_ENTRY void kernel_vm_fault(vaddr_t addr, bool is_fetch, word_t esr)
{
    user_fault(&(struct fault){.kind = KAAL_FAULT_VM, .words = {addr, is_fetch, esr}});
}

ARCH_ENTRY void kernel_user_exception(word_t esr)
{
    user_fault(&(struct fault){.kind = KAAL_FAULT_USER_EXCEPTION, .words = {esr}});
}
