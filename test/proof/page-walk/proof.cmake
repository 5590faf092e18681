# SPDX-License-Identifier: Apache-2.0
# A walk reads the one entry of each table that the address selects, enters tables alone, and ends where it has to.
# The harness includes vspace.c.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/arch/aarch64/pure/pte.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 5)
