# SPDX-License-Identifier: Apache-2.0
# Charging less than its budget to a sporadic server keeps its refills a list that adds up to the budget.
# The harness includes the source.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES "")
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 3 --unwindset use_whole_refills.0:4)
