/* SPDX-License-Identifier: Apache-2.0 */
/* What libfdt wants beyond libkaal's string.c. */
#include <stdint.h>
#include <string.h>

void *memchr(const void *s, int c, size_t n)
{
    for (const unsigned char *p = s; n > 0; n--, p++) {
        if (*p == (unsigned char)c) {
            return (void *)(uintptr_t)p;
        }
    }
    return NULL;
}

size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;
    while (n < max && s[n] != '\0') {
        n++;
    }
    return n;
}

size_t strlen(const char *s)
{
    return strnlen(s, SIZE_MAX);
}
