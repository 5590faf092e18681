/* SPDX-License-Identifier: Apache-2.0 */
#include "elf.h"

#include <kaal/abi/types.h>
#include <stddef.h>

/* ELF-64 object file format, version 1.5. */
enum {
    ELF_CLASS_64 = 2,
    ELF_DATA_LITTLE = 1,
    ELF_TYPE_EXEC = 2,
    ELF_MACHINE_AARCH64 = 183,
    ELF_PT_LOAD = 1,
    ELF_PT_NOTE = 4,
    ELF_PF_X = 1,
    ELF_PF_W = 2,
    ELF_MAX_HEADERS = 32,
    ELF_NOTE_KAAL_ABI = 1,
};

struct elf_header {
    uint8_t ident[16];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t phoff;
    uint64_t shoff;
    uint32_t flags;
    uint16_t ehsize;
    uint16_t phentsize;
    uint16_t phnum;
    uint16_t shentsize;
    uint16_t shnum;
    uint16_t shstrndx;
};

struct elf_program_header {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t filesz;
    uint64_t memsz;
    uint64_t align;
};

struct elf_note {
    uint32_t name_bytes;
    uint32_t data_bytes;
    uint32_t type;
    char name[8];
    uint32_t abi;
};

_Static_assert(sizeof(struct elf_header) == 64, "ELF header");
_Static_assert(sizeof(struct elf_program_header) == 56, "ELF program header");
_Static_assert(sizeof(struct elf_note) == 24, "KaaL note");

static uint64_t page_down(uint64_t value)
{
    return value & ~(uint64_t)(KAAL_PAGE_SIZE - 1);
}

static bool pages_overlap(const struct elf_segment *a, const struct elf_segment *b)
{
    const uint64_t a_last = page_down(a->vaddr + a->mem_bytes - 1);
    const uint64_t b_last = page_down(b->vaddr + b->mem_bytes - 1);
    return page_down(a->vaddr) <= b_last && page_down(b->vaddr) <= a_last;
}

static const char *header_check(const struct elf_header *header, uint64_t size)
{
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
    if (size < sizeof(*header) || __builtin_memcmp(header->ident, magic, sizeof(magic)) != 0) {
        return "it is not an ELF file";
    }
    if (header->ident[4] != ELF_CLASS_64 || header->ident[5] != ELF_DATA_LITTLE ||
        header->type != ELF_TYPE_EXEC || header->machine != ELF_MACHINE_AARCH64) {
        return "it is not a 64-bit little-endian AArch64 program";
    }
    if (header->phentsize != sizeof(struct elf_program_header) || header->phnum > ELF_MAX_HEADERS ||
        header->phoff % 8 != 0 || header->phoff > size ||
        header->phnum * sizeof(struct elf_program_header) > size - header->phoff) {
        return "its program headers are malformed";
    }
    return NULL;
}

static const char *add_segment(const uint8_t *data, const struct elf_program_header *header,
                               struct elf_plan *plan)
{
    const bool is_writable = (header->flags & ELF_PF_W) != 0;
    const bool is_executable = (header->flags & ELF_PF_X) != 0;
    if (is_writable && is_executable) {
        return "it wants memory that is both writable and executable";
    }
    if (header->memsz < header->filesz) {
        return "a segment is larger in the file than in memory";
    }
    if (header->vaddr < ELF_LOW || header->vaddr >= ELF_HIGH ||
        header->memsz > ELF_HIGH - header->vaddr) {
        return "a segment lies outside of 0x400000..0x40000000";
    }
    if (plan->segment_count == ELF_MAX_SEGMENTS) {
        return "it has more than 8 segments";
    }
    struct elf_segment *segment = &plan->segments[plan->segment_count];
    *segment = (struct elf_segment){
        .vaddr = header->vaddr,
        .mem_bytes = header->memsz,
        .data = data + header->offset,
        .file_bytes = header->filesz,
        .is_writable = is_writable,
        .is_executable = is_executable,
    };
    for (unsigned i = 0; i < plan->segment_count; i++) {
        if (pages_overlap(&plan->segments[i], segment)) {
            return "two segments share a page";
        }
    }
    plan->segment_count++;
    return NULL;
}

/* Is this KaaL's note, and if so, of the right version? */
static const char *note_check(const uint8_t *data, const struct elf_program_header *header,
                              bool *has_note)
{
    struct elf_note note;
    if (header->filesz < sizeof(note)) {
        return NULL;
    }
    __builtin_memcpy(&note, data + header->offset, sizeof(note));
    if (note.name_bytes != 5 || note.data_bytes != sizeof(note.abi) ||
        note.type != ELF_NOTE_KAAL_ABI || __builtin_memcmp(note.name, "KaaL", 5) != 0) {
        return NULL;
    }
    *has_note = true;
    return note.abi == KAAL_ABI ? NULL : "it was built for another version of the kernel interface";
}

static bool entry_is_code(const struct elf_plan *plan)
{
    for (unsigned i = 0; i < plan->segment_count; i++) {
        const struct elf_segment *segment = &plan->segments[i];
        if (segment->is_executable && plan->entry >= segment->vaddr &&
            plan->entry - segment->vaddr < segment->file_bytes) {
            return plan->entry % 4 == 0;
        }
    }
    return false;
}

const char *elf_check(const uint8_t *data, uint64_t size, struct elf_plan *plan)
{
    const struct elf_header *header = (const void *)data;
    const char *why = header_check(header, size);
    if (why != NULL) {
        return why;
    }
    const struct elf_program_header *headers = (const void *)(data + header->phoff);
    bool has_note = false;
    *plan = (struct elf_plan){.entry = header->entry};
    for (unsigned i = 0; i < header->phnum; i++) {
        const struct elf_program_header *h = &headers[i];
        if (h->type != ELF_PT_LOAD && h->type != ELF_PT_NOTE) {
            continue;
        }
        if (h->offset > size || h->filesz > size - h->offset) {
            return "a segment lies outside of the file";
        }
        if (h->type == ELF_PT_NOTE) {
            why = note_check(data, h, &has_note);
        } else if (h->memsz != 0) {
            why = add_segment(data, h, plan);
        }
        if (why != NULL) {
            return why;
        }
    }
    if (!has_note) {
        return "it was not built with KaaL (no ABI note)";
    }
    return entry_is_code(plan) ? NULL : "its entry point is not in its code";
}
