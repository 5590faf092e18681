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
