# SPDX-License-Identifier: Apache-2.0
# Programs of the build host beside the compiler. A missing or too old one is
# one message that says what to type.

set(_kaal_setup "or run: sh toolchains/setup-debian12.sh")

find_program(KAAL_DTC dtc)
if(NOT KAAL_DTC)
    message(FATAL_ERROR "No devicetree compiler (dtc) found.\n"
        "  Debian 12: apt-get install device-tree-compiler\n  ${_kaal_setup}")
endif()

find_program(KAAL_QEMU qemu-system-aarch64)
if(NOT KAAL_QEMU)
    message(FATAL_ERROR "No qemu-system-aarch64 found; KaaL needs QEMU 10 or newer.\n"
        "  Debian 12: apt-get install -t bookworm-backports qemu-system-arm ipxe-qemu\n  ${_kaal_setup}")
endif()
execute_process(COMMAND "${KAAL_QEMU}" --version OUTPUT_VARIABLE _kaal_qemu_version ERROR_QUIET)
if(NOT _kaal_qemu_version MATCHES "version ([0-9]+)\\.([0-9]+)")
    message(FATAL_ERROR "${KAAL_QEMU} --version says nothing understandable.\n  ${_kaal_setup}")
endif()
if(CMAKE_MATCH_1 LESS 10)
    message(FATAL_ERROR "${KAAL_QEMU} is version ${CMAKE_MATCH_1}.${CMAKE_MATCH_2}; KaaL needs 10 or newer.\n"
        "  Debian 12: apt-get install -t bookworm-backports qemu-system-arm ipxe-qemu\n  ${_kaal_setup}")
endif()
