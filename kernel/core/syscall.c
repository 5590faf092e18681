/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel entry: what each system call, fault and interrupt leads to. */
#include "object/irq.h"
#include "object/notification.h"
#include "object/object.h"
#include "object/reply.h"
#include "object/tcb.h"

#include "cpu.h"
#include "cspace.h"
#include "debug.h"
#include "fault.h"
#include "invocation.h"
#include "ipc.h"
#include "syscall.h"

/* How a message goes out. */
struct send_mode {
    bool can_block;
    bool is_call;
    bool can_donate;
};

/* ---- Send ------------------------------------------------------------------------------- */

static void answer_call(struct tcb *t, struct send_mode mode, enum kaal_err err)
{
    if (mode.is_call && err == KAAL_ERR_INVALID_CAPABILITY) {
        t->regs.x[3] = 0; /* the invoked one */
        inv_answer(t, err, 1);
    } else if (mode.is_call) {
        inv_answer(t, err, 0);
    }
}

static void send_to_endpoint(struct tcb *t, const struct cap *cap, struct send_mode mode)
{
    if (!cap_has_rights(cap, KAAL_RIGHT_WRITE)) {
        answer_call(t, mode, KAAL_ERR_INVALID_CAPABILITY);
        return;
    }
    ipc_send(t, cap_endpoint(cap),
             &(struct ipc_send){
                 .badge = cap_badge(cap),
                 .can_block = mode.can_block,
                 .is_call = mode.is_call,
                 .can_grant = cap_has_rights(cap, KAAL_RIGHT_GRANT),
                 .can_grant_reply = cap_has_rights(cap, KAAL_RIGHT_GRANT_REPLY),
                 .can_donate = mode.can_donate,
             });
}

static void send_to_ntfn(struct tcb *t, const struct cap *cap, struct send_mode mode)
{
    if (!cap_has_rights(cap, KAAL_RIGHT_WRITE)) {
        answer_call(t, mode, KAAL_ERR_INVALID_CAPABILITY);
        return;
    }
    answer_call(t, mode, KAAL_OK);
    ntfn_signal(cap_ntfn(cap), cap_badge(cap));
}

/* A call that was preempted had begun to delete the very capability it was made
 * on, as a revoke may: it is done when that is gone. False as invoke(). */
static bool finish_zombie(struct tcb *t, struct slot *slot, struct send_mode mode)
{
    const bool is_done = slot_delete(slot);
    if (!inv_caller_is_alive(t)) {
        return false;
    }
    t->was_preempted = !is_done;
    if (!is_done) {
        ipc_rewind(t);
        return false;
    }
    answer_call(t, mode, KAAL_OK);
    return true;
}

static bool has_extra_caps(struct tcb *t, unsigned count, bool can_block)
{
    struct slot *extra[KAAL_MSG_CAPS];
    const struct kaal_ipc_buffer *buffer = count > 0 ? tcb_ipc_buffer(t) : NULL;
    return buffer == NULL || inv_find_caps(t, buffer, count, can_block, extra);
}

static bool send_to(struct tcb *t, struct slot *slot, word_t info, struct send_mode mode)
{
    const struct cap *cap = &slot->cap;
    const bool is_retry = t->was_preempted;

    if (cap_is_invoked(cap)) {
        return inv_run(t, slot, info, mode.can_block, mode.is_call);
    }
    t->was_preempted = false;
    if (!has_extra_caps(t, kaal_msginfo_caps(info), mode.can_block)) {
        return true;
    }
    switch (cap->type) {
    case CAP_ENDPOINT:
        send_to_endpoint(t, cap, mode);
        return true;
    case CAP_NOTIFICATION:
        send_to_ntfn(t, cap, mode);
        return true;
    case CAP_REPLY:
        ipc_reply(t, cap_reply(cap), cap_has_rights(cap, KAAL_RIGHT_GRANT));
        answer_call(t, mode, KAAL_OK);
        return true;
    default: /* nothing, or what is being deleted */
        if (cap->type == CAP_ZOMBIE && is_retry) {
            return finish_zombie(t, slot, mode);
        }
        answer_call(t, mode, KAAL_ERR_INVALID_CAPABILITY);
        return true;
    }
}

/* False if t cannot go on to a receive: it is gone, or is to send again. */
static bool send(struct tcb *t, cptr_t cptr, word_t info, struct send_mode mode)
{
    struct lookup_failure failure;
    struct slot *slot = cspace_lookup(t, cptr, &failure);
    if (slot != NULL) {
        return send_to(t, slot, info, mode);
    }
    if (mode.can_block) {
        ipc_rewind(t);
        fault_raise_cap(t, cptr, false, failure.kind, failure.bits_left);
    }
    return true;
}

/* ---- Receive ----------------------------------------------------------------------------- */

