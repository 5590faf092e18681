/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_WORDS = 32, BLOCKS_MAX = 4096 };

/* Also dead objects, which AddressSanitizer guards, are compared. */
#define UNGUARDED __attribute__((no_sanitize("address")))

struct block {
    uint64_t *live;
    unsigned words;
    bool is_kept;
    uint64_t ignored[BLOCK_WORDS];
};

static struct block blocks[BLOCKS_MAX];
static unsigned block_count;
static uint64_t before[BLOCKS_MAX][BLOCK_WORDS], kept[BLOCKS_MAX][BLOCK_WORDS],
    saved[BLOCKS_MAX][BLOCK_WORDS];

UNGUARDED static void copy(uint64_t *restrict to, const uint64_t *restrict from, unsigned words)
{
    for (unsigned i = 0; i < words; i++) {
        to[i] = from[i];
    }
}

UNGUARDED static bool differs(const uint64_t *restrict x, const uint64_t *restrict y,
                              unsigned words)
{
    uint64_t bits = 0;
    if (words == BLOCK_WORDS) {
        for (unsigned i = 0; i < BLOCK_WORDS; i++) {
            bits |= x[i] ^ y[i];
        }
        return bits != 0;
    }
    for (unsigned i = 0; i < words; i++) {
        bits |= x[i] ^ y[i];
    }
    return bits != 0;
}

/* Besides what means nothing. */
UNGUARDED static bool matters(const struct block *b, const uint64_t *expected)
{
    for (unsigned i = 0; i < b->words; i++) {
        if (((b->live[i] ^ expected[i]) & ~b->ignored[i]) != 0) {
            return true;
        }
    }
    return false;
}

void memory_add(void *begin, size_t bytes)
{
    uint64_t *word = begin;
    for (size_t left = bytes / 8; left > 0;) {
        if (block_count == BLOCKS_MAX) {
            fprintf(stderr, "more than %d blocks of memory\n", BLOCKS_MAX);
            abort();
        }
        const unsigned words = left < BLOCK_WORDS ? (unsigned)left : BLOCK_WORDS;
        blocks[block_count++] = (struct block){.live = word, .words = words};
        word += words;
        left -= words;
    }
}

void memory_ignore(const void *at, uint64_t bits)
{
    for (unsigned i = 0; i < block_count; i++) {
        const size_t offset = (uintptr_t)at - (uintptr_t)blocks[i].live;
        if (offset < (size_t)blocks[i].words * 8) {
            blocks[i].ignored[offset / 8] = bits;
        }
    }
}

void memory_follow(void)
{
    for (unsigned i = 0; i < block_count; i++) {
        const struct block *b = &blocks[i];
        if (differs(b->live, before[i], b->words)) {
            copy(before[i], b->live, b->words);
        }
    }
}

void memory_follow_range(const void *begin, size_t bytes)
{
    const uintptr_t from = (uintptr_t)begin, to = from + bytes;
    for (unsigned i = 0; i < block_count; i++) {
        const uintptr_t at = (uintptr_t)blocks[i].live;
        if (at < to && from < at + (uintptr_t)blocks[i].words * 8) {
            copy(before[i], blocks[i].live, blocks[i].words);
        }
    }
}

bool memory_has_changed(void)
{
    bool has_changed = false;
    for (unsigned i = 0; i < block_count; i++) {
        struct block *b = &blocks[i];
        b->is_kept = differs(b->live, before[i], b->words);
        has_changed |= b->is_kept;
    }
    return has_changed;
}

void memory_take_back(void)
{
    for (unsigned i = 0; i < block_count; i++) {
        const struct block *b = &blocks[i];
        if (b->is_kept) {
            copy(kept[i], b->live, b->words);
            copy(b->live, before[i], b->words);
        }
    }
}

bool memory_is_as_kept(void)
{
    for (unsigned i = 0; i < block_count; i++) {
        const struct block *b = &blocks[i];
        const uint64_t *expected = b->is_kept ? kept[i] : before[i];
        if (differs(b->live, expected, b->words)) {
            if (matters(b, expected)) {
                return false;
            }
            blocks[i].is_kept = true; /* differs in what means nothing: copied below */
        }
    }
    for (unsigned i = 0; i < block_count; i++) {
        if (blocks[i].is_kept) {
            copy(before[i], blocks[i].live, blocks[i].words);
        }
    }
    return true;
}

void memory_keep_nothing(void)
{
    for (unsigned i = 0; i < block_count; i++) {
        blocks[i].is_kept = false;
    }
}

UNGUARDED unsigned memory_differences(struct memory_word *words, unsigned max)
{
    unsigned count = 0;
    for (unsigned i = 0; i < block_count; i++) {
        const struct block *b = &blocks[i];
        for (unsigned w = 0; w < b->words && count < max; w++) {
            const uint64_t expected = b->is_kept ? kept[i][w] : before[i][w];
            if (((b->live[w] ^ expected) & ~b->ignored[w]) != 0) {
                words[count++] =
                    (struct memory_word){&b->live[w], before[i][w], expected, b->live[w]};
            }
        }
    }
    return count;
}

void memory_save(void)
{
    for (unsigned i = 0; i < block_count; i++) {
        copy(saved[i], blocks[i].live, blocks[i].words);
    }
}

void memory_restore(void)
{
    for (unsigned i = 0; i < block_count; i++) {
        copy(blocks[i].live, saved[i], blocks[i].words);
        copy(before[i], saved[i], blocks[i].words);
    }
}

size_t memory_bytes(void)
{
    size_t words = 0;
    for (unsigned i = 0; i < block_count; i++) {
        words += blocks[i].words;
    }
    return words * 8;
}
