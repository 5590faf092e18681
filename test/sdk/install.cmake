# SPDX-License-Identifier: Apache-2.0
# cmake -DBUILD= -DSDK= -P install.cmake
# Installs the SDK and moves it to SDK: nothing in it may remember where it was.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${SDK}" "${SDK}.stage")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${SDK}.stage"
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${SDK}.stage" "${SDK}")
