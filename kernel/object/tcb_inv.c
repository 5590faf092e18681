/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on threads: spaces, priorities, starting and stopping. */
#include "object/asid.h"
#include "object/notification.h"
#include "object/object.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "core/cpu.h"
#include "core/fault.h"
#include "core/invocation.h"

static struct tcb *target(const struct invocation *inv)
{
    return cap_tcb(&inv->cap);
}

/* ---- Slots of a thread --------------------------------------------------------------- */

/* What shall stand in one slot; source NULL: nothing. */
struct slot_change {
    struct slot *slot;
    struct slot *source;
    struct cap cap;
};

/* Empty the slot. False if preempted; the call can be made again. */
static bool slot_change_prepare(const struct slot_change *change)
{
    return slot_delete(change->slot);
}

/* Emptying the slots may have emptied the source too: then nothing is put. */
static void slot_change_commit(const struct slot_change *change)
{
    if (change->source != NULL && cap_same_object(&change->source->cap, &change->cap)) {
        slot_insert_derived(change->source, change->slot, change->cap);
    }
}

/* What was deleted may have held the last capability to this thread. */
static bool target_is_alive(const struct invocation *inv)
{
    return cap_same_object(&inv->slot->cap, &inv->cap);
}

static enum kaal_err apply_changes(const struct invocation *inv, const struct slot_change *changes,
                                   unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!slot_change_prepare(&changes[i])) {
            return INV_PREEMPTED;
        }
    }
    if (target_is_alive(inv)) {
        for (unsigned i = 0; i < count; i++) {
            slot_change_commit(&changes[i]);
        }
    }
    return KAAL_OK;
}

/* guard_data: 0 keeps the guard; else size in the low six bits, value above. */
static enum kaal_err decode_cspace(struct invocation *inv, unsigned extra, word_t guard_data,
                                   struct slot_change *change)
{
    const struct cap *cap = inv_cap(inv, extra);
    if (cap->type != CAP_CNODE) {
        return inv_bad_cap(inv, extra);
    }
    *change = (struct slot_change){
        .slot = &target(inv)->slots[TCB_SLOT_CSPACE], .source = inv->extra[extra], .cap = *cap};
    if (guard_data != 0) {
        const unsigned bits = (unsigned)(guard_data & 63);
        if (bits + cap_cnode_radix(cap) > KAAL_CPTR_BITS) {
            return KAAL_ERR_ILLEGAL_OPERATION;
        }
        const word_t guard = bits == 0 ? 0 : (guard_data >> 6) & (~(word_t)0 >> (64 - bits));
        change->cap = cap_cnode(cap_cnode_slots(cap), cap_cnode_radix(cap), guard, bits);
    }
    return KAAL_OK;
}

static enum kaal_err decode_vspace(struct invocation *inv, unsigned extra,
                                   struct slot_change *change)
{
    unsigned asid;
    const struct cap *cap = inv_cap(inv, extra);
    if (asid_root_of(cap, &asid) == NULL) {
        return inv_bad_cap(inv, extra);
    }
    *change = (struct slot_change){
        .slot = &target(inv)->slots[TCB_SLOT_VSPACE], .source = inv->extra[extra], .cap = *cap};
    return KAAL_OK;
}

static enum kaal_err decode_buffer(struct invocation *inv, unsigned extra, unsigned arg,
                                   struct slot_change *change)
{
    const struct cap *cap = inv_cap(inv, extra);
    const vaddr_t vaddr = inv_arg(inv, arg);

    *change = (struct slot_change){.slot = &target(inv)->slots[TCB_SLOT_IPC_BUFFER]};
    if (vaddr == 0) {
        return KAAL_OK;
    }
    if (cap->type != CAP_PAGE || cap_page_is_device(cap)) {
        return inv_bad_cap(inv, extra);
    }
    if ((vaddr & ((1U << KAAL_IPC_BUFFER_BITS) - 1)) != 0) {
        return inv_bad_alignment(inv, arg);
    }
    change->source = inv->extra[extra];
    return cap_derive(inv->extra[extra], &change->cap);
}

