/* SPDX-License-Identifier: Apache-2.0 */
/* Objects, slots, the derivation tree, lookup and deletion. */
#include "model_state.h"

#include <stdlib.h>
#include <string.h>

static const struct ref no_ref = {0, 0};

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL) {
        abort(); /* the host is out of memory: no comparison is possible */
    }
    return memory;
}

void *model_grow(void *array, size_t *room, size_t want, size_t size)
{
    if (want <= *room) {
        return array;
    }
    size_t next = *room == 0 ? 4 : *room * 2;
    next = next < want ? want : next;
    void *memory = realloc(array, next * size);
    if (memory == NULL) {
        abort();
    }
    *room = next;
    return memory;
}

static unsigned hash_of(uint64_t paddr)
{
    return (unsigned)((paddr >> 6) * 0x9e3779b97f4a7c15u >> 54);
}

int object_find(const struct model *m, uint64_t paddr, unsigned type)
{
    int id = m->hash[hash_of(paddr)];
    while (id != 0 && (m->object[id].paddr != paddr || m->object[id].type != type)) {
        id = m->object[id].next;
    }
    return id;
}

static int object_slot(struct model *m)
{
    for (int i = 1; i < m->objects; i++) {
        if (!m->object[i].live) {
            return i;
        }
    }
    size_t room = (size_t)m->objects_room;
    m->object = model_grow(m->object, &room, (size_t)m->objects + 1, sizeof(*m->object));
    m->objects_room = (int)room;
    return m->objects++;
}

int object_new(struct model *m, unsigned type, uint64_t paddr, unsigned size_bits)
{
    const int id = object_slot(m);
    struct object *o = &m->object[id];
    *o = (struct object){
        .type = (uint8_t)type, .size_bits = (uint8_t)size_bits, .live = true, .paddr = paddr};
    o->next = m->hash[hash_of(paddr)];
    m->hash[hash_of(paddr)] = id;
    switch (type) {
    case KAAL_OBJ_TCB:
        o->u.tcb = zeroed(1, sizeof(struct tcb));
        o->u.tcb->domain = (uint8_t)m->domains.current;
        o->slot_count = MODEL_TCB_SLOTS;
        {
            size_t room = (size_t)m->tcbs_room;
            m->tcb = model_grow(m->tcb, &room, (size_t)m->tcbs + 1, sizeof(*m->tcb));
            m->tcbs_room = (int)room;
        }
        m->tcb[m->tcbs++] = id;
        break;
    case KAAL_OBJ_SCHED_CONTEXT:
        o->u.sc = zeroed(1, sizeof(struct sc));
        break;
    case KAAL_OBJ_CNODE:
        o->slot_count = (uint32_t)1 << size_bits;
        break;
    case MODEL_IRQ_NODE:
        o->slot_count = MODEL_IRQS;
        break;
    case KAAL_OBJ_VSPACE:
    case KAAL_OBJ_PAGE_TABLE:
        o->u.table.entry = zeroed(MODEL_TABLE_ENTRIES, sizeof(struct entry));
        break;
    case MODEL_ASID_POOL:
        o->u.pool.vspace = zeroed(MODEL_TABLE_ENTRIES, sizeof(int));
        break;
    default:
        break;
    }
    if (o->slot_count != 0) {
        o->slots = zeroed(o->slot_count, sizeof(struct slot));
    }
    return id;
}

static void object_free(struct model *m, int id)
{
    struct object *o = &m->object[id];
    int *link = &m->hash[hash_of(o->paddr)];
    while (*link != id) {
        link = &m->object[*link].next;
    }
    *link = o->next;
    switch (o->type) {
    case KAAL_OBJ_TCB:
        for (int i = 0; i < m->tcbs; i++) {
            if (m->tcb[i] == id) {
                m->tcb[i] = m->tcb[--m->tcbs];
                break;
            }
        }
        free(o->u.tcb);
        break;
    case KAAL_OBJ_SCHED_CONTEXT:
        free(o->u.sc->reply);
        free(o->u.sc);
        break;
    case KAAL_OBJ_VSPACE:
    case KAAL_OBJ_PAGE_TABLE:
        free(o->u.table.entry);
        break;
    case MODEL_ASID_POOL:
        free(o->u.pool.vspace);
        break;
    default:
        break;
    }
    free(o->slots);
    memset(o, 0, sizeof(*o));
}

