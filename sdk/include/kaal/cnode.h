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
 * Errors: FAILED_LOOKUP, DELETE_FIRST (dest is full), REVOKE_FIRST (an untyped
 *   with children), ILLEGAL_OPERATION (not copyable: IRQ control).
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
 * that has none, or the guard of a CNode (kaal_guard()).
 * Rights, Errors: as sys_cnode_copy(); ILLEGAL_OPERATION for a second badge.
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
 * Errors: FAILED_LOOKUP, DELETE_FIRST.
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
 * Errors: FAILED_LOOKUP. An empty slot is no error.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_cnode_delete(const struct kaal_slot *slot)
{
    struct kaal_msg msg = {.w = {slot->index, slot->depth}};
    return kaal_invoke(slot->root, KAAL_INV_CNODE_DELETE, 0, 2, &msg);
}

/*
 * Delete every capability derived from this one, but not itself.
 * Errors: FAILED_LOOKUP.
 * Notes: preemptible; others may run in between.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_cnode_revoke(const struct kaal_slot *slot)
{
    struct kaal_msg msg = {.w = {slot->index, slot->depth}};
    return kaal_invoke(slot->root, KAAL_INV_CNODE_REVOKE, 0, 2, &msg);
}

/*
 * Move a capability and give it a new guard, if it is to a CNode; for other
 * types the guard means nothing.
 * Rights: none.
 * Args: guard, kaal_guard(); 0 takes the guard away.
 * Errors: as sys_cnode_move(); ILLEGAL_OPERATION (an endpoint or notification,
 *   whose badge cannot change; it is being deleted; guard and radix are more
 *   than 64 bits).
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
 * Move the pivot to dest and src to the pivot's slot, at once; with src and
 * dest one slot, pivot and src trade places. CNodes get new guards.
 * Rights: none.
 * Args: pivot_guard, src_guard: as for sys_cnode_mutate().
 * Errors: FAILED_LOOKUP (detail word 0 is 1 for src and for the way to the
 *   pivot, 0 for dest and an empty pivot), ILLEGAL_OPERATION (the pivot is src
 *   or dest; or as sys_cnode_mutate()), DELETE_FIRST (dest is full).
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
 * Restart every thread that waits to send through the endpoint with this
 * capability's badge; one that waits there with a fault stops. Delete or
 * revoke the badged capabilities first, or the senders come back.
 * Rights: all four.
 * Errors: FAILED_LOOKUP, ILLEGAL_OPERATION (no endpoint, or without all rights).
 * Notes: preemptible; does nothing for badge 0.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_cnode_cancel_badged_sends(const struct kaal_slot *slot)
{
    struct kaal_msg msg = {.w = {slot->index, slot->depth}};
    return kaal_invoke(slot->root, KAAL_INV_CNODE_CANCEL_BADGED_SENDS, 0, 2, &msg);
}

#endif
