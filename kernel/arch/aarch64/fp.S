/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only code of the kernel that names FP/SIMD registers. CPACR_EL1 must
 * allow it. Layout: struct arch_fp.
 */
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

.section .text.fp, "ax", %progbits

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
