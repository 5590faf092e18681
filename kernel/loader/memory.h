/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of physical memory ranges, in pages.
 *
 * M1  A normalised list is sorted by base, and its ranges neither overlap nor
 *     touch.
 * M2  Ranges are whole pages and lie below MEMORY_LIMIT.
 *
 * Pure C, tested on the host.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <kaal/boot_params.h>

#define MEMORY_LIMIT      (1ULL << 47) /* what the kernel's window can show */
#define MEMORY_MAX_RANGES 128

struct range_list {
    uint32_t count;
    struct kaal_range range[MEMORY_MAX_RANGES];
};

/* How a range that does not consist of whole pages is rounded. */
enum range_rounding { RANGE_INWARD, RANGE_OUTWARD };

/* Appends [base, base + size), rounded; not normalised. A range of no page is
 * left out, and what lies above MEMORY_LIMIT is cut off. Returns false, and
 * changes nothing, when base + size wraps or the list is full. */
bool range_add(struct range_list *list, uint64_t base, uint64_t size, enum range_rounding rounding);

/* Sorts and merges (M1). O(n^2) when unsorted, O(n) when sorted. */
void range_normalise(struct range_list *list);

/* Takes [base, base + size), rounded outward, out of a normalised list. Returns
 * false, and changes nothing, when base + size wraps or the pieces do not fit. */
bool range_remove(struct range_list *list, uint64_t base, uint64_t size);

/* Bytes from base to the end of its range in a normalised list; 0: base is in
 * none. */
uint64_t range_room(const struct range_list *list, uint64_t base);

/* Finds the lowest [*base, *base + size) in a normalised list whose base is a
 * multiple of align (a power of two of at least a page) and takes it out.
 * Returns false, and changes nothing, when there is none. */
bool range_take(struct range_list *list, uint64_t size, uint64_t align, uint64_t *base);

/* Bytes in all ranges. */
uint64_t range_total(const struct range_list *list);

/* Copies into an array of KAAL_BOOT_MAX_RANGES. False when they do not fit. */
bool range_export(const struct range_list *list, struct kaal_range *out, uint32_t *count);

/* The machine's memory as the devicetree tells it, raw ranges first. */
struct memory_map {
    struct range_list ram;      /* rounded outward: what is no device */
    struct range_list free;     /* rounded inward: pages to give away */
    struct range_list reserved; /* rounded outward: of the firmware */
};

/* Normalises all three and takes reserved out of free. False: too many pieces. */
bool memory_settle(struct memory_map *map);
