# SPDX-License-Identifier: Apache-2.0
target_sources(${test} PRIVATE "${KAAL_ROOT}/kernel/loader/memory.c")
