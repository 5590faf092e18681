# SPDX-License-Identifier: Apache-2.0
# cmake -DCASE= -DSDK= -DWORK= [-DEXAMPLE=] [-DSOURCE= -DBUILD=] -P project.cmake
# Projects that use the installed SDK as its documents say.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

set(kaal "${SDK}/bin/kaal")
set(boards "qemu-virt/debug;qemu-virt/release;rpi4/debug;rpi4/release;imx8mp-evk/debug;imx8mp-evk/release")
set(hello_c "#include <stdio.h>\n\nint main(void)\n{\n    printf(\"Hello from KaaL, %.2f\\n\", 2.5);\n    return 0;\n}\n")
string(REPLACE "REQUIRED)" "REQUIRED COMPONENTS libc)" libc_head "${head}")
set(six_lines "${libc_head}
kaal_add_component(hello SOURCES hello.c LINK KaaL::libc)
kaal_add_image(hello_image COMPONENTS hello BOARDS qemu-virt/debug)\n")

# boots(<target>): what the target says is the console of a system that said hello and ended.
function(boots target)
    must("${target}" "${kaal}" expect --timeout 60 --in-order --expect "^\\[hello\\] Hello from KaaL, 2\\.50"
        --expect "^init: 'hello' has ended, status 0" -- ${build} --target ${target})
    set(out "${out}" PARENT_SCOPE)
endfunction()

# entries(<result> <image> <kind>): lines "<kind> <name> <size> <hash>" of an image, from kaal check.
function(entries result image kind)
    must("kaal check" "${kaal}" check "${image}")
    string(REGEX MATCHALL "entry [0-9]+: ${kind} [^\n]*" lines "${out}")
    string(REGEX REPLACE "entry [0-9]+: ([^,]*, [0-9]+ bytes) at 0x[0-9a-f]+(, hash 0x[0-9a-f]+)" "\\1\\2" lines "${lines}")
    if(NOT lines MATCHES "hash 0x")
        message(FATAL_ERROR "no ${kind} in:\n${out}")
    endif()
    set(${result} "${lines}" PARENT_SCOPE)
endfunction()

if(CASE STREQUAL "hello")
    # Six lines, then the same build directory for all boards.
    new_project("${six_lines}")
    must(configure ${configure})
    if(NOT out MATCHES "-- KaaL 0\\.1\\.0 \\(${SDK}\\)")
        message(FATAL_ERROR "does not say which SDK it took:\n${out}")
    endif()
    must(build ${build})
    boots(run)
    if(NOT out MATCHES "run: hello_image on qemu-virt/debug")
        message(FATAL_ERROR "'run' does not say what it runs:\n${out}")
    endif()
    string(REPLACE ";" "\\;" list "${boards}")
    must(configure ${configure} "-DKAAL_BOARDS=${list}" -DKAAL_GDB_PORT=${PORT})
    must(build ${build})
    if(out MATCHES "hello\\.c")
        message(FATAL_ERROR "another board compiled the component again:\n${out}")
    endif()
    # Nothing of the trees that the SDK was made in.
    execute_process(COMMAND grep -rlaF -e "${SOURCE}" -e "${BUILD}" "${WORK}"
        OUTPUT_VARIABLE found RESULT_VARIABLE code)
    if(NOT code EQUAL 1)
        message(FATAL_ERROR "these name KaaL's source or build directory:\n${found}")
    endif()
    # And in the images nothing of the tree that the project is made in.
    file(GLOB_RECURSE images "${WORK}/build/images/*.bin")
    execute_process(COMMAND grep -laF -e "${WORK}" -e "CMakeLists.txt" ${images}
        OUTPUT_VARIABLE found RESULT_VARIABLE code)
    list(LENGTH images count)
    if(NOT code EQUAL 1 OR NOT count EQUAL 6)
        message(FATAL_ERROR "${count} images, of which these name the project's directory:\n${found}")
    endif()
elseif(CASE STREQUAL "run")
    boots(run.hello_image.${BOARD})
elseif(CASE STREQUAL "debug")
    # The last line comes after QEMU's end: it does not stay behind. gdb 13 may
    # crash once its target has gone, so that its status says nothing. A
    # breakpoint that a preempted thread comes back to is hit again: it is deleted.
    must(gdb "${kaal}" expect --timeout 60 --in-order --expect "^Breakpoint 1, kernel_boot \\("
        --expect "^Breakpoint 2, main \\(\\)" --expect "^5.*printf\\(\"Hello" --expect "^\\[hello\\] Hello"
        --expect "^\\[Inferior 1 .* killed\\]" -- sh -c "\"$@\" || true" sh gdb-multiarch -q -batch
        -x "${WORK}/build/images/hello_image/qemu-virt/debug/debug.gdb"
        -ex "hbreak kernel_boot" -ex continue -ex "hbreak hello.c:5" -ex continue -ex "delete 2"
        -ex "hbreak hello.c:6" -ex continue -ex kaal-console -ex kill)
elseif(CASE STREQUAL "once")
    # One compile, one ELF, in every image; one kernel of a configuration on every board.
    file(READ "${WORK}/build/compile_commands.json" commands)
    string(REGEX MATCHALL "\"file\": [^\n]*hello\\.c\"" compiled "${commands}")
    list(LENGTH compiled count)
    if(NOT count EQUAL 1)
        message(FATAL_ERROR "hello.c is compiled ${count} times:\n${commands}")
    endif()
    foreach(board IN LISTS boards)
        set(image "${WORK}/build/images/hello_image/${board}/hello_image.bin")
        get_filename_component(config "${board}" NAME)
        entries(component "${image}" component)
        entries(root "${image}" root)
        entries(kernel "${image}" kernel)
        list(APPEND components "${component} ${root}")
        list(APPEND kernels_${config} "${kernel}")
    endforeach()
    list(REMOVE_DUPLICATES components)
    list(REMOVE_DUPLICATES kernels_debug)
    list(REMOVE_DUPLICATES kernels_release)
    list(LENGTH components a)
    list(LENGTH kernels_debug b)
    list(LENGTH kernels_release c)
    if(NOT "${a} ${b} ${c}" STREQUAL "1 1 1")
        message(FATAL_ERROR "differ between boards: ${components}\n${kernels_debug}\n${kernels_release}")
    endif()
    if(kernels_debug STREQUAL kernels_release)
        message(FATAL_ERROR "two configurations with the same kernel: ${kernels_debug}")
    endif()
    message(STATUS "in all images: ${components}; kernels ${kernels_debug}, ${kernels_release}")
elseif(CASE STREQUAL "order")
    # Below project() with KaaL's toolchain file, which also says where the SDK is.
    string(REPLACE "find_package(KaaL 0.1 REQUIRED COMPONENTS libc)\nproject(hello LANGUAGES C)\n"
        "project(hello LANGUAGES C)\nfind_package(KaaL 0.1 REQUIRED COMPONENTS libc)\n" text "${six_lines}")
    new_project("${text}")
    must(configure cmake -G Ninja -S "${WORK}" -B "${WORK}/build"
        --toolchain "${SDK}/share/kaal-0.1/toolchains/aarch64-kaal.cmake")
    must(build ${build})
    boots(run)
    # Found by the PATH alone.
    new_project("${six_lines}")
    execute_process(COMMAND "${env}" -i "PATH=${SDK}/bin:/usr/bin:/bin" cmake -G Ninja
        -S "${WORK}" -B "${WORK}/build" COMMAND_ERROR_IS_FATAL ANY)
    must(build ${build})
elseif(CASE STREQUAL "version")
    foreach(version IN ITEMS 0.1 0.1.0 "0.1.0 EXACT" "")
        new_project("cmake_minimum_required(VERSION 3.25)\nfind_package(KaaL ${version} REQUIRED)\nproject(x LANGUAGES C)\n")
        must("version '${version}'" ${configure})
    endforeach()
    foreach(version IN ITEMS 0.1.1 0.2 1.0 0.0.9 "0.1.1 EXACT")
        new_project("cmake_minimum_required(VERSION 3.25)\nfind_package(KaaL ${version} REQUIRED)\nproject(x LANGUAGES C)\n")
        must_fail("(compatible with|exactly matches) requested version .*KaaLConfig.cmake, version: 0.1.0" ${configure})
    endforeach()
elseif(CASE STREQUAL "example")
    # The example is the same text here and in KaaL's tree.
    file(REMOVE_RECURSE "${WORK}")
    get_filename_component(name "${EXAMPLE}" NAME)
    file(COPY "${EXAMPLE}/" DESTINATION "${WORK}")
    must(configure ${configure})
    must(build ${build})
elseif(CASE STREQUAL "broker")
    # A root task of its own: memory, mapping and console of KaaL::broker, libfdt
    # on the devicetree of QEMU's machine virt.
    string(REPLACE "COMPONENTS libc)" "COMPONENTS broker)" text "${libc_head}")
    new_project("${text}
kaal_add_component(root SOURCES root.c LINK KaaL::broker)
kaal_add_image(root_image ROOT root BOARDS qemu-virt/debug imx8mp-evk/release)\n")
    file(WRITE "${WORK}/root.c" [=[
#include <kaal/broker/mapping.h>
#include <kaal/broker/output.h>
#include <libfdt.h>
#include <string.h>

_Noreturn void kaal_root_main(const struct kaal_bootinfo *bootinfo)
{
    static struct arena own;
    const uint64_t window =
        (bootinfo->free_vaddr + KAAL_PAGE_SIZE - 1) & ~(uint64_t)(KAAL_PAGE_SIZE - 1);
    memory_init(bootinfo);
    if (arena_create(&own, 65536, 16) != KAAL_OK || output_init(bootinfo, &own, window) != KAAL_OK) {
        __builtin_trap();
    }
    const void *tree = (const void *)bootinfo->devicetree;
    int length = -1;
    const char *machine = fdt_check_header(tree) == 0 ? fdt_getprop(tree, 0, "compatible", &length) : NULL;
    output_printf("root: %s, %u bytes\n", machine != NULL ? machine : "none", (unsigned)strlen(machine));
    for (;;) {
    }
}
]=])
    must(configure ${configure})
    must(build ${build})
    must(run "${kaal}" expect --timeout 60 --expect "^root: linux,dummy-virt, 16 bytes" -- ${build} --target run)
    must(run "${kaal}" expect --timeout 60 --expect "^root: fsl,imx8mp-evk, 14 bytes"
        -- ${build} --target run.root_image.imx8mp-evk.release)
    # It is not there for those who did not ask for the component, and a program
    # without kaal_root_main() is no root task.
    file(WRITE "${WORK}/root.c" "int main(void)\n{\n    return 0;\n}\n")
    must_fail("undefined symbol: kaal_root_main" ${build})
elseif(CASE STREQUAL "bsp")
    # An own board: a copy of qemu-virt under another name, with a loader linked here.
    string(REPLACE "BOARDS qemu-virt/debug" "BOARDS mine/release" text "${six_lines}")
    string(REPLACE "COMPONENTS libc)" "COMPONENTS libc bsp)" text "${text}")
    string(REPLACE "\nkaal_add_component" "\nkaal_add_board(boards/mine)\nkaal_add_component" text "${text}")
    new_project("${text}")
    file(COPY "${SDK}/lib/kaal-0.1/boards/qemu-virt/" DESTINATION "${WORK}/boards/mine")
    file(REMOVE "${WORK}/boards/mine/loader.bin")
    file(READ "${WORK}/boards/mine/board.cmake" board)
    string(REPLACE "NAME qemu-virt" "NAME mine" board "${board}")
    file(WRITE "${WORK}/boards/mine/board.cmake" "${board}")
    must(configure ${configure})
    must(build ${build})
    boots(run)
    must("kaal boards" "${kaal}" boards "${WORK}/build")
    if(NOT out MATCHES "\nmine/release +cortex-a53 +0x40200000 ")
        message(FATAL_ERROR "'kaal boards' does not list it:\n${out}")
    endif()
elseif(CASE STREQUAL "tool")
    must("kaal boards" "${kaal}" boards)
    foreach(board IN LISTS boards)
        if(NOT out MATCHES "\n${board} +cortex-[^\n]+ default")
            message(FATAL_ERROR "'kaal boards' does not list ${board}:\n${out}")
        endif()
    endforeach()
    set(list "${out}")
    must("kaal boards <sdk>" "${kaal}" boards "${SDK}")
    if(NOT out STREQUAL list OR list MATCHES "twin")
        message(FATAL_ERROR "'kaal boards' and 'kaal boards <sdk>' differ, or list more than boards:\n${list}\n${out}")
    endif()
    must_fail("neither an SDK nor a configured build directory" "${kaal}" boards /usr)
    file(WRITE "${WORK}/boards/boards.txt" "kaal-boards 1\nb/c cortex-a53\n")
    must_fail("boards.txt:2: cut off" "${kaal}" boards "${WORK}")
    file(WRITE "${WORK}/boards/boards.txt" "kaal-boards 1\n")
    must_fail("names no board" "${kaal}" boards "${WORK}")
    file(WRITE "${WORK}/boards/boards.txt" "kaal-boards 2\n")
    must_fail("is not a list of boards that this tool reads" "${kaal}" boards "${WORK}")
    must_fail("there is no command 'pakc'" "${kaal}" pakc)
    must(--help "${kaal}" --help)
    foreach(command IN ITEMS pack check boards expect)
        if(NOT out MATCHES "\n  ${command} ")
            message(FATAL_ERROR "--help does not list ${command}:\n${out}")
        endif()
        execute_process(COMMAND "${kaal}" ${command} --help OUTPUT_VARIABLE help RESULT_VARIABLE code)
        if(NOT code EQUAL 0 OR NOT help MATCHES "^usage: kaal ${command} .*Exit status: 0 ")
            message(FATAL_ERROR "kaal ${command} --help: ${code}\n${help}")
        endif()
        execute_process(COMMAND "${kaal}" ${command} --no-such-option ERROR_QUIET RESULT_VARIABLE code)
        if(NOT code EQUAL 2)
            message(FATAL_ERROR "kaal ${command} --no-such-option: status ${code}, not 2")
        endif()
    endforeach()
else()
    message(FATAL_ERROR "there is no case '${CASE}'")
endif()
