# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT= -DCACHE= -DWORK= -P configure-errors.cmake
# Configuring KaaL on a machine that lacks something ends with one message that
# names it and says what to type.
cmake_minimum_required(VERSION 3.25)

function(case expected)
    file(REMOVE_RECURSE "${WORK}/build")
    execute_process(COMMAND "${CMAKE_COMMAND}" -G Ninja -S "${ROOT}" -B "${WORK}/build" ${ARGN}
        RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
    string(REGEX REPLACE "[ \n]+" " " text "${out}")
    if(code EQUAL 0 OR NOT text MATCHES "${expected}")
        message(FATAL_ERROR "for: ${ARGN}\nexpected: ${expected}\ngot: ${out}")
    endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(WRITE "${WORK}/old-qemu" "#!/bin/sh\necho 'QEMU emulator version 7.2.15 (Debian)'\n")
file(WRITE "${WORK}/cache/device-tree-compiler_1.7.2.orig.tar.xz" "not it")
file(CHMOD "${WORK}/old-qemu" PERMISSIONS OWNER_READ OWNER_EXECUTE)
set(setup "setup-debian12.sh")

case("K002 no clang found. Looked for clang-19, clang-20, clang in KAAL_LLVM_DIR .${WORK}/none.. .*apt-get install clang-19.*${setup}"
    "-DKAAL_LLVM_DIR=${WORK}/none")
case("K002 no ld.lld found.* apt-get install clang-19 lld-19 .*${setup}"
    -DKAAL_CLANG=/usr/bin/clang-19 -DKAAL_LLVM_DIR=${WORK}/none)
case("old-qemu is version 7.2; KaaL needs 10 or newer.*bookworm-backports.*${setup}"
    "-DKAAL_QEMU=${WORK}/old-qemu")
case("device-tree-compiler_1.7.2.orig.tar.xz, from Debian's source package 'device-tree-compiler', is not in.*${setup}"
    "-DKAAL_SOURCE_CACHE=${WORK}/none")
case("has SHA-256 .* expected .* Delete it and run" "-DKAAL_SOURCE_CACHE=${WORK}/cache")
file(WRITE "${WORK}/half/none" "")
file(CREATE_LINK "${CACHE}/device-tree-compiler_1.7.2.orig.tar.xz"
    "${WORK}/half/device-tree-compiler_1.7.2.orig.tar.xz" SYMBOLIC)
case("picolibc_1.8.10.orig.tar.gz, from Debian.s source package .picolibc., is not in.*${setup}"
    "-DKAAL_SOURCE_CACHE=${WORK}/half")
message(STATUS "all cases as they should be")
