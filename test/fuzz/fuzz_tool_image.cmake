# SPDX-License-Identifier: Apache-2.0
set(FUZZ_SOURCES sdk/tool/image.c sdk/tool/elf_file.c sdk/tool/ir.c sdk/tool/ir_join.c sdk/tool/util.c)
set(FUZZ_INCLUDES sdk/tool)
set(FUZZ_DEFINES _POSIX_C_SOURCE=200809L)
set(FUZZ_MAX_TIME 10)
