/* SPDX-License-Identifier: Apache-2.0 */
/* Programs as KaaL loads them: static ELF64 AArch64 executables. */
#pragma once
#include "tool.h"

enum elf_role { ELF_KERNEL, ELF_ROOT, ELF_COMPONENT };

/*
 * True if the file can be loaded in its role: ET_EXEC for AArch64, every
 * loadable segment inside the file and its address range, none writable and
 * executable, no two in one page, the entry point in an executable one, and
 * in all but the kernel the note of this KAAL_ABI.
 * name is for the message, e.g. "component 'x'".
 */
bool elf_check(const struct bytes *elf, enum elf_role role, const char *name, struct error *e);

/*
 * Cuts off what is behind the last segment (symbols, debug information) and
 * removes the section headers, which loading does not need. Pre: elf_check().
 */
void elf_strip(struct bytes *elf);
