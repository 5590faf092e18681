# SPDX-License-Identifier: Apache-2.0
# Raspberry Pi 4, all memory sizes. The console is the mini UART: in QEMU the
# second serial port.
kaal_board(NAME rpi4 CPU cortex-a72 CONFIGS debug release bench
    FORMAT bin
    LOAD_ADDRESS 0x200000
    DTB rpi4.dts
    SOURCES early.c
    QEMU -M raspi4b -smp 4 -m 2G -display none -monitor none -nic none -serial null -serial stdio)
