/* SPDX-License-Identifier: Apache-2.0 */
/* Capabilities and the memory they stand for: KI-01, 02, 04, 06-10, 13, 29. */
#include "object/asid.h"
#include "object/irq.h"
#include "object/object.h"
#include "object/tcb.h"

#include "check.h"

static struct {
    struct kaal_range own[3]; /* the kernel and its devices */
    struct kaal_range ram[KAAL_BOOT_MAX_RANGES];
    unsigned ram_count;
} machine;

void check_init(const struct kaal_boot_params *params)
{
    machine.own[0] = params->kernel;
    machine.own[1] = params->gicd;
    machine.own[2] = params->gicc;
    machine.ram_count = params->ram_count;
    for (unsigned i = 0; i < params->ram_count; i++) {
        machine.ram[i] = params->ram[i];
    }
}

/* ---- One capability --------------------------------------------------------------- */

static bool is_well_formed(const struct cap *cap)
{
    word_t min, max;
    switch (cap->type) {
    case CAP_UNTYPED:
    case CAP_SCHED_CONTEXT:
    case CAP_PAGE:
        return cap->a != 0 && object_size_ok((enum cap_type)cap->type, cap->a, &min, &max);
    case CAP_CNODE:
        return object_size_ok(CAP_CNODE, cap->a, &min, &max) && cap->a != 0 &&
               cap_cnode_bits(cap) == (unsigned)cap->a + cap->b;
    case CAP_PAGE_TABLE:
        return cap_pt_level(cap) < ARCH_PT_LEVELS &&
               (cap_pt_level(cap) == 0) == (cap_asid(cap) == 0);
    case CAP_ASID_POOL:
        return cap_index(cap) % ASID_POOL_SIZE == 0 && cap_index(cap) < ASID_POOLS * ASID_POOL_SIZE;
    case CAP_IRQ_HANDLER:
        return cap_index(cap) < IRQ_MAX;
    case CAP_ZOMBIE:
        return (cap_zombie_kind(cap) == CAP_TCB && cap_zombie_left(cap) <= TCB_SLOTS) ||
               (cap_zombie_kind(cap) == CAP_CNODE && cap_zombie_left(cap) <= (word_t)1
                                                                                 << (cap->b & 63));
    case CAP_ANCHOR:
        return false;
    default:
        return cap->type <= CAP_ASID_CONTROL;
    }
}

struct extent check_extent(const struct cap *cap)
{
    const uintptr_t base = (uintptr_t)cap->obj;
    switch (cap->type) {
    case CAP_UNTYPED:
    case CAP_SCHED_CONTEXT:
    case CAP_PAGE:
        return (struct extent){base, UINT64_C(1) << cap->a};
    case CAP_CNODE:
        return (struct extent){base, UINT64_C(1) << (cap->a + KAAL_SLOT_BITS)};
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
    case CAP_REPLY:
    case CAP_TCB:
    case CAP_VSPACE:
    case CAP_PAGE_TABLE:
        return (struct extent){base, UINT64_C(1) << object_bits((enum cap_type)cap->type, 0)};
    case CAP_ASID_POOL:
        return (struct extent){base, KAAL_PAGE_SIZE};
    case CAP_ZOMBIE:
        return cap_zombie_kind(cap) == CAP_TCB
                   ? (struct extent){base - offsetof(struct tcb, slots), UINT64_C(1) << TCB_BITS}
                   : (struct extent){base, UINT64_C(1) << (cap->b + KAAL_SLOT_BITS)};
    default:
        return (struct extent){0, 0};
    }
}

static bool is_device(const struct cap *cap)
{
    return (cap->type == CAP_UNTYPED && cap_untyped_is_device(cap)) ||
           (cap->type == CAP_PAGE && cap_page_is_device(cap));
}

static uint64_t bytes_in_common(paddr_t base, uint64_t bytes, const struct kaal_range *r)
{
    const paddr_t begin = base > r->base ? base : r->base;
    const paddr_t end = base + bytes < r->base + r->size ? base + bytes : r->base + r->size;
    return end > begin ? end - begin : 0;
}

static const char *check_place(const struct cap *cap, const struct extent *e)
{
    const paddr_t paddr = arch_virt_to_phys((const void *)e->base);
    uint64_t ram = 0;
    for (unsigned i = 0; i < sizeof(machine.own) / sizeof(machine.own[0]); i++) {
        if (bytes_in_common(paddr, e->bytes, &machine.own[i]) != 0) {
            return "KI-04 capability to memory of the kernel";
        }
    }
    for (unsigned i = 0; i < machine.ram_count; i++) {
        ram += bytes_in_common(paddr, e->bytes, &machine.ram[i]);
    }
    if (is_device(cap)) {
        return ram != 0 ? "KI-29 RAM as device memory" : NULL;
    }
    return ram != e->bytes ? "KI-04 object outside RAM" : NULL;
}

