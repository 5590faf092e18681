# SPDX-License-Identifier: Apache-2.0
# Fast paths against the slow path from random states, label fastpath.
#   fastpath.diff, fastpath.diff.sanitized   test/fastpath, without and with sanitizers
#   fastpath.planted, fastpath.planted.<x>   the comparison itself: finds nothing
#                         where nothing is, and the faults of test/fastpath/planted.c
#   fastpath.mutant.<x>   test/fastpath/mutants/<x>.patch: a fault that must be found, in
#                         one file or header of the kernel

set(_fastpath "${KAAL_ROOT}/test/fastpath")
set(_fastpath_kernel ${KAAL_CORE_SOURCES})
list(FILTER _fastpath_kernel EXCLUDE REGEX "/arch/host/")
file(GLOB _fastpath_machine CONFIGURE_DEPENDS "${KAAL_ROOT}/kernel/arch/host/*.c")
file(GLOB _fastpath_harness CONFIGURE_DEPENDS "${_fastpath}/*.c")
list(REMOVE_ITEM _fastpath_harness "${_fastpath}/diff.c" "${_fastpath}/planted.c" "${_fastpath}/ways.c")
file(GLOB _fastpath_mutants CONFIGURE_DEPENDS "${_fastpath}/mutants/*.patch")

# memory.c reads dead objects, too: none of its loops may become a call of memcpy(),
# which AddressSanitizer checks.
set_source_files_properties("${_fastpath}/memory.c" PROPERTIES COMPILE_OPTIONS "-fno-builtin;-O3")

set(_fastpath_renames slowpath_syscall=refused_syscall slowpath_fault=refused_fault
    slowpath_signal=refused_signal slowpath_invoke=refused_invoke)

# fastpath_program(<suffix> <flag>...): all variables of the kernel, and no others,
# lie in the two sections of section.h.
function(fastpath_program suffix)
    add_library(fastpath-machine${suffix} OBJECT ${_fastpath_machine})
    target_include_directories(fastpath-machine${suffix} PUBLIC ${KAAL_CORE_INCLUDES})
    target_compile_definitions(fastpath-machine${suffix} PUBLIC ${KAAL_CORE_DEFINES} _GNU_SOURCE)
    target_compile_options(fastpath-machine${suffix} PRIVATE ${KAAL_WARNINGS} PUBLIC -g ${ARGN})

    # The fast paths end in ways.c instead of in the slow path.
    set(paths ${_fastpath_kernel})
    list(FILTER paths INCLUDE REGEX "/core/fastpath_[a-z]+\\.c$")
    list(FILTER _fastpath_kernel EXCLUDE REGEX "/core/fastpath_[a-z]+\\.c$")
    add_library(fastpath-paths${suffix} OBJECT ${paths})
    target_include_directories(fastpath-paths${suffix} PRIVATE ${KAAL_CORE_INCLUDES})
    target_compile_definitions(fastpath-paths${suffix} PRIVATE ${KAAL_CORE_DEFINES} _GNU_SOURCE
        ${_fastpath_renames})
    target_compile_options(fastpath-paths${suffix}
        PRIVATE ${KAAL_WARNINGS} -include "${_fastpath}/section.h" -g ${ARGN})

    add_library(fastpath-kernel${suffix} STATIC ${_fastpath_kernel}
        $<TARGET_OBJECTS:fastpath-machine${suffix}>)
    target_include_directories(fastpath-kernel${suffix} PUBLIC ${KAAL_CORE_INCLUDES})
    target_compile_definitions(fastpath-kernel${suffix} PUBLIC ${KAAL_CORE_DEFINES} _GNU_SOURCE)
    target_compile_options(fastpath-kernel${suffix}
        PRIVATE ${KAAL_WARNINGS} -include "${_fastpath}/section.h" PUBLIC -g ${ARGN})
    target_link_options(fastpath-kernel${suffix} PUBLIC ${ARGN})

    add_library(fastpath-harness${suffix} STATIC ${_fastpath_harness})
    target_include_directories(fastpath-harness${suffix} PUBLIC "${_fastpath}")
    target_compile_options(fastpath-harness${suffix} PRIVATE ${KAAL_WARNINGS})
    target_link_libraries(fastpath-harness${suffix} PUBLIC fastpath-kernel${suffix})

    add_executable(fastpath-diff${suffix} "${_fastpath}/diff.c" "${_fastpath}/ways.c"
        $<TARGET_OBJECTS:fastpath-paths${suffix}>)
    target_compile_options(fastpath-diff${suffix} PRIVATE ${KAAL_WARNINGS})
    target_link_libraries(fastpath-diff${suffix} PRIVATE fastpath-harness${suffix})

    add_executable(fastpath-planted${suffix} "${_fastpath}/diff.c" "${_fastpath}/planted.c")
    target_compile_options(fastpath-planted${suffix} PRIVATE ${KAAL_WARNINGS})
    target_link_libraries(fastpath-planted${suffix} PRIVATE fastpath-harness${suffix})
