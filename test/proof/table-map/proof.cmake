# SPDX-License-Identifier: Apache-2.0
# Mapping a table: an error writes nothing; success fills one empty entry of levels 0 to 2 with this table.
# The harness includes vspace.c.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/core/invocation.c kernel/arch/aarch64/pure/pte.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 5)
