/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The four memory functions that a compiler may call on its own.
 *
 * Freestanding builds (the kernel, the loader) define them under their
 * standard names. Hosted builds keep libc's, which the sanitizers watch; there
 * string.c compiles to the kaal_ names, so that its tests run the shipped code.
 *
 * Word-wise where both pointers can be aligned at once, byte-wise otherwise:
 * no access is ever misaligned, so they work with the MMU off.
 */
#pragma once
#include <stddef.h>

#if __STDC_HOSTED__
#include <string.h>

void *kaal_memcpy(void *restrict dst, const void *restrict src, size_t bytes);
void *kaal_memmove(void *dst, const void *src, size_t bytes);
void *kaal_memset(void *dst, int value, size_t bytes);
int kaal_memcmp(const void *a, const void *b, size_t bytes);
#else
void *memcpy(void *restrict dst, const void *restrict src, size_t bytes);
void *memmove(void *dst, const void *src, size_t bytes);
void *memset(void *dst, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
#endif
