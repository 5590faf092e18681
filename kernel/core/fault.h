/* SPDX-License-Identifier: Apache-2.0 */
/* Faults as messages: what a stopped thread tells its handler, and back. */
#pragma once
#include "object/tcb.h"

/* Whose end without a handler is always told on the console. */
extern const struct tcb *fault_root_task;

/* t, which is in no queue, stops for this fault and tells its handler; with no
 * usable handler it just stops. regs.pc is the instruction to run again. */
void fault_raise(struct tcb *t, struct fault fault);

/* t's capability pointer cptr leads nowhere. */
void fault_raise_cap(struct tcb *t, cptr_t cptr, bool in_receive, unsigned kind,
                     unsigned bits_left);

/* Is somebody to hear of it when t's refill is used up? */
static inline bool fault_has_timeout(const struct tcb *t)
{
    return !slot_is_empty(&t->slots[TCB_SLOT_TIMEOUT_HANDLER]); /* KI-14 */
}

/* Tell them, with what was charged so far. Pre: fault_has_timeout(), t has a
 * context and is in no queue. */
void fault_raise_timeout(struct tcb *t);

/* Is cap fit to be a fault handler: an endpoint to call, or null? */
bool fault_is_handler(const struct cap *cap);

/* Write t's fault to the receiver's message. Returns the message info. */
word_t fault_write_message(struct tcb *t, struct tcb *receiver);

/* The handler answered: apply its registers, clear the fault. Returns whether
 * t is to run again. */
bool fault_accept_reply(const struct tcb *handler, struct tcb *t);
