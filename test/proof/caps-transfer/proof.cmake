# SPDX-License-Identifier: Apache-2.0
# Of the capabilities of a message at most one is derived, into the empty slot the receiver named; the endpoint's own arrive as badges.
# The harness includes the source, as the function is not visible outside.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES "")
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 5)
