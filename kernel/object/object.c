/* SPDX-License-Identifier: Apache-2.0 */
#include "object.h"

#include "object/sched_context.h"
#include "object/tcb.h"

#include "lib/assert.h"

#define KAAL_OBJECT(NAME, prefix, number, min_bits, max_bits, device_ok) \
    [CAP_##NAME] = {min_bits, max_bits},
static const struct {
    uint8_t min, max;
} size_range[] = {
#include <kaal/abi/objects.def>
};
#undef KAAL_OBJECT

static bool has_one_size(enum cap_type type)
{
    return size_range[type].min == size_range[type].max;
}

bool object_size_ok(enum cap_type type, word_t size, word_t *min, word_t *max)
{
    *min = size_range[type].min;
    *max = size_range[type].max;
    if (*min == *max && size == 0) {
        return true;
    }
    if (type == CAP_PAGE) {
        return size == KAAL_PAGE_4K_BITS || size == KAAL_PAGE_2M_BITS || size == KAAL_PAGE_1G_BITS;
    }
    return size >= *min && size <= *max;
}

unsigned object_bits(enum cap_type type, word_t size)
{
    if (size == 0) {
        return size_range[type].min;
    }
    return (unsigned)size + (type == CAP_CNODE ? (unsigned)KAAL_SLOT_BITS : 0);
}

/* Size and device are in the same place for all types that have them. */
struct cap object_cap(enum cap_type type, void *memory, word_t size, bool is_device)
{
    struct cap cap = cap_object(type, memory);
    cap.a = has_one_size(type) ? 0 : (uint8_t)size;
    cap.b = is_device;
    cap.c = type == CAP_CNODE ? (uint32_t)size : 0; /* as cap_cnode() without guard */
    return cap;
}

enum kaal_err cap_derive(const struct slot *slot, struct cap *out)
{
    *out = slot->cap;
    switch (slot->cap.type) {
    case CAP_UNTYPED:
        return slot->first == NULL ? KAAL_OK : KAAL_ERR_REVOKE_FIRST;
    case CAP_VSPACE:
    case CAP_PAGE_TABLE:
        return cap_asid(out) != 0 ? KAAL_OK : KAAL_ERR_ILLEGAL_OPERATION;
    case CAP_PAGE:
        cap_set_mapping(out, 0, 0);
        return KAAL_OK;
    case CAP_IRQ_CONTROL:
    case CAP_ZOMBIE:
        *out = cap_null();
        return KAAL_OK;
    default:
        return KAAL_OK;
    }
}

void cap_insert_derived(struct slot *source, struct slot *slot, struct cap cap)
{
    if (cap.type == CAP_UNTYPED) {
        /* The copy takes what is left; the original can only start over once
         * the copy is gone. */
        cap_untyped_set_watermark(&source->cap, (word_t)1 << cap_untyped_bits(&source->cap));
    }
    slot_insert_derived(source, slot, cap);
}

struct cap cap_mask_rights(struct cap cap, word_t mask)
{
    switch (cap.type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
    case CAP_REPLY:
    case CAP_PAGE:
        cap.rights &= (uint8_t)(mask & KAAL_RIGHTS_ALL);
        return cap;
    default:
        return cap;
    }
}
