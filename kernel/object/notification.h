/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notification: a word of sticky signal bits, and threads that wait for it.
 *
 * N1  never both active and with waiters.
 * N2  !active implies pending == 0. (active with pending == 0 is legal: an
 *     unbadged signal must not be lost.)
 * N3  bound->bound_ntfn == this for bound != NULL; sc->ntfn likewise.
 * N4  with a bound thread, nobody else waits.
 */
#pragma once
#include "lib/tree.h"
#include "object/slot.h"

struct ntfn {
    struct tree waiters;
    badge_t pending;
    struct tcb *bound; /* woken from its endpoint receive too */
    struct sc *sc;     /* lent to a passive thread that a signal wakes */
    bool active;
};

/* Hand badge to the bound thread if it is in receive, else to the first
 * waiter, else hold it. */
void ntfn_signal(struct ntfn *n, badge_t badge);

/* If a signal is held: deliver it to t's registers, return true. */
bool ntfn_poll(struct ntfn *n, struct tcb *t);

/* Queue t, which is running, until signalled. Pre: ntfn_poll just failed. */
void ntfn_block(struct ntfn *n, struct tcb *t);

/* Take t off the queue. Pre: it waits here. */
void ntfn_dequeue(struct ntfn *n, struct tcb *t);

void ntfn_bind(struct ntfn *n, struct tcb *t);
void ntfn_unbind(struct ntfn *n);

/* t stops waiting for work on this notification's time: give it back. */
void ntfn_return_sc(struct ntfn *n, struct tcb *t);

/* Last capability gone: restart one waiter, or at the end drop the bindings
 * and return false. */
bool ntfn_finalise_step(struct ntfn *n);

const char *ntfn_check(const struct ntfn *n);
