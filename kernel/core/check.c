/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "object/endpoint.h"
#include "object/notification.h"
#include "object/object.h"
#include "object/reply.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "cpu.h"

/* The next slot of the derivation tree in pre-order; NULL at the end. */
static const struct slot *next_in_tree(const struct slot *slot)
{
    if (slot->first != NULL) {
        return slot->first;
    }
    while (slot != &cdt_anchor && (slot->flags & SLOT_LAST) != 0) {
        slot = slot->next;
    }
    return slot == &cdt_anchor ? NULL : slot->next;
}

static const char *check_untyped(const struct slot *slot)
{
    const struct cap *cap = &slot->cap;
    if (cap_untyped_watermark(cap) > (word_t)1 << cap_untyped_bits(cap)) {
        return "KI-08 watermark above the end";
    }
    if (slot->first == NULL) {
        return NULL;
    }
    const char *end = (const char *)cap->obj + cap_untyped_watermark(cap);
    for (const struct slot *c = slot->first;; c = c->next) {
        if (c->cap.obj < cap->obj || (const char *)c->cap.obj >= end) {
            return "KI-09 child outside its untyped";
        }
        if (c == slot->last) {
            return NULL;
        }
    }
}

static const char *check_object(const struct slot *slot)
{
    const struct cap *cap = &slot->cap;
    switch (cap->type) {
    case CAP_UNTYPED:
        return check_untyped(slot);
    case CAP_ENDPOINT:
        return endpoint_check(cap_endpoint(cap));
    case CAP_NOTIFICATION:
        return ntfn_check(cap_ntfn(cap));
    case CAP_REPLY:
        return reply_check(cap_reply(cap));
    case CAP_TCB:
        return tcb_check(cap_tcb(cap));
    case CAP_SCHED_CONTEXT:
        return sc_check(cap_sc(cap));
    default:
        return NULL;
    }
}

/* KI-31: the FP unit is nobody's or a live thread's that may have it. */
static const char *check_fp_owner(bool is_live)
{
    const struct tcb *owner = arch_cpu()->fp_owner;
    if (owner == NULL) {
        return NULL;
    }
    if (!is_live) {
        return "KI-31 FP unit of a dead thread";
    }
    return (owner->flags & KAAL_TCB_FPU_DISABLED) != 0 ? "KI-31 FP unit is disabled" : NULL;
}

const char *kernel_check(void)
{
    bool is_fp_owner_live = false;
    for (const struct slot *s = cdt_anchor.first; s != NULL; s = next_in_tree(s)) {
        const char *broken = slot_check(s);
        if (broken == NULL) {
            broken = check_object(s);
        }
        if (broken != NULL) {
            return broken;
        }
        const struct tcb *t = cap_tcb(&s->cap);
        is_fp_owner_live = is_fp_owner_live || (t != NULL && t == arch_cpu()->fp_owner);
    }
    const char *broken = check_fp_owner(is_fp_owner_live);
    return broken != NULL ? broken : sched_check();
}
