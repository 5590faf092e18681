/* SPDX-License-Identifier: Apache-2.0 */
#include "invocation.h"

#include "object/tcb.h"

#include "lib/assert.h"
#include "lib/inline.h"

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
    if (inv->label < LABELS && needs->type == inv->cap.type) {
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
            break;
        }
    }
    return KAAL_ERR_ILLEGAL_OPERATION;
}
