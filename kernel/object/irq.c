/* SPDX-License-Identifier: Apache-2.0 */
#include "irq.h"

#include "object/notification.h"
#include "object/object.h"

#include "core/check.h"
#include "core/cspace.h"
#include "core/invocation.h"
#include "core/sched.h"
#include "lib/assert.h"

static struct {
    struct slot ntfn;
    bool issued;
} lines[IRQ_MAX];

static unsigned timer_irq = ARCH_IRQ_NONE;

void irq_set_timer(unsigned irq)
{
    timer_irq = irq;
}

void irq_reset(void)
{
    for (unsigned i = 0; i < IRQ_MAX; i++) {
        lines[i].ntfn = (struct slot){0};
        lines[i].issued = false;
    }
}

const struct cap *irq_take(void)
{
    const unsigned irq = arch_irq_ack();
    if (irq >= IRQ_MAX) { /* none: ARCH_IRQ_NONE */
        return NULL;
    }
    if (irq == timer_irq) {
        sched_tick();
        arch_irq_eoi(irq);
        return NULL;
    }
    arch_irq_mask(irq);
    arch_irq_eoi(irq);
    const struct cap *cap = &lines[irq].ntfn.cap;
    return cap->type == CAP_NOTIFICATION ? cap : NULL;
}

struct slot *irq_stop(unsigned irq)
{
    arch_irq_mask(irq);
    return &lines[irq].ntfn;
}

void irq_release(unsigned irq)
{
    kassert(slot_is_empty(&lines[irq].ntfn));
    lines[irq].issued = false;
}

enum kaal_err irq_inv_get(struct invocation *inv)
{
    enum { ARG_IRQ, ARG_EDGE, ARG_INDEX, ARG_DEPTH };
    const word_t number = inv_arg(inv, ARG_IRQ);
    const word_t depth = inv_arg(inv, ARG_DEPTH);
    const unsigned count = arch_irq_count() < IRQ_MAX ? arch_irq_count() : IRQ_MAX;
    struct lookup_failure failure;

    if (number < IRQ_FIRST || number >= count) {
        return inv_bad_range(inv, ARG_IRQ, IRQ_FIRST, count - 1);
    }
    if (inv_arg(inv, ARG_EDGE) > 1) {
        return inv_bad_range(inv, ARG_EDGE, 0, 1);
    }
    if (depth < 1 || depth > KAAL_CPTR_BITS) {
        return inv_bad_range(inv, ARG_DEPTH, 1, KAAL_CPTR_BITS);
    }
    const unsigned irq = (unsigned)index_nospec(number, count);
    if (irq == timer_irq || lines[irq].issued) {
        return KAAL_ERR_REVOKE_FIRST;
    }
    struct slot *dest =
        cspace_lookup_exact(inv_cap(inv, 0), inv_arg(inv, ARG_INDEX), (unsigned)depth, &failure);
    if (dest == NULL) {
        return inv_bad_lookup(inv, false, failure.bits_left, failure.kind);
    }
    if (!slot_is_empty(dest)) {
        return KAAL_ERR_DELETE_FIRST;
    }

    lines[irq].issued = true;
    arch_irq_set_trigger(irq, inv_arg(inv, ARG_EDGE) != 0);
    arch_irq_unmask(irq);
    slot_insert_original(inv->slot, dest, cap_indexed(CAP_IRQ_HANDLER, irq));
    return KAAL_OK;
}

enum kaal_err irq_inv_ack(struct invocation *inv)
{
    arch_irq_unmask(cap_index(&inv->cap));
    return KAAL_OK;
}

enum kaal_err irq_inv_set_notification(struct invocation *inv)
{
    struct slot *line = &lines[cap_index(&inv->cap)].ntfn;
    const struct cap *cap = inv_cap(inv, 0);

    if (cap->type != CAP_NOTIFICATION || !cap_has_rights(cap, KAAL_RIGHT_WRITE)) {
        return inv_bad_cap(inv, 0);
    }
    if (!slot_delete(line)) {
        return INV_PREEMPTED;
    }
    slot_insert_derived(inv->extra[0], line, *cap);
    return KAAL_OK;
}

enum kaal_err irq_inv_clear(struct invocation *inv)
{
    return slot_delete(&lines[cap_index(&inv->cap)].ntfn) ? KAAL_OK : INV_PREEMPTED;
}

/* ---- Checks --------------------------------------------------------------------- */

size_t irq_filled_slots(void)
{
    size_t filled = 0;
    for (unsigned i = 0; i < IRQ_MAX; i++) {
        filled += slot_is_empty(&lines[i].ntfn) ? 0 : 1;
    }
    return filled;
}

const char *irq_check(unsigned irq)
{
    return lines[irq].issued ? NULL : "KI-30 handler of a line that was not issued";
}

static bool has_handler(unsigned irq)
{
    for (const struct slot *s = check_first(); s != NULL; s = check_next(s)) {
        if (s->cap.type == CAP_IRQ_HANDLER && cap_index(&s->cap) == irq) {
            return true;
        }
    }
    return false;
}

const char *irq_check_lines(void)
{
    for (unsigned i = 0; i < IRQ_MAX; i++) {
        const struct slot *slot = &lines[i].ntfn;
        if (lines[i].issued && !has_handler(i)) {
            return "KI-30 issued line without a handler";
        }
        if (!slot_is_empty(slot) && (!lines[i].issued || slot->cap.type != CAP_NOTIFICATION)) {
            return "KI-30 slot of a line";
        }
    }
    return NULL;
}
