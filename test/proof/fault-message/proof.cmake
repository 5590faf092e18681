# SPDX-License-Identifier: Apache-2.0
# A fault message has the words of faults.def alone; its answer sets the registers listed there alone, pstate sanitised.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/core/fault.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 41)
