# SPDX-License-Identifier: Apache-2.0
# Sources of other projects. They are not part of this repository: the set-up
# script puts Debian's source packages into the cache, this file checks and
# unpacks them into the build directory. Nothing here touches the network.
#
# KAAL_LIBFDT_DIR    directory of libfdt's sources
# KAAL_PICOLIBC_DIR  directory of picolibc, the C library

if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    set(_kaal_cache "$ENV{XDG_CACHE_HOME}/kaal")
else()
    set(_kaal_cache "$ENV{HOME}/.cache/kaal")
endif()
set(KAAL_SOURCE_CACHE "${_kaal_cache}" CACHE PATH "Where toolchains/setup-debian12.sh keeps sources")

# kaal_source(<out-dir-var> FILE <archive> SHA256 <hash> PACKAGE <debian-source> DIR <top-dir>
#             PATTERNS <glob>...)
# Unpacks the files that match into build/source and sets <out-dir-var> to the
# archive's top directory there.
function(kaal_source out)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "FILE;SHA256;PACKAGE;DIR" "PATTERNS")
    set(archive "${KAAL_SOURCE_CACHE}/${arg_FILE}")
    set(dir "${CMAKE_BINARY_DIR}/source/${arg_DIR}")
    if(NOT EXISTS "${archive}")
        message(FATAL_ERROR "${arg_FILE}, from Debian's source package '${arg_PACKAGE}', is not in "
            "${KAAL_SOURCE_CACHE}.\n  Run: sh toolchains/setup-debian12.sh")
    endif()
    file(SHA256 "${archive}" hash)
    if(NOT hash STREQUAL arg_SHA256)
        message(FATAL_ERROR "${archive} has SHA-256\n  ${hash}, expected\n  ${arg_SHA256}.\n"
            "  Delete it and run: sh toolchains/setup-debian12.sh")
    endif()
    set(stamp "${dir}/.kaal-sha256")
    set(have "")
    if(EXISTS "${stamp}")
        file(READ "${stamp}" have)
    endif()
    if(NOT have STREQUAL hash)
        file(REMOVE_RECURSE "${dir}")
        file(ARCHIVE_EXTRACT INPUT "${archive}" DESTINATION "${CMAKE_BINARY_DIR}/source"
            PATTERNS ${arg_PATTERNS})
        if(NOT IS_DIRECTORY "${dir}")
            message(FATAL_ERROR "${archive} does not contain ${arg_DIR}/")
        endif()
        file(WRITE "${stamp}" "${hash}")
    endif()
    set(${out} "${dir}" PARENT_SCOPE)
endfunction()

kaal_source(_kaal_dtc_dir
    FILE device-tree-compiler_1.7.2.orig.tar.xz
    SHA256 92d8ca769805ae1f176204230438fe52808f4e1c7944053c9eec0e649b237539
    PACKAGE device-tree-compiler
    DIR dtc-1.7.2
    PATTERNS "*/libfdt/*" "*/BSD-2-Clause" "*/README.license")
set(KAAL_LIBFDT_DIR "${_kaal_dtc_dir}/libfdt")

kaal_source(KAAL_PICOLIBC_DIR
    FILE picolibc_1.8.10.orig.tar.gz
    SHA256 d1fc2a20f217472f8d9da084a519a25678e8d91852a41c7f3f1840d3508f7163
    PACKAGE picolibc
    DIR picolibc-1.8.10
    PATTERNS "*-1.8.10/CMakeLists.txt" "*-1.8.10/*.in" "*-1.8.10/COPYING*" "*-1.8.10/cmake/*" "*-1.8.10/newlib/*")
