/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared memory of a ring: two words of each side, then the slots.
 *
 * head and tail count slots since the beginning, modulo 2^32; slot n of the
 * ring is at index n % slots. slots and slot_size are not in this memory,
 * where the other side could change them: each side has them from its start-up
 * page.
 */
#ifndef KAAL_ABI_RING_H
#define KAAL_ABI_RING_H

#include <stdint.h>

#define KAAL_RING_LINE         64
#define KAAL_RING_HEADER_BYTES (2 * KAAL_RING_LINE)

/* slots is a power of two, slot_size a multiple of 8; the whole has at most
 * KAAL_RING_MAX_BYTES. */
#define KAAL_RING_MAX_SLOTS     65536
#define KAAL_RING_MAX_SLOT_SIZE 65536
#define KAAL_RING_MAX_BYTES     (1024 * 1024)

/* Each side writes its own line alone. */
struct kaal_ring_side {
    _Atomic uint32_t count;  /* producer: head, slots filled; consumer: tail, slots emptied */
    _Atomic uint32_t sleeps; /* 0: awake; else a number of its own for each sleep */
    uint8_t unused[KAAL_RING_LINE - 8];
};

struct kaal_ring_memory {
    struct kaal_ring_side producer;
    struct kaal_ring_side consumer;
    uint8_t slots[];
};

_Static_assert(sizeof(struct kaal_ring_side) == KAAL_RING_LINE, "one line for each side");
_Static_assert(sizeof(struct kaal_ring_memory) == KAAL_RING_HEADER_BYTES, "ring layout");

/* Bytes of the shared memory, or 0 if there is no such ring. */
static inline uint64_t kaal_ring_bytes(uint32_t slots, uint32_t slot_size)
{
    if (slots == 0 || slots > KAAL_RING_MAX_SLOTS || (slots & (slots - 1)) != 0 || slot_size == 0 ||
        slot_size > KAAL_RING_MAX_SLOT_SIZE || slot_size % 8 != 0) {
        return 0;
    }
    const uint64_t bytes = KAAL_RING_HEADER_BYTES + (uint64_t)slots * slot_size;
    return bytes <= KAAL_RING_MAX_BYTES ? bytes : 0;
}

#endif
