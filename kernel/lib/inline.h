/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* For what fast paths are made of: there a call costs more than the text. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* In front of a loop whose rounds are few: unrolled it is longer, not faster. */
#ifdef __clang__
#define NO_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define NO_UNROLL
#endif

/* For what is rarely run, in files that are compiled for speed: never mind how long it
 * takes, as long as it is short. */
#if __has_attribute(minsize)
#define SELDOM __attribute__((noinline, cold, minsize))
#else
#define SELDOM __attribute__((noinline, cold))
#endif
