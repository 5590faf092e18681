/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call on an object: what its handler (invocations.def) sees.
 *
 * A handler first decodes: it may return an error and has then changed
 * nothing. From the first change on it cannot fail; it may only say
 * INV_PREEMPTED, and the caller makes the same call again later.
 */
#pragma once
#include "object/slot.h"

/* Not an error of the ABI: user space never sees it. */
#define INV_PREEMPTED ((enum kaal_err)255)

/* Nor this: done, but whoever ends the wait of the caller answers. */
#define INV_ANSWERED_LATER ((enum kaal_err)254)

/* Both, and no error of the ABI, are at least this. */
#define INV_NOT_ANSWERED INV_ANSWERED_LATER

enum { INV_RESULT_WORDS = 4 };

struct invocation {
    struct tcb *caller;
    struct slot *slot;              /* of the invoked capability */
    struct cap cap;                 /* copy of it */
    struct kaal_ipc_buffer *buffer; /* NULL until a word or capability in it is needed */
    word_t label;
    unsigned length; /* words that are really there */
    unsigned caps;
    unsigned result_length;
    bool is_retry; /* the call before it was preempted, and is made again */
    bool is_call;  /* an answer is wanted */
    struct slot *extra[KAAL_MSG_CAPS];
    word_t result[INV_RESULT_WORDS]; /* or the detail of an error */
};

/* Message word i. Pre: i < inv->length. */
word_t inv_arg(const struct invocation *inv, unsigned i);

/* Extra capability i, and its slot. Pre: i < inv->caps. */
static inline const struct cap *inv_cap(const struct invocation *inv, unsigned i)
{
    return &inv->extra[i]->cap;
}

/* Append a word to the answer. */
void inv_result(struct invocation *inv, word_t word);

/* Errors with their detail, for return statements. Arguments and extra
 * capabilities are named by their index; INV_SELF is the invoked capability. */
#define INV_SELF (~0U)
enum kaal_err inv_bad_arg(struct invocation *inv, unsigned arg);
enum kaal_err inv_bad_cap(struct invocation *inv, unsigned extra);
enum kaal_err inv_bad_range(struct invocation *inv, unsigned arg, word_t min, word_t max);
enum kaal_err inv_bad_alignment(struct invocation *inv, unsigned arg);
enum kaal_err inv_bad_lookup(struct invocation *inv, bool is_source, word_t left, word_t kind);
enum kaal_err inv_no_memory(struct invocation *inv, word_t bytes_left);

/* Run the invocation that inv->label names on inv->cap, which is not null. */
enum kaal_err invocation_dispatch(struct invocation *inv);

/*
 * t's message, with this message info, is for the object in slot: neither endpoint,
 * notification nor reply, zombie nor empty. can_block: if it names a capability that is
 * not there that is a fault. Returns false if it is to be sent again, or t is gone.
 */
bool inv_run(struct tcb *t, struct slot *slot, word_t info, bool can_block, bool is_call);

/* Find the capabilities that go along. If one cannot be found the send fails:
 * a blocking one with a fault. */
bool inv_find_caps(struct tcb *t, const struct kaal_ipc_buffer *buffer, unsigned count,
                   bool can_block, struct slot *extra[KAAL_MSG_CAPS]);

/* A caller may have deleted itself in a call: then nothing of it may be touched. */
bool inv_caller_is_alive(const struct tcb *t);

/* The answer to t's call is an error, or KAAL_OK, and length words. */
void inv_answer(struct tcb *t, enum kaal_err err, unsigned length);

/* The handlers. Not inlined: what one needs in registers all would save. */
#define KAAL_INVOCATION(OBJECT, NAME, label, nargs, ncaps, handler) \
    __attribute__((noinline)) enum kaal_err handler(struct invocation *inv);
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
