/* SPDX-License-Identifier: Apache-2.0 */
/* Where the fast paths end instead of in core/syscall.h. */
#pragma once
#include "object/notification.h"
#include "object/tcb.h"

void refused_syscall(void);
void refused_fault(const struct fault *fault);
void refused_signal(struct ntfn *n, badge_t badge);
void refused_invoke(struct tcb *t, struct slot *slot);
