# SPDX-License-Identifier: Apache-2.0
# NXP i.MX 8M Plus EVK. The console is UART2: in QEMU the second serial port.
kaal_board(NAME imx8mp-evk CPU cortex-a53 CONFIGS debug release bench
    FORMAT bin
    LOAD_ADDRESS 0x40200000
    DTB imx8mp-evk.dts
    SOURCES early.c
    QEMU -M imx8mp-evk -smp 4 -m 1G -display none -monitor none -nic none -serial null -serial stdio)
