# SPDX-License-Identifier: Apache-2.0
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/core/cdt.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 8)
