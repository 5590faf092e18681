/* SPDX-License-Identifier: Apache-2.0 */
/* fmt.h prints what libc's snprintf does, as far as it goes. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "host.h"
#include "lib/fmt.h"

static int reset(void **state)
{
    (void)state;
    host_reset();
    return 0;
}

__attribute__((format(printf, 1, 2))) static void same_as_libc(const char *fmt, ...)
{
    char want[256];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(want, sizeof(want), fmt, ap);
    va_end(ap);
    host.console_length = 0;
    host.console[0] = '\0';
    va_start(ap, fmt);
    fmt_vprint(fmt, ap);
    va_end(ap);
    assert_string_equal(host.console, want);
}

static void test_numbers(void **state)
{
    (void)state;
    same_as_libc("%u %u %u", 0U, 10U, UINT_MAX);
    same_as_libc("%d %d %d %d", 0, -1, INT_MIN, INT_MAX);
    same_as_libc("%ld %ld", LONG_MIN, LONG_MAX);
    same_as_libc("%lu %lu", 0UL, ULONG_MAX);
    same_as_libc("%x %lx %x", 0xdeadbeefU, 0x123456789abcdef0UL, 0U);
}

static void test_width_and_padding(void **state)
{
    (void)state;
    same_as_libc("%016lx|%8x|%08x", 0xabcUL, 0xabcU, 0xabcU);
    same_as_libc("%2x|%1u|%5u|%05u", 0xabcdU, 42U, 42U, 42U);
    same_as_libc("%6d|%06d|%3d", -42, -42, -42000);
}

static void test_text(void **state)
{
    (void)state;
    same_as_libc("%s and %c and %%", "string", 'c');
    same_as_libc("%s", "");
    same_as_libc("plain");
    const char *volatile none = NULL;
    fmt_print("%s", none);
    assert_string_equal(host.console, "plain(null)");
}

static void test_pointer(void **state)
{
    (void)state;
    fmt_print("%p", (void *)(uintptr_t)0xffff000012345678);
    assert_string_equal(host.console, "0xffff000012345678");
}

/* The compiler refuses these, so hide them from it. */
static void test_unknown_conversion_is_text(void **state)
{
    (void)state;
    const char *volatile unknown = "<%q> <%";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
    fmt_print(unknown);
#pragma GCC diagnostic pop
    assert_string_equal(host.console, "<%q> <%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_numbers, reset),
        cmocka_unit_test_setup(test_width_and_padding, reset),
        cmocka_unit_test_setup(test_text, reset),
        cmocka_unit_test_setup(test_pointer, reset),
        cmocka_unit_test_setup(test_unknown_conversion_is_text, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
