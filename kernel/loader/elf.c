/* SPDX-License-Identifier: Apache-2.0 */
#include "elf.h"

#include <string.h>

#include "check.h"
#include "memory.h"

#define EI_IDENT   "\177ELF\002\001\001" /* 64-bit, little-endian, version 1 */
#define ET_EXEC    2
#define EM_AARCH64 183
#define PT_LOAD    1
#define PT_DYNAMIC 2
#define PT_INTERP  3

struct elf_header {
    unsigned char ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
_Static_assert(sizeof(struct elf_header) == 64, "Elf64_Ehdr");

struct elf_program_header {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
_Static_assert(sizeof(struct elf_program_header) == 56, "Elf64_Phdr");

static void check_header(const char *part, const struct elf_header *h, uint64_t size)
{
    need(memcmp(h->ident, EI_IDENT, sizeof(EI_IDENT) - 1) == 0 && h->machine == EM_AARCH64, part,
         "not a 64-bit AArch64 ELF file; build it with the AArch64 toolchain");
    need(h->type == ET_EXEC, part, "not linked at a fixed address; link it without -pie, -shared");
    need(h->phentsize == sizeof(struct elf_program_header) && h->phoff <= size &&
             h->phnum <= (size - h->phoff) / sizeof(struct elf_program_header),
         part, "program headers outside the file; pack the image again");
}

static void read_segment(const char *part, const struct elf_program_header *p, uint64_t low,
                         uint64_t high, struct elf_image *out)
{
    uint64_t end;
    need(p->filesz <= p->memsz, part, "segment larger in the file than in memory; link it again");
    need(!__builtin_add_overflow(p->vaddr, p->memsz, &end) && p->vaddr >= low && end <= high, part,
         "segment outside the program's address space; correct its linker script"); /* E1 */
    need((~p->flags & (ELF_PF_W | ELF_PF_X)) != 0, part,
         "segment writable and executable; separate code and data in the linker script"); /* E3 */
    need(out->segment_count < KAAL_BOOT_MAX_SEGMENTS, part,
         "more than 6 segments; merge segments in the linker script");
    struct elf_segment *s = &out->segments[out->segment_count];
    *s = (struct elf_segment){
        .page_vaddr = p->vaddr & ~PAGE_MASK,
        .page_bytes = ((end + PAGE_MASK) & ~PAGE_MASK) - (p->vaddr & ~PAGE_MASK),
        .lead_bytes = p->vaddr & PAGE_MASK,
        .file_offset = p->offset,
        .file_bytes = p->filesz,
        .flags = p->flags & (ELF_PF_R | ELF_PF_W | ELF_PF_X),
    };
    need(out->segment_count == 0 || s[-1].page_vaddr + s[-1].page_bytes <= s->page_vaddr, part,
         "segments not ascending, or sharing a page; align them to 4 KiB in the linker "
         "script"); /* E2 */
    out->segment_count++;
}

static bool is_entry_valid(const struct elf_image *image)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *s = &image->segments[i];
        const uint64_t at = image->entry - (s->page_vaddr + s->lead_bytes);
        if ((s->flags & ELF_PF_X) != 0 && at < s->file_bytes) {
            return image->entry % 4 == 0;
        }
    }
    return false;
}

void elf_read(const char *part, const void *file, uint64_t size, uint64_t low, uint64_t high,
              struct elf_image *out)
{
    struct elf_header h;
    need(size >= sizeof(h), part, "file shorter than an ELF header; pack the image again");
    memcpy(&h, file, sizeof(h));
    check_header(part, &h, size);
    *out = (struct elf_image){.entry = h.entry};
    for (uint32_t i = 0; i < h.phnum; i++) {
        struct elf_program_header p;
        memcpy(&p, (const char *)file + h.phoff + i * sizeof(p), sizeof(p));
        need(p.type != PT_DYNAMIC && p.type != PT_INTERP, part,
             "wants a dynamic linker; link it statically");
        if (p.type == PT_LOAD && p.memsz != 0) {
            need(p.offset <= size && p.filesz <= size - p.offset, part,
                 "segment outside the file; pack the image again"); /* E1 */
            read_segment(part, &p, low, high, out);
        }
    }
    need(
        is_entry_valid(out), part,
        "no entry point in an executable segment; define _start and name it with ENTRY()"); /* E4 */
}

void elf_load(const void *file, const struct elf_segment *s, void *to)
{
    const uint64_t used = s->lead_bytes + s->file_bytes;
    memset(to, 0, s->lead_bytes);
    memcpy((char *)to + s->lead_bytes, (const char *)file + s->file_offset, s->file_bytes);
    memset((char *)to + used, 0, s->page_bytes - used);
}
