# SPDX-License-Identifier: Apache-2.0
# cmake -DSYMBOLS= -DOUT= -P blind.cmake
# OUT: SYMBOLS, but arch_irq_pending is where nothing ever runs.
cmake_minimum_required(VERSION 3.25)
file(READ "${SYMBOLS}" symbols)
string(REPLACE " arch_irq_pending\n" " not_known\n" without "${symbols}")
if(without STREQUAL symbols)
    message(FATAL_ERROR "${SYMBOLS} has no arch_irq_pending")
endif()
file(WRITE "${OUT}" "${without}fffffffffffffff0 t arch_irq_pending\n")
