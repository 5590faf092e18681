/* SPDX-License-Identifier: Apache-2.0 */
/* UART2, the board's debug console (USB): i.MX 8M Plus reference manual,
 * chapter "Memory Maps", AIPS-3. */
#include "bsp.h"

const struct bsp_console bsp_console = {.kind = KAAL_CONSOLE_IMX_UART, .paddr = 0x30890000};

void bsp_early_init(void)
{
    console_init(bsp_console.kind, bsp_console.paddr);
}

void bsp_putc(char c)
{
    console_putc_raw(bsp_console.kind, bsp_console.paddr, c);
}
