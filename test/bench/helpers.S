/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/abi_note.h>

/*
 * void bench_measure(void (*run)(void), struct bench_sample *sample)
 * Counters before and after run(): of EL1 (0) and of EL0 (1). bench_measured is
 * where run() returns to; both labels also tell the plugin count.c what to count.
 */
    .text
    .globl bench_measure, bench_measured
    .type bench_measure, %function
bench_measure:
    bti c
    stp x29, x30, [sp, #-48]!
    mov x29, sp
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    mov x20, x1
    mov x21, x0
    isb
    mrs x19, pmevcntr0_el0
    mrs x22, pmevcntr1_el0
    blr x21
bench_measured:
    isb
    mrs x9, pmevcntr0_el0
    mrs x10, pmevcntr1_el0
    stp w19, w22, [x20]
    stp w9, w10, [x20, #8]
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x29, x30, [sp], #48
    ret
    .size bench_measure, . - bench_measure

/*
 * Threads without a stack, position-independent: copied to a page that is
 * mapped where they run. Registers they begin with:
 *   x19 capability to receive from, x20 reply object, x21 address
 */
    .section .rodata.helpers, "a"
    .balign 4096
    .globl helpers_begin, helpers_end
helpers_begin:

/* Answers every call with as many words as it had. */
    .globl helper_serve
helper_serve:
    mov x0, #5 /* recv */
    mov x1, x19
    mov x7, x20
    svc #0
1:  and x2, x0, #0x7f
    mov x0, #2 /* reply_recv */
    mov x1, x19
    mov x7, x20
    svc #0
    b 1b

    .globl helper_receive
helper_receive:
    mov x0, #5 /* recv */
    mov x1, x19
    mov x7, x20
    svc #0
    b helper_receive

/* Waits, and says at x21 what the counters were then. */
    .globl helper_wait
helper_wait:
    mov x0, #9 /* wait */
    mov x1, x19
    svc #0
    mrs x9, pmevcntr0_el0
    mrs x10, pmevcntr1_el0
    stp w9, w10, [x21]
    b helper_wait

    .globl helper_yield
helper_yield:
    mov x0, #11 /* yield */
    svc #0
    b helper_yield

    .globl helper_send
helper_send:
    mov x0, #3 /* send */
    mov x1, x19
    mov x2, #0
    svc #0
    b helper_send

/* Gives its budget up, and counts at x21 how often it got a new one. */
    .globl helper_tick
helper_tick:
    mov x0, #11 /* yield */
    svc #0
    ldr x9, [x21]
    add x9, x9, #1
    str x9, [x21]
    b helper_tick

/* Calls where it was called. */
    .globl helper_chain
helper_chain:
    mov x0, #5 /* recv */
    mov x1, x19
    mov x7, x20
    svc #0
    .globl helper_chain_begin
helper_chain_begin:
    mov x0, #1 /* call */
    mov x1, x19
    mov x2, #0
    svc #0
    b helper_chain

/* Nothing is mapped at x21. */
    .globl helper_fault
helper_fault:
    ldr x9, [x21]
    b helper_fault

    .globl helper_spin
helper_spin:
    b helper_spin
helpers_end:
