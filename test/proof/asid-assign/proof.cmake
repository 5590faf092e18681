# SPDX-License-Identifier: Apache-2.0
# An address space gets an identifier that was nobody's, never 0; an error changes nothing.
# The harness includes asid.c with a pool of few identifiers.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/core/invocation.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 5)
