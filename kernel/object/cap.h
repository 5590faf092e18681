/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A capability: a type, a reference to an object, rights and what else the
 * type needs. Only this header knows what the fields mean:
 *
 *   type           obj          data            a          b            c
 *   UNTYPED        memory       watermark       size bits  device, tag  zeroed chunks
 *   ENDPOINT       endpoint     badge           -          -            -
 *   NOTIFICATION   notification badge           -          -            -
 *   REPLY          reply        -               -          -            -
 *   TCB            tcb          -               -          -            -
 *   SCHED_CONTEXT  sc           -               size bits  -            -
 *   CNODE          slots        guard           radix      guard bits   their sum
 *   VSPACE         root table   -               -          -            ASID or 0
 *   PAGE_TABLE     table        mapped vaddr    level or 0 -            ASID or 0
 *   PAGE           memory       mapped vaddr    size bits  device       ASID or 0
 *   ASID_POOL      pool         -               -          -            first ASID
 *   IRQ_HANDLER    -            -               -          -            interrupt id
 *   SCHED_CONTROL  -            -               -          -            core
 *   ZOMBIE         slots        slots left      kind       radix        -
 *
 * Memory is named by its address in the kernel window, also device memory,
 * which the kernel never touches there.
 */
#pragma once
#include <kaal/abi/rights.h>

#include "arch/arch.h"

enum cap_type {
    CAP_NULL = 0,
    CAP_UNTYPED = KAAL_OBJ_UNTYPED,
    CAP_ENDPOINT = KAAL_OBJ_ENDPOINT,
    CAP_NOTIFICATION = KAAL_OBJ_NOTIFICATION,
    CAP_REPLY = KAAL_OBJ_REPLY,
    CAP_TCB = KAAL_OBJ_TCB,
    CAP_SCHED_CONTEXT = KAAL_OBJ_SCHED_CONTEXT,
    CAP_CNODE = KAAL_OBJ_CNODE,
    CAP_VSPACE = KAAL_OBJ_VSPACE,
    CAP_PAGE_TABLE = KAAL_OBJ_PAGE_TABLE,
    CAP_PAGE = KAAL_OBJ_PAGE,
    CAP_ASID_POOL = 11,
    CAP_IRQ_CONTROL = 12,
    CAP_IRQ_HANDLER = 13,
    CAP_SCHED_CONTROL = 14,
    CAP_ANCHOR = 16, /* the root of the derivation tree, in no CNode */
    CAP_POWER = 17,  /* to switch the machine off or restart it */
    CAP_DOMAIN = 18, /* the domain schedule */
    CAP_ASID_CONTROL = 19,
    CAP_ZOMBIE = 15, /* a CNode or TCB being taken apart; final by construction */
};

struct cap {
    void *obj;
    uint64_t data;
    uint8_t type, rights, a, b;
    uint32_t c;
};

struct endpoint;
struct ntfn;
struct reply;
struct tcb;
struct sc;
struct slot;
struct asid_pool;

static inline bool cap_is_null(const struct cap *cap)
{
    return cap->type == CAP_NULL;
}

/* Do calls on it do something to the object, instead of passing a message on, or
 * nothing at all? */
static inline bool cap_is_invoked(const struct cap *cap)
{
    const uint32_t others = 1U << CAP_NULL | 1U << CAP_ENDPOINT | 1U << CAP_NOTIFICATION |
                            1U << CAP_REPLY | 1U << CAP_ZOMBIE;
    return (others >> cap->type & 1) == 0;
}

static inline bool cap_has_rights(const struct cap *cap, word_t rights)
{
    return (cap->rights & rights) == rights;
}

/* ---- Typed access: the object, or NULL if the capability is another ------- */

#define CAP_ACCESSOR(name, TYPE, ctype)                        \
    static inline ctype *cap_##name(const struct cap *cap)     \
    {                                                          \
        return cap->type == (TYPE) ? (ctype *)cap->obj : NULL; \
    }
CAP_ACCESSOR(endpoint, CAP_ENDPOINT, struct endpoint)
CAP_ACCESSOR(ntfn, CAP_NOTIFICATION, struct ntfn)
CAP_ACCESSOR(reply, CAP_REPLY, struct reply)
CAP_ACCESSOR(tcb, CAP_TCB, struct tcb)
CAP_ACCESSOR(sc, CAP_SCHED_CONTEXT, struct sc)
CAP_ACCESSOR(vspace, CAP_VSPACE, pte_t)
CAP_ACCESSOR(pt, CAP_PAGE_TABLE, pte_t)
CAP_ACCESSOR(asid_pool, CAP_ASID_POOL, struct asid_pool)
#undef CAP_ACCESSOR

static inline badge_t cap_badge(const struct cap *cap)
{
    return cap->data;
}

/* ---- Construction --------------------------------------------------------- */

static inline struct cap cap_null(void)
{
    return (struct cap){.type = CAP_NULL};
}

