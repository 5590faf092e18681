# SPDX-License-Identifier: Apache-2.0
# Beginning to use a sporadic server merges what is due and gives no time that was not there.
# The harness includes the source.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES "")
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 4)
