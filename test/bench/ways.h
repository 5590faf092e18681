/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's data in one way of an operation that enters the kernel twice,
 * once from each of two threads: from an entry to the return from it. Lines of
 * 64 bytes are counted that are read or written, but for those with the two
 * threads' registers, which entry and return touch anyway.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { WAYS = 2, WAY_LINES_MAX = 128, LINE_BYTES = 64 };

struct line {
    uint64_t number;
    uint64_t by;  /* instruction that came to it first */
    uint8_t used; /* one bit for each of its 8 words */
    bool is_written;
};

struct way {
    uint64_t tcb; /* of the thread it was entered from */
    unsigned instructions, isb, tlbi, count;
    bool is_full; /* there were more lines */
    struct line lines[WAY_LINES_MAX];
};

/* The instruction by reads or writes the 8 bytes at word. */
void way_touch(struct way *w, uint64_t word, uint64_t by, bool is_store);

/* Are these the two ways of one operation? */
bool ways_are_two(const struct way ways[WAYS]);

/* A JSON array of both. */
void ways_write(FILE *f, const struct way ways[WAYS]);
