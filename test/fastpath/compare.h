/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One step on the fast path and on the slow one, from the same state. All
 * memory and all effects on the machine have to be the same after both.
 */
#pragma once
#include "core/fastpath.h"

#include "step.h"

struct compared {
    bool is_same;
    bool is_taken;
    enum fastpath fastpath; /* FASTPATH_NONE, though taken: the core idles then */
};

/* False in is_same: the difference has been printed. The kernel has made the
 * step. with_check: its invariants are checked, too. */
struct compared compare_step(const struct step *step, bool with_check);
