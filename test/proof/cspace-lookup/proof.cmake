# SPDX-License-Identifier: Apache-2.0
# The harness includes the source, to put its own memory behind CNodes.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES "")
set(PROOF_ARGS ${PROOF_CHECKS} --unwindset cspace_resolve.0:11 --unwind 9)
