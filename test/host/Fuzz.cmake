# SPDX-License-Identifier: Apache-2.0
# test/fuzz/fuzz_<x>.c becomes CTest fuzz.<x>, label host and fuzz: a bounded
# number of runs with a fixed seed (KAAL_NIGHTLY: longer, another seed each time).
# An optional test/fuzz/fuzz_<x>.cmake may set
#   FUZZ_SOURCES    files from the repository's top; default: the kernel's core
#   FUZZ_INCLUDES   directories from the repository's top, beside the core's
#   FUZZ_DEFINES    compile definitions
#   FUZZ_LIBFDT     ON: link libfdt
#   FUZZ_RUNS  FUZZ_MAX_TIME  FUZZ_MAX_LEN    default 200000, 20 s, 4096 bytes
# test/fuzz/corpus/<x>/ holds seeds, if there are any.

set(_fuzz_flags -fsanitize=fuzzer-no-link ${KAAL_SANITIZE})
if(KAAL_CORE_SOURCES)
    kaal_core_library(kaal-core-fuzz ${_fuzz_flags} -O1)
endif()

file(GLOB _fuzzers CONFIGURE_DEPENDS "${KAAL_ROOT}/test/fuzz/fuzz_*.c")
foreach(_source IN LISTS _fuzzers)
    get_filename_component(fuzz "${_source}" NAME_WE)
    string(REGEX REPLACE "^fuzz_" "" _name "${fuzz}")
    set(FUZZ_SOURCES "")
    set(FUZZ_INCLUDES "")
    set(FUZZ_DEFINES "")
    set(FUZZ_LIBFDT OFF)
    set(FUZZ_RUNS 200000)
    set(FUZZ_MAX_TIME 20)
    set(FUZZ_MAX_LEN 4096)
    if(EXISTS "${KAAL_ROOT}/test/fuzz/${fuzz}.cmake")
        include("${KAAL_ROOT}/test/fuzz/${fuzz}.cmake")
    endif()
    list(TRANSFORM FUZZ_SOURCES PREPEND "${KAAL_ROOT}/")
    list(TRANSFORM FUZZ_INCLUDES PREPEND "${KAAL_ROOT}/")
    add_executable(${fuzz} "${_source}" ${FUZZ_SOURCES})
    target_include_directories(${fuzz} PRIVATE ${FUZZ_INCLUDES})
    target_compile_definitions(${fuzz} PRIVATE ${FUZZ_DEFINES})
    target_compile_options(${fuzz} PRIVATE -g -O1 -Wall -Wextra -Werror ${_fuzz_flags})
    target_link_options(${fuzz} PRIVATE ${KAAL_SANITIZE} -fsanitize=fuzzer)
    if(FUZZ_SOURCES)
        target_include_directories(${fuzz} PRIVATE ${KAAL_CORE_INCLUDES})
        target_compile_definitions(${fuzz} PRIVATE ${KAAL_CORE_DEFINES})
    else()
        target_link_libraries(${fuzz} PRIVATE kaal-core-fuzz)
    endif()
    if(FUZZ_LIBFDT)
        file(GLOB _libfdt "${KAAL_LIBFDT_DIR}/*.c")
        list(FILTER _libfdt EXCLUDE REGEX "fdt_overlay")
        target_sources(${fuzz} PRIVATE ${_libfdt})
        set_source_files_properties(${_libfdt} PROPERTIES COMPILE_OPTIONS -w)
        target_include_directories(${fuzz} SYSTEM PRIVATE "${KAAL_LIBFDT_DIR}")
    endif()

    if(KAAL_NIGHTLY)
        set(_bounds -max_total_time=900)
        set(_limit 1200)
    else()
        set(_bounds -seed=1 -runs=${FUZZ_RUNS} -max_total_time=${FUZZ_MAX_TIME})
        math(EXPR _limit "${FUZZ_MAX_TIME} * 4 + 60")
    endif()
    set(_corpus "${CMAKE_BINARY_DIR}/corpus/${_name}")
    file(MAKE_DIRECTORY "${_corpus}")
    set(_seeds "")
    if(IS_DIRECTORY "${KAAL_ROOT}/test/fuzz/corpus/${_name}")
        set(_seeds "${KAAL_ROOT}/test/fuzz/corpus/${_name}")
    endif()
    add_test(NAME fuzz.${_name} COMMAND ${fuzz} ${_bounds} -max_len=${FUZZ_MAX_LEN} -timeout=10
        -print_final_stats=1 "-artifact_prefix=${CMAKE_BINARY_DIR}/corpus/${_name}-crash-"
        "${_corpus}" ${_seeds})
    set_tests_properties(fuzz.${_name} PROPERTIES LABELS "host;fuzz" TIMEOUT ${_limit})
endforeach()
