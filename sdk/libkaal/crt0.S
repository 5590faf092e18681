/* SPDX-License-Identifier: Apache-2.0 */

/*
 * First instruction of a component. From the root task's sys_tcb_resume():
 *   x0  address of the start-up page
 *   sp  top of the stack, 16-byte aligned
 * All other registers are zero.
 */
    .section .text.start, "ax"
    .globl _start
    .type _start, %function
_start:
    bti c
    mov x29, #0
    mov x30, #0
    bl kaal_start
    brk #0 /* kaal_start() does not return */
    .size _start, . - _start

#include <kaal/abi_note.h>
