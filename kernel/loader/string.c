/* SPDX-License-Identifier: Apache-2.0 */
/* Word by word where source and destination allow it: with the MMU off every
 * access is a device access, slow and not to be unaligned. */
#include <stdint.h>
#include <string.h>

#define WORD      sizeof(uint64_t)
#define NO_IDIOMS __attribute__((no_builtin)) /* or the loops call themselves */

static int is_word_aligned(const void *a, const void *b)
{
    return (((uintptr_t)a | (uintptr_t)b) % WORD) == 0;
}

NO_IDIOMS void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    unsigned char *d = to;
    const unsigned char *s = from;
    if (is_word_aligned(d, s)) {
        for (; n >= 4 * WORD; n -= 4 * WORD, d += 4 * WORD, s += 4 * WORD) {
            uint64_t *dw = (uint64_t *)(void *)d;
            const uint64_t *sw = (const uint64_t *)(const void *)s;
            uint64_t a = sw[0], b = sw[1], c = sw[2], e = sw[3];
            dw[0] = a;
            dw[1] = b;
            dw[2] = c;
            dw[3] = e;
        }
    }
    for (; n > 0; n--) {
        *d++ = *s++;
    }
    return to;
}

NO_IDIOMS void *memmove(void *to, const void *from, size_t n)
{
    unsigned char *d = to;
    const unsigned char *s = from;
    if ((uintptr_t)d - (uintptr_t)s >= n) {
        return memcpy(to, from, n);
    }
    while (n > 0) {
        n--;
        d[n] = s[n];
    }
    return to;
}

NO_IDIOMS void *memset(void *to, int value, size_t n)
{
    unsigned char *d = to;
    const unsigned char byte = (unsigned char)value;
    if (is_word_aligned(d, d)) {
        const uint64_t word = byte * 0x0101010101010101U;
        for (; n >= 8 * WORD; n -= 8 * WORD, d += 8 * WORD) {
            uint64_t *w = (uint64_t *)(void *)d;
            w[0] = word;
            w[1] = word;
            w[2] = word;
            w[3] = word;
            w[4] = word;
            w[5] = word;
            w[6] = word;
            w[7] = word;
        }
    }
    for (; n > 0; n--) {
        *d++ = byte;
    }
    return to;
}

NO_IDIOMS int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;
    for (; n > 0; n--, x++, y++) {
        if (*x != *y) {
            return *x < *y ? -1 : 1;
        }
    }
    return 0;
}

NO_IDIOMS void *memchr(const void *s, int c, size_t n)
{
    const unsigned char *p = s;
    for (; n > 0; n--, p++) {
        if (*p == (unsigned char)c) {
            return (void *)(uintptr_t)p;
        }
    }
    return NULL;
}

NO_IDIOMS size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n] != '\0') {
        n++;
    }
    return n;
}

NO_IDIOMS size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;
    while (n < max && s[n] != '\0') {
        n++;
    }
    return n;
}

NO_IDIOMS char *strchr(const char *s, int c)
{
    for (; *s != (char)c; s++) {
        if (*s == '\0') {
            return NULL;
        }
    }
    return (char *)(uintptr_t)s;
}

NO_IDIOMS char *strrchr(const char *s, int c)
{
    const char *last = NULL;
    do {
        if (*s == (char)c) {
            last = s;
        }
    } while (*s++ != '\0');
    return (char *)(uintptr_t)last;
}

NO_IDIOMS int strcmp(const char *a, const char *b)
{
    for (; *a == *b && *a != '\0'; a++, b++) {
    }
    return (unsigned char)*a - (unsigned char)*b;
}
