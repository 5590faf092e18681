/* SPDX-License-Identifier: Apache-2.0 */
/*
 * i.MX UART. Manual: i.MX 8M Plus Applications Processor Reference Manual,
 * chapter "Universal Asynchronous Receiver/Transmitter (UART)".
 */
#pragma once
#include <stdint.h>

/* Switches UART, transmitter and receiver on unless they are on already. */
void imx_uart_init(uintptr_t base);

/* Waits, within bounds, for room and sends c. Without room in time c is lost. */
void imx_uart_putc(uintptr_t base, char c);

/* The next received character, or -1 when there is none. Never waits. */
int imx_uart_getc(uintptr_t base);
