# SPDX-License-Identifier: Apache-2.0
# Rings as they ship, on the seam of test/ring.
target_sources(${test} PRIVATE "${KAAL_ROOT}/sdk/ipc/ring.c")
target_include_directories(${test} PRIVATE "${KAAL_ROOT}/test/ring" "${KAAL_ROOT}/sdk/include")
