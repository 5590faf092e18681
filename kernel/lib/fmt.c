/* SPDX-License-Identifier: Apache-2.0 */
#include "fmt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"

enum { DIGITS_MAX = 20 }; /* of UINT64_MAX in base 10 */

struct spec {
    unsigned width;
    bool zero_pad;
    bool is_long;
};

static void put_string(const char *s)
{
    for (s = s == NULL ? "(null)" : s; *s != '\0'; s++) {
        arch_putc(*s);
    }
}

static void put_number(uint64_t value, unsigned base, bool negative, const struct spec *spec)
{
    char digits[DIGITS_MAX];
    unsigned n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0);

    const unsigned used = n + (negative ? 1U : 0U);
    if (negative && spec->zero_pad) {
        arch_putc('-');
    }
    for (unsigned i = used; i < spec->width; i++) {
        arch_putc(spec->zero_pad ? '0' : ' ');
    }
    if (negative && !spec->zero_pad) {
        arch_putc('-');
    }
    while (n > 0) {
        arch_putc(digits[--n]);
    }
}

static void put_signed(int64_t value, const struct spec *spec)
{
    const uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    put_number(magnitude, 10, value < 0, spec);
}

static const char *parse_spec(const char *fmt, struct spec *spec)
{
    *spec = (struct spec){0};
    if (*fmt == '0') {
        spec->zero_pad = true;
        fmt++;
    }
    for (; *fmt >= '0' && *fmt <= '9' && spec->width < 100; fmt++) {
        spec->width = spec->width * 10 + (unsigned)(*fmt - '0');
    }
    for (; *fmt == 'l'; fmt++) {
        spec->is_long = true;
    }
    return fmt;
}

void fmt_vprint(const char *fmt, va_list ap)
{
    while (*fmt != '\0') {
        const char *start = fmt;
        if (*fmt++ != '%') {
            arch_putc(*start);
            continue;
        }
        struct spec spec;
        fmt = parse_spec(fmt, &spec);
        switch (*fmt) {
        case 's':
            put_string(va_arg(ap, const char *));
            break;
        case 'c':
            arch_putc((char)va_arg(ap, int));
            break;
        case 'd':
            put_signed(spec.is_long ? va_arg(ap, long) : va_arg(ap, int), &spec);
            break;
        case 'u':
        case 'x':
            put_number(spec.is_long ? va_arg(ap, unsigned long) : va_arg(ap, unsigned),
                       *fmt == 'x' ? 16 : 10, false, &spec);
            break;
        case 'p':
            put_string("0x");
            put_number((uintptr_t)va_arg(ap, void *), 16, false,
                       &(struct spec){.width = 16, .zero_pad = true});
            break;
        case '%':
            arch_putc('%');
            break;
        default:
            for (; start < fmt; start++) {
                arch_putc(*start);
            }
            continue; /* the character itself, or the end, is the loop's */
        }
        fmt++;
    }
}

void fmt_print(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fmt_vprint(fmt, ap);
    va_end(ap);
}
