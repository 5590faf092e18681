/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <stddef.h>

#define PAGE_MASK ((uint64_t)KAAL_PAGE_SIZE - 1)

/* [base, base + size) in whole pages as [*from, *to), cut at MEMORY_LIMIT.
 * False when it wraps. */
static bool to_pages(uint64_t base, uint64_t size, enum range_rounding rounding, uint64_t *from,
                     uint64_t *to)
{
    uint64_t end;
    if (__builtin_add_overflow(base, size, &end)) {
        return false;
    }
    base = base < MEMORY_LIMIT ? base : MEMORY_LIMIT;
    end = end < MEMORY_LIMIT ? end : MEMORY_LIMIT;
    if (size == 0) {
        end = base;
    } else if (rounding == RANGE_INWARD) {
        base = (base + PAGE_MASK) & ~PAGE_MASK;
        end &= ~PAGE_MASK;
    } else {
        base &= ~PAGE_MASK;
        end = (end + PAGE_MASK) & ~PAGE_MASK;
    }
    *from = base;
    *to = end > base ? end : base;
    return true;
}

static void remove_at(struct range_list *list, uint32_t i)
{
    list->count--;
    for (; i < list->count; i++) {
        list->range[i] = list->range[i + 1];
    }
}

/* Pre: there is room. */
static void insert_at(struct range_list *list, uint32_t i, uint64_t from, uint64_t to)
{
    for (uint32_t j = list->count; j > i; j--) {
        list->range[j] = list->range[j - 1];
    }
    list->range[i] = (struct kaal_range){.base = from, .size = to - from};
    list->count++;
}

bool range_add(struct range_list *list, uint64_t base, uint64_t size, enum range_rounding rounding)
{
    uint64_t from, to;
    if (!to_pages(base, size, rounding, &from, &to)) {
        return false;
    }
    if (from == to) {
        return true;
    }
    if (list->count == MEMORY_MAX_RANGES) {
        return false;
    }
    insert_at(list, list->count, from, to);
    return true;
}

void range_normalise(struct range_list *list)
{
    for (uint32_t i = 1; i < list->count; i++) {
        const struct kaal_range moved = list->range[i];
        uint32_t j = i;
        for (; j > 0 && list->range[j - 1].base > moved.base; j--) {
            list->range[j] = list->range[j - 1];
        }
        list->range[j] = moved;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct kaal_range next = list->range[i];
        struct kaal_range *last = kept > 0 ? &list->range[kept - 1] : NULL;
        if (last != NULL && next.base <= last->base + last->size) {
            const uint64_t end = next.base + next.size;
            if (end > last->base + last->size) {
                last->size = end - last->base;
            }
        } else {
            list->range[kept++] = next;
        }
    }
    list->count = kept;
}

bool range_remove(struct range_list *list, uint64_t base, uint64_t size)
{
    uint64_t from, to;
    if (!to_pages(base, size, RANGE_OUTWARD, &from, &to)) {
        return false;
    }
    if (from == to) {
        return true;
    }
    uint32_t i = 0;
    while (i < list->count) {
        struct kaal_range *r = &list->range[i];
        const uint64_t end = r->base + r->size;
        if (end <= from || r->base >= to) {
            i++;
        } else if (r->base < from && end > to) {
            if (list->count == MEMORY_MAX_RANGES) {
                return false; /* the only range that is touched, and not yet */
            }
            r->size = from - r->base;
            insert_at(list, i + 1, to, end);
            return true;
        } else if (r->base < from) {
            r->size = from - r->base;
            i++;
        } else if (end > to) {
            *r = (struct kaal_range){.base = to, .size = end - to};
            i++;
        } else {
            remove_at(list, i);
        }
    }
    return true;
}

uint64_t range_room(const struct range_list *list, uint64_t base)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct kaal_range *r = &list->range[i];
        if (base >= r->base && base - r->base < r->size) {
            return r->size - (base - r->base);
        }
    }
    return 0;
}

bool range_take(struct range_list *list, uint64_t size, uint64_t align, uint64_t *base)
{
    if (size == 0 || size > MEMORY_LIMIT) {
        return false;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct kaal_range *r = &list->range[i];
        const uint64_t at = (r->base + align - 1) & ~(align - 1);
        if (at - r->base < r->size && size <= r->size - (at - r->base)) {
            if (!range_remove(list, at, size)) {
                return false;
            }
            *base = at;
            return true;
        }
    }
    return false;
}

uint64_t range_total(const struct range_list *list)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        total += list->range[i].size;
    }
    return total;
}

bool range_export(const struct range_list *list, struct kaal_range *out, uint32_t *count)
{
    if (list->count > KAAL_BOOT_MAX_RANGES) {
        return false;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        out[i] = list->range[i];
    }
    *count = list->count;
    return true;
}

bool memory_settle(struct memory_map *map)
{
    range_normalise(&map->ram);
    range_normalise(&map->free);
    range_normalise(&map->reserved);
    for (uint32_t i = 0; i < map->reserved.count; i++) {
        const struct kaal_range *r = &map->reserved.range[i];
        if (!range_remove(&map->free, r->base, r->size)) {
            return false;
        }
    }
    return true;
}
