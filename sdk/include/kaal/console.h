/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text output of a component. It goes line by line to whoever serves the
 * component's console endpoint, which puts the component's name in front.
 */
#ifndef KAAL_CONSOLE_H
#define KAAL_CONSOLE_H

#include <stdarg.h>
#include <stddef.h>

/* Write bytes. Blocks until they are taken. */
void kaal_console_write(const char *text, size_t bytes);

/* Write a string, without a newline. */
void kaal_console_puts(const char *text);

/*
 * Formatted output: %d %i %u %x %X %c %s %p %%, with l, ll or z, a width, and
 * the flags 0 and -. Precision for %s. No floating point.
 */
void kaal_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As kaal_printf(), into memory. Returns the length of the whole text, which
 * was cut (and is NUL-terminated) if that is not below size. */
size_t kaal_snprintf(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
size_t kaal_vsnprintf(char *text, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

#endif
