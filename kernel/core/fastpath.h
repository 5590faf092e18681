/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short ways through the kernel for what systems do most. Each is a special case
 * of the slow path: it either does all that the slow path would have done, to
 * the byte, including the switch to the next thread; or nothing at all, but
 * that the time may have been read (sched.now), and the slow path has to follow.
 *
 * None loops over anything but the words of a message, or calls what does.
 */
#pragma once
#include "object/notification.h"
#include "object/tcb.h"

enum fastpath {
    FASTPATH_NONE, /* nothing was done */
    FASTPATH_CALL,
    FASTPATH_CALL_CAPS, /* which passes capabilities */
    FASTPATH_REPLY_RECV,
    FASTPATH_FAULT,
    FASTPATH_SEND,
    FASTPATH_RECV,
    FASTPATH_SIGNAL,      /* held, or a thread woken that does not run now */
    FASTPATH_SIGNAL_WAKE, /* to a thread that runs now */
    FASTPATH_WAIT,
    FASTPATH_POLL,
    FASTPATH_YIELD,
    FASTPATH_COUNT,
};

/* The system call of the current thread: by number, or call and reply_recv,
 * which come by ways of their own. */
enum fastpath fastpath_syscall(void);
enum fastpath fastpath_call(void);
enum fastpath fastpath_reply_recv(void);

/* Its fault; none but VM faults have one. */
enum fastpath fastpath_fault(const struct fault *fault);

/* A signal by an interrupt; slow: slowpath_signal(). */
enum fastpath fastpath_signal(struct ntfn *n, badge_t badge);
