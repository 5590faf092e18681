/* SPDX-License-Identifier: Apache-2.0 */
/* string.h: every small length at every alignment, with canaries. */
#include "lib/string.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MAX = 40, SIZE = 96 };

static unsigned char buffer[SIZE], expected[SIZE], source[SIZE];

static void fill(void)
{
    for (unsigned i = 0; i < SIZE; i++) {
        buffer[i] = (unsigned char)(i + 1);
        source[i] = (unsigned char)(200 - i);
    }
    memcpy(expected, buffer, SIZE);
}

static void test_memcpy(void **state)
{
    (void)state;
    for (size_t to = 8; to < 16; to++) {
        for (size_t from = 0; from < 8; from++) {
            for (size_t n = 0; n <= MAX; n++) {
                fill();
                for (size_t i = 0; i < n; i++) {
                    expected[to + i] = source[from + i];
                }
                assert_ptr_equal(kaal_memcpy(buffer + to, source + from, n), buffer + to);
                assert_memory_equal(buffer, expected, SIZE);
            }
        }
    }
}

static void test_memmove_overlapping(void **state)
{
    (void)state;
    for (size_t to = 0; to < 24; to++) {
        for (size_t from = 0; from < 24; from++) {
            for (size_t n = 0; n <= MAX; n++) {
                fill();
                for (size_t i = 0; i < n; i++) {
                    expected[to + i] = (unsigned char)(from + i + 1);
                }
                assert_ptr_equal(kaal_memmove(buffer + to, buffer + from, n), buffer + to);
                assert_memory_equal(buffer, expected, SIZE);
            }
        }
    }
}

static void test_memset(void **state)
{
    (void)state;
    for (size_t to = 8; to < 16; to++) {
        for (size_t n = 0; n <= MAX; n++) {
            fill();
            for (size_t i = 0; i < n; i++) {
                expected[to + i] = 0xc3;
            }
            /* Only the low eight bits of the value count. */
            assert_ptr_equal(kaal_memset(buffer + to, 0x7c3, n), buffer + to);
            assert_memory_equal(buffer, expected, SIZE);
        }
    }
}

static void test_memcmp(void **state)
{
    (void)state;
    for (size_t at = 0; at < MAX; at++) {
        fill();
        assert_int_equal(kaal_memcmp(buffer, expected, MAX), 0);
        buffer[at] = 0xff;
        expected[at] = 0x01;
        assert_true(kaal_memcmp(buffer, expected, MAX) > 0);
        assert_true(kaal_memcmp(expected, buffer, MAX) < 0);
        assert_int_equal(kaal_memcmp(buffer, expected, at), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memcpy),
        cmocka_unit_test(test_memmove_overlapping),
        cmocka_unit_test(test_memset),
        cmocka_unit_test(test_memcmp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