static enum kaal_err decode_handler(struct invocation *inv, unsigned extra, enum tcb_slot slot,
                                    struct slot_change *change)
{
    const struct cap *cap = inv_cap(inv, extra);
    if (!fault_is_handler(cap)) {
        return inv_bad_cap(inv, extra);
    }
    *change = (struct slot_change){.slot = &target(inv)->slots[slot]};
    if (!cap_is_null(cap)) {
        change->source = inv->extra[extra];
        change->cap = *cap;
    }
    return KAAL_OK;
}

static void set_buffer_address(struct tcb *t, vaddr_t vaddr)
{
    t->ipc_buffer_vaddr = vaddr;
    t->regs.ipc_buffer = vaddr;
}

enum kaal_err tcb_inv_configure(struct invocation *inv)
{
    enum { ARG_CSPACE_DATA, ARG_VSPACE_DATA, ARG_BUFFER };
    struct slot_change changes[3];
    struct tcb *t = target(inv);

    enum kaal_err err = decode_cspace(inv, 0, inv_arg(inv, ARG_CSPACE_DATA), &changes[0]);
    if (err != KAAL_OK) {
        return err;
    }
    err = decode_vspace(inv, 1, &changes[1]);
    if (err != KAAL_OK) {
        return err;
    }
    err = decode_buffer(inv, 2, ARG_BUFFER, &changes[2]);
    if (err != KAAL_OK) {
        return err;
    }
    const vaddr_t buffer = inv_arg(inv, ARG_BUFFER);
    err = apply_changes(inv, changes, 3);
    if (err == KAAL_OK && target_is_alive(inv)) {
        set_buffer_address(t, buffer);
    }
    return err;
}

enum kaal_err tcb_inv_set_ipc_buffer(struct invocation *inv)
{
    struct slot_change change;
    enum kaal_err err = decode_buffer(inv, 0, 0, &change);
    if (err != KAAL_OK) {
        return err;
    }
    const vaddr_t buffer = inv_arg(inv, 0);
    err = apply_changes(inv, &change, 1);
    if (err == KAAL_OK && target_is_alive(inv)) {
        set_buffer_address(target(inv), buffer);
    }
    return err;
}

enum kaal_err tcb_inv_set_space(struct invocation *inv)
{
    struct slot_change changes[3];

    enum kaal_err err = decode_handler(inv, 0, TCB_SLOT_FAULT_HANDLER, &changes[0]);
    if (err != KAAL_OK) {
        return err;
    }
    err = decode_cspace(inv, 1, inv_arg(inv, 0), &changes[1]);
    if (err != KAAL_OK) {
        return err;
    }
    err = decode_vspace(inv, 2, &changes[2]);
    if (err != KAAL_OK) {
        return err;
    }
    return apply_changes(inv, changes, 3);
}

enum kaal_err tcb_inv_set_timeout_endpoint(struct invocation *inv)
{
    struct slot_change handler;
    const enum kaal_err err = decode_handler(inv, 0, TCB_SLOT_TIMEOUT_HANDLER, &handler);
    return err == KAAL_OK ? apply_changes(inv, &handler, 1) : err;
}

/* ---- Priorities and time ------------------------------------------------------------------ */

/* May the authority give this priority? */
static enum kaal_err check_priority(struct invocation *inv, unsigned arg)
{
    const struct tcb *authority = cap_tcb(inv_cap(inv, 0));
    if (authority == NULL) {
        return inv_bad_cap(inv, 0);
    }
    if (inv_arg(inv, arg) > authority->mcp) {
        return inv_bad_range(inv, arg, 0, authority->mcp);
    }
    return KAAL_OK;
}

enum kaal_err tcb_inv_set_priority(struct invocation *inv)
{
    const enum kaal_err err = check_priority(inv, 0);
    if (err == KAAL_OK) {
        tcb_set_priority(target(inv), (uint8_t)inv_arg(inv, 0));
    }
    return err;
}

enum kaal_err tcb_inv_set_mcpriority(struct invocation *inv)
{
    const enum kaal_err err = check_priority(inv, 0);
    if (err == KAAL_OK) {
        target(inv)->mcp = (uint8_t)inv_arg(inv, 0);
    }
    return err;
}

/* May this scheduling context (or none) become t's? */
static enum kaal_err check_sc(struct invocation *inv, unsigned extra)
{
    const struct tcb *t = target(inv);
    const struct cap *cap = inv_cap(inv, extra);
    const struct sc *sc = cap_sc(cap);

