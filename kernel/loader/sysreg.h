/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of system registers, for C and assembler. Fields: Arm DDI 0487
 * (Arm Architecture Reference Manual for A-profile), chapter D19.2.
 */
#pragma once

/* MPIDR_EL1: Aff3, Aff2, Aff1, Aff0. */
#define MPIDR_AFFINITY 0x000000ff00ffffff

/* SCTLR_EL1: bits that are RES1 without later extensions (LSMAOE, nTLSMD,
 * SPAN, EIS, TSCXT, EOS), and the rest of the kernel's start state. */
#define SCTLR_EL1_RES1 0x30d00800
#define SCTLR_EL1_M    0x00000001
#define SCTLR_EL1_C    0x00000004
#define SCTLR_EL1_SA   0x00000008
#define SCTLR_EL1_SA0  0x00000010
#define SCTLR_EL1_I    0x00001000
#define SCTLR_EL1_NTWI 0x00010000 /* WFI and WFE of EL0 do not trap */
#define SCTLR_EL1_NTWE 0x00040000
#define SCTLR_EL1_WXN  0x00080000
#define SCTLR_EL1_OFF  (SCTLR_EL1_RES1 | SCTLR_EL1_I)
#define SCTLR_EL1_KERNEL                                                                         \
    (SCTLR_EL1_OFF | SCTLR_EL1_M | SCTLR_EL1_C | SCTLR_EL1_SA | SCTLR_EL1_SA0 | SCTLR_EL1_NTWI | \
     SCTLR_EL1_NTWE | SCTLR_EL1_WXN)

#define SCTLR_EL2_OFF 0x30c50830 /* its RES1 bits */
#define HCR_EL2_RW    0x80000000 /* EL1 is AArch64; nothing else */
#define CPTR_EL2_RES1 0x33ff     /* nothing traps but SVE, which nobody enables */

#define SPSR_EL1H_MASKED 0x3c5 /* D, A, I, F masked, EL1 with SP_EL1 */

/* TCR_EL1: 48-bit halves, 4 KiB granules, inner shareable write-back walks. */
#define TCR_EL1_T0SZ_48   (16 << 0)
#define TCR_EL1_IRGN0_WB  (1 << 8)
#define TCR_EL1_ORGN0_WB  (1 << 10)
#define TCR_EL1_SH0_INNER (3 << 12)
#define TCR_EL1_T1SZ_48   (16 << 16)
#define TCR_EL1_IRGN1_WB  (1 << 24)
#define TCR_EL1_ORGN1_WB  (1 << 26)
#define TCR_EL1_SH1_INNER (3 << 28)
#define TCR_EL1_TG1_4K    (2ULL << 30)
#define TCR_EL1_IPS_SHIFT 32
#define TCR_EL1_AS_16     (1ULL << 36)
#define TCR_EL1_KERNEL                                                                             \
    (TCR_EL1_T0SZ_48 | TCR_EL1_IRGN0_WB | TCR_EL1_ORGN0_WB | TCR_EL1_SH0_INNER | TCR_EL1_T1SZ_48 | \
     TCR_EL1_IRGN1_WB | TCR_EL1_ORGN1_WB | TCR_EL1_SH1_INNER | TCR_EL1_TG1_4K | TCR_EL1_AS_16)

/* MAIR_EL1: 0 device-nGnRnE, 1 normal write-back, 2 normal non-cacheable. */
#define MAIR_EL1_KERNEL 0x44ff00

/* Not a register: the last word of the loader's binary, "KAALTAIL". */
#define LOADER_TAIL 0x4c4941544c41414b
