/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/console.h>

#include <stdbool.h>
#include <stdint.h>

enum { NUMBER_MAX = 20 }; /* digits of 2^64 - 1 */

struct output {
    char *text;
    size_t size;
    size_t length;
};

/* One conversion: %[0-][width][.precision][l|ll|z]kind */
struct conversion {
    bool zero;
    bool left;
    bool is_long;
    size_t width;
    size_t precision; /* SIZE_MAX: none */
    char kind;
};

static void put(struct output *out, char c)
{
    if (out->length + 1 < out->size) {
        out->text[out->length] = c;
    }
    out->length++;
}

static void pad(struct output *out, char c, size_t used, size_t width)
{
    for (; used < width; used++) {
        put(out, c);
    }
}

/* sign: 0 or the characters of a prefix in front of the digits. */
static void put_field(struct output *out, const struct conversion *conv, const char *prefix,
                      const char *digits, size_t count)
{
    size_t used = count;
    for (const char *p = prefix; *p != '\0'; p++) {
        used++;
    }
    if (!conv->left && !conv->zero) {
        pad(out, ' ', used, conv->width);
    }
    while (*prefix != '\0') {
        put(out, *prefix++);
    }
    if (!conv->left && conv->zero) {
        pad(out, '0', used, conv->width);
    }
    for (size_t i = 0; i < count; i++) {
        put(out, digits[i]);
    }
    if (conv->left) {
        pad(out, ' ', used, conv->width);
    }
}

static void put_number(struct output *out, const struct conversion *conv, const char *prefix,
                       uint64_t value, unsigned base)
{
    const char *digit = conv->kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char digits[NUMBER_MAX];
    size_t first = NUMBER_MAX;
    do {
        digits[--first] = digit[value % base];
        value /= base;
    } while (value != 0);
    put_field(out, conv, prefix, &digits[first], NUMBER_MAX - first);
}

static void put_string(struct output *out, struct conversion *conv, const char *text)
{
    if (text == NULL) {
        text = "(null)";
    }
    size_t length = 0;
    while (length < conv->precision && text[length] != '\0') {
        length++;
    }
    conv->zero = false;
    put_field(out, conv, "", text, length);
}

static size_t parse_number(const char **format)
{
    size_t value = 0;
    while (**format >= '0' && **format <= '9' && value < 10000) {
        value = value * 10 + (size_t)(*(*format)++ - '0');
    }
    return value;
}

/* *format: behind the '%'; moved behind the conversion. */
static struct conversion parse(const char **format)
{
    struct conversion conv = {.precision = SIZE_MAX};
    for (;; (*format)++) {
        if (**format == '0') {
            conv.zero = true;
        } else if (**format == '-') {
            conv.left = true;
        } else {
            break;
        }
    }
    conv.width = parse_number(format);
    if (**format == '.') {
        (*format)++;
        conv.precision = parse_number(format);
    }
    while (**format == 'l' || **format == 'z') {
        conv.is_long = true;
        (*format)++;
    }
    conv.kind = **format;
    if (conv.kind != '\0') {
        (*format)++;
    }
    return conv;
}

static void put_signed(struct output *out, const struct conversion *conv, int64_t value)
{
    if (value < 0) {
        put_number(out, conv, "-", 0 - (uint64_t)value, 10);
    } else {
        put_number(out, conv, "", (uint64_t)value, 10);
    }
}

size_t kaal_vsnprintf(char *text, size_t size, const char *format, va_list args)
{
    struct output out = {.text = text, .size = size};
    while (*format != '\0') {
        if (*format != '%') {
            put(&out, *format++);
            continue;
        }
        format++;
        struct conversion conv = parse(&format);
        switch (conv.kind) {
        case 'd':
        case 'i':
            put_signed(&out, &conv, conv.is_long ? va_arg(args, long) : va_arg(args, int));
            break;
        case 'u':
        case 'x':
        case 'X':
            put_number(&out, &conv, "",
                       conv.is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned),
                       conv.kind == 'u' ? 10 : 16);
            break;
        case 'p':
            put_number(&out, &conv, "0x", (uintptr_t)va_arg(args, void *), 16);
            break;
        case 'c':
            put(&out, (char)va_arg(args, int));
            break;
        case 's':
            put_string(&out, &conv, va_arg(args, const char *));
            break;
        case '\0':
            break;
        default:
            put(&out, conv.kind);
            break;
        }
    }
    if (size > 0) {
        text[out.length < size ? out.length : size - 1] = '\0';
    }
    return out.length;
}

size_t kaal_snprintf(char *text, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const size_t length = kaal_vsnprintf(text, size, format, args);
    va_end(args);
    return length;
}
