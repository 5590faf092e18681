/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debug consoles: polled output of single characters. Pure functions on the
 * address of the registers, without state, used unchanged by the kernel, by
 * the loader (MMU off) and by drivers in user space.
 *
 * Speed, pins and clocks are left as the firmware set them.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Most polls for room in a transmitter. At about 100 ns a poll this is more
 * than one character at 9600 baud; a dead UART loses output and hangs nobody. */
#define CONSOLE_MAX_POLLS 65536U

/* Writes c to the console of this kind (enum kaal_console_kind) whose
 * registers are at base. No newline conversion. KAAL_CONSOLE_NONE and unknown
 * kinds: nothing. Takes at most CONSOLE_MAX_POLLS polls. */
void console_putc_raw(uint32_t kind, uintptr_t base, char c);

/* Switches transmitter and receiver on unless they are on already. */
void console_init(uint32_t kind, uintptr_t base);

static inline uint32_t console_reg_read(uintptr_t base, uintptr_t offset)
{
    return *(const volatile uint32_t *)(base + offset);
}

static inline void console_reg_write(uintptr_t base, uintptr_t offset, uint32_t value)
{
    *(volatile uint32_t *)(base + offset) = value;
}

/* Polls until a bit of mask in the register equals wanted (0 or mask).
 * Returns false when it never does. */
static inline bool console_reg_wait(uintptr_t base, uintptr_t offset, uint32_t mask,
                                    uint32_t wanted)
{
    for (uint32_t polls = 0; polls < CONSOLE_MAX_POLLS; polls++) {
        if ((console_reg_read(base, offset) & mask) == wanted) {
            return true;
        }
    }
    return false;
}
