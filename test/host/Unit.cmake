# SPDX-License-Identifier: Apache-2.0
# test/unit/test_<x>.c becomes CTest unit.<compiler>.<x>, label host. A file
# test/unit/test_<x>.cmake, if there is one, is read after the target ${test}
# exists: for -Wl,--wrap and the like.

file(GLOB _tests CONFIGURE_DEPENDS "${KAAL_ROOT}/test/unit/test_*.c")
file(GLOB _support CONFIGURE_DEPENDS "${KAAL_ROOT}/test/unit/support/*.c")
set(_effort 1)
set(_timeout 120)
if(KAAL_NIGHTLY)
    set(_effort 2)
    set(_timeout 3600)
endif()
if(KAAL_CORE_SOURCES)
    kaal_core_library(kaal-core ${KAAL_SANITIZE})
    foreach(_source IN LISTS _tests)
        get_filename_component(test "${_source}" NAME_WE)
        add_executable(${test} "${_source}" ${_support})
        target_include_directories(${test} PRIVATE "${KAAL_ROOT}/test/unit")
        target_include_directories(${test} SYSTEM PRIVATE "${KAAL_CMOCKA_INCLUDE}")
        target_compile_options(${test} PRIVATE -Wall -Wextra -Wshadow -Werror)
        target_compile_definitions(${test} PRIVATE KT_EFFORT=${_effort})
        target_link_libraries(${test} PRIVATE kaal-core "${KAAL_CMOCKA}")
        string(REGEX REPLACE "^test_" "" _name "${test}")
        set(_name unit.${KAAL_HOST_NAME}.${_name})
        add_test(NAME ${_name} COMMAND ${test})
        # A CMocka program that runs no test at all proves nothing.
        set_tests_properties(${_name} PROPERTIES LABELS host TIMEOUT ${_timeout}
            FAIL_REGULAR_EXPRESSION "Running 0 test;\\[  FAILED  \\];Sanitizer;runtime error:")
        if(EXISTS "${KAAL_ROOT}/test/unit/${test}.cmake")
            include("${KAAL_ROOT}/test/unit/${test}.cmake")
        endif()
    endforeach()
endif()
