/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watchdog of the Raspberry Pi's power management block, which ends what
 * runs: the firmware starts anew, and boots or stays down as it is told. Pure:
 * acts on registers at an address.
 */
#pragma once
#include <stdint.h>

/* The registers end here. */
enum { WATCHDOG_BYTES = 0x28 };

/* Switch the machine off, some milliseconds after the return.
 * Args: base, of the registers, readable and writable as device memory. */
void watchdog_power_off(uintptr_t base);

/* Restart it, as watchdog_power_off(). */
void watchdog_restart(uintptr_t base);
