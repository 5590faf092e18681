/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of physical memory ranges.
 *
 * M1  A list is sorted by base, and its ranges neither overlap nor touch.
 * M2  Ranges are whole pages, not empty, and lie below MEMORY_LIMIT.
 *
 * A range that wraps around or does not fit into the list is refused, see
 * check.h. Pure C, tested on the host.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <kaal/boot_params.h>

#define MEMORY_LIMIT      (1ULL << 47) /* what the kernel's window can show */
#define MEMORY_MAX_RANGES 128
#define PAGE_MASK         ((uint64_t)KAAL_PAGE_SIZE - 1)

struct range_list {
    uint32_t count;
    struct kaal_range range[MEMORY_MAX_RANGES];
};

/* The machine's memory as the devicetree tells it. */
struct memory_map {
    struct range_list ram;      /* every page with a byte of memory: no device */
    struct range_list free;     /* pages to give away */
    struct range_list reserved; /* by the firmware; not yet taken out of free */
};

/* How a range that does not consist of whole pages is rounded. */
enum range_rounding { RANGE_INWARD, RANGE_OUTWARD };

/* Adds [base, base + size), rounded. What is there already or lies above
 * MEMORY_LIMIT counts for nothing. O(n). */
void range_add(struct range_list *list, uint64_t base, uint64_t size, enum range_rounding rounding);

/* Takes [base, base + size), rounded outward, out of a list. O(n). */
void range_remove(struct range_list *list, uint64_t base, uint64_t size);

/* Bytes from base to the end of its range; 0: base is in none. */
uint64_t range_room(const struct range_list *list, uint64_t base);

/* Takes the lowest size bytes whose address is a multiple of align (a power of
 * two of at least a page) out of a list and returns the address. */
uint64_t range_take(struct range_list *list, uint64_t size, uint64_t align);

/* Bytes in all ranges. */
uint64_t range_total(const struct range_list *list);

/* Copies into an array of KAAL_BOOT_MAX_RANGES and returns the count. */
uint32_t range_export(const struct range_list *list, struct kaal_range *out);
