# SPDX-License-Identifier: Apache-2.0
# cmake -DPROGRAM= -DROOT= -DOUTPUT= [-DREPAIR=ON] -P check.cmake
# docs/reference/README.md is what PROGRAM makes of the headers; REPAIR writes it.
cmake_minimum_required(VERSION 3.25)
file(GLOB headers "${ROOT}/sdk/include/kaal/*.h")
list(SORT headers)
set(page "${ROOT}/docs/reference/README.md")
if(REPAIR)
    set(OUTPUT "${page}")
endif()
execute_process(COMMAND "${PROGRAM}" "${OUTPUT}" ${headers} RESULT_VARIABLE status)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "The reference is not complete: see the lines above.")
endif()
file(READ "${OUTPUT}" made)
file(READ "${page}" kept)
if(NOT made STREQUAL kept)
    message(FATAL_ERROR "docs/reference/README.md is not what the headers say.\n"
        "  Run: cmake --build build --target reference-page")
endif()
