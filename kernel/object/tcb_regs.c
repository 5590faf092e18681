/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on threads: registers. In messages they come in this order: pc, sp,
 * pstate, x0..x30, tls. */
#include "object/tcb.h"

#include "core/invocation.h"
#include "lib/words.h"

enum { REG_PC, REG_SP, REG_PSTATE, REG_X0, REG_TLS = REG_X0 + 31, REG_COUNT };

enum { ARG_FLAGS, ARG_REG_COUNT, ARG_FIRST_REG };

/* How many of x0..x30 are among the first count registers. */
static size_t general_registers(word_t count)
{
    return (count < REG_TLS ? count : REG_TLS) - REG_X0;
}

static enum kaal_err check_register_call(struct invocation *inv, word_t min)
{
    if (cap_tcb(&inv->cap) == inv->caller) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    if (inv_arg(inv, ARG_FLAGS) > 1) {
        return inv_bad_range(inv, ARG_FLAGS, 0, 1);
    }
    if (inv_arg(inv, ARG_REG_COUNT) < min || inv_arg(inv, ARG_REG_COUNT) > REG_COUNT) {
        return inv_bad_range(inv, ARG_REG_COUNT, min, REG_COUNT);
    }
    return KAAL_OK;
}

/* ---- Write ------------------------------------------------------------------------------- */

/* The registers from pstate on, which the buffer holds. Pre: there are some. */
static void set_from_buffer(struct arch_regs *regs, const word_t *words, word_t count)
{
    regs->pstate = arch_pstate_sanitise(words[REG_PSTATE]);
    if (count > REG_X0) {
        words_copy(regs->x, &words[REG_X0], general_registers(count));
    }
    if (count > REG_TLS) {
        regs->tls = words[REG_TLS];
    }
}

_Static_assert(ARG_FIRST_REG + REG_PSTATE == KAAL_MSG_REGS, "pc and sp are in registers");

static void set_registers(struct arch_regs *regs, const struct invocation *inv, word_t count)
{
    if (count > REG_PC) {
        regs->pc = inv_arg(inv, ARG_FIRST_REG + REG_PC);
    }
    if (count > REG_SP) {
        regs->sp = inv_arg(inv, ARG_FIRST_REG + REG_SP);
    }
    if (count > REG_PSTATE) {
        set_from_buffer(regs, &inv->buffer->words[ARG_FIRST_REG], count);
    }
}

enum kaal_err tcb_inv_write_registers(struct invocation *inv)
{
    struct tcb *t = cap_tcb(&inv->cap);
    const enum kaal_err err = check_register_call(inv, 0);
    if (err != KAAL_OK) {
        return err;
    }
    const word_t count = inv_arg(inv, ARG_REG_COUNT);
    if (inv->length - ARG_FIRST_REG < count) {
        return KAAL_ERR_TRUNCATED_MESSAGE;
    }
    t->was_preempted = false;
    set_registers(&t->regs, inv, count);
    if (inv_arg(inv, ARG_FLAGS) != 0) {
        tcb_resume(t);
    }
    return KAAL_OK;
}

/* ---- Read -------------------------------------------------------------------------------- */

_Static_assert(REG_X0 + 1 == INV_RESULT_WORDS, "x0 is the last that needs no buffer");

/* The registers from x1 on. Pre: there are some. */
static void get_to_buffer(const struct arch_regs *regs, word_t *words, word_t count)
{
    words_copy(&words[REG_X0 + 1], &regs->x[1], general_registers(count) - 1);
    if (count > REG_TLS) {
        words[REG_TLS] = regs->tls;
    }
}

/* An answer that no buffer takes up ends early. */
static void get_registers(const struct arch_regs *regs, struct invocation *inv, word_t count)
{
    inv->result[REG_PC] = regs->pc;
    inv->result[REG_SP] = regs->sp;
    inv->result[REG_PSTATE] = regs->pstate;
    inv->result[REG_X0] = regs->x[0];
    if (count > INV_RESULT_WORDS) {
        struct kaal_ipc_buffer *buffer = inv->is_call ? tcb_ipc_buffer(inv->caller) : NULL;
        if (buffer == NULL) {
            count = INV_RESULT_WORDS;
        } else {
            get_to_buffer(regs, buffer->words, count);
        }
    }
    inv->result_length = (unsigned)count;
}

enum kaal_err tcb_inv_read_registers(struct invocation *inv)
{
    struct tcb *t = cap_tcb(&inv->cap);
    const enum kaal_err err = check_register_call(inv, 1);
    if (err != KAAL_OK) {
        return err;
    }
    const word_t count = inv_arg(inv, ARG_REG_COUNT);
    if (inv_arg(inv, ARG_FLAGS) != 0) {
        tcb_suspend(t);
    }
    get_registers(&t->regs, inv, count);
    return KAAL_OK;
}

/* ---- Copy -------------------------------------------------------------------------------- */

/* Of x0..x30: x0-x8, x16-x18, x29 and x30. */
#define FRAME_X UINT32_C(0x600701ff)

/* Frame: pc, sp, pstate and FRAME_X; integer: the others. */
static void copy_registers(struct arch_regs *to, const struct arch_regs *from, word_t flags)
{
    uint32_t x = 0;
    if ((flags & KAAL_COPY_FRAME) != 0) {
        x |= FRAME_X;
        to->pc = from->pc;
        to->sp = from->sp;
        to->pstate = arch_pstate_sanitise(from->pstate);
    }
    if ((flags & KAAL_COPY_INTEGER) != 0) {
        x |= ~FRAME_X;
        to->tls = from->tls;
    }
    for (unsigned i = 0; i < 31; i++) {
        if ((x >> i & 1) != 0) {
            to->x[i] = from->x[i];
        }
    }
}

enum kaal_err tcb_inv_copy_registers(struct invocation *inv)
{
    const word_t all =
        KAAL_COPY_SUSPEND_SOURCE | KAAL_COPY_RESUME_TARGET | KAAL_COPY_FRAME | KAAL_COPY_INTEGER;
    struct tcb *t = cap_tcb(&inv->cap);
    struct tcb *source = cap_tcb(inv_cap(inv, 0));
    const word_t flags = inv_arg(inv, 0);

    if (source == NULL) {
        return inv_bad_cap(inv, 0);
    }
    if (t == inv->caller || source == inv->caller) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    if (flags > all) {
        return inv_bad_range(inv, 0, 0, all);
    }
    if ((flags & KAAL_COPY_SUSPEND_SOURCE) != 0) {
        tcb_suspend(source);
    }
    t->was_preempted = false;
    copy_registers(&t->regs, &source->regs, flags);
    if ((flags & KAAL_COPY_RESUME_TARGET) != 0) {
        tcb_resume(t);
    }
    return KAAL_OK;
}