static const char *check_cap(const struct cap *cap)
{
    if (!is_well_formed(cap)) {
        return "KI-01 capability of no known form";
    }
    const struct extent e = check_extent(cap);
    if (e.bytes == 0) {
        return NULL;
    }
    if ((arch_virt_to_phys((const void *)e.base) & (e.bytes - 1)) != 0) {
        return "KI-02 object is not aligned";
    }
    if (cap->type == CAP_UNTYPED) {
        const word_t watermark = cap_untyped_watermark(cap);
        if (watermark > e.bytes || (watermark & 15) != 0) {
            return "KI-08 watermark above the end or not aligned";
        }
    }
    return check_place(cap, &e);
}

/* ---- Parent and child --------------------------------------------------------------- */

static const char *check_child_of_untyped(const struct cap *untyped, const struct cap *child)
{
    const struct extent u = check_extent(untyped), c = check_extent(child);
    if (c.bytes == 0 || c.base < u.base || c.base + c.bytes > u.base + u.bytes) {
        return "KI-09 child outside its untyped";
    }
    if (cap_untyped_is_device(untyped) != is_device(child)) {
        return "KI-29 RAM made of device memory, or the other way round";
    }
    if (c.base + c.bytes > u.base + cap_untyped_watermark(untyped)) {
        return child->type == CAP_UNTYPED ? "KI-07 untyped in the usable part of another"
                                          : "KI-08 object above the watermark";
    }
    return NULL;
}

static const char *check_child(const struct cap *parent, const struct cap *child)
{
    switch (parent->type) {
    case CAP_ANCHOR:
        return NULL;
    case CAP_UNTYPED:
        return check_child_of_untyped(parent, child);
    case CAP_IRQ_CONTROL:
        return child->type == CAP_IRQ_HANDLER ? NULL : "KI-10 child of interrupt control";
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        if (cap_badge(parent) != 0 && cap_badge(parent) != cap_badge(child)) {
            return "KI-10 child of a badged capability with another badge";
        }
        break;
    default:
        break;
    }
    return cap_same_object(parent, child) ? NULL : "KI-10 child to another object";
}

static const char *check_children(const struct slot *parent)
{
    for (const struct slot *c = parent->first; c != NULL; c = c->next) {
        const char *broken = check_child(&parent->cap, &c->cap);
        if (broken != NULL || c == parent->last) {
            return broken;
        }
    }
    return NULL;
}

/* ---- Any two ----------------------------------------------------------------------------- */

static bool overlap(const struct extent *x, const struct extent *y)
{
    return x->base < y->base + y->bytes && y->base < x->base + x->bytes;
}

static bool is_ancestor(const struct slot *above, const struct slot *slot)
{
    while (slot != &cdt_anchor && slot != above) {
        for (; (slot->flags & SLOT_LAST) == 0; slot = slot->next) {
        }
        slot = slot->next; /* the parent */
    }
    return slot == above;
}

/* Nothing in an untyped's memory but its descendants and what it came from. */
static const char *check_alone(const struct slot *untyped)
{
    const struct extent u = check_extent(&untyped->cap);
    const struct slot *s = check_first();
    while (s != NULL) {
        if (s == untyped) {
            s = check_next_outside(s);
            continue;
        }
        const struct extent e = check_extent(&s->cap);
        if (overlap(&u, &e) && !is_ancestor(s, untyped)) {
            return s->cap.type == CAP_UNTYPED ? "KI-07 untyped ranges overlap"
                                              : "KI-06 object not derived from its untyped";
        }
        s = check_next(s);
    }
    return NULL;
}

static const char *check_zombie(const struct slot *zombie)
{
    const struct extent z = check_extent(&zombie->cap);
    if (zombie->first != NULL) {
        return "KI-13 zombie with children";
    }
    for (const struct slot *s = check_first(); s != NULL; s = check_next(s)) {
        const struct extent e = check_extent(&s->cap);
        if (s != zombie && s->cap.type != CAP_UNTYPED && overlap(&z, &e)) {
            return "KI-13 zombie is not final";
        }
    }
    return NULL;
}

const char *check_caps(void)
{
    const char *broken = check_children(&cdt_anchor);
    for (const struct slot *s = check_first(); s != NULL && broken == NULL; s = check_next(s)) {
        broken = check_cap(&s->cap);
    }
    for (const struct slot *s = check_first(); s != NULL && broken == NULL; s = check_next(s)) {
        broken = check_children(s);
        if (broken == NULL && s->cap.type == CAP_UNTYPED) {
            broken = check_alone(s);
        } else if (broken == NULL && s->cap.type == CAP_ZOMBIE) {
            broken = check_zombie(s);
        }
    }
    return broken;
}
