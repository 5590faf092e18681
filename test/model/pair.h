/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel and model in step: each event is applied to both, and their states
 * compared. */
#pragma once
#include "event.h"

/* What the last event was, for counts: an invocation's label if it was one. */
struct pair_result {
    bool is_entry;      /* the kernel was entered at least once */
    bool is_invocation; /* of a capability of the kernel's, by call */
    bool is_ok;         /* its answer was OK */
    unsigned label, error;
    unsigned steps; /* kernel entries compared */
};
extern struct pair_result pair_result;

/* Both boot. False: they differ. */
bool pair_start(FILE *report);

/* False: they differ now, or one of them is broken; report says how. */
bool pair_apply(const struct event *e, FILE *report);
