# SPDX-License-Identifier: Apache-2.0
# Fast paths against the slow path from random states, label fastpath.
#   fastpath.diff, fastpath.diff.sanitized   test/fastpath, without and with sanitizers
#   fastpath.mutant.<x>   test/fastpath/mutants/<x>.patch: a fault that must be found

set(_fastpath "${KAAL_ROOT}/test/fastpath")
set(_fastpath_kernel ${KAAL_CORE_SOURCES})
list(FILTER _fastpath_kernel EXCLUDE REGEX "/arch/host/")
file(GLOB _fastpath_machine CONFIGURE_DEPENDS "${KAAL_ROOT}/kernel/arch/host/*.c")
file(GLOB _fastpath_harness CONFIGURE_DEPENDS "${_fastpath}/*.c")
file(GLOB _fastpath_mutants CONFIGURE_DEPENDS "${_fastpath}/mutants/*.patch")

# memory.c reads dead objects, too: none of its loops may become a call of memcpy(),
# which AddressSanitizer checks.
set_source_files_properties("${_fastpath}/memory.c" PROPERTIES COMPILE_OPTIONS "-fno-builtin;-O3")

# fastpath_program(<suffix> <flag>...): all variables of the kernel, and no others,
# lie in the two sections of section.h.
function(fastpath_program suffix)
    add_library(fastpath-kernel${suffix} STATIC ${_fastpath_kernel})
    target_include_directories(fastpath-kernel${suffix} PUBLIC ${KAAL_CORE_INCLUDES})
    target_compile_definitions(fastpath-kernel${suffix} PUBLIC ${KAAL_CORE_DEFINES} _GNU_SOURCE)
    target_compile_options(fastpath-kernel${suffix}
        PRIVATE ${KAAL_WARNINGS} -include "${_fastpath}/section.h" PUBLIC -g ${ARGN})
    target_link_options(fastpath-kernel${suffix} PUBLIC ${ARGN})

    add_executable(fastpath-diff${suffix} ${_fastpath_harness} ${_fastpath_machine})
    target_include_directories(fastpath-diff${suffix} PRIVATE "${_fastpath}")
    target_compile_options(fastpath-diff${suffix} PRIVATE ${KAAL_WARNINGS})
    target_link_libraries(fastpath-diff${suffix} PRIVATE fastpath-kernel${suffix})
endfunction()

fastpath_program("" -O2)
fastpath_program(-sanitized ${KAAL_SANITIZE})
