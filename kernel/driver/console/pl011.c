/* SPDX-License-Identifier: Apache-2.0 */
#include "pl011.h"

#include "console.h"

/* Arm DDI 0183G, table 3-1 and sections 3.3.1 (DR), 3.3.3 (FR), 3.3.8 (CR). */
#define PL011_DR      0x00
#define PL011_FR      0x18
#define PL011_FR_RXFE (1U << 4)
#define PL011_FR_TXFF (1U << 5)
#define PL011_CR      0x30
#define PL011_CR_ON   (1U << 9 | 1U << 8 | 1U << 0) /* RXE, TXE, UARTEN */

void pl011_init(uintptr_t base)
{
    uint32_t cr = console_reg_read(base, PL011_CR);
    if ((cr & PL011_CR_ON) != PL011_CR_ON) {
        console_reg_write(base, PL011_CR, cr | PL011_CR_ON);
    }
}

void pl011_putc(uintptr_t base, char c)
{
    if (console_reg_wait(base, PL011_FR, PL011_FR_TXFF, 0)) {
        console_reg_write(base, PL011_DR, (unsigned char)c);
    }
}

int pl011_getc(uintptr_t base)
{
    if ((console_reg_read(base, PL011_FR) & PL011_FR_RXFE) != 0) {
        return -1;
    }
    return (int)(console_reg_read(base, PL011_DR) & 0xff);
}
