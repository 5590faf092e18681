# SPDX-License-Identifier: Apache-2.0
# Copy, Mint, Move and Mutate: an error changes no slot; no right more, a badge once, a guard that fits.
include("${CMAKE_CURRENT_LIST_DIR}/../checks.cmake")
set(PROOF_SOURCES kernel/object/cnode.c kernel/object/object.c kernel/core/invocation.c)
set(PROOF_ARGS ${PROOF_CHECKS} --unwind 3)
