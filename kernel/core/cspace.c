/* SPDX-License-Identifier: Apache-2.0 */
#include "cspace.h"

#include "object/tcb.h"

static struct slot *fail(struct lookup_failure *failure, enum kaal_lookup_failure kind,
                         unsigned bits_left)
{
    *failure = (struct lookup_failure){.kind = kind, .bits_left = bits_left};
    return NULL;
}

static word_t low_bits(word_t value, unsigned bits)
{
    return bits >= 64 ? value : value & (((word_t)1 << bits) - 1);
}

struct slot *cspace_resolve(const struct cap *root, cptr_t cptr, unsigned depth,
                            unsigned *bits_left, struct lookup_failure *failure)
{
    const struct cap *node = root;
    unsigned left = depth;

    if (node->type != CAP_CNODE) {
        return fail(failure, KAAL_LOOKUP_INVALID_ROOT, left);
    }
    for (;;) {
        const unsigned guard_bits = cap_cnode_guard_bits(node);
        const unsigned radix = cap_cnode_radix(node);

        if (guard_bits > left) {
            return fail(failure, KAAL_LOOKUP_GUARD, left);
        }
        if (guard_bits > 0) {
            if (low_bits(cptr, left) >> (left - guard_bits) != cap_cnode_guard(node)) {
                return fail(failure, KAAL_LOOKUP_GUARD, left);
            }
            left -= guard_bits;
        }
        if (radix > left) {
            return fail(failure, KAAL_LOOKUP_DEPTH, left + guard_bits);
        }
        left -= radix;

        /* Masked, not compared: also in speculation it is a slot of this CNode. */
        const word_t index = (cptr >> left) & (((word_t)1 << radix) - 1);
        struct slot *slot = &cap_cnode_slots(node)[index];
        if (left == 0 || slot->cap.type != CAP_CNODE) {
            *bits_left = left;
            return slot;
        }
        node = &slot->cap;
    }
}

struct slot *cspace_lookup(const struct tcb *t, cptr_t cptr, struct lookup_failure *failure)
{
    unsigned bits_left;
    return cspace_resolve(&t->slots[TCB_SLOT_CSPACE].cap, cptr, KAAL_CPTR_BITS, &bits_left,
                          failure);
}

struct slot *cspace_lookup_exact(const struct cap *root, cptr_t index, unsigned depth,
                                 struct lookup_failure *failure)
{
    unsigned bits_left;
    struct slot *slot = cspace_resolve(root, index, depth, &bits_left, failure);
    if (slot != NULL && bits_left != 0) {
        return fail(failure, KAAL_LOOKUP_DEPTH, bits_left);
    }
    return slot;
}
