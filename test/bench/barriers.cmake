# SPDX-License-Identifier: Apache-2.0
# cmake -DBENCH=bench.json -DPROFILE=bench-profile.json -P barriers.cmake
# No TLB maintenance and at most one isb for each of two switches: of a call and its
# answer, and of whatever else leads to another thread and back. Not of
# yield_sporadic: who yields has no time left until the next period, so the core sleeps.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/rows.cmake")
rows_read("${BENCH}" bench)
file(READ "${PROFILE}" profile)
set(errors "")
set(calls 0)
set(i 0)
foreach(op IN LISTS bench_ops)
    math(EXPR i "${i} + 1") # the first is nothing
    if(op MATCHES "^(call_|send_higher|signal_waiter|yield|fault)" AND NOT op MATCHES "_lines$|^yield_sporadic$")
        string(JSON isb GET "${profile}" operations ${i} isb)
        string(JSON tlbi GET "${profile}" operations ${i} tlbi)
        math(EXPR calls "${calls} + 1")
        if(isb GREATER 2 OR tlbi GREATER 0)
            list(APPEND errors "${op}: ${isb} isb, ${tlbi} TLB maintenance instructions")
        endif()
    endif()
endforeach()
if(calls EQUAL 0 OR errors)
    list(JOIN errors "\n  " errors)
    message(FATAL_ERROR "${calls} calls\n  ${errors}")
endif()
