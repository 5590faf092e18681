/* SPDX-License-Identifier: Apache-2.0 */
/* A call on an object, from its message to the answer. */
#include "object/tcb.h"

#include "cpu.h"
#include "cspace.h"
#include "fault.h"
#include "invocation.h"
#include "ipc.h"
#include "lib/inline.h"
#include "syscall.h"

bool inv_caller_is_alive(const struct tcb *t)
{
    return arch_cpu()->current == t;
}

void inv_answer(struct tcb *t, enum kaal_err err, unsigned length)
{
    t->regs.x[0] = kaal_msginfo(err, 0, length);
    t->regs.x[1] = 0;
}

SELDOM bool inv_find_caps(struct tcb *t, const struct kaal_ipc_buffer *buffer, unsigned count,
                          bool can_block, struct slot *extra[KAAL_MSG_CAPS])
{
    struct lookup_failure failure;
    for (unsigned i = 0; i < count; i++) {
        const cptr_t cptr = buffer->caps_or_badges[i];
        extra[i] = cspace_lookup(t, cptr, &failure);
        if (extra[i] == NULL) {
            if (can_block) {
                ipc_rewind(t);
                fault_raise_cap(t, cptr, false, failure.kind, failure.bits_left);
            }
            return false;
        }
    }
    return true;
}

/* What of the message is in the IPC buffer; without one it is not there. */
static bool read_buffer(struct invocation *inv, unsigned caps, bool can_block)
{
    struct tcb *t = inv->caller;
    inv->buffer = tcb_ipc_buffer(t);
    if (inv->buffer == NULL) {
        inv->length = inv->length < KAAL_MSG_REGS ? inv->length : KAAL_MSG_REGS;
        return true;
    }
    inv->length = inv->length < KAAL_MSG_MAX ? inv->length : KAAL_MSG_MAX;
    inv->caps = caps;
    return (caps == 1 &&
            cspace_quick_below(&t->slots[TCB_SLOT_CSPACE].cap, inv->buffer->caps_or_badges[0],
                               KAAL_CPTR_BITS, &inv->extra[0])) ||
           inv_find_caps(t, inv->buffer, caps, can_block, inv->extra);
}

/* False if the call is to be made again, or the caller is gone. */
ALWAYS_INLINE bool finish_invocation(const struct invocation *inv, enum kaal_err err, bool is_call)
{
    struct tcb *t = inv->caller;
    if (!inv_caller_is_alive(t)) {
        return false;
    }
    if (err >= INV_NOT_ANSWERED) {
        const bool is_preempted = err == INV_PREEMPTED;
        if (is_preempted) {
            t->was_preempted = true;
            ipc_rewind(t);
        }
        return !is_preempted;
    }
    if (is_call) {
        for (unsigned i = 0; i < inv->result_length && i < KAAL_MSG_REGS; i++) {
            t->regs.x[3 + i] = inv->result[i];
        }
        inv_answer(t, err, inv->result_length);
    }
    return true;
}

bool inv_run(struct tcb *t, struct slot *slot, word_t info, bool can_block, bool is_call)
{
    const unsigned caps = kaal_msginfo_caps(info);
    struct invocation inv; /* extra, result: as many as are counted */
    inv.caller = t;
    inv.slot = slot;
    inv.cap = slot->cap;
    inv.buffer = NULL;
    inv.label = kaal_msginfo_label(info);
    inv.length = kaal_msginfo_length(info);
    inv.caps = 0;
    inv.result_length = 0;
    inv.is_retry = t->was_preempted;
    inv.is_call = is_call;
    t->was_preempted = false;

    if ((inv.length > KAAL_MSG_REGS || caps > 0) && !read_buffer(&inv, caps, can_block)) {
        return true;
    }
    return finish_invocation(&inv, invocation_dispatch(&inv), is_call);
}

__attribute__((noinline)) void slowpath_invoke(struct tcb *t, struct slot *slot)
{
    inv_run(t, slot, t->regs.x[2], true, true);
    sched_exit();
}
