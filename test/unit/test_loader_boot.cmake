# SPDX-License-Identifier: Apache-2.0
set(_loader boot.c elf.c memory.c mmu.c payload.c)
list(TRANSFORM _loader PREPEND "${KAAL_ROOT}/kernel/loader/")
target_sources(${test} PRIVATE ${_loader})
