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
 * Name a thread: reports of the kernel use it.
 * Rights: none; having the capability is the right.
 * Arguments: tcb; name, of which 31 characters are kept.
 * Returns: true, or false if tcb is no TCB.
 * Errors: none.
 * Notes: debug kernels only; an unknown system call (a fault) in others.
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
 * Print the capability space of a thread.
 * Rights: none; having the capability is the right.
 * Arguments: tcb.
 * Returns: true, or false if tcb is no TCB.
 * Errors: none.
 * Notes: debug kernels only; an unknown system call (a fault) in others.
 */
static inline bool kaal_debug_caps(kaal_cptr_t tcb)
{
    struct kaal_msg msg = {0};
    return kaal_debug_call(KAAL_SYS_DEBUG_CAPS, tcb, &msg) == 0;
}

/*
 * Print all threads, with state, priority and what they wait for.
 * Rights: none.
 * Arguments: none.
 * Returns: nothing.
 * Errors: none.
 * Notes: debug kernels only; an unknown system call (a fault) in others.
 */
static inline void kaal_debug_threads(void)
{
    struct kaal_msg msg = {0};
    (void)kaal_debug_call(KAAL_SYS_DEBUG_THREADS, 0, &msg);
}

/*
 * Print the scheduler's queues.
 * Rights: none.
 * Arguments: none.
 * Returns: nothing.
 * Errors: none.
 * Notes: debug kernels only; an unknown system call (a fault) in others.
 */
static inline void kaal_debug_sched(void)
{
    struct kaal_msg msg = {0};
    (void)kaal_debug_call(KAAL_SYS_DEBUG_SCHED, 0, &msg);
}

/*
 * Check all invariants of the kernel.
 * Rights: none.
 * Arguments: none.
 * Returns: true if all hold; else the name of the broken one is printed.
 * Errors: none.
 * Notes: debug kernels only; an unknown system call (a fault) in others.
 */
static inline bool kaal_debug_check(void)
{
    struct kaal_msg msg = {0};
    return kaal_debug_call(KAAL_SYS_DEBUG_CHECK, 0, &msg) == 0;
}

/*
 * Print a character on the kernel's console.
 * Rights: none.
 * Arguments: c.
 * Returns: nothing.
 * Errors: none.
 * Notes: debug kernels only; an unknown system call (a fault) in others.
 */
static inline void kaal_debug_putc(char c)
{
    struct kaal_msg msg = {0};
    (void)kaal_debug_call(KAAL_SYS_DEBUG_PUTC, (unsigned char)c, &msg);
}

#endif
