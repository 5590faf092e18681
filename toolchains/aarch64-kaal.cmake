# SPDX-License-Identifier: Apache-2.0
# Cross toolchain of KaaL: Clang and lld, 19 or newer, for bare-metal AArch64.
# KAAL_LLVM_DIR names the directory of their programs; without it they are those
# in PATH. All of them are of one version, which is clang's.

set(KAAL_TOOLCHAIN TRUE) # what find_package(KaaL) looks for
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KAAL_LLVM_DIR KAAL_CLANG KAAL_LLD KAAL_AR KAAL_RANLIB
    KAAL_OBJCOPY KAAL_OBJDUMP KAAL_READELF KAAL_NM KAAL_SIZE)

set(KAAL_LLVM_DIR "" CACHE PATH "Directory of clang, ld.lld and llvm-*; empty: search PATH")

function(_kaal_tool_version out path)
    execute_process(COMMAND "${path}" --version OUTPUT_VARIABLE text ERROR_QUIET)
    if(text MATCHES "(clang version|LLD|LLVM version) ([0-9]+)\\.")
        set(${out} ${CMAKE_MATCH_2} PARENT_SCOPE)
    else()
        set(${out} "" PARENT_SCOPE)
    endif()
endfunction()

# Whether find_program() may take the program: of _kaal_major, or 19 and newer.
function(_kaal_right_version ok path)
    _kaal_tool_version(version "${path}")
    if(version STREQUAL "")
        set(why "${path} does not say its version")
    elseif(_kaal_major AND NOT version EQUAL _kaal_major)
        set(why "${path} is version ${version}, not ${_kaal_major}")
    elseif(version LESS 19)
        set(why "${path} is version ${version}, not 19 or newer")
    else()
        return()
    endif()
    set_property(GLOBAL APPEND PROPERTY KAAL_NOT_TAKEN "${why}")
    set(${ok} FALSE PARENT_SCOPE)
endfunction()

# _kaal_find_tool(<variable> <program> <name>...). K002.
function(_kaal_find_tool variable program)
    set_property(GLOBAL PROPERTY KAAL_NOT_TAKEN "")
    set(where NO_PACKAGE_ROOT_PATH NO_CMAKE_PATH NO_CMAKE_ENVIRONMENT_PATH NO_CMAKE_SYSTEM_PATH)
    set(says "PATH and KAAL_LLVM_DIR")
    if(KAAL_LLVM_DIR)
        set(where PATHS "${KAAL_LLVM_DIR}" NO_DEFAULT_PATH)
        set(says "KAAL_LLVM_DIR (${KAAL_LLVM_DIR})")
    endif()
    find_program(${variable} NAMES ${ARGN} VALIDATOR _kaal_right_version ${where})
    if(NOT ${variable})
        string(REPLACE ";" ", " names "${ARGN}")
        get_property(not_taken GLOBAL PROPERTY KAAL_NOT_TAKEN)
        list(REMOVE_DUPLICATES not_taken)
        string(REPLACE ";" "; " not_taken "${not_taken}")
        if(not_taken)
            string(PREPEND not_taken ": ")
        endif()
        set(hint "")
        if(EXISTS "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/setup-debian12.sh")
            set(hint "\n  or run: sh toolchains/setup-debian12.sh")
        endif()
        message(FATAL_ERROR "K002 no ${program} found. Looked for ${names} in ${says}${not_taken}.\n"
            "  Debian 12: apt-get install clang-19 lld-19 llvm-19${hint}\n"
            "  Another directory: -DKAAL_LLVM_DIR=<dir>")
    endif()
endfunction()

_kaal_find_tool(KAAL_CLANG clang clang-19 clang-20 clang)
if(NOT KAAL_LLD OR NOT KAAL_SIZE) # the first and the last of the others
    _kaal_tool_version(_kaal_major "${KAAL_CLANG}")
    _kaal_find_tool(KAAL_LLD ld.lld ld.lld-${_kaal_major} ld.lld)
    foreach(_kaal_name IN ITEMS ar ranlib objcopy objdump readelf nm size)
        string(TOUPPER "KAAL_${_kaal_name}" _kaal_variable)
        _kaal_find_tool(${_kaal_variable} llvm-${_kaal_name} llvm-${_kaal_name}-${_kaal_major} llvm-${_kaal_name})
    endforeach()
    unset(_kaal_major)
endif()

set(CMAKE_C_COMPILER "${KAAL_CLANG}")
set(CMAKE_ASM_COMPILER "${KAAL_CLANG}")
set(CMAKE_C_COMPILER_TARGET aarch64-none-elf)
set(CMAKE_ASM_COMPILER_TARGET aarch64-none-elf)
set(CMAKE_AR "${KAAL_AR}" CACHE FILEPATH "Archiver" FORCE)
set(CMAKE_RANLIB "${KAAL_RANLIB}" CACHE FILEPATH "Archive indexer" FORCE)
set(CMAKE_OBJCOPY "${KAAL_OBJCOPY}" CACHE FILEPATH "Object copier" FORCE)
set(CMAKE_EXE_LINKER_FLAGS_INIT "--ld-path=${KAAL_LLD}")

# In an installed SDK this file is where find_package(KaaL) belongs to.
get_filename_component(_kaal_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(EXISTS "${_kaal_prefix}/share/kaal-0.1/toolchains/aarch64-kaal.cmake")
    list(APPEND CMAKE_PREFIX_PATH "${_kaal_prefix}")
endif()

# Host programs are used as they are; headers and libraries of the host never.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
