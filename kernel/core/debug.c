/* SPDX-License-Identifier: Apache-2.0 */
#include "debug.h"

#include "check.h"
#include "lib/fmt.h"

bool debug_syscall(struct tcb *t)
{
    switch (t->regs.x[0]) {
    case KAAL_SYS_DEBUG_PUTC:
        arch_putc((char)t->regs.x[1]);
        return true;
    case KAAL_SYS_DEBUG_CHECK: {
        const char *broken = kernel_check();
        if (broken != NULL) {
            fmt_print("kernel: invariant broken: %s\n", broken);
        }
        t->regs.x[0] = broken != NULL;
        return true;
    }
    default:
        return false;
    }
}
