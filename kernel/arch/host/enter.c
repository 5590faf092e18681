/* SPDX-License-Identifier: Apache-2.0 */
#include "object/irq.h"

#include "core/syscall.h"
#include "host.h"

void host_irq(void)
{
    if (host_cpu.current != &host_cpu.idle) {
        kernel_irq();
        return;
    }
    const struct cap *cap = irq_take();
    if (cap != NULL) {
        slowpath_signal(cap_ntfn(cap), cap_badge(cap));
    } else {
        sched_exit();
    }
}
