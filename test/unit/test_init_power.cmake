# SPDX-License-Identifier: Apache-2.0
# How init finds a watchdog and what it does with it, with the boards' blobs.
find_program(KAAL_DTC dtc REQUIRED)
set(_blobs "")
foreach(_board IN ITEMS rpi4 imx8mp-evk)
    set(_blob "${CMAKE_BINARY_DIR}/power-${_board}.dtb")
    set(_dts "${KAAL_ROOT}/bsp/${_board}/${_board}.dts")
    add_custom_command(OUTPUT "${_blob}" COMMAND "${KAAL_DTC}" -q -I dts -O dtb -o "${_blob}" "${_dts}"
        DEPENDS "${_dts}" VERBATIM)
    list(APPEND _blobs "${_blob}")
endforeach()
set(_fdt fdt.c fdt_addresses.c fdt_ro.c fdt_rw.c fdt_strerror.c fdt_wip.c)
list(TRANSFORM _fdt PREPEND "${KAAL_LIBFDT_DIR}/")
set_source_files_properties(${_fdt} PROPERTIES COMPILE_OPTIONS -w)
target_sources(${test} PRIVATE ${_blobs} ${_fdt} "${KAAL_ROOT}/kernel/loader/dt_cells.c"
    "${KAAL_ROOT}/sdk/broker/init/device.c" "${KAAL_ROOT}/sdk/broker/init/watchdog.c")
target_include_directories(${test} PRIVATE "${KAAL_ROOT}" "${KAAL_ROOT}/sdk/include")
target_include_directories(${test} SYSTEM PRIVATE "${KAAL_LIBFDT_DIR}")
target_compile_definitions(${test} PRIVATE FDT_ASSUME_MASK=4 _POSIX_C_SOURCE=200809L
    "RPI4_DTB=\"${CMAKE_BINARY_DIR}/power-rpi4.dtb\""
    "IMX8MP_DTB=\"${CMAKE_BINARY_DIR}/power-imx8mp-evk.dtb\"")
