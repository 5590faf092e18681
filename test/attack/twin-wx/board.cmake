# SPDX-License-Identifier: Apache-2.0
# qemu-virt with a kernel that maps memory writable and executable when asked.
# For the twins of the attacks alone.
kaal_board(NAME twin-wx CPU cortex-a53 CONFIGS twin-wx
    FORMAT bin
    LOAD_ADDRESS 0x40200000
    SOURCES ../../../bsp/qemu-virt/early.c
    QEMU -M virt,gic-version=2 -cpu cortex-a53 -smp 1 -m 1G -nographic -nic none)
