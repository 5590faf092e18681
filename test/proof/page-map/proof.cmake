# SPDX-License-Identifier: Apache-2.0
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/object/page.c kernel/core/invocation.c kernel/arch/aarch64/pure/pte.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 1)
