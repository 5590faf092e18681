/* SPDX-License-Identifier: Apache-2.0 */
/* Calls, faults, and their answers. */
#include "fastpath_parts.h"
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

ALWAYS_INLINE void pass_call(struct tcb *t, const struct meeting *m, badge_t badge,
                             const struct words *words)
{
    leave_endpoint(m->ep, m->receiver);
    go_on(m->receiver);
    copy_message(t, m->receiver, t->regs.x[2], badge, words);
    t->regs.pc -= INSTRUCTION_BYTES;
    t->was_preempted = false;
    await_answer(t, m->reply);
}

ALWAYS_INLINE enum fastpath call(struct cpu *cpu, struct tcb *t, const struct cap *cap)
{
    struct meeting m;
    struct words words;
    ticks_t now;

    if (!find_receiver(cpu, cap, &m) || !is_plain(t, m.receiver, t->regs.x[2], &words)) {
        return FASTPATH_NONE;
    }
    if (m.receiver->sc == NULL) {
        pass_call(t, &m, cap_badge(cap), &words);
        lend_context(t, m.receiver, m.reply);
        run(cpu, m.receiver, &m.space);
        return FASTPATH_CALL;
    }
    if (!can_change(&cpu->sched, m.receiver->sc, &now)) {
        return FASTPATH_NONE;
    }
    pass_call(t, &m, cap_badge(cap), &words);
    run_other(cpu, m.receiver, &m.space, now);
    return FASTPATH_CALL;
}

ALWAYS_INLINE void pass_fault(struct tcb *t, const struct meeting *m, const struct fault *fault,
                              badge_t badge)
{
    word_t *y = m->receiver->regs.x;
    const bool is_vm = fault->kind == KAAL_FAULT_VM;
    leave_endpoint(m->ep, m->receiver);
    go_on(m->receiver);
    t->fault = *fault;
    y[0] = kaal_msginfo(fault->kind, 0, 4);
    y[1] = badge;
    y[3] = t->regs.pc;
    y[4] = is_vm ? fault->words[0] : t->regs.sp;
    y[5] = is_vm ? fault->words[1] : t->regs.pstate;
    y[6] = is_vm ? fault->words[2] : fault->words[0];
    await_answer(t, m->reply);
}

ALWAYS_INLINE enum fastpath raise(struct cpu *cpu, struct tcb *t, const struct fault *fault)
{
    const struct cap *cap = &t->slots[TCB_SLOT_FAULT_HANDLER].cap;
    struct meeting m;
    ticks_t now;

    if (!find_receiver(cpu, cap, &m)) {
        return FASTPATH_NONE;
    }
    if (m.receiver->sc == NULL) {
        pass_fault(t, &m, fault, cap_badge(cap));
        lend_context(t, m.receiver, m.reply);
        run(cpu, m.receiver, &m.space);
        return FASTPATH_FAULT;
    }
    if (!can_change(&cpu->sched, m.receiver->sc, &now)) {
        return FASTPATH_NONE;
    }
    pass_fault(t, &m, fault, cap_badge(cap));
    run_other(cpu, m.receiver, &m.space, now);
    return FASTPATH_FAULT;
}

/* ---- Answer and receive ------------------------------------------------------------------ */

/* The words of a message, or nothing but a label that says to go on. */
ALWAYS_INLINE bool is_plain_answer(const struct tcb *t, const struct tcb *caller,
                                   struct words *words)
{
    const word_t info = t->regs.x[2];
    if (caller->fault.kind == KAAL_FAULT_NONE) {
        return is_plain(t, caller, info, words);
    }
    return caller->fault.kind == KAAL_FAULT_VM && info <= KAAL_MSGINFO_LENGTH_MASK;
}

