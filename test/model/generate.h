/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random events for the kernel as it is. About half of the calls are meant to
 * succeed: their capabilities, slots and numbers fit. The others are such calls
 * with something spoilt, or wild.
 */
#pragma once
#include "event.h"

struct generator {
    uint64_t rng;
    unsigned setup; /* how far the beginning is */
};

void generate_start(struct generator *g, uint64_t seed);

/* The next event; the first ones make threads, spaces and objects. */
struct event generate_next(struct generator *g);

/* Is all that the beginning makes made? */
bool generate_is_set_up(const struct generator *g);

/* Nothing can happen any more. */
bool generate_is_over(void);
