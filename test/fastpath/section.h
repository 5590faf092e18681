/* SPDX-License-Identifier: Apache-2.0 */
/* Included in front of each file of the kernel: all its variables lie in two
 * sections, which the linker marks the ends of. */
#pragma clang section bss = "kernel_bss" data = "kernel_data"
