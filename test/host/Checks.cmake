# SPDX-License-Identifier: Apache-2.0
# Checks of the source tree.

# tcb-size: what has to be trusted stays small.
set(_checks "${KAAL_ROOT}/test/checks")
add_executable(tcb-size "${_checks}/tcb-size.c")
target_compile_options(tcb-size PRIVATE ${KAAL_WARNINGS} ${KAAL_SANITIZE})
target_link_options(tcb-size PRIVATE ${KAAL_SANITIZE})

add_test(NAME tcb-size COMMAND "${CMAKE_COMMAND}" "-DPROGRAM=$<TARGET_FILE:tcb-size>"
    "-DROOT=${KAAL_ROOT}" "-DREPORTS=${KAAL_REPORT_DIR}" -P "${_checks}/tcb-size.cmake")
add_test(NAME tcb-size.counts COMMAND tcb-size 11 - sample "${_checks}/tcb-size-sample.txt")
set_tests_properties(tcb-size.counts PROPERTIES PASS_REGULAR_EXPRESSION "sample: 10 lines in 1 files")
add_test(NAME tcb-size.refuses COMMAND tcb-size 10 - sample "${_checks}/tcb-size-sample.txt")
set_tests_properties(tcb-size.refuses PROPERTIES PASS_REGULAR_EXPRESSION "it must stay below 10")
add_test(NAME tcb-size.missing-file COMMAND tcb-size 10 - sample "${_checks}/no-such-file")
set_tests_properties(tcb-size.missing-file PROPERTIES WILL_FAIL TRUE)

# stack: what chains of calls in a linked program use; used on each kernel.
add_executable(stack "${_checks}/stack.c")
target_compile_options(stack PRIVATE ${KAAL_WARNINGS} ${KAAL_SANITIZE})
target_link_options(stack PRIVATE ${KAAL_SANITIZE})
set(_report "${CMAKE_BINARY_DIR}/stack-sample.json")
# 16 + 256 of entry, 32 of middle, 64 of leaf.
add_test(NAME stack.counts COMMAND stack 368 "${_report}" "${_checks}/stack-sample.txt")
set_tests_properties(stack.counts PROPERTIES PASS_REGULAR_EXPRESSION "stack: 368 bytes of 368, 3 functions")
add_test(NAME stack.refuses-depth COMMAND stack 367 "${_report}" "${_checks}/stack-sample.txt")
set_tests_properties(stack.refuses-depth PROPERTIES PASS_REGULAR_EXPRESSION "stack: more than 367 bytes")
add_test(NAME stack.refuses-form COMMAND stack 9999 "${_report}" "${_checks}/stack-bad-sample.txt")
set_tests_properties(stack.refuses-form PROPERTIES PASS_REGULAR_EXPRESSION
    "pong: is part of a recursion, it calls ping.*pointer: calls through a pointer.*vla: has a frame of no fixed size|pointer: calls through a pointer.*vla: has a frame of no fixed size.*pong: is part of a recursion, it calls ping")
set_tests_properties(stack.counts stack.refuses-depth stack.refuses-form
    PROPERTIES LABELS "host;check" TIMEOUT 60)

# style: layering and form.
find_program(KAAL_CLANG_FORMAT clang-format-19)
if(NOT KAAL_CLANG_FORMAT)
    message(FATAL_ERROR "No clang-format-19 found.\n  Debian 12: apt-get install clang-format-19\n"
        "  or run: sh toolchains/setup-debian12.sh")
endif()
add_test(NAME style COMMAND "${CMAKE_COMMAND}" "-DROOT=${KAAL_ROOT}" -P "${_checks}/style.cmake")
add_test(NAME style.format COMMAND "${CMAKE_COMMAND}" "-DROOT=${KAAL_ROOT}"
    "-DCLANG_FORMAT=${KAAL_CLANG_FORMAT}" -P "${_checks}/format.cmake")
