/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One end of a ring against a hostile peer, which writes what the input says
 * into any part of the shared memory, before each load and whenever this end
 * sleeps. Memory and buffers end where they should (ASan), N1 and N2 hold after
 * every call, no call takes more steps than its size allows.
 */
#include <kaal/ring.h>
#include <stdlib.h>
#include <string.h>

#include "ring_os.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *input;
static size_t left;
static struct kaal_ring_memory *memory;
static size_t memory_bytes;
static struct kaal_ring ring;
static unsigned loads, stores, sleeps;

static void need(bool holds)
{
    if (!holds) {
        abort();
    }
}

static uint8_t next(void)
{
    if (left == 0) {
        return 0;
    }
    left--;
    return *input++;
}

static uint32_t next_word(void)
{
    uint32_t word = 0;
    for (unsigned i = 0; i < 4; i++) {
        word = word << 8 | next();
    }
    return word;
}

/* Counts near what an honest peer would write, or anything, anywhere. */
static void attack(void)
{
    const uint8_t how = next();
    _Atomic uint32_t *peer = ring.is_producer ? &memory->consumer.count : &memory->producer.count;
    switch (how % 8) {
    case 1:
        *peer = ring.own + (uint32_t)(int8_t)next();
        break;
    case 2:
        *peer = ring.peer + next() % 4;
        break;
    case 3:
        *peer = next_word();
        break;
    case 4:
        memory->producer.sleeps = memory->consumer.sleeps = next() % 3;
        break;
    case 5:
        ((uint8_t *)memory)[next_word() % memory_bytes] = next();
        break;
    case 6:
        *(ring.is_producer ? &memory->producer.count : &memory->consumer.count) = next_word();
        break;
    default:
        break;
    }
}

uint32_t ring_os_load(const _Atomic uint32_t *word)
{
    loads++;
    attack();
    return *word;
}

void ring_os_store(_Atomic uint32_t *word, uint32_t value)
{
    stores++;
    *word = value;
}

void ring_os_signal(kaal_cptr_t cap)
{
    need(cap == 1);
}

/* A peer that never lets go would be one that never sends: it gives up. */
void ring_os_wait(kaal_cptr_t cap)
{
    need(cap == 2);
    attack();
    if (++sleeps > 8) {
        _Atomic uint32_t *peer =
            ring.is_producer ? &memory->consumer.count : &memory->producer.count;
        *peer = ring.is_producer ? ring.own : ring.own + 1;
        left = 0;
    }
}

static void check(void)
{
    const uint32_t used = ring.is_producer ? ring.own - ring.peer : ring.peer - ring.own;
    need(used <= ring.slots); /* N1 */
}

static void transfer(void)
{
    const size_t count = next() % (2 * ring.slots + 2);
    uint8_t *items = malloc(count * ring.slot_size + (count == 0));
    size_t done = SIZE_MAX;
    const uint32_t before = ring.own;
    const bool was_broken = ring.is_broken;
    memset(items, 0, count * ring.slot_size);
    loads = stores = 0;
    const bool ok = ring.is_producer ? kaal_ring_push(&ring, items, count, &done)
                                     : kaal_ring_pop(&ring, items, count, &done);
    need(done <= count && done <= ring.slots && ring.own - before == done);
    need(ok == !ring.is_broken && (ok || done == 0) && !(ok && was_broken));
    need(loads <= 2 && stores <= 1);
    free(items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input = data;
    left = size;
    const uint32_t slots = 1U << (next() % 5);
    const uint32_t slot_size = 8 * (1 + next() % 4U);
    memory_bytes = kaal_ring_bytes(slots, slot_size);
    memory = malloc(memory_bytes);
    memset(memory, 0, memory_bytes);
    need(kaal_ring_init(&ring, memory, slots, slot_size, next() % 2 == 0));
    ring.signal = 1;
    ring.wait = 2;
    ring.own = ring.peer = next_word();
    memory->producer.count = memory->consumer.count = ring.own;
    while (left > 0) {
        if (next() % 4 == 0) {
            sleeps = 0;
            need(kaal_ring_wait(&ring) == !ring.is_broken);
        } else {
            transfer();
        }
        check();
    }
    free(memory);
    return 0;
}
