/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions other than system calls and interrupts; called by vectors.S. */
#include "local.h"
#include "pure/esr.h"

/* FAR_EL1 of a fault in user space; 0 when the processor does not know, as the
 * register may then hold an address of another thread. */
static vaddr_t fault_address(word_t esr)
{
    return esr_far_is_stale(esr) ? 0 : sysreg_read_far();
}

ARCH_ENTRY void arch_user_sync(void)
{
    const word_t esr = sysreg_read_esr();
    switch (esr_action(esr)) {
    case ESR_DATA_FAULT:
        kernel_vm_fault(fault_address(esr), false, esr);
        return;
    case ESR_FETCH_FAULT:
        kernel_vm_fault(fault_address(esr), true, esr);
        return;
    case ESR_FP_TRAP:
        if (fp_trap()) {
            return;
        }
        break;
    case ESR_SYSCALL: /* vectors.S has taken it */
    case ESR_USER_EXCEPTION:
        break;
    }
    kernel_user_exception(esr);
}

ARCH_ENTRY void arch_user_serror(void)
{
    kernel_user_exception(sysreg_read_esr());
}

_Noreturn void arch_kernel_exception(unsigned vector, word_t sp, word_t x30)
{
    static const char *const kind[4] = {"synchronous exception", "IRQ", "FIQ", "SError"};
    static const char *const from[4] = {"EL1 with SP_EL0", "the kernel", "EL0", "EL0 in AArch32"};
    kernel_panic("%s from %s: ESR %lx ELR %lx FAR %lx SPSR %lx SP %lx x30 %lx", kind[vector & 3],
                 from[(vector >> 2) & 3], sysreg_read_esr(), sysreg_read_elr(), sysreg_read_far(),
                 sysreg_read_spsr(), sp, x30);
}
