/* SPDX-License-Identifier: Apache-2.0 */
#include "untyped.h"

#include "object/object.h"
#include "object/tcb.h"

#include "core/cspace.h"
#include "lib/assert.h"

enum { ARG_TYPE, ARG_SIZE, ARG_NODE_INDEX, ARG_NODE_DEPTH, ARG_NODE_OFFSET, ARG_COUNT };

enum { ZERO_CHUNK_BITS = 10 };
static const word_t zero_chunk = (word_t)1 << ZERO_CHUNK_BITS;

/* Where the new capabilities go. */
struct destination {
    struct slot *first;
    word_t count;
};

/* ---- Decode ------------------------------------------------------------------ */

static word_t align_up(word_t value, unsigned bits)
{
    const word_t mask = ((word_t)1 << bits) - 1;
    return (value + mask) & ~mask; /* value, mask < 2^48: cannot wrap */
}

enum kaal_err untyped_plan(const struct cap *untyped, bool has_children, struct untyped_plan *plan,
                           word_t *bytes_left)
{
    const word_t total = (word_t)1 << cap_untyped_bits(untyped);
    const word_t used = has_children ? cap_untyped_watermark(untyped) : 0;
    const word_t start = align_up(used, plan->bits);
    const word_t end = start + (plan->count << plan->bits); /* below 2^56: cannot wrap */

    if (end > total) {
        *bytes_left = total - used;
        return KAAL_ERR_NOT_ENOUGH_MEMORY;
    }
    plan->start = start;
    plan->watermark = end;
    return KAAL_OK;
}

static bool is_device_ok(enum cap_type type)
{
    return type == CAP_UNTYPED || type == CAP_PAGE;
}

static enum kaal_err decode_object(struct invocation *inv, struct untyped_plan *plan)
{
    const word_t type = inv_arg(inv, ARG_TYPE);
    const word_t size = inv_arg(inv, ARG_SIZE);
    word_t min, max;

    if (type < KAAL_OBJ_UNTYPED || type > KAAL_OBJ_PAGE) {
        return inv_bad_arg(inv, ARG_TYPE);
    }
    plan->type = (enum cap_type)type;
    if (!object_size_ok(plan->type, size, &min, &max)) {
        return size < min || size > max ? inv_bad_range(inv, ARG_SIZE, min, max)
                                        : inv_bad_arg(inv, ARG_SIZE);
    }
    if (cap_untyped_is_device(&inv->cap) && !is_device_ok(plan->type)) {
        return inv_bad_arg(inv, ARG_TYPE);
    }
    plan->bits = object_bits(plan->type, size);
    plan->size = size;
    return KAAL_OK;
}

static enum kaal_err find_node(struct invocation *inv, const struct cap **node)
{
    const word_t depth = inv_arg(inv, ARG_NODE_DEPTH);
    const struct cap *root = inv_cap(inv, 0);
    struct lookup_failure failure;

    *node = root;
    if (depth > 0) {
        if (depth > KAAL_CPTR_BITS) {
            return inv_bad_range(inv, ARG_NODE_DEPTH, 0, KAAL_CPTR_BITS);
        }
        const struct slot *slot =
            cspace_lookup_exact(root, inv_arg(inv, ARG_NODE_INDEX), (unsigned)depth, &failure);
        if (slot == NULL) {
            return inv_bad_lookup(inv, false, failure.bits_left, failure.kind);
        }
        *node = &slot->cap;
    }
    if ((*node)->type != CAP_CNODE) {
        return depth == 0 ? inv_bad_cap(inv, 0)
                          : inv_bad_lookup(inv, false, 0, KAAL_LOOKUP_MISSING_CAP);
    }
    return KAAL_OK;
}

/* Pre: count > 0. */
static bool are_empty(const struct slot *slot, word_t count)
{
    const struct slot *end = slot + count;
    do {
        if (!slot_is_empty(slot)) {
            return false;
        }
    } while (++slot < end);
    return true;
}

