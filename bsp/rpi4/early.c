/* SPDX-License-Identifier: Apache-2.0 */
/* UART1, the mini UART on GPIO 14 and 15, as in the Linux devicetree: BCM2711
 * ARM Peripherals, section 2.2, address of the low peripheral mode. */
#include "bsp.h"

const struct bsp_console bsp_console = {.kind = KAAL_CONSOLE_MINI_UART, .paddr = 0xfe215040};

void bsp_early_init(void)
{
    console_init(bsp_console.kind, bsp_console.paddr);
}

void bsp_putc(char c)
{
    console_putc_raw(bsp_console.kind, bsp_console.paddr, c);
}
