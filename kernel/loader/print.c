/* SPDX-License-Identifier: Apache-2.0 */
#include "bsp.h"
#include "loader.h"

void print_str(const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == '\n') {
            bsp_putc('\r');
        }
        bsp_putc(*s);
    }
}

static void print_number(uint64_t value, unsigned base)
{
    char text[24];
    unsigned at = sizeof(text) - 1;
    text[at] = '\0';
    do {
        unsigned digit = (unsigned)(value % base);
        text[--at] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        value /= base;
    } while (value != 0);
    print_str(&text[at]);
}

void print_hex(uint64_t value)
{
    print_str("0x");
    print_number(value, 16);
}

void print_dec(uint64_t value)
{
    print_number(value, 10);
}

void loader_fail(const char *part, const char *error)
{
    print_str("LOADER ERROR: ");
    print_str(part);
    print_str(": ");
    print_str(error);
    print_str("\n");
    park();
}
