# SPDX-License-Identifier: Apache-2.0
# Rings between two threads: ring.stress, under ThreadSanitizer, and
# ring.schedules, which goes through every schedule of a small ring. Unit tests
# and the fuzzer of rings are with the others.

set(_ring_includes "${KAAL_ROOT}/test/ring" "${KAAL_ROOT}/sdk/include" "${KAAL_ROOT}/kernel/include")
find_package(Threads REQUIRED)

add_executable(ring-stress "${KAAL_ROOT}/test/ring/stress.c" "${KAAL_ROOT}/sdk/ipc/ring.c")
target_include_directories(ring-stress PRIVATE ${_ring_includes})
target_compile_definitions(ring-stress PRIVATE _POSIX_C_SOURCE=200809L)
target_compile_options(ring-stress PRIVATE ${KAAL_WARNINGS} -O1 -g -fsanitize=thread)
target_link_options(ring-stress PRIVATE -fsanitize=thread)
target_link_libraries(ring-stress PRIVATE Threads::Threads)
add_test(NAME ring.stress COMMAND ring-stress 5000000)

# The same with slots that are passed on too early: ThreadSanitizer must see it.
add_executable(ring-stress-twin "${KAAL_ROOT}/test/ring/stress.c" "${KAAL_ROOT}/sdk/ipc/ring.c")
target_include_directories(ring-stress-twin PRIVATE ${_ring_includes})
target_compile_definitions(ring-stress-twin PRIVATE _POSIX_C_SOURCE=200809L STRESS_TWIN_RELAXED=1)
target_compile_options(ring-stress-twin PRIVATE ${KAAL_WARNINGS} -O1 -g -fsanitize=thread)
target_link_options(ring-stress-twin PRIVATE -fsanitize=thread)
target_link_libraries(ring-stress-twin PRIVATE Threads::Threads)
add_test(NAME ring.stress.twin COMMAND ring-stress-twin 50000)
set_tests_properties(ring.stress.twin PROPERTIES PASS_REGULAR_EXPRESSION "ThreadSanitizer: data race")

# Coroutines: no sanitizer.
add_executable(ring-schedules "${KAAL_ROOT}/test/ring/schedules.c" "${KAAL_ROOT}/sdk/ipc/ring.c")
target_include_directories(ring-schedules PRIVATE ${_ring_includes})
target_compile_definitions(ring-schedules PRIVATE _GNU_SOURCE)
target_compile_options(ring-schedules PRIVATE ${KAAL_WARNINGS} -O2 -g)
add_test(NAME ring.schedules COMMAND ring-schedules)
add_test(NAME ring.schedules.twin-buffered COMMAND ring-schedules buffered)
add_test(NAME ring.schedules.twin-forgetful COMMAND ring-schedules forgetful)

set_tests_properties(ring.stress ring.schedules ring.schedules.twin-buffered
    ring.schedules.twin-forgetful PROPERTIES FAIL_REGULAR_EXPRESSION "ThreadSanitizer")
set_tests_properties(ring.stress ring.stress.twin ring.schedules ring.schedules.twin-buffered
    ring.schedules.twin-forgetful PROPERTIES LABELS host TIMEOUT 180)
