# SPDX-License-Identifier: Apache-2.0
# In this build find_package(KaaL), as each example writes it, finds this
# build: the examples are the same text here and downstream.

foreach(_name IN ITEMS kaal-config.cmake KaaLConfig.cmake)
    file(CONFIGURE OUTPUT "${CMAKE_FIND_PACKAGE_REDIRECTS_DIR}/${_name}" @ONLY CONTENT [[
get_property(_kaal_available GLOBAL PROPERTY KAAL_SDK_COMPONENTS)
include("@CMAKE_CURRENT_LIST_DIR@/KaaLComponents.cmake")
set(KAAL_SDK "@CMAKE_BINARY_DIR@")
]])
    string(REGEX REPLACE "(-c|C)onfig\\.cmake$" "\\1onfigVersion.cmake" _version "${_name}")
    string(REPLACE "-configVersion" "-config-version" _version "${_version}")
    include(CMakePackageConfigHelpers)
    write_basic_package_version_file("${CMAKE_FIND_PACKAGE_REDIRECTS_DIR}/${_version}"
        VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
endforeach()
unset(_name)
unset(_version)
