/* SPDX-License-Identifier: Apache-2.0 */
#include "imx_uart.h"

#include "console.h"

/* i.MX 8M Plus reference manual, chapter UART, section "UART Memory Map". */
#define IMX_URXD        0x00
#define IMX_UTXD        0x40
#define IMX_UCR1        0x80
#define IMX_UCR1_UARTEN (1U << 0)
#define IMX_UCR2        0x84
#define IMX_UCR2_SRST   (1U << 0) /* 0 resets */
#define IMX_UCR2_RXEN   (1U << 1)
#define IMX_UCR2_TXEN   (1U << 2)
#define IMX_UCR2_WS     (1U << 5)  /* 8 bits */
#define IMX_UCR2_IRTS   (1U << 14) /* ignore RTS */
#define IMX_USR2        0x98
#define IMX_USR2_RDR    (1U << 0) /* receive data ready */
#define IMX_UTS         0xb4
#define IMX_UTS_TXFULL  (1U << 4)

void imx_uart_init(uintptr_t base)
{
    const uint32_t on = IMX_UCR2_SRST | IMX_UCR2_RXEN | IMX_UCR2_TXEN;
    uint32_t ucr1 = console_reg_read(base, IMX_UCR1);
    if ((ucr1 & IMX_UCR1_UARTEN) == 0) {
        console_reg_write(base, IMX_UCR1, ucr1 | IMX_UCR1_UARTEN);
    }
    uint32_t ucr2 = console_reg_read(base, IMX_UCR2);
    if ((ucr2 & on) != on) {
        console_reg_write(base, IMX_UCR2, ucr2 | on | IMX_UCR2_WS | IMX_UCR2_IRTS);
    }
}

void imx_uart_putc(uintptr_t base, char c)
{
    if (console_reg_wait(base, IMX_UTS, IMX_UTS_TXFULL, 0)) {
        console_reg_write(base, IMX_UTXD, (unsigned char)c);
    }
}

int imx_uart_getc(uintptr_t base)
{
    if ((console_reg_read(base, IMX_USR2) & IMX_USR2_RDR) == 0) {
        return -1;
    }
    return (int)(console_reg_read(base, IMX_URXD) & 0xff);
}
