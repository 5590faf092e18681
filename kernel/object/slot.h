/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A capability slot and its place in the derivation tree.
 *
 * The tree is explicit: first and last child, previous and next sibling. The
 * previous link of a first child and the next link of a last child point to
 * the parent (flags say so), so that a child list can be spliced in constant
 * time.
 *
 * S1  an empty slot is in no tree: all links NULL, no flags.
 * S2  links are symmetric; flags mark exactly the ends of a sibling list.
 * S3  a slot that is not SLOT_ORIGINAL has no children.
 * S4  children of a capability that is neither untyped nor interrupt control
 *     name the same object as it does.
 *
 * Who becomes whose child (the same revoke scope as in seL4):
 *   retype                           child of the untyped, original
 *   interrupt issue                  child of the control capability, original
 *   copy or transfer of an original  child of the source
 *   of any other capability          sibling of the source
 *   a new badge, or an untyped       the new one is an original in turn
 * When a capability is deleted its children become its parent's.
 *
 * Every function here takes constant time.
 */
#pragma once
#include "object/cap.h"

enum { SLOT_FIRST = 1, SLOT_LAST = 2, SLOT_ORIGINAL = 4 };

struct slot {
    struct cap cap;
    struct slot *first, *last;
    struct slot *prev, *next;
    uint32_t flags;
    uint32_t reserved;
};
_Static_assert(sizeof(struct slot) == 1 << KAAL_SLOT_BITS, "a slot is one cache line");

static inline bool slot_is_empty(const struct slot *slot)
{
    return slot->cap.type == CAP_NULL;
}

/* The parent of the capabilities that boot makes. */
extern struct slot cdt_anchor;

/* Fill an empty slot below the anchor, as an original. Boot only. */
void slot_set_root(struct slot *slot, struct cap cap);

/* Fill an empty slot as an original child of parent. */
void slot_insert_original(struct slot *parent, struct slot *slot, struct cap cap);

/* As that, count slots in a row: each capability's object is bytes behind the
 * one before it. */
void slot_insert_originals(struct slot *parent, struct slot *first, word_t count, struct cap cap,
                           word_t bytes);

/* Fill an empty slot with a capability derived from source; the table above
 * says where in the tree it goes. */
void slot_insert_derived(struct slot *source, struct slot *slot, struct cap cap);

/* Take over cap and place in the tree. Pre: to is empty, from is not. */
void slot_move(struct slot *from, struct slot *to);

/* Exchange capabilities and places in the tree. Both are filled or empty. */
void slot_swap(struct slot *x, struct slot *y);

/* Empty the slot; its children become its parent's. */
void slot_clear(struct slot *slot);

/* Is this the last capability to its object? */
bool slot_is_final(const struct slot *slot);

/* NULL if S1..S4 hold around this slot, else what is broken (KI-05, KI-10). */
const char *slot_check(const struct slot *slot);
