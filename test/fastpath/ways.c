/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's fast paths. Their files are compiled with other names for the slow
 * paths that they end in (Fastpath.cmake): those here, which note the refusal.
 */
#include "compare.h"

#include "core/cpu.h"
#include "core/cspace.h"
#include "core/fastpath.h"
#include "refused.h"
#include "world.h"

static bool is_refused;

void refused_syscall(void)
{
    is_refused = true;
}

void refused_fault(const struct fault *fault)
{
    (void)fault;
    is_refused = true;
}

void refused_signal(struct ntfn *n, badge_t badge)
{
    (void)n;
    (void)badge;
    is_refused = true;
}

void refused_invoke(struct tcb *t, struct slot *slot)
{
    (void)t;
    (void)slot;
    is_refused = true;
}

static enum fastpath kind_of_send(const struct tcb *t)
{
    struct lookup_failure failure;
    const struct slot *slot = cspace_lookup(t, t->regs.x[1], &failure);
    return slot == NULL || slot->cap.type != CAP_NOTIFICATION ? FASTPATH_SEND : FASTPATH_SIGNAL;
}

static enum fastpath kind_of(const struct tcb *t)
{
    switch (t->regs.x[0]) {
    case KAAL_SYS_CALL:
        return kaal_msginfo_caps(t->regs.x[2]) > 0 ? FASTPATH_CALL_CAPS : FASTPATH_CALL;
    case KAAL_SYS_REPLY_RECV:
        return FASTPATH_REPLY_RECV;
    case KAAL_SYS_RECV:
        return FASTPATH_RECV;
    case KAAL_SYS_WAIT:
        return FASTPATH_WAIT;
    case KAAL_SYS_POLL:
        return FASTPATH_POLL;
    case KAAL_SYS_YIELD:
        return FASTPATH_YIELD;
    default:
        return kind_of_send(t);
    }
}

/* What kind it was, now that the kernel is left again. before: who ran. */
static enum fastpath taken(enum fastpath kind, const struct tcb *before)
{
    if (is_refused) {
        return FASTPATH_NONE;
    }
    return kind == FASTPATH_SIGNAL && host_cpu.current != before ? FASTPATH_SIGNAL_WAKE : kind;
}

static enum fastpath enter_syscall(void)
{
    const struct tcb *before = host_cpu.current;
    const enum fastpath kind = kind_of(before);
    is_refused = false;
    kernel_syscall();
    return taken(kind, before);
}

static enum fastpath enter_fault(const struct fault *fault)
{
    if (fault->kind != KAAL_FAULT_VM) {
        return FASTPATH_NONE;
    }
    const struct tcb *before = host_cpu.current;
    is_refused = false;
    kernel_vm_fault(fault->words[0], fault->words[1] != 0, fault->words[2]);
    return taken(FASTPATH_FAULT, before);
}

static enum fastpath enter_signal(struct ntfn *n, badge_t badge)
{
    const struct tcb *before = host_cpu.current;
    is_refused = false;
    kernel_signal(n, badge);
    return taken(FASTPATH_SIGNAL, before);
}

const struct ways compare_ways = {enter_syscall, enter_fault, enter_signal};
