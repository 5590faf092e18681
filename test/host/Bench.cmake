# SPDX-License-Identifier: Apache-2.0
# The plugin of test/bench.
add_library(count SHARED "${KAAL_ROOT}/test/bench/count.c")
target_compile_options(count PRIVATE ${KAAL_WARNINGS} -O2)
target_sources(count PRIVATE "${KAAL_ROOT}/test/bench/symbols.c" "${KAAL_ROOT}/test/bench/ways.c")
set_target_properties(count PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib"
    C_VISIBILITY_PRESET hidden)
add_custom_target(bench-tools DEPENDS count tcb-size)
