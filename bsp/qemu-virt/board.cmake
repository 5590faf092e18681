# SPDX-License-Identifier: Apache-2.0
# QEMU's machine virt, which makes its own devicetree.
kaal_board(NAME qemu-virt CPU cortex-a53 CONFIGS debug release bench
    FORMAT bin
    LOAD_ADDRESS 0x40200000
    SOURCES early.c
    QEMU -M virt,gic-version=2 -cpu cortex-a53 -smp 1 -m 1G -nographic -nic none)
kaal_board_variant(gicv3
    -M virt,gic-version=3 -cpu cortex-a53 -smp 1 -m 1G -nographic -nic none)
kaal_board_variant(el2
    -M virt,gic-version=2,virtualization=on -cpu cortex-a53 -smp 1 -m 1G -nographic -nic none)
kaal_board_variant(el2-gicv3
    -M virt,gic-version=3,virtualization=on -cpu cortex-a53 -smp 1 -m 1G -nographic -nic none)
kaal_board_variant(a72
    -M virt,gic-version=2 -cpu cortex-a72 -smp 1 -m 1G -nographic -nic none)
