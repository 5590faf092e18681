/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/ring.h>

#include "ring_os.h"

bool kaal_ring_init(struct kaal_ring *ring, void *memory, uint32_t slots, uint32_t slot_size,
                    bool is_producer)
{
    *ring = (struct kaal_ring){
        .memory = memory,
        .slots = slots,
        .slot_size = slot_size,
        .is_producer = is_producer,
        .is_broken = memory == NULL || kaal_ring_bytes(slots, slot_size) == 0,
    };
    return !ring->is_broken;
}

static struct kaal_ring_side *own_side(const struct kaal_ring *ring)
{
    return ring->is_producer ? &ring->memory->producer : &ring->memory->consumer;
}

static struct kaal_ring_side *peer_side(const struct kaal_ring *ring)
{
    return ring->is_producer ? &ring->memory->consumer : &ring->memory->producer;
}

/* Slots to fill or to empty, by the peer's count as it was last read. */
static uint32_t available(const struct kaal_ring *ring)
{
    return ring->is_producer ? ring->slots - (ring->own - ring->peer) : ring->peer - ring->own;
}

/* Read the peer's count. It may have grown, at most by the slots that this
 * side has passed on and not seen come back: this keeps N1. */
static void read_peer(struct kaal_ring *ring)
{
    const uint32_t count = ring_os_load(&peer_side(ring)->count);
    if (count - ring->peer > ring->slots - available(ring)) {
        ring->is_broken = true; /* R4 */
        return;
    }
    ring->peer = count;
}

/* How many of count slots can be used now. */
static uint32_t claim(struct kaal_ring *ring, size_t count)
{
    if (available(ring) < count) {
        read_peer(ring);
    }
    if (ring->is_broken) {
        return 0;
    }
    const uint32_t most = available(ring);
    return count < most ? (uint32_t)count : most;
}

static uint8_t *slot_at(const struct kaal_ring *ring, uint32_t count)
{
    return &ring->memory->slots[(size_t)(count & (ring->slots - 1)) * ring->slot_size];
}

/* Pass count slots on, and wake the peer if it sleeps and was not woken yet. */
static void publish(struct kaal_ring *ring, uint32_t count)
{
    if (count == 0) {
        return;
    }
    ring->own += count;
    ring_os_store(&own_side(ring)->count, ring->own); /* N2 */
    const uint32_t sleep = ring_os_load(&peer_side(ring)->sleeps);
    if (sleep != 0 && sleep != ring->signalled) {
        ring->signalled = sleep;
        ring_os_signal(ring->signal);
    }
}

bool kaal_ring_push(struct kaal_ring *ring, const void *items, size_t count, size_t *pushed)
{
    const uint32_t n = claim(ring, count);
    const uint8_t *item = items;
    for (uint32_t i = 0; i < n; i++, item += ring->slot_size) {
        __builtin_memcpy(slot_at(ring, ring->own + i), item, ring->slot_size);
    }
    publish(ring, n);
    *pushed = n;
    return !ring->is_broken;
}

bool kaal_ring_pop(struct kaal_ring *ring, void *items, size_t count, size_t *popped)
{
    const uint32_t n = claim(ring, count);
    uint8_t *item = items;
    for (uint32_t i = 0; i < n; i++, item += ring->slot_size) {
        __builtin_memcpy(item, slot_at(ring, ring->own + i), ring->slot_size); /* R3 */
    }
    publish(ring, n);
    *popped = n;
    return !ring->is_broken;
}

/* Says that this side sleeps, then looks once more: a peer that passes slots
 * on after this look sees the sleep, one that did before is seen. */
static bool may_sleep(struct kaal_ring *ring)
{
    ring->ticket = ring->ticket == UINT32_MAX ? 1 : ring->ticket + 1;
    ring_os_store(&own_side(ring)->sleeps, ring->ticket);
    return claim(ring, 1) == 0 && !ring->is_broken;
}

bool kaal_ring_wait(struct kaal_ring *ring)
{
    while (claim(ring, 1) == 0 && !ring->is_broken) {
        if (may_sleep(ring)) {
            ring_os_wait(ring->wait); /* perhaps for a signal of an earlier sleep */
        }
        ring_os_store(&own_side(ring)->sleeps, 0);
    }
    return !ring->is_broken;
}
