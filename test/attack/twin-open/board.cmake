# SPDX-License-Identifier: Apache-2.0
# qemu-virt with a loader that opens the kernel's memory to user space. For the
# twins of the attacks alone.
kaal_board(NAME twin-open CPU cortex-a53 CONFIGS release
    FORMAT bin
    LOAD_ADDRESS 0x40200000
    SOURCES ../../../bsp/qemu-virt/early.c open.c
    QEMU -M virt,gic-version=2 -cpu cortex-a53 -smp 1 -m 1G -nographic -nic none)
