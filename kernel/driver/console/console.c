/* SPDX-License-Identifier: Apache-2.0 */
#include "console.h"

#include <kaal/abi/bootinfo.h>

#include "imx_uart.h"
#include "mini_uart.h"
#include "pl011.h"

void console_putc_raw(uint32_t kind, uintptr_t base, char c)
{
    switch (kind) {
    case KAAL_CONSOLE_PL011:
        pl011_putc(base, c);
        break;
    case KAAL_CONSOLE_MINI_UART:
        mini_uart_putc(base, c);
        break;
    case KAAL_CONSOLE_IMX_UART:
        imx_uart_putc(base, c);
        break;
    default:
        break;
    }
}

void console_init(uint32_t kind, uintptr_t base)
{
    switch (kind) {
    case KAAL_CONSOLE_PL011:
        pl011_init(base);
        break;
    case KAAL_CONSOLE_MINI_UART:
        mini_uart_init(base);
        break;
    case KAAL_CONSOLE_IMX_UART:
        imx_uart_init(base);
        break;
    default:
        break;
    }
}
