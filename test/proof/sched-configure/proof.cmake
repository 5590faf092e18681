# SPDX-License-Identifier: Apache-2.0
# Configure accepts budget, period and refills in their bounds alone, and the refills fit into the object.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/object/sched_context.c kernel/core/invocation.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 2)
