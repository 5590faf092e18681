/* SPDX-License-Identifier: Apache-2.0 */
/* System calls and faults of the current thread, always complete: whatever a
 * fast path leaves. */
#pragma once
#include "object/tcb.h"

/* The system call that the thread has made, up to who runs next. */
void slowpath_syscall(void);

/* The fault that the thread has caused, up to who runs next. */
void slowpath_fault(struct fault fault);

/* The call of t, with message info, on a capability that is none of null,
 * endpoint, notification, reply and zombie. The caller does sched_exit(). */
void syscall_invoke(struct tcb *t, struct slot *slot, word_t info);
