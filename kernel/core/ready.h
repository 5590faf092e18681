/* SPDX-License-Identifier: Apache-2.0 */
/* The ready queues of a core, and the bitmap above them: R1 of sched.h. */
#pragma once
#include "lib/assert.h"
#include "lib/inline.h"
#include "object/tcb.h"

#include "sched.h"

enum { READY_WORD_BITS = 64 };

static inline struct sched_queue *ready_queue(struct sched *s, const struct tcb *t)
{
    return &s->ready[t->domain][t->priority];
}

/* One more than the highest priority in words 0..w of a domain's bitmap, or 0. */
static inline uint16_t ready_above(const uint64_t *bitmap, unsigned w)
{
    for (;; w--) {
        if (bitmap[w] != 0) {
            return (uint16_t)((w + 1) * READY_WORD_BITS - (unsigned)__builtin_clzll(bitmap[w]));
        }
        if (w == 0) {
            return 0;
        }
    }
}

static inline void ready_mark(struct sched *s, const struct tcb *t)
{
    const uint16_t above = (uint16_t)(t->priority + 1U);
    s->bitmap[t->domain][t->priority / READY_WORD_BITS] |= (uint64_t)1
                                                           << (t->priority % READY_WORD_BITS);
    if (above > s->above[t->domain]) {
        s->above[t->domain] = above;
    }
}

static inline void ready_unmark(struct sched *s, const struct tcb *t)
{
    uint64_t *bitmap = s->bitmap[t->domain];
    const unsigned w = t->priority / READY_WORD_BITS;
    bitmap[w] &= ~((uint64_t)1 << (t->priority % READY_WORD_BITS));
    if (s->above[t->domain] == t->priority + 1U) {
        s->above[t->domain] = ready_above(bitmap, w);
    }
}

ALWAYS_INLINE void ready_link_front(struct sched *s, struct tcb *t)
{
    struct sched_queue *q = ready_queue(s, t);
    struct tcb *head = q->head;
    kassert(!t->is_ready_queued);
    t->is_ready_queued = true;
    t->ready_next = head;
    q->head = t;
    if (head != NULL) {
        head->ready_prev = t;
    } else {
        q->tail = t;
        ready_mark(s, t);
    }
}

ALWAYS_INLINE void ready_link_back(struct sched *s, struct tcb *t)
{
    struct sched_queue *q = ready_queue(s, t);
    struct tcb *tail = q->tail;
    kassert(!t->is_ready_queued);
    t->is_ready_queued = true;
    t->ready_prev = tail;
    q->tail = t;
    if (tail != NULL) {
        tail->ready_next = t;
    } else {
        q->head = t;
        ready_mark(s, t);
    }
}

ALWAYS_INLINE void ready_unlink(struct sched *s, struct tcb *t)
{
    struct sched_queue *q = ready_queue(s, t);
    struct tcb *next = t->ready_next, *prev = t->ready_prev;
    if (prev != NULL) {
        prev->ready_next = next;
    } else {
        q->head = next;
    }
    if (next != NULL) {
        next->ready_prev = prev;
    } else {
        q->tail = prev;
    }
    t->ready_next = t->ready_prev = NULL;
    t->is_ready_queued = false;
    if (q->head == NULL) {
        ready_unmark(s, t);
    }
}

/* The first of the highest priority in the current domain, or NULL. */
ALWAYS_INLINE struct tcb *ready_first(const struct sched *s)
{
    const unsigned above = s->above[s->domains.current];
    return above == 0 ? NULL : s->ready[s->domains.current][above - 1].head;
}