/* ---- The tree ---- */

/* Tell the children from `at` on where they are. */
static void child_number(struct model *m, const struct slot *parent, uint32_t at)
{
    for (uint32_t i = at; i < parent->children; i++) {
        slot_at(m, parent->child[i])->at = i;
    }
}

static void child_insert(struct model *m, struct slot *parent, uint32_t at, struct ref ref)
{
    size_t room = parent->room;
    parent->child = model_grow(parent->child, &room, parent->children + 1, sizeof(*parent->child));
    parent->room = (uint32_t)room;
    memmove(&parent->child[at + 1], &parent->child[at],
            (parent->children - at) * sizeof(*parent->child));
    parent->child[at] = ref;
    parent->children++;
    child_number(m, parent, at);
}

static void child_remove(struct model *m, struct slot *parent, uint32_t at)
{
    parent->children--;
    memmove(&parent->child[at], &parent->child[at + 1],
            (parent->children - at) * sizeof(*parent->child));
    child_number(m, parent, at);
}

static void count(struct model *m, const struct cap *cap, int by)
{
    if (cap->object != 0) {
        m->object[cap->object].caps += (uint32_t)by;
    } else if (cap->type == MODEL_IRQ_HANDLER) {
        m->irq[cap->where].handlers += (uint32_t)by;
    }
}

void slot_fill(struct model *m, struct ref ref, const struct cap *cap, struct ref parent)
{
    struct slot *slot = slot_at(m, ref);
    slot->cap = *cap;
    slot->parent = parent;
    count(m, cap, 1);
    if (parent.object != 0) {
        struct slot *up = slot_at(m, parent);
        child_insert(m, up, up->children, ref);
    }
}

void slot_copy(struct model *m, struct ref to, struct cap cap, struct ref from)
{
    struct slot *source = slot_at(m, from);
    cap.original = cap.type == KAAL_OBJ_UNTYPED ||
                   ((cap.type == KAAL_OBJ_ENDPOINT || cap.type == KAAL_OBJ_NOTIFICATION) &&
                    cap.data != source->cap.data);
    if (source->cap.original) {
        slot_fill(m, to, &cap, from);
    } else {
        /* Behind its source: before it in an array that has the first child last. */
        slot_fill(m, to, &cap, no_ref);
        slot_at(m, to)->parent = source->parent;
        struct slot *up = slot_at(m, source->parent);
        if (up != NULL) {
            child_insert(m, up, source->at, to);
        }
    }
    if (cap.type == KAAL_OBJ_UNTYPED) {
        slot_at(m, from)->cap.data = (uint64_t)1 << cap.size_bits;
    }
}

/* Let parent and children of what is in the slot `now` know its new place. */
static void relink(struct model *m, struct ref now)
{
    struct slot *slot = slot_at(m, now);
    struct slot *up = slot_at(m, slot->parent);
    if (up != NULL) {
        up->child[slot->at] = now;
    }
    for (uint32_t i = 0; i < slot->children; i++) {
        slot_at(m, slot->child[i])->parent = now;
    }
}

void slot_move(struct model *m, struct ref to, struct ref from)
{
    struct slot *source = slot_at(m, from);
    struct slot *target = slot_at(m, to);
    free(target->child);
    *target = *source;
    memset(source, 0, sizeof(*source));
    relink(m, to);
}

void slot_swap(struct model *m, struct ref a, struct ref b)
{
    /* By way of a slot that is nobody's: index 0 of the interrupts' is never used. */
    const struct ref spare = {m->irq_node, 0};
    slot_move(m, spare, a);
    slot_move(m, a, b);
    slot_move(m, b, spare);
}

