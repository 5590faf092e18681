# SPDX-License-Identifier: Apache-2.0
set(FUZZ_SOURCES sdk/broker/init/elf.c sdk/broker/init/system.c)
set(FUZZ_INCLUDES .)
set(FUZZ_DEFINES _POSIX_C_SOURCE=200809L)
set(FUZZ_MAX_TIME 10)
set(FUZZ_MAX_LEN 8192)
