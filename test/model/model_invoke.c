/* SPDX-License-Identifier: Apache-2.0 */
/* Invocations of untyped memory, CNodes, contexts, domains, interrupts. */
#include "model_state.h"

/* ---- Results ---- */

struct result result_ok(void)
{
    return (struct result){.err = KAAL_OK};
}

struct result result_ok1(uint64_t word)
{
    return (struct result){.err = KAAL_OK, .words = 1, .word = {word}};
}

struct result result_err(enum kaal_err err)
{
    return (struct result){.err = err};
}

struct result result_err1(enum kaal_err err, uint64_t word)
{
    return (struct result){.err = err, .words = 1, .word = {word}};
}

struct result result_range(uint64_t index, uint64_t least, uint64_t greatest)
{
    return (struct result){.err = KAAL_ERR_RANGE, .words = 3, .word = {index, least, greatest}};
}

struct result result_lookup(bool source, uint64_t bits, uint64_t kind)
{
    return (struct result){
        .err = KAAL_ERR_FAILED_LOOKUP, .words = 3, .word = {source ? 1 : 0, bits, kind}};
}

/* ---- Slots named by index and depth ---- */

static bool depth_good(uint64_t depth)
{
    return depth >= 1 && depth <= KAAL_CPTR_BITS;
}

static const struct cap *cap_of(const struct model *m, struct ref ref)
{
    return &slot_at(m, ref)->cap;
}

static bool slot_named(const struct model *m, struct ref root, uint64_t index, uint64_t depth,
                       bool source, struct ref *ref, struct result *r)
{
    const struct lookup found = cspace_walk(m, cap_of(m, root), index, depth, true);
    *ref = found.ref;
    if (found.ref.object == 0) {
        *r = result_lookup(source, found.bits, found.kind);
        return false;
    }
    return true;
}

/* ---- Untyped ---- */

static bool type_known(uint64_t type, unsigned *least, unsigned *greatest, bool *device_ok)
{
    switch (type) {
#define KAAL_OBJECT(NAME, prefix, number, min_bits, max_bits, device) \
    case number:                                                      \
        *least = min_bits;                                            \
        *greatest = max_bits;                                         \
        *device_ok = (device) != 0;                                   \
        return true;
#include <kaal/abi/objects.def>
#undef KAAL_OBJECT
    default:
        return false;
    }
}

static struct cap fresh(unsigned type, int object, uint64_t paddr, unsigned bits, bool device)
{
    struct cap cap = {.type = (uint8_t)type, .original = true, .object = object};
    switch (type) {
    case KAAL_OBJ_UNTYPED:
        cap.where = paddr;
        cap.size_bits = (uint8_t)bits;
        cap.device = device;
        break;
    case KAAL_OBJ_PAGE:
        cap.device = device;
        cap.rights = KAAL_RIGHTS_ALL;
        break;
    case KAAL_OBJ_ENDPOINT:
    case KAAL_OBJ_NOTIFICATION:
    case KAAL_OBJ_REPLY:
        cap.rights = KAAL_RIGHTS_ALL;
        break;
    default:
        break;
    }
    return cap;
}

struct retype {
    unsigned type, size;  /* as asked for */
    unsigned object_bits; /* log2 of the bytes */
    int cnode;
    uint64_t offset, count;
};

static void retype_commit(struct model *m, struct ref ut, const struct retype *p, uint64_t at)
{
    const uint64_t base = cap_of(m, ut)->where;
    const bool device = cap_of(m, ut)->device;
    const uint64_t bytes = (uint64_t)1 << p->object_bits;
    slot_at(m, ut)->cap.data = at + p->count * bytes;
    if (!device && p->type != KAAL_OBJ_UNTYPED) {
        memory_zero(m, base + at, p->count * bytes);
    }
    for (uint64_t i = 0; i < p->count; i++) {
        const uint64_t paddr = base + at + i * bytes;
        int object = 0;
        if (p->type != KAAL_OBJ_UNTYPED) {
            object = object_new(m, p->type, paddr, p->size);
            object_at(m, object)->device = device;
        }
        const struct cap cap = fresh(p->type, object, paddr, p->size, device);
        slot_fill(m, (struct ref){p->cnode, (uint32_t)(p->offset + i)}, &cap, ut);
    }
}

