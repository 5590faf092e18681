/* SPDX-License-Identifier: Apache-2.0 */
/* Calls, faults, and their answers. */
#include "fastpath_parts.h"
#include "ipc.h"
#include "lock.h"
#include "syscall.h"

/* ---- Call, fault ---------------------------------------------------------------------- */

/* t waits for an answer through reply. */
ALWAYS_INLINE void await_answer(struct tcb *t, struct reply *reply)
{
    reply->tcb = t;
    t->reply = reply;
    t->blocked_on = reply;
    t->state = TCB_BLOCKED_REPLY;
}

/* As reply_push(), with the context. */
ALWAYS_INLINE void lend_context(struct tcb *t, struct tcb *receiver, struct reply *reply)
{
    struct sc *sc = t->sc;
    struct reply *older = sc->reply;
    if (older != NULL) {
        older->sc = NULL;
        older->next = reply;
        reply->prev = older;
    }
    reply->sc = sc;
    sc->reply = reply;
    sc->tcb = receiver;
    receiver->sc = sc;
    t->sc = NULL;
}

/* Who takes a call or a fault, and how. */
struct meeting {
    struct endpoint *ep;
    struct tcb *receiver;
    struct reply *reply;
    struct space space;
};

ALWAYS_INLINE bool find_receiver(const struct cpu *cpu, const struct cap *cap, struct meeting *m)
{
    if (cap->type != CAP_ENDPOINT || !cap_has_rights(cap, KAAL_RIGHT_WRITE) ||
        !can_want_answer(cap)) {
        return false;
    }
    m->ep = (struct endpoint *)cap->obj;
    m->receiver = lone_receiver(m->ep);
    if (m->receiver == NULL) {
        return false;
    }
    m->reply = m->receiver->reply;
    return m->reply != NULL && ready_comes_first(&cpu->sched, m->receiver) &&
           find_space(m->receiver, &m->space);
}

ALWAYS_INLINE void pass_call(struct tcb *t, const struct meeting *m, word_t info, badge_t badge,
                             const struct words *words)
{
    leave_endpoint(m->ep, m->receiver);
    go_on(m->receiver);
    copy_message(t, m->receiver, info, badge, words);
    t->regs.pc -= INSTRUCTION_BYTES;
    t->was_preempted = false;
    await_answer(t, m->reply);
}

/* With t's context, to a receiver without one. */
ALWAYS_INLINE enum fastpath call_lending(struct cpu *cpu, struct tcb *t, badge_t badge,
                                         const struct meeting *m)
{
    const word_t info = t->regs.x[2];
    struct words words;
    if (!is_plain(t, m->receiver, info, &words)) {
        return FASTPATH_NONE;
    }
    pass_call(t, m, info, badge, &words);
    lend_context(t, m->receiver, m->reply);
    run(cpu, m->receiver, &m->space);
    return FASTPATH_CALL;
}

/* To a receiver with a context of its own. */
ALWAYS_INLINE enum fastpath call_own(struct cpu *cpu, struct tcb *t, badge_t badge,
                                     const struct meeting *m)
{
    const word_t info = t->regs.x[2];
    struct words words;
    if (!is_plain(t, m->receiver, info, &words) || !clock_change(&cpu->sched, m->receiver->sc)) {
        return FASTPATH_NONE;
    }
    pass_call(t, m, info, badge, &words);
    run(cpu, m->receiver, &m->space);
    return FASTPATH_CALL;
}

ALWAYS_INLINE void pass_fault(struct tcb *t, const struct meeting *m, const struct fault *fault,
                              badge_t badge)
{
    word_t *y = m->receiver->regs.x;
    leave_endpoint(m->ep, m->receiver);
    go_on(m->receiver);
    t->fault = *fault;
    y[0] = kaal_msginfo(KAAL_FAULT_VM, 0, 4);
    y[1] = badge;
    y[3] = t->regs.pc;
    y[4] = fault->words[0];
    y[5] = fault->words[1];
    y[6] = fault->words[2];
    await_answer(t, m->reply);
}

