/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formatted text on the console (arch_putc), for panics and debug output.
 *
 *   %s string (NULL prints "(null)")   %c character   %% percent sign
 *   %d %ld signed   %u %lu unsigned   %x %lx hexadecimal   %p 0x and 16 digits
 *
 * A decimal width and a leading 0 are understood before d, u and x. An
 * unknown conversion is printed as it stands and takes no argument.
 */
#pragma once
#include <stdarg.h>

void fmt_vprint(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
void fmt_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
