/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rings: slots of one size that a 'sends' port fills and a 'receives' port of
 * another component empties, in memory that both share (abi/ring.h). One
 * thread uses each end. Link KaaL::ipc.
 *
 * The peer is not trusted. It may write anything into the shared memory at any
 * time, and signal or not signal as it likes. Whatever it does:
 *
 * R1  no access is outside of the ring's slots and the caller's buffer;
 * R2  a call that does not block takes a bounded number of steps, one that
 *     blocks sleeps until a signal comes;
 * R3  no word of the peer's is read twice where both readings must agree: what
 *     a slot holds is copied once, counts are checked and then kept;
 * R4  a count that no honest peer could have written breaks this end for ever:
 *     nothing is sent or received any more.
 *
 * What a slot holds is the peer's word, and so is whether it comes at all.
 */
#ifndef KAAL_RING_H
#define KAAL_RING_H

#include <kaal/abi/ring.h>
#include <kaal/abi/types.h>
#include <kaal/error.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Send items, slot_size bytes each and one after the other.
 * Returns: false if the ring is broken (R4), or port is no connected sends port.
 * Notes: kaal_ring_try_send() sends what fits now, *sent of them, and wakes
 *   the receiver once; kaal_ring_send() blocks until all are sent.
 */
KAAL_MUST_CHECK bool kaal_ring_try_send(unsigned port, const void *items, size_t count,
                                        size_t *sent);
KAAL_MUST_CHECK bool kaal_ring_send(unsigned port, const void *items, size_t count);

/*
 * Receive up to count items.
 * Returns: false if the ring is broken (R4), or port is no connected receives
 *   port; else *received says how many came.
 * Notes: kaal_ring_try_recv() takes what is there, kaal_ring_recv() blocks
 *   until there is one at least (if count is not 0).
 */
KAAL_MUST_CHECK bool kaal_ring_try_recv(unsigned port, void *items, size_t count, size_t *received);
KAAL_MUST_CHECK bool kaal_ring_recv(unsigned port, void *items, size_t count, size_t *received);

/* Bytes of a slot; 0 if port is no connected end of a ring. */
size_t kaal_ring_slot_size(unsigned port);

/*
 * The same on a ring that is not a port's. One end of it, private to its side:
 *
 * N1  producer: own - peer <= slots; consumer: peer - own <= slots.
 * N2  own is what this side last wrote to its count in the shared memory.
 */
struct kaal_ring {
    struct kaal_ring_memory *memory;
    uint32_t slots;
    uint32_t slot_size;
    uint32_t own;       /* this side's count */
    uint32_t peer;      /* the other's, as it was when last read, and valid */
    uint32_t ticket;    /* number of this side's last sleep */
    uint32_t signalled; /* sleep of the peer that was signalled already */
    kaal_cptr_t signal; /* wakes the peer */
    kaal_cptr_t wait;   /* where the peer's signals come */
    bool is_producer;
    bool is_broken;
};

/* Pre: kaal_ring_bytes(slots, slot_size) bytes of zeroed memory, or what this
 * call's twin at the other end has made of them. Returns false if there is no
 * such ring. */
KAAL_MUST_CHECK bool kaal_ring_init(struct kaal_ring *ring, void *memory, uint32_t slots,
                                    uint32_t slot_size, bool is_producer);

/* As the functions above. Pre: ring is a producer's, or a consumer's. */
KAAL_MUST_CHECK bool kaal_ring_push(struct kaal_ring *ring, const void *items, size_t count,
                                    size_t *pushed);
KAAL_MUST_CHECK bool kaal_ring_pop(struct kaal_ring *ring, void *items, size_t count,
                                   size_t *popped);

/* Block until there is room (producer) or an item (consumer). */
KAAL_MUST_CHECK bool kaal_ring_wait(struct kaal_ring *ring);

#endif
