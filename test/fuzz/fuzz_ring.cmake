# SPDX-License-Identifier: Apache-2.0
set(FUZZ_SOURCES sdk/ipc/ring.c)
set(FUZZ_INCLUDES test/ring sdk/include)
set(FUZZ_MAX_TIME 10)
set(FUZZ_MAX_LEN 512)
