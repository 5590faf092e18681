/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All memory and all slots of a root task.
 *
 * Untyped memory is split by halves on demand and joined again when both
 * halves are free (a buddy allocator whose blocks are Untyped capabilities).
 * An arena is one such block, and a range of slots, for objects that die
 * together: destroying it revokes the block, so nothing can be forgotten.
 *
 * Single-threaded. Errors are the kernel's; NOT_ENOUGH_MEMORY also says that
 * slots or records have run out.
 */
#pragma once
#include <kaal/bootinfo.h>
#include <kaal/cnode.h>
#include <kaal/error.h>

/* Take over everything bootinfo lists. Once, first. */
void memory_init(const struct kaal_bootinfo *bootinfo);

/* Bytes of RAM in blocks that nobody uses. */
uint64_t memory_free_bytes(void);

/* count slots in a row, or 0. */
kaal_cptr_t slots_alloc(unsigned count);
void slots_free(kaal_cptr_t first, unsigned count);

/* The slot of the root task's CNode behind a capability pointer. */
struct kaal_slot slot_of(kaal_cptr_t cap);

/* Free bit for bit memory: *block names it for block_free(). */
KAAL_MUST_CHECK kaal_err_t block_alloc(unsigned bits, unsigned *block);

/* The device memory at paddr, a multiple of 2^bits bytes.
 * Errors: INVALID_ARGUMENT if it is not free device memory. */
KAAL_MUST_CHECK kaal_err_t block_alloc_device(uint64_t paddr, unsigned bits, unsigned *block);

/* Everything made from the block dies. */
void block_free(unsigned block);
kaal_cptr_t block_untyped(unsigned block);

struct arena {
    unsigned block;
    kaal_cptr_t first_slot;
    unsigned slot_count;
    unsigned used;
};

/* An arena for slots objects of bytes in all, alignment included. */
KAAL_MUST_CHECK kaal_err_t arena_create(struct arena *arena, uint64_t bytes, unsigned slots);
void arena_destroy(struct arena *arena);

/* A new object of the arena; *cap is set. */
KAAL_MUST_CHECK kaal_err_t arena_object(struct arena *arena, enum kaal_object_type type,
                                        unsigned size_bits, kaal_cptr_t *cap);

/* An empty slot of the arena, for a copy; 0 if none is left. */
kaal_cptr_t arena_slot(struct arena *arena);
