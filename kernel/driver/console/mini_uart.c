/* SPDX-License-Identifier: Apache-2.0 */
#include "mini_uart.h"

#include "console.h"

/* BCM2711 ARM Peripherals, section 2.2.2, offsets from AUX_MU_IO_REG. */
#define MU_IO        0x00
#define MU_LSR       0x14
#define MU_LSR_RX    (1U << 0) /* a symbol has been received */
#define MU_LSR_TX    (1U << 5) /* there is room for a symbol */
#define MU_CNTL      0x20
#define MU_CNTL_ON   (1U << 1 | 1U << 0) /* transmitter, receiver */
#define MU_TO_AUX    0x3c                /* AUX_ENABLES is this far below */
#define AUX_ENABLES  0x00
#define AUX_MINIUART (1U << 0)

void mini_uart_init(uintptr_t base)
{
    uint32_t aux = console_reg_read(base - MU_TO_AUX, AUX_ENABLES);
    if ((aux & AUX_MINIUART) == 0) {
        console_reg_write(base - MU_TO_AUX, AUX_ENABLES, aux | AUX_MINIUART);
    }
    uint32_t cntl = console_reg_read(base, MU_CNTL);
    if ((cntl & MU_CNTL_ON) != MU_CNTL_ON) {
        console_reg_write(base, MU_CNTL, cntl | MU_CNTL_ON);
    }
}

void mini_uart_putc(uintptr_t base, char c)
{
    if (console_reg_wait(base, MU_LSR, MU_LSR_TX, MU_LSR_TX)) {
        console_reg_write(base, MU_IO, (unsigned char)c);
    }
}

int mini_uart_getc(uintptr_t base)
{
    if ((console_reg_read(base, MU_LSR) & MU_LSR_RX) == 0) {
        return -1;
    }
    return (int)(console_reg_read(base, MU_IO) & 0xff);
}
