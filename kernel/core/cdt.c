/* SPDX-License-Identifier: Apache-2.0 */
/* The derivation tree: see object/slot.h. */
#include "object/slot.h"

#include "lib/assert.h"

struct slot cdt_anchor = {.cap = {.type = CAP_ANCHOR}, .flags = SLOT_ORIGINAL};

/* Make slot, new, the first child of parent. */
static void link_first_child(struct slot *parent, struct slot *slot, uint32_t flags)
{
    struct slot *next = parent->first;
    slot->prev = parent;
    parent->first = slot;
    if (next == NULL) {
        slot->next = parent;
        parent->last = slot;
        slot->flags = flags | SLOT_FIRST | SLOT_LAST;
    } else {
        slot->next = next;
        next->prev = slot;
        next->flags &= ~(uint32_t)SLOT_FIRST;
        slot->flags = flags | SLOT_FIRST;
    }
}

static void link_after(struct slot *sibling, struct slot *slot, uint32_t flags)
{
    struct slot *next = sibling->next;
    const uint32_t last = sibling->flags & SLOT_LAST;
    slot->prev = sibling;
    slot->next = next;
    slot->flags = flags | last;
    sibling->next = slot;
    sibling->flags -= last;
    if (last != 0) {
        next->last = slot;
    } else {
        next->prev = slot;
    }
}

/* Neighbours of place: point what leads to place from its left to slot. */
static void set_left_neighbour(const struct slot *place, struct slot *slot)
{
    if ((place->flags & SLOT_FIRST) == 0) {
        place->prev->next = slot;
    } else {
        place->prev->first = slot;
    }
}

static void set_right_neighbour(const struct slot *place, struct slot *slot)
{
    if ((place->flags & SLOT_LAST) == 0) {
        place->next->prev = slot;
    } else {
        place->next->last = slot;
    }
}

void slot_set_root(struct slot *slot, struct cap cap)
{
    slot_insert_original(&cdt_anchor, slot, cap);
}

void slot_insert_original(struct slot *parent, struct slot *slot, struct cap cap)
{
    kassert(slot_is_empty(slot) && !slot_is_empty(parent));
    slot->cap = cap;
    link_first_child(parent, slot, SLOT_ORIGINAL);
}

/* The newest child comes first: a chain from the last slot down to the first,
 * then the children that were there before. */
void slot_insert_originals(struct slot *parent, struct slot *first, word_t count, struct cap cap,
                           word_t bytes)
{
    struct slot *newest = &first[count - 1];
    slot_insert_original(parent, first, cap);
    if (newest == first) {
        return;
    }
    for (struct slot *slot = first + 1; slot <= newest; slot++) {
        kassert(slot_is_empty(slot));
        cap.obj = (char *)cap.obj + bytes;
        slot->cap = cap;
        slot->next = slot - 1;
        slot->prev = slot + 1;
        slot->flags = SLOT_ORIGINAL;
    }
    first->prev = first + 1;
    first->flags &= ~(uint32_t)SLOT_FIRST;
    newest->prev = parent;
    newest->flags |= SLOT_FIRST;
    parent->first = newest;
}

static bool is_new_original(const struct cap *source, const struct cap *cap)
{
    switch (cap->type) {
    case CAP_UNTYPED:
        return true;
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        return cap_badge(cap) != cap_badge(source);
    default:
        return false;
    }
}

void slot_insert_derived(struct slot *source, struct slot *slot, struct cap cap)
{
    kassert(slot_is_empty(slot) && !slot_is_empty(source));
    slot->cap = cap;
    const uint32_t flags = is_new_original(&source->cap, &slot->cap) ? SLOT_ORIGINAL : 0;
    if ((source->flags & SLOT_ORIGINAL) != 0) {
        link_first_child(source, slot, flags);
    } else {
        link_after(source, slot, flags);
    }
}

void slot_move(struct slot *from, struct slot *to)
{
    kassert(slot_is_empty(to) && !slot_is_empty(from));
    /* Member by member: as a whole it would be a call of memcpy(). */
    to->cap = from->cap;
    to->first = from->first;
    to->last = from->last;
    to->prev = from->prev;
    to->next = from->next;
    to->flags = from->flags;
    set_left_neighbour(from, to);
    set_right_neighbour(from, to);
    if (to->first != NULL) {
        to->first->prev = to;
        to->last->next = to;
    }
    *from = (struct slot){0};
}