static bool retype_place(const struct model *m, const struct message *msg, int caller,
                         struct retype *p, struct result *r)
{
    const uint64_t depth = message_word(m, caller, 3);
    const struct cap *root = cap_of(m, msg->cap[0]);
    if (depth == 0) {
        if (root->type != KAAL_OBJ_CNODE) {
            *r = result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
            return false;
        }
        p->cnode = root->object;
        return true;
    }
    struct ref at;
    if (!slot_named(m, msg->cap[0], message_word(m, caller, 2), depth, false, &at, r)) {
        return false;
    }
    if (cap_of(m, at)->type != KAAL_OBJ_CNODE) {
        *r = result_lookup(false, 0, KAAL_LOOKUP_MISSING_CAP);
        return false;
    }
    p->cnode = cap_of(m, at)->object;
    return true;
}

static struct result untyped_retype(struct model *m, int caller, struct ref ut,
                                    const struct message *msg)
{
    const struct cap *cap = cap_of(m, ut);
    const uint64_t type = message_word(m, caller, 0);
    uint64_t size = message_word(m, caller, 1);
    unsigned least = 0;
    unsigned greatest = 0;
    bool device_ok = false;
    struct result r = {0};
    if (!type_known(type, &least, &greatest, &device_ok)) {
        return result_err1(KAAL_ERR_INVALID_ARGUMENT, 0);
    }
    if (size == 0 && least == greatest) {
        size = least;
    }
    if (size < least || size > greatest) {
        return result_range(1, least, greatest);
    }
    if (type == KAAL_OBJ_PAGE && size != KAAL_PAGE_4K_BITS && size != KAAL_PAGE_2M_BITS &&
        size != KAAL_PAGE_1G_BITS) {
        return result_err1(KAAL_ERR_INVALID_ARGUMENT, 1);
    }
    if (cap->device && !device_ok) {
        return result_err1(KAAL_ERR_INVALID_ARGUMENT, 0);
    }
    if (message_word(m, caller, 3) > KAAL_CPTR_BITS) {
        return result_range(3, 0, KAAL_CPTR_BITS);
    }
    struct retype p = {.type = (unsigned)type,
                       .size = (unsigned)size,
                       .object_bits =
                           (unsigned)size + (type == KAAL_OBJ_CNODE ? KAAL_SLOT_BITS : 0),
                       .offset = message_word(m, caller, 4),
                       .count = message_word(m, caller, 5)};
    if (!retype_place(m, msg, caller, &p, &r)) {
        return r;
    }
    const uint64_t slots = object_at(m, p.cnode)->slot_count;
    if (p.offset >= slots) {
        return result_range(4, 0, slots - 1);
    }
    const uint64_t room = slots - p.offset;
    const uint64_t most = room < KAAL_RETYPE_MAX ? room : KAAL_RETYPE_MAX;
    if (p.count < 1 || p.count > most) {
        return result_range(5, 1, most);
    }
    for (uint64_t i = 0; i < p.count; i++) {
        if (cap_of(m, (struct ref){p.cnode, (uint32_t)(p.offset + i)})->type != MODEL_NULL) {
            return result_err(KAAL_ERR_DELETE_FIRST);
        }
    }
    const uint64_t used = slot_at(m, ut)->children == 0 ? 0 : cap->data;
    const uint64_t left = ((uint64_t)1 << cap->size_bits) - used;
    if (left >> p.object_bits < p.count) {
        return result_err1(KAAL_ERR_NOT_ENOUGH_MEMORY, left);
    }
    const uint64_t mask = ((uint64_t)1 << p.object_bits) - 1;
    retype_commit(m, ut, &p, (used + mask) & ~mask);
    return result_ok();
}

/* ---- CNode ---- */

/* Destination and source of Copy, Mint, Move and Mutate. */
static bool two_slots(const struct model *m, int caller, struct ref root, const struct message *msg,
                      struct ref *to, struct ref *from, struct result *r)
{
    const uint64_t depth = message_word(m, caller, 1);
    const uint64_t source_depth = message_word(m, caller, 3);
    if (!depth_good(depth)) {
        *r = result_range(1, 1, KAAL_CPTR_BITS);
        return false;
    }
    if (!slot_named(m, root, message_word(m, caller, 0), depth, false, to, r)) {
        return false;
    }
    if (cap_of(m, *to)->type != MODEL_NULL) {
        *r = result_err(KAAL_ERR_DELETE_FIRST);
        return false;
    }
    if (cap_of(m, msg->cap[0])->type != KAAL_OBJ_CNODE) {
        *r = result_lookup(true, source_depth, KAAL_LOOKUP_INVALID_ROOT);
        return false;
    }
    if (!depth_good(source_depth)) {
        *r = result_range(3, 1, KAAL_CPTR_BITS);
        return false;
    }
    if (!slot_named(m, msg->cap[0], message_word(m, caller, 2), source_depth, true, from, r)) {
        return false;
    }
    if (cap_of(m, *from)->type == MODEL_NULL) {
        *r = result_lookup(true, 0, KAAL_LOOKUP_MISSING_CAP);
        return false;
    }
    return true;
}

