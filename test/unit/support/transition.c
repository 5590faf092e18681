/* SPDX-License-Identifier: Apache-2.0 */
#include "transition.h"

#include <stdlib.h>
#include <string.h>

#include "core/check.h"
#include "object/endpoint.h"
#include "object/notification.h"
#include "object/reply.h"
#include "object/sched_context.h"
#include "object/tcb.h"

enum { CAPS_MAX = 8192, TIES_MAX = 8 };

/* One capability, and of its object what counts. */
struct entry {
    const struct slot *slot;
    struct cap cap;
    uint32_t parent;            /* index, or NONE for boot's */
    uint64_t hash;              /* of the object's state */
    const void *ties[TIES_MAX]; /* objects it is tied to */
};
enum { NONE = UINT32_MAX };

struct snapshot {
    const struct tcb *subject;
    unsigned count;
    struct entry entries[CAPS_MAX];
};

/* ---- Taking one ------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * UINT64_C(0x100000001b3) ^ (hash >> 29);
}

static uint64_t mix_ptr(uint64_t hash, const void *p)
{
    return mix(hash, (uintptr_t)p);
}

static uint64_t hash_words(const void *memory, size_t bytes)
{
    const uint64_t *words = memory;
    uint64_t hash = 1;
    for (size_t i = 0; i < bytes / sizeof(*words); i++) {
        hash = mix(hash, words[i]);
    }
    return hash;
}

static uint64_t hash_waiters(uint64_t hash, const struct tree *waiters)
{
    for (const struct tree_node *n = waiters->first; n != NULL; n = tree_next(n)) {
        hash = mix_ptr(hash, n);
    }
    return hash;
}

static uint64_t hash_tcb(struct entry *e, const struct tcb *t, bool is_subject)
{
    uint64_t h = is_subject ? 2 : hash_words(&t->regs, sizeof(t->regs));
    h = mix(h, (uint64_t)t->state << 32 | (uint64_t)t->priority << 16 | t->mcp << 8 | t->domain);
    h = mix(mix(h, t->ipc_buffer_vaddr), t->fault.kind);
    h = mix_ptr(mix_ptr(h, t->blocked_on), t->reply);
    h = mix_ptr(mix_ptr(h, t->sc), t->bound_ntfn);
    e->ties[0] = t->blocked_on;
    e->ties[1] = t->reply;
    e->ties[2] = t->sc;
    e->ties[3] = t->bound_ntfn;
    e->ties[4] = t->yield_to;
    return h;
}

static uint64_t hash_object(struct entry *e, const struct tcb *subject)
{
    const struct cap *cap = &e->cap;
    const struct ntfn *n = cap->obj;
    const struct reply *r = cap->obj;
    const struct sc *sc = cap->obj;
    switch (cap->type) {
    case CAP_ENDPOINT:
        return hash_waiters(3, &cap_endpoint(cap)->waiters);
    case CAP_NOTIFICATION:
        e->ties[0] = n->bound;
        e->ties[1] = n->sc;
        return mix_ptr(mix_ptr(hash_waiters(mix(n->pending, n->active), &n->waiters), n->bound),
                       n->sc);
    case CAP_REPLY:
        e->ties[0] = r->tcb;
        e->ties[1] = r->prev;
        e->ties[2] = r->next;
        e->ties[3] = r->sc;
        return hash_words(r, sizeof(*r));
    case CAP_TCB:
        return hash_tcb(e, cap_tcb(cap), cap_tcb(cap) == subject);
    case CAP_SCHED_CONTEXT:
        e->ties[0] = sc->tcb;
        e->ties[1] = sc->ntfn;
        e->ties[2] = sc->reply;
        return mix_ptr(
            mix_ptr(mix_ptr(mix(mix(sc->budget, sc->period), sc->badge), sc->tcb), sc->ntfn),
            sc->reply);
    case CAP_VSPACE:
    case CAP_PAGE_TABLE:
    case CAP_ASID_POOL:
        return hash_words(cap->obj, KAAL_PAGE_SIZE);
    default:
        return 0;
    }
}

struct snapshot *snapshot_take(const struct tcb *subject)
{
    struct snapshot *s = calloc(1, sizeof(*s));
    s->subject = subject;
    uint32_t parents[64], depth = 0; /* of the path down to a slot */
    const struct slot *path[64];
    for (const struct slot *slot = check_first(); slot != NULL && s->count < CAPS_MAX;
         slot = check_next(slot)) {
        const struct slot *up = slot;
        while ((up->flags & SLOT_LAST) == 0) {
            up = up->next;
        }
        up = up->next; /* the parent */
        while (depth > 0 && path[depth - 1] != up) {
            depth--;
        }
        struct entry *e = &s->entries[s->count];
        *e = (struct entry){.slot = slot, .cap = slot->cap};
        e->parent = depth == 0 ? NONE : parents[depth - 1];
        e->hash = hash_object(e, subject);
        if (slot->first != NULL && depth < 64) {
            path[depth] = slot;
            parents[depth++] = s->count;
        }
        s->count++;
    }
    return s;
}

