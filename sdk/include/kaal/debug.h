/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debug kernels only: names of threads, and what the kernel knows of threads,
 * capabilities and the scheduler, on the kernel's console.
 *
 * A release kernel has none of these calls: there they are UNKNOWN_SYSCALL
 * faults of the caller. Look at how the image was built, not at the kernel, to
 * decide whether to call them. They need no rights: whoever runs on a debug
 * kernel may read all of this.
 */
#ifndef KAAL_DEBUG_H
#define KAAL_DEBUG_H

#include <kaal/syscall.h>
#include <stdbool.h>

/* Not for programs: a call with a message of four words. */
static inline kaal_word_t kaal_debug_call(enum kaal_syscall number, kaal_cptr_t cap,
                                          struct kaal_msg *msg)
{
    kaal_svc(number, cap, msg, 0, 0);
    return msg->info;
}

/*
 * Name a thread: up to 31 characters, the rest is cut off. The kernel shows the
 * name where it speaks of the thread, unprintable characters as \xNN.
 * Returns: false if tcb is no TCB capability.
 */
static inline bool kaal_debug_name(kaal_cptr_t tcb, const char *name)
{
    struct kaal_msg msg = {0};
    for (unsigned i = 0; i < 31 && name[i] != '\0'; i++) {
        msg.w[i / 8] |= (kaal_word_t)(unsigned char)name[i] << (8 * (i % 8));
    }
    return kaal_debug_call(KAAL_SYS_DEBUG_NAME, tcb, &msg) == 0;
}

/*
 * Print what the root CNode of a thread's capability space holds.
 * Returns: false if tcb is no TCB capability.
 */
static inline bool kaal_debug_caps(kaal_cptr_t tcb)
{
    struct kaal_msg msg = {0};
    return kaal_debug_call(KAAL_SYS_DEBUG_CAPS, tcb, &msg) == 0;
}

/* Print all threads: state, priority, what they wait for, their time. */
static inline void kaal_debug_threads(void)
{
    struct kaal_msg msg = {0};
    (void)kaal_debug_call(KAAL_SYS_DEBUG_THREADS, 0, &msg);
}

/* Print the current thread and the scheduler's queues. */
static inline void kaal_debug_sched(void)
{
    struct kaal_msg msg = {0};
    (void)kaal_debug_call(KAAL_SYS_DEBUG_SCHED, 0, &msg);
}

#endif
