/* SPDX-License-Identifier: Apache-2.0 */
/* The part of ISO C's <string.h> that libfdt and root tasks use. */
#pragma once
#include <stddef.h>

void *memcpy(void *restrict dest, const void *restrict src, size_t bytes);
void *memmove(void *dest, const void *src, size_t bytes);
void *memset(void *dest, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
char *strrchr(const char *s, int c); /* not linked */
