/* SPDX-License-Identifier: Apache-2.0 */
#include "endpoint.h"

#include "object/tcb.h"

#include "core/sched.h"
#include "lib/assert.h"

void endpoint_enqueue(struct endpoint *ep, struct tcb *t)
{
    kassert(t->blocked_on == ep);
    tree_insert(&ep->waiters, &t->wait, (uint64_t)KAAL_MAX_PRIORITY - t->priority);
}

void endpoint_dequeue(struct endpoint *ep, struct tcb *t)
{
    tree_remove(&ep->waiters, &t->wait);
    t->blocked_on = NULL;
}

struct tcb *endpoint_pop(struct endpoint *ep)
{
    struct tcb *t = tcb_of_wait(tree_first(&ep->waiters));
    endpoint_dequeue(ep, t);
    return t;
}

bool endpoint_finalise_step(struct endpoint *ep)
{
    if (tree_is_empty(&ep->waiters)) {
        return false;
    }
    struct tcb *t = tcb_of_wait(tree_first(&ep->waiters));
    const bool was_fault = t->fault.kind != KAAL_FAULT_NONE;
    tcb_cancel_ipc(t);
    if (!was_fault) {
        t->state = TCB_RUNNING;
        sched_wake(t);
    }
    return true;
}

const char *endpoint_check(const struct endpoint *ep)
{
    for (struct tree_node *n = tree_first(&ep->waiters); n != NULL; n = tree_next(n)) {
        const struct tcb *t = tcb_of_wait(n);
        if (t->blocked_on != ep) {
            return "KI-15 thread in the queue of another endpoint";
        }
        if (t->state != (ep->is_receiving ? TCB_BLOCKED_RECV : TCB_BLOCKED_SEND)) {
            return "KI-16 waiter for the other direction";
        }
        if (n->key != (uint64_t)KAAL_MAX_PRIORITY - t->priority) {
            return "KI-16 waiter in the place of another priority";
        }
    }
    return tree_check(&ep->waiters) == NULL ? NULL : "KI-16 queue of an endpoint";
}
