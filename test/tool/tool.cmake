# SPDX-License-Identifier: Apache-2.0
# Tests of the program kaal: test_<x>.c becomes CTest tool.<x>.

add_library(kaal-tool OBJECT ${_sources})
target_include_directories(kaal-tool PUBLIC "${KAAL_ROOT}/kernel/include" "${KAAL_ROOT}/sdk/tool")
target_compile_definitions(kaal-tool PUBLIC _POSIX_C_SOURCE=200809L)
target_compile_options(kaal-tool PUBLIC ${KAAL_SANITIZE})
target_link_options(kaal-tool PUBLIC ${KAAL_SANITIZE})

foreach(_name IN ITEMS ir elf image expect)
    add_executable(test_tool_${_name} "${KAAL_ROOT}/test/tool/test_${_name}.c")
    target_link_libraries(test_tool_${_name} PRIVATE kaal-tool "${KAAL_CMOCKA}")
    target_include_directories(test_tool_${_name} SYSTEM PRIVATE "${KAAL_CMOCKA_INCLUDE}")
    target_compile_options(test_tool_${_name} PRIVATE -Wall -Wextra -Wshadow -Werror)
    target_compile_definitions(test_tool_${_name} PRIVATE KAAL_PROGRAM="$<TARGET_FILE:kaal-san>")
    add_dependencies(test_tool_${_name} kaal-san)
    add_test(NAME tool.${_name} COMMAND test_tool_${_name})
    set_tests_properties(tool.${_name} PROPERTIES LABELS host TIMEOUT 120
        FAIL_REGULAR_EXPRESSION "Running 0 test;\\[  FAILED  \\];Sanitizer;runtime error:")
endforeach()
