/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reply object: the right to answer one caller, once.
 *
 * Replies along which a scheduling context was donated form a stack: sc->reply
 * is the newest call, prev leads to older ones.
 *
 * P1  tcb is blocked on this reply, or in a receive that names it.
 * P2  prev->next == this for prev != NULL; next->prev == this for next != NULL.
 * P3  sc->reply == this for sc != NULL, and then next == NULL.
 */
#pragma once
#include "object/slot.h"

struct reply {
    struct tcb *tcb;
    struct reply *prev; /* older call of the stack */
    struct reply *next; /* newer call of the stack */
    struct sc *sc;      /* of the newest call: the donated context */
};

/* caller now waits for callee's answer; donates its scheduling context if
 * asked to and if callee has none. Pre: reply->tcb == NULL. */
void reply_push(struct reply *reply, struct tcb *caller, struct tcb *callee, bool can_donate);

/* The answer is due: unlink; a donated context goes back to the caller. The
 * caller becomes inactive. */
void reply_pop(struct reply *reply);

/* The caller goes away without an answer: unlink; the context stays where it
 * is. The caller becomes inactive. */
void reply_cancel(struct reply *reply);

/* Forget who waits to receive with it. */
void reply_unlink(struct reply *reply);

/* Last capability gone. */
void reply_finalise(struct reply *reply);

const char *reply_check(const struct reply *reply);
