# SPDX-License-Identifier: Apache-2.0
# What every proof has CBMC check beside its own assertions.
set(PROOF_CHECKS
    --bounds-check --pointer-check --pointer-overflow-check --signed-overflow-check
    --unsigned-overflow-check --undefined-shift-check --conversion-check --div-by-zero-check
    --unwinding-assertions --object-bits 8 --verbosity 6)
