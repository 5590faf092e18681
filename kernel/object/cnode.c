/* SPDX-License-Identifier: Apache-2.0 */
/* CNode: moving capabilities about. Copies and their parents: slot.h. */
#include "object/endpoint.h"
#include "object/object.h"
#include "object/page.h"

#include "core/cspace.h"
#include "core/invocation.h"
#include "lib/assert.h"

enum { ARG_DEST_INDEX, ARG_DEST_DEPTH, ARG_SOURCE_INDEX, ARG_SOURCE_DEPTH, ARG_RIGHTS, ARG_DATA };

/* Data of a CNode: guard size in the low bits, guard value above. */
enum { GUARD_SIZE_BITS = 6 };

/* ---- Decode -------------------------------------------------------------------- */

static enum kaal_err check_depth(struct invocation *inv, unsigned arg)
{
    const word_t depth = inv_arg(inv, arg);
    return depth >= 1 && depth <= KAAL_CPTR_BITS ? KAAL_OK
                                                 : inv_bad_range(inv, arg, 1, KAAL_CPTR_BITS);
}

/* The slot that the words arg_index and arg_index + 1 (depth) name. */
static __attribute__((cold, noinline)) enum kaal_err find_slot(struct invocation *inv,
                                                               const struct cap *root,
                                                               unsigned arg_index, bool is_source,
                                                               struct slot **slot)
{
    struct lookup_failure failure;

    if (root->type != CAP_CNODE) {
        return inv_bad_lookup(inv, is_source, inv_arg(inv, arg_index + 1),
                              KAAL_LOOKUP_INVALID_ROOT);
    }
    const enum kaal_err err = check_depth(inv, arg_index + 1);
    if (err != KAAL_OK) {
        return err;
    }
    *slot = cspace_lookup_exact(root, inv_arg(inv, arg_index),
                                (unsigned)inv_arg(inv, arg_index + 1), &failure);
    if (*slot == NULL) {
        return inv_bad_lookup(inv, is_source, failure.bits_left, failure.kind);
    }
    return KAAL_OK;
}

/* The slot that the first words name below the invoked CNode. */
static inline enum kaal_err find_dest(struct invocation *inv, struct slot **dest)
{
    return cspace_quick(&inv->cap, inv_arg(inv, ARG_DEST_INDEX), inv_arg(inv, ARG_DEST_DEPTH), dest)
               ? KAAL_OK
               : find_slot(inv, &inv->cap, ARG_DEST_INDEX, false, dest);
}

static inline enum kaal_err find_source(struct invocation *inv, struct slot **source)
{
    const struct cap *root = inv_cap(inv, 0);
    return cspace_quick_below(root, inv_arg(inv, ARG_SOURCE_INDEX), inv_arg(inv, ARG_SOURCE_DEPTH),
                              source)
               ? KAAL_OK
               : find_slot(inv, root, ARG_SOURCE_INDEX, true, source);
}

static inline __attribute__((always_inline)) enum kaal_err
find_both(struct invocation *inv, struct slot **dest, struct slot **source)
{
    enum kaal_err err = find_dest(inv, dest);
    if (err != KAAL_OK) {
        return err;
    }
    if (!slot_is_empty(*dest)) {
        return KAAL_ERR_DELETE_FIRST;
    }
    err = find_source(inv, source);
    if (err != KAAL_OK) {
        return err;
    }
    if (slot_is_empty(*source)) {
        return inv_bad_lookup(inv, true, 0, KAAL_LOOKUP_MISSING_CAP);
    }
    return KAAL_OK;
}

/* Give a CNode capability a new guard. */
static enum kaal_err set_guard(struct cap *cap, word_t data)
{
    const unsigned bits = (unsigned)(data & ((1U << GUARD_SIZE_BITS) - 1));
    const word_t guard = data >> GUARD_SIZE_BITS;
    if (bits + cap_cnode_radix(cap) > KAAL_CPTR_BITS) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    *cap = cap_cnode(cap_cnode_slots(cap), cap_cnode_radix(cap),
                     bits == 0 ? 0 : guard & (~(word_t)0 >> (64 - bits)), bits);
    return KAAL_OK;
}

/* Put badge or guard into a capability about to be derived. */
static enum kaal_err apply_data(struct cap *cap, word_t data)
{
    switch (cap->type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        if (cap_badge(cap) != 0) {
            return KAAL_ERR_ILLEGAL_OPERATION;
        }
        cap->data = data;
        return KAAL_OK;
    case CAP_CNODE:
        return set_guard(cap, data);
    default:
        return KAAL_OK;
    }
}

/* What slot's capability becomes when it moves with a new guard. */
static enum kaal_err apply_guard(const struct slot *slot, word_t data, struct cap *out)
{
    *out = slot->cap;
    switch (out->type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
    case CAP_ZOMBIE:
        return KAAL_ERR_ILLEGAL_OPERATION;
    case CAP_CNODE:
        return set_guard(out, data);
    default:
        return KAAL_OK;
    }
}

static enum kaal_err derive_into(struct invocation *inv, bool has_data)
{
    struct slot *dest, *source;
    struct cap cap;

    enum kaal_err err = find_both(inv, &dest, &source);
    if (err != KAAL_OK) {
        return err;
    }
    err = cap_derive(source, &cap);
    if (err != KAAL_OK) {
        return err;
    }
    if (cap_is_null(&cap)) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    if (has_data) {
        err = apply_data(&cap, inv_arg(inv, ARG_DATA));
        if (err != KAAL_OK) {
            return err;
        }
    }
    cap_insert_derived(source, dest, cap_mask_rights(cap, inv_arg(inv, ARG_RIGHTS)));
    return KAAL_OK;
}

