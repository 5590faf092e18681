/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two threads, a ring between them and real atomics, under ThreadSanitizer:
 * every item arrives once and in order, and nobody is left asleep.
 * Usage: ring-stress <items>
 */
#include <kaal/ring.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "ring_os.h"

enum { BATCH = 16, ITEM_WORDS = 2 };

/* A notification: a signal is kept until somebody waits. */
static struct ntfn {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int is_active;
    unsigned long sleeps;
} ntfns[2] = {{PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0},
              {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0}};

/* The twin: no order at all, which ThreadSanitizer has to find. */
#ifdef STRESS_TWIN_RELAXED
#define ORDER memory_order_relaxed
#else
#define ORDER memory_order_seq_cst
#endif

uint32_t ring_os_load(const _Atomic uint32_t *word)
{
    return atomic_load_explicit(word, ORDER);
}

void ring_os_store(_Atomic uint32_t *word, uint32_t value)
{
    atomic_store_explicit(word, value, ORDER);
}

void ring_os_signal(kaal_cptr_t cap)
{
    struct ntfn *n = &ntfns[cap];
    pthread_mutex_lock(&n->lock);
    n->is_active = 1;
    pthread_cond_signal(&n->changed);
    pthread_mutex_unlock(&n->lock);
}

void ring_os_wait(kaal_cptr_t cap)
{
    struct ntfn *n = &ntfns[cap];
    pthread_mutex_lock(&n->lock);
    n->sleeps++;
    while (n->is_active == 0) {
        pthread_cond_wait(&n->changed, &n->lock);
    }
    n->is_active = 0;
    pthread_mutex_unlock(&n->lock);
}

struct end {
    struct kaal_ring ring;
    uint64_t items;
};

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void need(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "ring-stress: %s\n", what);
        abort();
    }
}

static void *produce(void *arg)
{
    struct end *end = arg;
    uint64_t batch[BATCH * ITEM_WORDS], random = 88172645463325252;
    for (uint64_t sent = 0; sent < end->items;) {
        uint64_t count = 1 + next_random(&random) % BATCH;
        count = count < end->items - sent ? count : end->items - sent;
        for (uint64_t i = 0; i < count; i++) {
            batch[i * ITEM_WORDS] = sent + i;
            batch[i * ITEM_WORDS + 1] = ~(sent + i);
        }
        for (uint64_t done = 0; done < count;) {
            size_t n;
            need(kaal_ring_wait(&end->ring), "the producer's end is broken");
            need(kaal_ring_push(&end->ring, batch + done * ITEM_WORDS, count - done, &n), "push");
            done += n;
        }
        sent += count;
    }
    return NULL;
}

static void *consume(void *arg)
{
    struct end *end = arg;
    uint64_t batch[BATCH * ITEM_WORDS], random = 2463534242;
    for (uint64_t received = 0; received < end->items;) {
        size_t n;
        need(kaal_ring_wait(&end->ring), "the consumer's end is broken");
        need(kaal_ring_pop(&end->ring, batch, 1 + next_random(&random) % BATCH, &n), "pop");
        for (size_t i = 0; i < n; i++, received++) {
            need(batch[i * ITEM_WORDS] == received && batch[i * ITEM_WORDS + 1] == ~received,
                 "an item is lost, doubled or torn");
        }
    }
    return NULL;
}

static void run(uint32_t slots, uint64_t items)
{
    static struct end ends[2];
    const uint64_t bytes = kaal_ring_bytes(slots, ITEM_WORDS * 8);
    struct kaal_ring_memory *memory = aligned_alloc(64, (bytes + 63) & ~(uint64_t)63);
    pthread_t threads[2];
    __builtin_memset(memory, 0, bytes);
    for (unsigned i = 0; i < 2; i++) {
        need(kaal_ring_init(&ends[i].ring, memory, slots, ITEM_WORDS * 8, i == 0), "init");
        ends[i].ring.signal = i;
        ends[i].ring.wait = 1 - i;
        ends[i].ring.own = ends[i].ring.peer = UINT32_MAX - 1000;
        ends[i].items = items;
        ntfns[i].is_active = 0;
        ntfns[i].sleeps = 0;
    }
    memory->producer.count = memory->consumer.count = UINT32_MAX - 1000;
    pthread_create(&threads[0], NULL, produce, &ends[0]);
    pthread_create(&threads[1], NULL, consume, &ends[1]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("%u slots: %llu items, the producer slept %lu times, the consumer %lu times\n", slots,
           (unsigned long long)items, ntfns[1].sleeps, ntfns[0].sleeps);
    need(slots > 1 || ntfns[0].sleeps + ntfns[1].sleeps > 0, "nobody has ever slept");
    free(memory);
}

int main(int argc, char **argv)
{
    const uint64_t items = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    need(items > 0, "usage: ring-stress <items>");
    run(1, items / 50);
    run(4, items / 5);
    run(256, items);
    return 0;
}
