/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying the words of a message, for every length, with and without buffers:
 * the receiver gets the sender's words up to what both can hold, and nothing
 * else of it changes: no register, no word behind the message, nothing behind
 * the words of the buffer. Every word has a value of its own; the code moves
 * words without looking at them, so what holds for these holds for all.
 */
#include "object/tcb.h"

unsigned nondet_unsigned(void);
bool nondet_bool(void);

static struct kaal_ipc_buffer source_buffer, target_buffer;
static struct tcb sender, receiver;
static bool sender_has_buffer, receiver_has_buffer;

struct kaal_ipc_buffer *tcb_ipc_buffer(const struct tcb *t)
{
    const bool has = t == &sender ? sender_has_buffer : receiver_has_buffer;
    return has ? t == &sender ? &source_buffer : &target_buffer : NULL;
}

#include "core/ipc.c"

enum { SOURCE = 0x10000, TARGET = 0x20000, SOURCE_REG = 0x30000, TARGET_REG = 0x40000 };

static void fill(struct kaal_ipc_buffer *buffer, word_t first, struct tcb *t, word_t first_reg)
{
    for (unsigned i = 0; i < KAAL_MSG_MAX; i++) {
        buffer->words[i] = first + i;
    }
    for (unsigned i = 0; i < KAAL_MSG_CAPS; i++) {
        buffer->caps_or_badges[i] = first + KAAL_MSG_MAX + i;
    }
    for (unsigned i = 0; i < 31; i++) {
        t->regs.x[i] = first_reg + i;
    }
}

static void check_buffer(unsigned copied)
{
    for (unsigned i = 0; i < KAAL_MSG_MAX; i++) {
        const bool is_sent = i >= KAAL_MSG_REGS && i < copied;
        __CPROVER_assert(target_buffer.words[i] == (word_t)(is_sent ? SOURCE : TARGET) + i,
                         "words of the buffer");
    }
    for (unsigned i = 0; i < KAAL_MSG_CAPS; i++) {
        __CPROVER_assert(target_buffer.caps_or_badges[i] == (word_t)TARGET + KAAL_MSG_MAX + i,
                         "behind the words");
    }
}

static void check_registers(unsigned copied)
{
    for (unsigned i = 0; i < 31; i++) {
        const bool is_sent = i >= 3 && i < 3 + KAAL_MSG_REGS && i - 3 < copied;
        __CPROVER_assert(receiver.regs.x[i] == (word_t)(is_sent ? SOURCE_REG : TARGET_REG) + i,
                         "registers");
    }
    __CPROVER_assert(receiver.regs.pc == 0 && receiver.regs.sp == 0 && receiver.regs.pstate == 0 &&
                         receiver.regs.tls == 0,
                     "other registers");
}

void harness(void)
{
    const unsigned length = nondet_unsigned();
    sender_has_buffer = nondet_bool();
    receiver_has_buffer = nondet_bool();
    fill(&source_buffer, SOURCE, &sender, SOURCE_REG);
    fill(&target_buffer, TARGET, &receiver, TARGET_REG);

    const unsigned copied = copy_words(&sender, &receiver, length);

    const unsigned limit = sender_has_buffer && receiver_has_buffer ? KAAL_MSG_MAX : KAAL_MSG_REGS;
    __CPROVER_assert(copied == (length < limit ? length : limit), "number of words");
    check_buffer(copied);
    check_registers(copied);
}
