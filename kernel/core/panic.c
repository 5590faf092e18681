/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arch.h"
#include "lib/fmt.h"

_Noreturn void kernel_panic(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fmt_print("\nKERNEL PANIC: ");
    fmt_vprint(fmt, ap);
    fmt_print("\n");
    va_end(ap);
    arch_halt();
}
