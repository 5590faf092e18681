/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SetPriority, SetMCPriority and SetSchedParams, for every argument: nothing
 * above the authority's own limit is ever given, to the target alone, as a
 * number that fits; an error gives nothing.
 */
#include "core/invocation.h"
#include "object/object.h"
#include "object/sched_context.h"
#include "object/tcb.h"

unsigned nondet_unsigned(void);
struct cap nondet_cap(void);
bool nondet_bool(void);

static struct tcb caller, thread, authority;
static struct sc context;
static struct slot extra[3], own;
static bool is_set, is_changed;
static unsigned priority;

void tcb_set_priority(struct tcb *t, uint8_t value)
{
    __CPROVER_assert(t == &thread, "of the target");
    is_set = true;
    priority = value;
}

/* Emptying a slot may end everything: also this thread. */
bool slot_delete(struct slot *slot)
{
    __CPROVER_assert(slot == &thread.slots[TCB_SLOT_FAULT_HANDLER], "the target's slot");
    is_changed = true;
    if (nondet_bool()) {
        own.cap.type = CAP_NULL;
    }
    return nondet_bool();
}

void slot_insert_derived(struct slot *source, struct slot *slot, struct cap cap)
{
    __CPROVER_assert(source == &extra[2] && slot == &thread.slots[TCB_SLOT_FAULT_HANDLER], "it");
    __CPROVER_assert(cap.obj == source->cap.obj && cap.rights == source->cap.rights, "as it is");
}

bool fault_is_handler(const struct cap *cap)
{
    return cap->type == CAP_NULL || (cap->type == CAP_ENDPOINT && nondet_bool());
}

void sc_unbind_tcb(struct sc *sc)
{
    __CPROVER_assert(sc == thread.sc && sc != NULL, "the target's context");
    thread.sc = NULL;
}

void sched_wake(struct tcb *t)
{
    __CPROVER_assert(t == &thread && t->sc == &context, "the target");
}

void harness(void)
{
    const unsigned call = nondet_unsigned();
    for (unsigned i = 0; i < 3; i++) {
        extra[i].cap = nondet_cap();
    }
    thread.mcp = (uint8_t)(nondet_unsigned() & 255);
    authority.mcp = (uint8_t)(nondet_unsigned() & 255);
    extra[0].cap.obj = &authority;
    extra[1].cap.obj = &context;
    thread.state = nondet_bool() ? TCB_RUNNING : TCB_INACTIVE;
    own.cap = cap_object(CAP_TCB, &thread);
    for (unsigned i = 0; i < KAAL_MSG_REGS; i++) {
        caller.regs.x[3 + i] = ((word_t)nondet_unsigned() << 32) | nondet_unsigned();
    }
    const word_t word0 = caller.regs.x[3], word1 = caller.regs.x[4];
    const unsigned mcp = thread.mcp, limit = authority.mcp;
    struct invocation inv = {.caller = &caller,
                             .slot = &own,
                             .cap = own.cap,
                             .length = 2,
                             .caps = 3,
                             .extra = {&extra[0], &extra[1], &extra[2]}};
    const enum kaal_err err = call == 0   ? tcb_inv_set_priority(&inv)
                              : call == 1 ? tcb_inv_set_mcpriority(&inv)
                                          : tcb_inv_set_sched_params(&inv);

    __CPROVER_assert(extra[0].cap.type == CAP_TCB || err == KAAL_ERR_INVALID_CAPABILITY,
                     "an authority is a thread");
    __CPROVER_assert(!is_set || priority <= limit, "a priority within the limit");
    __CPROVER_assert(thread.mcp == mcp || thread.mcp <= limit, "a limit within the limit");
    __CPROVER_assert(err == KAAL_OK || (!is_set && thread.mcp == mcp && thread.sc == NULL),
                     "an error gives nothing");
    __CPROVER_assert(err == KAAL_OK || err == INV_PREEMPTED || !is_changed, "nor changes a slot");
    if (err == KAAL_OK && own.cap.type == CAP_TCB) {
        __CPROVER_assert(is_set == (call != 1), "it is set");
        __CPROVER_assert(!is_set || priority == (call == 0 ? word0 : word1), "to the number given");
        __CPROVER_assert(call == 0 || thread.mcp == word0, "and the limit");
    }
}
