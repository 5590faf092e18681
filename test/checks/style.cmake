# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT= -P style.cmake
# Rules that a compiler does not check. Each violation is one line.
cmake_minimum_required(VERSION 3.25)

set(bad 0)
macro(violation)
    message("${ARGV0}")
    math(EXPR bad "${bad} + 1")
endmacro()

# refuse(<regex> <why> <file>...): no line of the files may match.
macro(refuse regex why)
    foreach(file ${ARGN})
        file(STRINGS "${file}" lines REGEX "${regex}")
        foreach(line IN LISTS lines)
            string(STRIP "${line}" line)
            file(RELATIVE_PATH name "${ROOT}" "${file}")
            violation("${name}: ${why}: ${line}")
        endforeach()
    endforeach()
endmacro()

file(GLOB_RECURSE core "${ROOT}/kernel/core/*.[ch]" "${ROOT}/kernel/object/*.[ch]")
refuse("(^|[^A-Za-z0-9_])(asm|__asm__|__asm)[ \t]*(volatile[ \t]*)?[(]" "core code has no assembly" ${core})
refuse("__aarch64__|__x86_64__" "core code does not know the architecture" ${core})
refuse("^[ \t]*#[ \t]*include.*arch/(aarch64|host)/" "core code includes arch/arch.h alone" ${core})

file(GLOB_RECURSE sources
    "${ROOT}/kernel/*.[chS]" "${ROOT}/kernel/*.def" "${ROOT}/kernel/*.ld"
    "${ROOT}/sdk/*.[chS]" "${ROOT}/bsp/*.[ch]" "${ROOT}/bsp/*.dts" "${ROOT}/test/*.[chS]"
    "${ROOT}/examples/*.[ch]" "${ROOT}/cmake/*.cmake" "${ROOT}/toolchains/*"
    "${ROOT}/bsp/*.cmake" "${ROOT}/test/*.cmake" "${ROOT}/sdk/*.cmake" "${ROOT}/*/CMakeLists.txt")
list(FILTER sources EXCLUDE REGEX "^${ROOT}/build")
foreach(file IN LISTS sources)
    file(STRINGS "${file}" first LIMIT_COUNT 3)
    if(NOT "${first}" MATCHES "SPDX-License-Identifier: Apache-2.0")
        file(RELATIVE_PATH name "${ROOT}" "${file}")
        violation("${name}: no SPDX line at its top")
    endif()
endforeach()

# Programs that no build step and no test may need.
file(GLOB_RECURSE build
    "${ROOT}/CMakeLists.txt" "${ROOT}/cmake/*" "${ROOT}/*/CMakeLists.txt" "${ROOT}/test/*.cmake"
    "${ROOT}/bsp/*.cmake" "${ROOT}/sdk/*.cmake" "${ROOT}/toolchains/*")
list(FILTER build EXCLUDE REGEX "^${ROOT}/build|/checks/style")
refuse("[Pp]ython3?|[^A-Za-z]perl[^A-Za-z]" "no Python, no Perl in the build" ${build})

if(bad GREATER 0)
    message(FATAL_ERROR "${bad} violations of style")
endif()
