# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT= -DWORK= -P cmake-errors.cmake
# Each wrong use of the CMake functions is refused with its message, and the
# right use is not.
cmake_minimum_required(VERSION 3.25)

set(count 0)

# case(<regex> <board.cmake or ""> <CMakeLists text>): configuring must stop
# with a message that matches; "" must succeed.
function(case expected board text)
    file(REMOVE_RECURSE "${WORK}")
    file(WRITE "${WORK}/early.c" "")
    file(WRITE "${WORK}/a.c" "")
    if(board STREQUAL "")
        set(board "kaal_board(NAME b1 CPU cortex-a53 CONFIGS debug release FORMAT bin
            LOAD_ADDRESS 0x1000 SOURCES early.c QEMU -M virt)
            kaal_board_variant(v3 -M virt,gic-version=3)")
    endif()
    file(WRITE "${WORK}/board.cmake" "${board}\n")
    file(WRITE "${WORK}/CMakeLists.txt" "cmake_minimum_required(VERSION 3.25)
project(case LANGUAGES NONE)
enable_testing()
set(KAAL_QEMU qemu)
include(\"${ROOT}/cmake/KaaLBsp.cmake\")
include(\"${ROOT}/cmake/KaaLFunctions.cmake\")
foreach(t kernel_debug kernel_release tool)
    add_executable(KaaL::\${t} IMPORTED)
endforeach()
add_library(KaaL::loader INTERFACE IMPORTED)
add_library(KaaL::kaal INTERFACE IMPORTED)
kaal_add_board(\"${WORK}\")
kaal_add_component(init SOURCES a.c)
add_executable(KaaL::init ALIAS init)
kaal_add_component(c SOURCES a.c PORTS ctl:calls tick:notified:optional)
${text}
message(FATAL_ERROR \"accepted\")\n")
    execute_process(COMMAND "${CMAKE_COMMAND}" -G Ninja -S "${WORK}" -B "${WORK}/build"
        OUTPUT_VARIABLE out ERROR_VARIABLE out)
    # CMake wraps long lines.
    string(REGEX REPLACE "[ \n]+" " " out "${out}")
    if(NOT out MATCHES "${expected}")
        message(FATAL_ERROR "for: ${text}\n${board}\nexpected: ${expected}\ngot: ${out}")
    endif()
    math(EXPR n "${count} + 1")
    set(count ${n} PARENT_SCOPE)
endfunction()

case("accepted" "" "kaal_add_system(s COMPONENTS c)
kaal_instance(s d COMPONENT c PRIORITY 7 PERIOD 10 BUDGET 5)
kaal_channel(s c.ctl d.ctl)
kaal_add_image(i SYSTEM s BOARDS b1/debug b1/release DEFAULT b1/release)
kaal_add_image(r ROOT init BOARDS b1/debug)
kaal_add_test(t IMAGE i EXPECT x VARIANTS default v3)")

case("K010 kaal_add_image\\(i\\): no board 'rpi5/debug'. This SDK has: b1/debug, b1/release. For your own board: kaal_add_board" ""
    "kaal_add_image(i COMPONENTS c BOARDS rpi5/debug)")
case("K010 .* no board 'b2/debug'. Did you mean 'b1/debug'" "" "kaal_add_image(i COMPONENTS c BOARDS b2/debug)")
case("K011 .* board 'b1' has no config 'relase'. Did you mean 'release'. It has: debug release" ""
    "kaal_add_image(i COMPONENTS c BOARDS b1/relase)")
case("K012 kaal_add_image\\(i\\).* 'hello' is not a KaaL component. Declare it with kaal_add_component\\(hello SOURCES" ""
    "kaal_add_image(i ROOT hello BOARDS b1/debug)")
case("K012 kaal_instance\\(i hello\\): 'hello' is not a KaaL component" ""
    "kaal_add_image(i COMPONENTS hello BOARDS b1/debug)")
case("K013 kaal_add_component\\(x\\): unknown argument 'SOURCE'. Did you mean 'SOURCES'. Known: SOURCES LINK PORTS STACK HEAP" ""
    "kaal_add_component(x SOURCE a.c)")
case("K013 kaal_add_image\\(i\\): unknown argument 'COLOUR'" "" "kaal_add_image(i COLOUR red COMPONENTS c)")
case("K013 kaal_channel" "" "kaal_add_system(s COMPONENTS c)\nkaal_channel(s c.ctl c.ctl SLOTS 4)")
case("accepted" "" "kaal_add_component(w SOURCES a.c PORTS out:sends in:receives tx:irq off:caps)
kaal_add_system(s COMPONENTS w c)
kaal_ring(s w.out w.in KIND slots SLOTS 4 SLOT_SIZE 64)
kaal_grant(s w.tx DEVICE stdout)
kaal_grant(s w.off CAP power)
kaal_add_image(i SYSTEM s BOARDS b1/debug)")
case("K013 kaal_ring\\(s c.ctl c.ctl\\): unknown argument 'SLOT'. Did you mean 'SLOTS'. Known: KIND SLOTS SLOT_SIZE" ""
    "kaal_add_system(s COMPONENTS c)
kaal_ring(s c.ctl c.ctl SLOT 4)")
case("K013 kaal_grant\\(s c.ctl\\): unknown argument" ""
    "kaal_add_system(s COMPONENTS c)
kaal_grant(s c.ctl MEMORY 4096)")
case("K060 no-board has no board.cmake" "" "kaal_add_board(no-board)")
case("SOURCES is missing" "" "kaal_add_component(x STACK 4K)")
case("STACK 'big' is not a size" "" "kaal_add_component(x SOURCES a.c STACK big)")
case("HEAP '64k' is not a size" "" "kaal_add_component(x SOURCES a.c HEAP 64k)")
case("port 'ctl' is not <port>:<kind>" "" "kaal_add_component(x SOURCES a.c PORTS ctl)")
case("port 'ctl' has unknown kind 'cals'. Did you mean 'calls'" "" "kaal_add_component(x SOURCES a.c PORTS ctl:cals)")
case("there is no system 'nosys'" "" "kaal_instance(nosys i COMPONENT c)")
case("kaal_add_system\\(s\\): declared twice" "" "kaal_add_system(s)\nkaal_add_system(s)")
case("image 'i' has packed system 's' already" ""
    "kaal_add_system(s COMPONENTS c)\nkaal_add_image(i SYSTEM s BOARDS b1/debug)\nkaal_channel(s c.ctl c.ctl)")
case("'ctl' is not <instance>.<port>" "" "kaal_add_system(s)\nkaal_channel(s ctl c.ctl)")
case("'ctl' is not <instance>.<port>" "" "kaal_add_system(s)
kaal_ring(s c.ctl ctl SLOTS 4 SLOT_SIZE 8)")
case("SLOT_SIZE '' is not a number" "" "kaal_add_system(s)
kaal_ring(s c.a c.b SLOTS 4)")
case("KIND 'bytes' is not supported. Known: slots" ""
    "kaal_add_system(s)
kaal_ring(s c.a c.b KIND bytes SLOTS 4 SLOT_SIZE 8)")
case("needs DEVICE <role> or CAP <name>" "" "kaal_add_system(s)
kaal_grant(s c.a)")
case("needs DEVICE <role> or CAP <name>" "" "kaal_add_system(s)
kaal_grant(s c.a DEVICE stdout CAP power)")
case("PRIORITY 'high' is not a number" "" "kaal_add_system(s)\nkaal_instance(s i COMPONENT c PRIORITY high)")
case("BOARDS is missing" "" "kaal_add_image(i COMPONENTS c)")
case("SYSTEM and COMPONENTS exclude each other" "" "kaal_add_image(i COMPONENTS c SYSTEM s BOARDS b1/debug)")
case("DEFAULT 'b1/release' is not one of BOARDS" "" "kaal_add_image(i COMPONENTS c BOARDS b1/debug DEFAULT b1/release)")
case("there is no image 'i'" "" "kaal_add_test(t IMAGE i EXPECT x)")
case("accepted" "" "kaal_add_image(i COMPONENTS c BOARDS b1/debug)\nkaal_add_test(t IMAGE i EXPECT x POWER_OFF)")
case("K013 kaal_add_test\\(t\\): unknown argument .POWEROFF.. Did you mean .POWER_OFF." ""
    "kaal_add_image(i COMPONENTS c BOARDS b1/debug)\nkaal_add_test(t IMAGE i POWEROFF EXPECT x)")
case("with -no-reboot a restart would pass for POWER_OFF" ""
    "kaal_add_image(i COMPONENTS c BOARDS b1/debug)\nkaal_add_test(t IMAGE i EXPECT x POWER_OFF QEMU_ARGS -no-reboot)")
case("EXPECT is missing" "" "kaal_add_image(i COMPONENTS c BOARDS b1/debug)\nkaal_add_test(t IMAGE i)")
case("is not built for 'b1/release'. It is for: b1/debug" ""
    "kaal_add_image(i COMPONENTS c BOARDS b1/debug)\nkaal_add_test(t IMAGE i BOARD b1/release EXPECT x)")
case("board 'b1' has no variant 'v4'. It has: default v3" ""
    "kaal_add_image(i COMPONENTS c BOARDS b1/debug)\nkaal_add_test(t IMAGE i VARIANTS v4 EXPECT x)")

set(rest "CONFIGS debug FORMAT bin LOAD_ADDRESS 0x1000 SOURCES early.c")
case("board.cmake: does not call kaal_board" "set(x 1)" "")
case("board.cmake: CPU is missing" "kaal_board(NAME b1 ${rest})" "")
case("NAME 'B1' is not lower-case" "kaal_board(NAME B1 CPU cortex-a53 ${rest})" "")
case("CPU 'cortex-a54' is unknown. Did you mean" "kaal_board(NAME b1 CPU cortex-a54 ${rest})" "")
case("K013 kaal_board\\(b1\\): unknown argument 'UART'" "kaal_board(NAME b1 UART x CPU cortex-a53 ${rest})" "")
string(REPLACE "FORMAT bin" "FORMAT elf" bad "${rest}")
case("FORMAT 'elf' is unknown" "kaal_board(NAME b1 CPU cortex-a53 ${bad})" "")
string(REPLACE "0x1000" "0x1004" bad "${rest}")
case("LOAD_ADDRESS '0x1004' is not" "kaal_board(NAME b1 CPU cortex-a53 ${bad})" "")
string(REPLACE "CONFIGS debug" "CONFIGS debag" bad "${rest}")
case("no kernel configuration 'debag'. Did you mean 'debug'" "kaal_board(NAME b1 CPU cortex-a53 ${bad})" "")
string(REPLACE "early.c" "late.c" bad "${rest}")
case("'late.c' does not exist" "kaal_board(NAME b1 CPU cortex-a53 ${bad})" "")
case("DTB 'a.c' is neither .dts nor .dtb" "kaal_board(NAME b1 CPU cortex-a53 ${rest} DTB a.c)" "")
case("comes after kaal_board" "kaal_board_variant(v3 -M virt)" "")

message(STATUS "${count} uses refused or accepted as they should be")
