/* SPDX-License-Identifier: Apache-2.0 */
/* A core: how it is set up, and what the kernel asks of it. */
#include "cpu.h"

#include <stddef.h>

#include "local.h"
#include "offsets.h"

_Static_assert(offsetof(struct cpu, current) == CPU_CURRENT, "offsets.h");
_Static_assert(offsetof(struct cpu, stack_top) == CPU_STACK_TOP, "offsets.h");
_Static_assert(offsetof(struct tcb, regs) == 0, "vectors.S");
_Static_assert(offsetof(struct arch_regs, x[30]) == REGS_X30, "offsets.h");
_Static_assert(offsetof(struct arch_regs, sp) == REGS_X30 + 8, "vectors.S");
_Static_assert(offsetof(struct arch_regs, pc) == REGS_PC, "offsets.h");
_Static_assert(offsetof(struct arch_regs, pstate) == REGS_PC + 8, "vectors.S");
_Static_assert(offsetof(struct arch_regs, tls) == REGS_TLS, "offsets.h");
_Static_assert(offsetof(struct arch_regs, ipc_buffer) == REGS_TLS + 8, "vectors.S");
_Static_assert(KAAL_SYS_CALL == KAAL_SYS_CALL_NUMBER, "offsets.h");
_Static_assert(KAAL_SYS_REPLY_RECV == KAAL_SYS_REPLY_RECV_NUMBER, "offsets.h");
_Static_assert(offsetof(struct arch_fp, fpcr) == 512, "vectors.S");
_Static_assert(offsetof(struct arch_fp, fpsr) == 516, "vectors.S");

/* start.S makes it this core's. */
extern struct cpu arch_boot_cpu;
struct cpu arch_boot_cpu;

/* kernel.ld puts it above a page that is not mapped; its end is
 * kernel_stack_top. */
extern uint8_t kernel_stack[KERNEL_STACK_SIZE];
extern uint8_t kernel_stack_top[];
__attribute__((section(".bss.kernel_stack"), aligned(4096),
               used)) uint8_t kernel_stack[KERNEL_STACK_SIZE];

extern const char arch_vectors[], arch_vectors_bhb[];

/* Branches that flush the branch history on entry, for vectors.S. */
extern uint32_t arch_bhb_loops;
uint32_t arch_bhb_loops;

/*
 * Does branch history of EL0 steer EL1 (Spectre-BHB)? Not on in-order cores,
 * nor where the processor says so: ID_AA64PFR0_EL1.CSV2 = 3 or
 * ID_AA64MMFR1_EL1.ECBHB. Loop counts are Arm's ("Spectre-BHB", security
 * update of March 2022): 8 for Cortex-A57 and A72, 32 suffices for all others.
 */
static uint32_t bhb_loops(void)
{
    enum { ARM = 0x41, A34 = 0xd02, A53 = 0xd03, A35 = 0xd04, A55 = 0xd05, A510 = 0xd46 };
    enum { A57 = 0xd07, A72 = 0xd08 };
    const uint64_t midr = sysreg_read_midr();
    const unsigned implementer = (unsigned)(midr >> 24) & 0xff;
    const unsigned part = (unsigned)(midr >> 4) & 0xfff;
    if (((sysreg_read_id_pfr0() >> 56) & 0xf) >= 3 || ((sysreg_read_id_mmfr1() >> 60) & 0xf) != 0) {
        return 0;
    }
    if (implementer != ARM) {
        return 32;
    }
    switch (part) {
    case A34:
    case A35:
    case A53:
    case A55:
    case A510:
        return 0;
    case A57:
    case A72:
        return 8;
    default:
        return 32;
    }
}

static void start_vectors(void)
{
    arch_bhb_loops = bhb_loops();
    sysreg_write_vbar((uintptr_t)(arch_bhb_loops == 0 ? arch_vectors : arch_vectors_bhb));
    isb();
}

