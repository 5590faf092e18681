/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short ways through the kernel for what systems do most, in front of syscall.h:
 * the upcalls of arch.h. Each is a special case of the slow path: it either does
 * all that the slow path would have done, to the byte, including the switch to
 * the next thread; or it does nothing at all, but that the time may have been
 * read (sched.now), and takes the slow path.
 *
 * None loops over anything but the words and capabilities of a message.
 */
#pragma once
#include "object/notification.h"
#include "object/tcb.h"

/* An interrupt signals n. Slow: slowpath_signal(). */
ARCH_ENTRY void kernel_signal(struct ntfn *n, badge_t badge);
