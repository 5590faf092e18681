/* SPDX-License-Identifier: Apache-2.0 */
#include "aim.h"

#include <kaal/abi/message.h>

#include "object/asid.h"
#include "object/endpoint.h"
#include "object/notification.h"
#include "object/reply.h"
#include "object/sched_context.h"

#include "core/ready.h"
#include "path.h"
#include "random.h"
#include "world.h"

/* ---- Conditions --------------------------------------------------------------------- */

/* The one that is to be missed, if any. */
static enum spoilt { NONE, RIGHT, GRANT, ALONE, REPLY, ORDER, SPACE, TIME, MESSAGE, SPOILS } spoilt;
static bool wants_passive;

static bool want(bool condition, enum spoilt what)
{
    return condition != (spoilt == what);
}

static void choose_spoilt(void)
{
    spoilt = percent(80) ? NONE : RIGHT + below(SPOILS - RIGHT);
    wants_passive = percent(host_cpu.current->sc->reply != NULL ? 85 : 55);
}

static bool comes_first(const struct tcb *t)
{
    return ready_comes_first(&host_cpu.sched, t);
}

static bool can_begin(const struct tcb *t)
{
    unsigned asid;
    return want(comes_first(t), ORDER) &&
           want(asid_root_of(&t->slots[TCB_SLOT_VSPACE].cap, &asid) != NULL, SPACE);
}

static bool has_time(const struct tcb *t)
{
    return t->sc != NULL && want(sc_is_due(t->sc, host.now), TIME);
}

static const struct tcb *receiver_at(const struct cap *cap)
{
    const struct endpoint *ep = cap_endpoint(cap);
    return ep == NULL || tree_is_empty(&ep->waiters) || !ep->is_receiving
               ? NULL
               : tcb_of_wait(tree_first(&ep->waiters));
}

static bool is_alone(const struct tcb *t)
{
    return t->wait.parent == NULL && t->wait.left == NULL && t->wait.right == NULL;
}

static bool suits_call(const struct cap *cap)
{
    const struct tcb *receiver = receiver_at(cap);
    return receiver != NULL && (receiver->sc == NULL) == wants_passive &&
           want(cap_has_rights(cap, KAAL_RIGHT_WRITE), RIGHT) &&
           want((cap->rights & (KAAL_RIGHT_GRANT | KAAL_RIGHT_GRANT_REPLY)) != 0, GRANT) &&
           want(is_alone(receiver), ALONE) && want(receiver->reply != NULL, REPLY) &&
           can_begin(receiver) && (receiver->sc == NULL || has_time(receiver));
}

static bool suits_send(const struct cap *cap)
{
    const struct tcb *receiver = receiver_at(cap);
    return receiver != NULL && want(cap_has_rights(cap, KAAL_RIGHT_WRITE), RIGHT) &&
           want(is_alone(receiver), ALONE) && has_time(receiver);
}

/* Wants t's time back? */
static bool is_lent(const struct reply *reply)
{
    return reply->sc == host_cpu.current->sc;
}

static bool suits_answer(const struct cap *cap)
{
    const struct reply *reply = cap_reply(cap);
    if (reply == NULL || reply->tcb == NULL || reply->tcb->state != TCB_BLOCKED_REPLY) {
        return false;
    }
    return (is_lent(reply) || (reply->sc == NULL && reply->tcb->sc != NULL)) &&
           is_lent(reply) == wants_passive && can_begin(reply->tcb) &&
           (is_lent(reply) || has_time(reply->tcb));
}

static bool suits_receive(const struct cap *cap)
{
    const struct endpoint *ep = cap_endpoint(cap);
    return ep != NULL && want(cap_has_rights(cap, KAAL_RIGHT_READ), RIGHT) &&
           want(tree_is_empty(&ep->waiters), ALONE);
}

static bool suits_reply(const struct cap *cap)
{
    const struct reply *reply = cap_reply(cap);
    return reply != NULL && want(reply->tcb == NULL, REPLY);
}

static bool suits_signal(const struct cap *cap)
{
    const struct ntfn *n = cap_ntfn(cap);
    return n != NULL && want(cap_has_rights(cap, KAAL_RIGHT_WRITE), RIGHT) &&
           (spoilt != ALONE || (n->bound != NULL && n->bound->state == TCB_BLOCKED_RECV));
}

static bool suits_waking(const struct cap *cap)
{
    const struct ntfn *n = cap_ntfn(cap);
    if (n == NULL || tree_is_empty(&n->waiters)) {
        return false;
    }
    const struct tcb *waiter = tcb_of_wait(tree_first(&n->waiters));
    return want(cap_has_rights(cap, KAAL_RIGHT_WRITE), RIGHT) && want(is_alone(waiter), ALONE) &&
           want(waiter->priority > host_cpu.current->priority, ORDER) && has_time(waiter);
}

