# SPDX-License-Identifier: Apache-2.0
# cmake -DPATCH= -DROOT= -DWORK= -DCOMPILER= -DFLAGS= -DMAIN= -DLIBRARIES= -P run-mutant.cmake
# The program fastpath-diff with one kernel file changed by the patch has to find
# a difference, with the seed of fastpath.diff. A changed header is seen by the
# fast paths alone.
cmake_minimum_required(VERSION 3.25)

get_filename_component(name "${PATCH}" NAME_WE)
file(STRINGS "${PATCH}" lines REGEX "^[+][+][+] ")
list(LENGTH lines count)
if(NOT count EQUAL 1 OR NOT lines MATCHES "^[+][+][+] b/(kernel/[^\t ]+[.][ch])")
    message(FATAL_ERROR "mutant ${name}: the patch has to change one kernel/.../*.[ch]")
endif()
set(file "${CMAKE_MATCH_1}")

file(REMOVE_RECURSE "${WORK}")
get_filename_component(folder "${WORK}/${file}" DIRECTORY)
file(MAKE_DIRECTORY "${folder}")
# All together: a header is looked for beside the file that includes it first.
file(GLOB beside "${ROOT}/kernel/core/*.h" "${ROOT}/kernel/core/fastpath_*.c")
file(COPY ${beside} DESTINATION "${WORK}/kernel/core")
file(COPY "${ROOT}/${file}" DESTINATION "${folder}")
execute_process(COMMAND patch -p1 --fuzz=3 --no-backup-if-mismatch -i "${PATCH}"
    WORKING_DIRECTORY "${WORK}" RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
if(NOT code EQUAL 0)
    message(FATAL_ERROR "${text}\nmutant ${name} does not apply any more")
endif()

file(GLOB sources "${WORK}/kernel/core/fastpath_*.c")
if(file MATCHES "[.]c$")
    list(APPEND sources "${WORK}/${file}")
    list(REMOVE_DUPLICATES sources)
endif()
separate_arguments(FLAGS UNIX_COMMAND "${FLAGS}")
separate_arguments(LIBRARIES UNIX_COMMAND "${LIBRARIES}")
execute_process(
    COMMAND "${COMPILER}" "-I${WORK}/kernel" "-I${WORK}/kernel/core" ${FLAGS} ${sources} ${MAIN} ${LIBRARIES}
        -o "${WORK}/fastpath-diff"
    RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
if(NOT code EQUAL 0)
    message(FATAL_ERROR "${text}\nmutant ${name} cannot be built")
endif()

execute_process(COMMAND "${WORK}/fastpath-diff" --seed 1 --steps 1000000
    RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
if(NOT code EQUAL 1 OR NOT text MATCHES "DIFFERENCE: ")
    message(FATAL_ERROR "${text}\nmutant ${name} survives: status ${code}")
endif()
string(REGEX MATCH "[0-9]+ states" states "${text}")
message(STATUS "mutant ${name}: found after ${states}")
file(REMOVE_RECURSE "${WORK}")
