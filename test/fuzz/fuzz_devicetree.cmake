# SPDX-License-Identifier: Apache-2.0
set(FUZZ_SOURCES kernel/loader/devicetree.c kernel/loader/dt_cells.c kernel/loader/memory.c)
set(FUZZ_DEFINES FDT_ASSUME_MASK=4) # as in the loader
set(FUZZ_LIBFDT ON)
set(FUZZ_MAX_TIME 15)
