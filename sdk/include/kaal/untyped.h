/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Untyped memory: what every kernel object and page is made from.
 */
#ifndef KAAL_UNTYPED_H
#define KAAL_UNTYPED_H

#include <kaal/invoke.h>

/* Where new capabilities go: slots offset .. offset + count - 1 of the CNode
 * that index (depth bits of it) names in the CSpace of root; depth 0: of root
 * itself. */
struct kaal_slots {
    kaal_cptr_t root;
    kaal_word_t index;
    kaal_word_t depth;
    kaal_word_t offset;
    kaal_word_t count; /* 1 .. KAAL_RETYPE_MAX */
};

/*
 * Make objects from untyped memory, one after the other, aligned to their
 * size.
 * Rights: none; having the capability is the right.
 * Arguments: type (enum kaal_object_type); size_bits, log2 of bytes, for a
 *   CNode of slots, or 0 for an object of one size; dest, the slots.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_ARGUMENT (type, also one that a device untyped cannot
 *   become), RANGE (size_bits, depth, offset, count), FAILED_LOOKUP (dest),
 *   INVALID_CAPABILITY (dest is no CNode), DELETE_FIRST (a slot of dest is
 *   full), NOT_ENOUGH_MEMORY (detail word 0: bytes left).
 * Notes: an untyped without children starts afresh; otherwise it continues
 *   behind its last child. Preemptible: memory is zeroed in pieces.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_retype(kaal_cptr_t untyped, enum kaal_object_type type,
                                                    kaal_word_t size_bits,
                                                    const struct kaal_slots *dest)
{
    struct kaal_msg msg = {.w = {type, size_bits, dest->index, dest->depth}};
    kaal_msg_set(&msg, 4, dest->offset);
    kaal_msg_set(&msg, 5, dest->count);
    kaal_set_cap(0, dest->root);
    return kaal_invoke(untyped, KAAL_INV_UNTYPED_RETYPE, 1, 6, &msg);
}

#endif
