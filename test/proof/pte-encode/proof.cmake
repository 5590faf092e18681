# SPDX-License-Identifier: Apache-2.0
# Page-table entries, of every argument: never writable and executable, never executable by the kernel, no right that was not given.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/arch/aarch64/pure/pte.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 1)
