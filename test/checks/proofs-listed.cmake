# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT= -P proofs-listed.cmake: docs/testing.md has one line for each
# folder of test/proof, and for nothing else.
cmake_minimum_required(VERSION 3.25)

file(GLOB proofs "${ROOT}/test/proof/*/proof.cmake")
list(TRANSFORM proofs REPLACE "^.*/([^/]+)/proof.cmake$" "\\1")
file(STRINGS "${ROOT}/docs/testing.md" listed REGEX "^\\| `proof\\.[a-z-]+` \\| .+ \\|$")
list(TRANSFORM listed REPLACE "^\\| `proof\\.([a-z-]+)`.*$" "\\1")
list(SORT proofs)
list(SORT listed)
if(NOT proofs OR NOT "${proofs}" STREQUAL "${listed}")
    message(FATAL_ERROR "docs/testing.md lists the proofs\n  ${listed}\nbut test/proof has\n  ${proofs}")
endif()
list(LENGTH proofs count)
message(STATUS "${count} proofs are listed")
