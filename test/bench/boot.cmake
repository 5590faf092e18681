# SPDX-License-Identifier: Apache-2.0
# cmake -DBOOT=boot.json -DLARGE=boot-4g.json [-DPERCENT=10] -P boot.cmake
# With 4 GiB of RAM the boot takes at most PERCENT more than with 1 GiB.
cmake_minimum_required(VERSION 3.25)
if(NOT DEFINED PERCENT)
    set(PERCENT 10)
endif()
file(READ "${BOOT}" small)
file(READ "${LARGE}" large)
foreach(op IN ITEMS boot_kernel boot_loader)
    string(JSON few GET "${small}" ${op})
    string(JSON many GET "${large}" ${op})
    math(EXPR limit "${few} * (100 + ${PERCENT}) / 100")
    message(STATUS "${op}: ${few} instructions with 1 GiB, ${many} with 4 GiB, limit ${limit}")
    if(few EQUAL 0 OR many GREATER limit)
        message(FATAL_ERROR "${op}: ${many} instructions with 4 GiB are more than ${limit}")
    endif()
endforeach()
