/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kassert(cond): a broken invariant of the kernel itself, never of user input.
 * Panics in debug and host builds; release builds only type-check it.
 */
#pragma once

_Noreturn void kernel_panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#if KAAL_CFG_DEBUG
#define kassert(cond)                                                                 \
    do {                                                                              \
        if (!(cond)) {                                                                \
            kernel_panic("assertion failed: %s at %s:%d", #cond, __FILE__, __LINE__); \
        }                                                                             \
    } while (0)
#else
#define kassert(cond) ((void)sizeof((cond) ? 1 : 0))
#endif
