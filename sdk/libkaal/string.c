/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions that a freestanding compiler may call. ISO C semantics.
 */
#include <stddef.h>
#include <stdint.h>

/* Reads and writes memory of any type. */
typedef uint64_t __attribute__((may_alias)) word_t;

void *memcpy(void *restrict dest, const void *restrict src, size_t bytes);
void *memmove(void *dest, const void *src, size_t bytes);
void *memset(void *dest, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);

void *memcpy(void *restrict dest, const void *restrict src, size_t bytes)
{
    unsigned char *to = dest;
    const unsigned char *from = src;
    if ((((uintptr_t)to | (uintptr_t)from) & 7) == 0) {
        for (; bytes >= 8; bytes -= 8, to += 8, from += 8) {
            *(word_t *)(void *)to = *(const word_t *)(const void *)from;
        }
    }
    while (bytes-- > 0) {
        *to++ = *from++;
    }
    return dest;
}

void *memmove(void *dest, const void *src, size_t bytes)
{
    unsigned char *to = dest;
    const unsigned char *from = src;
    if ((uintptr_t)to - (uintptr_t)from >= bytes) {
        return memcpy(dest, src, bytes);
    }
    while (bytes-- > 0) {
        to[bytes] = from[bytes];
    }
    return dest;
}

void *memset(void *dest, int value, size_t bytes)
{
    unsigned char *to = dest;
    if (((uintptr_t)to & 7) == 0) {
        const uint64_t word = (unsigned char)value * 0x0101010101010101ULL;
        for (; bytes >= 8; bytes -= 8, to += 8) {
            *(word_t *)(void *)to = word;
        }
    }
    while (bytes-- > 0) {
        *to++ = (unsigned char)value;
    }
    return dest;
}

int memcmp(const void *left, const void *right, size_t bytes)
{
    const unsigned char *a = left;
    const unsigned char *b = right;
    for (; bytes > 0; bytes--, a++, b++) {
        if (*a != *b) {
            return *a < *b ? -1 : 1;
        }
    }
    return 0;
}
