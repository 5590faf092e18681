/* SPDX-License-Identifier: Apache-2.0 */
/* The PL011 of QEMU's machine virt. */
#include "bsp.h"

const struct bsp_console bsp_console = {.kind = KAAL_CONSOLE_PL011, .paddr = 0x09000000};

void bsp_early_init(void)
{
    console_init(bsp_console.kind, bsp_console.paddr);
}

void bsp_putc(char c)
{
    console_putc_raw(bsp_console.kind, bsp_console.paddr, c);
}
