# SPDX-License-Identifier: Apache-2.0
# Boards. Each bsp/<board>/board.cmake is data, read by kaal_add_board():
#
#   kaal_board(NAME qemu-virt CPU cortex-a53 CONFIGS debug release bench
#              FORMAT bin                    # flat arm64 Image; the only format so far
#              LOAD_ADDRESS 0x40200000       # of the first byte; a multiple of 4 KiB
#              [DTB board.dts|board.dtb]     # given to QEMU with -dtb; absent: QEMU makes one
#              SOURCES early.c               # bsp_early_init(), bsp_putc()
#              [QEMU -M virt,gic-version=2 -cpu cortex-a53 -m 512M -nic none -nographic]
#              [FLASH <command>...])
#   kaal_board_variant(gicv3 -M virt,gic-version=3 -cpu cortex-a53 -m 512M -nic none -nographic)
#
# QEMU is all of the command line but the program, -kernel and -dtb. A variant
# is the same board under another QEMU line; images and tests name it by
# VARIANTS. In board.cmake all paths are relative to it.
#
#   kaal_add_board(<dir>)    an out-of-tree board; or list directories in KAAL_BOARD_PATH
#   kaal_boards(<out-var>)   "<board>/<config>" of all boards

set(_KAAL_CPUS cortex-a35 cortex-a53 cortex-a55 cortex-a57 cortex-a72 cortex-a73 cortex-a76)

# Sets <out> to " Did you mean 'y'?" when one of the words is near word.
function(_kaal_suggest out word)
    set(best "")
    string(TOLOWER "${word}" lower)
    string(LENGTH "${lower}" length)
    foreach(candidate IN LISTS ARGN)
        string(TOLOWER "${candidate}" other)
        string(LENGTH "${other}" other_length)
        math(EXPR difference "${length} - ${other_length}")
        if(difference LESS -2 OR difference GREATER 2)
            continue()
        endif()
        # Near: the same but for one place where either has up to two letters more or others.
        set(prefix 0)
        while(prefix LESS length AND prefix LESS other_length)
            string(SUBSTRING "${lower}" ${prefix} 1 a)
            string(SUBSTRING "${other}" ${prefix} 1 b)
            if(NOT a STREQUAL b)
                break()
            endif()
            math(EXPR prefix "${prefix} + 1")
        endwhile()
        set(suffix 0)
        while(TRUE)
            math(EXPR i "${length} - 1 - ${suffix}")
            math(EXPR j "${other_length} - 1 - ${suffix}")
            if(i LESS prefix OR j LESS prefix)
                break()
            endif()
            string(SUBSTRING "${lower}" ${i} 1 a)
            string(SUBSTRING "${other}" ${j} 1 b)
            if(NOT a STREQUAL b)
                break()
            endif()
            math(EXPR suffix "${suffix} + 1")
        endwhile()
        math(EXPR wrong "${length} - ${prefix} - ${suffix}")
        if(wrong LESS_EQUAL 2)
            set(best " Did you mean '${candidate}'?")
            break()
        endif()
    endforeach()
    set(${out} "${best}" PARENT_SCOPE)
endfunction()

# Stops when a function was given arguments that it does not know. K013.
macro(_kaal_known_arguments what)
    if(arg_UNPARSED_ARGUMENTS)
        list(GET arg_UNPARSED_ARGUMENTS 0 _bad)
        _kaal_suggest(_hint "${_bad}" ${ARGN})
        string(REPLACE ";" " " _known "${ARGN}")
        message(FATAL_ERROR "K013 ${what}: unknown argument '${_bad}'.${_hint} Known: ${_known}")
    endif()
    if(arg_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR "K013 ${what}: ${arg_KEYWORDS_MISSING_VALUES} needs a value")
    endif()
endmacro()

function(_kaal_board_error text)
    message(FATAL_ERROR "${KAAL_BOARD_DIR}/board.cmake: ${text}")
endfunction()

function(kaal_boards out)
    get_property(boards GLOBAL PROPERTY KAAL_BOARDS)
    set(${out} "${boards}" PARENT_SCOPE)
