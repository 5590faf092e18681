/* SPDX-License-Identifier: Apache-2.0 */
/* Names for memory of the kernel and of the machine, for people. */
#pragma once
#include <stddef.h>

/* The object, variable or region and the field of it that this word is in. */
void place_name(const void *at, char *name, size_t size);
