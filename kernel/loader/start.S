/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader's first and last instructions. Entered at EL2 or EL1 with the MMU
 * off and the devicetree's address in x0, as the Linux document "Booting
 * AArch64 Linux" describes; position independent.
 *
 * "Arm ARM" is Arm DDI 0487, Architecture Reference Manual for A-profile.
 */
#include "boot_regs.h"

/* dst = run-time address of symbol; reaches +-4 GiB. */
.macro addr dst, symbol
    adrp    \dst, \symbol
    add     \dst, \dst, :lo12:\symbol
.endm

.macro set dst, value
    movz    \dst, #((\value) & 0xffff)
    movk    \dst, #(((\value) >> 16) & 0xffff), lsl #16
    movk    \dst, #(((\value) >> 32) & 0xffff), lsl #32
    movk    \dst, #(((\value) >> 48) & 0xffff), lsl #48
.endm

/*
 * First page: nothing but what other cores and EL2 may still run after the
 * kernel has started. It is never given to user space.
 */
.section .head, "ax", %progbits
.global _start
_start:                                     /* FROM: firmware. LIVE: x0 */
    b       entry
    nop
    .quad   0                               /* text_offset */
    .quad   __image_end - _start            /* image_size; packing adds the payload */
    .quad   0xa                             /* little-endian, 4 KiB pages, anywhere in RAM */
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .word   0

boot_core:                                  /* affinity + 1 of the core that boots */
    .quad   0

/* One core boots, whichever is first; the others wait in park. Exclusive
 * accesses need not work with the MMU off (Arm ARM B2.12), so: claim, let the
 * others' claims arrive, look who won. */
entry:                                      /* FROM: _start. LIVE: x0 */
    msr     daifset, #0xf
    mrs     x1, mpidr_el1
    set     x2, MPIDR_AFFINITY
    and     x1, x1, x2
    add     x1, x1, #1
    adr     x2, boot_core
    ldr     x3, [x2]
    cbnz    x3, 2f
    str     x1, [x2]
    dsb     sy
    mov     x3, #256
1:  subs    x3, x3, #1
    b.ne    1b
    ldr     x3, [x2]
2:  cmp     x3, x1
    b.ne    park
    b       boot

.global park
park:                                       /* FROM: anywhere. LIVE: nothing */
    wfe
    b       park

/* VBAR_EL2 once EL2 has been left, and VBAR while an exception is reported. */
.balign 0x800
park_vectors:
.rept 16
    .balign 0x80
3:  wfe
    b       3b
.endr
    .balign 0x80

.section .text.start, "ax", %progbits
boot:                                       /* FROM: entry, one core. LIVE: x0 */
    mov     x20, x0
    mrs     x21, CurrentEL
    ubfx    x21, x21, #2, #2
    msr     spsel, #1
    addr    x1, __stack_top
    mov     sp, x1
    set     x1, SCTLR_EL1_OFF
    msr     sctlr_el1, x1
    msr     cpacr_el1, xzr                  /* FP and SIMD trap */
    msr     mdscr_el1, xzr
    msr     cntkctl_el1, xzr
    addr    x1, vectors
    msr     vbar_el1, x1
    cmp     x21, #2
    b.ne    1f
    msr     vbar_el2, x1
1:  isb
    bl      relocate
    mov     x0, x21
    bl      loader_early                    /* stops at EL3 */
    cmp     x21, #2
    b.ne    2f
    bl      drop_to_el1
2:  mov     x0, x20
    mov     x1, x21
    b       loader_main

/* Adds the load offset to every pointer in initialised data. There are no
 * entries but R_AARCH64_RELATIVE (1027) in a static link. */
relocate:                                   /* FROM: boot. Uses x1-x7 */
    addr    x1, _start
    ldr     x2, link_base
    sub     x1, x1, x2
    addr    x3, __rela_start
    addr    x4, __rela_end