/* An object with nothing but its address: endpoint, reply, tcb, tables. */
static inline struct cap cap_object(enum cap_type type, void *obj)
{
    return (struct cap){.obj = obj, .type = (uint8_t)type, .rights = KAAL_RIGHTS_ALL};
}

static inline struct cap cap_untyped(void *base, unsigned size_bits, bool is_device)
{
    return (struct cap){.obj = base,
                        .type = CAP_UNTYPED,
                        .rights = KAAL_RIGHTS_ALL,
                        .a = (uint8_t)size_bits,
                        .b = is_device};
}

static inline struct cap cap_cnode(struct slot *slots, unsigned radix, word_t guard,
                                   unsigned guard_bits)
{
    return (struct cap){.obj = slots,
                        .data = guard,
                        .type = CAP_CNODE,
                        .rights = KAAL_RIGHTS_ALL,
                        .a = (uint8_t)radix,
                        .b = (uint8_t)guard_bits,
                        .c = radix + guard_bits};
}

static inline struct cap cap_page(void *base, unsigned size_bits, bool is_device)
{
    return (struct cap){.obj = base,
                        .type = CAP_PAGE,
                        .rights = KAAL_RIGHTS_ALL,
                        .a = (uint8_t)size_bits,
                        .b = is_device};
}

static inline struct cap cap_indexed(enum cap_type type, unsigned index)
{
    return (struct cap){.type = (uint8_t)type, .rights = KAAL_RIGHTS_ALL, .c = index};
}

/* kind: CAP_CNODE or CAP_TCB, what the slots belong to. */
static inline struct cap cap_zombie(struct slot *slots, enum cap_type kind, unsigned radix,
                                    word_t count)
{
    return (struct cap){
        .obj = slots, .data = count, .type = CAP_ZOMBIE, .a = (uint8_t)kind, .b = (uint8_t)radix};
}

/* ---- Untyped -------------------------------------------------------------- */

static inline unsigned cap_untyped_bits(const struct cap *cap)
{
    return cap->a;
}

static inline bool cap_untyped_is_device(const struct cap *cap)
{
    return (cap->b & 1) != 0;
}

/* Bytes from the start that are used up. */
static inline word_t cap_untyped_watermark(const struct cap *cap)
{
    return cap->data;
}

static inline void cap_untyped_set_watermark(struct cap *cap, word_t watermark)
{
    cap->data = watermark;
    cap->b &= 1;
    cap->c = 0;
}

/* Chunks already zeroed for a retype of objects of object_bits that was
 * preempted. Progress for another size starts where another size would, so it
 * does not count. */
static inline uint32_t cap_untyped_zeroed(const struct cap *cap, unsigned object_bits)
{
    return (unsigned)(cap->b >> 1) == object_bits ? cap->c : 0;
}

static inline void cap_untyped_set_zeroed(struct cap *cap, unsigned object_bits, uint32_t chunks)
{
    cap->b = (uint8_t)((cap->b & 1) | object_bits << 1);
    cap->c = chunks;
}

/* ---- CNode ---------------------------------------------------------------- */

static inline struct slot *cap_cnode_slots(const struct cap *cap)
{
    return (struct slot *)cap->obj;
}

static inline unsigned cap_cnode_radix(const struct cap *cap)
{
    return cap->a;
}

static inline word_t cap_cnode_guard(const struct cap *cap)
{
    return cap->data;
}

static inline unsigned cap_cnode_guard_bits(const struct cap *cap)
{
    return cap->b;
}

/* Bits that a lookup uses up here. */
static inline unsigned cap_cnode_bits(const struct cap *cap)
{
    return cap->c;
}

/* ---- Mappings: pages, tables, address spaces ------------------------------ */

static inline unsigned cap_page_bits(const struct cap *cap)
{
    return cap->a;
}

static inline bool cap_page_is_device(const struct cap *cap)
{
    return cap->b != 0;
}

static inline unsigned cap_asid(const struct cap *cap)
{
    return cap->c;
}

static inline vaddr_t cap_mapped_vaddr(const struct cap *cap)
{
    return cap->data;
}

static inline void cap_set_mapping(struct cap *cap, unsigned asid, vaddr_t vaddr)
{
    cap->c = asid;
    cap->data = vaddr;
}

static inline unsigned cap_pt_level(const struct cap *cap)
{
    return cap->a;
}

static inline void cap_pt_set_level(struct cap *cap, unsigned level)
{
    cap->a = (uint8_t)level;
}

static inline unsigned cap_index(const struct cap *cap)
{
    return cap->c;
}

/* ---- Zombie --------------------------------------------------------------- */

static inline word_t cap_zombie_left(const struct cap *cap)
{
    return cap->data;
}

static inline enum cap_type cap_zombie_kind(const struct cap *cap)
{
    return (enum cap_type)cap->a;
}

/* Do the two name one object? Mapping and badge do not matter. */
static inline bool cap_same_object(const struct cap *x, const struct cap *y)
{
    return x->type == y->type && x->obj == y->obj && (x->type != CAP_IRQ_HANDLER || x->c == y->c);
}
