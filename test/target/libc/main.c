/* SPDX-License-Identifier: Apache-2.0 */
/* The C library as the C standard has it, and what KaaL adds to it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#ifndef TEST_PLANTED_FAULT
#define TEST_PLANTED_FAULT 0
#endif

unsigned checks;
unsigned failures;
char formatted[128];

static bool constructed;

__attribute__((constructor)) static void construct(void)
{
    constructed = true;
}

bool check(bool holds, const char *file, int line, const char *text)
{
    checks++;
    if (!holds) {
        failures++;
        printf("FAIL %s:%d %s\n", file, line, text);
    }
    return holds;
}

void check_format(const char *file, int line, const char *expected, int length, const char *got)
{
    if (!check((size_t)length == strlen(expected) && strcmp(expected, got) == 0, file, line,
               expected)) {
        printf("  but: %s\n", got);
    }
}

bool within_1_ulp(double a, double b)
{
    int64_t x;
    int64_t y;
    memcpy(&x, &a, sizeof(x));
    memcpy(&y, &b, sizeof(y));
    return x - y <= 1 && y - x <= 1;
}

/* Lines that the test's expressions look for, in this order. */
static void print_lines(void)
{
    printf("one %d %s %c ", 1, "two", '3');
    fprintf(stderr, "and %5.2f\n", 3.14159);
    puts("a line of puts");
    fputs("no newline, ", stdout);
    fflush(stdout);
    fputs("flushed\n", stdout);
    for (int i = 0; i < 1000; i++) {
        putchar(i == 999 ? '\n' : 'x');
    }
}

int main(int argc, char **argv)
{
    CHECK(argc == 0 && argv[0] == NULL);
    CHECK(constructed);
    CHECK(getchar() == EOF && feof(stdin));
    CHECK(!TEST_PLANTED_FAULT);
    print_lines();
    test_printf();
    test_scanf();
    test_string();
    test_stdlib();
    test_malloc();
    test_jumps();
    test_math();
    test_tls();
    printf("LIBC VERDICT: %s %u checks, %u failures\n", failures == 0 ? "PASS" : "FAIL", checks,
           failures);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
