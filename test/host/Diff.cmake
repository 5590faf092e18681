# SPDX-License-Identifier: Apache-2.0
# The kernel against the executable model of test/model, label model. The model
# alone is tested in Model.cmake.
#   model.diff, model.diff.fast   random sequences, with and without sanitizers
#   model.replay                  test/model/corpus/*.txt: sequences that failed once
#   model.mutant.<x>              test/model/mutants/<x>.patch: a fault that must be found
#   model.matrix                  every call on every capability, with boundary values

set(_model "${KAAL_ROOT}/test/model")
set(_harness event generate kernel kernel_asid kernel_irq kernel_view mirror pair view)
list(TRANSFORM _harness PREPEND "${_model}/")
list(TRANSFORM _harness APPEND .c)
file(GLOB _model_sources CONFIGURE_DEPENDS "${_model}/model*.c")
file(GLOB _corpus CONFIGURE_DEPENDS "${_model}/corpus/*.txt")
file(GLOB _mutants CONFIGURE_DEPENDS "${_model}/mutants/*.patch")
set(_model_includes "${_model}" ${KAAL_CORE_INCLUDES})

# model_programs(<suffix> <flag>...): model-diff<suffix> and model-matrix<suffix>.
# kernel_asid.c and kernel_irq.c hold the kernel's asid.c and irq.c.
function(model_programs suffix)
    list(FILTER KAAL_CORE_SOURCES EXCLUDE REGEX "/object/(asid|irq)\\.c$")
    add_library(model-kernel${suffix} STATIC ${KAAL_CORE_SOURCES} ${_harness})
    target_include_directories(model-kernel${suffix} PUBLIC ${_model_includes})
    target_compile_definitions(model-kernel${suffix} PUBLIC ${KAAL_CORE_DEFINES} _GNU_SOURCE)
    target_compile_options(model-kernel${suffix} PRIVATE ${KAAL_WARNINGS} PUBLIC -g ${ARGN})
    target_link_options(model-kernel${suffix} PUBLIC ${ARGN})

    # The model sees nothing of the kernel but its interface, and shows nothing
    # but its own: the names of its functions are its business.
    add_library(model-model${suffix} SHARED ${_model_sources})
    target_include_directories(model-model${suffix} PRIVATE "${KAAL_ROOT}/kernel/include")
    target_compile_options(model-model${suffix} PRIVATE ${KAAL_WARNINGS} -g ${ARGN}
        -fvisibility=hidden -include "${_model}/exported.h")
    target_link_options(model-model${suffix} PRIVATE ${ARGN})

    foreach(program diff matrix)
        add_executable(model-${program}${suffix} "${_model}/${program}.c")
        target_compile_options(model-${program}${suffix} PRIVATE ${KAAL_WARNINGS})
        target_link_libraries(model-${program}${suffix} PRIVATE model-kernel${suffix}
            model-model${suffix})
    endforeach()
endfunction()

model_programs("" ${KAAL_SANITIZE})
model_programs(-fast -O2)

# The gate: together at least 1,050,000 compared steps; a sequence has about 330.
set(_sequences 500)
set(_least 150000)
set(_least_fast 900000)
set(_timeout 900)
if(KAAL_NIGHTLY)
    set(_sequences 30000)
    set(_least_fast 100000000)
    set(_timeout 14400)
endif()
add_test(NAME model.diff COMMAND model-diff --seed 1 --sequences ${_sequences}
    --least ${_least} --steps 500 --save "${KAAL_REPORT_DIR}/model-failed.txt")
add_test(NAME model.diff.fast COMMAND model-diff-fast --seed 2 --least ${_least_fast}
    --steps 500 --save "${KAAL_REPORT_DIR}/model-failed-fast.txt")
set_tests_properties(model.diff model.diff.fast PROPERTIES LABELS "host;model" TIMEOUT ${_timeout})
# A mutant counts as found only where the kernel as it is passes.
set_tests_properties(model.diff PROPERTIES FIXTURES_SETUP model-diff-passes)
if(_corpus)
    add_test(NAME model.replay COMMAND model-diff --replay ${_corpus})
    set_tests_properties(model.replay PROPERTIES LABELS "host;model" TIMEOUT 120)
endif()
add_test(NAME model.matrix COMMAND model-matrix-fast)
set_tests_properties(model.matrix PROPERTIES LABELS "host;model" TIMEOUT 180)

# A mutant is one changed file, linked in front of the libraries.
list(TRANSFORM _model_includes PREPEND -I OUTPUT_VARIABLE _flags)
list(TRANSFORM KAAL_CORE_DEFINES PREPEND -D OUTPUT_VARIABLE _defines)
list(JOIN _flags " " _flags)
list(JOIN _defines " " _defines)
list(JOIN KAAL_SANITIZE " " _sanitize)
foreach(_mutant IN LISTS _mutants)
    get_filename_component(_name "${_mutant}" NAME_WE)
    add_test(NAME model.mutant.${_name} COMMAND "${CMAKE_COMMAND}"
        "-DPATCH=${_mutant}" "-DROOT=${KAAL_ROOT}" "-DWORK=${CMAKE_BINARY_DIR}/mutants/${_name}"
        "-DCOMPILER=${CMAKE_C_COMPILER}" "-DSEQUENCES=${_sequences}"
        "-DFLAGS=-std=c17 -D_GNU_SOURCE -O1 -g ${_sanitize} ${_defines} ${_flags}"
        "-DMAIN=$<TARGET_OBJECTS:model-diff>"
        "-DLIBRARIES=$<TARGET_FILE:model-kernel> $<TARGET_FILE:model-model> -Wl,-rpath,$<TARGET_FILE_DIR:model-model>"
        -P "${CMAKE_CURRENT_LIST_DIR}/run-mutant.cmake")
    set_tests_properties(model.mutant.${_name} PROPERTIES LABELS "host;model" TIMEOUT 600
        FIXTURES_REQUIRED model-diff-passes)
endforeach()