void snapshot_free(struct snapshot *snapshot)
{
    free(snapshot);
}

/* ---- KT-1 ------------------------------------------------------------------------------ */

static bool is_same_cap(const struct cap *x, const struct cap *y)
{
    return memcmp(x, y, sizeof(*x)) == 0;
}

static const char *check_error(const struct snapshot *b, const struct snapshot *a)
{
    bool is_same = b->count == a->count;
    for (unsigned i = 0; i < a->count && is_same; i++) {
        const struct entry *x = &b->entries[i], *y = &a->entries[i];
        is_same = x->slot == y->slot && x->parent == y->parent && is_same_cap(&x->cap, &y->cap) &&
                  x->hash == y->hash;
    }
    return is_same ? NULL : "KT-1 an error changed something";
}

/* ---- KT-2 ------------------------------------------------------------------------------ */

static bool is_badged(const struct cap *cap)
{
    return cap->type == CAP_ENDPOINT || cap->type == CAP_NOTIFICATION;
}

/* Could new come from old, by copying, minting, mapping, retyping, deleting? */
static bool comes_from(const struct cap *old, const struct cap *new)
{
    const struct extent o = check_extent(old), n = check_extent(new);
    if (old->type == CAP_UNTYPED && n.bytes != 0) {
        return n.base >= o.base && n.base + n.bytes <= o.base + o.bytes;
    }
    if (new->type == CAP_ZOMBIE) {
        return n.base == o.base && n.bytes == o.bytes;
    }
    if (new->type == CAP_IRQ_HANDLER && old->type == CAP_IRQ_CONTROL) {
        return true;
    }
    return cap_same_object(old, new) && (new->rights & ~old->rights) == 0 &&
           (!is_badged(new) || cap_badge(old) == 0 || cap_badge(old) == cap_badge(new));
}

static bool has_source(const struct snapshot *b, const struct cap *cap, bool by_memory)
{
    for (unsigned i = 0; i < b->count; i++) {
        if ((b->entries[i].cap.type != CAP_UNTYPED || by_memory) &&
            comes_from(&b->entries[i].cap, cap)) {
            return true;
        }
    }
    return false;
}

static bool existed(const struct snapshot *b, const struct cap *cap)
{
    for (unsigned i = 0; i < b->count; i++) {
        if (cap_same_object(&b->entries[i].cap, cap)) {
            return true;
        }
    }
    return false;
}

static const char *check_authority(const struct snapshot *b, const struct snapshot *a)
{
    for (unsigned i = 0; i < a->count; i++) {
        const struct cap *cap = &a->entries[i].cap;
        /* A fresh object comes out of memory; an old one from a capability to it. */
        if (!has_source(b, cap, cap->type == CAP_UNTYPED || !existed(b, cap))) {
            return "KT-2 a capability has come from nowhere";
        }
    }
    return NULL;
}

/* ---- KT-3 ------------------------------------------------------------------------------ */

static bool has_effect(const struct cap *cap)
{
    return !is_badged(cap) || (cap->rights & (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)) != 0;
}

/* Is slot one of the object that cap names? */
static bool holds(const struct cap *cap, const struct slot *slot)
{
    const struct extent e = check_extent(cap);
    const bool has_slots =
        cap->type == CAP_CNODE || cap->type == CAP_TCB || cap->type == CAP_ZOMBIE;
    return has_slots && (uintptr_t)slot >= e.base && (uintptr_t)slot < e.base + e.bytes;
}

/* reach[i]: 2 the object of entry i is within the subject's authority, 1 it is
 * tied to one that is, or derived: it may change, but leads no further. */
static void find_reach(const struct snapshot *b, uint8_t *reach)
{
    bool grows = true;
    for (unsigned i = 0; i < b->count; i++) {
        reach[i] = b->entries[i].cap.obj == b->subject && b->subject != NULL ? 2 : 0;
    }
    while (grows) {
        grows = false;
        for (unsigned i = 0; i < b->count; i++) {
            const struct entry *e = &b->entries[i];
            uint8_t level = reach[i];
            for (unsigned k = 0; k < b->count && level < 2; k++) {
                const struct entry *other = &b->entries[k];
                if (reach[k] == 0) {
                    continue;
                }
                if (reach[k] == 2 && (cap_same_object(&other->cap, &e->cap) ||
                                      (holds(&other->cap, e->slot) && has_effect(&e->cap)))) {
                    level = 2;
                }
                bool is_tied = e->parent == k || cap_same_object(&other->cap, &e->cap);
                for (unsigned t = 0; t < TIES_MAX; t++) {
                    is_tied |= (e->ties[t] != NULL && e->ties[t] == other->cap.obj) ||
                               (other->ties[t] != NULL && other->ties[t] == e->cap.obj);
                }
                level = is_tied && level == 0 ? 1 : level;
            }
            grows |= level != reach[i];
            reach[i] = level;
        }
    }
}

