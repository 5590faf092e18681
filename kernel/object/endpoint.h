/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endpoint: where a sender and a receiver meet. Holds waiting threads, never
 * a message. Waiters are served by priority, equals in order of arrival.
 *
 * E1  a waiter is blocked on this endpoint, all for sending or all for
 *     receiving, as is_receiving says.
 * E2  while a badge is being cancelled, no sender with that badge that came
 *     before the cancelling did stands in front of cursor (NULL: behind all).
 */
#pragma once
#include "lib/tree.h"
#include "object/slot.h"

struct endpoint {
    struct tree waiters;
    struct tcb *lone;         /* who waits to receive, if it is one alone, else NULL */
    bool is_receiving;        /* what the waiters wait for, if there are any */
    badge_t cancelled;        /* whose senders are being restarted, 0: nobody's */
    struct tree_node *cursor; /* the waiter to look at next */
    uint64_t arrivals;        /* how many senders have queued here, ever */
    uint64_t cancel_until;    /* arrivals when the cancelling began */
};
_Static_assert(sizeof(struct endpoint) <= 64, "KAAL_OBJECT(ENDPOINT) size");

/* Queue t, whose state and blocked_on are set. */
void endpoint_enqueue(struct endpoint *ep, struct tcb *t);

/* t, which waits here, goes to its place for another priority. */
void endpoint_requeue(struct endpoint *ep, struct tcb *t, uint8_t priority);

/* Take out t, or the first waiter (not NULL). */
void endpoint_dequeue(struct endpoint *ep, struct tcb *t);
struct tcb *endpoint_pop(struct endpoint *ep);

/* Last capability gone: restart one waiter, whose operation then fails.
 * Returns false when there is none left. */
bool endpoint_finalise_step(struct endpoint *ep);

/* From here on restart the senders with this badge that wait now. What was
 * begun for another badge is forgotten. */
void endpoint_cancel_begin(struct endpoint *ep, badge_t badge);

/* Look at one waiter; false when all have been looked at. O(log n). */
bool endpoint_cancel_step(struct endpoint *ep);

const char *endpoint_check(const struct endpoint *ep);
