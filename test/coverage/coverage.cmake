# SPDX-License-Identifier: Apache-2.0
# cmake -DPROGRAMS= -DCHECK= -DPROFDATA= -DCOV= -DROOT= -DWORK= -DREPORT= -DPERCENT= -P coverage.cmake
# Runs the programs that the file PROGRAMS names (they are in WORK/bin), each of
# which has to pass, and checks what they ran of kernel/core and kernel/object.
cmake_minimum_required(VERSION 3.25)

file(STRINGS "${PROGRAMS}" programs)
list(LENGTH programs count)
if(count LESS 10)
    message(FATAL_ERROR "only ${count} programs in ${PROGRAMS}")
endif()
file(REMOVE_RECURSE "${WORK}/profile")
file(MAKE_DIRECTORY "${WORK}/profile")
foreach(program IN LISTS programs)
    set(ENV{LLVM_PROFILE_FILE} "${WORK}/profile/${program}.profraw")
    execute_process(COMMAND "${WORK}/bin/${program}" RESULT_VARIABLE code
        OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT code EQUAL 0)
        message(FATAL_ERROR "${program}: ${code}\n${output}")
    endif()
endforeach()

# All programs have the same core in them: the first tells where its lines are.
list(GET programs 0 first)
file(GLOB profiles "${WORK}/profile/*.profraw")
set(profile "${WORK}/all.profdata")
set(export "${COV}" export -instr-profile=${profile} "${WORK}/bin/${first}"
    "${ROOT}/kernel/core" "${ROOT}/kernel/object")
execute_process(COMMAND "${PROFDATA}" merge -o "${profile}" ${profiles} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${export} -format=lcov OUTPUT_FILE "${WORK}/lines.lcov"
    COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${export} -skip-functions OUTPUT_FILE "${WORK}/regions.json"
    COMMAND_ERROR_IS_FATAL ANY)

file(GLOB files RELATIVE "${ROOT}" "${ROOT}/kernel/core/*.[ch]" "${ROOT}/kernel/object/*.[ch]")
get_filename_component(reports "${REPORT}" DIRECTORY)
file(MAKE_DIRECTORY "${reports}")
execute_process(COMMAND "${CHECK}" ${PERCENT} "${REPORT}" "${ROOT}/test/coverage/exempt.txt"
    "${WORK}/lines.lcov" "${WORK}/regions.json" "${ROOT}" ${files} COMMAND_ERROR_IS_FATAL ANY)