static struct result cnode_copy(struct model *m, int caller, struct ref root,
                                const struct message *msg, bool mint)
{
    struct ref to;
    struct ref from;
    struct result r = {0};
    struct cap copy;
    if (!two_slots(m, caller, root, msg, &to, &from, &r)) {
        return r;
    }
    const enum kaal_err err = cap_derive(m, from, &copy);
    if (err != KAAL_OK) {
        return result_err(err);
    }
    copy.rights &= (uint8_t)(message_word(m, caller, 4) & KAAL_RIGHTS_ALL);
    if (mint) {
        const uint64_t data = message_word(m, caller, 5);
        if (copy.type == KAAL_OBJ_CNODE && !cap_set_guard(m, &copy, data)) {
            return result_err(KAAL_ERR_ILLEGAL_OPERATION);
        }
        if (copy.type == KAAL_OBJ_ENDPOINT || copy.type == KAAL_OBJ_NOTIFICATION) {
            if (copy.data != 0) {
                return result_err(KAAL_ERR_ILLEGAL_OPERATION);
            }
            copy.data = data;
        }
    }
    slot_copy(m, to, copy, from);
    return result_ok();
}

static bool has_badge(const struct cap *cap)
{
    return cap->type == KAAL_OBJ_ENDPOINT || cap->type == KAAL_OBJ_NOTIFICATION;
}

static bool reguard(const struct model *m, struct cap *cap, uint64_t word)
{
    return !has_badge(cap) && (cap->type != KAAL_OBJ_CNODE || cap_set_guard(m, cap, word));
}

static struct result cnode_move(struct model *m, int caller, struct ref root,
                                const struct message *msg, bool mutate)
{
    struct ref to;
    struct ref from;
    struct result r = {0};
    if (!two_slots(m, caller, root, msg, &to, &from, &r)) {
        return r;
    }
    struct cap cap = *cap_of(m, from);
    if (mutate && !reguard(m, &cap, message_word(m, caller, 4))) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    slot_move(m, to, from);
    slot_at(m, to)->cap = cap;
    return result_ok();
}

static struct result cnode_rotate(struct model *m, int caller, struct ref root,
                                  const struct message *msg)
{
    const uint64_t depth = message_word(m, caller, 1);
    const uint64_t pivot_depth = message_word(m, caller, 4);
    const uint64_t source_depth = message_word(m, caller, 7);
    struct ref to;
    struct ref pivot;
    struct ref from;
    struct result r = {0};
    if (!depth_good(depth)) {
        return result_range(1, 1, KAAL_CPTR_BITS);
    }
    if (!slot_named(m, root, message_word(m, caller, 0), depth, false, &to, &r)) {
        return r;
    }
    if (!depth_good(source_depth)) {
        return result_range(7, 1, KAAL_CPTR_BITS);
    }
    if (!slot_named(m, msg->cap[1], message_word(m, caller, 6), source_depth, true, &from, &r)) {
        return r;
    }
    if (!depth_good(pivot_depth)) {
        return result_range(4, 1, KAAL_CPTR_BITS);
    }
    if (!slot_named(m, msg->cap[0], message_word(m, caller, 3), pivot_depth, true, &pivot, &r)) {
        return r;
    }
    if (ref_same(pivot, from) || ref_same(pivot, to)) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (!ref_same(from, to) && cap_of(m, to)->type != MODEL_NULL) {
        return result_err(KAAL_ERR_DELETE_FIRST);
    }
    if (cap_of(m, from)->type == MODEL_NULL) {
        return result_lookup(true, 0, KAAL_LOOKUP_MISSING_CAP);
    }
    if (cap_of(m, pivot)->type == MODEL_NULL) {
        return result_lookup(false, 0, KAAL_LOOKUP_MISSING_CAP);
    }
    struct cap source_cap = *cap_of(m, from);
    struct cap pivot_cap = *cap_of(m, pivot);
    if (!reguard(m, &source_cap, message_word(m, caller, 5)) ||
        !reguard(m, &pivot_cap, message_word(m, caller, 2))) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (ref_same(from, to)) {
        slot_swap(m, from, pivot);
    } else {
        slot_move(m, to, pivot);
        slot_move(m, pivot, from);
    }
    slot_at(m, to)->cap = pivot_cap;
    slot_at(m, pivot)->cap = source_cap;
    return result_ok();
}

