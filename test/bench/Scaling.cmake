# SPDX-License-Identifier: Apache-2.0
# How the cost of operations grows with the objects there are:
# build/reports/scaling.json, by the rules of scaling-rules.json.
#
#   scaling-plot  target: writes docs/scaling.svg and the table of docs/performance.md

kaal_add_component(scaling_program SOURCES scaling.c crowd.c object_crowds.c thread_crowds.c
    measure.c ops.c place.c helpers.S LINK KaaL::broker kaal_warnings)
kaal_add_image(scaling_image ROOT scaling_program BOARDS qemu-virt/bench)
add_dependencies(bench scaling_image)

kaal_add_test(bench.scaling IMAGE scaling_image BOARD qemu-virt/bench POWER_OFF TIMEOUT 300 LABELS bench
    EXPECT "^SCALING END" REJECT "^BENCH FAILED" QEMU_ARGS ${_icount})
set(_rules "RULES=${CMAKE_CURRENT_SOURCE_DIR}/scaling-rules.json")
set(_scaling "SCALING=${_reports}/scaling.json")
add_test(NAME bench.scaling.report COMMAND "${CMAKE_COMMAND}" "-DLOG=${CMAKE_BINARY_DIR}/logs/bench.scaling.log"
    "-D${_rules}" "-DOUT=${_reports}/scaling.json" -P "${CMAKE_CURRENT_SOURCE_DIR}/scaling-report.cmake")
set_tests_properties(bench.scaling PROPERTIES FIXTURES_SETUP bench_scaling)
set_tests_properties(bench.scaling.report PROPERTIES FIXTURES_REQUIRED bench_scaling
    FIXTURES_SETUP scaling_report LABELS bench TIMEOUT 60)
add_test(NAME bench.scaling.check COMMAND "${CMAKE_COMMAND}" "-D${_scaling}" "-D${_rules}"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/scaling-check.cmake")
set_tests_properties(bench.scaling.check PROPERTIES FIXTURES_REQUIRED scaling_report LABELS bench TIMEOUT 60)

# The check can fail: by one instruction beyond what each way of growing allows.
set(_sample "${CMAKE_CURRENT_SOURCE_DIR}/sample")
foreach(_case IN ITEMS "ok:3 operations" "flat:f is not flat: 500 with 10 objects, 559 with 10000"
    "log:g grows faster than log n: 784 with 10000 objects, 722 with a tenth"
    "linear:l grows faster than n: 10000 with 100 objects, 1100009 with 10000")
    string(REGEX MATCH "^[a-z]+" _name "${_case}")
    string(REGEX REPLACE "^[a-z]+:" "" _text "${_case}")
    add_test(NAME bench.scaling.check.${_name} COMMAND "${CMAKE_COMMAND}" "-DSCALING=${_sample}/scaling-${_name}.json"
        "-DRULES=${_sample}/scaling-rules.json" -P "${CMAKE_CURRENT_SOURCE_DIR}/scaling-check.cmake")
    string(REPLACE " " "[ \n]+" _text "${_text}")
    set_tests_properties(bench.scaling.check.${_name} PROPERTIES LABELS bench TIMEOUT 30
        PASS_REGULAR_EXPRESSION "${_text}")
endforeach()
set_tests_properties(bench.scaling.check.ok PROPERTIES FAIL_REGULAR_EXPRESSION "Error")
add_test(NAME bench.scaling.check.missing COMMAND "${CMAKE_COMMAND}" "-DSCALING=${_sample}/scaling-ok.json"
    "-D${_rules}" -P "${CMAKE_CURRENT_SOURCE_DIR}/scaling-check.cmake")
set_tests_properties(bench.scaling.check.missing PROPERTIES LABELS bench TIMEOUT 30
    PASS_REGULAR_EXPRESSION "yield was not measured with 10;100;1000;10000 objects.*f is not in")

# docs/performance.md has the table, docs/scaling.svg the lines.
set(_plot "${CMAKE_SOURCE_DIR}/docs/scaling.svg")
set(_page "-D${_scaling}" "-D${_rules}" "-DPAGE=${CMAKE_SOURCE_DIR}/docs/performance.md" "-DPLOT=${_plot}"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/scaling-page.cmake")
add_custom_target(scaling-plot
    COMMAND "${_host}/bin/plot" "${_reports}/scaling.json" "${CMAKE_CURRENT_SOURCE_DIR}/scaling-rules.json" "${_plot}"
    COMMAND "${CMAKE_COMMAND}" ${_page} VERBATIM)
add_dependencies(scaling-plot bench-tools)
add_test(NAME bench.scaling.page COMMAND "${CMAKE_COMMAND}" -DONLY_CHECK=ON ${_page})
set_tests_properties(bench.scaling.page PROPERTIES FIXTURES_REQUIRED scaling_report LABELS bench TIMEOUT 30)
add_test(NAME bench.scaling.page.refuses-page COMMAND "${CMAKE_COMMAND}" "-DSCALING=${_sample}/scaling-ok.json"
    -DONLY_CHECK=ON "-DPAGE=${CMAKE_SOURCE_DIR}/docs/performance.md" "-DPLOT=${_plot}"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/scaling-page.cmake")
add_test(NAME bench.scaling.page.refuses-plot COMMAND "${CMAKE_COMMAND}" "-DSCALING=${_sample}/scaling-ok.json"
    -DONLY_CHECK=ON "-DPAGE=${_sample}/scaling-page.md" "-DPLOT=${_plot}"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/scaling-page.cmake")
set_tests_properties(bench.scaling.page.refuses-page PROPERTIES PASS_REGULAR_EXPRESSION
    "performance[.]md[ \n]+does[ \n]+not[ \n]+name[ \n]+f[ \n]+g[ \n]+l")
set_tests_properties(bench.scaling.page.refuses-plot PROPERTIES PASS_REGULAR_EXPRESSION
    "scaling[.]svg[ \n]+does[ \n]+not[ \n]+name[ \n]+f[ \n]+g[ \n]+l")
set_tests_properties(bench.scaling.page.refuses-page bench.scaling.page.refuses-plot PROPERTIES LABELS bench TIMEOUT 30)
