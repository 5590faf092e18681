/* SPDX-License-Identifier: Apache-2.0 */
#include "string.h"

#include <stdbool.h>
#include <stdint.h>

#if __STDC_HOSTED__
#define memcpy  kaal_memcpy
#define memmove kaal_memmove
#define memset  kaal_memset
#define memcmp  kaal_memcmp
#endif

/* May alias any object: these functions copy memory of unknown type. */
typedef uint64_t __attribute__((may_alias)) alias_word_t;

enum { WORD = sizeof(alias_word_t) };

static bool is_aligned(const void *p)
{
    return (uintptr_t)p % WORD == 0;
}

static bool can_align_together(const void *a, const void *b)
{
    return ((uintptr_t)a ^ (uintptr_t)b) % WORD == 0;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t bytes)
{
    unsigned char *d = dst;
    const unsigned char *s = src;
    if (can_align_together(d, s)) {
        for (; bytes > 0 && !is_aligned(d); bytes--) {
            *d++ = *s++;
        }
        for (; bytes >= WORD; bytes -= WORD, d += WORD, s += WORD) {
            *(alias_word_t *)(void *)d = *(const alias_word_t *)(const void *)s;
        }
    }
    for (; bytes > 0; bytes--) {
        *d++ = *s++;
    }
    return dst;
}

/* From the last byte to the first, for a destination that overlaps behind. */
static void copy_down(unsigned char *dst, const unsigned char *src, size_t bytes)
{
    unsigned char *d = dst + bytes;
    const unsigned char *s = src + bytes;
    if (can_align_together(d, s)) {
        for (; bytes > 0 && !is_aligned(d); bytes--) {
            *--d = *--s;
        }
        for (; bytes >= WORD; bytes -= WORD) {
            d -= WORD;
            s -= WORD;
            *(alias_word_t *)(void *)d = *(const alias_word_t *)(const void *)s;
        }
    }
    for (; bytes > 0; bytes--) {
        *--d = *--s;
    }
}

/* memcpy() may not be used for the upward case: its restrict would be a lie. */
static void copy_up(unsigned char *d, const unsigned char *s, size_t bytes)
{
    if (can_align_together(d, s)) {
        for (; bytes > 0 && !is_aligned(d); bytes--) {
            *d++ = *s++;
        }
        for (; bytes >= WORD; bytes -= WORD, d += WORD, s += WORD) {
            *(alias_word_t *)(void *)d = *(const alias_word_t *)(const void *)s;
        }
    }
    for (; bytes > 0; bytes--) {
        *d++ = *s++;
    }
}

void *memmove(void *dst, const void *src, size_t bytes)
{
    if ((uintptr_t)dst <= (uintptr_t)src) {
        copy_up(dst, src, bytes);
    } else {
        copy_down(dst, src, bytes);
    }
    return dst;
}

void *memset(void *dst, int value, size_t bytes)
{
    unsigned char *d = dst;
    const unsigned char byte = (unsigned char)value;
    const uint64_t word = UINT64_C(0x0101010101010101) * byte;
    for (; bytes > 0 && !is_aligned(d); bytes--) {
        *d++ = byte;
    }
    for (; bytes >= WORD; bytes -= WORD, d += WORD) {
        *(alias_word_t *)(void *)d = word;
    }
    for (; bytes > 0; bytes--) {
        *d++ = byte;
    }
    return dst;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
    const unsigned char *p = a;
    const unsigned char *q = b;
    for (; bytes > 0; bytes--, p++, q++) {
        if (*p != *q) {
            return *p < *q ? -1 : 1;
        }
    }
    return 0;
}
