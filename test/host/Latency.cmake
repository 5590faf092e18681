# SPDX-License-Identifier: Apache-2.0
# The plugin of test/latency.
add_library(latency SHARED "${KAAL_ROOT}/test/latency/latency.c")
target_compile_options(latency PRIVATE ${KAAL_WARNINGS} -O2)
set_target_properties(latency PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib"
    C_VISIBILITY_PRESET hidden)
