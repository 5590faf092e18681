/* SPDX-License-Identifier: Apache-2.0 */
/* Expected texts follow from C17 7.21.6.1. */
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static void print_integers(void)
{
    CHECK_FORMAT("-2147483648 2147483647", "%d %d", INT_MIN, INT_MAX);
    CHECK_FORMAT("-9223372036854775808", "%ld", LONG_MIN);
    CHECK_FORMAT("18446744073709551615", "%llu", ULLONG_MAX);
    CHECK_FORMAT("-1 -1", "%hhd %hd", (signed char)-1, (short)-1);
    CHECK_FORMAT("ffffffff 0xff 0XFF 017", "%x %#x %#X %#o", UINT_MAX, 255, 255, 15);
    CHECK_FORMAT("   42|42   |00042|+42| 42", "%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42);
    CHECK_FORMAT("  007||  -3", "%5.3d|%.0d|%*d", 7, 0, 4, -3);
    CHECK_FORMAT("7 -8 9", "%zu %td %jd", (size_t)7, (ptrdiff_t)-8, (intmax_t)9);
    CHECK_FORMAT("18446744073709551615 ff", "%" PRIu64 " %" PRIx32, UINT64_MAX, (uint32_t)255);
}

static void print_text(void)
{
    CHECK_FORMAT("a b%", "%c %s%%", 'a', "b");
    CHECK_FORMAT("   ab|ab   |ab", "%5s|%-5s|%.2s", "ab", "ab", "abc");
    CHECK_FORMAT("a", "%.*s", 1, "abc");
}

static void print_reals(void)
{
    CHECK_FORMAT("1.500000 -0.000000 0.333333", "%f %f %f", 1.5, -0.0, 1.0 / 3);
    CHECK_FORMAT("2.00 1234567.9 1e+02", "%.2f %.1f %.0e", 2.0005, 1234567.89, 100.0);
    CHECK_FORMAT("1.234568e+04 1.00E-10", "%e %.2E", 12345.678, 1e-10);
    CHECK_FORMAT("0.0001 1e-05 123456 1.23457e+08", "%g %g %g %g", 1e-4, 1e-5, 123456.0,
                 123456789.0);
    CHECK_FORMAT("100.000 1", "%#g %g", 100.0, 1.0);
    CHECK_FORMAT("1.7976931348623157e+308 2.2250738585072014e-308", "%.17g %.17g", DBL_MAX,
                 DBL_MIN);
    CHECK_FORMAT("inf -INF nan", "%f %F %g", INFINITY, -INFINITY, fabs((double)NAN));
    CHECK_FORMAT("0x1.8p+1", "%a", 3.0);
    CHECK_FORMAT("   3.1|3.1   |0003.1|+3.1", "%6.1f|%-6.1f|%06.1f|%+.1f", 3.1, 3.1, 3.1, 3.1);
}

/* 17 digits name one double, whichever of the decimals near it is printed. */
static void print_and_read(double value)
{
    snprintf(formatted, sizeof(formatted), "%.17g", value);
    const double read = strtod(formatted, NULL);
    CHECK(memcmp(&read, &value, sizeof(read)) == 0);
}

static void print_truncated(void)
{
    char text[8];
    memset(text, '#', sizeof(text));
    volatile size_t size = 5; /* the compiler knows too much */
    CHECK(snprintf(text, size, "%s", "0123456789") == 10);
    CHECK(memcmp(text, "0123\0###", sizeof(text)) == 0);
    memset(text, '#', sizeof(text));
    size = 0;
    CHECK(snprintf(text, size, "%d", 12345) == 5 && text[0] == '#');
    size = 1;
    CHECK(snprintf(text, size, "%d", 12345) == 5 && text[0] == '\0' && text[1] == '#');
    CHECK(snprintf(text, sizeof(text), "%.3f", 1.0 / 8) == 5 && strcmp(text, "0.125") == 0);
}

void test_printf(void)
{
    print_integers();
    print_text();
    print_reals();
    print_and_read(0.1);
    print_and_read(-1.0 / 3);
    print_and_read(4.9406564584124654e-324);
    print_and_read(DBL_MAX);
    print_truncated();
}

void test_scanf(void)
{
    int decimal = 0;
    int any = 0;
    unsigned hex = 0;
    double real = 0;
    float small = 0;
    char word[8] = "";
    char set[8] = "";
    int end = 0;

    CHECK(sscanf("-12 ff 0x10 word", "%d %x %i %7s", &decimal, &hex, &any, word) == 4);
    CHECK(decimal == -12 && hex == 255 && any == 16 && strcmp(word, "word") == 0);
    CHECK(sscanf("1.25e2,0.5", "%lf,%f", &real, &small) == 2);
    CHECK(real > 124.9 && real < 125.1 && small > 0.49f && small < 0.51f);
    CHECK(sscanf("abc123", "%3[a-c]%2d%d", set, &decimal, &any) == 3);
    CHECK(strcmp(set, "abc") == 0 && decimal == 12 && any == 3);
    CHECK(sscanf("x", "%d", &decimal) == 0);
    CHECK(sscanf("", "%d", &decimal) == EOF);
    CHECK(sscanf("5 6", "%*d %d", &end) == 1 && end == 6);
    CHECK(scanf("%d", &decimal) == EOF);
}
