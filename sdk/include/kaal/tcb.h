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
 * Args: cspace, with a new guard if cspace_data is not 0 (kaal_guard());
 *   vspace; ipc_buffer, its address in vspace (1 KiB aligned), 0 for none;
 *   ipc_page, the page there.
 * Errors: INVALID_CAPABILITY, ALIGNMENT.
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
 * Args: fault_ep, with Write and Grant or GrantReply, or 0 for none; the rest
 *   as sys_tcb_configure().
 * Errors: INVALID_CAPABILITY.
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
 * Args: authority, a thread whose maximum controlled priority bounds mcp and
 *   priority (0..255); sc, 0 for none (a passive thread); fault_ep, 0 for none.
 * Errors: RANGE, INVALID_CAPABILITY, ILLEGAL_OPERATION (sc or thread is bound).
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

/* Set the priority (0..255). Errors: RANGE above the authority's maximum. */
KAAL_MUST_CHECK static inline kaal_err_t
sys_tcb_set_priority(kaal_cptr_t tcb, kaal_cptr_t authority, kaal_word_t priority)
{
    struct kaal_msg msg = {.w = {priority}};
    kaal_set_cap(0, authority);
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_PRIORITY, 1, 1, &msg);
}

/* Set the maximum controlled priority. Errors: RANGE above the authority's. */
KAAL_MUST_CHECK static inline kaal_err_t
sys_tcb_set_mcpriority(kaal_cptr_t tcb, kaal_cptr_t authority, kaal_word_t mcp)
{
    struct kaal_msg msg = {.w = {mcp}};
    kaal_set_cap(0, authority);
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_MCPRIORITY, 1, 1, &msg);
}

/*
 * Set who hears of it when the thread has used a refill of its budget up: a fault
 * TIMEOUT is sent there, and the thread waits for the answer.
 * Rights: ep with Write, and Grant or GrantReply; 0 for none.
 * Errors: INVALID_CAPABILITY.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_set_timeout_endpoint(kaal_cptr_t tcb,
                                                                      kaal_cptr_t ep)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, ep);
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, 1, 0, &msg);
}

/* Stop a thread; what it waited for is cancelled. */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_suspend(kaal_cptr_t tcb)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(tcb, KAAL_INV_TCB_SUSPEND, 0, 0, &msg);
}

/* Let a stopped thread run. A system call that was cancelled starts again. */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_resume(kaal_cptr_t tcb)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(tcb, KAAL_INV_TCB_RESUME, 0, 0, &msg);
}

/*
 * Write the first count registers of a stopped thread.
 * Args: resume, whether to let it run then; count, 0 .. KAAL_REGISTER_COUNT.
 * Errors: ILLEGAL_OPERATION (the caller's own), RANGE (count).
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
 * Args: suspend, whether to stop it first; count, 1 .. KAAL_REGISTER_COUNT;
 *   regs, filled.
 * Errors: ILLEGAL_OPERATION (the caller's own), RANGE (count).
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

/* Bind a notification: its signals also wake the thread from sys_recv().
 * Errors: ILLEGAL_OPERATION if either is bound or somebody waits. */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_bind_notification(kaal_cptr_t tcb,
                                                                   kaal_cptr_t ntfn)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, ntfn);
    return kaal_invoke(tcb, KAAL_INV_TCB_BIND_NOTIFICATION, 1, 0, &msg);
}

/* Errors: ILLEGAL_OPERATION if none is bound. */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_unbind_notification(kaal_cptr_t tcb)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(tcb, KAAL_INV_TCB_UNBIND_NOTIFICATION, 0, 0, &msg);
}

/* Set TPIDR_EL0 of a thread. */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_set_tls_base(kaal_cptr_t tcb, kaal_word_t base)
{
    struct kaal_msg msg = {.w = {base}};
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_TLS_BASE, 0, 1, &msg);
}

/*
 * Copy registers from one thread to another; neither is the caller.
 * Rights: none.
 * Args: flags, a sum of KAAL_COPY_* (kaal/abi/tcb.h).
 * Errors: INVALID_CAPABILITY, ILLEGAL_OPERATION (the caller's own), RANGE.
 * Notes: suspends the source, copies, then resumes tcb, as flags say.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_tcb_copy_registers(kaal_cptr_t tcb, kaal_cptr_t source,
                                                                kaal_word_t flags)
{
    struct kaal_msg msg = {.w = {flags}};
    kaal_set_cap(0, source);
    return kaal_invoke(tcb, KAAL_INV_TCB_COPY_REGISTERS, 1, 1, &msg);
}

/*
 * Set the IPC buffer alone.
 * Rights: none; the buffer is used if the page capability has Read and Write.
 * Args: ipc_buffer, its address (1 KiB aligned), 0 for none; ipc_page, the page
 *   there.
 * Errors: INVALID_CAPABILITY, ALIGNMENT.
 * Notes: for the caller's own thread the new one counts from the return on.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_tcb_set_ipc_buffer(kaal_cptr_t tcb, kaal_word_t ipc_buffer, kaal_cptr_t ipc_page)
{
    struct kaal_msg msg = {.w = {ipc_buffer}};
    kaal_set_cap(0, ipc_page);
    return kaal_invoke(tcb, KAAL_INV_TCB_SET_IPC_BUFFER, 1, 1, &msg);
}

/*
 * Clear, then set flags of a thread (KAAL_TCB_*, kaal/abi/tcb.h).
 * Rights: none.
 * Args: now, if not NULL, gets the flags as they are then.
 * Errors: INVALID_ARGUMENT (unknown flag).
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
