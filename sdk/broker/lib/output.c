/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/broker/output.h>

#include <kaal/console.h>

#include "console.h"
#include <kaal/broker/mapping.h>

enum { LINE_MAX = 256 };

static uint32_t uart_kind = KAAL_CONSOLE_NONE;
static uintptr_t uart_base;

kaal_err_t output_init(const struct kaal_bootinfo *bootinfo, struct arena *arena, uint64_t vaddr)
{
    if (bootinfo->console_kind == KAAL_CONSOLE_NONE) {
        return KAAL_OK;
    }
    const kaal_err_t err = map_device(arena, bootinfo->console_paddr, vaddr);
    if (err == KAAL_OK) {
        uart_kind = bootinfo->console_kind;
        uart_base = vaddr + bootinfo->console_paddr % KAAL_PAGE_SIZE;
    }
    return err;
}

uintptr_t output_registers(void)
{
    return uart_base;
}

/* The transmit interrupt of each kind. PL011: Arm DDI 0183G, 3.3.10 (UARTIMSC).
 * Mini UART: BCM2711 ARM Peripherals, 2.2.2 (AUX_MU_IER_REG). i.MX: reference
 * manual, chapter UART (UCR1, TRDYEN). */
void output_interrupt_on(void)
{
    static const struct {
        uintptr_t offset;
        uint32_t bit;
    } enables[] = {
        [KAAL_CONSOLE_PL011] = {0x38, 1U << 5},
        [KAAL_CONSOLE_MINI_UART] = {0x04, 1U << 1},
        [KAAL_CONSOLE_IMX_UART] = {0x80, 1U << 13},
    };
    if (uart_kind != KAAL_CONSOLE_NONE && uart_kind < sizeof(enables) / sizeof(enables[0])) {
        const uintptr_t offset = enables[uart_kind].offset;
        console_reg_write(uart_base, offset,
                          console_reg_read(uart_base, offset) | enables[uart_kind].bit);
    }
}

void output_write(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '\n') {
            console_putc_raw(uart_kind, uart_base, '\r');
        }
        console_putc_raw(uart_kind, uart_base, text[i]);
    }
}

void output_printf(const char *format, ...)
{
    char text[LINE_MAX];
    va_list args;
    va_start(args, format);
    const size_t length = kaal_vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    output_write(text, length < sizeof(text) ? length : sizeof(text) - 1);
}
