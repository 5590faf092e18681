/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All memory that the kernel may change, a list of regions, and a copy of it
 * as it was before a kernel entry. What one run of the entry made of it can be
 * kept and taken back, and compared with what another makes of it.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* bytes: a multiple of 8. */
void memory_add(void *begin, size_t bytes);

/* These bits of the word at this address mean nothing: padding. */
void memory_ignore(const void *at, uint64_t bits);

/* The copy becomes what the memory is: of all, or of what holds these bytes. */
void memory_follow(void);
void memory_follow_range(const void *begin, size_t bytes);

/* Is it other than the copy? */
bool memory_has_changed(void);

/* Keep what memory_has_changed() found, and make the memory what it was. */
void memory_take_back(void);

/* Is the memory what memory_take_back() kept? Then the copy becomes it, too. */
bool memory_is_as_kept(void);

/* Nothing is kept. */
void memory_keep_nothing(void);

/* Words that are not as expected: kept, or else as before. For reports. */
struct memory_word {
    const void *at;
    uint64_t before, kept, now;
};
unsigned memory_differences(struct memory_word *words, unsigned max);

/* A second copy, of a state to come back to. */
void memory_save(void);
void memory_restore(void);

/* How many bytes there are. */
size_t memory_bytes(void);
