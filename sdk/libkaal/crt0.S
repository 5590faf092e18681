/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/abi/types.h>

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

/* Version of the interfaces this was built for; read by kaal pack and init. */
    .section .note.kaal, "a", %note
    .balign 4
    .word 5 /* bytes of the name */
    .word 4 /* bytes of the description */
    .word 1 /* type: ABI version */
    .asciz "KaaL"
    .balign 4
    .word KAAL_ABI
