# SPDX-License-Identifier: Apache-2.0
# cmake -DBUILD= -DSDK= -DWORK= -P package.cmake
# The archive holds what "cmake --install" installs, below one directory.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
execute_process(COMMAND cpack -G TGZ --config "${BUILD}/CPackConfig.cmake" -B "${WORK}"
    WORKING_DIRECTORY "${WORK}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(ARCHIVE_EXTRACT INPUT "${WORK}/kaal-sdk-0.1.0-linux-x86_64.tar.gz" DESTINATION "${WORK}/unpacked")
file(GLOB top RELATIVE "${WORK}/unpacked" "${WORK}/unpacked/*")
if(NOT top STREQUAL "kaal-sdk-0.1.0")
    message(FATAL_ERROR "the archive's top is '${top}'")
endif()
execute_process(COMMAND diff -r "${WORK}/unpacked/kaal-sdk-0.1.0" "${SDK}" COMMAND_ERROR_IS_FATAL ANY)
