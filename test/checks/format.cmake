# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT= -DCLANG_FORMAT= [-DREPAIR=ON] -P format.cmake
# Every C file looks as .clang-format says; target 'format' repairs them.
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE files "${ROOT}/kernel/*.[ch]" "${ROOT}/sdk/*.[ch]" "${ROOT}/bsp/*.[ch]"
    "${ROOT}/test/*.[ch]" "${ROOT}/examples/*.[ch]")
if(REPAIR)
    execute_process(COMMAND "${CLANG_FORMAT}" -i ${files} COMMAND_ERROR_IS_FATAL ANY)
    return()
endif()
execute_process(COMMAND "${CLANG_FORMAT}" --dry-run -Werror --ferror-limit=1 ${files}
    RESULT_VARIABLE code ERROR_VARIABLE text)
if(NOT code EQUAL 0)
    string(REGEX MATCHALL "[^\n]*error: code should be clang-formatted" lines "${text}")
    list(JOIN lines "\n" lines)
    message(FATAL_ERROR "${lines}\nTo repair: cmake --build build --target format")
endif()
