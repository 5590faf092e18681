/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BCM2835 to BCM2711 auxiliary "mini" UART. Manual: BCM2711 ARM Peripherals,
 * chapter 2 (Auxiliaries). base: AUX_MU_IO_REG, 0x40 above AUX_IRQ.
 */
#pragma once
#include <stdint.h>

/* Switches UART, transmitter and receiver on unless they are on already. Also
 * touches AUX_ENABLES, 0x3c below base in the same page. */
void mini_uart_init(uintptr_t base);

/* Waits, within bounds, for room and sends c. Without room in time c is lost. */
void mini_uart_putc(uintptr_t base, char c);

/* The next received character, or -1 when there is none. Never waits. */
int mini_uart_getc(uintptr_t base);
