# SPDX-License-Identifier: Apache-2.0
# The program kaal, and its tests in test/tool.

file(GLOB _sources CONFIGURE_DEPENDS "${KAAL_ROOT}/sdk/tool/*.c")
list(FILTER _sources EXCLUDE REGEX "/main\\.c$")
set(_warnings ${KAAL_WARNINGS})

# Shipped: static, no sanitizer.
add_executable(kaal "${KAAL_ROOT}/sdk/tool/main.c" ${_sources})
target_include_directories(kaal PRIVATE "${KAAL_ROOT}/kernel/include")
target_compile_definitions(kaal PRIVATE _POSIX_C_SOURCE=200809L)
target_compile_options(kaal PRIVATE ${_warnings} -O2
    "-ffile-prefix-map=${KAAL_ROOT}=." "-ffile-prefix-map=${CMAKE_BINARY_DIR}=build")
target_link_options(kaal PRIVATE -static)

# The same under ASan and UBSan, for the tests.
add_executable(kaal-san "${KAAL_ROOT}/sdk/tool/main.c" ${_sources})
target_include_directories(kaal-san PRIVATE "${KAAL_ROOT}/kernel/include")
target_compile_definitions(kaal-san PRIVATE _POSIX_C_SOURCE=200809L)
target_compile_options(kaal-san PRIVATE ${_warnings} ${KAAL_SANITIZE})
target_link_options(kaal-san PRIVATE ${KAAL_SANITIZE})

if(EXISTS "${KAAL_ROOT}/test/tool/tool.cmake")
    include("${KAAL_ROOT}/test/tool/tool.cmake")
endif()
