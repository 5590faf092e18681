/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults as messages, of every kind and length, with and without buffers: the
 * handler gets the words that faults.def lists and nothing else of it changes;
 * its answer sets the registers listed there alone, and never more of pstate
 * than user space may have.
 */
#include "core/fault.h"

#include "arch/aarch64/pure/pstate.h"

#include "core/ipc.h"
#include "object/sched_context.h"

unsigned nondet_unsigned(void);
bool nondet_bool(void);
word_t nondet_word(void);

static struct tcb thread, handler;
static struct kaal_ipc_buffer buffer;
static bool has_buffer;
static struct sc context;

struct kaal_ipc_buffer *tcb_ipc_buffer(const struct tcb *t)
{
    __CPROVER_assert(t == &handler, "the handler's");
    return has_buffer ? &buffer : NULL;
}

word_t arch_pstate_sanitise(word_t pstate)
{
    return pstate_sanitise(pstate);
}

word_t sc_take_consumed(struct sc *sc)
{
    __CPROVER_assert(sc == &context, "the thread's");
    return 0x10000 + 35; /* word 1 of TIMEOUT */
}

enum { THREAD = 0x10000, HANDLER = 0x20000, BUFFER = 0x30000, WORDS = 40 };

/* Every word has a value of its own: the code moves them without a look. */
static void fill(void)
{
    for (unsigned i = 0; i < 31; i++) {
        thread.regs.x[i] = (word_t)THREAD + i;
        handler.regs.x[i] = (word_t)HANDLER + i;
    }
    thread.regs.pc = THREAD + 31;
    thread.regs.sp = THREAD + 32;
    thread.regs.pstate = THREAD + 33;
    for (unsigned i = 0; i < 4; i++) {
        thread.fault.words[i] = (word_t)THREAD + 34 + i;
    }
    for (unsigned i = 0; i < WORDS; i++) { /* the others are 0 */
        buffer.words[i] = (word_t)BUFFER + i;
    }
    thread.fault.kind = (enum kaal_fault)nondet_unsigned();
    has_buffer = nondet_bool();
    thread.sc = nondet_bool() ? &context : NULL;
}

/* Lengths of messages and answers, and the register a message or answer
 * begins with, from faults.def. */
static const struct {
    unsigned length, answer, first;
} of_kind[] = {[KAAL_FAULT_CAP] = {5, 0, 31},
               [KAAL_FAULT_UNKNOWN_SYSCALL] = {35, 34, 0},
               [KAAL_FAULT_USER_EXCEPTION] = {4, 3, 31},
               [KAAL_FAULT_TIMEOUT] = {2, 34, 34},
               [KAAL_FAULT_VM] = {4, 0, 31}};

/* Word i of the message: x0-x30, pc, sp, pstate and the fault's own are
 * numbered 0-37 in that order. */
static word_t expected(enum kaal_fault kind, unsigned i)
{
    if (kind == KAAL_FAULT_CAP || kind == KAAL_FAULT_VM) {
        return (word_t)THREAD + (i == 0 ? 31 : 33 + i);
    }
    if (kind == KAAL_FAULT_TIMEOUT && i == 1 && thread.sc == NULL) {
        return 0;
    }
    return (word_t)THREAD + of_kind[kind].first + i;
}

static void ask(void)
{
    const enum kaal_fault kind = thread.fault.kind;
    const unsigned all = of_kind[kind].length, length = has_buffer || all < 4 ? all : 4;
    const word_t info = fault_write_message(&thread, &handler);

    __CPROVER_assert(info == ((word_t)kind << 12 | length), "the info");
    const unsigned i = nondet_unsigned();
    if (i < 31) {
        const bool is_word = i >= 3 && i < 7 && i - 3 < length;
        __CPROVER_assert(handler.regs.x[i] ==
                             (is_word ? expected(kind, i - 3) : (word_t)HANDLER + i),
                         "registers of the handler");
    }
    if (i < KAAL_MSG_MAX) {
        const bool is_word = i >= 4 && i < length;
        __CPROVER_assert(buffer.words[i] == (is_word     ? expected(kind, i)
                                             : i < WORDS ? (word_t)BUFFER + i
                                                         : 0),
                         "words of the buffer");
    }
}

static word_t given(unsigned i)
{
    return i < 4 ? (word_t)HANDLER + 3 + i : (word_t)BUFFER + i;
}

static word_t is_now(const struct tcb *t, unsigned i)
{
    return i < 31 ? t->regs.x[i] : i == 31 ? t->regs.pc : i == 32 ? t->regs.sp : t->regs.pstate;
}

static void answer(void)
{
    const enum kaal_fault kind = thread.fault.kind;
    const word_t info = nondet_word();
    handler.regs.x[2] = info;
    const unsigned first = kind == KAAL_FAULT_USER_EXCEPTION ? 31 : 0;
    const unsigned sent = (unsigned)(info & 127), there = has_buffer || sent < 4 ? sent : 4;
    const unsigned taken = there < of_kind[kind].answer ? there : of_kind[kind].answer;

    const bool goes_on = fault_accept_reply(&handler, &thread);

    __CPROVER_assert(goes_on == (info >> 12 == 0), "label 0 goes on");
    __CPROVER_assert(thread.fault.kind == KAAL_FAULT_NONE, "the fault is over");
    const unsigned i = nondet_unsigned();
    if (i < 34) {
        const bool is_set = i >= first && i - first < taken;
        const word_t value = is_set ? given(i - first) : (word_t)THREAD + i;
        __CPROVER_assert(is_now(&thread, i) == (is_set && i == 33 ? value & 0xf0000000 : value),
                         "registers of the thread");
    }
    __CPROVER_assert(thread.regs.tls == 0 && thread.regs.ipc_buffer == 0, "nothing else");
}

void harness(void)
{
    fill();
    const enum kaal_fault kind = thread.fault.kind;
    __CPROVER_assume(kind == KAAL_FAULT_CAP || kind == KAAL_FAULT_UNKNOWN_SYSCALL ||
                     kind == KAAL_FAULT_USER_EXCEPTION || kind == KAAL_FAULT_TIMEOUT ||
                     kind == KAAL_FAULT_VM);
    if (nondet_bool()) {
        ask();
    } else {
        answer();
    }
}