add_test(NAME style.refuses COMMAND "${CMAKE_COMMAND}" "-DSTYLE=${_checks}/style.cmake"
    "-DWORK=${CMAKE_BINARY_DIR}/style-refuses" -P "${_checks}/style-refuses.cmake")

# The CMake functions say what is wrong.
add_test(NAME cmake.errors COMMAND "${CMAKE_COMMAND}" "-DROOT=${KAAL_ROOT}"
    "-DWORK=${CMAKE_BINARY_DIR}/cmake-errors" -P "${_checks}/cmake-errors.cmake")

# A machine that lacks something is told what.
add_test(NAME setup COMMAND "${CMAKE_COMMAND}" "-DROOT=${KAAL_ROOT}"
    "-DWORK=${CMAKE_BINARY_DIR}/setup" -P "${_checks}/setup.cmake")
add_test(NAME cmake.missing-tools COMMAND "${CMAKE_COMMAND}" "-DROOT=${KAAL_ROOT}"
    "-DCACHE=${KAAL_SOURCE_CACHE}" "-DWORK=${CMAKE_BINARY_DIR}/configure-errors" -P "${_checks}/configure-errors.cmake")

# Links in the documentation lead somewhere; the messages of the loader that
# docs/porting.md explains are those it prints; docs/cmake-api.md has what the
# CMake functions know.
foreach(_check IN ITEMS links messages cmake-api)
    add_test(NAME docs.${_check} COMMAND "${CMAKE_COMMAND}" "-DROOT=${KAAL_ROOT}"
        -P "${KAAL_ROOT}/docs/check-${_check}.cmake")
endforeach()

# regressions: each fault of the list in docs/testing.md has its tests.
add_test(NAME regressions COMMAND "${CMAKE_COMMAND}" "-DROOT=${KAAL_ROOT}"
    -P "${_checks}/regressions.cmake")
add_test(NAME regressions.refuses COMMAND "${CMAKE_COMMAND}" "-DROOT=${KAAL_ROOT}"
    "-DTABLE=${_checks}/regressions-sample.md" -P "${_checks}/regressions.cmake")
set_tests_properties(regressions.refuses PROPERTIES PASS_REGULAR_EXPRESSION
    "B01 has no test.*B02: no list of unit tests has test_b02_nothing.*B03: no test of the kernel.s is regress.B04.*B28 has no row.*test_b06_every_priority_and_maximum is in no row")
set_tests_properties(regressions regressions.refuses PROPERTIES LABELS "host;check" TIMEOUT 60)

# docs/reference: made from the tables and the headers, complete and current.
add_executable(reference "${KAAL_ROOT}/docs/reference/generate.c")
target_include_directories(reference PRIVATE "${KAAL_ROOT}/kernel/include")
target_compile_options(reference PRIVATE ${KAAL_WARNINGS} ${KAAL_SANITIZE})
target_link_options(reference PRIVATE ${KAAL_SANITIZE})
add_test(NAME docs.reference COMMAND "${CMAKE_COMMAND}" "-DPROGRAM=$<TARGET_FILE:reference>"
    "-DROOT=${KAAL_ROOT}" "-DOUTPUT=${CMAKE_BINARY_DIR}/reference.md"
    -P "${KAAL_ROOT}/docs/reference/check.cmake")
add_test(NAME docs.reference.refuses COMMAND reference "${CMAKE_BINARY_DIR}/reference-bad.md"
    "${_checks}/reference-sample.h")
set_tests_properties(docs.reference.refuses PROPERTIES PASS_REGULAR_EXPRESSION
    "sys_yield: lacks the part Errors.*sys_poll: errors.def has no NO_SUCH_ERROR.*INV_TCB_RESUME: has no C function")

set_tests_properties(docs.reference docs.reference.refuses docs.links docs.messages docs.cmake-api tcb-size tcb-size.counts tcb-size.refuses tcb-size.missing-file style
    style.format style.refuses cmake.errors cmake.missing-tools setup
    PROPERTIES LABELS "host;check" TIMEOUT 180)
