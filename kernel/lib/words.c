/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

/* Four words are what the compiler copies as two pairs, without a call. */
struct four {
    uint64_t words[4];
};

static inline void copy_four(uint64_t *restrict to, const uint64_t *restrict from)
{
    *(struct four *)(void *)to = *(const struct four *)(const void *)from;
}

void words_copy(uint64_t *restrict to, const uint64_t *restrict from, size_t count)
{
    for (; count >= 8; count -= 8, to += 8, from += 8) {
        copy_four(to, from);
        copy_four(to + 4, from + 4);
    }
    if ((count & 4) != 0) {
        copy_four(to, from);
        to += 4;
        from += 4;
    }
    for (count &= 3; count > 0; count--) {
        *to++ = *from++;
    }
}
