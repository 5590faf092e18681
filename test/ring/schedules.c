/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every schedule of a producer and a consumer on a small ring: the shipped
 * ring.c on two coroutines, of which either may go on before each access to a
 * shared word, each signal and each wait. States that have been seen are not
 * gone into again. Nobody may be asleep when nothing can happen any more, and
 * every item must arrive in order.
 *
 * Usage: ring-schedules [buffered | forgetful]
 * buffered: stores reach the memory some time later, as without sequential
 * consistency; forgetful: a signal that nobody waits for is lost. With either
 * a sleeper must be found, or this program would find nothing at all.
 */
#include <kaal/ring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "ring_os.h"

enum { STACK = 16384, MAX_SLOTS = 4, MAX_STORES = 4, THREADS = 2, MAX_ITEMS = 8 };

enum status { RUNS, WAITS, DONE };

struct pending {
    _Atomic uint32_t *word;
    uint32_t value;
};

/* All that a schedule changes, at one address: a state is a copy of it. */
static struct world {
    uint8_t stacks[THREADS][STACK] __attribute__((aligned(16)));
    ucontext_t contexts[THREADS];
    uint64_t memory[KAAL_RING_HEADER_BYTES / 8 + MAX_SLOTS] __attribute__((aligned(64)));
    struct kaal_ring ends[THREADS];
    struct pending buffers[THREADS][MAX_STORES];
    uint32_t buffered[THREADS];
    uint32_t status[THREADS];
    uint32_t active[THREADS]; /* notifications */
    uint64_t received;
} now;

static ucontext_t explorer;
static unsigned running;
static struct {
    bool is_buffered, is_forgetful;
    uint32_t slots;
    uint64_t items, batch;
} model;
static uint64_t sleepers, transitions;

static void yield(void)
{
    const unsigned self = running;
    swapcontext(&now.contexts[self], &explorer);
}

/* ---- The seam: one access, whenever the explorer says ------------------------------ */

uint32_t ring_os_load(const _Atomic uint32_t *word)
{
    yield();
    for (uint32_t i = now.buffered[running]; i > 0; i--) {
        if (now.buffers[running][i - 1].word == word) {
            return now.buffers[running][i - 1].value;
        }
    }
    return *word;
}

void ring_os_store(_Atomic uint32_t *word, uint32_t value)
{
    yield();
    if (!model.is_buffered) {
        *word = value;
        return;
    }
    while (now.buffered[running] == MAX_STORES) {
        yield();
    }
    now.buffers[running][now.buffered[running]++] = (struct pending){word, value};
}

void ring_os_signal(kaal_cptr_t cap)
{
    yield();
    now.active[cap] = !model.is_forgetful || now.status[cap] == WAITS;
}

void ring_os_wait(kaal_cptr_t cap)
{
    yield();
    while (now.active[cap] == 0) {
        now.status[running] = WAITS;
        yield();
    }
    now.status[running] = RUNS;
    now.active[cap] = 0;
}

/* ---- The two sides ------------------------------------------------------------------ */

static void need(bool holds, const char *what)
{
    if (!holds) {
        printf("%s\n", what);
        exit(1);
    }
}

static void produce(void)
{
    for (uint64_t sent = 0; sent < model.items;) {
        uint64_t items[MAX_ITEMS];
        size_t n;
        uint64_t count = model.items - sent < model.batch ? model.items - sent : model.batch;
        for (uint64_t i = 0; i < count; i++) {
            items[i] = sent + i;
        }
        need(kaal_ring_wait(&now.ends[0]), "the producer's end is broken");
        need(kaal_ring_push(&now.ends[0], items, count, &n) && n > 0, "no room after the wait");
        sent += n;
    }
}

static void consume(void)
{
    while (now.received < model.items) {
        uint64_t items[MAX_ITEMS];
        size_t n;
        need(kaal_ring_wait(&now.ends[1]), "the consumer's end is broken");
        need(kaal_ring_pop(&now.ends[1], items, model.batch, &n) && n > 0, "nothing came");
        for (size_t i = 0; i < n; i++) {
            need(items[i] == now.received++, "an item is lost or doubled");
        }
    }
}

static void enter(void)
{
    if (running == 0) {
        produce();
    } else {
        consume();
    }
    for (;;) {
        now.status[running] = DONE;
        yield();
    }
}

/* ---- Exploring ----------------------------------------------------------------------- */

static struct {
    uint64_t (*slots)[2];
    uint64_t size, count;
} seen;

/* bytes: a multiple of 4, as everything here is. */
static uint64_t hash(uint64_t h, const void *data, size_t bytes)
{
    const uint8_t *at = data;
    for (size_t i = 0; i < bytes; i += 4) {
        uint32_t word;
        memcpy(&word, at + i, sizeof(word));
        h = (h ^ word) * 0x9e3779b97f4a7c15;
        h ^= h >> 29;
    }
    return h;
}

/* All that the future depends on: of a stack what is in use, of the registers
 * those that a call keeps. */