/* ---- Copy, move ------------------------------------------------------------------- */

enum kaal_err cnode_inv_copy(struct invocation *inv)
{
    return derive_into(inv, false);
}

enum kaal_err cnode_inv_mint(struct invocation *inv)
{
    return derive_into(inv, true);
}

enum kaal_err cnode_inv_move(struct invocation *inv)
{
    struct slot *dest, *source;
    const enum kaal_err err = find_both(inv, &dest, &source);
    if (err != KAAL_OK) {
        return err;
    }
    if (source->cap.type == CAP_ZOMBIE) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    slot_move(source, dest);
    return KAAL_OK;
}

__attribute__((cold)) enum kaal_err cnode_inv_mutate(struct invocation *inv)
{
    enum { ARG_GUARD = 4 };
    struct slot *dest, *source;
    struct cap cap;

    enum kaal_err err = find_both(inv, &dest, &source);
    if (err != KAAL_OK) {
        return err;
    }
    err = apply_guard(source, inv_arg(inv, ARG_GUARD), &cap);
    if (err != KAAL_OK) {
        return err;
    }
    slot_move(source, dest);
    dest->cap = cap;
    return KAAL_OK;
}

/* ---- Rotate ------------------------------------------------------------------------ */

enum {
    ROTATE_PIVOT_GUARD = 2,
    ROTATE_PIVOT_INDEX,
    ROTATE_PIVOT_DEPTH,
    ROTATE_SOURCE_GUARD,
    ROTATE_SOURCE_INDEX,
    ROTATE_SOURCE_DEPTH,
};

struct rotation {
    struct slot *dest, *pivot, *source;
};

static enum kaal_err find_rotation(struct invocation *inv, struct rotation *r)
{
    enum kaal_err err = find_slot(inv, &inv->cap, ARG_DEST_INDEX, false, &r->dest);
    if (err == KAAL_OK) {
        err = check_depth(inv, ROTATE_SOURCE_DEPTH);
    }
    if (err == KAAL_OK) {
        err = find_slot(inv, inv_cap(inv, 1), ROTATE_SOURCE_INDEX, true, &r->source);
    }
    if (err == KAAL_OK) {
        err = check_depth(inv, ROTATE_PIVOT_DEPTH);
    }
    if (err == KAAL_OK) {
        err = find_slot(inv, inv_cap(inv, 0), ROTATE_PIVOT_INDEX, true, &r->pivot);
    }
    return err;
}

static enum kaal_err check_rotation(struct invocation *inv, const struct rotation *r)
{
    if (r->pivot == r->source || r->pivot == r->dest) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    if (r->dest != r->source && !slot_is_empty(r->dest)) {
        return KAAL_ERR_DELETE_FIRST;
    }
    if (slot_is_empty(r->source) || slot_is_empty(r->pivot)) {
        return inv_bad_lookup(inv, slot_is_empty(r->source), 0, KAAL_LOOKUP_MISSING_CAP);
    }
    return KAAL_OK;
}

__attribute__((cold)) enum kaal_err cnode_inv_rotate(struct invocation *inv)
{
    struct rotation r;
    struct cap pivot, source;

    enum kaal_err err = find_rotation(inv, &r);
    if (err == KAAL_OK) {
        err = check_rotation(inv, &r);
    }
    if (err == KAAL_OK) {
        err = apply_guard(r.source, inv_arg(inv, ROTATE_SOURCE_GUARD), &source);
    }
    if (err == KAAL_OK) {
        err = apply_guard(r.pivot, inv_arg(inv, ROTATE_PIVOT_GUARD), &pivot);
    }
    if (err != KAAL_OK) {
        return err;
    }
    if (r.source == r.dest) {
        slot_swap(r.source, r.pivot);
    } else {
        slot_move(r.pivot, r.dest);
        slot_move(r.source, r.pivot);
    }
    r.dest->cap = pivot;
    r.pivot->cap = source;
    return KAAL_OK;
}

/* ---- Delete, revoke, cancel --------------------------------------------------------- */

enum kaal_err cnode_inv_delete(struct invocation *inv)
{
    struct slot *slot;
    const enum kaal_err err = find_dest(inv, &slot);
    if (err != KAAL_OK) {
        return err;
    }
    return slot_delete(slot) ? KAAL_OK : INV_PREEMPTED;
}

enum kaal_err cnode_inv_revoke(struct invocation *inv)
{
    struct slot *slot;
    const enum kaal_err err = find_slot(inv, &inv->cap, ARG_DEST_INDEX, false, &slot);
    if (err != KAAL_OK) {
        return err;
    }
    return slot_revoke(slot) ? KAAL_OK : INV_PREEMPTED;
}

__attribute__((cold)) enum kaal_err cnode_inv_cancel_badged_sends(struct invocation *inv)
{
    struct slot *slot;
    const enum kaal_err err = find_slot(inv, &inv->cap, ARG_DEST_INDEX, false, &slot);
    if (err != KAAL_OK) {
        return err;
    }
    struct endpoint *ep = cap_endpoint(&slot->cap);
    const badge_t badge = cap_badge(&slot->cap);
    if (ep == NULL || !cap_has_rights(&slot->cap, KAAL_RIGHTS_ALL)) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    if (badge == 0) {
        return KAAL_OK;
    }
    if (!inv->is_retry || ep->cancelled != badge) {
        endpoint_cancel_begin(ep, badge);
    }
    while (endpoint_cancel_step(ep)) {
        if (arch_irq_pending()) {
            return INV_PREEMPTED;
        }
    }
    return KAAL_OK;
}
