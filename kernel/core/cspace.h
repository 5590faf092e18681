/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capability lookup: from a capability pointer to a slot.
 *
 * Each CNode on the way takes its guard and then its radix from the top of
 * the bits that are left. At most 64 levels, as each takes at least one bit.
 */
#pragma once
#include "object/slot.h"

struct lookup_failure {
    enum kaal_lookup_failure kind;
    unsigned bits_left; /* when the walk stopped */
};

/* Bits that a CNode takes: at least one, at most 64. */
static inline unsigned cspace_bits(const struct cap *node)
{
    return cap_cnode_guard_bits(node) + cap_cnode_radix(node);
}

/* The CNode's slot that the low bits of word name; false if they have another
 * guard. */
static inline bool cspace_match(const struct cap *node, word_t word, struct slot **slot)
{
    const unsigned radix = cap_cnode_radix(node);
    const word_t guard_mask = ~(~(word_t)0 << cap_cnode_guard_bits(node));
    if ((word >> radix & guard_mask) != cap_cnode_guard(node)) {
        return false;
    }
    /* Masked, not compared: also in speculation it is a slot of this CNode. */
    *slot = &cap_cnode_slots(node)[word & ~(~(word_t)0 << radix)];
    return true;
}

/* The usual case, without a walk: the CNode itself takes exactly depth bits.
 * False if it does not, or there is no such slot. */
static inline bool cspace_quick(const struct cap *node, cptr_t cptr, word_t depth,
                                struct slot **slot)
{
    return cspace_bits(node) == depth && cspace_match(node, cptr, slot);
}

/* As that, below any capability. */
static inline bool cspace_quick_below(const struct cap *root, cptr_t cptr, word_t depth,
                                      struct slot **slot)
{
    return root->type == CAP_CNODE && cspace_quick(root, cptr, depth, slot);
}

/*
 * Walk the low depth bits (1..64) of cptr from root. Returns the slot where
 * the bits or the CNodes end, *bits_left what was not used; NULL and *failure
 * if there is none.
 */
struct slot *cspace_resolve(const struct cap *root, cptr_t cptr, unsigned depth,
                            unsigned *bits_left, struct lookup_failure *failure);

/* The slot an invocation or message names in t's CSpace: bits left over at a
 * capability that is no CNode are ignored. NULL and *failure if none. */
struct slot *cspace_lookup(const struct tcb *t, cptr_t cptr, struct lookup_failure *failure);

/* The same, when it does not matter why there is none. */
struct slot *cspace_find(const struct tcb *t, cptr_t cptr);

/* The slot named by index and depth under root, exactly: every bit is used.
 * NULL and *failure if none. Pre: 1 <= depth <= 64. */
struct slot *cspace_lookup_exact(const struct cap *root, cptr_t index, unsigned depth,
                                 struct lookup_failure *failure);
