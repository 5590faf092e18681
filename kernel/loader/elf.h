/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict reader of static ELF64 programs for AArch64: kernel and root task.
 *
 * E1  Every segment's bytes lie in the file, its memory in [low, high), and
 *     file size <= memory size.
 * E2  Segments ascend, and no page belongs to two of them.
 * E3  No segment is writable and executable.
 * E4  The entry point is a multiple of 4 in an executable segment's file bytes.
 *
 * Any other file is refused, see check.h. Layout and values: System V ABI
 * (generic), chapters 4 and 5; ELF for the Arm 64-bit Architecture. Pure C,
 * tested and fuzzed on the host.
 */
#pragma once
#include <stdint.h>

#include <kaal/boot_params.h>

#define ELF_PF_X 1U
#define ELF_PF_W 2U
#define ELF_PF_R 4U

struct elf_segment {
    uint64_t page_vaddr;  /* of its first page */
    uint64_t page_bytes;  /* whole pages, not 0 */
    uint64_t lead_bytes;  /* from there to the segment, less than a page */
    uint64_t file_offset; /* of file_bytes bytes that begin the segment */
    uint64_t file_bytes;
    uint32_t flags; /* ELF_PF_ */
};

struct elf_image {
    uint64_t entry;
    uint32_t segment_count; /* 1 .. KAAL_BOOT_MAX_SEGMENTS */
    struct elf_segment segments[KAAL_BOOT_MAX_SEGMENTS];
};

/* Reads the headers of a file of size bytes. part: what an error is about. low
 * and high are multiples of a page. */
void elf_read(const char *part, const void *file, uint64_t size, uint64_t low, uint64_t high,
              struct elf_image *out);

/* Writes a segment's pages, page_bytes at to: its bytes, zeros around them. */
void elf_load(const void *file, const struct elf_segment *s, void *to);
