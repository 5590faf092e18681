# SPDX-License-Identifier: Apache-2.0
# test/proof/<x>/{harness.c,proof.cmake} becomes CTest proof.<x>, label proof:
# CBMC must prove the harness, and must refuse each mutant of the code, so that
# a proof that proves nothing is found out. proof.cmake sets
#   PROOF_SOURCES     shipped files from the repository's top
#   PROOF_ARGS        further arguments, e.g. --unwind 9
#   PROOF_FUNCTION    entry, default harness
#   PROOF_DEFINES     NAME=value of the proof itself
#   PROOF_MUTANTS     each NAME[=value]: a define that plants a fault
#   PROOF_TIMEOUT     seconds for all runs together, default 900
# and each *.diff in the folder is a mutant too (patch -p1 on a copy). There
# has to be at least one mutant.
# The host core's include paths and defines are set; __CPROVER__ is predefined.

set(KAAL_CBMC_PREFIX "${KAAL_SOURCE_CACHE}/cbmc-6.6.0")
file(GLOB _proofs CONFIGURE_DEPENDS "${KAAL_ROOT}/test/proof/*/proof.cmake")
foreach(_proof IN LISTS _proofs)
    get_filename_component(_dir "${_proof}" DIRECTORY)
    get_filename_component(_name "${_dir}" NAME)
    set(PROOF_TIMEOUT 900)
    include("${_proof}")
    list(JOIN KAAL_CORE_INCLUDES "," _includes)
    list(JOIN KAAL_CORE_DEFINES "," _defines)
    add_test(NAME proof.${_name} COMMAND "${CMAKE_COMMAND}"
        "-DPREFIX=${KAAL_CBMC_PREFIX}" "-DROOT=${KAAL_ROOT}" "-DDIR=${_dir}"
        "-DWORK=${CMAKE_BINARY_DIR}/proof/${_name}" "-DINCLUDES=${_includes}" "-DDEFINES=${_defines}"
        "-DREPORT=${KAAL_REPORT_DIR}/proof.${_name}.json"
        -P "${CMAKE_CURRENT_SOURCE_DIR}/run-proof.cmake")
    set_tests_properties(proof.${_name} PROPERTIES LABELS "host;proof" TIMEOUT ${PROOF_TIMEOUT})
endforeach()
if(_proofs AND NOT EXISTS "${KAAL_CBMC_PREFIX}/usr/bin/cbmc")
    message(FATAL_ERROR "CBMC is not in ${KAAL_CBMC_PREFIX}.\n  Run: sh toolchains/setup-debian12.sh")
endif()
add_test(NAME proofs.listed COMMAND "${CMAKE_COMMAND}" "-DROOT=${KAAL_ROOT}"
    -P "${KAAL_ROOT}/test/checks/proofs-listed.cmake")
set_tests_properties(proofs.listed PROPERTIES LABELS "host;check" TIMEOUT 60)
