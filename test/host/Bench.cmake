# SPDX-License-Identifier: Apache-2.0
# The plugin of test/bench, and the program that draws docs/scaling.svg.
add_library(count SHARED "${KAAL_ROOT}/test/bench/count.c")
target_compile_options(count PRIVATE ${KAAL_WARNINGS} -O2)
target_sources(count PRIVATE "${KAAL_ROOT}/test/bench/symbols.c" "${KAAL_ROOT}/test/bench/ways.c")
set_target_properties(count PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib"
    C_VISIBILITY_PRESET hidden)
add_executable(plot "${KAAL_ROOT}/test/bench/plot.c")
target_compile_options(plot PRIVATE ${KAAL_WARNINGS} ${KAAL_SANITIZE})
target_link_options(plot PRIVATE ${KAAL_SANITIZE})
target_link_libraries(plot PRIVATE m)
add_custom_target(bench-tools DEPENDS count plot tcb-size)
