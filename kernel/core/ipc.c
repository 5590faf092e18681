/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc.h"

#include "object/notification.h"
#include "object/object.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "cspace.h"
#include "fault.h"
#include "lib/assert.h"
#include "sched.h"

enum { INSTRUCTION_BYTES = 4 };

void ipc_complete(struct tcb *t)
{
    t->regs.pc += INSTRUCTION_BYTES;
}

void ipc_rewind(struct tcb *t)
{
    t->regs.pc -= INSTRUCTION_BYTES;
}

static void set_received(struct tcb *t, word_t info, badge_t badge)
{
    t->regs.x[0] = info;
    t->regs.x[1] = badge;
}

void ipc_receive_nothing(struct tcb *t)
{
    set_received(t, 0, 0);
}

/* ---- Words ----------------------------------------------------------------- */

static unsigned copy_words(const struct tcb *from, struct tcb *to, unsigned length)
{
    const unsigned in_regs = length < KAAL_MSG_REGS ? length : KAAL_MSG_REGS;
    for (unsigned i = 0; i < in_regs; i++) {
        to->regs.x[3 + i] = from->regs.x[3 + i];
    }
    if (length <= KAAL_MSG_REGS) {
        return length;
    }
    const struct kaal_ipc_buffer *source = tcb_ipc_buffer(from);
    struct kaal_ipc_buffer *target = tcb_ipc_buffer(to);
    if (source == NULL || target == NULL) {
        return KAAL_MSG_REGS;
    }
    const unsigned copied = length < KAAL_MSG_MAX ? length : KAAL_MSG_MAX;
    for (unsigned i = KAAL_MSG_REGS; i < copied; i++) {
        target->words[i] = source->words[i];
    }
    return copied;
}

/* ---- Capabilities ---------------------------------------------------------- */

/* Where the receiver wants a capability, or NULL. */
static struct slot *receive_slot(const struct tcb *t, const struct kaal_ipc_buffer *buffer)
{
    struct lookup_failure failure;
    const struct slot *root = cspace_lookup(t, buffer->receive_cnode, &failure);
    if (root == NULL || buffer->receive_depth < 1 || buffer->receive_depth > KAAL_CPTR_BITS) {
        return NULL;
    }
    struct slot *slot = cspace_lookup_exact(&root->cap, buffer->receive_index,
                                            (unsigned)buffer->receive_depth, &failure);
    return slot != NULL && slot_is_empty(slot) ? slot : NULL;
}

bool ipc_find_caps(const struct tcb *from, unsigned count, struct slot *found[KAAL_MSG_CAPS])
{
    const struct kaal_ipc_buffer *buffer = tcb_ipc_buffer(from);
    struct lookup_failure failure;
    if (buffer == NULL) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        found[i] = cspace_lookup(from, buffer->caps_or_badges[i], &failure);
        if (found[i] == NULL) {
            return false;
        }
    }
    return true;
}

word_t ipc_pass_caps(struct slot *const sent[], unsigned count, struct tcb *to,
                     const struct endpoint *ep)
{
    struct kaal_ipc_buffer *target = tcb_ipc_buffer(to);
    if (target == NULL) {
        return 0;
    }
    struct slot *place = receive_slot(to, target);
    word_t unwrapped = 0;
    unsigned passed;
    for (passed = 0; passed < count; passed++) {
        const struct cap *cap = &sent[passed]->cap;
        if (ep != NULL && cap_endpoint(cap) == ep) {
            target->caps_or_badges[passed] = cap_badge(cap);
            unwrapped |= (word_t)1 << passed;
            continue;
        }
        struct cap derived;
        if (place == NULL || cap_derive(sent[passed], &derived) != KAAL_OK ||
            cap_is_null(&derived)) {
            break;
        }
        cap_insert_derived(sent[passed], place, derived);
        place = NULL;
    }
    return (word_t)passed << KAAL_MSGINFO_CAPS_SHIFT | unwrapped << KAAL_MSGINFO_UNWRAPPED_SHIFT;
}

/* ---- A message ------------------------------------------------------------- */

static void transfer_message(struct tcb *from, struct tcb *to, const struct endpoint *ep,
                             badge_t badge, bool can_grant)
{
    const word_t info = from->regs.x[2];
    const unsigned length = kaal_msginfo_length(info);
    const unsigned caps = kaal_msginfo_caps(info);
    struct slot *sent[KAAL_MSG_CAPS];
    word_t caps_bits = 0;

    const unsigned copied = copy_words(from, to, length < KAAL_MSG_MAX ? length : KAAL_MSG_MAX);
    if (caps > 0 && can_grant && ipc_find_caps(from, caps, sent)) {
        caps_bits = ipc_pass_caps(sent, caps, to, ep);
    }
    set_received(to, kaal_msginfo(kaal_msginfo_label(info), 0, copied) | caps_bits, badge);
}

static void transfer(struct tcb *from, struct tcb *to, const struct endpoint *ep, badge_t badge,
                     bool can_grant)
{
    if (from->fault.kind != KAAL_FAULT_NONE) {
        set_received(to, fault_write_message(from, to), badge);
    } else {
        transfer_message(from, to, ep, badge, can_grant);
    }
}

/* ---- Send ------------------------------------------------------------------ */