static void receive_fault(struct tcb *t, cptr_t cptr, enum kaal_lookup_failure kind,
                          unsigned bits_left)
{
    ipc_rewind(t);
    fault_raise_cap(t, cptr, true, kind, bits_left);
}

static void receive_from_endpoint(struct tcb *t, const struct cap *cap, bool can_block,
                                  bool takes_reply)
{
    struct lookup_failure failure;
    struct reply *reply = NULL;
    if (takes_reply) {
        const cptr_t cptr = t->regs.x[7];
        const struct slot *slot = cspace_lookup(t, cptr, &failure);
        if (slot == NULL) {
            receive_fault(t, cptr, failure.kind, failure.bits_left);
            return;
        }
        reply = cap_reply(&slot->cap);
        if (reply == NULL) {
            receive_fault(t, cptr, KAAL_LOOKUP_MISSING_CAP, 0);
            return;
        }
    }
    ipc_receive(t, cap_endpoint(cap), reply, can_block);
}

static void receive_from_ntfn(struct tcb *t, struct ntfn *n, bool can_block)
{
    if (ntfn_poll(n, t)) {
        return;
    }
    if (can_block) {
        ntfn_block(n, t);
    } else {
        ipc_receive_nothing(t);
    }
}

static void receive(struct tcb *t, cptr_t cptr, bool can_block, bool takes_reply)
{
    struct lookup_failure failure;
    const struct slot *slot = cspace_lookup(t, cptr, &failure);
    if (slot == NULL) {
        receive_fault(t, cptr, failure.kind, failure.bits_left);
        return;
    }
    const struct cap *cap = &slot->cap;
    struct ntfn *n = cap_ntfn(cap);
    if (!cap_has_rights(cap, KAAL_RIGHT_READ)) {
        receive_fault(t, cptr, KAAL_LOOKUP_MISSING_CAP, 0);
    } else if (cap->type == CAP_ENDPOINT) {
        receive_from_endpoint(t, cap, can_block, takes_reply);
    } else if (n != NULL && (n->bound == NULL || n->bound == t)) {
        receive_from_ntfn(t, n, can_block);
    } else {
        receive_fault(t, cptr, KAAL_LOOKUP_MISSING_CAP, 0);
    }
}

/* ---- Entry --------------------------------------------------------------------------------- */

static const struct send_mode mode_call = {.can_block = true, .is_call = true, .can_donate = true};
static const struct send_mode mode_send = {.can_block = true};
static const struct send_mode mode_nbsend = {.can_block = false};
static const struct send_mode mode_nbsend_donate = {.can_donate = true};

static void unknown_syscall(struct tcb *t)
{
    ipc_rewind(t);
    fault_raise(t, (struct fault){.kind = KAAL_FAULT_UNKNOWN_SYSCALL, .words = {t->regs.x[0]}});
}

/* The combined calls: the send never blocks, the receive may. */
static void send_and_receive(struct tcb *t, cptr_t dest, cptr_t source, bool takes_reply)
{
    if (send(t, dest, t->regs.x[2], mode_nbsend_donate) && t->state == TCB_RUNNING) {
        receive(t, source, true, takes_reply);
    }
}

static void dispatch(struct tcb *t)
{
    const word_t *x = t->regs.x;
    switch (x[0]) {
    case KAAL_SYS_CALL:
        send(t, x[1], x[2], mode_call);
        break;
    case KAAL_SYS_REPLY_RECV:
        send_and_receive(t, x[7], x[1], true);
        break;
    case KAAL_SYS_SEND:
        send(t, x[1], x[2], mode_send);
        break;
    case KAAL_SYS_NBSEND:
        send(t, x[1], x[2], mode_nbsend);
        break;
    case KAAL_SYS_RECV:
        receive(t, x[1], true, true);
        break;
    case KAAL_SYS_NBRECV:
        receive(t, x[1], false, true);
        break;
    case KAAL_SYS_NBSEND_RECV:
        send_and_receive(t, x[1], x[8], true);
        break;
    case KAAL_SYS_NBSEND_WAIT:
        send_and_receive(t, x[1], x[8], false);
        break;
    case KAAL_SYS_WAIT:
        receive(t, x[1], true, false);
        break;
    case KAAL_SYS_POLL:
        receive(t, x[1], false, false);
        break;
    case KAAL_SYS_YIELD:
        sched_yield();
        break;
    default:
        if (!KAAL_CFG_DEBUG || !debug_syscall(t)) {
            unknown_syscall(t);
        }
        break;
    }
}

__attribute__((noinline)) void slowpath_syscall(void)
{
    dispatch(arch_cpu()->current);
    sched_exit();
}

void slowpath_fault(const struct fault *fault)
{
    fault_raise(arch_cpu()->current, *fault);
    sched_exit();
}

void slowpath_signal(struct ntfn *n, badge_t badge)
{
    ntfn_signal(n, badge);
    sched_exit();
}