/* Take the slot out of the tree: its children stand in its place. */
static void slot_empty(struct model *m, struct ref ref)
{
    struct slot *slot = slot_at(m, ref);
    const struct ref parent = slot->parent;
    struct slot *up = slot_at(m, parent);
    uint32_t at = 0;
    if (up != NULL) {
        at = slot->at;
        child_remove(m, up, at);
    }
    for (uint32_t i = 0; i < slot->children; i++) {
        slot_at(m, slot->child[i])->parent = parent;
        if (up != NULL) {
            child_insert(m, up, at + i, slot->child[i]);
        }
    }
    count(m, &slot->cap, -1);
    free(slot->child);
    memset(slot, 0, sizeof(*slot));
}

/* ---- Capabilities ---- */

bool cap_same_object(const struct cap *a, const struct cap *b)
{
    return a->type == b->type && a->object == b->object &&
           ((a->type != KAAL_OBJ_UNTYPED && a->type != MODEL_IRQ_HANDLER) ||
            (a->where == b->where && a->size_bits == b->size_bits));
}

enum kaal_err cap_derive(const struct model *m, struct ref ref, struct cap *out)
{
    const struct slot *slot = slot_at(m, ref);
    *out = slot->cap;
    switch (out->type) {
    case MODEL_NULL:
    case MODEL_IRQ_CONTROL:
        return KAAL_ERR_ILLEGAL_OPERATION;
    case KAAL_OBJ_UNTYPED:
        return slot->children != 0 ? KAAL_ERR_REVOKE_FIRST : KAAL_OK;
    case KAAL_OBJ_VSPACE:
    case KAAL_OBJ_PAGE_TABLE: {
        const struct object *o = object_at(m, out->object);
        return o->u.table.asid == 0 && !o->u.table.lost ? KAAL_ERR_ILLEGAL_OPERATION : KAAL_OK;
    }
    case KAAL_OBJ_PAGE:
        out->asid = 0;
        out->where = 0;
        return KAAL_OK;
    default:
        return KAAL_OK;
    }
}

bool cap_set_guard(const struct model *m, struct cap *cap, uint64_t word)
{
    const unsigned bits = word & 63;
    if (bits + object_at(m, cap->object)->size_bits > KAAL_CPTR_BITS) {
        return false;
    }
    cap->guard_bits = (uint8_t)bits;
    cap->data = (word >> 6) & (((uint64_t)1 << bits) - 1);
    return true;
}

static uint64_t bits_of(uint64_t pointer, uint64_t low, unsigned width)
{
    if (width == 0) {
        return 0;
    }
    return (pointer >> low) & (~(uint64_t)0 >> (KAAL_CPTR_BITS - width));
}

struct lookup cspace_walk(const struct model *m, const struct cap *root, uint64_t pointer,
                          uint64_t depth, bool exact)
{
    if (root->type != KAAL_OBJ_CNODE) {
        return (struct lookup){no_ref, KAAL_LOOKUP_INVALID_ROOT, depth};
    }
    const struct cap *node = root;
    uint64_t left = depth;
    for (;;) {
        const struct object *cnode = object_at(m, node->object);
        if (node->guard_bits > left ||
            bits_of(pointer, left - node->guard_bits, node->guard_bits) != node->data) {
            return (struct lookup){no_ref, KAAL_LOOKUP_GUARD, left};
        }
        const unsigned taken = node->guard_bits + (unsigned)cnode->size_bits;
        if (taken > left) {
            return (struct lookup){no_ref, KAAL_LOOKUP_DEPTH, left};
        }
        left -= taken;
        const struct ref ref = {node->object, (uint32_t)bits_of(pointer, left, cnode->size_bits)};
        node = &slot_at(m, ref)->cap;
        if (left == 0) {
            return (struct lookup){ref, 0, 0};
        }
        if (node->type != KAAL_OBJ_CNODE) {
            if (exact) {
                return (struct lookup){no_ref, KAAL_LOOKUP_DEPTH, left};
            }
            return (struct lookup){ref, 0, left};
        }
    }
}

