/* SPDX-License-Identifier: Apache-2.0 */
#include "cpu.h"
#include "debug.h"
#include "lib/fmt.h"

_Noreturn void kernel_panic(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fmt_print("\nKERNEL PANIC: ");
    fmt_vprint(fmt, ap);
    fmt_print("\n");
    va_end(ap);
    const struct cpu *cpu = arch_cpu();
    if (KAAL_CFG_DEBUG && cpu != NULL && cpu->current != NULL) {
        fmt_print("kernel: the current thread is ");
        debug_print_thread(cpu->current);
        fmt_print("\n");
    }
    arch_halt();
}
