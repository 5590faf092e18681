/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's first instructions, on the boot core. The state here is in
 * boot_params.h: MMU on, interrupts masked, everything of the kernel mapped.
 */
.section .text.start, "ax", %progbits

.global kernel_start
.type kernel_start, %function
kernel_start:               /* FROM: the loader. LIVE: x0 = struct kaal_boot_params * */
    hint    #36             /* bti j: the loader branches here through a register */
    adrp    x1, kernel_stack_top
    add     x1, x1, :lo12:kernel_stack_top
    msr     spsel, #1
    mov     sp, x1
    adrp    x1, arch_boot_cpu
    add     x1, x1, :lo12:arch_boot_cpu
    msr     tpidr_el1, x1   /* for good: arch_cpu() */
    mov     x29, xzr        /* the chain of frames ends here */
    mov     x30, xzr
    bl      arch_start      /* sets up the core, calls kernel_boot() */
    b       kernel_exit
.size kernel_start, . - kernel_start
