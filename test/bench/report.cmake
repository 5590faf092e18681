# SPDX-License-Identifier: Apache-2.0
# cmake -DLOG= -DBOOT= -DPROFILE= -DSIZE= -DELF= -DLINES_PROGRAM= -DROOT= -DBUDGETS= -DWORK= -DOUT= -P report.cmake
# OUT (JSON) from what a run of the program printed (LOG), the plugin's reports of
# a boot (BOOT) and of the program (PROFILE: the cache lines of a call), the text
# of the kernel ELF, and the kernel's lines. The same inputs give the same bytes.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/rows.cmake")

set(rows "")
set(ops "nothing") # in the order of PROFILE
file(STRINGS "${LOG}" lines REGEX "^BENCH [a-z0-9_]+ kernel [0-9 ]+ user [0-9 ]+\r?$")
foreach(line IN LISTS lines)
    if(line MATCHES "^BENCH ([a-z0-9_]+) kernel ([0-9]+) [0-9]+ [0-9]+ user ([0-9]+) [0-9]+ [0-9]+")
        list(APPEND rows "${CMAKE_MATCH_1} ${CMAKE_MATCH_2} ${CMAKE_MATCH_3}")
        list(APPEND ops ${CMAKE_MATCH_1})
    endif()
endforeach()

file(READ "${BOOT}" boot)
foreach(op IN ITEMS boot_kernel boot_loader)
    string(JSON count GET "${boot}" ${op})
    list(APPEND rows "${op} ${count} 0")
endforeach()

execute_process(COMMAND "${SIZE}" -A "${ELF}" OUTPUT_VARIABLE sizes COMMAND_ERROR_IS_FATAL ANY)
if(NOT sizes MATCHES "\n\\.text +([0-9]+)")
    message(FATAL_ERROR "${ELF} has no .text")
endif()
list(APPEND rows "kernel_text_bytes ${CMAKE_MATCH_1} 0")

file(MAKE_DIRECTORY "${WORK}")
execute_process(COMMAND "${CMAKE_COMMAND}" "-DPROGRAM=${LINES_PROGRAM}" "-DROOT=${ROOT}" "-DREPORTS=${WORK}"
    -P "${ROOT}/test/checks/tcb-size.cmake" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(READ "${WORK}/tcb-size.json" lines)
string(JSON count GET "${lines}" kernel lines)
list(APPEND rows "kernel_lines ${count} 0")

file(READ "${PROFILE}" profile)
list(FIND ops call_0_across index)
foreach(op IN ITEMS "call_lines 0" "reply_recv_lines 1")
    separate_arguments(op)
    list(POP_BACK op way)
    string(JSON count LENGTH "${profile}" operations ${index} ways ${way} lines)
    list(APPEND rows "${op} ${count} 0")
endforeach()

rows_read("${BUDGETS}" budget)
set(out "")
foreach(row IN LISTS rows)
    separate_arguments(row)
    list(GET row 0 op)
    list(GET row 1 kernel)
    list(GET row 2 user)
    foreach(field IN ITEMS budget best_sel4)
        set(${field}_value null)
        if(DEFINED budget_${op}_${field})
            set(${field}_value ${budget_${op}_${field}})
        endif()
    endforeach()
    list(APPEND out "  {\"op\": \"${op}\", \"kernel_instructions\": ${kernel}, \"user_instructions\": ${user}, \"budget\": ${budget_value}, \"best_sel4\": ${best_sel4_value}}")
endforeach()
list(JOIN out ",\n" out)
file(WRITE "${OUT}" "[\n${out}\n]\n")
