/* SPDX-License-Identifier: Apache-2.0 */

/*
 * First instruction of a root task. From the kernel:
 *   x0  address of struct kaal_bootinfo
 *   sp  0
 * The linker script puts the stack right above read-only memory, so running
 * out of it is a fault.
 */
    .equ ROOT_STACK_BYTES, 16384

    .section .text.start, "ax"
    .globl _start
    .type _start, %function
_start:
    bti c
    adrp x1, root_stack_top
    add x1, x1, :lo12:root_stack_top
    mov sp, x1
    mov x29, #0
    mov x30, #0
    bl kaal_root_main
    brk #0 /* kaal_root_main() does not return */
    .size _start, . - _start

    .section .root_stack, "aw"
    .balign 16
    .skip ROOT_STACK_BYTES
root_stack_top:

#include <kaal/abi_note.h>
