/* SPDX-License-Identifier: Apache-2.0 */
/* Boot, events, memory and what can be asked. */
#include "model_state.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW_BYTES = 1024, ROOT_ASID = 1, ROOT_BUDGET_US = 5000, MIN_BUDGET_US = 100 };

static const struct ref no_ref = {0, 0};

/* ---- Memory ---- */

static size_t window_place(const struct model *m, uint64_t paddr)
{
    size_t low = 0;
    size_t high = m->windows;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (m->window[middle].paddr < paddr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

uint64_t model_read(const struct model *m, uint64_t paddr)
{
    const uint64_t base = paddr & ~(uint64_t)(WINDOW_BYTES - 1);
    const size_t at = window_place(m, base);
    if (at == m->windows || m->window[at].paddr != base) {
        return 0;
    }
    return m->window[at].word[paddr % WINDOW_BYTES / 8];
}

void model_write(struct model *m, uint64_t paddr, uint64_t value)
{
    const uint64_t base = paddr & ~(uint64_t)(WINDOW_BYTES - 1);
    const size_t at = window_place(m, base);
    if (at == m->windows || m->window[at].paddr != base) {
        if (value == 0) {
            return;
        }
        m->window = model_grow(m->window, &m->windows_room, m->windows + 1, sizeof(*m->window));
        memmove(&m->window[at + 1], &m->window[at], (m->windows - at) * sizeof(*m->window));
        m->windows++;
        m->window[at] = (struct window){base, calloc(1, WINDOW_BYTES)};
        if (m->window[at].word == NULL) {
            abort();
        }
    }
    m->window[at].word[paddr % WINDOW_BYTES / 8] = value;
}

void memory_zero(struct model *m, uint64_t paddr, uint64_t bytes)
{
    for (size_t i = window_place(m, paddr & ~(uint64_t)(WINDOW_BYTES - 1));
         i < m->windows && m->window[i].paddr < paddr + bytes; i++) {
        struct window *w = &m->window[i];
        for (unsigned word = 0; word < WINDOW_BYTES / 8; word++) {
            const uint64_t at = w->paddr + 8 * (uint64_t)word;
            if (at >= paddr && at < paddr + bytes) {
                w->word[word] = 0;
            }
        }
    }
}

/* ---- Boot ---- */

static struct ref boot_cap(struct model *m, int cnode, uint32_t index, struct cap cap)
{
    const struct ref ref = {cnode, index};
    cap.original = true;
    slot_fill(m, ref, &cap, no_ref);
    return ref;
}

static bool boot_pages(struct model *m, const struct model_boot *b, int cnode, int vspace)
{
    for (size_t i = 0; i < b->table_count; i++) {
        const struct model_boot_table *t = &b->tables[i];
        const int id = object_new(m, KAAL_OBJ_PAGE_TABLE, t->paddr, KAAL_PAGE_BITS);
        unsigned level = t->level - 1u;
        struct entry *e = vspace_walk(m, vspace, t->vaddr, &level);
        if (level != t->level - 1u || e->table != 0 || e->page) {
            return false;
        }
        e->table = id;
        struct object *o = object_at(m, id);
        o->u.table.asid = ROOT_ASID;
        o->u.table.level = t->level;
        o->u.table.vaddr = t->vaddr >> (48 - 9 * t->level) << (48 - 9 * t->level);
        boot_cap(m, cnode, t->slot, (struct cap){.type = KAAL_OBJ_PAGE_TABLE, .object = id});
    }
    for (size_t i = 0; i < b->page_count; i++) {
        const struct model_boot_page *p = &b->pages[i];
        const int id = object_new(m, KAAL_OBJ_PAGE, p->paddr, p->size_bits);
        object_at(m, id)->device = p->is_device;
        struct cap cap = {
            .type = KAAL_OBJ_PAGE, .rights = p->rights, .device = p->is_device, .object = id};
        if (p->mapped) {
            const unsigned want = (39u - p->size_bits) / 9;
            unsigned level = want;
            struct entry *e = vspace_walk(m, vspace, p->vaddr, &level);
            if (level != want || e->page || e->table != 0) {
                return false;
            }
            *e = (struct entry){0, p->paddr, true, p->map_rights, p->attributes, p->is_device};
            cap.asid = ROOT_ASID;
            cap.where = p->vaddr;
        }
        boot_cap(m, cnode, p->slot, cap);
    }
    return true;
}

static void boot_copy(struct model *m, int tcb, unsigned slot, struct ref from)
{
    struct cap copy;
    if (slot_at(m, from)->cap.type != MODEL_NULL && cap_derive(m, from, &copy) == KAAL_OK) {
        slot_copy(m, (struct ref){tcb, slot}, copy, from);
    }
}

static bool boot(struct model *m, const struct model_boot *b)
{
    const int cnode = object_new(m, KAAL_OBJ_CNODE, b->cnode_paddr, KAAL_ROOT_CNODE_RADIX);
    const int vspace = object_new(m, KAAL_OBJ_VSPACE, b->vspace_paddr, KAAL_PAGE_BITS);
    const int tcb = object_new(m, KAAL_OBJ_TCB, b->tcb_paddr, 11);
    const int pool = object_new(m, MODEL_ASID_POOL, b->asid_pool_paddr, KAAL_PAGE_BITS);
    const int sc = object_new(m, KAAL_OBJ_SCHED_CONTEXT, b->sc_paddr,
                              b->sc_size_bits == 0 ? 8 : b->sc_size_bits);
    m->irq_node = object_new(m, MODEL_IRQ_NODE, MODEL_IRQ_SLOTS, 0);
    m->pool[0] = pool;
    object_at(m, pool)->u.pool.vspace[ROOT_ASID] = vspace;
    object_at(m, vspace)->u.table.asid = ROOT_ASID;
    const struct ref root = boot_cap(m, cnode, KAAL_ROOT_CNODE,
                                     (struct cap){.type = KAAL_OBJ_CNODE,
                                                  .object = cnode,
                                                  .guard_bits = 64 - KAAL_ROOT_CNODE_RADIX});
    const struct ref space = boot_cap(m, cnode, KAAL_ROOT_VSPACE,
                                      (struct cap){.type = KAAL_OBJ_VSPACE, .object = vspace});
    boot_cap(m, cnode, KAAL_ROOT_TCB, (struct cap){.type = KAAL_OBJ_TCB, .object = tcb});
    boot_cap(m, cnode, KAAL_ROOT_ASID_POOL, (struct cap){.type = MODEL_ASID_POOL, .object = pool});
    boot_cap(m, cnode, KAAL_ROOT_SCHED_CONTEXT,
             (struct cap){.type = KAAL_OBJ_SCHED_CONTEXT, .object = sc});
    boot_cap(m, cnode, KAAL_ROOT_IRQ_CONTROL, (struct cap){.type = MODEL_IRQ_CONTROL});
    boot_cap(m, cnode, KAAL_ROOT_SCHED_CONTROL, (struct cap){.type = MODEL_SCHED_CONTROL});
    boot_cap(m, cnode, KAAL_ROOT_POWER, (struct cap){.type = MODEL_POWER});
    boot_cap(m, cnode, KAAL_ROOT_ASID_CONTROL, (struct cap){.type = MODEL_ASID_CONTROL});
    boot_cap(m, cnode, KAAL_ROOT_DOMAIN, (struct cap){.type = MODEL_DOMAIN});
    for (size_t i = 0; i < b->untyped_count; i++) {
        const struct model_boot_untyped *u = &b->untyped[i];
        boot_cap(m, cnode, u->slot,
                 (struct cap){.type = KAAL_OBJ_UNTYPED,
                              .size_bits = u->size_bits,
                              .device = u->is_device,
                              .where = u->paddr});
    }
    if (!boot_pages(m, b, cnode, vspace)) {
        return false;
    }
    boot_copy(m, tcb, MODEL_TCB_CSPACE, root);
    boot_copy(m, tcb, MODEL_TCB_VSPACE, space);
    boot_copy(m, tcb, MODEL_TCB_BUFFER, (struct ref){cnode, KAAL_ROOT_IPC_BUFFER_PAGE});
    struct tcb *t = tcb_at(m, tcb);
    t->pc = b->entry;
    t->x[0] = b->bootinfo_vaddr;
    t->pstate = b->pstate;
    t->buffer = b->ipc_buffer_vaddr;
    t->priority = KAAL_MAX_PRIORITY;
    t->mcp = KAAL_MAX_PRIORITY;
    t->state = MODEL_RUNNABLE;
    const uint64_t budget = us_to_ticks(m, ROOT_BUDGET_US);
    sc_configure(m, sc, budget, budget, 2, 0);
    sc_donate(m, sc, tcb);
    m->current = tcb;
    m->current_sc = sc;
    m->charged_at = m->now;
    m->deadline = m->now + budget;
    return true;
}

struct model *model_new(const struct model_boot *b)
{
    struct model *m = calloc(1, sizeof(*m));
    if (m == NULL) {
        return NULL;
    }
    m->object = calloc(1, sizeof(*m->object));
    m->objects = 1;
    m->objects_room = 1;
    m->hz = b->timer_hz;
    m->now = b->now;
    m->min = us_to_ticks(m, MIN_BUDGET_US);
    m->irq_last = b->irq_last;
    m->timer_irq = b->timer_irq;
    m->debug = b->debug;
    m->domains.end = UINT64_MAX;
    for (unsigned i = 0; i < MODEL_IRQS; i++) {
        m->irq[i].masked = true;
    }
    if (m->object == NULL || b->irq_last >= MODEL_IRQS || !boot(m, b)) {
        model_free(m);
        return NULL;
    }
    return m;
}

void model_free(struct model *m)
{
    if (m == NULL) {
        return;
    }
    for (int i = 1; i < m->objects; i++) {
        struct object *o = &m->object[i];
        if (!o->live) {
            continue;
        }
        for (uint32_t s = 0; s < o->slot_count; s++) {
            free(o->slots[s].child);
        }
        free(o->slots);
        switch (o->type) {
        case KAAL_OBJ_TCB:
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
    }
    for (size_t i = 0; i < m->windows; i++) {
        free(m->window[i].word);
    }
    free(m->window);
    free(m->object);
    free(m->tcb);
    free(m);
}

/* ---- Events ---- */

uint64_t model_now(const struct model *m)
{
    return m->now;
}

void model_set_now(struct model *m, uint64_t now)
{
    m->now = now > m->now ? now : m->now;
}

void model_advance(struct model *m, uint64_t ticks)
{
    m->now += ticks;
}

void model_syscall(struct model *m)
{
    if (m->current != 0) {
        system_call(m);
        sched_exit(m);
    }
}

void model_timer(struct model *m)
{
    sched_timer(m);
    sched_exit(m);
}

void model_irq(struct model *m, unsigned irq)
{
    if (irq == m->timer_irq) {
        model_timer(m);
        return;
    }
    if (irq >= MODEL_IRQS || m->irq[irq].handlers == 0 || m->irq[irq].masked) {
        return;
    }
    m->irq[irq].masked = true;
    const struct cap *cap = &slot_at(m, (struct ref){m->irq_node, irq})->cap;
    if (cap->type == KAAL_OBJ_NOTIFICATION) {
        ntfn_signal(m, cap->object, cap->data);
    }
    sched_exit(m);
}

void model_vm_fault(struct model *m, uint64_t address, bool fetch, uint64_t esr)
{
    if (m->current != 0) {
        thread_fault(m, m->current, KAAL_FAULT_VM, address, fetch ? 1 : 0, esr);
        sched_exit(m);
    }
}

void model_user_exception(struct model *m, uint64_t esr)
{
    if (m->current != 0) {
        thread_fault(m, m->current, KAAL_FAULT_USER_EXCEPTION, esr, 0, 0);
        sched_exit(m);
    }
}

bool model_power_asked(const struct model *m)
{
    return m->power_asked;
}

/* ---- Threads ---- */

static uint64_t paddr_of(const struct model *m, int id)
{
    return id == 0 ? 0 : object_at(m, id)->paddr;
}

uint64_t model_current(const struct model *m)
{
    return paddr_of(m, m->current);
}

uint64_t model_current_sc(const struct model *m)
{
    return paddr_of(m, m->current_sc);
}

bool model_thread(const struct model *m, uint64_t tcb, struct model_thread *out)
{
    const int id = object_find(m, tcb, KAAL_OBJ_TCB);
    if (id == 0) {
        return false;
    }
    const struct tcb *t = tcb_at(m, id);
    *out = (struct model_thread){.paddr = tcb,
                                 .sp = t->sp,
                                 .pc = t->pc,
                                 .pstate = t->pstate,
                                 .tls = t->tls,
                                 .buffer = t->buffer,
                                 .state = t->state,
                                 .queue = t->queue,
                                 .priority = t->priority,
                                 .mcp = t->mcp,
                                 .domain = t->domain,
                                 .flags = t->flags,
                                 .fault = t->fault,
                                 .waits_on = paddr_of(m, t->waits_on),
                                 .reply = paddr_of(m, t->reply),
                                 .sc = paddr_of(m, t->sc),
                                 .bound_ntfn = paddr_of(m, t->ntfn),
                                 .yield_to = paddr_of(m, t->yield_to)};
    memcpy(out->x, t->x, sizeof(out->x));
    if (t->state == MODEL_SENDING) {
        out->is_call = t->is_call;
        out->can_grant = t->can_grant;
        out->can_grant_reply = t->can_grant_reply;
        out->badge = t->badge;
    }
    return true;
}

bool model_set_registers(struct model *m, uint64_t tcb, const uint64_t x[MODEL_REGS], uint64_t sp,
                         uint64_t pc, uint64_t pstate, uint64_t tls)
{
    const int id = object_find(m, tcb, KAAL_OBJ_TCB);
    if (id == 0) {
        return false;
    }
    struct tcb *t = tcb_at(m, id);
    memcpy(t->x, x, sizeof(t->x));
    t->sp = sp;
    t->pc = pc;
    t->pstate = pstate;
    t->tls = tls;
    return true;
}

/* The order of the public interface puts x0..x30 first. */
static uint64_t *public_register(const struct model *m, uint64_t tcb, unsigned reg)
{
    static const unsigned order[] = {0, 1, 2, 34};
    const int id = object_find(m, tcb, KAAL_OBJ_TCB);
    if (id == 0 || reg > 34) {
        return NULL;
    }
    return tcb_register(m, id, reg < MODEL_REGS ? reg + 3 : order[reg - MODEL_REGS]);
}

uint64_t model_register(const struct model *m, uint64_t tcb, unsigned reg)
{
    const uint64_t *r = public_register(m, tcb, reg);
    return r == NULL ? 0 : *r;
}

void model_set_register(struct model *m, uint64_t tcb, unsigned reg, uint64_t value)
{
    uint64_t *r = public_register(m, tcb, reg);
    if (r != NULL) {
        *r = value;
    }
}

static size_t to_paddrs(const struct model *m, const int *id, size_t n, uint64_t *out, size_t max)
{
    for (size_t i = 0; i < n && i < max; i++) {
        out[i] = paddr_of(m, id[i]);
    }
    return n;
}

size_t model_waiters(const struct model *m, uint64_t paddr, uint64_t *out, size_t max)
{
    int object = object_find(m, paddr, KAAL_OBJ_ENDPOINT);
    object = object != 0 ? object : object_find(m, paddr, KAAL_OBJ_NOTIFICATION);
    if (object == 0) {
        return 0;
    }
    int *id = calloc((size_t)m->tcbs + 1, sizeof(*id));
    if (id == NULL) {
        abort();
    }
    const size_t n = waiters_of(m, object, id, (size_t)m->tcbs);
    to_paddrs(m, id, n, out, max);
    free(id);
    return n;
}

static uint64_t release_time(const struct model *m, int id)
{
    const struct tcb *t = tcb_at(m, id);
    return t->queue == MODEL_RELEASE ? sc_at(m, t->sc)->refill[0].time : 0;
}

/* Threads of a queue by time (of the release queue) and key. */
static size_t queue_list(const struct model *m, unsigned queue, int domain, int priority,
                         uint64_t *out, size_t max)
{
    size_t n = 0;
    int *list = calloc((size_t)m->tcbs + 1, sizeof(*list));
    if (list == NULL) {
        abort();
    }
    for (int i = 0; i < m->tcbs; i++) {
        const int id = m->tcb[i];
        const struct tcb *t = tcb_at(m, id);
        if (t->queue != queue ||
            (domain >= 0 && (t->domain != domain || t->priority != priority))) {
            continue;
        }
        size_t at = n++;
        while (at > 0 && (release_time(m, list[at - 1]) > release_time(m, id) ||
                          (release_time(m, list[at - 1]) == release_time(m, id) &&
                           tcb_at(m, list[at - 1])->key > t->key))) {
            list[at] = list[at - 1];
            at--;
        }
        list[at] = id;
    }
    to_paddrs(m, list, n, out, max);
    free(list);
    return n;
}

size_t model_ready(const struct model *m, unsigned domain, unsigned priority, uint64_t *out,
                   size_t max)
{
    return queue_list(m, MODEL_READY, (int)domain, (int)priority, out, max);
}

size_t model_release(const struct model *m, uint64_t *out, size_t max)
{
    return queue_list(m, MODEL_RELEASE, -1, 0, out, max);
}

/* ---- Capabilities ---- */

static struct model_slot public_slot(const struct model *m, struct ref ref)
{
    return (struct model_slot){paddr_of(m, ref.object), ref.index};
}

static struct ref private_slot(const struct model *m, struct model_slot slot)
{
    int id = object_find(m, slot.object, KAAL_OBJ_CNODE);
    id = id != 0 ? id : object_find(m, slot.object, KAAL_OBJ_TCB);
    id = id != 0 ? id : object_find(m, slot.object, MODEL_IRQ_NODE);
    return (struct ref){id, slot.index};
}

/* What a capability's rights can say, by type. */
static uint8_t meaningful(unsigned type)
{
    switch (type) {
    case KAAL_OBJ_ENDPOINT:
        return KAAL_RIGHTS_ALL;
    case KAAL_OBJ_REPLY:
        return KAAL_RIGHT_GRANT;
    case KAAL_OBJ_NOTIFICATION:
    case KAAL_OBJ_PAGE:
        return KAAL_RIGHT_READ | KAAL_RIGHT_WRITE;
    default:
        return 0;
    }
}

static void cap_object(const struct model *m, const struct cap *cap, struct model_cap *out)
{
    const struct object *o = cap->object == 0 ? NULL : object_at(m, cap->object);
    out->object = o == NULL ? cap->where : o->paddr;
    out->size_bits = o == NULL ? cap->size_bits : o->size_bits;
    switch (cap->type) {
    case KAAL_OBJ_UNTYPED:
        out->watermark = cap->data;
        break;
    case KAAL_OBJ_ENDPOINT:
    case KAAL_OBJ_NOTIFICATION:
        out->badge = cap->data;
        break;
    case KAAL_OBJ_CNODE:
        out->guard = cap->data;
        out->guard_bits = cap->guard_bits;
        break;
    case KAAL_OBJ_PAGE:
        out->asid = cap->asid;
        out->vaddr = cap->where;
        break;
    case KAAL_OBJ_PAGE_TABLE:
        out->asid = o->u.table.asid;
        out->vaddr = o->u.table.vaddr;
        break;
    case KAAL_OBJ_VSPACE:
        out->asid = o->u.table.asid;
        break;
    default:
        break;
    }
    out->mapped = out->asid != 0;
    out->vspace = paddr_of(m, vspace_of(m, out->asid));
}

bool model_cap(const struct model *m, struct model_slot where, struct model_cap *out)
{
    const struct ref ref = private_slot(m, where);
    const struct slot *slot = slot_at(m, ref);
    if (slot == NULL) {
        return false;
    }
    const struct cap *cap = &slot->cap;
    *out = (struct model_cap){.type = cap->type};
    if (cap->type == MODEL_NULL) {
        return true;
    }
    out->rights = cap->rights & meaningful(cap->type);
    out->is_device = cap->device;
    out->is_original = cap->original;
    cap_object(m, cap, out);
    out->children = slot->children;
    out->parent = public_slot(m, slot->parent);
    const struct slot *up = slot_at(m, slot->parent);
    out->place = up == NULL ? 0 : up->children - 1 - slot->at;
    return true;
}

struct model_slot model_child(const struct model *m, struct model_slot where, uint32_t place)
{
    const struct slot *slot = slot_at(m, private_slot(m, where));
    if (slot == NULL || place >= slot->children) {
        return (struct model_slot){0, 0};
    }
    return public_slot(m, slot->child[slot->children - 1 - place]);
}

bool model_lookup(const struct model *m, uint64_t tcb, uint64_t cptr, struct model_slot *out)
{
    const int id = object_find(m, tcb, KAAL_OBJ_TCB);
    if (id == 0) {
        return false;
    }
    const struct lookup found = cspace_lookup(m, id, cptr);
    *out = public_slot(m, found.ref);
    return found.ref.object != 0;
}

uint32_t model_slot_count(const struct model *m, uint64_t object)
{
    const struct ref ref = private_slot(m, (struct model_slot){object, 0});
    return ref.object == 0 ? 0 : object_at(m, ref.object)->slot_count;
}

size_t model_objects(const struct model *m, struct model_object *out, size_t max)
{
    size_t n = 0;
    for (int i = 1; i < m->objects; i++) {
        const struct object *o = &m->object[i];
        if (!o->live || o->type == MODEL_IRQ_NODE) {
            continue;
        }
        if (n < max) {
            out[n] = (struct model_object){o->paddr, o->type, o->size_bits, o->caps};
        }
        n++;
    }
    return n;
}

/* ---- Other objects ---- */

bool model_sc(const struct model *m, uint64_t paddr, struct model_sc *out)
{
    const int id = object_find(m, paddr, KAAL_OBJ_SCHED_CONTEXT);
    if (id == 0) {
        return false;
    }
    const struct sc *sc = sc_at(m, id);
    *out = (struct model_sc){.paddr = paddr,
                             .budget = sc->budget,
                             .period = sc->period,
                             .badge = sc->badge,
                             .consumed = sc->consumed,
                             .tcb = paddr_of(m, sc->tcb),
                             .ntfn = paddr_of(m, sc->ntfn),
                             .yield_from = paddr_of(m, sc->yield_from),
                             .max_refills = sc->max_refills,
                             .refills = sc->refills,
                             .round_robin = sc->budget != 0 && sc_round_robin(sc),
                             .replies = sc->replies};
    memcpy(out->refill, sc->refill, sizeof(out->refill[0]) * sc->refills);
    return true;
}

uint64_t model_sc_reply(const struct model *m, uint64_t paddr, uint32_t depth)
{
    const int id = object_find(m, paddr, KAAL_OBJ_SCHED_CONTEXT);
    if (id == 0 || depth >= sc_at(m, id)->replies) {
        return 0;
    }
    return paddr_of(m, sc_at(m, id)->reply[sc_at(m, id)->replies - 1 - depth]);
}

bool model_ntfn(const struct model *m, uint64_t paddr, struct model_ntfn *out)
{
    const int id = object_find(m, paddr, KAAL_OBJ_NOTIFICATION);
    if (id == 0) {
        return false;
    }
    const struct object *o = object_at(m, id);
    *out = (struct model_ntfn){o->u.ntfn.active, o->u.ntfn.pending, paddr_of(m, o->u.ntfn.tcb),
                               paddr_of(m, o->u.ntfn.sc)};
    return true;
}

bool model_reply(const struct model *m, uint64_t paddr, struct model_reply *out)
{
    const int id = object_find(m, paddr, KAAL_OBJ_REPLY);
    if (id == 0) {
        return false;
    }
    const int tcb = object_at(m, id)->u.reply.tcb;
    const int sc = object_at(m, id)->u.reply.sc;
    *out = (struct model_reply){.tcb = paddr_of(m, tcb),
                                .answers = tcb != 0 && tcb_at(m, tcb)->state == MODEL_REPLYING,
                                .sc = paddr_of(m, sc)};
    for (uint32_t i = 0; sc != 0 && i < sc_at(m, sc)->replies; i++) {
        if (sc_at(m, sc)->reply[i] == id) {
            out->depth = sc_at(m, sc)->replies - 1 - i;
        }
    }
    return true;
}

bool model_irq_line(const struct model *m, unsigned irq, struct model_irq_line *out)
{
    if (irq > m->irq_last) {
        return false;
    }
    const struct cap *cap = &slot_at(m, (struct ref){m->irq_node, irq})->cap;
    *out = (struct model_irq_line){m->irq[irq].handlers != 0, m->irq[irq].masked, m->irq[irq].edge,
                                   paddr_of(m, cap->object), cap->data};
    return true;
}

bool model_mapping(const struct model *m, uint64_t paddr, uint64_t vaddr, struct model_mapping *out)
{
    const int vspace = object_find(m, paddr, KAAL_OBJ_VSPACE);
    unsigned level = 3;
    if (vspace == 0 || vaddr >= KAAL_USER_TOP) {
        return false;
    }
    const struct entry *e = vspace_walk(m, vspace, vaddr, &level);
    *out = (struct model_mapping){e->paddr, (uint8_t)(39 - 9 * level), e->rights, e->attributes};
    return e->page;
}

uint64_t model_table(const struct model *m, uint64_t paddr, uint64_t vaddr, unsigned level)
{
    const int vspace = object_find(m, paddr, KAAL_OBJ_VSPACE);
    if (vspace == 0 || vaddr >= KAAL_USER_TOP || level < 1 || level > 3) {
        return 0;
    }
    unsigned at = level - 1;
    const struct entry *e = vspace_walk(m, vspace, vaddr, &at);
    return at == level - 1 ? paddr_of(m, e->table) : 0;
}

uint64_t model_asid_pool(const struct model *m, unsigned index)
{
    return index < MODEL_POOLS ? paddr_of(m, m->pool[index]) : 0;
}

uint64_t model_asid(const struct model *m, uint32_t asid)
{
    return asid < MODEL_POOLS * MODEL_TABLE_ENTRIES ? paddr_of(m, vspace_of(m, asid)) : 0;
}

void model_domains(const struct model *m, struct model_domains *out)
{
    *out = m->domains;
}

uint64_t model_deadline(const struct model *m)
{
    return m->deadline;
}

/* ---- Consistency ---- */

static const char *check_slot(const struct model *m, struct ref ref, uint32_t *caps)
{
    const struct slot *slot = slot_at(m, ref);
    if (slot->cap.type == MODEL_NULL) {
        return slot->children != 0 || slot->parent.object != 0 ? "an empty slot in the tree" : NULL;
    }
    if (slot->cap.object != 0) {
        const struct object *o = object_at(m, slot->cap.object);
        if (!o->live || o->type != slot->cap.type) {
            return "a capability to no object";
        }
        caps[slot->cap.object]++;
    }
    for (uint32_t i = 0; i < slot->children; i++) {
        const struct slot *child = slot_at(m, slot->child[i]);
        if (child == NULL || child->cap.type == MODEL_NULL || !ref_same(child->parent, ref) ||
            child->at != i) {
            return "a child that does not know its parent";
        }
    }
    const struct slot *up = slot_at(m, slot->parent);
    if (slot->parent.object != 0 && (up == NULL || up->cap.type == MODEL_NULL)) {
        return "a parent that is gone";
    }
    return NULL;
}

static const char *check_thread(const struct model *m, int id)
{
    const struct tcb *t = tcb_at(m, id);
    const bool waits =
        t->state == MODEL_SENDING || t->state == MODEL_RECEIVING || t->state == MODEL_WAITING;
    if (waits != (t->waits_on != 0)) {
        return "state and what is waited on disagree";
    }
    if (t->sc != 0 && sc_at(m, t->sc)->tcb != id) {
        return "a context that has another thread";
    }
    const bool time = t->sc != 0 && sc_at(m, t->sc)->budget != 0;
    const bool queued = t->state == MODEL_RUNNABLE && time && id != m->current;
    if (queued != (t->queue != MODEL_NO_QUEUE)) {
        return "a thread in the wrong queue";
    }
    if (t->reply != 0 && object_at(m, t->reply)->u.reply.tcb != id) {
        return "a reply object that has another thread";
    }
    if ((t->state == MODEL_REPLYING) && t->reply == 0) {
        return "a caller without reply object";
    }
    return t->ntfn != 0 && object_at(m, t->ntfn)->u.ntfn.tcb != id ? "a binding of one side" : NULL;
}

static const char *check_sc(const struct model *m, int id)
{
    const struct sc *sc = sc_at(m, id);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < sc->refills; i++) {
        sum += sc->refill[i].amount;
        if (i > 0 && sc->refill[i].time < sc->refill[i - 1].time + sc->refill[i - 1].amount) {
            return "refills that overlap";
        }
    }
    if (sc->budget != 0 && !sc_round_robin(sc) && sum != sc->budget) {
        return "refills that are not the budget";
    }
    if (sc->refills > sc->max_refills) {
        return "too many refills";
    }
    for (uint32_t i = 0; i < sc->replies; i++) {
        if (object_at(m, sc->reply[i])->u.reply.sc != id) {
            return "a stack of replies that disagree";
        }
    }
    return sc->tcb != 0 && tcb_at(m, sc->tcb)->sc != id ? "a thread of another context" : NULL;
}

static const char *check_ntfn(const struct model *m, int id)
{
    const struct object *o = object_at(m, id);
    const struct object *tcb = object_at(m, o->u.ntfn.tcb);
    const struct object *sc = object_at(m, o->u.ntfn.sc);
    if (o->u.ntfn.tcb != 0 && (tcb->type != KAAL_OBJ_TCB || tcb->u.tcb->ntfn != id)) {
        return "a notification bound to a thread that is not to it";
    }
    if (o->u.ntfn.sc != 0 && (sc->type != KAAL_OBJ_SCHED_CONTEXT || sc->u.sc->ntfn != id)) {
        return "a notification with a context that has another";
    }
    return NULL;
}

static const char *check_reply(const struct model *m, int id)
{
    const struct object *o = object_at(m, id);
    const struct object *tcb = object_at(m, o->u.reply.tcb);
    const struct object *sc = object_at(m, o->u.reply.sc);
    if (o->u.reply.tcb != 0 && (tcb->type != KAAL_OBJ_TCB || tcb->u.tcb->reply != id)) {
        return "a reply object of a thread that has another";
    }
    return o->u.reply.sc != 0 && (o->u.reply.tcb == 0 || sc->type != KAAL_OBJ_SCHED_CONTEXT)
               ? "a reply object that brings back what is gone"
               : NULL;
}

const char *model_check(const struct model *m)
{
    const char *why = NULL;
    uint32_t *caps = calloc((size_t)m->objects, sizeof(*caps));
    if (caps == NULL) {
        abort();
    }
    for (int i = 1; i < m->objects && why == NULL; i++) {
        const struct object *o = &m->object[i];
        if (!o->live) {
            continue;
        }
        for (uint32_t s = 0; s < o->slot_count && why == NULL; s++) {
            why = check_slot(m, (struct ref){i, s}, caps);
        }
        if (why == NULL && o->type == KAAL_OBJ_TCB) {
            why = check_thread(m, i);
        } else if (why == NULL && o->type == KAAL_OBJ_SCHED_CONTEXT) {
            why = check_sc(m, i);
        } else if (why == NULL && o->type == KAAL_OBJ_NOTIFICATION) {
            why = check_ntfn(m, i);
        } else if (why == NULL && o->type == KAAL_OBJ_REPLY) {
            why = check_reply(m, i);
        }
    }
    for (int i = 1; i < m->objects && why == NULL; i++) {
        const struct object *o = &m->object[i];
        if (o->live && o->type != MODEL_IRQ_NODE && (o->caps == 0 || o->caps != caps[i])) {
            why = "an object with a wrong number of capabilities";
        }
    }
    if (why == NULL && m->current != 0 && tcb_at(m, m->current)->sc != m->current_sc) {
        why = "the current thread does not run on the context in use";
    }
    free(caps);
    return why;
}
