# SPDX-License-Identifier: Apache-2.0
# An address space gets an identifier that was nobody's, never 0; an error changes nothing.
# Each entry of a pool is a variable of its own: those that are constant cost nothing.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/object/asid.c kernel/core/invocation.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 513 --max-field-sensitivity-array-size 512)