1:  cmp     x3, x4
    b.hs    2f
    ldp     x5, x6, [x3]                    /* r_offset, r_info */
    ldr     x7, [x3, #16]                   /* r_addend */
    add     x3, x3, #24
    cmp     w6, #1027
    b.ne    1b
    add     x7, x7, x1
    str     x7, [x5, x1]
    b       1b
2:  ret
.balign 8
link_base:
    .quad   __link_base

/* EL2 -> EL1 with nothing of EL1 and EL0 trapped, no second stage, and EL2
 * parked for good. Sections of the Arm ARM: D19.2 (registers). */
drop_to_el1:                                /* FROM: boot at EL2. Keeps x19-x30, sp */
    set     x1, HCR_EL2_RW
    msr     hcr_el2, x1
    set     x1, SCTLR_EL2_OFF
    msr     sctlr_el2, x1
    mrs     x1, midr_el1
    msr     vpidr_el2, x1
    mrs     x1, mpidr_el1
    msr     vmpidr_el2, x1
    mov     x1, #3                          /* EL1PCTEN, EL1PCEN: EL1 has the physical timer */
    msr     cnthctl_el2, x1
    msr     cntvoff_el2, xzr
    set     x1, CPTR_EL2_RES1
    msr     cptr_el2, x1
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    mrs     x1, id_aa64dfr0_el1
    ubfx    x1, x1, #8, #4                  /* PMUVer: 0 none, 15 not the architecture's */
    mov     x2, #0
    sub     x1, x1, #1
    cmp     x1, #14
    b.hs    1f
    mrs     x2, pmcr_el0
    ubfx    x2, x2, #11, #5                 /* HPMN: EL1 has all event counters */
1:  msr     mdcr_el2, x2
    mrs     x1, id_aa64pfr0_el1
    ubfx    x1, x1, #24, #4                 /* GIC: system registers */
    cbz     x1, 2f
    mrs     x1, S3_4_C12_C9_5               /* ICC_SRE_EL2, Arm IHI 0069 section 12.2 */
    mov     x2, #9                          /* Enable, SRE */
    orr     x1, x1, x2
    msr     S3_4_C12_C9_5, x1
    isb
    msr     S3_4_C12_C11_0, xzr             /* ICH_HCR_EL2 */
2:  addr    x1, park_vectors
    msr     vbar_el2, x1
    mov     x1, sp
    msr     sp_el1, x1
    mov     x1, #SPSR_EL1H_MASKED
    msr     spsr_el2, x1
    msr     elr_el2, x30
    isb
    eret

/* void enter_kernel(const struct mmu_registers *r, uint64_t entry, uint64_t params)
 * MMU and caches on, then the kernel. The loader is mapped one to one. */
.global enter_kernel
enter_kernel:                               /* FROM: loader_main. LIVE: x0-x2 */
    ldp     x3, x4, [x0]
    ldp     x5, x6, [x0, #16]
    ldr     x7, [x0, #32]
    dsb     sy
    msr     ttbr0_el1, x3
    msr     ttbr1_el1, x4
    msr     tcr_el1, x5
    msr     mair_el1, x6
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    msr     sctlr_el1, x7
    isb
    mov     x0, x2
    br      x1

/* Until the kernel has its own: report and stop. A second exception while
 * reporting ends in the first page. */
.section .text.vectors, "ax", %progbits
.balign 0x800
vectors:
.rept 16
    .balign 0x80
    b       exception
.endr
    .balign 0x80

exception:                                  /* FROM: vectors. LIVE: system registers */
    addr    x5, __stack_top
    addr    x4, park_vectors
    mrs     x0, CurrentEL
    ubfx    x0, x0, #2, #2
    cmp     x0, #2
    b.eq    1f
    msr     vbar_el1, x4
    mrs     x1, esr_el1
    mrs     x2, elr_el1
    mrs     x3, far_el1
    b       2f
1:  msr     vbar_el2, x4
    mrs     x1, esr_el2
    mrs     x2, elr_el2
    mrs     x3, far_el2
2:  isb
    mov     sp, x5
    b       loader_exception

/* Last bytes of the loader: a shortened file lacks them. */
.section .tail, "a", %progbits
.balign 8
    .quad   LOADER_TAIL
