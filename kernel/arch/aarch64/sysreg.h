/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System registers and barriers. Fields: Arm ARM (DDI 0487) D19.2; interrupt
 * controller registers: Arm IHI 0069, section 12.2.
 *
 * Constants are for C and assembler. Register accessors are sysreg_read_<r>()
 * and sysreg_write_<r>(); a write takes effect for what follows only after
 * isb() or an exception return.
 */
#ifndef KAAL_AARCH64_SYSREG_H
#define KAAL_AARCH64_SYSREG_H

/* SCTLR_EL1: the bits that are RES1 where a later extension is missing
 * (LSMAOE, nTLSMD, SPAN, EIS, TSCXT, EOS), and what the kernel wants. Clear on
 * purpose: A, nAA (no alignment checks), UMA, DZE, UCT, UCI (EL0 neither masks
 * interrupts nor maintains caches), EnIA and its kin (pointer authentication
 * keys would be shared with EL0), DSSBS (speculative store bypass off at EL1). */
#define SCTLR_RES1 0x30d00800
#define SCTLR_M    0x00000001
#define SCTLR_C    0x00000004
#define SCTLR_SA   0x00000008
#define SCTLR_SA0  0x00000010
#define SCTLR_I    0x00001000
#define SCTLR_NTWI 0x00010000 /* WFI and WFE at EL0 do not trap */
#define SCTLR_NTWE 0x00040000
#define SCTLR_WXN  0x00080000
#define SCTLR_SPAN 0x00800000 /* clear: PSTATE.PAN is set on every entry */
#define SCTLR_KERNEL \
    (SCTLR_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_SA0 | SCTLR_I | SCTLR_NTWI | SCTLR_NTWE)

#define CPACR_FP_TRAP 0x000000 /* FPEN = 0b00: traps at EL0 and EL1 */
#define CPACR_FP_FREE 0x300000 /* FPEN = 0b11 */

#define MDSCR_TDCC 0x1000 /* EL0 has no debug communication channel */

#define TCR_E0PD1 (1ULL << 56) /* EL0 faults on TTBR1 addresses in constant time */

#define TTBR_ASID_SHIFT 48
#define TTBR_BADDR      0x0000fffffffffffe

#define MPIDR_AFFINITY 0x000000ff00ffffff

#define PAR_PA 0x0000fffffffff000
#define PAR_F  1 /* translation failed */

#define ISR_I 0x80

#ifndef __ASSEMBLER__
#include <stdint.h>

#define SYSREG_READ(name, reg)                          \
    static inline uint64_t sysreg_read_##name(void)     \
    {                                                   \
        uint64_t value;                                 \
        __asm__ volatile("mrs %0, " reg : "=r"(value)); \
        return value;                                   \
    }
#define SYSREG_WRITE(name, reg)                                        \
    static inline void sysreg_write_##name(uint64_t value)             \
    {                                                                  \
        __asm__ volatile("msr " reg ", %0" : : "r"(value) : "memory"); \
    }
#define SYSREG(name, reg) SYSREG_READ(name, reg) SYSREG_WRITE(name, reg)

SYSREG_READ(ctr, "ctr_el0")
SYSREG_READ(dczid, "dczid_el0")
SYSREG_READ(elr, "elr_el1")
SYSREG_READ(esr, "esr_el1")
SYSREG_READ(far, "far_el1")
SYSREG_READ(id_dfr0, "id_aa64dfr0_el1")
SYSREG_READ(id_mmfr1, "id_aa64mmfr1_el1")
SYSREG_READ(id_mmfr2, "id_aa64mmfr2_el1")
SYSREG_READ(id_pfr0, "id_aa64pfr0_el1")
SYSREG_READ(isr, "isr_el1")
SYSREG_READ(midr, "midr_el1")
SYSREG_READ(mpidr, "mpidr_el1")
SYSREG_READ(par, "par_el1")
SYSREG_READ(spsr, "spsr_el1")
SYSREG_READ(cntvct, "cntvct_el0")
SYSREG_WRITE(amuserenr, "S3_3_C13_C2_3")
SYSREG(cntkctl, "cntkctl_el1")
SYSREG(cntp_ctl, "cntp_ctl_el0")
SYSREG(cntv_ctl, "cntv_ctl_el0")
SYSREG(cntv_cval, "cntv_cval_el0")
SYSREG(cpacr, "cpacr_el1")
SYSREG(mdscr, "mdscr_el1")
SYSREG(pmcntenset, "pmcntenset_el0")
SYSREG(pmcr, "pmcr_el0")
SYSREG(pmcntenclr, "pmcntenclr_el0")
SYSREG(pmevtyper0, "pmevtyper0_el0")
SYSREG(pmevtyper1, "pmevtyper1_el0")
SYSREG(pmccfiltr, "pmccfiltr_el0")
SYSREG(pmintenclr, "pmintenclr_el1")
SYSREG(pmuserenr, "pmuserenr_el0")
SYSREG(sctlr, "sctlr_el1")
SYSREG(tcr, "tcr_el1")
SYSREG(ttbr0, "ttbr0_el1")
SYSREG_READ(ttbr1, "ttbr1_el1")
SYSREG(vbar, "vbar_el1")

SYSREG_READ(icc_iar1, "S3_0_C12_C12_0")
SYSREG_WRITE(icc_eoir1, "S3_0_C12_C12_1")
SYSREG_WRITE(icc_bpr1, "S3_0_C12_C12_3")
SYSREG_WRITE(icc_ctlr, "S3_0_C12_C12_4")
SYSREG(icc_sre, "S3_0_C12_C12_5")
SYSREG_WRITE(icc_igrpen1, "S3_0_C12_C12_7")
SYSREG_WRITE(icc_pmr, "S3_0_C4_C6_0")

static inline void isb(void)
{
    __asm__ volatile("isb" : : : "memory");
}

/* Full system, inner shareable, inner shareable stores only. */
static inline void dsb_sy(void)
{
    __asm__ volatile("dsb sy" : : : "memory");
}

static inline void dsb_ish(void)
{
    __asm__ volatile("dsb ish" : : : "memory");
}

static inline void dsb_ishst(void)
{
    __asm__ volatile("dsb ishst" : : : "memory");
}
#endif

#endif
