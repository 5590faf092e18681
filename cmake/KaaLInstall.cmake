# SPDX-License-Identifier: Apache-2.0
# The installed SDK.
#
#   kaal_install_library(<target>... [COMPONENT <name>] [HEADERS <dir>...] [INCLUDE <subdir>])
#       The one place where a library becomes part of the SDK: call it where
#       the target is made, above kaal_install_sdk(). Installs
#         - its archive, as lib/kaal-0.1/aarch64/lib<target>.a (interface
#           libraries have none);
#         - what is in each HEADERS directory, into lib/kaal-0.1/<subdir>
#           (default: include);
#         - the imported target KaaL::<EXPORT_NAME or target> with the target's
#           interface. Include directories become lib/kaal-0.1/<subdir>. Other
#           paths (linker scripts, ...) belong in $<BUILD_INTERFACE:...>, with
#           $<INSTALL_INTERFACE:...> for where they are installed. What it
#           links with PUBLIC must be registered, too.
#       COMPONENT: find_package(KaaL COMPONENTS <name>) is then true.
#       For example: kaal_install_library(ipc COMPONENT ipc HEADERS "${dir}/include")
#
#   kaal_install_sdk()   everything else, once, after the boards

string(REGEX MATCH "^[0-9]+\\.[0-9]+" _kaal_series "${PROJECT_VERSION}")
set(_kaal_lib "lib/kaal-${_kaal_series}")
set(_kaal_cmake "lib/cmake/KaaL-${_kaal_series}")
set(_kaal_share "share/kaal-${_kaal_series}")

# Replaces an interface list by one for this build and one for the SDK.
function(_kaal_split_interface target property)
    get_target_property(here ${target} ${property})
    if(here)
        set(installed ${ARGN})
        set_property(TARGET ${target} PROPERTY ${property}
            "$<BUILD_INTERFACE:${here}>" ${installed})
    endif()
endfunction()

function(kaal_install_library)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "COMPONENT;INCLUDE" "HEADERS")
    if(NOT arg_INCLUDE)
        set(arg_INCLUDE include)
    endif()
    foreach(target IN LISTS arg_UNPARSED_ARGUMENTS)
        _kaal_split_interface(${target} INTERFACE_INCLUDE_DIRECTORIES
            "$<INSTALL_INTERFACE:${_kaal_lib}/${arg_INCLUDE}>")
        _kaal_split_interface(${target} INTERFACE_SYSTEM_INCLUDE_DIRECTORIES)
        # What only this tree was compiled with is no business of those who link it.
        get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
        if(links)
            list(REMOVE_ITEM links "$<LINK_ONLY:kaal_warnings>" kaal_warnings)
            set_property(TARGET ${target} PROPERTY INTERFACE_LINK_LIBRARIES ${links})
        endif()
        install(TARGETS ${target} EXPORT KaaLTargets ARCHIVE DESTINATION "${_kaal_lib}/aarch64")
        get_target_property(type ${target} TYPE)
        if(NOT type STREQUAL "INTERFACE_LIBRARY")
            set_property(GLOBAL APPEND PROPERTY KAAL_SDK_TARGETS ${target})
        endif()
    endforeach()
    foreach(dir IN LISTS arg_HEADERS)
        install(DIRECTORY "${dir}/" DESTINATION "${_kaal_lib}/${arg_INCLUDE}")
    endforeach()
    if(arg_COMPONENT)
        set_property(GLOBAL APPEND PROPERTY KAAL_SDK_COMPONENTS ${arg_COMPONENT})
    endif()
endfunction()

