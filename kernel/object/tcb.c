/* SPDX-License-Identifier: Apache-2.0 */
#include "tcb.h"

#include "object/endpoint.h"
#include "object/notification.h"
#include "object/reply.h"
#include "object/sched_context.h"

#include "core/cpu.h"
#include "lib/assert.h"

void tcb_create(struct tcb *t)
{
    t->domain = arch_cpu()->sched.domains.current;
}

bool tcb_can_run(const struct tcb *t)
{
    return t->state == TCB_RUNNING && t->sc != NULL && t->sc->budget != 0 && !t->wait.linked;
}

struct kaal_ipc_buffer *tcb_ipc_buffer(const struct tcb *t)
{
    const struct cap *page = &t->slots[TCB_SLOT_IPC_BUFFER].cap;
    if (page->type != CAP_PAGE || !cap_has_rights(page, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)) {
        return NULL;
    }
    const word_t offset = t->ipc_buffer_vaddr & (((word_t)1 << cap_page_bits(page)) - 1);
    return (struct kaal_ipc_buffer *)(void *)((char *)page->obj + offset);
}

/* ---- Leaving what it waits for ---------------------------------------------------- */

static void cancel_endpoint(struct tcb *t)
{
    if (t->reply != NULL) {
        reply_unlink(t->reply);
    }
    endpoint_dequeue((struct endpoint *)t->blocked_on, t);
    t->state = TCB_INACTIVE;
}

void tcb_cancel_ipc(struct tcb *t)
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

void tcb_suspend(struct tcb *t)
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

void tcb_resume(struct tcb *t)
{
    if (t->state == TCB_RUNNING || t->state == TCB_IDLE) {
        return;
    }
    if (t->state != TCB_INACTIVE) {
        tcb_cancel_ipc(t);
    }
    t->state = TCB_RUNNING;
    sched_wake(t);
}

void tcb_finalise(struct tcb *t)
{
    tcb_suspend(t);
    if (t->sc != NULL) {
        sc_unbind_tcb(t->sc);
    }
    if (t->bound_ntfn != NULL) {
        ntfn_unbind(t->bound_ntfn);
    }
    arch_fp_release(t);
    sched_forget(t);
}

/* ---- Priority ------------------------------------------------------------------------ */

static void set_waiting_priority(struct tcb *t, struct tree *waiters, uint8_t priority)
{
    tree_remove(waiters, &t->wait);
    t->priority = priority;
    tree_insert(waiters, &t->wait, (uint64_t)KAAL_MAX_PRIORITY - priority);
}

/* In the release queue, which knows neither priorities nor domains: t stays
 * where it is in it. */
static bool is_to_be_released(const struct tcb *t)
{
    return t->state == TCB_RUNNING && t->wait.linked;
}

void tcb_set_priority(struct tcb *t, uint8_t priority)
{
    switch (t->state) {
    case TCB_BLOCKED_SEND:
    case TCB_BLOCKED_RECV:
        endpoint_requeue((struct endpoint *)t->blocked_on, t, priority);
        break;
    case TCB_BLOCKED_NTFN:
        set_waiting_priority(t, &((struct ntfn *)t->blocked_on)->waiters, priority);
        break;
    case TCB_RUNNING:
        if (is_to_be_released(t)) {
            t->priority = priority;
            break;
        }
        sched_remove(t);
        t->priority = priority;
        sched_wake(t);
        break;
    default:
        t->priority = priority;
        break;
    }
}

void tcb_set_domain(struct tcb *t, uint8_t domain)
{
    if (t->state != TCB_RUNNING || is_to_be_released(t)) {
        t->domain = domain;
        return;
    }
    sched_remove(t);
    t->domain = domain;
    sched_wake(t);
}

/* ---- Check --------------------------------------------------------------------------- */

/* The queue that t waits in by its state, or NULL. */
static const struct tree *queue_of(const struct tcb *t)
{
    switch (t->state) {
    case TCB_BLOCKED_SEND:
    case TCB_BLOCKED_RECV:
        return &((const struct endpoint *)t->blocked_on)->waiters;
    case TCB_BLOCKED_NTFN:
        return &((const struct ntfn *)t->blocked_on)->waiters;
    default:
        return NULL;
    }
}

static bool is_of_type(const struct slot *slot, enum cap_type type)
{
    return slot_is_empty(slot) || slot->cap.type == type;
}

/* A CSpace that is being deleted may be a zombie already. */
static const char *check_slots(const struct tcb *t)
{
    const struct slot *s = t->slots;
    const struct slot *buffer = &s[TCB_SLOT_IPC_BUFFER];
    if (!is_of_type(&s[TCB_SLOT_CSPACE], CAP_CNODE) && s[TCB_SLOT_CSPACE].cap.type != CAP_ZOMBIE) {
        return "KI-14 CSpace of a thread";
    }
    if (!is_of_type(&s[TCB_SLOT_VSPACE], CAP_VSPACE)) {
        return "KI-14 address space of a thread";
    }
    if (!is_of_type(&s[TCB_SLOT_FAULT_HANDLER], CAP_ENDPOINT) ||
        !is_of_type(&s[TCB_SLOT_TIMEOUT_HANDLER], CAP_ENDPOINT)) {
        return "KI-14 handler of a thread";
    }
    if (!is_of_type(buffer, CAP_PAGE) || cap_page_is_device(&buffer->cap) ||
        (t->ipc_buffer_vaddr & ((1U << KAAL_IPC_BUFFER_BITS) - 1)) != 0) {
        return "KI-14 IPC buffer of a thread";
    }
    return NULL;
}

static bool is_blocked(const struct tcb *t)
{
    return t->state >= TCB_BLOCKED_SEND && t->state <= TCB_BLOCKED_NTFN;
}

const char *tcb_check(const struct tcb *t)
{
    if (t->state > TCB_BLOCKED_NTFN) {
        return "KI-22 thread that says it is idle";
    }
    if (is_blocked(t) != (t->blocked_on != NULL)) {
        return "KI-15 blocked on nothing, or not blocked on something";
    }
    const struct tree *queue = queue_of(t);
    if (queue != NULL ? !tree_has(queue, &t->wait) : t->wait.linked && t->state != TCB_RUNNING) {
        return "KI-15 thread not in the queue of what it waits for";
    }
    if (t->sc != NULL && t->sc->tcb != t) {
        return "KI-33 scheduling context of a thread";
    }
    if (t->bound_ntfn != NULL && t->bound_ntfn->bound != t) {
        return "KI-18 bound notification";
    }
    if (t->reply != NULL &&
        (t->reply->tcb != t || (t->state != TCB_BLOCKED_RECV && t->state != TCB_BLOCKED_REPLY))) {
        return "KI-19 reply of a thread";
    }
    if (t->state == TCB_BLOCKED_REPLY && t->reply != t->blocked_on) {
        return "KI-19 thread that waits for another reply";
    }
    if (t->fault.kind != KAAL_FAULT_NONE && t->state != TCB_BLOCKED_SEND &&
        t->state != TCB_BLOCKED_REPLY) {
        return "KI-15 fault of a thread that waits for no handler";
    }
    if (t->domain >= DOMAINS) {
        return "KI-20 domain of a thread";
    }
    if (t->yield_to != NULL && t->yield_to->yield_from != t) {
        return "KI-33 context that a thread yields to";
    }
    const char *broken = sched_check_thread(t);
    return broken != NULL ? broken : check_slots(t);
}