static const struct entry *find(const struct snapshot *s, const struct entry *wanted)
{
    for (unsigned i = 0; i < s->count; i++) {
        if (s->entries[i].slot == wanted->slot &&
            cap_same_object(&s->entries[i].cap, &wanted->cap)) {
            return &s->entries[i];
        }
    }
    return NULL;
}

static const char *check_integrity(const struct snapshot *b, const struct snapshot *a)
{
    static uint8_t reach[CAPS_MAX];
    if (b->subject == NULL) {
        return NULL; /* an interrupt acts for whoever asked for it */
    }
    find_reach(b, reach);
    for (unsigned i = 0; i < b->count; i++) {
        const struct entry *before = &b->entries[i], *after = find(a, before);
        bool in_reach = reach[i] != 0;
        for (unsigned k = 0; k < b->count && !in_reach; k++) {
            in_reach = reach[k] == 2 && holds(&b->entries[k].cap, before->slot);
        }
        if (!in_reach && (after == NULL || after->hash != before->hash ||
                          !is_same_cap(&after->cap, &before->cap))) {
            return "KT-3 something out of the subject's reach has changed";
        }
    }
    return NULL;
}

/* ---- KT-4 ------------------------------------------------------------------------------ */

/* Memory below boot's capabilities: children lie in their untyped (KI-09) apart
 * from each other (KI-03), so the uppermost ones are all of it. */
static uint64_t total(const struct snapshot *s)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < s->count; i++) {
        const struct entry *e = &s->entries[i];
        if (e->parent == NONE && (i == 0 || !cap_same_object(&s->entries[i - 1].cap, &e->cap))) {
            sum += check_extent(&e->cap).bytes;
        }
    }
    return sum;
}

/* Bytes of an untyped that neither a child has nor the next retype can get. */
static uint64_t held_back(const struct snapshot *s, unsigned i)
{
    uint64_t used = 0;
    bool has_children = false;
    for (unsigned k = i + 1; k < s->count; k++) {
        if (s->entries[k].parent == i) {
            has_children = true;
            used += cap_same_object(&s->entries[k - 1].cap, &s->entries[k].cap)
                        ? 0
                        : check_extent(&s->entries[k].cap).bytes;
        }
    }
    return has_children ? cap_untyped_watermark(&s->entries[i].cap) - used : 0;
}

/* Had something in this untyped's memory gone, or was something aligned up? */
static bool may_hold_more(const struct snapshot *b, const struct snapshot *a, unsigned i)
{
    const struct extent u = check_extent(&b->entries[i].cap);
    for (unsigned k = 0; k < b->count; k++) {
        const struct extent e = check_extent(&b->entries[k].cap);
        if (k != i && e.bytes != 0 && e.base >= u.base && e.base + e.bytes <= u.base + u.bytes &&
            !existed(a, &b->entries[k].cap)) {
            return true;
        }
    }
    return false;
}

static const char *check_conservation(const struct snapshot *b, const struct snapshot *a)
{
    bool boot_is_whole = true;
    for (unsigned i = 0; i < b->count && boot_is_whole; i++) {
        boot_is_whole = b->entries[i].parent != NONE || find(a, &b->entries[i]) != NULL;
    }
    if (boot_is_whole && total(a) != total(b)) {
        return "KT-4 memory has been lost or gained";
    }
    for (unsigned i = 0; i < b->count; i++) {
        const struct entry *now = find(a, &b->entries[i]);
        if (b->entries[i].cap.type != CAP_UNTYPED || now == NULL) {
            continue;
        }
        const uint64_t before = held_back(b, i), after = held_back(a, (unsigned)(now - a->entries));
        if (after > check_extent(&now->cap).bytes) {
            return "KT-4 objects made twice of the same memory";
        }
        if (cap_untyped_watermark(&now->cap) == cap_untyped_watermark(&b->entries[i].cap) &&
            after > before && !may_hold_more(b, a, i)) {
            return "KT-4 memory of an untyped is gone";
        }
    }
    return NULL;
}

const char *transition_check(const struct snapshot *before, const struct snapshot *after,
                             bool is_error)
{
    const char *broken = is_error ? check_error(before, after) : NULL;
    broken = broken != NULL ? broken : check_authority(before, after);
    broken = broken != NULL ? broken : check_integrity(before, after);
    return broken != NULL ? broken : check_conservation(before, after);
}