endfunction()

function(kaal_add_board dir)
    get_filename_component(KAAL_BOARD_DIR "${dir}" ABSOLUTE)
    if(NOT EXISTS "${KAAL_BOARD_DIR}/board.cmake")
        file(GLOB found RELATIVE "${KAAL_BOARD_DIR}" "${KAAL_BOARD_DIR}/*")
        set(hint "")
        foreach(name IN LISTS found)
            if(EXISTS "${KAAL_BOARD_DIR}/${name}/board.cmake")
                set(hint ". Did you mean ${dir}/${name}?")
            endif()
        endforeach()
        string(REPLACE ";" " " found "${found}")
        message(FATAL_ERROR "K060 ${dir} has no board.cmake (kaal_add_board wants the board's own "
            "directory; it contains: ${found})${hint}")
    endif()
    set(KAAL_BOARD_NAME "")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${KAAL_BOARD_DIR}/board.cmake")
    include("${KAAL_BOARD_DIR}/board.cmake")
    if(KAAL_BOARD_NAME STREQUAL "")
        _kaal_board_error("does not call kaal_board()")
    endif()
endfunction()

function(kaal_board)
    set(one NAME CPU FORMAT LOAD_ADDRESS DTB)
    set(many CONFIGS SOURCES QEMU FLASH)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "${one}" "${many}")
    _kaal_known_arguments("kaal_board(${arg_NAME})" ${one} ${many})
    foreach(key IN ITEMS NAME CPU CONFIGS FORMAT LOAD_ADDRESS SOURCES)
        if(NOT arg_${key})
            _kaal_board_error("${key} is missing. kaal_board needs NAME CPU CONFIGS FORMAT LOAD_ADDRESS SOURCES")
        endif()
    endforeach()
    if(NOT arg_NAME MATCHES "^[a-z0-9][a-z0-9-]*$")
        _kaal_board_error("NAME '${arg_NAME}' is not lower-case letters, digits and '-'")
    endif()
    if(NOT arg_CPU IN_LIST _KAAL_CPUS)
        _kaal_suggest(hint "${arg_CPU}" ${_KAAL_CPUS})
        string(REPLACE ";" " " known "${_KAAL_CPUS}")
        _kaal_board_error("CPU '${arg_CPU}' is unknown.${hint} Known: ${known}")
    endif()
    if(NOT arg_FORMAT STREQUAL "bin")
        _kaal_board_error("FORMAT '${arg_FORMAT}' is unknown. Known: bin")
    endif()
    if(NOT arg_LOAD_ADDRESS MATCHES "^0x[0-9a-fA-F]+000$")
        _kaal_board_error("LOAD_ADDRESS '${arg_LOAD_ADDRESS}' is not a hexadecimal multiple of 0x1000")
    endif()
    foreach(config IN LISTS arg_CONFIGS)
        if(NOT TARGET kernel_${config})
            _kaal_suggest(hint "${config}" debug release bench)
            _kaal_board_error("there is no kernel configuration '${config}'.${hint}")
        endif()
    endforeach()
    foreach(source IN LISTS arg_SOURCES arg_DTB)
        if(NOT EXISTS "${KAAL_BOARD_DIR}/${source}")
            _kaal_board_error("'${source}' does not exist")
        endif()
    endforeach()
    get_property(names GLOBAL PROPERTY KAAL_BOARD_NAMES)
    if(arg_NAME IN_LIST names)
        _kaal_board_error("a board named '${arg_NAME}' exists already")
    endif()

    set_property(GLOBAL APPEND PROPERTY KAAL_BOARD_NAMES ${arg_NAME})
    foreach(config IN LISTS arg_CONFIGS)
        set_property(GLOBAL APPEND PROPERTY KAAL_BOARDS ${arg_NAME}/${config})
    endforeach()
    foreach(key IN ITEMS CONFIGS QEMU FLASH)
        set_property(GLOBAL PROPERTY KAAL_BOARD_${arg_NAME}_${key} "${arg_${key}}")
    endforeach()
    set(KAAL_BOARD_NAME ${arg_NAME} PARENT_SCOPE)

    set(out "${CMAKE_BINARY_DIR}/boards/${arg_NAME}")
    file(MAKE_DIRECTORY "${out}")
    _kaal_board_loader(${arg_NAME} "${arg_CPU}" "${arg_LOAD_ADDRESS}" "${out}" "${arg_SOURCES}")
    _kaal_board_dtb(${arg_NAME} "${arg_DTB}" "${out}")