static enum kaal_err decode_destination(struct invocation *inv, struct destination *dest)
{
    const struct cap *node;
    const word_t offset = inv_arg(inv, ARG_NODE_OFFSET);
    const word_t count = inv_arg(inv, ARG_COUNT);
    const enum kaal_err err = find_node(inv, &node);

    if (err != KAAL_OK) {
        return err;
    }
    const word_t slots = (word_t)1 << cap_cnode_radix(node);
    if (offset >= slots) {
        return inv_bad_range(inv, ARG_NODE_OFFSET, 0, slots - 1);
    }
    const word_t room = slots - offset;
    if (count < 1 || count > KAAL_RETYPE_MAX || count > room) {
        return inv_bad_range(inv, ARG_COUNT, 1, room < KAAL_RETYPE_MAX ? room : KAAL_RETYPE_MAX);
    }
    dest->first = &cap_cnode_slots(node)[index_nospec(offset, slots)];
    dest->count = count;
    return are_empty(dest->first, count) ? KAAL_OK : KAAL_ERR_DELETE_FIRST;
}

/* ---- Commit ------------------------------------------------------------------- */

/* Make the memory that the plan will use zero, and that of objects. Returns
 * false if an interrupt came in between; the progress is kept. */
static bool zero_memory(struct cap *untyped, const struct untyped_plan *plan, char *memory)
{
    const word_t bytes = plan->count << plan->bits;
    if (cap_untyped_is_device(untyped) || plan->type == CAP_UNTYPED) {
        return true;
    }
    const bool is_page = plan->type == CAP_PAGE;
    word_t done = (word_t)cap_untyped_zeroed(untyped, plan->bits) << ZERO_CHUNK_BITS;
    while (bytes - done > zero_chunk) {
        arch_zero(memory + done, zero_chunk, is_page);
        done += zero_chunk;
        if (arch_irq_pending()) {
            cap_untyped_set_zeroed(untyped, plan->bits, (uint32_t)(done >> ZERO_CHUNK_BITS));
            return false;
        }
    }
    arch_zero(memory + done, bytes - done, is_page);
    arch_obj_created(memory, bytes);
    return true;
}

/* Pre: count > 0. */
static void create_threads(char *memory, word_t count)
{
    do {
        tcb_create((struct tcb *)(void *)memory);
        memory += (word_t)1 << TCB_BITS;
    } while (--count != 0);
}

static void create_objects(struct slot *untyped, const struct untyped_plan *plan, char *memory,
                           const struct destination *dest)
{
    const bool is_device = cap_untyped_is_device(&untyped->cap);

    cap_untyped_set_watermark(&untyped->cap, plan->watermark);
    if (plan->type == CAP_TCB) {
        create_threads(memory, plan->count);
    }
    slot_insert_originals(untyped, dest->first, plan->count,
                          object_cap(plan->type, memory, plan->size, is_device),
                          (word_t)1 << plan->bits);
}

enum kaal_err untyped_inv_retype(struct invocation *inv)
{
    struct untyped_plan plan;
    struct destination dest;
    struct slot *slot = inv->slot;
    word_t bytes_left = 0;

    enum kaal_err err = decode_object(inv, &plan);
    if (err != KAAL_OK) {
        return err;
    }
    err = decode_destination(inv, &dest);
    if (err != KAAL_OK) {
        return err;
    }
    plan.count = dest.count;
    if (untyped_plan(&slot->cap, slot->first != NULL, &plan, &bytes_left) != KAAL_OK) {
        return inv_no_memory(inv, bytes_left);
    }

    if (slot->first == NULL && cap_untyped_watermark(&slot->cap) != 0) {
        cap_untyped_set_watermark(&slot->cap, 0); /* U2 */
    }
    char *memory = (char *)slot->cap.obj + plan.start;
    if (!zero_memory(&slot->cap, &plan, memory)) {
        return INV_PREEMPTED;
    }
    create_objects(slot, &plan, memory, &dest);
    return KAAL_OK;
}
