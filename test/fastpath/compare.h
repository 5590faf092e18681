/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One step on the fast path and on the slow one, from the same state. All
 * memory and all effects on the machine have to be the same after both.
 */
#pragma once
#include "object/notification.h"
#include "object/tcb.h"

#include "step.h"

/* Which way was taken. */
enum fastpath {
    FASTPATH_NONE,
    FASTPATH_CALL,
    FASTPATH_CALL_CAPS,
    FASTPATH_REPLY_RECV,
    FASTPATH_FAULT,
    FASTPATH_SEND,
    FASTPATH_RECV,
    FASTPATH_SIGNAL,
    FASTPATH_SIGNAL_WAKE, /* to a thread that runs now */
    FASTPATH_WAIT,
    FASTPATH_POLL,
    FASTPATH_YIELD,
    FASTPATH_COUNT,
};

/* What is compared with the slow path. ways.c: the kernel's fast paths. */
struct ways {
    enum fastpath (*syscall)(void);
    enum fastpath (*fault)(const struct fault *fault);
    enum fastpath (*signal)(struct ntfn *n, badge_t badge); /* by an interrupt */
};
extern const struct ways compare_ways;

struct compared {
    bool is_same;
    bool is_taken;
    enum fastpath fastpath; /* FASTPATH_NONE, though taken: the core idles then */
};

/* False in is_same: the difference has been printed. The kernel has made the
 * step. with_check: its invariants are checked, too. */
struct compared compare_step(const struct step *step, bool with_check);