static void block_sender(struct tcb *t, struct endpoint *ep, const struct ipc_send *how)
{
    t->state = TCB_BLOCKED_SEND;
    t->blocked_on = ep;
    t->badge = how->badge;
    t->is_call = how->is_call;
    t->can_grant = how->can_grant;
    t->can_grant_reply = how->can_grant_reply;
    ep->is_receiving = false;
    endpoint_enqueue(ep, t);
}

/*
 * A message or fault that wants an answer has been taken by receiver: the
 * sender waits on the reply, or stops for good if nothing may carry one.
 */
static void await_answer(struct tcb *sender, struct tcb *receiver, struct reply *reply,
                         bool may_reply, bool can_donate)
{
    if (reply != NULL && may_reply) {
        reply_push(reply, sender, receiver, can_donate);
    } else {
        sender->state = TCB_INACTIVE;
        sender->blocked_on = NULL;
        sender->fault.kind = KAAL_FAULT_NONE;
    }
}

/* Has the sender something that wants an answer? */
static bool wants_answer(const struct tcb *sender, bool is_call)
{
    return is_call || sender->fault.kind != KAAL_FAULT_NONE;
}

void ipc_send(struct tcb *t, struct endpoint *ep, const struct ipc_send *how)
{
    const bool is_answered = wants_answer(t, how->is_call);

    if (tree_is_empty(&ep->waiters) || !ep->is_receiving) {
        if (how->can_block) {
            if (t->fault.kind == KAAL_FAULT_NONE) {
                ipc_rewind(t);
            }
            block_sender(t, ep, how);
        }
        return;
    }
    struct tcb *receiver = endpoint_pop(ep);
    struct reply *reply = receiver->reply;
    if (reply != NULL) {
        reply_unlink(reply);
    }
    transfer(t, receiver, ep, how->badge, how->can_grant);
    receiver->blocked_on = NULL;
    receiver->state = TCB_RUNNING;
    ipc_complete(receiver);
    if (is_answered) {
        if (t->fault.kind == KAAL_FAULT_NONE) {
            ipc_rewind(t);
        }
        await_answer(t, receiver, reply, how->can_grant || how->can_grant_reply, how->can_donate);
    } else if (how->can_donate && receiver->sc == NULL && t->sc != NULL) {
        sc_donate(t->sc, receiver);
    }
    sched_wake(receiver);
}

/* ---- Receive --------------------------------------------------------------- */

static void block_receiver(struct tcb *t, struct endpoint *ep, struct reply *reply)
{
    t->state = TCB_BLOCKED_RECV;
    t->blocked_on = ep;
    t->reply = reply;
    if (reply != NULL) {
        reply->tcb = t;
    }
    ep->is_receiving = true;
    endpoint_enqueue(ep, t);
}

static void receive_from(struct tcb *t, struct endpoint *ep, struct tcb *sender,
                         struct reply *reply)
{
    const bool may_reply = sender->can_grant || sender->can_grant_reply;
    const bool is_answered = wants_answer(sender, sender->is_call);
    const bool can_donate = sender->sc != NULL && sender->fault.kind != KAAL_FAULT_TIMEOUT;

    transfer(sender, t, ep, sender->badge, sender->can_grant);
    sender->blocked_on = NULL;
    if (is_answered) {
        await_answer(sender, t, reply, may_reply, can_donate);
        return;
    }
    sender->state = TCB_RUNNING;
    ipc_complete(sender);
    sched_wake(sender);
}

void ipc_receive(struct tcb *t, struct endpoint *ep, struct reply *reply, bool can_block)
{
    struct ntfn *bound = t->bound_ntfn;

    if (reply != NULL && reply->tcb != NULL && reply->tcb != t) {
        tcb_cancel_ipc(reply->tcb);
    }
    if (bound != NULL && ntfn_poll(bound, t)) {
        return;
    }
    if (bound != NULL && can_block) {
        ntfn_return_sc(bound, t); /* work for the signal is done */
    }
    if (!tree_is_empty(&ep->waiters) && !ep->is_receiving) {
        receive_from(t, ep, endpoint_pop(ep), reply);
        return;
    }
    if (!can_block) {
        ipc_receive_nothing(t);
        return;
    }
    ipc_rewind(t);
    block_receiver(t, ep, reply);
}

/* ---- Reply ----------------------------------------------------------------- */

/* t was answered. One whose time has not come may first ask its timeout handler,
 * unless that is who answered. */
static void go_on(struct tcb *t, bool was_timeout)
{
    struct sc *sc = t->sc;
    if (!was_timeout && fault_has_timeout(t) && sc != NULL && sc->budget != 0 &&
        !sched_is_due(sc)) {
        sc_charge_now(sc);
        fault_raise_timeout(t);
    } else {
        sched_wake(t);
    }
}

void ipc_reply(struct tcb *t, struct reply *reply, bool can_grant)
{
    struct tcb *caller = reply->tcb;
    if (caller == NULL || caller->state != TCB_BLOCKED_REPLY) {
        return;
    }
    reply_pop(reply);
    const bool was_timeout = caller->fault.kind == KAAL_FAULT_TIMEOUT;
    if (caller->fault.kind == KAAL_FAULT_NONE) {
        transfer_message(t, caller, NULL, 0, can_grant);
        caller->state = TCB_RUNNING;
        ipc_complete(caller);
    } else if (fault_accept_reply(t, caller)) {
        caller->state = TCB_RUNNING;
    }
    if (caller->state == TCB_RUNNING) {
        go_on(caller, was_timeout);
    }
}