struct lookup cspace_lookup(const struct model *m, int tcb, uint64_t pointer)
{
    const struct cap *root = &object_at(m, tcb)->slots[MODEL_TCB_CSPACE].cap;
    return cspace_walk(m, root, pointer, KAAL_CPTR_BITS, false);
}

/* ---- Deletion ---- */

static void empty_slots(struct model *m, int id)
{
    for (uint32_t i = m->object[id].slot_count; i > 0; i--) {
        slot_delete(m, (struct ref){id, i - 1});
    }
}

static void tcb_destroy(struct model *m, int id)
{
    struct tcb *t = tcb_at(m, id);
    if (t->ntfn != 0) {
        ntfn_unbind(m, t->ntfn);
    }
    if (t->sc != 0) {
        sc_unbind_tcb(m, t->sc);
    }
    thread_stop(m, id);
    t->gone = true;
    if (m->current == id) {
        m->current = 0;
    }
    if (m->used_up == id) {
        m->used_up = 0;
    }
    for (int i = 0; i < m->wakings; i++) {
        if (m->woken[i] == id) {
            m->woken[i] = 0;
        }
    }
    empty_slots(m, id);
}

static void sc_destroy(struct model *m, int id)
{
    struct sc *sc = sc_at(m, id);
    if (sc->tcb != 0) {
        sc_unbind_tcb(m, id);
    }
    sc_unbind_ntfn(m, id);
    if (sc->yield_from != 0) {
        yield_to_complete(m, sc->yield_from);
    }
    if (sc->replies != 0) {
        sc_break(m, sc->reply[sc->replies - 1]);
    }
    if (m->current_sc == id) {
        m->current_sc = 0;
    }
}

static void object_destroy(struct model *m, int id)
{
    switch (m->object[id].type) {
    case KAAL_OBJ_ENDPOINT:
        endpoint_cancel_all(m, id);
        break;
    case KAAL_OBJ_NOTIFICATION:
        if (m->object[id].u.ntfn.sc != 0) {
            sc_unbind_ntfn(m, m->object[id].u.ntfn.sc);
        }
        ntfn_unbind(m, id);
        ntfn_cancel_all(m, id);
        break;
    case KAAL_OBJ_REPLY:
        reply_destroy(m, id);
        break;
    case KAAL_OBJ_TCB:
        tcb_destroy(m, id);
        break;
    case KAAL_OBJ_SCHED_CONTEXT:
        sc_destroy(m, id);
        break;
    case KAAL_OBJ_CNODE:
        empty_slots(m, id);
        break;
    case KAAL_OBJ_VSPACE:
        vspace_forget(m, id);
        break;
    case KAAL_OBJ_PAGE_TABLE:
        table_unmap(m, id);
        break;
    case MODEL_ASID_POOL:
        pool_forget(m, id);
        break;
    default:
        break;
    }
    object_free(m, id);
}

void slot_delete(struct model *m, struct ref ref)
{
    struct slot *slot = slot_at(m, ref);
    if (slot == NULL || slot->cap.type == MODEL_NULL) {
        return;
    }
    const struct cap cap = slot->cap;
    if (cap.type == KAAL_OBJ_PAGE) {
        page_unmap(m, &slot->cap);
    }
    slot_empty(m, ref);
    if (cap.object != 0 && m->object[cap.object].caps == 0) {
        object_destroy(m, cap.object);
    } else if (cap.type == MODEL_IRQ_HANDLER && m->irq[cap.where].handlers == 0) {
        m->irq[cap.where] = (struct irq){0, true, false};
        slot_delete(m, (struct ref){m->irq_node, (uint32_t)cap.where});
    }
}

void slot_revoke(struct model *m, struct ref ref)
{
    for (;;) {
        const struct slot *slot = slot_at(m, ref);
        if (slot == NULL || slot->children == 0) {
            return;
        }
        slot_delete(m, slot->child[slot->children - 1]);
    }
}
