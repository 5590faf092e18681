# SPDX-License-Identifier: Apache-2.0
# cmake -DPROGRAM= -DROOT= -DREPORTS= -P tcb-size.cmake
# Kernel, loader, and what a debug kernel has beside it, each below its limit. The
# kernel is what its configurations without checks and debug calls compile, for
# every board; kernel/CMakeLists.txt leaves the files of "debug" out of those.
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE kernel "${ROOT}/kernel/*.c" "${ROOT}/kernel/*.h" "${ROOT}/kernel/*.S"
    "${ROOT}/kernel/*.def" "${ROOT}/kernel/*.ld")
set(loader "${kernel}")
list(FILTER loader INCLUDE REGEX "^${ROOT}/kernel/loader/")
list(FILTER kernel EXCLUDE REGEX "^${ROOT}/kernel/(loader|arch/host)/")

file(READ "${ROOT}/kernel/CMakeLists.txt" text)
if(NOT text MATCHES "set\\(KAAL_KERNEL_DEBUG_ONLY ([^)]+)\\)" OR NOT text MATCHES "REMOVE_ITEM sources \\\${debug_only}")
    message(FATAL_ERROR "kernel/CMakeLists.txt does not say which files are for debug kernels alone")
endif()
string(REGEX MATCH "set\\(KAAL_KERNEL_DEBUG_ONLY ([^)]+)\\)" text "${text}")
string(REGEX REPLACE "[ \n]+" ";" debug "${CMAKE_MATCH_1}")
list(TRANSFORM debug PREPEND "${ROOT}/kernel/")
list(REMOVE_ITEM kernel ${debug})

foreach(part IN ITEMS "kernel:10000" "loader:1500" "debug:1000")
    string(REPLACE ":" ";" part "${part}")
    list(GET part 0 name)
    list(GET part 1 limit)
    list(LENGTH ${name} count)
    if(count LESS 4)
        message(FATAL_ERROR "only ${count} files of the ${name} found in ${ROOT}/kernel")
    endif()
    execute_process(COMMAND "${PROGRAM}" ${limit} "${REPORTS}/tcb-size.${name}.json" ${name} ${${name}}
        RESULT_VARIABLE code)
    if(NOT code EQUAL 0)
        set(failed TRUE)
    else()
        file(READ "${REPORTS}/tcb-size.${name}.json" json)
        string(STRIP "${json}" json)
        list(APPEND reports "\"${name}\": ${json}")
        file(REMOVE "${REPORTS}/tcb-size.${name}.json")
    endif()
endforeach()
if(failed)
    message(FATAL_ERROR "too many trusted lines")
endif()
list(JOIN reports ",\n  " reports)
file(WRITE "${REPORTS}/tcb-size.json" "{\n  ${reports}\n}\n")
