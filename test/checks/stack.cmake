# SPDX-License-Identifier: Apache-2.0
# cmake -DPROGRAM= -DOBJDUMP= -DELF= -DREPORT= -P stack.cmake
# The kernel's stack is 4 KiB; no chain of calls uses more than half of it.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND "${OBJDUMP}" -d --no-show-raw-insn --no-leading-addr "${ELF}"
    OUTPUT_FILE "${REPORT}.dis" RESULT_VARIABLE status)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${OBJDUMP} cannot read ${ELF}")
endif()
execute_process(COMMAND "${PROGRAM}" 2048 "${REPORT}" "${REPORT}.dis" RESULT_VARIABLE status)
file(REMOVE "${REPORT}.dis")
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ELF}: see above")
endif()
