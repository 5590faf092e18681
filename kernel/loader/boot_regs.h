/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of system registers that only the loader sets, for C and assembler.
 * Fields: Arm DDI 0487 (Arm Architecture Reference Manual for A-profile), D19.2.
 */
#pragma once
#include "arch/aarch64/sysreg.h"

#define SCTLR_EL1_OFF (SCTLR_RES1 | SCTLR_I)
#define SCTLR_EL2_OFF 0x30c50830 /* its RES1 bits */
#define HCR_EL2_RW    0x80000000 /* EL1 is AArch64; nothing else */
#define CPTR_EL2_RES1 0x33ff     /* nothing traps but SVE, which nobody enables */

#define SPSR_EL1H_MASKED 0x3c5 /* D, A, I, F masked, EL1 with SP_EL1 */

/* TCR_EL1 without IPS: T0SZ = T1SZ = 16, 4 KiB granules (TG0 0, TG1 2), inner
 * shareable (SH 3) write-back (IRGN, ORGN 1) walks, 16-bit ASIDs (AS 1). */
#define TCR_HALF      (3 << 12 | 1 << 10 | 1 << 8 | 16)
#define TCR_KERNEL    (1ULL << 36 | 2ULL << 30 | (uint64_t)TCR_HALF << 16 | TCR_HALF)
#define TCR_IPS_SHIFT 32

/* Not a register: the last word of the loader's binary, "KAALTAIL". */
#define LOADER_TAIL 0x4c4941544c41414b
