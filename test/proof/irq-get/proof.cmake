# SPDX-License-Identifier: Apache-2.0
# Getting an interrupt issues a line that exists, is nobody's yet and not the timer's; an error does nothing.
# The harness includes irq.c, to see its lines.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/core/invocation.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 1)
