/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fast path may have to look at: properties of states and steps, each of
 * which the random ones must have often enough.
 */
#pragma once
#include "step.h"

enum feature {
#define FEATURE(NAME, text) FEATURE_##NAME,
#include "feature.def"
#undef FEATURE
    FEATURES
};

/* Those that the state and the step about to be made have, a bit each. */
uint64_t feature_set(const struct step *step);
const char *feature_name(enum feature feature);
