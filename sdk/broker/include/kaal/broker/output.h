/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A root task's own polled console, on the UART that bootinfo names.
 */
#pragma once
#include <stddef.h>

#include <kaal/broker/memory.h>

/*
 * Map the UART at vaddr (tables from arena). Without a console, output goes
 * nowhere. Errors: the kernel's.
 */
KAAL_MUST_CHECK kaal_err_t output_init(const struct kaal_bootinfo *bootinfo, struct arena *arena,
                                       uint64_t vaddr);

/* Virtual address of the UART's registers, 0 without a console. */
uintptr_t output_registers(void);

/* Let the UART interrupt whenever its transmitter has room. Output stays polled. */
void output_interrupt_on(void);

/* "\n" becomes "\r\n". */
void output_write(const char *text, size_t bytes);

/* As kaal_printf(), at most 255 characters. */
void output_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
