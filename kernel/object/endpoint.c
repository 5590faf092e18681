/* SPDX-License-Identifier: Apache-2.0 */
#include "endpoint.h"

#include "object/tcb.h"

#include "core/sched.h"
#include "lib/assert.h"

static void find_lone(struct endpoint *ep)
{
    struct tree_node *node = tree_only(&ep->waiters);
    ep->lone = node != NULL && ep->is_receiving ? tcb_of_wait(node) : NULL;
}

static void insert(struct endpoint *ep, struct tcb *t)
{
    tree_insert(&ep->waiters, &t->wait, (uint64_t)KAAL_MAX_PRIORITY - t->priority);
    find_lone(ep);
}

static void take_out(struct endpoint *ep, struct tcb *t)
{
    if (ep->cursor == &t->wait) {
        ep->cursor = tree_next(&t->wait); /* E2 */
    }
    tree_remove(&ep->waiters, &t->wait);
    find_lone(ep);
}

/* Is t among those to be restarted? */
static bool is_cancelled(const struct endpoint *ep, const struct tcb *t)
{
    return ep->cancelled != 0 && t->state == TCB_BLOCKED_SEND && t->badge == ep->cancelled &&
           t->arrival <= ep->cancel_until;
}

void endpoint_enqueue(struct endpoint *ep, struct tcb *t)
{
    kassert(t->blocked_on == ep);
    if (!ep->is_receiving) {
        t->arrival = ++ep->arrivals; /* after cancel_until: E2 */
    }
    insert(ep, t);
}

void endpoint_requeue(struct endpoint *ep, struct tcb *t, uint8_t priority)
{
    take_out(ep, t);
    t->priority = priority;
    insert(ep, t);
    if (is_cancelled(ep, t) && (ep->cursor == NULL || t->wait.key < ep->cursor->key)) {
        ep->cursor = &t->wait; /* E2 */
    }
}

void endpoint_dequeue(struct endpoint *ep, struct tcb *t)
{
    take_out(ep, t);
    t->blocked_on = NULL;
}

struct tcb *endpoint_pop(struct endpoint *ep)
{
    struct tcb *t = tcb_of_wait(tree_first(&ep->waiters));
    endpoint_dequeue(ep, t);
    return t;
}

/* t's operation begins again; if it waits with a fault it just stops. */
static void restart(struct tcb *t)
{
    const bool was_fault = t->fault.kind != KAAL_FAULT_NONE;
    tcb_cancel_ipc(t);
    if (!was_fault) {
        t->state = TCB_RUNNING;
        sched_wake(t);
    }
}

bool endpoint_finalise_step(struct endpoint *ep)
{
    if (tree_is_empty(&ep->waiters)) {
        return false;
    }
    restart(tcb_of_wait(tree_first(&ep->waiters)));
    return true;
}

void endpoint_cancel_begin(struct endpoint *ep, badge_t badge)
{
    ep->cancelled = badge;
    ep->cancel_until = ep->arrivals;
    ep->cursor = ep->is_receiving ? NULL : tree_first(&ep->waiters);
}

bool endpoint_cancel_step(struct endpoint *ep)
{
    if (ep->cursor == NULL) {
        ep->cancelled = 0;
        return false;
    }
    struct tcb *t = tcb_of_wait(ep->cursor);
    if (is_cancelled(ep, t)) {
        restart(t); /* moves the cursor */
    } else {
        ep->cursor = tree_next(ep->cursor);
    }
    return true;
}

const char *endpoint_check(const struct endpoint *ep)
{
    bool is_passed = ep->cancelled != 0; /* in front of the cursor */
    bool is_cursor_here = ep->cursor == NULL;
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
        is_cursor_here = is_cursor_here || n == ep->cursor;
        is_passed = is_passed && n != ep->cursor;
        if (is_passed && is_cancelled(ep, t)) {
            return "KI-16 waiter passed over by a cancelling";
        }
    }
    const struct tree_node *only = tree_only(&ep->waiters);
    if (ep->lone !=
        (only != NULL && ep->is_receiving ? tcb_of_wait(tree_first(&ep->waiters)) : NULL)) {
        return "KI-16 lone receiver";
    }
    if (!is_cursor_here) {
        return "KI-16 cursor of a cancelling";
    }
    return tree_check(&ep->waiters) == NULL ? NULL : "KI-16 queue of an endpoint";
}
