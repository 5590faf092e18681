/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { ITEMS = 1000, BLOCK = 1000, MAX_BLOCKS = 1024 };

static int compare(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *)a;
    const unsigned y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

static void test_qsort(void)
{
    static unsigned items[ITEMS];
    unsigned seed = 1;
    unsigned sum = 0;
    unsigned sorted_sum = 0;
    bool is_sorted = true;
    for (unsigned i = 0; i < ITEMS; i++) {
        seed = seed * 1664525 + 1013904223;
        items[i] = seed >> 22; /* with many repetitions */
        sum += items[i];
    }
    qsort(items, ITEMS, sizeof(items[0]), compare);
    for (unsigned i = 0; i < ITEMS; i++) {
        is_sorted = is_sorted && (i == 0 || items[i - 1] <= items[i]);
        sorted_sum += items[i];
    }
    CHECK(is_sorted && sorted_sum == sum);
    const unsigned absent = 5000;
    const unsigned *found = bsearch(&items[ITEMS / 2], items, ITEMS, sizeof(items[0]), compare);
    CHECK(found != NULL && *found == items[ITEMS / 2]);
    CHECK(bsearch(&absent, items, ITEMS, sizeof(items[0]), compare) == NULL);
}

static void test_integers(void)
{
    char *end;
    const char *text = "  -0x1Fg";

    CHECK(strtol(text, &end, 0) == -31 && strcmp(end, "g") == 0);
    CHECK(strtol("777", NULL, 8) == 511 && strtol("zz", NULL, 36) == 1295);
    text = "none";
    CHECK(strtol(text, &end, 10) == 0 && end == text);
    errno = 0;
    CHECK(strtol("9223372036854775807", NULL, 10) == LONG_MAX && errno == 0);
    CHECK(strtol("9223372036854775808", NULL, 10) == LONG_MAX && errno == ERANGE);
    errno = 0;
    CHECK(strtol("-9223372036854775809", NULL, 10) == LONG_MIN && errno == ERANGE);
    errno = 0;
    CHECK(strtoul("-1", NULL, 10) == ULONG_MAX && errno == 0);
    CHECK(strtoull("18446744073709551616", NULL, 10) == ULLONG_MAX && errno == ERANGE);
    CHECK(strtoimax("-5", NULL, 10) == -5 && atoi("42x") == 42);
    CHECK(abs(-3) == 3 && div(-7, 2).quot == -3 && div(-7, 2).rem == -1);
}

static bool equal(double a, double b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

static void test_reals(void)
{
    char *end;
    CHECK(equal(strtod("  1.5e3x", &end), 1500.0) && *end == 'x');
    CHECK(equal(strtod("0.1", NULL), 0.1) && equal(strtod("-0", NULL), -0.0));
    CHECK(equal(strtod("0x1.8p1", NULL), 3.0));
    CHECK(equal(strtod("1.7976931348623157e308", NULL), 1.7976931348623157e308));
    CHECK(equal(strtod("4.9e-324", NULL), 4.9406564584124654e-324));
    CHECK(isinf(strtod("-infinity", NULL)) && isnan(strtod("nan", NULL)));
    errno = 0;
    CHECK(equal(strtod("1e400", NULL), HUGE_VAL) && errno == ERANGE);
    errno = 0;
    CHECK(strtod("1e-400", NULL) < 1e-300 && errno == ERANGE);
    CHECK(equal((double)strtof("0.25", NULL), 0.25) && equal(atof("2.5"), 2.5));
}

void test_stdlib(void)
{
    test_qsort();
    test_integers();
    test_reals();
    srand(7);
    const int first = rand();
    srand(7);
    CHECK(rand() == first && first >= 0);
}

/* Blocks until none is left; returns how many. */
static unsigned fill(unsigned char **blocks)
{
    unsigned count = 0;
    while (count < MAX_BLOCKS && (blocks[count] = malloc(BLOCK)) != NULL) {
        memset(blocks[count], (int)count, BLOCK);
        count++;
    }
    return count;
}

void test_malloc(void)
{
    static unsigned char *blocks[MAX_BLOCKS];
    errno = 0;
    const unsigned count = fill(blocks);
    CHECK(errno == ENOMEM);
    CHECK(count >= 60 && count <= 65); /* 64 KiB */
    bool is_kept = true;
    for (unsigned i = 0; i < count; i++) {
        is_kept = is_kept && (uintptr_t)blocks[i] % 16 == 0 && blocks[i][0] == (unsigned char)i &&
                  blocks[i][BLOCK - 1] == (unsigned char)i;
    }
    CHECK(is_kept);
    for (unsigned i = 0; i < count; i += 2) {
        free(blocks[i]);
    }
    for (unsigned i = 1; i < count; i += 2) {
        free(blocks[i]);
    }
    unsigned char *all = malloc((size_t)count * BLOCK); /* only if all has been joined */
    CHECK(all != NULL);
    free(all);
    CHECK(fill(blocks) == count);
    for (unsigned i = count; i > 0; i--) {
        free(blocks[i - 1]);
    }

    unsigned char *grown = malloc(16);
    memset(grown, 0x5a, 16);
    grown = realloc(grown, 30000);
    CHECK(grown != NULL && grown[0] == 0x5a && grown[15] == 0x5a);
    CHECK(realloc(grown, SIZE_MAX / 2) == NULL && grown[15] == 0x5a);
    grown = realloc(grown, 8);
    CHECK(grown != NULL && grown[7] == 0x5a);
    free(grown);
    unsigned char *zeros = calloc(100, 300);
    unsigned char any = 0;
    for (unsigned i = 0; zeros != NULL && i < 30000; i++) {
        any |= zeros[i];
    }
    CHECK(zeros != NULL && any == 0);
    free(zeros);
    CHECK(calloc(SIZE_MAX / 4, 8) == NULL);
    free(NULL);
    void *aligned = aligned_alloc(256, 512);
    CHECK(aligned != NULL && (uintptr_t)aligned % 256 == 0);
    free(aligned);
}

static jmp_buf target;

__attribute__((noinline)) static void jump(int depth, int value)
{
    if (depth == 0) {
        longjmp(target, value);
    }
    jump(depth - 1, value);
    CHECK(false);
}

void test_jumps(void)
{
    /* Floating-point registers d8..d15 are kept over a call, hence also here. */
    double kept[4] = {1.25, 2.5, 5.0, 10.0};
    volatile int returns = 0;
    __asm__ volatile("" : "+w"(kept[0]), "+w"(kept[1]), "+w"(kept[2]), "+w"(kept[3]));
    const int value = setjmp(target);
    returns++;
    if (value == 0) {
        jump(5, 42);
    } else if (value == 42) {
        jump(3, 0); /* arrives as 1 */
    }
    CHECK(value == 1 && returns == 3);
    CHECK(equal(kept[0], 1.25) && equal(kept[1], 2.5) && equal(kept[2], 5.0) &&
          equal(kept[3], 10.0));
}
