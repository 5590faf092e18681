/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that count, and name the line of those that do not hold. */
#pragma once
#include <stdbool.h>

extern unsigned checks;
extern unsigned failures;

bool check(bool holds, const char *file, int line, const char *text);

#define CHECK(condition) check((condition), __FILE_NAME__, __LINE__, #condition)

/* format, with arguments, must give expected. */
#define CHECK_FORMAT(expected, ...)                                                   \
    check_format(__FILE_NAME__, __LINE__, (expected), snprintf(NULL, 0, __VA_ARGS__), \
                 (snprintf(formatted, sizeof(formatted), __VA_ARGS__), formatted))

extern char formatted[128];

void check_format(const char *file, int line, const char *expected, int length, const char *got);

/* Equal, or neighbours among the doubles. */
bool within_1_ulp(double a, double b);

void test_printf(void);
void test_scanf(void);
void test_string(void);
void test_stdlib(void);
void test_malloc(void);
void test_jumps(void);
void test_math(void);
void test_tls(void);
