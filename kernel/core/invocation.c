/* SPDX-License-Identifier: Apache-2.0 */
#include "invocation.h"

#include "object/tcb.h"

#include "cpu.h"
#include "cspace.h"
#include "fault.h"
#include "ipc.h"
#include "lib/assert.h"
#include "lib/inline.h"
#include "syscall.h"

word_t inv_arg(const struct invocation *inv, unsigned i)
{
    return i < KAAL_MSG_REGS ? inv->caller->regs.x[3 + i] : inv->buffer->words[i];
}

/* Word i of the answer goes into the IPC buffer, if there is one. */
static SELDOM void put_in_buffer(struct invocation *inv, unsigned i, word_t word)
{
    if (inv->buffer == NULL) {
        inv->buffer = tcb_ipc_buffer(inv->caller);
    }
    if (inv->buffer != NULL && inv->is_call) {
        inv->buffer->words[i] = word;
        inv->result_length = i + 1;
    }
}

void inv_result(struct invocation *inv, word_t word)
{
    const unsigned i = inv->result_length;
    if (i < INV_RESULT_WORDS) {
        inv->result[i] = word;
        inv->result_length = i + 1;
    } else {
        put_in_buffer(inv, i, word);
    }
}

static SELDOM enum kaal_err detail(struct invocation *inv, enum kaal_err err, unsigned count,
                                   word_t w0, word_t w1, word_t w2)
{
    inv->result_length = count;
    inv->result[0] = w0;
    inv->result[1] = w1;
    inv->result[2] = w2;
    return err;
}

enum kaal_err inv_bad_arg(struct invocation *inv, unsigned arg)
{
    return detail(inv, KAAL_ERR_INVALID_ARGUMENT, 1, arg, 0, 0);
}

enum kaal_err inv_bad_cap(struct invocation *inv, unsigned extra)
{
    return detail(inv, KAAL_ERR_INVALID_CAPABILITY, 1, extra == INV_SELF ? 0 : extra + 1U, 0, 0);
}

enum kaal_err inv_bad_range(struct invocation *inv, unsigned arg, word_t min, word_t max)
{
    return detail(inv, KAAL_ERR_RANGE, 3, arg, min, max);
}

enum kaal_err inv_bad_alignment(struct invocation *inv, unsigned arg)
{
    return detail(inv, KAAL_ERR_ALIGNMENT, 1, arg, 0, 0);
}

enum kaal_err inv_bad_lookup(struct invocation *inv, bool is_source, word_t left, word_t kind)
{
    return detail(inv, KAAL_ERR_FAILED_LOOKUP, 3, is_source, left, kind);
}

enum kaal_err inv_no_memory(struct invocation *inv, word_t bytes_left)
{
    return detail(inv, KAAL_ERR_NOT_ENOUGH_MEMORY, 1, bytes_left, 0, 0);
}

enum { LABELS = 128 };

/* What each label needs. A label that is not listed needs what nobody calls: null. */
static const struct signature {
    _Alignas(4) uint8_t type;
    uint8_t nargs, ncaps;
} signatures[LABELS] = {
#define KAAL_INVOCATION(OBJECT, NAME, number, nargs, ncaps, handler) \
    [number] = {CAP_##OBJECT, nargs, ncaps},
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
};

/* A jump: the dispatcher itself needs no stack. */
#if __has_attribute(musttail)
#define TAIL_CALL __attribute__((musttail))
#else
#define TAIL_CALL
#endif

/* Each case is a direct jump: there is no table of function pointers. The label is
 * masked, not compared: also in speculation it is an entry of both tables. */
__attribute__((noinline)) enum kaal_err invocation_dispatch(struct invocation *inv)
{
    const unsigned label = inv->label % LABELS;
    const struct signature *needs = &signatures[label];
    kassert(!cap_is_null(&inv->cap));
    if (inv->label >= LABELS || needs->type != inv->cap.type) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    if (inv->length < needs->nargs || inv->caps < needs->ncaps) {
        return KAAL_ERR_TRUNCATED_MESSAGE;
    }
    switch (label) {
#define KAAL_INVOCATION(OBJECT, NAME, number, nargs, ncaps, handler) \
    case number:                                                     \
        TAIL_CALL return handler(inv);
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
    default:
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
}

/* ---- From the message to the answer ---- */

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

/* Inlined, so that the usual call need not look at the mode. */
ALWAYS_INLINE bool run(struct tcb *t, struct slot *slot, word_t info, bool can_block, bool is_call)
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

SELDOM bool inv_run(struct tcb *t, struct slot *slot, word_t info, bool can_block, bool is_call)
{
    return run(t, slot, info, can_block, is_call);
}

__attribute__((noinline)) void slowpath_invoke(struct tcb *t, struct slot *slot)
{
    run(t, slot, t->regs.x[2], true, true);
    sched_exit();
}
