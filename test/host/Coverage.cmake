# SPDX-License-Identifier: Apache-2.0
# coverage: which lines of kernel/core and kernel/object the unit tests run, and
# whether each error was made. The core is built once more, without sanitizers.
#
#   kaal_coverage_program(<name> <source>...)   one more program that counts
foreach(_tool IN ITEMS profdata cov)
    find_program(KAAL_LLVM_${_tool} llvm-${_tool}-19)
    if(NOT KAAL_LLVM_${_tool})
        message(FATAL_ERROR "No llvm-${_tool}-19 found.\n  Debian 12: apt-get install llvm-19\n"
            "  or run: sh toolchains/setup-debian12.sh")
    endif()
endforeach()

set(_coverage "${KAAL_ROOT}/test/coverage")
set(KAAL_COVERAGE_PROGRAMS "${CMAKE_BINARY_DIR}/coverage/programs.txt")
file(WRITE "${KAAL_COVERAGE_PROGRAMS}" "")
kaal_core_library(kaal-core-coverage -O1 -fprofile-instr-generate -fcoverage-mapping)

function(kaal_coverage_program name)
    add_executable(coverage-${name} ${ARGN} ${_support})
    target_include_directories(coverage-${name} PRIVATE "${KAAL_ROOT}/test/unit")
    target_include_directories(coverage-${name} SYSTEM PRIVATE "${KAAL_CMOCKA_INCLUDE}")
    target_compile_definitions(coverage-${name} PRIVATE KT_EFFORT=0)
    target_link_libraries(coverage-${name} PRIVATE kaal-core-coverage "${KAAL_CMOCKA}")
    set_target_properties(coverage-${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/coverage/bin")
    file(APPEND "${KAAL_COVERAGE_PROGRAMS}" "coverage-${name}\n")
endfunction()

# Programs with a .cmake of their own are about other things than the core.
foreach(_source IN LISTS _tests)
    get_filename_component(_name "${_source}" NAME_WE)
    if(NOT EXISTS "${KAAL_ROOT}/test/unit/${_name}.cmake")
        kaal_coverage_program(${_name} "${_source}")
    endif()
endforeach()

add_executable(coverage-check "${_coverage}/coverage.c")
target_compile_options(coverage-check PRIVATE ${KAAL_WARNINGS} ${KAAL_SANITIZE})
target_link_options(coverage-check PRIVATE ${KAAL_SANITIZE})
set(_arguments "-DCHECK=$<TARGET_FILE:coverage-check>" "-DPROFDATA=${KAAL_LLVM_profdata}"
    "-DCOV=${KAAL_LLVM_cov}" "-DROOT=${KAAL_ROOT}")
add_test(NAME coverage COMMAND "${CMAKE_COMMAND}" ${_arguments} -DPERCENT=95
    "-DPROGRAMS=${KAAL_COVERAGE_PROGRAMS}" "-DWORK=${CMAKE_BINARY_DIR}/coverage"
    "-DREPORT=${KAAL_REPORT_DIR}/coverage.json" -P "${_coverage}/coverage.cmake")
add_test(NAME coverage.refuses COMMAND "${CMAKE_COMMAND}" ${_arguments}
    "-DCOMPILER=${CMAKE_C_COMPILER}" "-DWORK=${CMAKE_BINARY_DIR}/coverage/sample"
    -P "${_coverage}/refuses.cmake")
set_tests_properties(coverage PROPERTIES LABELS host TIMEOUT 300)
set_tests_properties(coverage.refuses PROPERTIES LABELS "host;check" TIMEOUT 60)
