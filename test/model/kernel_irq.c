/* SPDX-License-Identifier: Apache-2.0 */
/* object/irq.c with a window to its state; linked instead of it. */
#include "object/irq.c"

#include "kernel.h"

struct slot *kernel_irq_slot(unsigned irq)
{
    return &lines[irq].ntfn;
}

bool kernel_irq_is_issued(unsigned irq)
{
    return lines[irq].issued;
}
