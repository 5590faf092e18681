/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the loader refuses input. Nothing is retried: it prints one line,
 * "LOADER ERROR: <part>: <what is wrong>; <what to do>", and stops the core.
 * Tests on the host bring their own loader_fail(), which does not return either.
 */
#pragma once
#include <stdbool.h>

_Noreturn void loader_fail(const char *part, const char *error);

static inline void need(bool condition, const char *part, const char *error)
{
    if (!condition) {
        loader_fail(part, error);
    }
}