static uint64_t state_hash(uint64_t h)
{
    static const int kept[] = {REG_RBX, REG_RBP, REG_R12, REG_R13,
                               REG_R14, REG_R15, REG_RSP, REG_RIP};
    for (unsigned t = 0; t < THREADS; t++) {
        const greg_t *regs = now.contexts[t].uc_mcontext.gregs;
        for (unsigned i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
            h = hash(h, &regs[kept[i]], sizeof(regs[0]));
        }
        const uint8_t *sp = (const uint8_t *)regs[REG_RSP];
        h = hash(h, sp, (size_t)(now.stacks[t] + STACK - sp));
        h = hash(h, now.buffers[t], now.buffered[t] * sizeof(now.buffers[t][0]));
    }
    h = hash(h, now.memory, sizeof(now.memory));
    h = hash(h, now.ends, sizeof(now.ends));
    h = hash(h, now.buffered, sizeof(now.buffered));
    h = hash(h, now.status, sizeof(now.status));
    h = hash(h, now.active, sizeof(now.active));
    return hash(h, &now.received, sizeof(now.received));
}

static bool insert(const uint64_t key[2])
{
    uint64_t i = key[0] & (seen.size - 1);
    while (seen.slots[i][0] != 0 || seen.slots[i][1] != 0) {
        if (seen.slots[i][0] == key[0] && seen.slots[i][1] == key[1]) {
            return false;
        }
        i = (i + 1) & (seen.size - 1);
    }
    memcpy(seen.slots[i], key, sizeof(seen.slots[i]));
    need(++seen.count < seen.size / 2, "too many states for the table");
    return true;
}

static void step(unsigned thread)
{
    running = thread;
    swapcontext(&explorer, &now.contexts[thread]);
}

static void flush(unsigned thread)
{
    struct pending *buffer = now.buffers[thread];
    *buffer[0].word = buffer[0].value;
    now.buffered[thread]--;
    memmove(&buffer[0], &buffer[1], now.buffered[thread] * sizeof(buffer[0]));
}

static bool can_step(unsigned thread)
{
    return now.status[thread] == RUNS || (now.status[thread] == WAITS && now.active[thread] != 0);
}

static void explore(void)
{
    const uint64_t key[2] = {state_hash(0xcbf29ce484222325), state_hash(0x9e3779b97f4a7c15)};
    if (sleepers > 0 || !insert(key)) {
        return;
    }
    struct world *copy = malloc(sizeof(*copy));
    need(copy != NULL, "out of memory");
    memcpy(copy, &now, sizeof(now));
    unsigned enabled = 0;
    for (unsigned choice = 0; choice < 2 * THREADS; choice++) {
        const unsigned thread = choice % THREADS;
        if (choice < THREADS ? !can_step(thread) : now.buffered[thread] == 0) {
            continue;
        }
        enabled++;
        transitions++;
        if (choice < THREADS) {
            step(thread);
        } else {
            flush(thread);
        }
        explore();
        memcpy(&now, copy, sizeof(now));
    }
    if (enabled == 0 && (now.status[0] != DONE || now.status[1] != DONE)) {
        sleepers++;
    }
    free(copy);
}

static void begin(void)
{
    memset(&now, 0, sizeof(now));
    for (unsigned t = 0; t < THREADS; t++) {
        need(kaal_ring_init(&now.ends[t], now.memory, model.slots, 8, t == 0), "init");
        now.ends[t].wait = t;
        now.ends[t].signal = 1 - t;
        now.ends[t].own = now.ends[t].peer = UINT32_MAX;
        getcontext(&now.contexts[t]);
        now.contexts[t].uc_stack.ss_sp = now.stacks[t];
        now.contexts[t].uc_stack.ss_size = STACK;
        makecontext(&now.contexts[t], enter, 0);
    }
    struct kaal_ring_memory *memory = (struct kaal_ring_memory *)(void *)now.memory;
    memory->producer.count = memory->consumer.count = UINT32_MAX;
    memset(seen.slots, 0, seen.size * sizeof(seen.slots[0]));
    seen.count = 0;
}

int main(int argc, char **argv)
{
    static const uint64_t cases[][3] = {/* slots, items, batch */
                                        {1, 4, 1},
                                        {2, 5, 1},
                                        {2, 6, 2},
                                        {4, 8, 3},
                                        {1, 5, 2}};
    model.is_buffered = argc > 1 && strcmp(argv[1], "buffered") == 0;
    model.is_forgetful = argc > 1 && strcmp(argv[1], "forgetful") == 0;
    seen.size = 1U << 24;
    seen.slots = malloc(seen.size * sizeof(seen.slots[0]));
    need(seen.slots != NULL, "out of memory");
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]) && sleepers == 0; i++) {
        model.slots = (uint32_t)cases[i][0];
        model.items = cases[i][1];
        model.batch = cases[i][2];
        begin();
        explore();
        printf("%u slots, %llu items, batches of %llu: %llu states\n", model.slots,
               (unsigned long long)model.items, (unsigned long long)model.batch,
               (unsigned long long)seen.count);
    }
    printf("%llu transitions, %llu lost wake-ups\n", (unsigned long long)transitions,
           (unsigned long long)sleepers);
    const bool must_find = model.is_buffered || model.is_forgetful;
    return (sleepers > 0) == must_find ? 0 : 1;
}
