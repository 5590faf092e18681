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

/* The rank of a domain's highest priority in words 0..w of its bitmap, or one
 * less than that of priority 0. */
static inline uint32_t ready_top(const struct sched *s, unsigned domain, unsigned w)
{
    const uint64_t *bitmap = s->bitmap[domain];
    uint32_t top = (uint32_t)domain << 16;
    while (w > 0 && bitmap[w] == 0) {
        w--;
    }
    top += w * READY_WORD_BITS + READY_WORD_BITS - 1;
    return bitmap[w] == 0 ? top - READY_WORD_BITS : top - (uint32_t)__builtin_clzll(bitmap[w]);
}

/* Would t, which is not queued, come before all that are, or be in front of its
 * equals? Ranks of two domains are further apart than priorities can be. */
ALWAYS_INLINE bool ready_comes_first(const struct sched *s, const struct tcb *t)
{
    return t->rank - s->top <= SCHED_PRIORITIES;
}

static inline bool ready_is_none(const struct sched *s)
{
    return (s->top & 0xffff) >= SCHED_PRIORITIES;
}

static inline void ready_mark(struct sched *s, const struct tcb *t)
{
    s->bitmap[t->domain][t->priority / READY_WORD_BITS] |= (uint64_t)1
                                                           << (t->priority % READY_WORD_BITS);
    if (ready_comes_first(s, t)) {
        s->top = t->rank;
    }
}

static inline void ready_unmark(struct sched *s, const struct tcb *t)
{
    const unsigned w = t->priority / READY_WORD_BITS;
    s->bitmap[t->domain][w] &= ~((uint64_t)1 << (t->priority % READY_WORD_BITS));
    if (s->top == t->rank) {
        s->top = ready_top(s, t->domain, w);
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
    return ready_is_none(s) ? NULL : s->ready[s->domains.current][s->top & 0xffff].head;
}
