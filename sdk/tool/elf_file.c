/* SPDX-License-Identifier: Apache-2.0 */
#include "elf_file.h"

#include <elf.h>
#include <kaal/abi/types.h>
#include <kaal/boot_params.h>
#include <string.h>

struct range {
    uint64_t low, high; /* whole pages; high is the first byte behind */
};

static Elf64_Phdr segment(const struct bytes *elf, const Elf64_Ehdr *h, unsigned i)
{
    Elf64_Phdr p;
    memcpy(&p, elf->data + h->e_phoff + i * sizeof(p), sizeof(p));
    return p;
}

static bool check_header(const struct bytes *elf, Elf64_Ehdr *h, const char *name, struct error *e)
{
    if (elf->size < sizeof(*h)) {
        return set_error(e, "%s is not an ELF file: too short", name);
    }
    memcpy(h, elf->data, sizeof(*h));
    if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0) {
        return set_error(e, "%s is not an ELF file", name);
    }
    if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB ||
        h->e_machine != EM_AARCH64) {
        return set_error(
            e, "%s is not for little-endian 64-bit Arm: was it compiled for this host?", name);
    }
    if (h->e_type != ET_EXEC) {
        return set_error(e,
                         "%s is not a static executable (ELF type %u); link it with -static, not "
                         "-shared or -pie",
                         name, h->e_type);
    }
    if (h->e_phentsize != sizeof(Elf64_Phdr) || h->e_phnum == 0 || h->e_phnum > 64 ||
        h->e_phoff > elf->size || elf->size - h->e_phoff < h->e_phnum * sizeof(Elf64_Phdr)) {
        return set_error(e, "%s has no valid program headers", name);
    }
    return true;
}

static bool check_segment(const struct bytes *elf, const Elf64_Phdr *p, enum elf_role role,
                          const char *name, struct error *e)
{
    unsigned long long at = p->p_vaddr;
    if (p->p_filesz > p->p_memsz || p->p_offset > elf->size ||
        p->p_filesz > elf->size - p->p_offset) {
        return set_error(e, "%s: the segment at 0x%llx is cut off", name, at);
    }
    if ((p->p_flags & (PF_W | PF_X)) == (PF_W | PF_X)) {
        return set_error(e, "%s: the segment at 0x%llx is writable and executable", name, at);
    }
    if (p->p_vaddr % KAAL_PAGE_SIZE != p->p_offset % KAAL_PAGE_SIZE) {
        return set_error(e,
                         "%s: the segment at 0x%llx does not lie in the file as in its pages; link "
                         "with -z max-page-size=4096",
                         name, at);
    }
    uint64_t low = role == ELF_KERNEL ? KAAL_KERNEL_BASE : KAAL_PAGE_SIZE;
    uint64_t high = role == ELF_KERNEL ? KAAL_DEVICE_BASE : KAAL_USER_TOP;
    if (p->p_vaddr < low || p->p_vaddr >= high || p->p_memsz > high - p->p_vaddr) {
        return set_error(e, "%s: the segment at 0x%llx lies outside 0x%llx..0x%llx", name, at,
                         (unsigned long long)low, (unsigned long long)high - 1);
    }
    return true;
}

/* K050: the note that the linker script of components puts into its own segment. */
static bool check_note(const struct bytes *elf, const Elf64_Phdr *p, const char *name, bool *found,
                       struct error *e)
{
    struct {
        uint32_t name_size, size, type;
        char name[8];
        uint32_t abi;
    } note;
    if (p->p_filesz < sizeof(note) || p->p_offset > elf->size ||
        p->p_filesz > elf->size - p->p_offset) {
        return true; /* not ours */
    }
    memcpy(&note, elf->data + p->p_offset, sizeof(note));
    if (note.name_size != 5 || note.size != 4 || note.type != 1 ||
        memcmp(note.name, "KaaL", 5) != 0) {
        return true;
    }
    if (note.abi != KAAL_ABI) {
        return set_error(
            e, "K050 %s was built for KaaL ABI %u, this kernel has ABI %d: rebuild it with KaaL %s",
            name, note.abi, KAAL_ABI, KAAL_VERSION);
    }
    *found = true;
    return true;
}

bool elf_check(const struct bytes *elf, enum elf_role role, const char *name, struct error *e)
{
    Elf64_Ehdr h;
    if (!check_header(elf, &h, name, e)) {
        return false;
    }
    struct range used[KAAL_BOOT_MAX_SEGMENTS];
    unsigned count = 0;
    bool entry_ok = false, note_ok = role == ELF_KERNEL;
    for (unsigned i = 0; i < h.e_phnum; i++) {
        Elf64_Phdr p = segment(elf, &h, i);
        if (p.p_type == PT_INTERP || p.p_type == PT_DYNAMIC) {
            return set_error(e, "%s is dynamically linked; link it with -static", name);
        }
        if (p.p_type == PT_NOTE && !check_note(elf, &p, name, &note_ok, e)) {
            return false;
        }
        if (p.p_type != PT_LOAD || p.p_memsz == 0) {
            continue;
        }
        if (!check_segment(elf, &p, role, name, e)) {
            return false;
        }
        const uint64_t mask = KAAL_PAGE_SIZE - 1;
        struct range r = {p.p_vaddr & ~mask, (p.p_vaddr + p.p_memsz + mask) & ~mask};
        for (unsigned k = 0; k < count; k++) {
            if (r.low < used[k].high && used[k].low < r.high) {
                return set_error(e, "%s: two segments share the page 0x%llx", name,
                                 (unsigned long long)(r.low > used[k].low ? r.low : used[k].low));
            }
        }
        if (count == KAAL_BOOT_MAX_SEGMENTS) {
            return set_error(e, "%s has more than %d segments", name, KAAL_BOOT_MAX_SEGMENTS);
        }
        used[count++] = r;
        if ((p.p_flags & PF_X) != 0 && h.e_entry >= p.p_vaddr &&
            h.e_entry - p.p_vaddr < p.p_filesz) {
            entry_ok = true;
        }
    }
    if (h.e_entry == 0) {
        return set_error(
            e, "%s has no entry point: nothing defines _start; link it with KaaL::kaal", name);
    }
    if (!entry_ok) {
        return set_error(e, "%s has no entry point: 0x%llx is not in an executable segment", name,
                         (unsigned long long)h.e_entry);
    }
    if (!note_ok) {
        return set_error(e, "K050 %s has no KaaL ABI note; link it with KaaL::kaal", name);
    }
    return true;
}

void elf_strip(struct bytes *elf)
{
    Elf64_Ehdr h;
    memcpy(&h, elf->data, sizeof(h));
    uint64_t end = h.e_phoff + h.e_phnum * sizeof(Elf64_Phdr);
    for (unsigned i = 0; i < h.e_phnum; i++) {
        Elf64_Phdr p = segment(elf, &h, i);
        if (p.p_type == PT_LOAD && p.p_offset + p.p_filesz > end) {
            end = p.p_offset + p.p_filesz;
        }
    }
    h.e_shoff = 0;
    h.e_shnum = 0;
    h.e_shstrndx = 0;
    memcpy(elf->data, &h, sizeof(h));
    elf->size = end;
}
