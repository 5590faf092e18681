# SPDX-License-Identifier: Apache-2.0
set(FUZZ_SOURCES kernel/loader/devicetree.c kernel/loader/dt_cells.c kernel/loader/memory.c)
set(FUZZ_DEFINES FDT_ASSUME_MASK=4 _POSIX_C_SOURCE=200809L) # as in the loader; strnlen
set(FUZZ_LIBFDT ON)
set(FUZZ_MAX_TIME 15)
