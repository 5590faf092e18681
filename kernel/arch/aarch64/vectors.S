/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry from and return to user space. Arm ARM (DDI 0487) D1.3, "Exception
 * entry", and D1.3.1.3 for the layout of the table.
 *
 * While user code runs, SP_EL1 is the address of the current thread's struct
 * tcb, whose registers come first: an entry stores them without a scratch
 * register. Then SP_EL1 becomes the core's kernel stack, empty, and the upcall
 * runs. The way back never returns through C frames: kernel_exit takes
 * cpu->current, whoever that is by then.
 *
 * In the kernel all of D, A, I and F are masked; an exception at EL1 is a bug
 * of the kernel and ends in arch_kernel_exception().
 */
#include "offsets.h"

/* FROM: EL0. LIVE: everything of user space. After: saved, on the kernel stack, x0 as
 * it was. 25 instructions. */
.macro save_user
    stp     x0, x1, [sp, #REGS_X0 + 0]
    stp     x2, x3, [sp, #REGS_X0 + 16]
    stp     x4, x5, [sp, #REGS_X0 + 32]
    stp     x6, x7, [sp, #REGS_X0 + 48]
    stp     x8, x9, [sp, #REGS_X0 + 64]
    stp     x10, x11, [sp, #REGS_X0 + 80]
    stp     x12, x13, [sp, #REGS_X0 + 96]
    stp     x14, x15, [sp, #REGS_X0 + 112]
    stp     x16, x17, [sp, #REGS_X0 + 128]
    stp     x18, x19, [sp, #REGS_X0 + 144]
    stp     x20, x21, [sp, #REGS_X0 + 160]
    stp     x22, x23, [sp, #REGS_X0 + 176]
    stp     x24, x25, [sp, #REGS_X0 + 192]
    stp     x26, x27, [sp, #REGS_X0 + 208]
    stp     x28, x29, [sp, #REGS_X0 + 224]
    mrs     x20, sp_el0
    mrs     x21, elr_el1
    mrs     x22, spsr_el1
    mrs     x23, tpidr_el0
    stp     x30, x20, [sp, #REGS_X30]
    stp     x21, x22, [sp, #REGS_PC]
    str     x23, [sp, #REGS_TLS]
    mrs     x1, tpidr_el1
    ldr     x1, [x1, #CPU_STACK_TOP]
    mov     sp, x1
.endm

.macro vector label
    .balign 0x80
\label:
.endm

/* The entry for label must fit into its 32 instructions. */
.macro vector_end label
    .if . - \label > 0x80
    .error "\label is too long"
    .endif
.endm

/* An exception that must not happen: number says which, see trap.c. There is room for
 * other code behind it: .org after the last one fails if that is too long. */
.macro vector_fatal number
    .balign 0x80
    mov     x0, #\number
    b       fatal
.endm

/* For fp_save and fp_load, the only code of the kernel that names FP/SIMD registers.
 * CPACR_EL1 must allow it. Layout: struct arch_fp. */
.arch_extension fp
.arch_extension simd

.macro each_pair operation
    \operation q0, q1, [x0, #0]
    \operation q2, q3, [x0, #32]
    \operation q4, q5, [x0, #64]
    \operation q6, q7, [x0, #96]
    \operation q8, q9, [x0, #128]
    \operation q10, q11, [x0, #160]
    \operation q12, q13, [x0, #192]
    \operation q14, q15, [x0, #224]
    \operation q16, q17, [x0, #256]
    \operation q18, q19, [x0, #288]
    \operation q20, q21, [x0, #320]
    \operation q22, q23, [x0, #352]
    \operation q24, q25, [x0, #384]
    \operation q26, q27, [x0, #416]
    \operation q28, q29, [x0, #448]
    \operation q30, q31, [x0, #480]
.endm

.section .text.vectors, "ax", %progbits
.balign 0x800
.global arch_vectors
arch_vectors:
    vector_fatal 0                  /* EL1 with SP_EL0: the kernel never uses it */

/* Resumes cpu->current. All of its registers come from its tcb, so nothing of
 * the kernel or of another thread is left in one. ERET clears the exclusive
 * monitor (Arm ARM, AArch64.ExceptionReturn()): a thread never completes a
 * store-exclusive that another began. */
.global kernel_exit
.type kernel_exit, %function
kernel_exit:                        /* FROM: every upcall, start.S. LIVE: nothing */
    mrs     x0, tpidr_el1
    ldr     x0, [x0, #CPU_CURRENT]
    mov     sp, x0                  /* for the next entry */
    ldp     x30, x20, [sp, #REGS_X30]
    ldp     x21, x22, [sp, #REGS_PC]
    ldp     x23, x24, [sp, #REGS_TLS]
    msr     sp_el0, x20
    msr     elr_el1, x21
    msr     spsr_el1, x22
    msr     tpidr_el0, x23
    msr     tpidrro_el0, x24
    ldp     x0, x1, [sp, #REGS_X0 + 0]
    ldp     x2, x3, [sp, #REGS_X0 + 16]
    ldp     x4, x5, [sp, #REGS_X0 + 32]
    ldp     x6, x7, [sp, #REGS_X0 + 48]
    ldp     x8, x9, [sp, #REGS_X0 + 64]
    ldp     x10, x11, [sp, #REGS_X0 + 80]
    ldp     x12, x13, [sp, #REGS_X0 + 96]
    ldp     x14, x15, [sp, #REGS_X0 + 112]
    ldp     x16, x17, [sp, #REGS_X0 + 128]
    ldp     x18, x19, [sp, #REGS_X0 + 144]
    ldp     x20, x21, [sp, #REGS_X0 + 160]
    ldp     x22, x23, [sp, #REGS_X0 + 176]
    ldp     x24, x25, [sp, #REGS_X0 + 192]
    ldp     x26, x27, [sp, #REGS_X0 + 208]
    ldp     x28, x29, [sp, #REGS_X0 + 224]
    eret
    dsb     nsh                     /* never executed, nor speculated past */
    isb
.size kernel_exit, . - kernel_exit

    vector_fatal 1

/*
 * Exceptions at EL1, and from AArch32. The kernel's stack may be what is
 * broken, so the report has a stack of its own. One more exception while
 * reporting (SP already there) stops the core in silence.
 */
fatal:                              /* FROM: vectors. LIVE: x0 = vector number, x30, sp */
    mov     x1, sp
    mov     x2, x30
    adrp    x3, emergency_stack
    add     x3, x3, :lo12:emergency_stack
    sub     x4, x1, x3
    cmp     x4, #EMERGENCY_STACK_SIZE
    b.ls    arch_halt
    add     sp, x3, #EMERGENCY_STACK_SIZE
    mov     x29, xzr
    mov     x30, xzr
    bl      arch_kernel_exception   /* (vector, sp, x30), does not return */
    b       arch_halt

    vector_fatal 2

user_syscall:                       /* FROM: user_sync, saved. LIVE: x0, x30 */
    cmp     x0, #KAAL_SYS_CALL_NUMBER
    b.eq    kernel_call
    cmp     x0, #KAAL_SYS_REPLY_RECV_NUMBER
    b.eq    kernel_reply_recv
    b       kernel_syscall

    vector_fatal 3

/* void fp_save(struct arch_fp *fp) */
.global fp_save
.type fp_save, %function
fp_save:                            /* FROM: C. LIVE: x0 */
    hint    #34                     /* bti c */
    each_pair stp
    mrs     x1, fpcr
    mrs     x2, fpsr
    str     w1, [x0, #512]
    str     w2, [x0, #516]
    ret
.size fp_save, . - fp_save

    vector_fatal 4                  /* EL1 with SP_EL1: a fault of the kernel */

/* void fp_load(const struct arch_fp *fp) */
.global fp_load
.type fp_load, %function
fp_load:                            /* FROM: C. LIVE: x0 */
    hint    #34                     /* bti c */
    each_pair ldp
    ldr     w1, [x0, #512]
    ldr     w2, [x0, #516]
    msr     fpcr, x1
    msr     fpsr, x2
    ret
.size fp_load, . - fp_load

    vector_fatal 5
    vector_fatal 6
    vector_fatal 7

vector user_sync                    /* FROM: EL0. LIVE: user registers; SP_EL1 = tcb */
    save_user
    mrs     x1, esr_el1
    lsr     w1, w1, #26             /* EC */
    adr     x30, kernel_exit
    cmp     w1, #0x15               /* SVC from AArch64 */
    b.eq    user_syscall
    b       arch_user_sync
    vector_end user_sync

vector user_irq                     /* FROM: EL0. LIVE: user registers; SP_EL1 = tcb */
    save_user
    adr     x30, kernel_exit
    b       kernel_irq

/* No source is configured as FIQ; on a board that has one all the same, it
 * must not do more than an interrupt that nobody waits for. */
vector user_fiq                     /* FROM: EL0. LIVE: user registers; SP_EL1 = tcb */
    save_user
    adr     x30, kernel_exit
    b       kernel_irq

vector user_serror                  /* FROM: EL0. LIVE: user registers; SP_EL1 = tcb */
    save_user
    adr     x30, kernel_exit
    b       arch_user_serror

    vector_fatal 12                 /* EL0 in AArch32 state: PSTATE never says so */
    vector_fatal 13
    vector_fatal 14
    vector_fatal 15
    .org arch_vectors + 0x800

/*
 * The same table for cores whose branch history survives the entry (B28,
 * Spectre-BHB): arch_bhb_loops taken branches replace the user's history
 * before the kernel's first indirect branch. cpu.c chooses by MIDR_EL1.
 */
.macro vector_bhb target
    .balign 0x80
    str     x0, [sp, #REGS_X0]      /* FROM: EL0. LIVE: user registers; SP_EL1 = tcb */
    adrp    x0, arch_bhb_loops
    ldr     w0, [x0, :lo12:arch_bhb_loops]
1:  b       2f
2:  subs    w0, w0, #1              /* NZCV is in SPSR_EL1 */
    b.ne    1b
    dsb     nsh
    isb
    ldr     x0, [sp, #REGS_X0]
    b       \target
.endm

.balign 0x800
.global arch_vectors_bhb
arch_vectors_bhb:
    vector_fatal 0
    vector_fatal 1
    vector_fatal 2
    vector_fatal 3
    vector_fatal 4
    vector_fatal 5
    vector_fatal 6
    vector_fatal 7
    vector_bhb user_sync
    vector_bhb user_irq
    vector_bhb user_fiq
    vector_bhb user_serror
    vector_fatal 12
    vector_fatal 13
    vector_fatal 14
    vector_fatal 15
    .org arch_vectors_bhb + 0x800

.section .bss.emergency_stack, "aw", %nobits
.balign 16
emergency_stack:
    .skip   EMERGENCY_STACK_SIZE
