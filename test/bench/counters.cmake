# SPDX-License-Identifier: Apache-2.0
# cmake -DBENCH=bench.json -DPROFILE=bench-profile.json -P counters.cmake
# Two ways of counting agree: the plugin sees each instruction of the kernel
# that the counter counts. Its operations are in the report's order; the first
# is nothing (the overhead). An interrupt is measured up to its handler alone,
# while the plugin goes on until the interrupted thread returns.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/rows.cmake")
rows_read("${BENCH}" bench)
file(READ "${PROFILE}" profile)
string(JSON count LENGTH "${profile}" operations)
set(errors "")
set(i 0)
foreach(op IN LISTS bench_ops)
    math(EXPR i "${i} + 1")
    if(i GREATER_EQUAL count)
        break()
    endif()
    string(JSON total GET "${profile}" operations ${i} total)
    set(counted "${bench_${op}_kernel_instructions}")
    if(op MATCHES "^irq(_across|_sporadic)?$")
        if(NOT total GREATER counted)
            list(APPEND errors "${op}: counter ${counted}, plugin only ${total}")
        endif()
    elseif(NOT total EQUAL counted)
        list(APPEND errors "${op}: counter ${counted}, plugin ${total}")
    endif()
endforeach()
if(count LESS 40 OR errors)
    list(JOIN errors "\n  " errors)
    message(FATAL_ERROR "${count} operations\n  ${errors}")
endif()