ALWAYS_INLINE enum fastpath raise(struct cpu *cpu, struct tcb *t, const struct fault *fault)
{
    const struct cap *cap = &t->slots[TCB_SLOT_FAULT_HANDLER].cap;
    struct meeting m;

    if (fault->kind != KAAL_FAULT_VM || !find_receiver(cpu, cap, &m)) {
        return FASTPATH_NONE;
    }
    if (m.receiver->sc == NULL) {
        pass_fault(t, &m, fault, cap_badge(cap));
        lend_context(t, m.receiver, m.reply);
        run(cpu, m.receiver, &m.space);
        return FASTPATH_FAULT;
    }
    if (!clock_change(&cpu->sched, m.receiver->sc)) {
        return FASTPATH_NONE;
    }
    pass_fault(t, &m, fault, cap_badge(cap));
    run(cpu, m.receiver, &m.space);
    return FASTPATH_FAULT;
}

/* As call_lending() or call_own(), with capabilities. */
ALWAYS_INLINE enum fastpath call_with_caps(struct cpu *cpu, struct tcb *t, const struct cap *cap,
                                           const struct meeting *m)
{
    const word_t caps_mask = (word_t)KAAL_MSGINFO_CAPS_MASK << KAAL_MSGINFO_CAPS_SHIFT;
    const word_t info = t->regs.x[2] & ~caps_mask;
    const unsigned count = kaal_msginfo_caps(t->regs.x[2]);
    const bool is_lending = m->receiver->sc == NULL;
    struct slot *sent[KAAL_MSG_CAPS];
    struct words words;

    if (count == 0 || !is_plain(t, m->receiver, info, &words) || !ipc_find_caps(t, count, sent) ||
        (!is_lending && !clock_change(&cpu->sched, m->receiver->sc))) {
        return FASTPATH_NONE;
    }
    pass_call(t, m, info, cap_badge(cap), &words);
    if (cap_has_rights(cap, KAAL_RIGHT_GRANT)) {
        m->receiver->regs.x[0] |= ipc_pass_caps(sent, count, m->receiver, m->ep);
    }
    if (is_lending) {
        lend_context(t, m->receiver, m->reply);
    }
    run(cpu, m->receiver, &m->space);
    return FASTPATH_CALL_CAPS;
}

/* ---- Answer and receive ------------------------------------------------------------------ */

/* An answer, and who waits for it. */
struct answer {
    struct endpoint *ep; /* where t waits then */
    struct reply *reply;
    struct tcb *caller;
    struct space space;
};

ALWAYS_INLINE bool find_answer(const struct tcb *t, struct answer *a)
{
    struct slot *to, *from;
    if (!find(t, t->regs.x[7], &to) || !find(t, t->regs.x[1], &from) || to->cap.type != CAP_REPLY ||
        from->cap.type != CAP_ENDPOINT || !cap_has_rights(&from->cap, KAAL_RIGHT_READ)) {
        return false;
    }
    a->ep = (struct endpoint *)from->cap.obj;
    a->reply = (struct reply *)to->cap.obj;
    a->caller = a->reply->tcb;
    return tree_is_empty(&a->ep->waiters) && has_no_signal(t);
}

ALWAYS_INLINE bool can_run(const struct cpu *cpu, struct answer *a)
{
    return ready_comes_first(&cpu->sched, a->caller) && find_space(a->caller, &a->space);
}

