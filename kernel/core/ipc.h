/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages between threads: the definition of what send, receive and reply do.
 * The threads meet at an endpoint; words and capabilities go straight from one
 * to the other.
 */
#pragma once
#include "object/endpoint.h"
#include "object/reply.h"

struct ipc_send {
    badge_t badge;
    bool can_block;
    bool is_call;
    bool can_grant;
    bool can_grant_reply;
    bool can_donate; /* lend the scheduling context to a receiver without one */
};

/* t sends its message, or its fault if it has one. */
void ipc_send(struct tcb *t, struct endpoint *ep, const struct ipc_send *how);

/* t receives. reply: for a caller found or yet to come, or NULL. */
void ipc_receive(struct tcb *t, struct endpoint *ep, struct reply *reply, bool can_block);

/* t answers through reply with its message; nothing happens if no caller
 * waits. can_grant: capabilities may go with it. */
void ipc_reply(struct tcb *t, struct reply *reply, bool can_grant);

/* The capabilities that a message of from passes, all or none: false if one cannot be
 * found. */
bool ipc_find_caps(const struct tcb *from, unsigned count, struct slot *found[KAAL_MSG_CAPS]);

/*
 * Pass up to three capabilities. One that names the endpoint of the transfer
 * arrives as its badge; the first other one goes into the receive slot and
 * ends the transfer's use of it. Returns the caps and unwrapped bits of the
 * receiver's message info.
 */
word_t ipc_pass_caps(struct slot *const sent[], unsigned count, struct tcb *to,
                     const struct endpoint *ep);

/* The receive of t found nothing: badge 0, empty message. */
void ipc_receive_nothing(struct tcb *t);

/* t's blocked system call is done: go on behind it. */
void ipc_complete(struct tcb *t);

/* t's system call is not done: it goes back to its instruction. */
void ipc_rewind(struct tcb *t);
