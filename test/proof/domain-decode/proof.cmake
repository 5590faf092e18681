# SPDX-License-Identifier: Apache-2.0
# Calls on the domain schedule accept what lies in its tables, an error changes nothing, and the schedule stays within its entries.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/object/domain.c kernel/core/invocation.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 17)
