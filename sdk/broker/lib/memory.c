/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/broker/memory.h>

#include <kaal/untyped.h>
#include <stdbool.h>

enum {
    MAX_BLOCKS = 640,
    NO_BLOCK = MAX_BLOCKS,
    SLOT_COUNT = 1 << KAAL_ROOT_CNODE_RADIX,
    MIN_BLOCK_BITS = 12,
};

enum block_state { BLOCK_NONE, BLOCK_FREE, BLOCK_USED, BLOCK_SPLIT };

struct block {
    kaal_cptr_t untyped;
    uint64_t paddr;
    uint16_t parent; /* NO_BLOCK: from the kernel */
    uint16_t buddy;
    uint8_t bits;
    uint8_t state; /* enum block_state */
    bool is_device;
};

static struct block blocks[MAX_BLOCKS];
static uint64_t slot_used[SLOT_COUNT / 64];

static bool slot_is_used(kaal_cptr_t slot)
{
    return (slot_used[slot / 64] >> (slot % 64) & 1) != 0;
}

kaal_cptr_t slots_alloc(unsigned count)
{
    unsigned run = 0;
    for (kaal_cptr_t slot = 1; slot < SLOT_COUNT; slot++) {
        run = slot_is_used(slot) ? 0 : run + 1;
        if (run == count) {
            const kaal_cptr_t first = slot + 1 - count;
            for (kaal_cptr_t s = first; s <= slot; s++) {
                slot_used[s / 64] |= (uint64_t)1 << (s % 64);
            }
            return first;
        }
    }
    return 0;
}

void slots_free(kaal_cptr_t first, unsigned count)
{
    for (kaal_cptr_t slot = first; slot < first + count; slot++) {
        slot_used[slot / 64] &= ~((uint64_t)1 << (slot % 64));
    }
}

struct kaal_slot slot_of(kaal_cptr_t cap)
{
    return (struct kaal_slot){.root = KAAL_ROOT_CNODE, .index = cap, .depth = KAAL_CPTR_BITS};
}

void memory_init(const struct kaal_bootinfo *bootinfo)
{
    for (kaal_cptr_t slot = 0; slot < SLOT_COUNT; slot++) {
        if (slot < bootinfo->empty.begin || slot >= bootinfo->empty.end) {
            slot_used[slot / 64] |= (uint64_t)1 << (slot % 64);
        }
    }
    const uint64_t count = bootinfo->untyped.end - bootinfo->untyped.begin;
    for (unsigned i = 0; i < count && i < KAAL_BOOTINFO_MAX_UNTYPED; i++) {
        const struct kaal_untyped_desc *desc = &bootinfo->untyped_list[i];
        blocks[i] = (struct block){
            .untyped = bootinfo->untyped.begin + i,
            .paddr = desc->paddr,
            .parent = NO_BLOCK,
            .buddy = NO_BLOCK,
            .bits = desc->size_bits,
            .state = BLOCK_FREE,
            .is_device = desc->is_device != 0,
        };
    }
}

uint64_t memory_free_bytes(void)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < MAX_BLOCKS; i++) {
        if (blocks[i].state == BLOCK_FREE && !blocks[i].is_device) {
            bytes += (uint64_t)1 << blocks[i].bits;
        }
    }
    return bytes;
}

static unsigned unused_record(unsigned from)
{
    while (from < MAX_BLOCKS && blocks[from].state != BLOCK_NONE) {
        from++;
    }
    return from;
}

static kaal_err_t split(unsigned parent)
{
    const unsigned low = unused_record(0);
    const unsigned high = unused_record(low + 1);
    const kaal_cptr_t slot = high < MAX_BLOCKS ? slots_alloc(2) : 0;
    if (slot == 0) {
        return KAAL_ERR_NOT_ENOUGH_MEMORY;
    }
    struct block *from = &blocks[parent];
    const unsigned bits = from->bits - 1U;
    const struct kaal_slots dest = {.root = KAAL_ROOT_CNODE, .offset = slot, .count = 2};
    const kaal_err_t err = sys_retype(from->untyped, KAAL_OBJ_UNTYPED, bits, &dest);
    if (err != KAAL_OK) {
        slots_free(slot, 2);
        return err;
    }
    from->state = BLOCK_SPLIT;
    blocks[low] = (struct block){
        .untyped = slot,
        .paddr = from->paddr,
        .parent = (uint16_t)parent,
        .buddy = (uint16_t)high,
        .bits = (uint8_t)bits,
        .state = BLOCK_FREE,
        .is_device = from->is_device,
    };
    blocks[high] = blocks[low];
    blocks[high].untyped = slot + 1;
    blocks[high].paddr += (uint64_t)1 << bits;
    blocks[high].buddy = (uint16_t)low;
    return KAAL_OK;
}