    if (cap_is_null(cap)) {
        return t == inv->caller ? KAAL_ERR_ILLEGAL_OPERATION : KAAL_OK;
    }
    if (sc == NULL) {
        return inv_bad_cap(inv, extra);
    }
    if (sc != t->sc && (t->sc != NULL || sc->tcb != NULL)) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    return KAAL_OK;
}

static void set_sc(struct tcb *t, struct sc *sc)
{
    if (sc == t->sc) {
        return;
    }
    if (sc == NULL) {
        sc_unbind_tcb(t->sc);
        return;
    }
    sc->tcb = t;
    t->sc = sc;
    if (t->state == TCB_RUNNING) {
        sched_wake(t);
    }
}

enum kaal_err tcb_inv_set_sched_params(struct invocation *inv)
{
    enum { ARG_MCP, ARG_PRIORITY };
    struct slot_change handler;
    struct tcb *t = target(inv);

    enum kaal_err err = check_priority(inv, ARG_MCP);
    if (err != KAAL_OK) {
        return err;
    }
    err = check_priority(inv, ARG_PRIORITY);
    if (err != KAAL_OK) {
        return err;
    }
    err = check_sc(inv, 1);
    if (err != KAAL_OK) {
        return err;
    }
    err = decode_handler(inv, 2, TCB_SLOT_FAULT_HANDLER, &handler);
    if (err != KAAL_OK) {
        return err;
    }

    const uint8_t mcp = (uint8_t)inv_arg(inv, ARG_MCP);
    const uint8_t priority = (uint8_t)inv_arg(inv, ARG_PRIORITY);
    err = apply_changes(inv, &handler, 1);
    if (err == KAAL_OK && target_is_alive(inv)) {
        t->mcp = mcp;
        tcb_set_priority(t, priority);
        set_sc(t, cap_sc(inv_cap(inv, 1)));
    }
    return err;
}

/* ---- Start, stop, bind ---------------------------------------------------------------------- */

enum kaal_err tcb_inv_suspend(struct invocation *inv)
{
    tcb_suspend(target(inv));
    return KAAL_OK;
}

enum kaal_err tcb_inv_resume(struct invocation *inv)
{
    tcb_resume(target(inv));
    return KAAL_OK;
}

enum kaal_err tcb_inv_bind_notification(struct invocation *inv)
{
    struct tcb *t = target(inv);
    const struct cap *cap = inv_cap(inv, 0);
    struct ntfn *n = cap_ntfn(cap);

    if (n == NULL || !cap_has_rights(cap, KAAL_RIGHT_READ)) {
        return inv_bad_cap(inv, 0);
    }
    if (t->bound_ntfn != NULL || n->bound != NULL || !tree_is_empty(&n->waiters)) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    ntfn_bind(n, t);
    return KAAL_OK;
}

enum kaal_err tcb_inv_unbind_notification(struct invocation *inv)
{
    struct tcb *t = target(inv);
    if (t->bound_ntfn == NULL) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    ntfn_unbind(t->bound_ntfn);
    return KAAL_OK;
}

enum kaal_err tcb_inv_set_flags(struct invocation *inv)
{
    enum { ARG_CLEAR, ARG_SET };
    const word_t known = KAAL_TCB_FPU_DISABLED;
    struct tcb *t = target(inv);

    if ((inv_arg(inv, ARG_CLEAR) & ~known) != 0) {
        return inv_bad_arg(inv, ARG_CLEAR);
    }
    if ((inv_arg(inv, ARG_SET) & ~known) != 0) {
        return inv_bad_arg(inv, ARG_SET);
    }
    t->flags = (uint8_t)((t->flags & ~inv_arg(inv, ARG_CLEAR)) | inv_arg(inv, ARG_SET));
    if ((t->flags & KAAL_TCB_FPU_DISABLED) != 0) {
        arch_fp_release(t); /* KI-31 */
    }
    inv_result(inv, t->flags);
    return KAAL_OK;
}

enum kaal_err tcb_inv_set_tls_base(struct invocation *inv)
{
    target(inv)->regs.tls = inv_arg(inv, 0);
    return KAAL_OK;
}
