/* SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"

#include "object/sched_context.h"
#include "object/tcb.h"

#include "lib/assert.h"

static void push_context(struct reply *reply, struct sc *sc, struct tcb *callee)
{
    reply->prev = sc->reply;
    if (reply->prev != NULL) {
        reply->prev->sc = NULL;
        reply->prev->next = reply;
    }
    reply->sc = sc;
    sc->reply = reply;
    sc_donate(sc, callee);
}

void reply_push(struct reply *reply, struct tcb *caller, struct tcb *callee, bool can_donate)
{
    kassert(reply->tcb == NULL);
    reply->tcb = caller;
    caller->reply = reply;
    caller->blocked_on = reply;
    caller->state = TCB_BLOCKED_REPLY;
    if (can_donate && caller->sc != NULL && callee->sc == NULL) {
        push_context(reply, caller->sc, callee);
    }
}

void reply_unlink(struct reply *reply)
{
    struct tcb *t = reply->tcb;
    t->reply = NULL;
    reply->tcb = NULL;
}

static void stop_caller(struct reply *reply)
{
    struct tcb *t = reply->tcb;
    reply_unlink(reply);
    t->blocked_on = NULL;
    t->state = TCB_INACTIVE;
}

/* Leave the middle of a stack: it breaks in two. */
static void leave_stack(struct reply *reply)
{
    if (reply->next != NULL) {
        reply->next->prev = NULL;
    }
    if (reply->prev != NULL) {
        reply->prev->next = NULL;
    }
    reply->prev = reply->next = NULL;
}

void reply_pop(struct reply *reply)
{
    struct tcb *caller = reply->tcb;
    struct sc *sc = reply->sc;

    stop_caller(reply);
    if (sc == NULL) {
        leave_stack(reply);
        return;
    }
    reply->sc = NULL;
    sc->reply = reply->prev;
    if (reply->prev != NULL) {
        reply->prev->next = NULL;
        reply->prev->sc = sc;
        reply->prev = NULL;
    }
    if (caller->sc == NULL) {
        sc_donate(sc, caller);
    }
}

void reply_cancel(struct reply *reply)
{
    stop_caller(reply);
    if (reply->sc != NULL) {
        reply->sc->reply = NULL;
        reply->sc = NULL;
    }
    leave_stack(reply);
}

void reply_finalise(struct reply *reply)
{
    if (reply->tcb == NULL) {
        return;
    }
    struct tcb *t = reply->tcb;
    if (t->state == TCB_BLOCKED_REPLY) {
        reply_pop(reply);
        t->fault.kind = KAAL_FAULT_NONE;
    } else {
        tcb_cancel_ipc(t);
    }
}

/* Is the newest call of the stack above reply to be found? */
static bool stack_ends(const struct reply *reply)
{
    const struct reply *slow = reply;
    bool move_slow = false;
    for (; reply->next != NULL; move_slow = !move_slow) {
        reply = reply->next;
        slow = move_slow ? slow->next : slow;
        if (reply == slow) {
            return false;
        }
    }
    return true;
}

const char *reply_check(const struct reply *reply)
{
    const bool is_in_stack = reply->prev != NULL || reply->next != NULL || reply->sc != NULL;
    if (reply->tcb != NULL &&
        (reply->tcb->reply != reply ||
         (reply->tcb->state != TCB_BLOCKED_REPLY && reply->tcb->state != TCB_BLOCKED_RECV))) {
        return "KI-19 caller";
    }
    if (is_in_stack && (reply->tcb == NULL || reply->tcb->state != TCB_BLOCKED_REPLY)) {
        return "KI-19 call without a caller";
    }
    if ((reply->prev != NULL && reply->prev->next != reply) ||
        (reply->next != NULL && reply->next->prev != reply)) {
        return "KI-19 stack links";
    }
    if (!stack_ends(reply)) {
        return "KI-19 stack without end";
    }
    if (reply->sc != NULL && (reply->sc->reply != reply || reply->next != NULL)) {
        return "KI-19 scheduling context of a call";
    }
    return NULL;
}
