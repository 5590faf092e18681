# SPDX-License-Identifier: Apache-2.0
# Reconfiguring a sporadic server in use gives no more at once than was there.
# The harness includes the source.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES "")
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 4)