function(_kaal_install_boards)
    file(GLOB boards RELATIVE "${CMAKE_SOURCE_DIR}/bsp" CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/bsp/*/board.cmake")
    set(names "")
    foreach(file IN LISTS boards)
        get_filename_component(name "${file}" DIRECTORY)
        list(APPEND names ${name})
        set(to "${_kaal_lib}/boards/${name}")
        install(DIRECTORY "${CMAKE_SOURCE_DIR}/bsp/${name}/" DESTINATION "${to}"
            FILES_MATCHING PATTERN "board.cmake" PATTERN "*.c" PATTERN "*.h" PATTERN "README.md")
        get_property(loader GLOBAL PROPERTY KAAL_BOARD_${name}_LOADER)
        get_property(dtb GLOBAL PROPERTY KAAL_BOARD_${name}_DTB)
        install(FILES "${loader}" DESTINATION "${to}")
        if(dtb)
            install(FILES "${dtb}" DESTINATION "${to}" RENAME board.dtb)
        endif()
        set_property(GLOBAL APPEND PROPERTY KAAL_SDK_TARGETS loader.${name}.bin dtb.${name})
        set_property(GLOBAL APPEND PROPERTY KAAL_SDK_COMPONENTS board-${name})
    endforeach()
    _kaal_write_boards("${CMAKE_BINARY_DIR}/sdk/boards.txt" ${names})
    install(FILES "${CMAKE_BINARY_DIR}/sdk/boards.txt" DESTINATION "${_kaal_lib}/boards")
endfunction()

function(kaal_install_sdk)
    set(root "${CMAKE_SOURCE_DIR}")
    set(made "${CMAKE_BINARY_DIR}/sdk")
    file(STRINGS "${root}/kernel/include/kaal/abi/types.h" KAAL_ABI REGEX "^#define KAAL_ABI [0-9]+")
    string(REGEX REPLACE "[^0-9]" "" KAAL_ABI "${KAAL_ABI}")

    # Headers and linker scripts.
    install(DIRECTORY "${root}/sdk/include/kaal" DESTINATION "${_kaal_lib}/include")
    install(DIRECTORY "${root}/kernel/include/kaal/abi" DESTINATION "${_kaal_lib}/include/kaal")
    install(FILES "${root}/sdk/libkaal/component.ld" "${root}/kernel/loader/loader.ld"
        DESTINATION "${_kaal_lib}/aarch64")
    set_property(TARGET kaal APPEND PROPERTY INTERFACE_LINK_OPTIONS
        "$<INSTALL_INTERFACE:-Wl,-T,$<INSTALL_PREFIX>/${_kaal_lib}/aarch64/component.ld>")

    # For boards of others.
    set_property(TARGET kaal-loader PROPERTY EXPORT_NAME loader)
    kaal_install_library(kaal-loader kaal_privileged COMPONENT bsp INCLUDE bsp)
    install(FILES "${root}/kernel/loader/bsp.h" DESTINATION "${_kaal_lib}/bsp")
    install(FILES "${root}/kernel/driver/console/console.h" DESTINATION "${_kaal_lib}/bsp/driver/console")
    set_property(TARGET kaal-loader APPEND PROPERTY INTERFACE_INCLUDE_DIRECTORIES
        "$<INSTALL_INTERFACE:${_kaal_lib}/include>")
    _kaal_install_boards()

    # Programs.
    foreach(config IN ITEMS debug release bench)
        install(TARGETS kernel_${config} EXPORT KaaLTargets
            RUNTIME DESTINATION "${_kaal_lib}/kernel/${config}")
    endforeach()
    install(TARGETS init EXPORT KaaLTargets RUNTIME DESTINATION "${_kaal_lib}/components")
    install(PROGRAMS "${KAAL_TOOL}" DESTINATION "${_kaal_lib}/bin")
    install(CODE "file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/bin\")
file(CREATE_LINK ../${_kaal_lib}/bin/kaal \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/bin/kaal\" SYMBOLIC)")

    # The CMake package.
    get_property(_kaal_available GLOBAL PROPERTY KAAL_SDK_COMPONENTS)
    configure_file("${root}/cmake/KaaLConfig.cmake.in" "${made}/KaaLConfig.cmake" @ONLY)
    configure_file("${root}/cmake/KaaLProject.cmake.in" "${made}/KaaLProject.cmake" @ONLY)
    include(CMakePackageConfigHelpers)
    write_basic_package_version_file("${made}/KaaLConfigVersion.cmake"
        VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
    install(FILES "${made}/KaaLConfig.cmake" "${made}/KaaLProject.cmake" "${made}/KaaLConfigVersion.cmake"
            "${root}/cmake/KaaLFunctions.cmake" "${root}/cmake/KaaLBsp.cmake" "${root}/cmake/KaaLComponents.cmake"
        DESTINATION "${_kaal_cmake}")
    install(EXPORT KaaLTargets NAMESPACE KaaL:: DESTINATION "${_kaal_cmake}")
    install(FILES "${root}/toolchains/aarch64-kaal.cmake" DESTINATION "${_kaal_share}/toolchains")

    # Documents.
    file(CONFIGURE OUTPUT "${made}/VERSION" CONTENT "${PROJECT_VERSION}\n")
    file(CONFIGURE OUTPUT "${made}/ABI" CONTENT "${KAAL_ABI}\n")
    install(FILES "${made}/VERSION" "${made}/ABI" DESTINATION "${_kaal_share}")
    set(doc "share/doc/kaal-${_kaal_series}")
    install(DIRECTORY "${root}/docs/" DESTINATION "${doc}" FILES_MATCHING PATTERN "*.md")
    install(FILES "${root}/CHANGELOG.md" DESTINATION "${doc}")
    install(FILES "${root}/LICENSE" DESTINATION "${doc}/licenses" RENAME KaaL-Apache-2.0)
    install(FILES "${KAAL_LIBFDT_DIR}/../BSD-2-Clause" DESTINATION "${doc}/licenses" RENAME libfdt-BSD-2-Clause)

    # "ninja sdk" makes all that is installed, and nothing else.
    get_property(targets GLOBAL PROPERTY KAAL_SDK_TARGETS)
    add_custom_target(sdk)
    add_dependencies(sdk ${targets} kernel_debug kernel_release kernel_bench init host-tool)
endfunction()

# cpack makes build/kaal-sdk-<version>-linux-x86_64.tar.gz; its one top
# directory, kaal-sdk-<version>, is the prefix.
set(CPACK_GENERATOR TGZ)
set(CPACK_PACKAGE_NAME kaal-sdk)
set(CPACK_PACKAGE_VENDOR KaaL)
set(CPACK_PACKAGE_FILE_NAME "kaal-sdk-${PROJECT_VERSION}-linux-x86_64")
set(CPACK_PACKAGING_INSTALL_PREFIX "/kaal-sdk-${PROJECT_VERSION}")
set(CPACK_INCLUDE_TOPLEVEL_DIRECTORY OFF)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_THREADS 0)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
include(CPack)
