/* SPDX-License-Identifier: Apache-2.0 */
/* A small valid program to plant faults in. */
#pragma once
#include <elf.h>
#include <kaal/abi/types.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ELF_BYTES 0x2100 /* headers, a text page at 0x1000, data at 0x2000, 0x80 bytes behind */

struct small_elf {
    Elf64_Ehdr h;
    Elf64_Phdr p[4]; /* text RX, data RW, a spare that is PT_NULL, the ABI note */
    uint32_t note[6];
    uint8_t rest[ELF_BYTES - sizeof(Elf64_Ehdr) - 4 * sizeof(Elf64_Phdr) - 24];
};

static inline void make_elf(struct small_elf *s, uint64_t base)
{
    memset(s, 0, sizeof(*s));
    memcpy(s->h.e_ident, ELFMAG, SELFMAG);
    s->h.e_ident[EI_CLASS] = ELFCLASS64;
    s->h.e_ident[EI_DATA] = ELFDATA2LSB;
    s->h.e_ident[EI_VERSION] = EV_CURRENT;
    s->h.e_type = ET_EXEC;
    s->h.e_machine = EM_AARCH64;
    s->h.e_entry = base + 0x10;
    s->h.e_phoff = sizeof(s->h);
    s->h.e_phentsize = sizeof(Elf64_Phdr);
    s->h.e_phnum = 4;
    s->h.e_shoff = 0x2080;
    s->h.e_shnum = 1;
    s->p[0] = (Elf64_Phdr){PT_LOAD, PF_R | PF_X, 0x1000, base, base, 0x100, 0x100, 4096};
    s->p[1] =
        (Elf64_Phdr){PT_LOAD, PF_R | PF_W, 0x2000, base + 0x1000, base + 0x1000, 0x80, 0x900, 4096};
    s->p[3] = (Elf64_Phdr){PT_NOTE, PF_R, offsetof(struct small_elf, note), 0, 0, 24, 24, 4};
    s->note[0] = 5;
    s->note[1] = 4;
    s->note[2] = 1;
    memcpy(&s->note[3], "KaaL", 5);
    s->note[5] = KAAL_ABI;
}
