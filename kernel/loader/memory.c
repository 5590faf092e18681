/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <string.h>

#include "check.h"

static const char part[] = "memory";

static uint64_t end_of(const struct kaal_range *r)
{
    return r->base + r->size;
}

/* [base, base + size) in whole pages below MEMORY_LIMIT. M2, but for empty ones. */
static struct kaal_range to_pages(uint64_t base, uint64_t size, enum range_rounding rounding)
{
    uint64_t end;
    need(!__builtin_add_overflow(base, size, &end), part,
         "a range wraps around; correct the devicetree");
    base = base < MEMORY_LIMIT ? base : MEMORY_LIMIT;
    end = end < MEMORY_LIMIT ? end : MEMORY_LIMIT;
    if (rounding == RANGE_INWARD) {
        base = (base + PAGE_MASK) & ~PAGE_MASK;
        end &= ~PAGE_MASK;
    } else if (size != 0) {
        base &= ~PAGE_MASK;
        end = (end + PAGE_MASK) & ~PAGE_MASK;
    }
    return (struct kaal_range){.base = base, .size = end > base ? end - base : 0};
}

/* Puts count ranges, at most two, in the place of range[from] to range[to - 1]. */
static void replace(struct range_list *list, uint32_t from, uint32_t to,
                    const struct kaal_range *ranges, uint32_t count)
{
    need(list->count - (to - from) + count <= MEMORY_MAX_RANGES, part,
         "too many ranges; merge reserved ranges in the devicetree");
    memmove(&list->range[from + count], &list->range[to],
            (list->count - to) * sizeof(list->range[0]));
    memcpy(&list->range[from], ranges, count * sizeof(list->range[0]));
    list->count = list->count - (to - from) + count;
}

void range_add(struct range_list *list, uint64_t base, uint64_t size, enum range_rounding rounding)
{
    struct kaal_range r = to_pages(base, size, rounding);
    uint32_t from = 0;
    while (from < list->count && end_of(&list->range[from]) < r.base) {
        from++;
    }
    uint32_t to = from;
    for (; to < list->count && list->range[to].base <= end_of(&r); to++) {
        const struct kaal_range old = list->range[to]; /* overlaps or touches: M1 */
        const uint64_t end = end_of(&old) > end_of(&r) ? end_of(&old) : end_of(&r);
        r.base = old.base < r.base ? old.base : r.base;
        r.size = end - r.base;
    }
    if (r.size != 0) {
        replace(list, from, to, &r, 1);
    }
}

void range_remove(struct range_list *list, uint64_t base, uint64_t size)
{
    const struct kaal_range r = to_pages(base, size, RANGE_OUTWARD);
    struct kaal_range rest[2];
    uint32_t count = 0, from = 0;
    while (from < list->count && end_of(&list->range[from]) <= r.base) {
        from++;
    }
    uint32_t to = from;
    for (; r.size != 0 && to < list->count && list->range[to].base < end_of(&r); to++) {
        const struct kaal_range old = list->range[to];
        if (old.base < r.base) {
            rest[count++] = (struct kaal_range){.base = old.base, .size = r.base - old.base};
        }
        if (end_of(&old) > end_of(&r)) {
            rest[count++] =
                (struct kaal_range){.base = end_of(&r), .size = end_of(&old) - end_of(&r)};
        }
    }
    replace(list, from, to, rest, count);
}

uint64_t range_room(const struct range_list *list, uint64_t base)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (base - list->range[i].base < list->range[i].size) {
            return end_of(&list->range[i]) - base;
        }
    }
    return 0;
}

uint64_t range_take(struct range_list *list, uint64_t size, uint64_t align)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const uint64_t at = (list->range[i].base + align - 1) & ~(align - 1);
        if (at < end_of(&list->range[i]) && size <= end_of(&list->range[i]) - at) {
            range_remove(list, at, size);
            return at;
        }
    }
    loader_fail(part, "not enough for kernel and root task; give the machine more");
}

uint64_t range_total(const struct range_list *list)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        total += list->range[i].size;
    }
    return total;
}

uint32_t range_export(const struct range_list *list, struct kaal_range *out)
{
    need(list->count <= KAAL_BOOT_MAX_RANGES, part,
         "in more than 32 pieces; merge reserved ranges in the devicetree");
    memcpy(out, list->range, list->count * sizeof(list->range[0]));
    return list->count;
}
