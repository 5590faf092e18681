/* SPDX-License-Identifier: Apache-2.0 */

/* void suite_svc(struct suite_registers *registers): x0..x30 go into the
 * system call as they are there, and come back as it leaves them. */
    .global suite_svc
    .type suite_svc, %function
suite_svc:                          /* FROM: C. LIVE: x0 */
    bti     c
    stp     x29, x30, [sp, #-112]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    stp     x18, x0, [sp, #96]
    ldp     x2, x3, [x0, #16]
    ldp     x4, x5, [x0, #32]
    ldp     x6, x7, [x0, #48]
    ldp     x8, x9, [x0, #64]
    ldp     x10, x11, [x0, #80]
    ldp     x12, x13, [x0, #96]
    ldp     x14, x15, [x0, #112]
    ldp     x16, x17, [x0, #128]
    ldp     x18, x19, [x0, #144]
    ldp     x20, x21, [x0, #160]
    ldp     x22, x23, [x0, #176]
    ldp     x24, x25, [x0, #192]
    ldp     x26, x27, [x0, #208]
    ldp     x28, x29, [x0, #224]
    ldr     x30, [x0, #240]
    ldp     x0, x1, [x0]
    svc     #0
    stp     x0, x1, [sp, #-16]!
    ldr     x0, [sp, #16 + 104]
    stp     x2, x3, [x0, #16]
    stp     x4, x5, [x0, #32]
    stp     x6, x7, [x0, #48]
    stp     x8, x9, [x0, #64]
    stp     x10, x11, [x0, #80]
    stp     x12, x13, [x0, #96]
    stp     x14, x15, [x0, #112]
    stp     x16, x17, [x0, #128]
    stp     x18, x19, [x0, #144]
    stp     x20, x21, [x0, #160]
    stp     x22, x23, [x0, #176]
    stp     x24, x25, [x0, #192]
    stp     x26, x27, [x0, #208]
    stp     x28, x29, [x0, #224]
    str     x30, [x0, #240]
    ldp     x1, x2, [sp], #16
    stp     x1, x2, [x0]
    ldp     x18, x0, [sp, #96]
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #112
    ret
    .size suite_svc, . - suite_svc

/* void suite_fp_fill(kaal_word_t seed): all FP registers from the seed. */
    .arch_extension fp
    .arch_extension simd
    .global suite_fp_fill
    .type suite_fp_fill, %function
suite_fp_fill:                      /* FROM: C. LIVE: x0 */
    bti     c
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    add     x1, x0, #\n
    dup     v\n\().2d, x1
    .endr
    mov     x1, #0x00c00000         /* FPCR.RMode: round towards zero */
    and     x2, x0, #1
    mul     x1, x1, x2
    msr     fpcr, x1
    and     x2, x0, #0x1f           /* FPSR: the cumulative flags */
    msr     fpsr, x2
    ret
    .size suite_fp_fill, . - suite_fp_fill

/* kaal_word_t suite_fp_differs(kaal_word_t seed): 0 if all is as filled. */
    .global suite_fp_differs
    .type suite_fp_differs, %function
suite_fp_differs:                   /* FROM: C. LIVE: x0 */
    bti     c
    mov     x3, #0
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    add     x1, x0, #\n
    mov     x2, v\n\().d[0]
    eor     x2, x2, x1
    orr     x3, x3, x2
    mov     x2, v\n\().d[1]
    eor     x2, x2, x1
    orr     x3, x3, x2
    .endr
    mov     x1, #0x00c00000
    and     x2, x0, #1
    mul     x1, x1, x2
    mrs     x2, fpcr
    eor     x2, x2, x1
    orr     x3, x3, x2
    mrs     x2, fpsr
    and     x1, x0, #0x1f
    eor     x2, x2, x1
    orr     x3, x3, x2
    mov     x0, x3
    ret
    .size suite_fp_differs, . - suite_fp_differs

/* kaal_word_t suite_fp_bits(void): the OR of all FP registers, FPCR and FPSR. */
    .global suite_fp_bits
    .type suite_fp_bits, %function
suite_fp_bits:                      /* FROM: C. LIVE: nothing */
    bti     c
    mrs     x0, fpcr
    mrs     x1, fpsr
    orr     x0, x0, x1
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    mov     x1, v\n\().d[0]
    orr     x0, x0, x1
    mov     x1, v\n\().d[1]
    orr     x0, x0, x1
    .endr
    ret
    .size suite_fp_bits, . - suite_fp_bits

/*
 * void suite_pattern_<way>(struct suite_pattern *p): p->count times, fill every
 * register of user space from p->seed (x0..x30, NZCV, TPIDR_EL0, q0..q31, FPCR,
 * FPSR), enter the kernel in that way, and compare. p->wrong counts rounds that
 * found something else. The stack pointer is tested by being used.
 * Frame: 0 p, 8 x30, 16..95 x19..x28, 96 x29, 104 TPIDR_EL0, 128 x0..x30, 376 NZCV.
 */
    .equ FRAME, 384
    .macro pattern way, first, last, entry:vararg
    .global suite_pattern_\way
    .type suite_pattern_\way, %function
suite_pattern_\way:                 /* FROM: C. LIVE: x0 */
    bti     c
    sub     sp, sp, #FRAME
    stp     x0, x30, [sp]
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    mrs     x1, tpidr_el0
    stp     x29, x1, [sp, #96]
1:  ldr     x0, [sp]
    ldr     x0, [x0]
    bl      suite_fp_fill
    ldr     x0, [sp]
    ldr     x0, [x0]
    msr     tpidr_el0, x0
    lsl     x1, x0, #28
    and     x1, x1, #0xf0000000
    msr     nzcv, x1
    .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    add     x\n, x0, #\n
    .endr
    mov     x0, #\first
    \entry
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    str     x\n, [sp, #128 + 8 * \n]
    .endr
    mrs     x0, nzcv
    str     x0, [sp, #376]
    ldr     x0, [sp]
    ldr     x0, [x0]
    bl      suite_fp_differs
    ldr     x1, [sp]
    ldr     x2, [x1]                /* the seed */
    mrs     x3, tpidr_el0
    eor     x3, x3, x2
    orr     x0, x0, x3
    ldr     x3, [sp, #376]
    lsl     x4, x2, #28
    and     x4, x4, #0xf0000000
    eor     x3, x3, x4
    orr     x0, x0, x3
    ldr     x3, [sp, #128]
    mov     x4, #\last
    eor     x3, x3, x4
    orr     x0, x0, x3
    .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    ldr     x3, [sp, #128 + 8 * \n]
    add     x4, x2, #\n
    eor     x3, x3, x4
    orr     x0, x0, x3
    .endr
    ldr     x3, [x1, #16]           /* wrong */
    cmp     x0, #0
    cinc    x3, x3, ne
    str     x3, [x1, #16]
    ldr     x3, [x1, #8]            /* count */
    subs    x3, x3, #1
    str     x3, [x1, #8]
    b.ne    1b
    ldp     x29, x1, [sp, #96]
    msr     tpidr_el0, x1
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldr     x30, [sp, #8]
    add     sp, sp, #FRAME
    msr     fpcr, xzr
    ret
    .size suite_pattern_\way, . - suite_pattern_\way
    .endm

    pattern yield, 11, 11, svc #0
    pattern unknown, 999, 999, svc #0
    pattern undefined, 5, 5, udf #0

    /* Long enough that interrupts come in the loop. */
    .macro spin
2:  sub     x0, x0, #1
    cbnz    x0, 2b
    .endm
    pattern interrupt, 5000, 0, spin

/*
 * kaal_word_t suite_exclusive_<way>(kaal_word_t *word, kaal_word_t x0): load-exclusive,
 * enter the kernel in that way, store-exclusive, nothing else between. 1: the
 * store failed.
 */
    .macro exclusive way, entry:vararg
    .global suite_exclusive_\way
    .type suite_exclusive_\way, %function
suite_exclusive_\way:               /* FROM: C. LIVE: x0, x1 */
    bti     c
    mov     x9, x0
    mov     x0, x1
    ldxr    x10, [x9]
    \entry
    stxr    w0, x10, [x9]
    ret
    .size suite_exclusive_\way, . - suite_exclusive_\way
    .endm

    exclusive none, nop
    exclusive svc, svc #0
    exclusive undefined, udf #0
    exclusive spin, spin

#include <kaal/abi_note.h>
