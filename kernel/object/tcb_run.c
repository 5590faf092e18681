/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and stopping threads. */
#include "object/endpoint.h"
#include "object/notification.h"
#include "object/reply.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "core/invocation.h"
#include "core/sched.h"
#include "lib/inline.h"

/* ---- Leaving what it waits for ---------------------------------------------------- */

static void cancel_endpoint(struct tcb *t)
{
    if (t->reply != NULL) {
        reply_unlink(t->reply);
    }
    endpoint_dequeue((struct endpoint *)t->blocked_on, t);
    t->state = TCB_INACTIVE;
}

SELDOM void tcb_cancel_ipc(struct tcb *t)
{
    switch (t->state) {
    case TCB_BLOCKED_SEND:
    case TCB_BLOCKED_RECV:
        cancel_endpoint(t);
        break;
    case TCB_BLOCKED_NTFN:
        ntfn_dequeue((struct ntfn *)t->blocked_on, t);
        t->state = TCB_INACTIVE;
        break;
    case TCB_BLOCKED_REPLY:
        reply_cancel((struct reply *)t->blocked_on);
        break;
    default:
        return;
    }
    t->fault.kind = KAAL_FAULT_NONE;
}

ALWAYS_INLINE void suspend(struct tcb *t)
{
    if (t->yield_to != NULL) {
        sc_end_yield(t);
    }
    t->was_preempted = false;
    if (t->state != TCB_RUNNING) {
        tcb_cancel_ipc(t);
        return;
    }
    sched_remove(t);
    t->state = TCB_INACTIVE;
}

ALWAYS_INLINE void resume(struct tcb *t)
{
    if (t->state == TCB_RUNNING || t->state == TCB_IDLE) {
        return;
    }
    tcb_cancel_ipc(t);
    t->state = TCB_RUNNING;
    sched_wake(t);
}

SELDOM void tcb_suspend(struct tcb *t)
{
    suspend(t);
}

SELDOM void tcb_resume(struct tcb *t)
{
    resume(t);
}

/* ---- Calls -------------------------------------------------------------------------- */

enum kaal_err tcb_inv_suspend(struct invocation *inv)
{
    suspend(cap_tcb(&inv->cap));
    return KAAL_OK;
}

enum kaal_err tcb_inv_resume(struct invocation *inv)
{
    resume(cap_tcb(&inv->cap));
    return KAAL_OK;
}
