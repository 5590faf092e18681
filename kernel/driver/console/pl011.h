/* SPDX-License-Identifier: Apache-2.0 */
/* Arm PrimeCell UART (PL011). Manual: Arm DDI 0183G. */
#pragma once
#include <stdint.h>

/* Switches UART, transmitter and receiver on unless they are on already. */
void pl011_init(uintptr_t base);

/* Waits, within bounds, for room and sends c. Without room in time c is lost. */
void pl011_putc(uintptr_t base, char c);

/* The next received character, or -1 when there is none. Never waits. */
int pl011_getc(uintptr_t base);
