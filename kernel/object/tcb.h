/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thread control block.
 *
 * T1  blocked_on names the endpoint, notification or reply the state needs,
 *     and is NULL in every other state.
 * T2  wait.linked only in the queue of blocked_on, or in the release queue of
 *     a runnable thread whose first refill is not due.
 * T3  is_ready_queued exactly if it can run and is not current.
 * T4  sc->tcb == t for sc != NULL; bound_ntfn->bound == t likewise.
 * T5  reply->tcb == t for reply != NULL; only while blocked in receive or on
 *     the reply.
 * T6  yield_to->yield_from == t for yield_to != NULL.
 * T7  fault.kind is not NONE only while t waits for its handler: to send to it,
 *     or on the reply.
 *
 * regs.pc of a blocked thread is the address of the instruction that blocked
 * it: completing the operation moves it past, so that a thread which is
 * resumed otherwise starts the operation again.
 */
#pragma once
#include <kaal/abi/tcb.h>

#include "lib/tree.h"
#include "object/slot.h"

enum tcb_state {
    TCB_INACTIVE,
    TCB_RUNNING, /* runnable; may still lack a scheduling context or budget */
    TCB_BLOCKED_SEND,
    TCB_BLOCKED_RECV,
    TCB_BLOCKED_REPLY,
    TCB_BLOCKED_NTFN,
    TCB_IDLE,
};

enum tcb_slot {
    TCB_SLOT_CSPACE,
    TCB_SLOT_VSPACE,
    TCB_SLOT_IPC_BUFFER,
    TCB_SLOT_FAULT_HANDLER,
    TCB_SLOT_TIMEOUT_HANDLER,
    TCB_SLOTS,
};

/* What a thread stopped for, until its handler replies. words: as faults.def
 * says for CAP, VM and USER_EXCEPTION; UNKNOWN_SYSCALL keeps the number. */
struct fault {
    enum kaal_fault kind;
    word_t words[4];
};

enum { TCB_NAME_BYTES = 32 };

struct tcb {
    struct arch_regs regs; /* first: the entry code stores here */

    union {
        struct {
            uint16_t priority, domain;
        };
        uint32_t rank; /* both, for comparison: ready.h */
    };
    uint8_t state;      /* enum tcb_state */
    bool was_preempted; /* its call is made again */
    bool is_ready_queued;
    bool is_call; /* of a blocked sender, and of one that waits in YieldTo */
    struct sc *sc;
    struct reply *reply;
    void *blocked_on;

    struct tree_node wait;
    uint8_t mcp;   /* highest priority it may give to others */
    uint8_t flags; /* KAAL_TCB_* */
    struct ntfn *bound_ntfn;
    struct sc *yield_to; /* runnable, but its YieldTo is not answered yet */
    struct tcb *ready_next, *ready_prev;

    /* Of a blocked sender. */
    bool can_grant, can_grant_reply;
    badge_t badge;
    uint64_t arrival; /* its number among the senders that queued at the endpoint */

    struct fault fault;
    vaddr_t ipc_buffer_vaddr;

    _Alignas(64) struct slot slots[TCB_SLOTS];
    char name[TCB_NAME_BYTES]; /* for the console; debug kernels alone set it */
    struct arch_fp fp;
};
enum { TCB_BITS = 11 };
_Static_assert(sizeof(struct tcb) <= 1 << TCB_BITS, "KAAL_OBJECT(TCB) size");

static inline struct tcb *tcb_of_wait(struct tree_node *node)
{
    return (struct tcb *)(void *)((char *)node - offsetof(struct tcb, wait));
}

/* A fresh thread in zeroed memory: inactive, priority 0, in the current domain,
 * nothing configured. */
void tcb_create(struct tcb *t);

/* Runnable with a released scheduling context that has budget. */
bool tcb_can_run(const struct tcb *t);

/* The kernel's view of t's IPC buffer, or NULL if it has none it may use. */
struct kaal_ipc_buffer *tcb_ipc_buffer(const struct tcb *t);

/* Stop t: it leaves every queue; its operation in progress is abandoned. */
void tcb_suspend(struct tcb *t);

/* Start t again if it is stopped or blocked; the instruction that blocked it
 * runs again. */
void tcb_resume(struct tcb *t);

/* Take a blocked t out of its endpoint, notification or reply; it becomes
 * inactive. Does nothing for other states. */
void tcb_cancel_ipc(struct tcb *t);

/* The last capability is gone: stop, unbind, leave the FP unit. The slots
 * remain for the caller to empty. */
void tcb_finalise(struct tcb *t);

void tcb_set_priority(struct tcb *t, uint8_t priority);
void tcb_set_domain(struct tcb *t, uint8_t domain);

/* NULL if T1..T7 and KI-14 hold, else what is broken. */
const char *tcb_check(const struct tcb *t);
