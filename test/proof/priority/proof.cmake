# SPDX-License-Identifier: Apache-2.0
# SetPriority, SetMCPriority and SetSchedParams give nothing above the authority's limit, and an error gives nothing.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/object/tcb_inv.c kernel/core/invocation.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 5)
