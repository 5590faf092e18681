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

/* node takes more than the left bits of cptr: a guard that is wrong comes first. */
static struct slot *fail_short(const struct cap *node, cptr_t cptr, unsigned left,
                               struct lookup_failure *failure)
{
    const unsigned bits = cap_cnode_guard_bits(node);
    const bool is_guard =
        bits > left || (bits > 0 && low_bits(cptr, left) >> (left - bits) != cap_cnode_guard(node));
    return fail(failure, is_guard ? KAAL_LOOKUP_GUARD : KAAL_LOOKUP_DEPTH, left);
}

/* Not into every lookup: most are done without. */
__attribute__((noinline)) struct slot *cspace_resolve(const struct cap *root, cptr_t cptr,
                                                      unsigned depth, unsigned *bits_left,
                                                      struct lookup_failure *failure)
{
    const struct cap *node = root;
    unsigned left = depth;
    struct slot *slot;

    if (node->type != CAP_CNODE) {
        return fail(failure, KAAL_LOOKUP_INVALID_ROOT, left);
    }
    for (;;) {
        const unsigned bits = cspace_bits(node);
        if (bits > left) {
            return fail_short(node, cptr, left, failure);
        }
        if (!cspace_match(node, cptr >> (left - bits), &slot)) {
            return fail(failure, KAAL_LOOKUP_GUARD, left);
        }
        left -= bits;
        if (left == 0 || slot->cap.type != CAP_CNODE) {
            *bits_left = left;
            return slot;
        }
        node = &slot->cap;
    }
}

struct slot *cspace_lookup(const struct tcb *t, cptr_t cptr, struct lookup_failure *failure)
{
    const struct cap *root = &t->slots[TCB_SLOT_CSPACE].cap;
    struct slot *slot;
    unsigned bits_left;
    return cspace_quick_below(root, cptr, KAAL_CPTR_BITS, &slot)
               ? slot
               : cspace_resolve(root, cptr, KAAL_CPTR_BITS, &bits_left, failure);
}

__attribute__((noinline)) struct slot *cspace_find(const struct tcb *t, cptr_t cptr)
{
    struct lookup_failure failure;
    return cspace_lookup(t, cptr, &failure);
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
