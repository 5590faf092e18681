# SPDX-License-Identifier: Apache-2.0
# cmake -DID= -DSDK= -DWORK= -P errors.cmake
# Each wrong use of the SDK ends with its message and a status that is not 0.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

set(component "kaal_add_component(hello SOURCES hello.c)\n")
set(ends "kaal_add_component(a SOURCES hello.c PORTS ctl:calls)
kaal_add_component(b SOURCES hello.c PORTS ctl:serves)
kaal_add_system(s COMPONENTS a b)\n")
set(boards "BOARDS qemu-virt/debug)\n")

# The error comes when the project is configured, or when it is built.
function(configuring regex text)
    new_project("${text}")
    must_fail("${regex}" ${configure})
endfunction()
function(building regex text)
    new_project("${head}${text}")
    must(configure ${configure})
    must_fail("${regex}" ${build})
endfunction()

if(ID STREQUAL "K001")
    configuring("K001 find_package\\(KaaL\\) came after project\\(\\), so 'x' was set up for the host compiler \\(/.*\\)\\. Move find_package\\(KaaL\\) above project\\(\\), or configure with --toolchain .*share/kaal-0.1/toolchains/aarch64-kaal.cmake Then delete"
        "cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES C)\nfind_package(KaaL 0.1 REQUIRED)\n")
    file(WRITE "${WORK}/other.cmake" "set(CMAKE_SYSTEM_NAME Generic)\nset(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)\n")
    file(WRITE "${WORK}/CMakeLists.txt" "${head}")
    file(REMOVE_RECURSE "${WORK}/build")
    must_fail("K001 the toolchain file .*other.cmake is not KaaL's" ${configure} --toolchain "${WORK}/other.cmake")
elseif(ID STREQUAL "K002")
    new_project("${head}${component}")
    must_fail("K002 no clang found\\. Looked for clang-19 in ${WORK}/none\\. Debian 12: apt-get install clang-19 .*-DKAAL_LLVM_DIR="
        ${configure} "-DKAAL_LLVM_DIR=${WORK}/none")
elseif(ID STREQUAL "K003")
    configuring("K003 KaaL has no component 'bps'\\. Did you mean 'bsp'\\? Available: .*bsp .*board-qemu-virt"
        "cmake_minimum_required(VERSION 3.25)\nfind_package(KaaL 0.1 REQUIRED COMPONENTS bps)\nproject(x LANGUAGES C)\n")
elseif(ID STREQUAL "K010")
    configuring("K010 kaal_add_image\\(i\\): no board 'rpi5/debug'\\..* This SDK has: .*imx8mp-evk/debug, .*For your own board: kaal_add_board\\(<dir>\\)"
        "${head}${component}kaal_add_image(i COMPONENTS hello BOARDS rpi5/debug)\n")
elseif(ID STREQUAL "K011")
    configuring("K011 .*board 'rpi4' has no config 'relase'\\. Did you mean 'release'\\? It has: debug release bench"
        "${head}${component}kaal_add_image(i COMPONENTS hello BOARDS rpi4/relase)\n")
elseif(ID STREQUAL "K012")
    configuring("K012 .*'hello' is not a KaaL component\\. Declare it with kaal_add_component\\(hello SOURCES"
        "${head}kaal_add_image(i COMPONENTS hello ${boards}")
elseif(ID STREQUAL "K013")
    configuring("K013 kaal_add_component\\(hello\\): unknown argument 'SOURCE'\\. Did you mean 'SOURCES'\\? Known: SOURCES LINK PORTS"
        "${head}kaal_add_component(hello SOURCE hello.c)\n")
elseif(ID STREQUAL "K020")
    building("system.kaal:[0-9]+: K020 'a.ctrl': component 'a' has no port 'ctrl'\\. Its ports: ctl \\(calls\\)"
        "${ends}kaal_channel(s a.ctrl b.ctl)\nkaal_add_image(i SYSTEM s ${boards}")
elseif(ID STREQUAL "K021")
    building("system.kaal:[0-9]+: K021 'a.ctl' \\(calls\\) cannot be joined to 'a.ctl' \\(calls\\)\\. A channel joins calls->serves or notifies->notified"
        "${ends}kaal_channel(s a.ctl a.ctl)\nkaal_add_image(i SYSTEM s ${boards}")
elseif(ID STREQUAL "K022")
    building("system.kaal:[0-9]+: K022 port 'a.ctl' is not connected.* Connect it with kaal_channel\\(.* a.ctl <inst>.<port>\\) or declare it ctl:calls:optional"
        "${ends}kaal_add_image(i SYSTEM s ${boards}")
elseif(ID STREQUAL "K050")
    # The note of another ABI, before the one of libkaal.
    set(hello_c "${hello_c}__asm__(\".section .note.kaal, \\\"a\\\", %note\\n.balign 4\\n.word 5, 4, 1\\n\"
        \".asciz \\\"KaaL\\\"\\n.balign 4\\n.word 77\\n.previous\");\n")
    building("K050 component 'hello' was built for KaaL ABI 77, this kernel has ABI [0-9]+: rebuild it"
        "${component}kaal_add_image(i COMPONENTS hello ${boards}")
else()
    message(FATAL_ERROR "there is no case '${ID}'")
endif()
