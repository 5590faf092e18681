# SPDX-License-Identifier: Apache-2.0
# cmake -DLOG= -DRULES= -DOUT= -P scaling-report.cmake
# The lines of the program's log in the order of RULES. "per_object" is null
# unless the operation grows linearly.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/rows.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/scaling-rows.cmake")
rows_read("${RULES}" rule)

file(STRINGS "${LOG}" lines REGEX "^SCALING [a-z0-9_]+ objects [0-9]+ kernel [0-9]+")
foreach(line IN LISTS lines)
    string(REGEX MATCH "^SCALING ([a-z0-9_]+) objects ([0-9]+) kernel ([0-9]+)" _match "${line}")
    if(NOT CMAKE_MATCH_1 IN_LIST rule_ops)
        message(FATAL_ERROR "${CMAKE_MATCH_1} is not in ${RULES}")
    endif()
    set(kernel_${CMAKE_MATCH_1}_${CMAKE_MATCH_2} ${CMAKE_MATCH_3})
endforeach()

set(rows "")
foreach(op IN LISTS rule_ops)
    foreach(objects IN LISTS scaling_sizes)
        if(NOT DEFINED kernel_${op}_${objects})
            message(FATAL_ERROR "${LOG} has no ${op} with ${objects} objects")
        endif()
        set(kernel ${kernel_${op}_${objects}})
        set(each null)
        if(rule_${op}_grows STREQUAL "linear")
            scaling_each(each ${kernel} ${objects})
        endif()
        list(APPEND rows
            "{\"op\": \"${op}\", \"objects\": ${objects}, \"kernel_instructions\": ${kernel}, \"per_object\": ${each}}")
    endforeach()
endforeach()
list(JOIN rows ",\n  " rows)
file(WRITE "${OUT}" "[\n  ${rows}\n]\n")
