# SPDX-License-Identifier: Apache-2.0
# How the cost of operations grows with the objects there are:
# build/reports/scaling.json, by the rules of scaling-rules.json.

kaal_add_component(scaling_program SOURCES scaling.c crowd.c object_crowds.c thread_crowds.c
    measure.c ops.c place.c helpers.S LINK KaaL::broker kaal_warnings)
kaal_add_image(scaling_image ROOT scaling_program BOARDS qemu-virt/bench)
add_dependencies(bench scaling_image)

kaal_add_test(bench.scaling IMAGE scaling_image BOARD qemu-virt/bench POWER_OFF TIMEOUT 300 LABELS bench
    EXPECT "^SCALING END" REJECT "^BENCH FAILED" QEMU_ARGS ${_icount})
