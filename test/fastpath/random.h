/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

extern uint64_t random_state;

void random_seed(uint64_t seed);
uint64_t random64(void);

/* 0 .. n - 1. */
unsigned below(unsigned n);
bool percent(unsigned p);

/* An index into weights, each as likely as its weight says. */
unsigned weighted(const uint8_t *weights, unsigned count);
