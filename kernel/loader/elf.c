/* SPDX-License-Identifier: Apache-2.0 */
#include "elf.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define PAGE_MASK ((uint64_t)KAAL_PAGE_SIZE - 1)

#define EI_MAG_CLASS_DATA_VERSION "\177ELF\002\001\001" /* 64-bit, little-endian, version 1 */
#define ET_EXEC                   2
#define EM_AARCH64                183
#define PT_LOAD                   1
#define PT_DYNAMIC                2
#define PT_INTERP                 3
#define MAX_HEADERS               32

struct elf_header {
    unsigned char ident[16];
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
_Static_assert(sizeof(struct elf_header) == 64, "Elf64_Ehdr");

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
_Static_assert(sizeof(struct elf_program_header) == 56, "Elf64_Phdr");

static const char *check_header(const struct elf_header *h, uint64_t size)
{
    if (memcmp(h->ident, EI_MAG_CLASS_DATA_VERSION, 7) != 0) {
        return "not a 64-bit little-endian ELF file; pack the image again";
    }
    if (h->machine != EM_AARCH64) {
        return "not an AArch64 program; build it with the AArch64 toolchain";
    }
    if (h->type != ET_EXEC) {
        return "not a statically linked program of fixed address; link it without -pie and -shared";
    }
    if (h->phentsize != sizeof(struct elf_program_header) || h->phnum == 0 ||
        h->phnum > MAX_HEADERS) {
        return "no program headers, or too many; pack the image again";
    }
    if (h->phoff > size ||
        (uint64_t)h->phnum * sizeof(struct elf_program_header) > size - h->phoff) {
        return "program headers outside the file; pack the image again";
    }
    return NULL;
}

static const char *check_segment(const struct elf_program_header *p, uint64_t size, uint64_t low,
                                 uint64_t high)
{
    uint64_t end;
    if (p->offset > size || p->filesz > size - p->offset) {
        return "segment outside the file; pack the image again";
    }
    if (p->filesz > p->memsz) {
        return "segment larger in the file than in memory; link it again";
    }
    if (__builtin_add_overflow(p->vaddr, p->memsz, &end) || p->vaddr < low || end > high) {
        return "segment outside the program's address space; correct its linker script";
    }
    if ((p->flags & ELF_PF_W) != 0 && (p->flags & ELF_PF_X) != 0) {
        return "segment writable and executable; separate code and data in the linker script";
    }
    return NULL;
}

/* Keeps the array in ascending order. Pre: s passed check_segment(). */
static const char *add_segment(struct elf_image *out, const struct elf_segment *s)
{
    if (out->segment_count == KAAL_BOOT_MAX_SEGMENTS) {
        return "more than 6 segments; merge segments in the linker script";
    }
    uint32_t i = out->segment_count;
    for (; i > 0 && out->segments[i - 1].page_vaddr > s->page_vaddr; i--) {
        out->segments[i] = out->segments[i - 1];
    }
    out->segments[i] = *s;
    out->segment_count++;
    if ((i > 0 &&
         s->page_vaddr - out->segments[i - 1].page_vaddr < out->segments[i - 1].page_bytes) ||
        (i + 1 < out->segment_count &&
         out->segments[i + 1].page_vaddr - s->page_vaddr < s->page_bytes)) {
        return "segments share a page; align them to 4 KiB in the linker script"; /* E2 */
    }
    return NULL;
}

static bool is_entry_valid(const struct elf_image *image)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *s = &image->segments[i];
        const uint64_t first = s->page_vaddr + s->lead_bytes;
        if ((s->flags & ELF_PF_X) != 0 && image->entry >= first &&
            image->entry - first < s->file_bytes) {
            return (image->entry & 3) == 0;
        }
    }
    return false;
}

const char *elf_read(const void *file, uint64_t size, uint64_t low, uint64_t high,
                     struct elf_image *out)
{
    struct elf_header h;
    if (size < sizeof(h)) {
        return "file shorter than an ELF header; pack the image again";
    }
    memcpy(&h, file, sizeof(h));
    const char *error = check_header(&h, size);
    out->entry = h.entry;
    out->segment_count = 0;
    for (uint32_t i = 0; error == NULL && i < h.phnum; i++) {
        struct elf_program_header p;
        memcpy(&p, (const char *)file + h.phoff + i * sizeof(p), sizeof(p));
        if (p.type == PT_DYNAMIC || p.type == PT_INTERP) {
            return "wants a dynamic linker; link it statically";
        }
        if (p.type != PT_LOAD || p.memsz == 0) {
            continue;
        }
        error = check_segment(&p, size, low, high);
        if (error == NULL) {
            const struct elf_segment s = {
                .page_vaddr = p.vaddr & ~PAGE_MASK,
                .page_bytes =
                    ((p.vaddr + p.memsz + PAGE_MASK) & ~PAGE_MASK) - (p.vaddr & ~PAGE_MASK),
                .lead_bytes = p.vaddr & PAGE_MASK,
                .file_offset = p.offset,
                .file_bytes = p.filesz,
                .flags = p.flags & (ELF_PF_R | ELF_PF_W | ELF_PF_X),
            };
            error = add_segment(out, &s);
        }
    }
    if (error == NULL && !is_entry_valid(out)) {
        error = "no entry point in an executable segment; define _start and name it with ENTRY()";
    }
    return error;
}

void elf_load(const void *file, const struct elf_segment *s, void *to)
{
    char *bytes = to;
    memset(bytes, 0, s->lead_bytes);
    memcpy(bytes + s->lead_bytes, (const char *)file + s->file_offset, s->file_bytes);
    const uint64_t used = s->lead_bytes + s->file_bytes;
    memset(bytes + used, 0, s->page_bytes - used);
}