endfunction()

# Another QEMU line for the board declared last in this board.cmake.
function(kaal_board_variant variant)
    if(KAAL_BOARD_NAME STREQUAL "")
        _kaal_board_error("kaal_board_variant() comes after kaal_board()")
    endif()
    if(NOT ARGN OR NOT variant MATCHES "^[a-z0-9-]+$")
        _kaal_board_error("kaal_board_variant(<name> <qemu argument>...): bad name or no arguments")
    endif()
    set_property(GLOBAL APPEND PROPERTY KAAL_BOARD_${KAAL_BOARD_NAME}_VARIANTS ${variant})
    set_property(GLOBAL PROPERTY KAAL_BOARD_${KAAL_BOARD_NAME}_QEMU_${variant} "${ARGN}")
endfunction()

# Target loader.<board>: loader.elf and loader.bin.
function(_kaal_board_loader name cpu address out sources)
    set(script "${CMAKE_SOURCE_DIR}/kernel/loader/loader.ld")
    list(TRANSFORM sources PREPEND "${KAAL_BOARD_DIR}/")
    set(target loader.${name})
    add_executable(${target} ${sources})
    target_compile_options(${target} PRIVATE -mtune=${cpu})
    target_include_directories(${target} PRIVATE "${KAAL_BOARD_DIR}")
    # The whole library: loader.ld picks its sections, and nothing refers to the entry.
    target_link_libraries(${target} PRIVATE -Wl,--whole-archive kaal-loader -Wl,--no-whole-archive)
    # Position independent: it relocates itself from .rela.dyn.
    target_link_options(${target} PRIVATE "-Wl,-T,${script}" -Wl,-pie -Wl,--no-dynamic-linker
        "-Wl,--defsym=KAAL_LOAD_ADDRESS=${address}" "-Wl,-Map=${out}/loader.map")
    set_target_properties(${target} PROPERTIES OUTPUT_NAME loader SUFFIX .elf
        LINK_DEPENDS "${script}" RUNTIME_OUTPUT_DIRECTORY "${out}")
    add_custom_command(OUTPUT "${out}/loader.bin"
        COMMAND "${CMAKE_OBJCOPY}" -O binary $<TARGET_FILE:${target}> "${out}/loader.bin"
        DEPENDS ${target} VERBATIM)
    add_custom_target(loader.${name}.bin ALL DEPENDS "${out}/loader.bin")
endfunction()

# Target dtb.<board> and property KAAL_BOARD_<board>_DTB: what QEMU gets with -dtb, or "".
function(_kaal_board_dtb name file out)
    set(dtb "")
    if(file MATCHES "\\.dts$")
        set(dtb "${out}/${name}.dtb")
        add_custom_command(OUTPUT "${dtb}"
            COMMAND "${KAAL_DTC}" -q -I dts -O dtb -o "${dtb}" "${KAAL_BOARD_DIR}/${file}"
            DEPENDS "${KAAL_BOARD_DIR}/${file}" VERBATIM)
    elseif(file MATCHES "\\.dtb$")
        set(dtb "${out}/${name}.dtb")
        add_custom_command(OUTPUT "${dtb}"
            COMMAND "${CMAKE_COMMAND}" -E copy "${KAAL_BOARD_DIR}/${file}" "${dtb}"
            DEPENDS "${KAAL_BOARD_DIR}/${file}" VERBATIM)
    elseif(file)
        _kaal_board_error("DTB '${file}' is neither .dts nor .dtb")
    endif()
    add_custom_target(dtb.${name} ALL DEPENDS ${dtb})
    set_property(GLOBAL PROPERTY KAAL_BOARD_${name}_DTB "${dtb}")
endfunction()
