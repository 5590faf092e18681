/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls. Everything else, sys_retype() and the other invocations,
 * is a message sent with sys_call() to a capability of the kernel's.
 *
 * Words 0-3 of a message are in struct kaal_msg, further ones and the
 * capabilities it carries in the thread's IPC buffer; kaal_msg_get() and
 * kaal_msg_set() hide the difference.
 */
#ifndef KAAL_SYSCALL_H
#define KAAL_SYSCALL_H

#include <kaal/abi/message.h>
#include <stddef.h>

/*
 * info: label, number of capabilities and words; see kaal_msginfo().
 * w: words 0-3. Words at and after the length in info mean nothing to a
 * receiver, but what they hold may reach it: keep secrets out of them.
 */
struct kaal_msg {
    kaal_word_t info;
    kaal_word_t w[KAAL_MSG_REGS];
};

/* The IPC buffer of this thread. */
static inline struct kaal_ipc_buffer *kaal_ipc_buffer(void)
{
    struct kaal_ipc_buffer *buffer;
    __asm__ volatile("mrs %0, tpidrro_el0" : "=r"(buffer));
    return buffer;
}

/* Word i (below KAAL_MSG_MAX) of a message. */
static inline kaal_word_t kaal_msg_get(const struct kaal_msg *msg, unsigned i)
{
    return i < KAAL_MSG_REGS ? msg->w[i] : kaal_ipc_buffer()->words[i];
}

static inline void kaal_msg_set(struct kaal_msg *msg, unsigned i, kaal_word_t value)
{
    if (i < KAAL_MSG_REGS) {
        msg->w[i] = value;
    } else {
        kaal_ipc_buffer()->words[i] = value;
    }
}

/*
 * The system call instruction. Sends *msg and replaces it by what came back.
 * Returns: x1, the badge where the call receives. Used by the functions below.
 */
static inline kaal_badge_t kaal_svc(enum kaal_syscall number, kaal_cptr_t cap, struct kaal_msg *msg,
                                    kaal_cptr_t reply, kaal_cptr_t second)
{
    register kaal_word_t x0 __asm__("x0") = number;
    register kaal_word_t x1 __asm__("x1") = cap;
    register kaal_word_t x2 __asm__("x2") = msg->info;
    register kaal_word_t x3 __asm__("x3") = msg->w[0];
    register kaal_word_t x4 __asm__("x4") = msg->w[1];
    register kaal_word_t x5 __asm__("x5") = msg->w[2];
    register kaal_word_t x6 __asm__("x6") = msg->w[3];
    register kaal_word_t x7 __asm__("x7") = reply;
    register kaal_word_t x8 __asm__("x8") = second;
    __asm__ volatile("svc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6),
                       "+r"(x7), "+r"(x8)
                     :
                     : "memory");
    *msg = (struct kaal_msg){.info = x0, .w = {x3, x4, x5, x6}};
    return x1;
}

/*
 * Send a message and block until a receiver has taken it.
 * Rights: Write on an endpoint; Grant as well to pass capabilities.
 * Arguments: dest, an endpoint; msg, with capability pointers to pass in
 *   caps_or_badges of the IPC buffer.
 * Returns: nothing.
 * Errors: a dest that leads to no slot is a CAP fault of the caller; without
 *   Write nothing is sent.
 * Notes: on a notification it signals; on a reply object it answers the caller
 *   and does not block.
 */
static inline void sys_send(kaal_cptr_t dest, const struct kaal_msg *msg)
{
    struct kaal_msg copy = *msg;
    (void)kaal_svc(KAAL_SYS_SEND, dest, &copy, 0, 0);
}

/*
 * Send a message if a receiver is waiting, else drop it.
 * Rights: Write on an endpoint; Grant as well to pass capabilities.
 * Arguments: dest; msg as sys_send().
 * Returns: nothing.
 * Errors: none; a wrong dest drops the message as well.
 * Notes: the sender cannot know whether the message was taken.
 */
static inline void sys_nbsend(kaal_cptr_t dest, const struct kaal_msg *msg)
{
    struct kaal_msg copy = *msg;
    (void)kaal_svc(KAAL_SYS_NBSEND, dest, &copy, 0, 0);
}

/*
 * Send a message, with the right to answer it, and block for the answer. To a
 * capability of the kernel's objects: perform an invocation.
 * Rights: Write, and Grant or GrantReply; without either of those two the
 *   caller stops for good.
 * Arguments: dest; msg, replaced by the answer.
 * Returns: the answer in msg; of an invocation the error is its label.
 * Errors: a dest that leads to no slot is a CAP fault; an empty slot or one
 *   without Write is answered with INVALID_CAPABILITY.
 * Notes: the caller's scheduling context goes along to a passive server.
 */
static inline void sys_call(kaal_cptr_t dest, struct kaal_msg *msg)
{
    (void)kaal_svc(KAAL_SYS_CALL, dest, msg, 0, 0);
}

/*
 * Receive a message, or a signal of the thread's bound notification; block
 * until there is one.
 * Rights: Read.
 * Arguments: src, an endpoint or notification; msg, filled; reply, the reply
 *   object that will hold a caller. A thread that answers nobody uses
 *   sys_wait().
 * Returns: the badge of the sender's capability, or the signalled bits.
 * Errors: a src that cannot be received from is a CAP fault, so is a reply
 *   that is none (for an endpoint).
 * Notes: a caller that reply still holds is given up and stays stopped.
 */