static struct result cnode_one_slot(struct model *m, int caller, struct ref root, uint64_t label)
{
    const uint64_t depth = message_word(m, caller, 1);
    struct ref at;
    struct result r = {0};
    if (!depth_good(depth)) {
        return result_range(1, 1, KAAL_CPTR_BITS);
    }
    if (!slot_named(m, root, message_word(m, caller, 0), depth, false, &at, &r)) {
        return r;
    }
    if (label == KAAL_INV_CNODE_DELETE) {
        slot_delete(m, at);
    } else if (label == KAAL_INV_CNODE_REVOKE) {
        slot_revoke(m, at);
    } else {
        const struct cap *cap = cap_of(m, at);
        if (cap->type != KAAL_OBJ_ENDPOINT || cap->rights != KAAL_RIGHTS_ALL) {
            return result_err(KAAL_ERR_ILLEGAL_OPERATION);
        }
        if (cap->data != 0) {
            endpoint_cancel_badged(m, cap->object, cap->data);
        }
    }
    return result_ok();
}

/* ---- Scheduling contexts ---- */

static struct result sc_bind(struct model *m, int sc, const struct cap *cap)
{
    struct sc *s = sc_at(m, sc);
    if (cap->type != KAAL_OBJ_TCB && cap->type != KAAL_OBJ_NOTIFICATION) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
    }
    const int has = cap->type == KAAL_OBJ_TCB ? tcb_at(m, cap->object)->sc
                                              : object_at(m, cap->object)->u.ntfn.sc;
    if (s->tcb != 0 || s->ntfn != 0 || has != 0) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (cap->type == KAAL_OBJ_TCB) {
        sc_bind_tcb(m, sc, cap->object);
    } else {
        s->ntfn = cap->object;
        object_at(m, cap->object)->u.ntfn.sc = sc;
    }
    return result_ok();
}

static struct result sc_unbind_object(struct model *m, int caller, int sc, const struct cap *cap)
{
    const struct sc *s = sc_at(m, sc);
    if (cap->type != KAAL_OBJ_TCB && cap->type != KAAL_OBJ_NOTIFICATION) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
    }
    const bool tcb = cap->type == KAAL_OBJ_TCB;
    if ((tcb ? s->tcb : s->ntfn) != cap->object || (tcb && cap->object == caller)) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (tcb) {
        sc_unbind_tcb(m, sc);
    } else {
        sc_unbind_ntfn(m, sc);
    }
    return result_ok();
}

static struct result sc_unbind(struct model *m, int caller, int sc)
{
    struct sc *s = sc_at(m, sc);
    if (s->tcb == caller) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (s->tcb != 0) {
        sc_unbind_tcb(m, sc);
    }
    sc_unbind_ntfn(m, sc);
    if (s->replies != 0) {
        sc_break(m, s->reply[s->replies - 1]);
    }
    return result_ok();
}

static struct result sc_yield_to(struct model *m, int caller, int sc)
{
    struct sc *s = sc_at(m, sc);
    if (s->tcb == 0 || s->tcb == caller || tcb_at(m, s->tcb)->priority > tcb_at(m, caller)->mcp) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (s->yield_from != 0) {
        yield_to_complete(m, s->yield_from);
    }
    const int to = s->tcb;
    if (!sched_can_run(m, to)) {
        return result_ok1(sc_take_consumed(m, sc));
    }
    if (tcb_at(m, to)->priority < tcb_at(m, caller)->priority) {
        sched_front(m, to);
        return result_ok1(sc_take_consumed(m, sc));
    }
    tcb_at(m, caller)->yield_to = sc;
    s->yield_from = caller;
    sched_front(m, caller);
    sched_front(m, to);
    return (struct result){.err = KAAL_OK, .later = true};
}

