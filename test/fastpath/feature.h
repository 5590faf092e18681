/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fast path may have to look at: properties of states and steps, each of
 * which the random ones must have often enough.
 */
#pragma once
#include "step.h"

enum feature {
#define FEATURE(NAME, where, text) FEATURE_##NAME,
#include "feature.def"
#undef FEATURE
    FEATURES
};

/* Those that the state and the step about to be made have. */
struct feature_set {
    bool has[FEATURES];
};
struct feature_set feature_find(const struct step *step);

const char *feature_name(enum feature feature);

/* Must it occur where a fast path is taken; where none is? */
bool feature_is_of_taken(enum feature feature);
bool feature_is_of_refused(enum feature feature);
