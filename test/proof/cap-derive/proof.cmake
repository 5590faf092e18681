# SPDX-License-Identifier: Apache-2.0
# A derived capability names the same object with no right more and the same badge; some have no copy.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/object/object.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 1)
