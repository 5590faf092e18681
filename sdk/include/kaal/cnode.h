/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CNodes: tables of capabilities. A slot is named by a root CNode, an index
 * and how many bits of the index to resolve (depth).
 */
#ifndef KAAL_CNODE_H
#define KAAL_CNODE_H

#include <kaal/abi/rights.h>
#include <kaal/invoke.h>

struct kaal_slot {
    kaal_cptr_t root;
    kaal_word_t index;
    kaal_word_t depth; /* bits, 1 .. 64 */
};

/* Data word that gives a CNode capability a guard: bits (0..63) of value. */
static inline kaal_word_t kaal_guard(kaal_word_t value, unsigned bits)
{
    return value << 6 | bits;
}

/*
 * Copy a capability.
 * Rights: none; rights (KAAL_RIGHT_*) can only lessen those of the source.
 * Arguments: dest, an empty slot; src; rights to keep.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (depth), FAILED_LOOKUP, DELETE_FIRST (dest is full),
 *   REVOKE_FIRST (an untyped with children), ILLEGAL_OPERATION (not copyable:
 *   IRQ control, an unmapped page table).
 * Notes: the copy of a page is not mapped; the copy of an untyped takes all
 *   that was left.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_cnode_copy(const struct kaal_slot *dest, const struct kaal_slot *src, kaal_word_t rights)
{
    struct kaal_msg msg = {.w = {dest->index, dest->depth, src->index, src->depth}};
    kaal_msg_set(&msg, 4, rights);
    kaal_set_cap(0, src->root);
    return kaal_invoke(dest->root, KAAL_INV_CNODE_COPY, 1, 5, &msg);
}

/*
 * Copy a capability and set its data: the badge of an endpoint or notification
 * that has none, or the guard of a CNode.
 * Rights: none; rights (KAAL_RIGHT_*) can only lessen those of the source.
 * Arguments: dest, an empty slot; src; rights to keep; data, the badge or
 *   kaal_guard().
 * Returns: the error, KAAL_OK if it is done.
 * Errors: as sys_cnode_copy(); ILLEGAL_OPERATION for a second badge or a guard
 *   that is too long.
 * Notes: a badged capability is the parent of its own copies.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_cnode_mint(const struct kaal_slot *dest,
                                                        const struct kaal_slot *src,
                                                        kaal_word_t rights, kaal_word_t data)
{
    struct kaal_msg msg = {.w = {dest->index, dest->depth, src->index, src->depth}};
    kaal_msg_set(&msg, 4, rights);
    kaal_msg_set(&msg, 5, data);
    kaal_set_cap(0, src->root);
    return kaal_invoke(dest->root, KAAL_INV_CNODE_MINT, 1, 6, &msg);
}

/*
 * Move a capability: the source slot is empty afterwards.
 * Rights: none; having the capability is the right.
 * Arguments: dest, an empty slot; src.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (depth), FAILED_LOOKUP, DELETE_FIRST (dest is full),
 *   ILLEGAL_OPERATION (it is being deleted).
 * Notes: its place in the derivation tree moves along.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_cnode_move(const struct kaal_slot *dest,
                                                        const struct kaal_slot *src)
{
    struct kaal_msg msg = {.w = {dest->index, dest->depth, src->index, src->depth}};
    kaal_set_cap(0, src->root);
    return kaal_invoke(dest->root, KAAL_INV_CNODE_MOVE, 1, 4, &msg);
}

/*
 * Delete a capability; the object dies with its last one.
 * Rights: none; having the capability is the right.
 * Arguments: slot.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (depth), FAILED_LOOKUP.
 * Notes: an empty slot is no error. Preemptible; others may run in between.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_cnode_delete(const struct kaal_slot *slot)
{
    struct kaal_msg msg = {.w = {slot->index, slot->depth}};
    return kaal_invoke(slot->root, KAAL_INV_CNODE_DELETE, 0, 2, &msg);
}

/*
 * Delete every capability derived from this one, but not itself.
 * Rights: none; having the capability is the right.
 * Arguments: slot.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (depth), FAILED_LOOKUP.
 * Notes: preemptible; others may run in between.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_cnode_revoke(const struct kaal_slot *slot)
{
    struct kaal_msg msg = {.w = {slot->index, slot->depth}};
    return kaal_invoke(slot->root, KAAL_INV_CNODE_REVOKE, 0, 2, &msg);
}

/*
 * Move a capability and set its guard, if it is a CNode's.
 * Rights: none; having the capability is the right.
 * Arguments: dest, an empty slot; src; data, kaal_guard(), 0 for no guard.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: as sys_cnode_move(); ILLEGAL_OPERATION for an endpoint or
 *   notification, or a guard that is too long.
 * Notes: a badge can never be changed.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_cnode_mutate(const struct kaal_slot *dest, const struct kaal_slot *src, kaal_word_t guard)
{
    struct kaal_msg msg = {.w = {dest->index, dest->depth, src->index, src->depth}};
    kaal_msg_set(&msg, 4, guard);
    kaal_set_cap(0, src->root);
    return kaal_invoke(dest->root, KAAL_INV_CNODE_MUTATE, 1, 5, &msg);
}

/*
 * Move pivot to dest and src to the slot of pivot, in one step; with src and
 * dest one slot, src and pivot trade places.
 * Rights: none; having the capability is the right.
 * Arguments: dest, empty or equal to src; dest_data and src_data, the guards
 *   (kaal_guard()) of what goes to dest and of what goes to the pivot's slot;
 *   pivot; src.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (depth), FAILED_LOOKUP, DELETE_FIRST (dest is full),
 *   ILLEGAL_OPERATION (pivot is src or dest; an endpoint or notification; a
 *   guard that is too long).
 * Notes: a full CNode can be rearranged without a free slot.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_cnode_rotate(const struct kaal_slot *dest, const struct kaal_slot *pivot,
                 kaal_word_t pivot_guard, const struct kaal_slot *src, kaal_word_t src_guard)
{
    struct kaal_msg msg = {.w = {dest->index, dest->depth, pivot_guard, pivot->index}};
    kaal_msg_set(&msg, 4, pivot->depth);
    kaal_msg_set(&msg, 5, src_guard);
    kaal_msg_set(&msg, 6, src->index);
    kaal_msg_set(&msg, 7, src->depth);
    kaal_set_cap(0, pivot->root);
    kaal_set_cap(1, src->root);
    return kaal_invoke(dest->root, KAAL_INV_CNODE_ROTATE, 2, 8, &msg);
}

/*
 * Restart every thread that is blocked in a send with this capability's badge.
 * Rights: the slot holds an endpoint capability with all four rights.
 * Arguments: slot.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (depth), FAILED_LOOKUP, ILLEGAL_OPERATION (another capability,
 *   or fewer rights).
 * Notes: with badge 0 it does nothing. A thread that waits there with a fault
 *   stops. Preemptible.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_cnode_cancel_badged_sends(const struct kaal_slot *slot)
{
    struct kaal_msg msg = {.w = {slot->index, slot->depth}};
    return kaal_invoke(slot->root, KAAL_INV_CNODE_CANCEL_BADGED_SENDS, 0, 2, &msg);
}

#endif