/* The half of a split block that holds paddr. */
static unsigned half_with(unsigned parent, uint64_t paddr)
{
    for (unsigned i = 0; i < MAX_BLOCKS; i++) {
        if (blocks[i].state != BLOCK_NONE && blocks[i].parent == parent &&
            paddr >> blocks[i].bits == blocks[i].paddr >> blocks[i].bits) {
            return i;
        }
    }
    return NO_BLOCK;
}

/* Split a free block until the piece with paddr has the size; use that. */
static kaal_err_t carve(unsigned from, uint64_t paddr, unsigned bits, unsigned *block)
{
    while (blocks[from].bits > bits) {
        const kaal_err_t err = split(from);
        if (err != KAAL_OK) {
            return err;
        }
        from = half_with(from, paddr);
    }
    blocks[from].state = BLOCK_USED;
    *block = from;
    return KAAL_OK;
}

kaal_err_t block_alloc(unsigned bits, unsigned *block)
{
    unsigned best = NO_BLOCK;
    for (unsigned i = 0; i < MAX_BLOCKS; i++) {
        const struct block *b = &blocks[i];
        if (b->state == BLOCK_FREE && !b->is_device && b->bits >= bits &&
            (best == NO_BLOCK || b->bits < blocks[best].bits)) {
            best = i;
        }
    }
    if (best == NO_BLOCK) {
        return KAAL_ERR_NOT_ENOUGH_MEMORY;
    }
    return carve(best, blocks[best].paddr, bits, block);
}

kaal_err_t block_alloc_device(uint64_t paddr, unsigned bits, unsigned *block)
{
    for (unsigned i = 0; i < MAX_BLOCKS; i++) {
        const struct block *b = &blocks[i];
        if (b->state == BLOCK_FREE && b->is_device && b->bits >= bits &&
            paddr >> b->bits == b->paddr >> b->bits) {
            return carve(i, paddr, bits, block);
        }
    }
    return KAAL_ERR_INVALID_ARGUMENT;
}

/* Deletion of one's own capabilities cannot fail: the slot exists. */
static void delete_slot(kaal_cptr_t cap)
{
    const struct kaal_slot slot = slot_of(cap);
    if (sys_cnode_delete(&slot) != KAAL_OK) {
        __builtin_trap();
    }
}

void block_free(unsigned block)
{
    const struct kaal_slot slot = slot_of(blocks[block].untyped);
    if (sys_cnode_revoke(&slot) != KAAL_OK) {
        __builtin_trap();
    }
    blocks[block].state = BLOCK_FREE;
    while (blocks[block].parent != NO_BLOCK && blocks[blocks[block].buddy].state == BLOCK_FREE) {
        const unsigned parent = blocks[block].parent;
        const unsigned buddy = blocks[block].buddy;
        delete_slot(blocks[block].untyped);
        delete_slot(blocks[buddy].untyped);
        slots_free(blocks[block].untyped, 1);
        slots_free(blocks[buddy].untyped, 1);
        blocks[block].state = BLOCK_NONE;
        blocks[buddy].state = BLOCK_NONE;
        blocks[parent].state = BLOCK_FREE;
        block = parent;
    }
}

kaal_cptr_t block_untyped(unsigned block)
{
    return blocks[block].untyped;
}

kaal_err_t arena_create(struct arena *arena, uint64_t bytes, unsigned slots)
{
    unsigned bits = MIN_BLOCK_BITS;
    while (bits < 47 && (uint64_t)1 << bits < bytes) {
        bits++;
    }
    *arena = (struct arena){.first_slot = slots_alloc(slots), .slot_count = slots};
    if (arena->first_slot == 0) {
        return KAAL_ERR_NOT_ENOUGH_MEMORY;
    }
    const kaal_err_t err = block_alloc(bits, &arena->block);
    if (err != KAAL_OK) {
        slots_free(arena->first_slot, slots);
        arena->slot_count = 0;
    }
    return err;
}

void arena_destroy(struct arena *arena)
{
    if (arena->slot_count == 0) {
        return;
    }
    block_free(arena->block);
    /* Slots from arena_slot() may hold copies of what is not the arena's. */
    for (unsigned i = 0; i < arena->used; i++) {
        delete_slot(arena->first_slot + i);
    }
    slots_free(arena->first_slot, arena->slot_count);
    *arena = (struct arena){0};
}

kaal_cptr_t arena_slot(struct arena *arena)
{
    return arena->used < arena->slot_count ? arena->first_slot + arena->used++ : 0;
}

kaal_err_t arena_object(struct arena *arena, enum kaal_object_type type, unsigned size_bits,
                        kaal_cptr_t *cap)
{
    const kaal_cptr_t slot = arena_slot(arena);
    if (slot == 0) {
        return KAAL_ERR_NOT_ENOUGH_MEMORY;
    }
    const struct kaal_slots dest = {.root = KAAL_ROOT_CNODE, .offset = slot, .count = 1};
    const kaal_err_t err = sys_retype(block_untyped(arena->block), type, size_bits, &dest);
    if (err != KAAL_OK) {
        arena->used--;
        return err;
    }
    *cap = slot;
    return KAAL_OK;
}
