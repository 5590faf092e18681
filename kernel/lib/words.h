/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Copy count words, as fast as memory goes. The areas do not overlap. */
void words_copy(uint64_t *restrict to, const uint64_t *restrict from, size_t count);