__attribute__((cold)) void slot_swap(struct slot *x, struct slot *y)
{
    struct slot spare = {0};
    if (x == y) {
        return;
    }
    if (!slot_is_empty(x)) {
        slot_move(x, &spare);
    }
    if (!slot_is_empty(y)) {
        slot_move(y, x);
    }
    if (!slot_is_empty(&spare)) {
        slot_move(&spare, y);
    }
}

void slot_clear(struct slot *slot)
{
    kassert(!slot_is_empty(slot));
    if (slot->first == NULL) {
        /* Close the gap: each neighbour inherits the other's link. */
        if ((slot->flags & SLOT_FIRST) == 0) {
            slot->prev->next = slot->next;
            slot->prev->flags |= slot->flags & SLOT_LAST;
        } else {
            slot->prev->first = (slot->flags & SLOT_LAST) != 0 ? NULL : slot->next;
        }
        if ((slot->flags & SLOT_LAST) == 0) {
            slot->next->prev = slot->prev;
            slot->next->flags |= slot->flags & SLOT_FIRST;
        } else {
            slot->next->last = (slot->flags & SLOT_FIRST) != 0 ? NULL : slot->prev;
        }
    } else {
        /* The child list takes the slot's place among its siblings. */
        set_left_neighbour(slot, slot->first);
        set_right_neighbour(slot, slot->last);
        slot->first->prev = slot->prev;
        slot->last->next = slot->next;
        if ((slot->flags & SLOT_FIRST) == 0) {
            slot->first->flags &= ~(uint32_t)SLOT_FIRST;
        }
        if ((slot->flags & SLOT_LAST) == 0) {
            slot->last->flags &= ~(uint32_t)SLOT_LAST;
        }
    }
    *slot = (struct slot){0};
}

bool slot_is_final(const struct slot *slot)
{
    const struct cap *cap = &slot->cap;

    /* By S4 a parent, sibling or child that shares the object is a direct
     * neighbour in the tree. */
    if (slot->first != NULL && cap_same_object(cap, &slot->first->cap)) {
        return false;
    }
    if (slot->prev != NULL && cap_same_object(cap, &slot->prev->cap)) {
        return false;
    }
    return slot->next == NULL || !cap_same_object(cap, &slot->next->cap);
}

static const char *check_children(const struct slot *slot)
{
    if ((slot->first == NULL) != (slot->last == NULL)) {
        return "KI-05 child ends";
    }
    if (slot->first == NULL) {
        return NULL;
    }
    if ((slot->flags & SLOT_ORIGINAL) == 0) {
        return "KI-10 children of a copy";
    }
    if (slot->first->prev != slot || (slot->first->flags & SLOT_FIRST) == 0 ||
        slot->last->next != slot || (slot->last->flags & SLOT_LAST) == 0) {
        return "KI-05 child links";
    }
    if (slot->cap.type != CAP_UNTYPED && slot->cap.type != CAP_IRQ_CONTROL &&
        slot->cap.type != CAP_ANCHOR && !cap_same_object(&slot->cap, &slot->first->cap)) {
        return "KI-10 object of a child";
    }
    return NULL;
}

const char *slot_check(const struct slot *slot)
{
    if (slot_is_empty(slot)) {
        const bool linked = slot->first != NULL || slot->last != NULL || slot->prev != NULL ||
                            slot->next != NULL || slot->flags != 0;
        return linked ? "KI-05 empty slot is linked" : NULL;
    }
    if ((slot->flags & SLOT_FIRST) != 0) {
        if (slot->prev == NULL || slot->prev->first != slot) {
            return "KI-05 parent's first";
        }
    } else if (slot->prev == NULL || slot->prev->next != slot) {
        return "KI-05 previous sibling";
    }
    if ((slot->flags & SLOT_LAST) != 0) {
        if (slot->next == NULL || slot->next->last != slot) {
            return "KI-05 parent's last";
        }
    } else if (slot->next == NULL || slot->next->prev != slot) {
        return "KI-05 next sibling";
    }
    return check_children(slot);
}
