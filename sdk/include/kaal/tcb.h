/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads. None of these calls needs rights beyond the capability itself.
 */
#ifndef KAAL_TCB_H
#define KAAL_TCB_H

#include <kaal/abi/tcb.h>
#include <kaal/invoke.h>
#include <stddef.h>

/* User registers, in the order of the messages that carry them. */
struct kaal_registers {
    kaal_word_t pc;
    kaal_word_t sp;
    kaal_word_t pstate; /* only the condition flags can be written */
    kaal_word_t x[31];
    kaal_word_t tls; /* TPIDR_EL0 */
};

#define KAAL_REGISTER_COUNT 35
_Static_assert(sizeof(struct kaal_registers) == KAAL_REGISTER_COUNT * sizeof(kaal_word_t),
               "register message layout");

/*
 * Set CSpace, VSpace and IPC buffer.
 * Rights: none; having the capability is the right.
 * Arguments: cspace, with a new guard if cspace_data is not 0 (kaal_guard());
 *   vspace; ipc_buffer, its address in vspace (a multiple of 1024 bytes), 0
 *   for none; ipc_page, the page there.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (cspace, vspace, ipc_page), ILLEGAL_OPERATION
 *   (guard too long), ALIGNMENT (ipc_buffer).
 * Notes: preemptible.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_tcb_configure(kaal_cptr_t tcb, kaal_cptr_t cspace, kaal_word_t cspace_data, kaal_cptr_t vspace,
                  kaal_word_t ipc_buffer, kaal_cptr_t ipc_page)
{
    struct kaal_msg msg = {.w = {cspace_data, 0, ipc_buffer}};
    kaal_set_cap(0, cspace);
    kaal_set_cap(1, vspace);
    kaal_set_cap(2, ipc_page);
    return kaal_invoke(tcb, KAAL_INV_TCB_CONFIGURE, 3, 3, &msg);
}

/*
 * Set fault endpoint, CSpace and VSpace.
 * Rights: fault_ep: Write, and Grant or GrantReply.
 * Arguments: fault_ep, or 0 for none; the rest as sys_tcb_configure().
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (fault_ep, cspace, vspace), ILLEGAL_OPERATION
 *   (guard too long).
 * Notes: preemptible.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_set_space(kaal_cptr_t tcb, kaal_cptr_t fault_ep,
                                                           kaal_cptr_t cspace,
                                                           kaal_word_t cspace_data,
                                                           kaal_cptr_t vspace)
{
    struct kaal_msg msg = {.w = {cspace_data}};
    kaal_set_cap(0, fault_ep);
    kaal_set_cap(1, cspace);
    kaal_set_cap(2, vspace);
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_SPACE, 3, 1, &msg);
}

/*
 * Set priorities, scheduling context and fault endpoint.
 * Rights: fault_ep: Write, and Grant or GrantReply.
 * Arguments: authority, a thread whose maximum controlled priority bounds mcp
 *   and priority (0..255); sc, 0 for none (a passive thread); fault_ep, 0 for
 *   none.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (authority, sc, fault_ep), RANGE (mcp, priority),
 *   ILLEGAL_OPERATION (sc or thread is bound to another, or the caller would
 *   lose its own).
 * Notes: preemptible.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_tcb_set_sched_params(kaal_cptr_t tcb, kaal_cptr_t authority, kaal_word_t mcp,
                         kaal_word_t priority, kaal_cptr_t sc, kaal_cptr_t fault_ep)
{
    struct kaal_msg msg = {.w = {mcp, priority}};
    kaal_set_cap(0, authority);
    kaal_set_cap(1, sc);
    kaal_set_cap(2, fault_ep);
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_SCHED_PARAMS, 3, 2, &msg);
}

/*
 * Set the priority.
 * Rights: none; having the capability is the right.
 * Arguments: authority, a thread whose maximum controlled priority bounds it;
 *   priority, 0..255.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (authority), RANGE (above the authority's
 *   maximum).
 * Notes: takes effect before the next instruction of user space.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_tcb_set_priority(kaal_cptr_t tcb, kaal_cptr_t authority, kaal_word_t priority)
{
    struct kaal_msg msg = {.w = {priority}};
    kaal_set_cap(0, authority);
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_PRIORITY, 1, 1, &msg);
}

/*
 * Set the maximum controlled priority: the highest that the thread can give as
 * an authority.
 * Rights: none; having the capability is the right.
 * Arguments: authority, as sys_tcb_set_priority(); mcp, 0..255.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (authority), RANGE (above the authority's
 *   maximum).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_tcb_set_mcpriority(kaal_cptr_t tcb, kaal_cptr_t authority, kaal_word_t mcp)
{
    struct kaal_msg msg = {.w = {mcp}};
    kaal_set_cap(0, authority);
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_MCPRIORITY, 1, 1, &msg);
}

/*
 * Set where TIMEOUT faults go.
 * Rights: endpoint: Write, and Grant or GrantReply.
 * Arguments: endpoint, or 0 for none.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (endpoint).
 * Notes: preemptible. A round-robin context causes no timeout.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_set_timeout_endpoint(kaal_cptr_t tcb,
                                                                      kaal_cptr_t ep)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, ep);
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, 1, 0, &msg);
}

/*
 * Stop a thread; what it waited for is cancelled.
 * Rights: none; having the capability is the right.
 * Arguments: tcb, also the caller's own.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: none.
 * Notes: a thread that suspends itself has completed this call when it is
 *   resumed.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_suspend(kaal_cptr_t tcb)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(tcb, KAAL_INV_TCB_SUSPEND, 0, 0, &msg);
}

/*
 * Let a stopped or blocked thread run.
 * Rights: none; having the capability is the right.
 * Arguments: tcb.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: none.
 * Notes: a system call that was cancelled starts again.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_resume(kaal_cptr_t tcb)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(tcb, KAAL_INV_TCB_RESUME, 0, 0, &msg);
}

/*
 * Write the first count registers of a thread.
 * Rights: none; having the capability is the right.
 * Arguments: resume, not 0 to let it run then; count, 0 ..
 *   KAAL_REGISTER_COUNT; regs.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: ILLEGAL_OPERATION (the caller's own), RANGE (count),
 *   TRUNCATED_MESSAGE (no IPC buffer for them).
 * Notes: of pstate only the condition flags are taken.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_write_registers(kaal_cptr_t tcb, int resume,
                                                                 unsigned count,
                                                                 const struct kaal_registers *regs)
{
    const kaal_word_t *words = (const kaal_word_t *)regs;
    struct kaal_msg msg = {.w = {resume ? 1 : 0, count}};
    for (unsigned i = 0; i < count && i < KAAL_REGISTER_COUNT; i++) {
        kaal_msg_set(&msg, 2 + i, words[i]);
    }
    return kaal_invoke(tcb, KAAL_INV_TCB_WRITE_REGISTERS, 0, 2 + count, &msg);
}

/*
 * Read the first count registers of a thread.
 * Rights: none; having the capability is the right.
 * Arguments: suspend, not 0 to stop it first; count, 1 .. KAAL_REGISTER_COUNT;
 *   regs, filled.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: ILLEGAL_OPERATION (the caller's own), RANGE (count).
 * Notes: the pc of a thread that is blocked in a system call is that of the
 *   call.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_tcb_read_registers(kaal_cptr_t tcb, int suspend, unsigned count, struct kaal_registers *regs)
{
    kaal_word_t *words = (kaal_word_t *)regs;
    struct kaal_msg msg = {.w = {suspend ? 1 : 0, count}};
    const kaal_err_t err = kaal_invoke(tcb, KAAL_INV_TCB_READ_REGISTERS, 0, 2, &msg);
    if (err == KAAL_OK) {
        for (unsigned i = 0; i < count && i < KAAL_REGISTER_COUNT; i++) {
            words[i] = kaal_msg_get(&msg, i);
        }
    }
    return err;
}

/*
 * Bind a notification: its signals also wake the thread from sys_recv().
 * Rights: Read on the notification.
 * Arguments: tcb; ntfn.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (ntfn), ILLEGAL_OPERATION (either is bound, or
 *   somebody waits on it).
 * Notes: only the bound thread can wait on a bound notification.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_bind_notification(kaal_cptr_t tcb,
                                                                   kaal_cptr_t ntfn)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, ntfn);
    return kaal_invoke(tcb, KAAL_INV_TCB_BIND_NOTIFICATION, 1, 0, &msg);
}

/*
 * Undo sys_tcb_bind_notification().
 * Rights: none; having the capability is the right.
 * Arguments: tcb.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: ILLEGAL_OPERATION (none is bound).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_unbind_notification(kaal_cptr_t tcb)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(tcb, KAAL_INV_TCB_UNBIND_NOTIFICATION, 0, 0, &msg);
}

/*
 * Set TPIDR_EL0 of a thread.
 * Rights: none; having the capability is the right.
 * Arguments: base, any value.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: none.
 * Notes: for the caller itself it takes effect at once.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_set_tls_base(kaal_cptr_t tcb, kaal_word_t base)
{
    struct kaal_msg msg = {.w = {base}};
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_TLS_BASE, 0, 1, &msg);
}

/*
 * Copy registers from one thread to another.
 * Rights: none; having the capability is the right.
 * Arguments: tcb, the target; source; flags, a sum of KAAL_COPY_*: suspend the
 *   source first, resume the target then, frame registers (pc, sp, pstate,
 *   x0..x8, x16..x18, x29, x30), integer registers (the others, TPIDR_EL0).
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (source), ILLEGAL_OPERATION (either is the
 *   caller's own), RANGE (flags).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_copy_registers(kaal_cptr_t tcb, kaal_cptr_t source,
                                                                kaal_word_t flags)
{
    struct kaal_msg msg = {.w = {flags}};
    kaal_set_cap(0, source);
    return kaal_invoke(tcb, KAAL_INV_TCB_COPY_REGISTERS, 1, 1, &msg);
}

/*
 * Set the IPC buffer.
 * Rights: none; having the capability is the right.
 * Arguments: ipc_buffer, its address in the thread's VSpace (a multiple of
 *   1024 bytes), 0 for none; ipc_page, the page there.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (ipc_page), ALIGNMENT.
 * Notes: preemptible. For the caller itself it takes effect at once.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_tcb_set_ipc_buffer(kaal_cptr_t tcb, kaal_word_t ipc_buffer, kaal_cptr_t ipc_page)
{
    struct kaal_msg msg = {.w = {ipc_buffer}};
    kaal_set_cap(0, ipc_page);
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_IPC_BUFFER, 1, 1, &msg);
}

/*
 * Change the flags of a thread.
 * Rights: none; having the capability is the right.
 * Arguments: clear, then set: sums of KAAL_TCB_*; now, filled with the flags
 *   then, or NULL.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_ARGUMENT (unknown flag).
 * Notes: with KAAL_TCB_FPU_DISABLED an FP or SIMD instruction is a user
 *   exception.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_set_flags(kaal_cptr_t tcb, kaal_word_t clear,
                                                           kaal_word_t set, kaal_word_t *now)
{
    struct kaal_msg msg = {.w = {clear, set}};
    const kaal_err_t err = kaal_invoke(tcb, KAAL_INV_TCB_SET_FLAGS, 0, 2, &msg);
    if (err == KAAL_OK && now != NULL) {
        *now = msg.w[0];
    }
    return err;
}

#endif