static struct result sched_control_configure(struct model *m, int caller, const struct message *msg)
{
    const struct cap *cap = cap_of(m, msg->cap[0]);
    const uint64_t budget = message_word(m, caller, 0);
    const uint64_t period = message_word(m, caller, 1);
    const uint64_t extra = message_word(m, caller, 2);
    if (cap->type != KAAL_OBJ_SCHED_CONTEXT) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
    }
    const uint64_t holds = (((uint64_t)1 << object_at(m, cap->object)->size_bits) - 128) / 16;
    const uint64_t most = (holds < MODEL_MAX_REFILLS ? holds : MODEL_MAX_REFILLS) - 2;
    if (budget < MODEL_US_MIN || budget > MODEL_US_MAX) {
        return result_range(0, MODEL_US_MIN, MODEL_US_MAX);
    }
    if (period < budget || period > MODEL_US_MAX) {
        return result_range(1, budget, MODEL_US_MAX);
    }
    if (extra > most) {
        return result_range(2, 0, most);
    }
    sc_configure(m, cap->object, us_to_ticks(m, budget), us_to_ticks(m, period),
                 (uint32_t)extra + 2, message_word(m, caller, 3));
    return result_ok();
}

static struct result invoke_sc(struct model *m, int caller, int sc, const struct message *msg)
{
    switch (msg->label) {
    case KAAL_INV_SCHED_CONTEXT_BIND:
        return sc_bind(m, sc, cap_of(m, msg->cap[0]));
    case KAAL_INV_SCHED_CONTEXT_UNBIND:
        return sc_unbind(m, caller, sc);
    case KAAL_INV_SCHED_CONTEXT_UNBIND_OBJECT:
        return sc_unbind_object(m, caller, sc, cap_of(m, msg->cap[0]));
    case KAAL_INV_SCHED_CONTEXT_CONSUMED:
        return result_ok1(sc_take_consumed(m, sc));
    default:
        return sc_yield_to(m, caller, sc);
    }
}

/* ---- Domains ---- */

static struct result invoke_domain(struct model *m, int caller, const struct message *msg)
{
    const uint64_t word = message_word(m, caller, 0);
    struct model_domains *d = &m->domains;
    if (word >= MODEL_DOMAINS) {
        return result_range(0, 0, MODEL_DOMAINS - 1);
    }
    if (msg->label == KAAL_INV_DOMAIN_SET) {
        const struct cap *cap = cap_of(m, msg->cap[0]);
        if (cap->type != KAAL_OBJ_TCB) {
            return result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
        }
        tcb_at(m, cap->object)->domain = (uint8_t)word;
        if (tcb_at(m, cap->object)->queue != MODEL_RELEASE) {
            sched_refile(m, cap->object);
        }
        return result_ok();
    }
    if (msg->label == KAAL_INV_DOMAIN_SET_SCHEDULE) {
        const uint64_t domain = message_word(m, caller, 1);
        const uint64_t us = message_word(m, caller, 2);
        if (domain >= MODEL_DOMAINS) {
            return result_range(1, 0, MODEL_DOMAINS - 1);
        }
        if (us != 0 && (us < MODEL_US_MIN || us > MODEL_US_MAX)) {
            return result_range(2, MODEL_US_MIN, MODEL_US_MAX);
        }
        d->domain[word] = (unsigned)domain;
        d->duration[word] = us_to_ticks(m, us);
        return result_ok();
    }
    if (d->duration[word] == 0) {
        return result_err1(KAAL_ERR_INVALID_ARGUMENT, 0);
    }
    d->started = true;
    d->start = (unsigned)word;
    domain_start(m, (unsigned)word);
    return result_ok();
}

/* ---- Interrupts ---- */

static struct result irq_get(struct model *m, int caller, struct ref control,
                             const struct message *msg)
{
    const uint64_t irq = message_word(m, caller, 0);
    const uint64_t edge = message_word(m, caller, 1);
    const uint64_t depth = message_word(m, caller, 3);
    struct ref at;
    struct result r = {0};
    if (irq < 16 || irq > m->irq_last) {
        return result_range(0, 16, m->irq_last);
    }
    if (edge > 1) {
        return result_range(1, 0, 1);
    }
    if (!depth_good(depth)) {
        return result_range(3, 1, KAAL_CPTR_BITS);
    }
    if (m->irq[irq].handlers != 0 || irq == m->timer_irq) {
        return result_err(KAAL_ERR_REVOKE_FIRST);
    }
    if (!slot_named(m, msg->cap[0], message_word(m, caller, 2), depth, false, &at, &r)) {
        return r;
    }
    if (cap_of(m, at)->type != MODEL_NULL) {
        return result_err(KAAL_ERR_DELETE_FIRST);
    }
    const struct cap cap = {.type = MODEL_IRQ_HANDLER, .original = true, .where = irq};
    m->irq[irq] = (struct irq){0, false, edge != 0};
    slot_fill(m, at, &cap, control);
    return result_ok();
}

