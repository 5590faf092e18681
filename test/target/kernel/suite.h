/* SPDX-License-Identifier: Apache-2.0 */
/* What the suite_*.c files share beyond framework.h. */
#pragma once
#include "framework.h"

#include <kaal/broker/mapping.h>

#define READ_WRITE (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)

/* Runs at once when made; runs when the test waits. */
#define ABOVE (&(struct thread_how){.priority = 150})
#define BELOW (&(struct thread_how){.priority = 50})

/* x0..x30 around a system call: loaded from x, and stored there after. */
struct suite_registers {
    kaal_word_t x[31];
};
void suite_svc(struct suite_registers *registers);

/* An invocation by its number, with words 0..3; capabilities: kaal_set_cap().
 * The answer is in *answer unless NULL. */
kaal_err_t suite_invoke(kaal_cptr_t object, kaal_word_t label, unsigned caps, unsigned length,
                        const kaal_word_t *words, struct kaal_msg *answer);

/*
 * Run entry above the test's priority; take its first fault.
 * Returns: the label, 0 if it did not fault. *msg is the message, whose caller
 * reply holds (0: a new one).
 */
kaal_word_t suite_fault_of(struct thread *thread, void (*entry)(struct thread *), kaal_cptr_t reply,
                           struct kaal_msg *msg);

/* Entries. The comments say what of arg and result they use. */
void suite_spin(struct thread *self);      /* result 0 counts */
void suite_wait_once(struct thread *self); /* arg 0: source. result 0: badge */
void suite_wait_loop(struct thread *self); /* as above; result 1: how many times */
void suite_send_once(struct thread *self); /* arg 0: destination, 1: label, 2: word 0 */
void suite_call_once(struct thread *self); /* as above; result 0: info, 1: word 0 of the answer */
/* arg 0: endpoint. Answers word 0 + 1. result 0: how many. */
void suite_serve(struct thread *self);
void suite_read(struct thread *self);  /* arg 0: address. result 0: word there */
void suite_write(struct thread *self); /* arg 0: address, 1: word */

/* Make thread passive: it waits in a receive and its context is unbound. */
bool suite_make_passive(struct thread *server);

/* Nothing is in the slot. */
bool suite_is_empty(kaal_cptr_t slot);

/* Free tables of the test's arena for all pages of that 2 MiB. */
bool suite_tables(kaal_cptr_t vspace, uint64_t vaddr);

static inline volatile kaal_word_t *at(uint64_t vaddr)
{
    return (volatile kaal_word_t *)vaddr;
}

/* suite_support.S says what these do. */
struct suite_pattern {
    kaal_word_t seed;
    volatile kaal_word_t count;
    volatile kaal_word_t wrong;
};
void suite_pattern_yield(struct suite_pattern *pattern);
void suite_pattern_unknown(struct suite_pattern *pattern);
void suite_pattern_undefined(struct suite_pattern *pattern);
void suite_pattern_interrupt(struct suite_pattern *pattern);
void suite_fp_fill(kaal_word_t seed);
kaal_word_t suite_fp_differs(kaal_word_t seed);
kaal_word_t suite_fp_bits(void);
kaal_word_t suite_exclusive_none(kaal_word_t *word, kaal_word_t x0);
kaal_word_t suite_exclusive_svc(kaal_word_t *word, kaal_word_t x0);
kaal_word_t suite_exclusive_undefined(kaal_word_t *word, kaal_word_t x0);
kaal_word_t suite_exclusive_spin(kaal_word_t *word, kaal_word_t x0);