static bool suits_wait(const struct cap *cap)
{
    const struct ntfn *n = cap_ntfn(cap);
    return n != NULL && want(cap_has_rights(cap, KAAL_RIGHT_READ), RIGHT) &&
           want(n->bound == NULL || n->bound == host_cpu.current, REPLY) &&
           want(tree_is_empty(&n->waiters), ALONE);
}

/* ---- System calls ------------------------------------------------------------------- */

static word_t message_info(void)
{
    static const uint8_t lengths[] = {0, 1, 2, 3, 4, 5, 6, KAAL_MSG_MAX - 1, KAAL_MSG_MAX};
    const word_t label = percent(70) ? below(4) : random64() & 0xfffffffffffff;
    word_t length = percent(70) ? lengths[below(sizeof(lengths))] : below(KAAL_MSG_MAX + 1);
    word_t others = 0;
    if (spoilt == MESSAGE && percent(30)) {
        length = KAAL_MSG_MAX + 1 + below(KAAL_MSGINFO_LENGTH_MASK - KAAL_MSG_MAX);
    } else if (spoilt == MESSAGE) {
        others = percent(70) ? (1 + below(3)) << KAAL_MSGINFO_CAPS_SHIFT
                             : (1 + below(7)) << KAAL_MSGINFO_UNWRAPPED_SHIFT;
    }
    return label << KAAL_MSGINFO_LABEL_SHIFT | others | length;
}

/* To the thread whose fault it is: go on, or something else. */
static word_t fault_answer(void)
{
    return spoilt == MESSAGE ? message_info() : below(percent(70) ? 5 : 128);
}

static bool point(word_t *x, path_wanted is_wanted)
{
    const struct path *p = path_find(is_wanted);
    if (p != NULL) {
        *x = p->cptr;
    }
    return p != NULL;
}

static bool call(word_t *x)
{
    x[0] = KAAL_SYS_CALL;
    x[2] |= percent(30) ? (word_t)(1 + below(3)) << KAAL_MSGINFO_CAPS_SHIFT : 0;
    return point(&x[1], suits_call);
}

static bool reply_recv(word_t *x)
{
    const struct path *p = path_find(suits_answer);
    x[0] = KAAL_SYS_REPLY_RECV;
    if (p == NULL) {
        return false;
    }
    x[7] = p->cptr;
    if (cap_reply(p->cap)->tcb->fault.kind != KAAL_FAULT_NONE) {
        x[2] = fault_answer();
    }
    return point(&x[1], suits_receive);
}

static bool send(word_t *x)
{
    x[0] = percent(50) ? KAAL_SYS_SEND : KAAL_SYS_NBSEND;
    return point(&x[1], suits_send);
}

static bool is_another_ready(void)
{
    return ready_first(&host_cpu.sched) != NULL;
}

static bool recv(word_t *x)
{
    x[0] = percent(85) ? KAAL_SYS_RECV : KAAL_SYS_WAIT;
    return is_another_ready() && point(&x[1], suits_receive) && point(&x[7], suits_reply);
}

static bool signal(word_t *x)
{
    x[0] = percent(50) ? KAAL_SYS_SEND : KAAL_SYS_NBSEND;
    return point(&x[1], suits_signal);
}

static bool wake(word_t *x)
{
    x[0] = percent(50) ? KAAL_SYS_SEND : KAAL_SYS_NBSEND;
    return point(&x[1], suits_waking);
}

static bool wait(word_t *x)
{
    x[0] = percent(80) ? KAAL_SYS_WAIT : KAAL_SYS_RECV;
    return is_another_ready() && point(&x[1], suits_wait);
}

static bool poll(word_t *x)
{
    x[0] = KAAL_SYS_POLL;
    return point(&x[1], suits_wait);
}

static bool yield(word_t *x)
{
    const struct tcb *t = host_cpu.current;
    x[0] = KAAL_SYS_YIELD;
    return host_cpu.sched.top == t->rank && want(sc_is_round_robin(t->sc), TIME);
}

static const struct {
    bool (*make)(word_t *x);
    uint8_t weight;
} aims[] = {
    {call, 40}, {reply_recv, 80}, {send, 8}, {recv, 14},  {signal, 4},
    {wake, 30}, {wait, 16},       {poll, 4}, {yield, 30},
};
enum { AIMS = sizeof(aims) / sizeof(aims[0]), TRIES = 10 };

bool aim_syscall(struct tcb *t)
{
    uint8_t weights[AIMS];
    for (unsigned i = 0; i < AIMS; i++) {
        weights[i] = aims[i].weight;
    }
    for (unsigned i = 0; i < TRIES; i++) {
        choose_spoilt();
        t->regs.x[2] = message_info();
        if (aims[weighted(weights, AIMS)].make(t->regs.x)) {
            return true;
        }
    }
    return false;
}

bool aim_fault(const struct tcb *t)
{
    choose_spoilt();
    return suits_call(&t->slots[TCB_SLOT_FAULT_HANDLER].cap);
}
