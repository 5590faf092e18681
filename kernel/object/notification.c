/* SPDX-License-Identifier: Apache-2.0 */
#include "notification.h"

#include "object/sched_context.h"
#include "object/tcb.h"

#include "core/ipc.h"
#include "core/sched.h"
#include "lib/assert.h"

static void deliver(struct tcb *t, badge_t badge)
{
    t->regs.x[0] = 0;
    t->regs.x[1] = badge;
}

static void lend_sc(struct ntfn *n, struct tcb *t)
{
    if (t->sc == NULL && n->sc != NULL && n->sc->tcb == NULL) {
        sc_donate(n->sc, t);
    }
}

void ntfn_return_sc(struct ntfn *n, struct tcb *t)
{
    if (n->sc != NULL && n->sc == t->sc) {
        sc_unbind_tcb(n->sc);
    }
}

static void wake(struct ntfn *n, struct tcb *t, badge_t badge)
{
    deliver(t, badge);
    t->state = TCB_RUNNING;
    ipc_complete(t);
    lend_sc(n, t);
    sched_wake(t);
}

void ntfn_signal(struct ntfn *n, badge_t badge)
{
    struct tcb *bound = n->bound;
    if (!n->active && bound != NULL && bound->state == TCB_BLOCKED_RECV) {
        tcb_cancel_ipc(bound);
        wake(n, bound, badge);
        return;
    }
    if (!tree_is_empty(&n->waiters)) {
        struct tcb *t = tcb_of_wait(tree_first(&n->waiters));
        ntfn_dequeue(n, t);
        wake(n, t, badge);
        return;
    }
    n->pending |= badge;
    n->active = true;
}

bool ntfn_poll(struct ntfn *n, struct tcb *t)
{
    if (!n->active) {
        return false;
    }
    deliver(t, n->pending);
    n->pending = 0;
    n->active = false;
    lend_sc(n, t);
    return true;
}

void ntfn_block(struct ntfn *n, struct tcb *t)
{
    kassert(!n->active && t->state == TCB_RUNNING);
    ipc_rewind(t);
    t->state = TCB_BLOCKED_NTFN;
    t->blocked_on = n;
    tree_insert(&n->waiters, &t->wait, (uint64_t)KAAL_MAX_PRIORITY - t->priority);
    ntfn_return_sc(n, t);
}

void ntfn_dequeue(struct ntfn *n, struct tcb *t)
{
    kassert(t->blocked_on == n);
    tree_remove(&n->waiters, &t->wait);
    t->blocked_on = NULL;
}

void ntfn_bind(struct ntfn *n, struct tcb *t)
{
    n->bound = t;
    t->bound_ntfn = n;
}

void ntfn_unbind(struct ntfn *n)
{
    if (n->bound != NULL) {
        n->bound->bound_ntfn = NULL;
        n->bound = NULL;
    }
}

bool ntfn_finalise_step(struct ntfn *n)
{
    if (!tree_is_empty(&n->waiters)) {
        struct tcb *t = tcb_of_wait(tree_first(&n->waiters));
        ntfn_dequeue(n, t);
        t->state = TCB_RUNNING;
        sched_wake(t);
        return true;
    }
    ntfn_unbind(n);
    if (n->sc != NULL) {
        sc_unbind_ntfn(n->sc);
    }
    return false;
}

const char *ntfn_check(const struct ntfn *n)
{
    if (n->active && !tree_is_empty(&n->waiters)) {
        return "KI-17 active with waiters";
    }
    if (!n->active && n->pending != 0) {
        return "KI-17 bits without a signal";
    }
    if (n->bound != NULL && n->bound->bound_ntfn != n) {
        return "KI-18 bound thread";
    }
    if (n->sc != NULL && n->sc->ntfn != n) {
        return "KI-33 scheduling context of a notification";
    }
    for (struct tree_node *w = tree_first(&n->waiters); w != NULL; w = tree_next(w)) {
        const struct tcb *t = tcb_of_wait(w);
        if (t->state != TCB_BLOCKED_NTFN || t->blocked_on != n) {
            return "KI-15 thread in the queue of another notification";
        }
        if (n->bound != NULL && n->bound != t) {
            return "KI-17 waiter beside the bound thread";
        }
    }
    return tree_check(&n->waiters) == NULL ? NULL : "KI-17 queue of a notification";
}
