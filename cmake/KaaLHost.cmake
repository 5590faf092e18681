# SPDX-License-Identifier: Apache-2.0
# The nested host project test/host, configured twice: with clang (tool, unit
# tests, fuzzers, proofs, checks) and with gcc (unit tests). Its tests join
# this build's CTest one by one.
#
#   host-tool   target that builds the program kaal alone; KaaL::tool runs it
#   KAAL_TOOL   its path
include(ExternalProject)

find_program(KAAL_GCC gcc)
if(NOT KAAL_GCC)
    message(FATAL_ERROR "No gcc found; the unit tests are compiled with both clang and gcc.\n"
        "  Debian 12: apt-get install gcc libc6-dev\n  or run: sh toolchains/setup-debian12.sh")
endif()

set(KAAL_TOOL "${CMAKE_BINARY_DIR}/host/clang/bin/kaal")

# kaal_host_project(<name> <compiler> <first-target>)
function(kaal_host_project name compiler first)
    set(dir "${CMAKE_BINARY_DIR}/host/${name}")
    set(byproducts "")
    if(name STREQUAL "clang")
        set(byproducts BUILD_BYPRODUCTS "${KAAL_TOOL}")
    endif()
    ExternalProject_Add(host-${name}
        SOURCE_DIR "${CMAKE_SOURCE_DIR}/test/host"
        BINARY_DIR "${dir}"
        PREFIX "${dir}/external"
        CMAKE_GENERATOR Ninja
        CMAKE_CACHE_ARGS
            "-DCMAKE_C_COMPILER:FILEPATH=${compiler}"
            "-DCMAKE_BUILD_TYPE:STRING=RelWithDebInfo"
            "-DKAAL_HOST_NAME:STRING=${name}"
            "-DKAAL_VERSION:STRING=${PROJECT_VERSION}"
            "-DKAAL_LIBFDT_DIR:PATH=${KAAL_LIBFDT_DIR}"
            "-DKAAL_SOURCE_CACHE:PATH=${KAAL_SOURCE_CACHE}"
            "-DKAAL_REPORT_DIR:PATH=${CMAKE_BINARY_DIR}/reports"
            "-DKAAL_NIGHTLY:BOOL=${KAAL_NIGHTLY}"
        BUILD_COMMAND "${CMAKE_COMMAND}" --build "${dir}" --target ${first}
        BUILD_ALWAYS TRUE
        INSTALL_COMMAND ""
        TEST_COMMAND ""
        EXCLUDE_FROM_ALL TRUE
        ${byproducts})
    add_custom_target(host-${name}-all ALL
        COMMAND "${CMAKE_COMMAND}" --build "${dir}"
        DEPENDS host-${name}
        COMMENT "Host project (${name})"
        VERBATIM)

    # CTest reads this; without a built host project it must not look green.
    set(tests "${CMAKE_BINARY_DIR}/host/${name}-tests.cmake")
    file(CONFIGURE OUTPUT "${tests}" @ONLY CONTENT [[
if(EXISTS "@dir@/CTestTestfile.cmake")
    include("@dir@/CTestTestfile.cmake")
else()
    add_test(host.@name@-is-not-built "@CMAKE_COMMAND@" -E false)
endif()
]])
    set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY TEST_INCLUDE_FILES "${tests}")
endfunction()

kaal_host_project(clang "${CMAKE_C_COMPILER}" kaal)
kaal_host_project(gcc "${KAAL_GCC}" help)
add_custom_target(host-tool DEPENDS host-clang)

add_executable(KaaL::tool IMPORTED GLOBAL)
set_target_properties(KaaL::tool PROPERTIES IMPORTED_LOCATION "${KAAL_TOOL}")
