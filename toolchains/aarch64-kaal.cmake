# SPDX-License-Identifier: Apache-2.0
# Cross toolchain of KaaL: Clang and lld 19 for bare-metal AArch64.
# KAAL_LLVM_DIR names the directory of another LLVM installation's programs.

set(KAAL_TOOLCHAIN TRUE) # what find_package(KaaL) looks for
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KAAL_LLVM_DIR)

set(KAAL_LLVM_DIR "" CACHE PATH "Directory of clang, ld.lld and llvm-*; empty: search PATH")

# Finds PROGRAM-19 or, in KAAL_LLVM_DIR, also plain PROGRAM.
function(_kaal_find_tool variable program package)
    if(KAAL_LLVM_DIR)
        find_program(${variable} NAMES ${program}-19 ${program} PATHS "${KAAL_LLVM_DIR}" NO_DEFAULT_PATH)
        set(where "${KAAL_LLVM_DIR}")
    else()
        find_program(${variable} NAMES ${program}-19 PATHS /usr/lib/llvm-19/bin)
        set(where "PATH")
    endif()
    if(NOT ${variable})
        set(hint "")
        if(EXISTS "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/setup-debian12.sh")
            set(hint "\n  or run: sh toolchains/setup-debian12.sh")
        endif()
        message(FATAL_ERROR "K002 no ${program} found. Looked for ${program}-19 in ${where}.\n"
            "  Debian 12: apt-get install ${package}${hint}\n"
            "  Another directory: -DKAAL_LLVM_DIR=<dir>")
    endif()
endfunction()

_kaal_find_tool(KAAL_CLANG clang clang-19)
_kaal_find_tool(KAAL_LLD ld.lld lld-19)
_kaal_find_tool(KAAL_AR llvm-ar llvm-19)
_kaal_find_tool(KAAL_RANLIB llvm-ranlib llvm-19)
_kaal_find_tool(KAAL_OBJCOPY llvm-objcopy llvm-19)
_kaal_find_tool(KAAL_OBJDUMP llvm-objdump llvm-19)
_kaal_find_tool(KAAL_READELF llvm-readelf llvm-19)
_kaal_find_tool(KAAL_NM llvm-nm llvm-19)
_kaal_find_tool(KAAL_SIZE llvm-size llvm-19)

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
