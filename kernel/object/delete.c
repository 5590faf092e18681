/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deletion: emptying slots, taking objects apart, in steps of bounded length.
 *
 * An object that holds capabilities (CNode, TCB) turns into a zombie when its
 * last capability goes: the slot keeps a ZOMBIE capability, in the object's
 * place in the derivation tree, that counts the slots still to be emptied.
 * The memory cannot be used again before the zombie is gone.
 *
 * A zombie found inside another is worked off first. To need neither
 * recursion nor memory, the two trade places: the slot being deleted takes the
 * inner zombie, the inner object's first slot takes the outer one, and what
 * was in that first slot goes where the inner one was found. When the inner
 * object is empty but for that first slot, the outer zombie moves back.
 */
#include "object/asid.h"
#include "object/endpoint.h"
#include "object/irq.h"
#include "object/notification.h"
#include "object/object.h"
#include "object/page.h"
#include "object/reply.h"
#include "object/sched_context.h"
#include "object/tcb.h"
#include "object/vspace.h"

#include "lib/assert.h"

/* Empty slots passed over in one step: keeps a step under the bound on time
 * with interrupts masked. */
enum { SKIP_MAX = 64 };

static void destroyed(const struct cap *cap, unsigned bits)
{
    arch_obj_destroyed(cap->obj, (size_t)1 << bits);
}

/* ---- One object that holds no capabilities --------------------------------- */

static void poison_simple(const struct cap *cap)
{
    switch (cap->type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
    case CAP_REPLY:
        destroyed(cap, object_bits((enum cap_type)cap->type, 0));
        break;
    case CAP_SCHED_CONTEXT:
        destroyed(cap, cap->a);
        break;
    case CAP_VSPACE:
    case CAP_PAGE_TABLE:
    case CAP_ASID_POOL:
        destroyed(cap, KAAL_PAGE_BITS);
        break;
    case CAP_PAGE:
        if (!cap_page_is_device(cap)) {
            destroyed(cap, cap_page_bits(cap));
        }
        break;
    default:
        break;
    }
}

/* An interrupt takes its notification along: emptied here, as slot_delete()
 * would lead back to this place. Returns false if there is more to do. */
static bool finalise_irq(unsigned irq)
{
    struct slot *line = irq_stop(irq);
    if (!slot_is_empty(line)) {
        const struct cap ntfn = line->cap;
        const bool is_final = slot_is_final(line);
        if (is_final && ntfn_finalise_step(cap_ntfn(&ntfn))) {
            return false;
        }
        slot_clear(line);
        if (is_final) {
            poison_simple(&ntfn);
        }
    }
    irq_release(irq);
    return true;
}

/* Finalise the object of a final capability. Returns false if there is more
 * to do. */
static bool finalise_simple(struct slot *slot)
{
    struct cap *cap = &slot->cap;
    switch (cap->type) {
    case CAP_ENDPOINT:
        return !endpoint_finalise_step(cap_endpoint(cap));
    case CAP_NOTIFICATION:
        return !ntfn_finalise_step(cap_ntfn(cap));
    case CAP_REPLY:
        reply_finalise(cap_reply(cap));
        return true;
    case CAP_SCHED_CONTEXT:
        sc_finalise(cap_sc(cap));
        return true;
    case CAP_VSPACE:
        vspace_finalise(cap);
        return true;
    case CAP_PAGE_TABLE:
        pt_unmap(cap);
        return true;
    case CAP_ASID_POOL:
        return !asid_pool_finalise_step(cap_asid_pool(cap));
    case CAP_IRQ_HANDLER:
        return finalise_irq(cap_index(cap));
    default:
        return true;
    }
}

static bool holds_caps(const struct cap *cap)
{
    return cap->type == CAP_CNODE || cap->type == CAP_TCB || cap->type == CAP_ZOMBIE;
}

/* Turn a final CNode or TCB capability into its zombie. */
static void make_zombie(struct slot *slot)
{
    struct cap *cap = &slot->cap;
    if (cap->type == CAP_CNODE) {
        const unsigned radix = cap_cnode_radix(cap);
        *cap = cap_zombie(cap_cnode_slots(cap), CAP_CNODE, radix, (word_t)1 << radix);
    } else if (cap->type == CAP_TCB) {
        struct tcb *t = cap_tcb(cap);
        tcb_finalise(t);
        *cap = cap_zombie(t->slots, CAP_TCB, 0, TCB_SLOTS);
    }
}

/* ---- Zombies ----------------------------------------------------------------- */

static word_t zombie_size(const struct cap *cap)
{
    return cap_zombie_kind(cap) == CAP_TCB ? (word_t)TCB_SLOTS : (word_t)1 << cap->b;
}