endfunction()

fastpath_program("" -O2)
fastpath_program(-sanitized ${KAAL_SANITIZE})

# States; in how many a fast path is taken at least; each fast path alone.
set(_steps 2400000)
set(_least 1000000)
set(_each 25000)
set(_timeout 600)
if(KAAL_NIGHTLY)
    set(_steps 48000000)
    set(_least 20000000)
    set(_each 500000)
    set(_timeout 7200)
endif()
add_test(NAME fastpath.diff COMMAND fastpath-diff --seed 1 --steps ${_steps} --least ${_least}
    --each ${_each})
add_test(NAME fastpath.diff.sanitized COMMAND fastpath-diff-sanitized --seed 2 --steps 60000)
set_tests_properties(fastpath.diff fastpath.diff.sanitized PROPERTIES LABELS "host;fastpath"
    TIMEOUT ${_timeout})
# A mutant counts as found only where the kernel as it is passes.
set_tests_properties(fastpath.diff PROPERTIES FIXTURES_SETUP fastpath-diff-passes)

add_test(NAME fastpath.planted COMMAND fastpath-planted-sanitized --seed 3 --steps 20000)
set_tests_properties(fastpath.planted PROPERTIES LABELS "host;fastpath" TIMEOUT 300)
file(STRINGS "${_fastpath}/planted.c" _plants REGEX "{\"[a-z-]+\", plant_")
string(REGEX MATCHALL "\"[a-z-]+\"" _plants "${_plants}")
list(TRANSFORM _plants REPLACE "\"" "")
foreach(_plant IN LISTS _plants)
    add_test(NAME fastpath.planted.${_plant} COMMAND fastpath-planted --seed 3 --steps 20000)
    set_tests_properties(fastpath.planted.${_plant} PROPERTIES LABELS "host;fastpath" TIMEOUT 60
        ENVIRONMENT KAAL_PLANT=${_plant} PASS_REGULAR_EXPRESSION "DIFFERENCE: |CRASH: signal 11")
endforeach()

# A mutant is one changed file, linked in front of the libraries with the fast paths.
set(_flags ${KAAL_CORE_INCLUDES})
list(TRANSFORM _flags PREPEND -I)
list(TRANSFORM KAAL_CORE_DEFINES PREPEND -D OUTPUT_VARIABLE _defines)
list(JOIN _flags " " _flags)
list(APPEND _defines ${_fastpath_renames})
list(TRANSFORM _defines PREPEND -D REGEX "=refused_")
list(JOIN _defines " " _defines)
foreach(_mutant IN LISTS _fastpath_mutants)
    get_filename_component(_name "${_mutant}" NAME_WE)
    add_test(NAME fastpath.mutant.${_name} COMMAND "${CMAKE_COMMAND}"
        "-DPATCH=${_mutant}" "-DROOT=${KAAL_ROOT}"
        "-DWORK=${CMAKE_BINARY_DIR}/fastpath-mutants/${_name}" "-DCOMPILER=${CMAKE_C_COMPILER}"
        "-DFLAGS=-std=c17 -O1 -g -include ${_fastpath}/section.h ${_defines} ${_flags}"
        "-DMAIN=$<TARGET_OBJECTS:fastpath-diff>"
        "-DLIBRARIES=$<TARGET_FILE:fastpath-harness> $<TARGET_FILE:fastpath-kernel>"
        -P "${_fastpath}/run-mutant.cmake")
    set_tests_properties(fastpath.mutant.${_name} PROPERTIES LABELS "host;fastpath" TIMEOUT 300
        FIXTURES_REQUIRED fastpath-diff-passes)
endforeach()
