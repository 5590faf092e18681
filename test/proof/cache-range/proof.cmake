# SPDX-License-Identifier: Apache-2.0
# Cache calls touch one page alone, at most 64 KiB of it, no device memory, and throw away only where the caller may write.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/object/cache.c kernel/core/invocation.c kernel/arch/aarch64/pure/pte.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 1)