static struct result invoke_irq(struct model *m, struct ref target, const struct message *msg)
{
    const uint32_t irq = (uint32_t)cap_of(m, target)->where;
    const struct ref at = {m->irq_node, irq};
    if (msg->label == KAAL_INV_IRQ_HANDLER_ACK) {
        m->irq[irq].masked = false;
        return result_ok();
    }
    if (msg->label == KAAL_INV_IRQ_HANDLER_CLEAR) {
        slot_delete(m, at);
        return result_ok();
    }
    const struct cap cap = *cap_of(m, msg->cap[0]);
    if (cap.type != KAAL_OBJ_NOTIFICATION || (cap.rights & KAAL_RIGHT_WRITE) == 0) {
        return result_err1(KAAL_ERR_INVALID_CAPABILITY, 1);
    }
    slot_delete(m, at);
    const struct slot *source = slot_at(m, msg->cap[0]);
    if (source != NULL && cap_same_object(&source->cap, &cap)) {
        slot_copy(m, at, cap, msg->cap[0]);
    }
    return result_ok();
}

/* ---- All ---- */

struct form {
    uint8_t type;
    uint8_t words, caps;
};

enum {
    TYPE_UNTYPED = KAAL_OBJ_UNTYPED,
    TYPE_TCB = KAAL_OBJ_TCB,
    TYPE_SCHED_CONTEXT = KAAL_OBJ_SCHED_CONTEXT,
    TYPE_CNODE = KAAL_OBJ_CNODE,
    TYPE_VSPACE = KAAL_OBJ_VSPACE,
    TYPE_PAGE_TABLE = KAAL_OBJ_PAGE_TABLE,
    TYPE_PAGE = KAAL_OBJ_PAGE,
    TYPE_ASID_POOL = MODEL_ASID_POOL,
    TYPE_ASID_CONTROL = MODEL_ASID_CONTROL,
    TYPE_IRQ_CONTROL = MODEL_IRQ_CONTROL,
    TYPE_IRQ_HANDLER = MODEL_IRQ_HANDLER,
    TYPE_SCHED_CONTROL = MODEL_SCHED_CONTROL,
    TYPE_DOMAIN = MODEL_DOMAIN,
    TYPE_POWER = MODEL_POWER,
};

static const struct form forms[] = {
#define KAAL_INVOCATION(OBJECT, NAME, label, nargs, ncaps, handler) \
    [label] = {TYPE_##OBJECT, nargs, ncaps},
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
};

struct result invoke(struct model *m, int caller, struct ref target, const struct message *msg)
{
    const struct cap *cap = cap_of(m, target);
    if (msg->label >= sizeof(forms) / sizeof(forms[0]) || forms[msg->label].type != cap->type) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (msg->words < forms[msg->label].words || msg->caps < forms[msg->label].caps) {
        return result_err(KAAL_ERR_TRUNCATED_MESSAGE);
    }
    switch (cap->type) {
    case KAAL_OBJ_UNTYPED:
        return untyped_retype(m, caller, target, msg);
    case KAAL_OBJ_CNODE:
        switch (msg->label) {
        case KAAL_INV_CNODE_COPY:
        case KAAL_INV_CNODE_MINT:
            return cnode_copy(m, caller, target, msg, msg->label == KAAL_INV_CNODE_MINT);
        case KAAL_INV_CNODE_MOVE:
        case KAAL_INV_CNODE_MUTATE:
            return cnode_move(m, caller, target, msg, msg->label == KAAL_INV_CNODE_MUTATE);
        case KAAL_INV_CNODE_ROTATE:
            return cnode_rotate(m, caller, target, msg);
        default:
            return cnode_one_slot(m, caller, target, msg->label);
        }
    case KAAL_OBJ_TCB:
        return invoke_tcb(m, caller, target, msg);
    case KAAL_OBJ_SCHED_CONTEXT:
        return invoke_sc(m, caller, cap->object, msg);
    case MODEL_SCHED_CONTROL:
        return sched_control_configure(m, caller, msg);
    case MODEL_DOMAIN:
        return invoke_domain(m, caller, msg);
    case MODEL_IRQ_CONTROL:
        return irq_get(m, caller, target, msg);
    case MODEL_IRQ_HANDLER:
        return invoke_irq(m, target, msg);
    case MODEL_POWER:
        m->power_asked = true;
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    default:
        return invoke_vspace(m, caller, target, msg);
    }
}
