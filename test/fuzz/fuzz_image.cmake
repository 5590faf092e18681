# SPDX-License-Identifier: Apache-2.0
set(FUZZ_SOURCES kernel/loader/elf.c kernel/loader/payload.c)
set(FUZZ_MAX_TIME 10)
