/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changes with the thread beyond the registers that kernel_exit loads:
 * address space and FP unit. TPIDR_EL0 and TPIDRRO_EL0 are loaded on every
 * exit, so a change of either takes effect at once.
 *
 * F1  CPACR_EL1 lets the FP unit be used only while cpu->fp_owner is current.
 * F2  The unit's registers belong to cpu->fp_owner; its fp in memory is old.
 *     Everybody else's is in memory, zero if never used.
 * F3  A thread with KAAL_TCB_FPU_DISABLED is never cpu->fp_owner.
 */
#include "cpu.h"
#include "lib/assert.h"
#include "local.h"
#include "pure/pstate.h"

_Static_assert(PSTATE_USER == 0, "struct arch_regs begins as zero");

word_t arch_pstate_sanitise(word_t pstate)
{
    return pstate_sanitise(pstate);
}

void fp_start(void)
{
    sysreg_write_cpacr(CPACR_FP_TRAP);
    isb();
}

__attribute__((always_inline)) void arch_switch_to(struct tcb *t, pte_t *vspace_root, unsigned asid)
{
    mmu_load(vspace_root, asid);
    const struct tcb *owner = this_cpu()->fp_owner;
    if (owner != NULL) { /* F1; the exception return makes it effective */
        sysreg_write_cpacr(owner == t ? CPACR_FP_FREE : CPACR_FP_TRAP);
    }
}

bool fp_trap(void)
{
    struct cpu *cpu = this_cpu();
    struct tcb *t = cpu->current;
    kassert(cpu->fp_owner != t); /* F1 */
    if ((t->flags & KAAL_TCB_FPU_DISABLED) != 0) {
        return false; /* F3 */
    }

    sysreg_write_cpacr(CPACR_FP_FREE);
    isb();
    if (cpu->fp_owner != NULL) {
        fp_save(&cpu->fp_owner->fp); /* F2 */
    }
    if (t->fp.used == 0) {
        t->fp = (struct arch_fp){.used = 1};
    }
    fp_load(&t->fp);
    cpu->fp_owner = t;
    return true;
}

void arch_fp_release(struct tcb *t)
{
    struct cpu *cpu = this_cpu();
    if (cpu->fp_owner != t) {
        return;
    }
    sysreg_write_cpacr(CPACR_FP_FREE);
    isb();
    fp_save(&t->fp);
    cpu->fp_owner = NULL;
    sysreg_write_cpacr(CPACR_FP_TRAP);
    isb();
}
