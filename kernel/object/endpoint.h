/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endpoint: where a sender and a receiver meet. Holds waiting threads, never
 * a message. Waiters are served by priority, equals in order of arrival.
 *
 * E1  a waiter is blocked on this endpoint, all for sending or all for
 *     receiving, as is_receiving says.
 */
#pragma once
#include "lib/tree.h"
#include "object/slot.h"

struct endpoint {
    struct tree waiters;
    bool is_receiving; /* what the waiters wait for, if there are any */
};

/* Queue t, whose state and blocked_on are set. */
void endpoint_enqueue(struct endpoint *ep, struct tcb *t);

/* Take out t, or the first waiter (not NULL). */
void endpoint_dequeue(struct endpoint *ep, struct tcb *t);
struct tcb *endpoint_pop(struct endpoint *ep);

/* Last capability gone: restart one waiter, whose operation then fails.
 * Returns false when there is none left. */
bool endpoint_finalise_step(struct endpoint *ep);

const char *endpoint_check(const struct endpoint *ep);
