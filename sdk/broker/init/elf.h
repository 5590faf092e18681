/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component's ELF, checked. Pure: reads bytes of unknown origin, never
 * beyond size, and keeps nothing.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Where a component's segments may lie. Below: stack, IPC buffer, start-up
 * page. The window fits one table of each upper level. */
#define ELF_LOW  0x400000
#define ELF_HIGH 0x40000000

enum { ELF_MAX_SEGMENTS = 8 };

/* One part of the address space. Page ranges of segments are disjoint. */
struct elf_segment {
    uint64_t vaddr;      /* not always page-aligned */
    uint64_t mem_bytes;  /* not 0 */
    const uint8_t *data; /* file_bytes of it; the rest is zero */
    uint64_t file_bytes;
    bool is_writable;
    bool is_executable; /* never both */
};

struct elf_plan {
    uint64_t entry; /* in an executable segment */
    unsigned segment_count;
    struct elf_segment segments[ELF_MAX_SEGMENTS];
};

/*
 * Check an ELF and say what to map.
 * Args: data, 8-byte aligned.
 * Returns: NULL, or why it cannot be loaded (then *plan means nothing).
 */
const char *elf_check(const uint8_t *data, uint64_t size, struct elf_plan *plan);
