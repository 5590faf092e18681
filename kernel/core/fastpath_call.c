/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls, faults, and their answers. The usual way lends the context along and makes
 * no calls itself; the other one is a function of its own, so that the first
 * need not save registers for it.
 */
#include "fastpath_parts.h"
#include "ipc.h"
#include "lock.h"
#include "syscall.h"

/* ---- Who takes a call or a fault --------------------------------------------------------- */

struct meeting {
    struct endpoint *ep;
    struct tcb *receiver;
    struct reply *reply;
    struct space space;
};

ALWAYS_INLINE bool find_receiver(const struct cpu *cpu, const struct cap *cap, struct meeting *m)
{
    if (cap->type != CAP_ENDPOINT || !cap_has_rights(cap, KAAL_RIGHT_WRITE) ||
        (cap->rights & (KAAL_RIGHT_GRANT | KAAL_RIGHT_GRANT_REPLY)) == 0) {
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

/* t waits for an answer, and the receiver goes on. */
ALWAYS_INLINE void meet(struct tcb *t, const struct meeting *m)
{
    leave_endpoint(m->ep, m->receiver);
    go_on(m->receiver);
    m->reply->tcb = t;
    t->reply = m->reply;
    t->blocked_on = m->reply;
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

/* The receiver's own context, if it has one, is the one in use from now on. */
ALWAYS_INLINE bool change_if_own(struct cpu *cpu, const struct tcb *receiver)
{
    return receiver->sc == NULL || clock_change(&cpu->sched, receiver->sc);
}

ALWAYS_INLINE void lend_if_none(struct tcb *t, const struct meeting *m)
{
    if (m->receiver->sc == NULL) {
        lend_context(t, m->receiver, m->reply);
    }
}

/* ---- Call ---------------------------------------------------------------------------------- */

ALWAYS_INLINE void pass_call(struct tcb *t, const struct meeting *m, word_t info, badge_t badge,
                             const struct words *words)
{
    copy_message(t, m->receiver, info, badge, words);
    t->regs.pc -= INSTRUCTION_BYTES;
    t->was_preempted = false;
    meet(t, m);
}

/* With capabilities, or to a receiver with a context of its own. */
ALWAYS_INLINE bool call_otherwise(struct cpu *cpu, struct tcb *t, const struct cap *cap,
                                  const struct meeting *m)
{
    const word_t info = t->regs.x[2];
    const word_t plain = info & ~((word_t)KAAL_MSGINFO_CAPS_MASK << KAAL_MSGINFO_CAPS_SHIFT);
    const unsigned caps = kaal_msginfo_caps(info);
    struct slot *sent[KAAL_MSG_CAPS];
    struct words words;

    if (!is_plain(t, m->receiver, plain, &words) || (caps > 0 && !ipc_find_caps(t, caps, sent)) ||
        !change_if_own(cpu, m->receiver)) {
        return false;
    }
    pass_call(t, m, plain, cap_badge(cap), &words);
    if (caps > 0 && cap_has_rights(cap, KAAL_RIGHT_GRANT)) {
        m->receiver->regs.x[0] |= ipc_pass_caps(sent, caps, m->receiver, m->ep);
    }
    lend_if_none(t, m);
    run(cpu, m->receiver, &m->space);
    return true;
}

static ARCH_ENTRY __attribute__((noinline)) void enter_call(struct cpu *cpu, struct tcb *t,
                                                            struct slot *slot)
{
    struct meeting m;
    if (!find_receiver(cpu, &slot->cap, &m) || !call_otherwise(cpu, t, &slot->cap, &m)) {
        slowpath_syscall();
    }
}

/* Through several CNodes. */
static ARCH_ENTRY __attribute__((noinline)) void enter_call_far(struct cpu *cpu, struct tcb *t)
{
    struct slot *slot = cspace_find(t, t->regs.x[1]);
    if (slot == NULL) {
        slowpath_syscall();
    } else if (cap_is_invoked(&slot->cap)) {
        slowpath_invoke(t, slot);
    } else {
        enter_call(cpu, t, slot);
    }
}

ARCH_ENTRY void kernel_call(void)
{
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    const word_t info = t->regs.x[2];
    struct slot *slot;
    struct meeting m;
    struct words words;

    if (!find(t, t->regs.x[1], &slot)) {
        enter_call_far(cpu, t);
    } else if (find_receiver(cpu, &slot->cap, &m) && m.receiver->sc == NULL &&
               is_plain(t, m.receiver, info, &words)) {
        pass_call(t, &m, info, cap_badge(&slot->cap), &words);
        lend_context(t, m.receiver, m.reply);
        run(cpu, m.receiver, &m.space);
    } else if (cap_is_invoked(&slot->cap)) {
        slowpath_invoke(t, slot);
    } else {
        enter_call(cpu, t, slot);
    }
    kernel_lock_release();
}

/* ---- Fault --------------------------------------------------------------------------------- */

ALWAYS_INLINE bool pass_vm_fault(struct cpu *cpu, struct tcb *t, vaddr_t addr, bool is_fetch,
                                 word_t esr)
{
    const struct cap *cap = &t->slots[TCB_SLOT_FAULT_HANDLER].cap;
    struct meeting m;
    if (!find_receiver(cpu, cap, &m) || !change_if_own(cpu, m.receiver)) {
        return false;
    }
    word_t *y = m.receiver->regs.x;
    y[0] = kaal_msginfo(KAAL_FAULT_VM, 0, 4);
    y[1] = cap_badge(cap);
    y[3] = t->regs.pc;
    y[4] = addr;
    y[5] = is_fetch;
    y[6] = esr;
    t->fault = (struct fault){.kind = KAAL_FAULT_VM, .words = {addr, is_fetch, esr}};
    meet(t, &m);
    lend_if_none(t, &m);
    run(cpu, m.receiver, &m.space);
    return true;
}

static __attribute__((noinline)) void raise_vm_fault(vaddr_t addr, bool is_fetch, word_t esr)
{
    slowpath_fault(&(struct fault){.kind = KAAL_FAULT_VM, .words = {addr, is_fetch, esr}});
}

ARCH_ENTRY void kernel_vm_fault(vaddr_t addr, bool is_fetch, word_t esr)
{
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    if (!pass_vm_fault(cpu, cpu->current, addr, is_fetch, esr)) {
        raise_vm_fault(addr, is_fetch, esr);
    }
    kernel_lock_release();
}

ARCH_ENTRY void kernel_user_exception(word_t esr)
{
    kernel_lock_acquire();
    slowpath_fault(&(struct fault){.kind = KAAL_FAULT_USER_EXCEPTION, .words = {esr}});
    kernel_lock_release();
}

/* ---- Answer, and wait for the next ------------------------------------------------------------
 */

struct answer {
    struct endpoint *ep; /* where t waits then */
    struct reply *reply;
    struct tcb *caller;
    struct space space;
};

ALWAYS_INLINE bool can_answer(const struct tcb *t, const struct slot *to, const struct slot *from,
                              struct answer *a)
{
    if (to->cap.type != CAP_REPLY || from->cap.type != CAP_ENDPOINT ||
        !cap_has_rights(&from->cap, KAAL_RIGHT_READ)) {
        return false;
    }
    a->ep = (struct endpoint *)from->cap.obj;
    a->reply = (struct reply *)to->cap.obj;
    a->caller = a->reply->tcb;
    return tree_is_empty(&a->ep->waiters) && has_no_signal(t);
}

ALWAYS_INLINE bool find_answer(const struct tcb *t, struct answer *a)
{
    struct slot *to, *from;
    return find(t, t->regs.x[7], &to) && find(t, t->regs.x[1], &from) && can_answer(t, to, from, a);
}

/* Also through several CNodes. */
ALWAYS_INLINE bool find_answer_far(const struct tcb *t, struct answer *a)
{
    struct slot *to, *from;
    return find_far(t, t->regs.x[7], &to) && find_far(t, t->regs.x[1], &from) &&
           can_answer(t, to, from, a);
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

/* t waits for the next call, and the caller runs. */
ALWAYS_INLINE void part(struct cpu *cpu, struct tcb *t, const struct answer *a)
{
    t->was_preempted = false;
    wait_at(t, a->ep, a->reply);
    a->reply->tcb = t;
    run(cpu, a->caller, &a->space);
}

ALWAYS_INLINE bool reply_has_neighbours(const struct reply *reply)
{
    return ((uintptr_t)reply->prev | (uintptr_t)reply->next) != 0;
}

/* Is the caller's context not t's, but one of its own? If that can be used at once
 * (clock_change()), a timeout endpoint has nothing to hear. */
ALWAYS_INLINE bool is_own(const struct answer *a)
{
    return a->caller != NULL && a->caller->state == TCB_BLOCKED_REPLY && a->caller->sc != NULL &&
           a->reply->sc == NULL && !reply_has_neighbours(a->reply);
}

/* Of a fault, or with a context of the caller's own. */
ALWAYS_INLINE bool answer_otherwise(struct cpu *cpu, struct tcb *t, struct answer *a, bool is_lent)
{
    struct tcb *caller = a->caller;
    const word_t info = t->regs.x[2];
    struct words words;
    if (!(is_lent ? caller->sc == NULL : is_own(a)) || !can_run(cpu, a)) {
        return false;
    }
    const bool is_call = caller->fault.kind == KAAL_FAULT_NONE;
    const bool is_word_to_go_on =
        caller->fault.kind == KAAL_FAULT_VM && info <= KAAL_MSGINFO_LENGTH_MASK;
    if (!(is_call ? is_plain(t, caller, info, &words) : is_word_to_go_on) ||
        !(is_lent || clock_change(&cpu->sched, caller->sc))) {
        return false;
    }
    if (is_lent) {
        return_context(t, a->reply, caller);
    }
    go_on(caller);
    if (is_call) {
        copy_message(t, caller, info, 0, &words);
    } else {
        caller->fault.kind = KAAL_FAULT_NONE;
        caller->regs.pc -= INSTRUCTION_BYTES; /* to be tried again */
    }
    part(cpu, t, a);
    return true;
}

static ARCH_ENTRY __attribute__((noinline)) void enter_answer(struct cpu *cpu, struct tcb *t,
                                                              struct endpoint *ep,
                                                              struct reply *reply,
                                                              struct tcb *caller)
{
    struct answer a = {.ep = ep, .reply = reply, .caller = caller};
    if (!answer_otherwise(cpu, t, &a, reply->sc == t->sc)) {
        slowpath_syscall();
    }
}

static ARCH_ENTRY __attribute__((noinline)) void enter_answer_far(struct cpu *cpu, struct tcb *t)
{
    struct answer a;
    if (find_answer_far(t, &a)) {
        enter_answer(cpu, t, a.ep, a.reply, a.caller);
    } else {
        slowpath_syscall();
    }
}

ARCH_ENTRY void kernel_reply_recv(void)
{
    kernel_lock_acquire();
    struct cpu *cpu = arch_cpu();
    struct tcb *t = cpu->current;
    const word_t info = t->regs.x[2];
    struct answer a;
    struct words words;

    if (!find_answer(t, &a)) {
        enter_answer_far(cpu, t);
    } else if (a.reply->sc == t->sc && a.caller->sc == NULL &&
               a.caller->fault.kind == KAAL_FAULT_NONE && can_run(cpu, &a) &&
               is_plain(t, a.caller, info, &words)) {
        return_context(t, a.reply, a.caller);
        go_on(a.caller);
        copy_message(t, a.caller, info, 0, &words);
        part(cpu, t, &a);
    } else {
        enter_answer(cpu, t, a.ep, a.reply, a.caller);
    }
    kernel_lock_release();
}
