/* SPDX-License-Identifier: Apache-2.0 */
/* System calls, faults and interrupts without short cuts: the whole way, with
 * the choice of who runs next. */
#pragma once
#include "object/slot.h"
#include "object/tcb.h"

void slowpath_syscall(void);
void slowpath_fault(const struct fault *fault);
void slowpath_signal(struct ntfn *n, badge_t badge);

/* A call of t on an object in slot: neither endpoint, notification nor reply,
 * zombie nor empty. */
void slowpath_invoke(struct tcb *t, struct slot *slot);
