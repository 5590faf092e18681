/* SPDX-License-Identifier: Apache-2.0 */
/* CNode: moving capabilities about. Copies and their parents: slot.h. */
#include "object/object.h"
#include "object/page.h"

#include "core/cspace.h"
#include "core/invocation.h"
#include "lib/assert.h"

enum { ARG_DEST_INDEX, ARG_DEST_DEPTH, ARG_SOURCE_INDEX, ARG_SOURCE_DEPTH, ARG_RIGHTS, ARG_DATA };

/* Mint data of a CNode: guard size in the low bits, guard value above. */
enum { GUARD_SIZE_BITS = 6 };

/* ---- Decode -------------------------------------------------------------------- */

static enum kaal_err find_slot(struct invocation *inv, const struct cap *root, unsigned arg_index,
                               bool is_source, struct slot **slot)
{
    struct lookup_failure failure;
    const word_t depth = inv_arg(inv, arg_index + 1);

    if (root->type != CAP_CNODE) {
        return inv_bad_lookup(inv, is_source, 0, KAAL_LOOKUP_INVALID_ROOT);
    }
    if (depth < 1 || depth > KAAL_CPTR_BITS) {
        return inv_bad_range(inv, arg_index + 1, 1, KAAL_CPTR_BITS);
    }
    *slot = cspace_lookup_exact(root, inv_arg(inv, arg_index), (unsigned)depth, &failure);
    if (*slot == NULL) {
        return inv_bad_lookup(inv, is_source, failure.bits_left, failure.kind);
    }
    return KAAL_OK;
}

static enum kaal_err find_both(struct invocation *inv, struct slot **dest, struct slot **source)
{
    enum kaal_err err = find_slot(inv, &inv->cap, ARG_DEST_INDEX, false, dest);
    if (err != KAAL_OK) {
        return err;
    }
    if (!slot_is_empty(*dest)) {
        return KAAL_ERR_DELETE_FIRST;
    }
    err = find_slot(inv, inv_cap(inv, 0), ARG_SOURCE_INDEX, true, source);
    if (err != KAAL_OK) {
        return err;
    }
    if (slot_is_empty(*source)) {
        return inv_bad_lookup(inv, true, 0, KAAL_LOOKUP_MISSING_CAP);
    }
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
    case CAP_CNODE: {
        const unsigned bits = (unsigned)data & ((1U << GUARD_SIZE_BITS) - 1);
        const word_t guard = data >> GUARD_SIZE_BITS;
        if (bits + cap_cnode_radix(cap) > KAAL_CPTR_BITS) {
            return KAAL_ERR_ILLEGAL_OPERATION;
        }
        *cap = cap_cnode(cap_cnode_slots(cap), cap_cnode_radix(cap),
                         bits == 0 ? 0 : guard & (~(word_t)0 >> (64 - bits)), bits);
        return KAAL_OK;
    }
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

/* ---- Invocations ------------------------------------------------------------------ */

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

enum kaal_err cnode_inv_delete(struct invocation *inv)
{
    struct slot *slot;
    const enum kaal_err err = find_slot(inv, &inv->cap, ARG_DEST_INDEX, false, &slot);
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