static inline kaal_badge_t sys_recv(kaal_cptr_t src, struct kaal_msg *msg, kaal_cptr_t reply)
{
    *msg = (struct kaal_msg){0};
    return kaal_svc(KAAL_SYS_RECV, src, msg, reply, 0);
}

/*
 * As sys_recv(), but return at once.
 * Rights: Read.
 * Arguments: src, msg, reply as sys_recv().
 * Returns: as sys_recv(); 0 with msg->info 0 if nothing was there.
 * Errors: as sys_recv().
 * Notes: none.
 */
static inline kaal_badge_t sys_nbrecv(kaal_cptr_t src, struct kaal_msg *msg, kaal_cptr_t reply)
{
    *msg = (struct kaal_msg){0};
    return kaal_svc(KAAL_SYS_NBRECV, src, msg, reply, 0);
}

/*
 * Answer the caller that reply holds, then receive: one turn of a server.
 * Rights: Read on src; Grant on reply to pass capabilities with the answer.
 * Arguments: src as sys_recv(); msg, the answer, replaced by what is received;
 *   reply, used for both.
 * Returns: as sys_recv().
 * Errors: as sys_recv(); a reply that holds nobody is no error.
 * Notes: the scheduling context that came with the call goes back with the
 *   answer.
 */
static inline kaal_badge_t sys_reply_recv(kaal_cptr_t src, struct kaal_msg *msg, kaal_cptr_t reply)
{
    return kaal_svc(KAAL_SYS_REPLY_RECV, src, msg, reply, 0);
}

/*
 * sys_nbsend() to dest, then sys_recv() from src, without a gap.
 * Rights: Write on dest, Read on src.
 * Arguments: dest; src; msg, sent, then replaced by what is received; reply as
 *   sys_recv().
 * Returns: as sys_recv().
 * Errors: of src as sys_recv(); a wrong dest is passed over.
 * Notes: lends the sender's scheduling context to a passive receiver at dest.
 */
static inline kaal_badge_t sys_nbsend_recv(kaal_cptr_t dest, kaal_cptr_t src, struct kaal_msg *msg,
                                           kaal_cptr_t reply)
{
    return kaal_svc(KAAL_SYS_NBSEND_RECV, dest, msg, reply, src);
}

/*
 * sys_nbsend() to dest, then sys_wait() on src, without a gap.
 * Rights: Write on dest, Read on src.
 * Arguments: dest; src; msg, sent, then replaced by what is received.
 * Returns: as sys_wait().
 * Errors: of src as sys_wait(); a wrong dest is passed over.
 * Notes: lends the sender's scheduling context to a passive receiver at dest.
 */
static inline kaal_badge_t sys_nbsend_wait(kaal_cptr_t dest, kaal_cptr_t src, struct kaal_msg *msg)
{
    return kaal_svc(KAAL_SYS_NBSEND_WAIT, dest, msg, 0, src);
}

/*
 * Receive without a reply object: block for a signal, or for a message that
 * needs no answer.
 * Rights: Read.
 * Arguments: src, a notification or endpoint; msg as sys_recv(), or NULL to
 *   drop it.
 * Returns: the signalled bits, or the sender's badge.
 * Errors: a src that cannot be received from is a CAP fault.
 * Notes: a caller whose call is taken this way stays stopped.
 */
static inline kaal_badge_t sys_wait(kaal_cptr_t src, struct kaal_msg *msg)
{
    struct kaal_msg local = {0};
    const kaal_badge_t badge = kaal_svc(KAAL_SYS_WAIT, src, &local, 0, 0);
    if (msg != NULL) {
        *msg = local;
    }
    return badge;
}

/*
 * As sys_wait(), but return at once.
 * Rights: Read.
 * Arguments: src, msg as sys_wait().
 * Returns: as sys_wait(); 0 if nothing was pending.
 * Errors: as sys_wait().
 * Notes: none.
 */
static inline kaal_badge_t sys_poll(kaal_cptr_t src, struct kaal_msg *msg)
{
    struct kaal_msg local = {0};
    const kaal_badge_t badge = kaal_svc(KAAL_SYS_POLL, src, &local, 0, 0);
    if (msg != NULL) {
        *msg = local;
    }
    return badge;
}

/*
 * Signal a notification: OR the capability's badge into its word and wake a
 * waiter. Never blocks.
 * Rights: Write.
 * Arguments: dest, a notification.
 * Returns: nothing.
 * Errors: a dest that leads to no slot is a CAP fault; without Write nothing
 *   happens.
 * Notes: a signal with badge 0 wakes a waiter, too.
 */
static inline void sys_signal(kaal_cptr_t dest)
{
    struct kaal_msg msg = {0};
    (void)kaal_svc(KAAL_SYS_SEND, dest, &msg, 0, 0);
}

/*
 * Give up the rest of this refill's budget to others of the same priority.
 * Rights: none.
 * Arguments: none.
 * Returns: nothing.
 * Errors: none.
 * Notes: the thread goes on when its next refill is due; with a round-robin
 *   context behind its equals.
 */
static inline void sys_yield(void)
{
    struct kaal_msg msg = {0};
    (void)kaal_svc(KAAL_SYS_YIELD, 0, &msg, 0, 0);
}

#endif
