/* SPDX-License-Identifier: Apache-2.0 */
#include "generic.h"

#include "arch/arch.h"
#include "sysreg.h"

enum { TIMER_ENABLE = 1, TIMER_IMASK = 2 };

void timer_start(void)
{
    sysreg_write_cntp_ctl(TIMER_IMASK);
    sysreg_write_cntv_cval(UINT64_MAX);
    sysreg_write_cntv_ctl(TIMER_ENABLE);
    isb();
}

ticks_t arch_now(void)
{
    /* It may be read speculatively (D12.2.1), but no earlier than the last
     * exception was taken, or the isb in arch_idle(). */
    return sysreg_read_cntvct();
}

/* The condition is counter >= deadline, both unsigned (D12.2.4): UINT64_MAX is
 * never reached, so switching the timer off takes no more than any deadline. */
void arch_timer_set(ticks_t deadline)
{
    sysreg_write_cntv_cval(deadline);
}