ALWAYS_INLINE void answer(struct tcb *t, struct tcb *caller, const struct words *words)
{
    t->was_preempted = false;
    go_on(caller);
    if (caller->fault.kind == KAAL_FAULT_NONE) {
        copy_message(t, caller, t->regs.x[2], 0, words);
    } else {
        caller->fault.kind = KAAL_FAULT_NONE;
        caller->regs.pc -= INSTRUCTION_BYTES;
    }
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

ALWAYS_INLINE enum fastpath reply_recv(struct cpu *cpu, struct tcb *t)
{
    struct slot *to, *from;
    struct space space;
    struct words words;
    ticks_t now;

    if (!find(t, t->regs.x[7], &to) || !find(t, t->regs.x[1], &from) || to->cap.type != CAP_REPLY ||
        from->cap.type != CAP_ENDPOINT || !cap_has_rights(&from->cap, KAAL_RIGHT_READ)) {
        return FASTPATH_NONE;
    }
    struct endpoint *ep = (struct endpoint *)from->cap.obj;
    struct reply *reply = (struct reply *)to->cap.obj;
    struct tcb *caller = reply->tcb;
    if (caller == NULL || caller->state != TCB_BLOCKED_REPLY || !tree_is_empty(&ep->waiters) ||
        !has_no_signal(t) || !is_plain_answer(t, caller, &words) ||
        !ready_comes_first(&cpu->sched, caller) || !find_space(caller, &space)) {
        return FASTPATH_NONE;
    }
    if (caller->sc == NULL) {
        if (reply->sc != t->sc) {
            return FASTPATH_NONE;
        }
        return_context(t, reply, caller);
        answer(t, caller, &words);
        wait_at(t, ep, reply);
        reply->tcb = t;
        run(cpu, caller, &space);
        return FASTPATH_REPLY_RECV;
    }
    if (reply->sc != NULL || reply->prev != NULL || reply->next != NULL ||
        fault_has_timeout(caller) || !can_change(&cpu->sched, caller->sc, &now)) {
        return FASTPATH_NONE;
    }
    answer(t, caller, &words);
    wait_at(t, ep, reply);
    reply->tcb = t;
    run_other(cpu, caller, &space, now);
    return FASTPATH_REPLY_RECV;
}

/* ---- Entry
 * ------------------------------------------------------------------------------------------ */

/* Is it what invocations.def lists calls on? */
ALWAYS_INLINE bool is_object(const struct cap *cap)
{
    const uint32_t others = 1U << CAP_NULL | 1U << CAP_ENDPOINT | 1U << CAP_NOTIFICATION |
                            1U << CAP_REPLY | 1U << CAP_ZOMBIE;
    return (others >> cap->type & 1) == 0;
}

enum fastpath fastpath_call(void)
{
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    struct slot *slot;
    return find(t, t->regs.x[1], &slot) ? call(cpu, t, &slot->cap) : FASTPATH_NONE;
}

enum fastpath fastpath_reply_recv(void)
{
    struct cpu *cpu = arch_cpu();
    return reply_recv(cpu, cpu->current);
}

enum fastpath fastpath_fault(const struct fault *fault)
{
    struct cpu *cpu = arch_cpu();
    return raise(cpu, cpu->current, fault);
}

ARCH_ENTRY void kernel_call(void)
{
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    struct slot *slot;
    if (!find(t, t->regs.x[1], &slot)) {
        slowpath_syscall();
    } else if (call(cpu, t, &slot->cap) == FASTPATH_NONE) {
        if (is_object(&slot->cap)) {
            slowpath_invoke(t, slot);
        } else {
            slowpath_syscall();
        }
    }
    kernel_lock_release();
}

ARCH_ENTRY void kernel_reply_recv(void)
{
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    if (reply_recv(cpu, cpu->current) == FASTPATH_NONE) {
        slowpath_syscall();
    }
    kernel_lock_release();
}

ALWAYS_INLINE void user_fault(const struct fault *fault)
{
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    if (raise(cpu, cpu->current, fault) == FASTPATH_NONE) {
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
