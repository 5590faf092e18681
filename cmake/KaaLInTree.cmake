# SPDX-License-Identifier: Apache-2.0
# In this build find_package(KaaL), as each example writes it, finds this
# build: the examples are the same text here and downstream.

foreach(_name IN ITEMS kaal-config.cmake KaaLConfig.cmake)
    file(WRITE "${CMAKE_FIND_PACKAGE_REDIRECTS_DIR}/${_name}" [[
set(KaaL_FOUND TRUE)
foreach(_component IN LISTS KaaL_FIND_COMPONENTS)
    set(KaaL_${_component}_FOUND TRUE)
endforeach()
]])
    string(REGEX REPLACE "(-c|C)onfig\\.cmake$" "\\1onfigVersion.cmake" _version "${_name}")
    string(REPLACE "-configVersion" "-config-version" _version "${_version}")
    file(WRITE "${CMAKE_FIND_PACKAGE_REDIRECTS_DIR}/${_version}"
        "set(PACKAGE_VERSION ${PROJECT_VERSION})\nset(PACKAGE_VERSION_COMPATIBLE TRUE)\n")
endforeach()
unset(_name)
unset(_version)
