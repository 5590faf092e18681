/* SPDX-License-Identifier: Apache-2.0 */
/* The part of ISO C's <string.h> that the loader and libfdt use. */
#pragma once
#include <stddef.h>

#include "lib/string.h"

void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
char *strrchr(const char *s, int c); /* not linked */