static bool is_inside(const struct slot *slot, const struct cap *zombie)
{
    const struct slot *slots = (const struct slot *)zombie->obj;
    return slot >= slots && slot < slots + zombie_size(zombie);
}

static void bury(const struct cap *zombie)
{
    if (cap_zombie_kind(zombie) == CAP_TCB) {
        const char *slots = (const char *)zombie->obj;
        char *memory = (char *)(uintptr_t)(slots - offsetof(struct tcb, slots));
        arch_obj_destroyed(memory, (size_t)1 << TCB_BITS);
    } else {
        destroyed(zombie, zombie->b + (unsigned)KAAL_SLOT_BITS);
    }
}

/* slot is about to lose its zombie: forget it, and its memory is dead. */
static void bury_and_clear(struct slot *slot)
{
    const struct cap zombie = slot->cap;
    slot_clear(slot);
    bury(&zombie);
}

/* slot holds a zombie of which only *inner, its first slot, is left, and that
 * holds the next zombie: let slot take that over. */
static void take_over(struct slot *slot, struct slot *inner)
{
    const struct cap zombie = slot->cap;
    slot_clear(slot);
    slot_move(inner, slot);
    bury(&zombie);
}

/* inner, inside slot's zombie, holds a zombie: trade places. */
static void descend(struct slot *slot, struct slot *inner)
{
    struct slot *link = (struct slot *)inner->cap.obj;
    struct slot *slots = (struct slot *)slot->cap.obj;
    if (is_inside(slot, &slot->cap) && slot >= slots + cap_zombie_left(&slot->cap)) {
        /* slot was passed over as the zombie's own; now it is to be emptied. */
        slot->cap.data = (word_t)(slot - slots) + 1;
    }
    if (link == slot) {
        slot_swap(slot, inner); /* slot is the inner object's own first slot */
        return;
    }
    slot_swap(slot, inner);
    slot_swap(inner, link);
}

/* One step towards emptying a slot with the last capability to an object. */
static __attribute__((cold, noinline)) void delete_final(struct slot *slot)
{
    if (holds_caps(&slot->cap)) {
        make_zombie(slot);
    } else if (finalise_simple(slot)) {
        page_unmap_if_mapped(slot);
        const struct cap dead = slot->cap;
        slot_clear(slot);
        poison_simple(&dead);
    }
}

/* One step towards emptying a slot that holds no zombie. */
static void delete_plain(struct slot *slot)
{
    if (slot_is_final(slot)) {
        delete_final(slot);
    } else {
        page_unmap_if_mapped(slot);
        slot_clear(slot);
    }
}

static __attribute__((cold, noinline)) void reduce(struct slot *slot)
{
    struct cap *zombie = &slot->cap;
    struct slot *slots = (struct slot *)zombie->obj;

    for (unsigned i = 0; i < SKIP_MAX && cap_zombie_left(zombie) > 0; i++) {
        struct slot *last = &slots[cap_zombie_left(zombie) - 1];
        if (last != slot && !slot_is_empty(last)) {
            break;
        }
        zombie->data--;
    }
    if (cap_zombie_left(zombie) == 0) {
        bury_and_clear(slot);
        return;
    }
    struct slot *last = &slots[cap_zombie_left(zombie) - 1];
    if (last == slot || slot_is_empty(last)) {
        return; /* more to skip, next time */
    }
    if (last->cap.type == CAP_ZOMBIE) {
        if (cap_zombie_left(zombie) == 1 && !is_inside(slot, zombie)) {
            take_over(slot, last);
        } else {
            descend(slot, last);
        }
        return;
    }
    delete_plain(last);
}

/* ---- Delete and revoke --------------------------------------------------------- */

/* A slot inside its own zombie cannot take over from the zombie in that
 * object's first slot: work on that one instead, until it is gone. */
static struct slot *working_slot(struct slot *slot)
{
    struct slot *first = (struct slot *)slot->cap.obj;
    const bool is_stuck = cap_zombie_left(&slot->cap) == 1 && is_inside(slot, &slot->cap) &&
                          first != slot && first->cap.type == CAP_ZOMBIE;
    return is_stuck ? first : slot;
}

static void delete_step(struct slot *slot)
{
    if (slot->cap.type == CAP_ZOMBIE) {
        reduce(working_slot(slot));
    } else {
        delete_plain(slot);
    }
}

__attribute__((noinline)) bool slot_delete(struct slot *slot)
{
    while (!slot_is_empty(slot)) {
        delete_step(slot);
        if (!slot_is_empty(slot) && arch_irq_pending()) {
            return false;
        }
    }
    return true;
}

bool slot_revoke(struct slot *slot)
{
    while (slot->first != NULL) {
        /* To its end: what it was in may go with it, and hold other zombies. */
        if (!slot_delete(slot->first) || (slot->first != NULL && arch_irq_pending())) {
            return false;
        }
    }
    return true;
}
