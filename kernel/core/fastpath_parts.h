/* SPDX-License-Identifier: Apache-2.0 */
/* What the fast paths have in common. Conditions first: they change nothing. */
#pragma once
#include "object/asid.h"
#include "object/endpoint.h"
#include "object/reply.h"
#include "object/sched_context.h"

#include "clock.h"
#include "cpu.h"
#include "cspace.h"
#include "fastpath.h"
#include "fault.h"
#include "lib/inline.h"
#include "ready.h"

enum { INSTRUCTION_BYTES = 4 };

/* ---- Capabilities -------------------------------------------------------------- */

/* As cspace_lookup() where one CNode takes all bits, else false. The slot holds
 * no other type that has that many (KI-14). Masked, not compared: also in
 * speculation it is a slot of this CNode. */
ALWAYS_INLINE bool find(const struct tcb *t, cptr_t cptr, struct slot **slot)
{
    const struct cap *root = &t->slots[TCB_SLOT_CSPACE].cap;
    const unsigned radix = cap_cnode_radix(root);
    if (cap_cnode_bits(root) != KAAL_CPTR_BITS || cptr >> radix != cap_cnode_guard(root)) {
        return false;
    }
    *slot = &cap_cnode_slots(root)[cptr & ~(~(word_t)0 << radix)];
    return true;
}

/* As cspace_lookup(). */
ALWAYS_INLINE bool find_far(const struct tcb *t, cptr_t cptr, struct slot **slot)
{
    if (find(t, cptr, slot)) {
        return true;
    }
    *slot = cspace_find(t, cptr);
    return *slot != NULL;
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

/* Words alone? Bits that only a receiver sees must be clear. */
ALWAYS_INLINE bool is_plain(const struct tcb *from, const struct tcb *to, word_t info,
                            struct words *words)
{
    const word_t length = info & (((word_t)1 << KAAL_MSGINFO_LABEL_SHIFT) - 1);
    return length <= KAAL_MSG_REGS || (length <= KAAL_MSG_MAX && find_words(from, to, words));
}

ALWAYS_INLINE void copy_words(const struct tcb *from, struct tcb *to, unsigned length,
                              const struct words *words)
{
    const word_t *x = from->regs.x + 3;
    word_t *y = to->regs.x + 3;
    if (length < KAAL_MSG_REGS) {
        for (unsigned i = 0; i < length; i++) {
            y[i] = x[i];
        }
        return;
    }
    const word_t w0 = x[0], w1 = x[1], w2 = x[2], w3 = x[3];
    y[0] = w0;
    y[1] = w1;
    y[2] = w2;
    y[3] = w3;
    NO_UNROLL
    for (unsigned i = KAAL_MSG_REGS; i < length; i++) {
        words->to[i] = words->from[i];
    }
}

/* Pre: is_plain(). */
ALWAYS_INLINE void copy_message(const struct tcb *from, struct tcb *to, word_t info, badge_t badge,
                                const struct words *words)
{
    const unsigned length = kaal_msginfo_length(info);
    to->regs.x[0] = info;
    to->regs.x[1] = badge;
    if (length != 0) {
        copy_words(from, to, length, words);
    }
}

ALWAYS_INLINE void set_signal(struct tcb *t, badge_t badge)
{
    t->regs.x[0] = 0;
    t->regs.x[1] = badge;
}

/* ---- Who runs next ---------------------------------------------------------------- */

struct space {
    pte_t *root;
    unsigned asid;
};

/* As asid_root_of(), of a slot that holds an address space or nothing (KI-14). */
ALWAYS_INLINE bool find_space(const struct tcb *t, struct space *space)
{
    const struct cap *cap = &t->slots[TCB_SLOT_VSPACE].cap;
    *space = (struct space){.root = (pte_t *)cap->obj, .asid = cap_asid(cap)};
    return asid_is_of(space->asid, space->root);
}

/* The next thread runs. */
ALWAYS_INLINE void run(struct cpu *cpu, struct tcb *next, const struct space *space)
{
    cpu->current = next;
    arch_switch_to(next, space->root, space->asid);
}

/* ---- Waiting at an endpoint ---------------------------------------------------------- */

/* The receiver that waits there alone, or NULL. What follows is addressed from
 * the thread, whatever else points into it. */
ALWAYS_INLINE struct tcb *lone_receiver(const struct endpoint *ep)
{
    struct tcb *t = ep->lone;
    ARCH_HIDE(t);
    return t;
}

ALWAYS_INLINE void leave_endpoint(struct endpoint *ep, struct tcb *receiver)
{
    tree_remove_only(&ep->waiters, &receiver->wait);
    ep->lone = NULL;
}

/* The wait of t is over. */
ALWAYS_INLINE void go_on(struct tcb *t)
{
    t->reply = NULL;
    t->blocked_on = NULL;
    t->state = TCB_RUNNING;
    t->regs.pc += INSTRUCTION_BYTES;
}

/* Blocked on ep, where nobody waits. */
ALWAYS_INLINE void wait_at(struct tcb *t, struct endpoint *ep, struct reply *reply)
{
    t->regs.pc -= INSTRUCTION_BYTES;
    t->state = TCB_BLOCKED_RECV;
    t->reply = reply;
    t->blocked_on = ep;
    tree_insert_only(&ep->waiters, &t->wait, (uint64_t)KAAL_MAX_PRIORITY - t->priority);
    ep->lone = t;
    ep->is_receiving = true;
}

/* Has t no signal to take instead, nor time of a notification to give back? */
ALWAYS_INLINE bool has_no_signal(const struct tcb *t)
{
    const struct ntfn *bound = t->bound_ntfn;
    return bound == NULL || (!bound->active && bound->sc == NULL);
}
