/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one kernel entry may change: the state before it against that behind it.
 *
 * KT-1  a call on an object that returns an error has changed nothing. Time,
 *       ready queues and the caller's registers do not count.
 * KT-2  authority is not made: every capability is one that was there, with no
 *       more rights and the same badge (or a first one), or names an object
 *       made from memory that an untyped capability offered.
 * KT-3  only what the subject can reach has changed: objects of which its
 *       capabilities, and those in what they lead to, can have an effect, and
 *       threads, replies and contexts that are tied to those.
 * KT-4  no memory is lost or gained: usable, in use and waiting for a reset
 *       add up to what there was, unless a capability of boot was deleted.
 */
#pragma once
#include <stdbool.h>

#include "object/slot.h"

struct snapshot;

/* The state now; free it. subject: whose entry it is, or NULL (interrupts). */
struct snapshot *snapshot_take(const struct tcb *subject);
void snapshot_free(struct snapshot *snapshot);

/* NULL, or which of KT-1..KT-4 the step from before to after breaks.
 * is_error: the subject called an object and got an error. */
const char *transition_check(const struct snapshot *before, const struct snapshot *after,
                             bool is_error);