/* As reply_pop(), with the context. */
ALWAYS_INLINE void return_context(struct tcb *t, struct reply *reply, struct tcb *caller)
{
    struct sc *sc = t->sc;
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

ALWAYS_INLINE void answer_call(struct tcb *t, const struct answer *a, word_t info,
                               const struct words *words)
{
    t->was_preempted = false;
    go_on(a->caller);
    copy_message(t, a->caller, info, 0, words);
    wait_at(t, a->ep, a->reply);
    a->reply->tcb = t;
}

/* It says no more than to go on. */
ALWAYS_INLINE bool is_plain_fault_answer(const struct tcb *t, const struct tcb *caller)
{
    return caller->fault.kind == KAAL_FAULT_VM && t->regs.x[2] <= KAAL_MSGINFO_LENGTH_MASK;
}

ALWAYS_INLINE void answer_fault(struct tcb *t, const struct answer *a)
{
    struct tcb *caller = a->caller;
    t->was_preempted = false;
    caller->reply = NULL;
    caller->blocked_on = NULL;
    caller->state = TCB_RUNNING;
    caller->fault.kind = KAAL_FAULT_NONE;
    wait_at(t, a->ep, a->reply);
    a->reply->tcb = t;
}

/* The caller's context goes back with the answer. */
ALWAYS_INLINE enum fastpath answer_lent(struct cpu *cpu, struct tcb *t, struct answer *a)
{
    const word_t info = t->regs.x[2];
    struct words words;
    if (a->caller->sc != NULL || !can_run(cpu, a)) {
        return FASTPATH_NONE;
    }
    if (__builtin_expect(a->caller->fault.kind == KAAL_FAULT_NONE, true)) {
        if (!is_plain(t, a->caller, info, &words)) {
            return FASTPATH_NONE;
        }
        return_context(t, a->reply, a->caller);
        answer_call(t, a, info, &words);
    } else {
        if (!is_plain_fault_answer(t, a->caller)) {
            return FASTPATH_NONE;
        }
        return_context(t, a->reply, a->caller);
        answer_fault(t, a);
    }
    run(cpu, a->caller, &a->space);
    return FASTPATH_REPLY_RECV;
}

/* Both have contexts of their own. */
ALWAYS_INLINE enum fastpath answer_own(struct cpu *cpu, struct tcb *t, struct answer *a)
{
    const struct reply *reply = a->reply;
    const word_t info = t->regs.x[2];
    struct tcb *caller = a->caller;
    struct words words;

    if (caller == NULL || caller->state != TCB_BLOCKED_REPLY || caller->sc == NULL ||
        reply->sc != NULL || reply->prev != NULL || reply->next != NULL ||
        fault_has_timeout(caller) || !can_run(cpu, a)) {
        return FASTPATH_NONE;
    }
    const bool is_call = caller->fault.kind == KAAL_FAULT_NONE;
    if (!(is_call ? is_plain(t, caller, info, &words) : is_plain_fault_answer(t, caller)) ||
        !clock_change(&cpu->sched, caller->sc)) {
        return FASTPATH_NONE;
    }
    if (is_call) {
        answer_call(t, a, info, &words);
    } else {
        answer_fault(t, a);
    }
    run(cpu, caller, &a->space);
    return FASTPATH_REPLY_RECV;
}

/* ---- Entry
 * ------------------------------------------------------------------------------------------ */

enum fastpath fastpath_call(void)
{
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    struct slot *slot;
    struct meeting m;
    if (!find(t, t->regs.x[1], &slot) || !find_receiver(cpu, &slot->cap, &m)) {
        return FASTPATH_NONE;
    }
    if (kaal_msginfo_caps(t->regs.x[2]) != 0) {
        return call_with_caps(cpu, t, &slot->cap, &m);
    }
    return m.receiver->sc == NULL ? call_lending(cpu, t, cap_badge(&slot->cap), &m)
                                  : call_own(cpu, t, cap_badge(&slot->cap), &m);
}

enum fastpath fastpath_reply_recv(void)
{
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    struct answer a;
    if (!find_answer(t, &a)) {
        return FASTPATH_NONE;
    }
    return a.reply->sc == t->sc ? answer_lent(cpu, t, &a) : answer_own(cpu, t, &a);
}

/* Is it what invocations.def lists calls on? */
ALWAYS_INLINE bool is_object(const struct cap *cap)
{
    const uint32_t others = 1U << CAP_NULL | 1U << CAP_ENDPOINT | 1U << CAP_NOTIFICATION |
                            1U << CAP_REPLY | 1U << CAP_ZOMBIE;
    return (others >> cap->type & 1) == 0;
}

enum fastpath fastpath_fault(const struct fault *fault)
{
    struct cpu *cpu = arch_cpu();
    return raise(cpu, cpu->current, fault);
}

static ARCH_ENTRY __attribute__((noinline)) void call_slowly(struct tcb *t, struct slot *slot)
{
    if (is_object(&slot->cap)) {
        slowpath_invoke(t, slot);
    } else {
        slowpath_syscall();
    }
}

/* The rarer ways are functions of their own: they make calls, for which the
 * others would save registers. */
static ARCH_ENTRY __attribute__((noinline)) void
enter_call_own(struct cpu *cpu, struct tcb *t, struct slot *slot, struct tcb *receiver)
{
    struct meeting m = {
        .ep = (struct endpoint *)slot->cap.obj, .receiver = receiver, .reply = receiver->reply};
    if (!find_space(receiver, &m.space) ||
        call_own(cpu, t, cap_badge(&slot->cap), &m) == FASTPATH_NONE) {
        slowpath_syscall();
    }
}

static ARCH_ENTRY __attribute__((noinline)) void
enter_call_with_caps(struct cpu *cpu, struct tcb *t, struct slot *slot, struct tcb *receiver)
{
    struct meeting m = {
        .ep = (struct endpoint *)slot->cap.obj, .receiver = receiver, .reply = receiver->reply};
    if (!find_space(receiver, &m.space) ||
        call_with_caps(cpu, t, &slot->cap, &m) == FASTPATH_NONE) {
        slowpath_syscall();
    }
}

ARCH_ENTRY void kernel_call(void)
{
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    struct slot *slot;
    struct meeting m;
    if (!find(t, t->regs.x[1], &slot)) {
        slowpath_syscall();
    } else if (!find_receiver(cpu, &slot->cap, &m)) {
        call_slowly(t, slot);
    } else if (m.receiver->sc != NULL) {
        enter_call_own(cpu, t, slot, m.receiver);
    } else if (call_lending(cpu, t, cap_badge(&slot->cap), &m) == FASTPATH_NONE) {
        enter_call_with_caps(cpu, t, slot, m.receiver);
    }
    kernel_lock_release();
}

static ARCH_ENTRY __attribute__((noinline)) void
enter_answer_own(struct cpu *cpu, struct tcb *t, struct endpoint *ep, struct reply *reply)
{
    struct answer a = {.ep = ep, .reply = reply, .caller = reply->tcb};
    if (answer_own(cpu, t, &a) == FASTPATH_NONE) {
        slowpath_syscall();
    }
}

ARCH_ENTRY void kernel_reply_recv(void)
{
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    struct answer a;
    if (!find_answer(t, &a)) {
        slowpath_syscall();
    } else if (a.reply->sc != t->sc) {
        enter_answer_own(cpu, t, a.ep, a.reply);
    } else if (answer_lent(cpu, t, &a) == FASTPATH_NONE) {
        slowpath_syscall();
    }
    kernel_lock_release();
}

ARCH_ENTRY void kernel_vm_fault(vaddr_t addr, bool is_fetch, word_t esr)
{
    const struct fault fault = {.kind = KAAL_FAULT_VM, .words = {addr, is_fetch, esr}};
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    if (raise(cpu, cpu->current, &fault) == FASTPATH_NONE) {
        slowpath_fault(&fault);
    }
    kernel_lock_release();
}

ARCH_ENTRY void kernel_user_exception(word_t esr)
{
    kernel_lock_acquire();
    slowpath_fault(&(struct fault){.kind = KAAL_FAULT_USER_EXCEPTION, .words = {esr}});
    kernel_lock_release();
}
