/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cspace_resolve() with any pointer and depth of up to 64 bits, on any CSpace
 * of CNodes with up to 2^RADIX slots and any guards, paths of up to LEVELS
 * CNodes: it shifts by less than 64, never wraps, reads no slot outside a
 * CNode, and what it answers is one of the outcomes that cspace.h describes.
 */
#include "object/slot.h"

enum { RADIX = 3, LEVELS = 10 };

unsigned nondet_unsigned(void);
cptr_t nondet_cptr(void);
struct cap nondet_cap(void);

static struct slot slots[1 << RADIX];
static unsigned levels;

static bool is_well_formed(const struct cap *cap)
{
    return cap->type != CAP_CNODE || (cap->a >= 1 && cap->a <= RADIX && cap->b <= 64 - cap->a);
}

/* In place of memory: at each level the slots are other ones. So they stand
 * for every CSpace, also for one that contains itself. */
static struct slot *proof_slots(const struct cap *cap)
{
    __CPROVER_assert(cap->type == CAP_CNODE, "only a CNode is walked");
    __CPROVER_assume(levels++ < LEVELS);
    __CPROVER_havoc_object(slots);
    for (unsigned i = 0; i < 1 << RADIX; i++) {
        __CPROVER_assume(is_well_formed(&slots[i].cap));
    }
    return slots;
}
#define cap_cnode_slots proof_slots

#include "core/cspace.c"

void harness(void)
{
    const struct cap root = nondet_cap();
    const unsigned depth = nondet_unsigned();
    struct lookup_failure failure;
    unsigned left;

    __CPROVER_assume(is_well_formed(&root));
    __CPROVER_assume(depth >= 1 && depth <= KAAL_CPTR_BITS);
    const cptr_t cptr = nondet_cptr();
    struct slot *at_once;
    const bool is_quick = cspace_quick_below(&root, cptr, depth, &at_once);
    levels = 0;
    const struct slot *slot = cspace_resolve(&root, cptr, depth, &left, &failure);
    __CPROVER_assert(!is_quick || (slot == at_once && left == 0), "the quick way leads there too");
    if (slot == NULL) {
        __CPROVER_assert(failure.bits_left >= 1 && failure.bits_left <= depth, "bits of a failure");
        __CPROVER_assert((failure.kind == KAAL_LOOKUP_INVALID_ROOT) == (root.type != CAP_CNODE),
                         "the root is refused iff it is no CNode");
        __CPROVER_assert(failure.kind == KAAL_LOOKUP_INVALID_ROOT ||
                             failure.kind == KAAL_LOOKUP_GUARD || failure.kind == KAAL_LOOKUP_DEPTH,
                         "kind of a failure");
    } else {
        __CPROVER_assert(slot >= slots && slot < slots + (1 << RADIX), "a slot of a CNode");
        __CPROVER_assert(left + levels <= depth, "each level takes a bit");
        __CPROVER_assert(left == 0 || slot->cap.type != CAP_CNODE,
                         "stops at the end or at what is no CNode");
    }
}
