/* SPDX-License-Identifier: Apache-2.0 */
#include <driver/console/console.h>

#include "local.h"

static uint32_t console_kind; /* KAAL_CONSOLE_NONE at first: prints nothing */
static uintptr_t console_base;

void console_start(const struct kaal_boot_params *params)
{
    /* The loader maps the page; the registers may begin inside it. */
    console_base = KAAL_DEVICE_CONSOLE + (params->console_paddr & (KAAL_PAGE_SIZE - 1));
    console_kind = params->console_kind;
}

void arch_putc(char c)
{
    if (c == '\n') {
        console_putc_raw(console_kind, console_base, '\r');
    }
    console_putc_raw(console_kind, console_base, c);
}
