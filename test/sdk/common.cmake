# SPDX-License-Identifier: Apache-2.0
# Included by the scripts of this folder, which get
#   SDK   the installed SDK, at a path with a blank
#   WORK  a directory of their own, outside of KaaL's source and build
# The rest of the environment is left out: what a downstream project sees is
# the SDK and /usr/bin.

find_program(env env PATHS /usr/bin /bin NO_DEFAULT_PATH REQUIRED)
set(clean "${env}" -i PATH=/usr/bin:/bin)

# CMake breaks the lines of its messages at blanks.
function(one_line out text)
    string(REGEX REPLACE "[ \n]+" " " text "${text}")
    set(${out} "${text}" PARENT_SCOPE)
endfunction()

# must(<what> <command>...): runs it in the clean environment; sets out.
function(must what)
    execute_process(COMMAND ${clean} ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
    if(NOT code EQUAL 0)
        message(FATAL_ERROR "${what}: status ${code}\n${out}")
    endif()
    set(out "${out}" PARENT_SCOPE)
endfunction()

# must_fail(<regex> <command>...): the status is not 0 and the output, on one line, matches.
function(must_fail regex)
    execute_process(COMMAND ${clean} ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
    one_line(text "${out}")
    if(code EQUAL 0)
        message(FATAL_ERROR "was accepted: ${ARGN}\n${out}")
    endif()
    if(NOT text MATCHES "${regex}")
        message(FATAL_ERROR "expected: ${regex}\ngot: ${out}")
    endif()
    message(STATUS "refused as it should be, status ${code}:\n${out}")
endfunction()

set(configure cmake -G Ninja -S "${WORK}" -B "${WORK}/build" "-DCMAKE_PREFIX_PATH=${SDK}")
set(build cmake --build "${WORK}/build")

# new_project(<text of CMakeLists.txt>): with hello.c beside it.
set(hello_c "#include <kaal/kaal.h>\n\nint main(void)\n{\n    kaal_printf(\"Hello from KaaL\\n\");\n    return 0;\n}\n")
function(new_project text)
    file(REMOVE_RECURSE "${WORK}")
    file(WRITE "${WORK}/CMakeLists.txt" "${text}")
    file(WRITE "${WORK}/hello.c" "${hello_c}")
endfunction()
set(head "cmake_minimum_required(VERSION 3.25)\nfind_package(KaaL 0.1 REQUIRED)\nproject(hello LANGUAGES C)\n")