/* Everything in SCTLR_EL1 is the kernel's word, not the loader's. */
static void start_control(void)
{
    uint64_t sctlr = SCTLR_KERNEL;
    sctlr |= KAAL_CFG_WXN ? SCTLR_WXN : 0;
    const bool has_pan = ((sysreg_read_id_mmfr1() >> 20) & 0xf) != 0;
    sctlr &= has_pan ? ~(uint64_t)SCTLR_SPAN : ~UINT64_C(0);
    sysreg_write_sctlr(sctlr);
    if (has_pan) {
        __asm__ volatile(".arch_extension pan\n msr pan, #1" : : : "memory");
    }
    if (((sysreg_read_id_mmfr2() >> 60) & 0xf) != 0) { /* E0PD */
        sysreg_write_tcr(sysreg_read_tcr() | TCR_E0PD1);
    }
    sysreg_write_cntkctl(0); /* EL0 has neither counters nor timers */
    sysreg_write_mdscr(MDSCR_TDCC);
    if (((sysreg_read_id_pfr0() >> 44) & 0xf) != 0) { /* AMU */
        sysreg_write_amuserenr(0);
    }
    isb();
}

/*
 * Performance counters, Arm ARM D13. EL0 may read them in the bench kernel
 * alone; constants and not code differ. Counter 0 counts instructions at EL1,
 * counter 1 at EL0 (event 8, INST_RETIRED).
 */
static const volatile struct {
    uint64_t pmcr, enable, event0, event1, user;
} pmu = {
    .pmcr = KAAL_CFG_BENCH ? 0x47 : 0,         /* E, P, C, LC */
    .enable = KAAL_CFG_BENCH ? 0x80000003 : 0, /* C, 1, 0 */
    .event0 = KAAL_CFG_BENCH ? 0x40000008 : 0, /* U */
    .event1 = KAAL_CFG_BENCH ? 0x80000008 : 0, /* P */
    .user = KAAL_CFG_BENCH ? 0xc : 0,          /* ER, CR */
};

static void start_pmu(void)
{
    const unsigned version = (unsigned)(sysreg_read_id_dfr0() >> 8) & 0xf;
    if (version == 0 || version == 15) { /* none, or not the architecture's */
        return;
    }
    sysreg_write_pmcr(pmu.pmcr);
    sysreg_write_pmintenclr(0xffffffff);
    sysreg_write_pmcntenclr(0xffffffff);
    if (((sysreg_read_pmcr() >> 11) & 0x1f) >= 2) { /* N */
        sysreg_write_pmevtyper0(pmu.event0);
        sysreg_write_pmevtyper1(pmu.event1);
    }
    sysreg_write_pmccfiltr(0);
    sysreg_write_pmcntenset(pmu.enable);
    sysreg_write_pmuserenr(pmu.user);
}

void arch_start(struct kaal_boot_params *params)
{
    start_vectors();
    arch_boot_cpu.stack_top = (uintptr_t)kernel_stack_top;
    console_start(params);
    start_control();
    cache_start();
    mmu_start();
    fp_start();
    start_pmu();
    kernel_boot(params);
}

struct cpu *arch_cpu(void)
{
    return this_cpu();
}

void arch_idle(void)
{
    dsb_sy();
    __asm__ volatile("wfi" : : : "memory"); /* wakes although PSTATE.I masks */
    isb();                                  /* for arch_now() */
}

bool arch_irq_pending(void)
{
    return (sysreg_read_isr() & ISR_I) != 0;
}

_Noreturn void arch_halt(void)
{
    for (;;) {
        __asm__ volatile("msr daifset, #0xf\n wfi" : : : "memory");
    }
}

/* Whether the kernel's tables and text are out of reach (KI-26) and the FP
 * unit is open for its owner alone (KI-31, F1). */
const char *arch_check(void)
{
    const struct cpu *cpu = this_cpu();
    const bool is_open = sysreg_read_cpacr() == CPACR_FP_FREE;
    if (!mmu_kernel_is_sealed()) {
        return "KI-26 text or tables of the kernel can be written";
    }
    return is_open == (cpu->fp_owner == cpu->current) ? NULL : "KI-31 access to the FP unit";
}
