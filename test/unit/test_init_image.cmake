# SPDX-License-Identifier: Apache-2.0
# The two readers of the root task init, as they are.
target_sources(${test} PRIVATE "${KAAL_ROOT}/sdk/broker/init/elf.c"
    "${KAAL_ROOT}/sdk/broker/init/system.c")
target_include_directories(${test} PRIVATE "${KAAL_ROOT}")
