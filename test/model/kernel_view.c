/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's state as records. */
#include <string.h>

#include "arch/aarch64/pure/pte.h"
#include "object/asid.h"
#include "object/endpoint.h"
#include "object/irq.h"
#include "object/notification.h"
#include "object/reply.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "kernel.h"
#include "model.h"

static uint64_t paddr_of(const void *object)
{
    return object == NULL ? 0 : arch_virt_to_phys(object);
}

/* ---- Where a slot is ------------------------------------------------------------- */

enum { HOLDERS = KERNEL_SLOTS };

/* Objects that hold slots. */
static struct holder {
    uint64_t paddr, first, end; /* of its slots */
} holders[HOLDERS];
static unsigned holder_count;

static void add_holder(uint64_t paddr, const struct slot *slots, uint64_t count)
{
    const uint64_t first = paddr_of(slots);
    for (unsigned i = 0; i < holder_count; i++) {
        if (holders[i].paddr == paddr) {
            return;
        }
    }
    if (holder_count < HOLDERS) {
        holders[holder_count++] =
            (struct holder){paddr, first, first + count * sizeof(struct slot)};
    }
}

static void find_holders(void)
{
    holder_count = 0;
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        const struct cap *cap = &kernel.slots[i]->cap;
        if (cap->type == CAP_CNODE) {
            add_holder(paddr_of(cap->obj), cap_cnode_slots(cap),
                       (uint64_t)1 << cap_cnode_radix(cap));
        } else if (cap->type == CAP_TCB) {
            add_holder(paddr_of(cap->obj), cap_tcb(cap)->slots, TCB_SLOTS);
        }
    }
}

static struct view_place place_of(const struct slot *slot)
{
    static unsigned last;
    if (slot == &cdt_anchor) {
        return (struct view_place){0};
    }
    if (!host_is_ram(slot)) {
        const size_t size = (size_t)((const char *)kernel_irq_slot(1) - (char *)kernel_irq_slot(0));
        return (struct view_place){
            VIEW_IRQS,
            (uint32_t)((size_t)((const char *)slot - (char *)kernel_irq_slot(0)) / size)};
    }
    const uint64_t paddr = paddr_of(slot);
    for (unsigned n = 0; n < holder_count; n++) {
        const unsigned i = (last + n) % holder_count;
        if (paddr >= holders[i].first && paddr < holders[i].end) {
            last = i;
            return (struct view_place){
                holders[i].paddr, (uint32_t)((paddr - holders[i].first) / sizeof(struct slot))};
        }
    }
    return (struct view_place){VIEW_NOWHERE, 0};
}

/* ---- Slots ------------------------------------------------------------------------- */

static unsigned child_count(const struct slot *slot)
{
    unsigned n = 0;
    for (const struct slot *s = slot->first; s != NULL; s = s == slot->last ? NULL : s->next) {
        n++;
    }
    return n;
}

/* Of an address space that is gone nothing is left. */
static void put_mapping(struct view *v, uint64_t id, const struct cap *cap)
{
    if (asid_lookup(cap_asid(cap)) != NULL) {
        view_put(v, V_SLOT, id, F_ASID, 0, cap_asid(cap));
        view_put(v, V_SLOT, id, F_VADDR, 0, cap_mapped_vaddr(cap));
    }
}

/* The model's numbers of types. */
static unsigned type_of(const struct cap *cap)
{
    switch (cap->type) {
    case CAP_ASID_POOL:
        return MODEL_ASID_POOL;
    case CAP_ASID_CONTROL:
        return MODEL_ASID_CONTROL;
    case CAP_IRQ_CONTROL:
        return MODEL_IRQ_CONTROL;
    case CAP_IRQ_HANDLER:
        return MODEL_IRQ_HANDLER;
    case CAP_SCHED_CONTROL:
        return MODEL_SCHED_CONTROL;
    case CAP_DOMAIN:
        return MODEL_DOMAIN;
    case CAP_POWER:
        return MODEL_POWER;
    default:
        return cap->type;
    }
}

static void put_cap(struct view *v, uint64_t id, const struct slot *slot)
{
    const struct cap *cap = &slot->cap;
    unsigned asid;
    view_put(v, V_SLOT, id, F_TYPE, 0, type_of(cap));
    view_put(v, V_SLOT, id, F_OBJECT, 0, paddr_of(cap->obj));
    switch (cap->type) {
    case CAP_UNTYPED:
        view_put(v, V_SLOT, id, F_SIZE, 0, cap_untyped_bits(cap));
        view_put(v, V_SLOT, id, F_DEVICE, 0, cap_untyped_is_device(cap));
        view_put(v, V_SLOT, id, F_WATERMARK, 0,
                 slot->first == NULL ? 0 : cap_untyped_watermark(cap));
        break;
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        view_put(v, V_SLOT, id, F_RIGHTS, 0, view_rights(cap->type, cap->rights));
        view_put(v, V_SLOT, id, F_BADGE, 0, cap_badge(cap));
        break;
    case CAP_REPLY:
        view_put(v, V_SLOT, id, F_RIGHTS, 0, view_rights(cap->type, cap->rights));
        break;
    case CAP_SCHED_CONTEXT:
        view_put(v, V_SLOT, id, F_SIZE, 0, cap->a);
        break;
    case CAP_CNODE:
        view_put(v, V_SLOT, id, F_SIZE, 0, cap_cnode_radix(cap));
        view_put(v, V_SLOT, id, F_GUARD, 0, cap_cnode_guard(cap));
        view_put(v, V_SLOT, id, F_GUARD_BITS, 0, cap_cnode_guard_bits(cap));
        break;
    case CAP_PAGE:
        view_put(v, V_SLOT, id, F_SIZE, 0, cap_page_bits(cap));
        view_put(v, V_SLOT, id, F_DEVICE, 0, cap_page_is_device(cap));
        view_put(v, V_SLOT, id, F_RIGHTS, 0, view_rights(cap->type, cap->rights));
        put_mapping(v, id, cap);
        break;
    case CAP_PAGE_TABLE:
        put_mapping(v, id, cap);
        break;
    case CAP_VSPACE:
        if (asid_root_of(cap, &asid) != NULL) {
            view_put(v, V_SLOT, id, F_ASID, 0, asid);
        }
        break;
    case CAP_IRQ_HANDLER:
        view_put(v, V_SLOT, id, F_NUMBER, 0, cap_index(cap));
        break;
    default:
        break;
    }
}

/* ---- Objects -------------------------------------------------------------------------- */

static void put_waiters(struct view *v, uint64_t id, const struct tree *tree)
{
    unsigned i = 0;
    for (struct tree_node *n = tree_first(tree); n != NULL; n = tree_next(n)) {
        view_put(v, V_WAITERS, id, F_WAITER, i++, paddr_of(tcb_of_wait(n)));
    }
}

static void put_ntfn(struct view *v, uint64_t id, const struct ntfn *n)
{
    put_waiters(v, id, &n->waiters);
    view_put(v, V_NTFN, id, F_ACTIVE, 0, n->active);
    view_put(v, V_NTFN, id, F_PENDING, 0, n->pending);
    view_put(v, V_NTFN, id, F_BOUND, 0, paddr_of(n->bound));
    view_put(v, V_NTFN, id, F_SC, 0, paddr_of(n->sc));
}

static void put_reply(struct view *v, uint64_t id, const struct reply *reply)
{
    view_put(v, V_REPLY, id, F_CALLER, 0, paddr_of(reply->tcb));
    view_put(v, V_REPLY, id, F_STATE, 0,
             reply->tcb != NULL && reply->tcb->state == TCB_BLOCKED_REPLY);
}

static void put_sc(struct view *v, uint64_t id, const struct sc *sc)
{
    unsigned i = 0;
    view_put(v, V_SC, id, F_BUDGET, 0, sc->budget);
    view_put(v, V_SC, id, F_PERIOD, 0, sc->period);
    view_put(v, V_SC, id, F_CONSUMED, 0, sc->consumed);
    view_put(v, V_SC, id, F_BADGE, 0, sc->badge);
    view_put(v, V_SC, id, F_BOUND, 0, paddr_of(sc->tcb));
    view_put(v, V_SC, id, F_BOUND, 1, paddr_of(sc->ntfn));
    view_put(v, V_SC, id, F_YIELD, 0, paddr_of(sc->yield_from));
    for (unsigned r = 0; sc->budget != 0 && r < sc->refill_count; r++) {
        const struct refill *refill = &sc->refills[(sc->refill_first + r) % sc->refill_max];
        view_put(v, V_SC, id, F_REFILL_AMOUNT, r, refill->amount);
        view_put(v, V_SC, id, F_REFILL_TIME, r, sc_is_round_robin(sc) ? 0 : refill->time);
    }
    if (sc->budget != 0 && !sc_is_round_robin(sc)) {
        view_put(v, V_SC, id, F_EXTRA, 0, sc->refill_max);
    }
    for (const struct reply *r = sc->reply; r != NULL; r = r->prev) {
        view_put(v, V_SC, id, F_REPLY, i++, paddr_of(r));
    }
}

static enum view_state state_of(const struct tcb *t)
{
    switch (t->state) {
    case TCB_BLOCKED_SEND:
        return VS_SEND;
    case TCB_BLOCKED_RECV:
        return VS_RECEIVE;
    case TCB_BLOCKED_REPLY:
        return VS_REPLY;
    case TCB_BLOCKED_NTFN:
        return VS_NTFN;
    case TCB_RUNNING:
        return VS_RUNNABLE;
    default:
        return VS_STOPPED;
    }
}

static void put_registers(struct view *v, uint64_t id, const struct arch_regs *regs)
{
    for (unsigned i = 0; i < 31; i++) {
        view_put(v, V_TCB, id, F_REGISTER, i, regs->x[i]);
    }
    view_put(v, V_TCB, id, F_REGISTER, VR_SP, regs->sp);
    view_put(v, V_TCB, id, F_REGISTER, VR_PC, regs->pc);
    view_put(v, V_TCB, id, F_REGISTER, VR_PSTATE, regs->pstate);
    view_put(v, V_TCB, id, F_REGISTER, VR_TLS, regs->tls);
    view_put(v, V_TCB, id, F_REGISTER, VR_BUFFER, regs->ipc_buffer);
}

static void put_tcb(struct view *v, uint64_t id, const struct tcb *t)
{
    const enum view_state state = state_of(t);

    view_put(v, V_TCB, id, F_STATE, 0, state);
    view_put(v, V_TCB, id, F_PRIORITY, 0, t->priority);
    view_put(v, V_TCB, id, F_MCP, 0, t->mcp);
    view_put(v, V_TCB, id, F_SC, 0, paddr_of(t->sc));
    view_put(v, V_TCB, id, F_BOUND, 0, paddr_of(t->bound_ntfn));
    if (state != VS_REPLY) {
        view_put(v, V_TCB, id, F_BLOCKED_ON, 0, paddr_of(t->blocked_on));
    }
    if (state == VS_RECEIVE) {
        view_put(v, V_TCB, id, F_REPLY, 0, paddr_of(t->reply));
    } else if (state == VS_REPLY) {
        view_put(v, V_TCB, id, F_REPLY, 0, paddr_of(t->blocked_on));
    } else if (state == VS_SEND) {
        view_put(v, V_TCB, id, F_SENDER_BADGE, 0, t->badge);
        view_put(v, V_TCB, id, F_SENDER_CALLS, 0, t->fault.kind == KAAL_FAULT_NONE && t->is_call);
        view_put(v, V_TCB, id, F_SENDER_GRANTS, 0, t->can_grant);
        view_put(v, V_TCB, id, F_SENDER_GRANTS_REPLY, 0, t->can_grant_reply);
    }
    if (state == VS_SEND || state == VS_REPLY) {
        view_put(v, V_TCB, id, F_FAULT, 0, t->fault.kind);
    }
    view_put(v, V_TCB, id, F_DOMAIN, 0, t->domain);
    view_put(v, V_TCB, id, F_FLAGS, 0, t->flags);
    view_put(v, V_TCB, id, F_YIELD, 0, paddr_of(t->yield_to));
    put_registers(v, id, &t->regs);
}

static void put_object(struct view *v, const struct cap *cap)
{
    const uint64_t id = paddr_of(cap->obj);
    switch (cap->type) {
    case CAP_ENDPOINT:
        put_waiters(v, id, &cap_endpoint(cap)->waiters);
        break;
    case CAP_NOTIFICATION:
        put_ntfn(v, id, cap_ntfn(cap));
        break;
    case CAP_REPLY:
        put_reply(v, id, cap_reply(cap));
        break;
    case CAP_SCHED_CONTEXT:
        put_sc(v, id, cap_sc(cap));
        break;
    case CAP_TCB:
        put_tcb(v, id, cap_tcb(cap));
        break;
    default:
        break;
    }
}

/* ---- Address spaces --------------------------------------------------------------------- */

static void note_mapping(uint64_t vspace, uint64_t vaddr, unsigned level, pte_t pte)
{
    if (kernel.mapping_count < KERNEL_MAPPINGS) {
        kernel.mappings[kernel.mapping_count++] =
            (struct kernel_mapping){vspace, vaddr, level, pte};
    }
}

static void scan_table(uint64_t vspace, const pte_t *table, uint64_t vaddr, unsigned level)
{
    for (unsigned i = 0; i < ARCH_PT_ENTRIES; i++) {
        if (table[i] == 0) {
            continue;
        }
        const uint64_t at = vaddr + ((uint64_t)i << (39 - 9 * level));
        note_mapping(vspace, at, level, table[i]);
        if (pte_is_table(table[i], level)) {
            scan_table(vspace, (const pte_t *)arch_phys_to_virt(pte_paddr(table[i])), at,
                       level + 1);
        }
    }
}

static bool is_scanned(uint64_t vspace)
{
    for (unsigned i = 0; i < kernel.mapping_count; i++) {
        if (kernel.mappings[i].vspace == vspace) {
            return true;
        }
    }
    return false;
}

/* Address spaces without an identifier cannot be used: what their tables hold
 * does not matter. */
static void scan_vspaces(void)
{
    unsigned asid;
    kernel.mapping_count = 0;
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        const struct cap *cap = &kernel.slots[i]->cap;
        if (asid_root_of(cap, &asid) != NULL && !is_scanned(paddr_of(cap->obj))) {
            scan_table(paddr_of(cap->obj), cap_vspace(cap), 0, 0);
        }
    }
}

/* What user space may do there. */
static uint64_t rights_of(pte_t pte)
{
    uint64_t rights = 0;
    if ((pte & PTE_AP_EL0) != 0) {
        rights |= VIEW_CAN_READ;
        rights |= (pte & PTE_AP_RO) == 0 ? VIEW_CAN_WRITE : 0;
        rights |= (pte & PTE_UXN) == 0 ? VIEW_CAN_EXECUTE : 0;
    }
    return rights | ((pte & PTE_ATTR_MASK) == PTE_ATTR(PTE_MAIR_NORMAL) ? VIEW_IS_CACHED : 0);
}

static void put_mappings(struct view *v)
{
    for (unsigned i = 0; i < kernel.mapping_count; i++) {
        const struct kernel_mapping *m = &kernel.mappings[i];
        if (pte_is_table(m->pte, m->level)) {
            view_put(v, V_TABLE, m->vspace, F_LEVEL, view_table_index(m->vaddr, m->level + 1),
                     pte_paddr(m->pte));
        } else {
            view_put(v, V_TABLE, m->vspace, F_ENTRY, m->vaddr >> KAAL_PAGE_BITS,
                     pte_paddr(m->pte) | (uint64_t)m->level << VIEW_LEVEL_SHIFT |
                         rights_of(m->pte));
        }
    }
}

/* ---- The machine ---------------------------------------------------------------------- */

static void put_irqs(struct view *v)
{
    for (unsigned irq = IRQ_FIRST; irq < HOST_IRQS; irq++) {
        if (kernel_irq_is_issued(irq)) {
            const struct cap *cap = &kernel_irq_slot(irq)->cap;
            view_put(v, V_IRQ, irq, F_ISSUED, 0, 1);
            view_put(v, V_IRQ, irq, F_MASKED, 0, host.irq_masked[irq]);
            view_put(v, V_IRQ, irq, F_EDGE, 0, host.irq_edge[irq]);
            if (cap->type == CAP_NOTIFICATION) {
                view_put(v, V_IRQ, irq, F_OBJECT, 0, paddr_of(cap->obj));
                view_put(v, V_IRQ, irq, F_BADGE, 0, cap_badge(cap));
            }
        }
    }
}

static void put_ready(struct view *v, const struct sched *s, unsigned domain)
{
    for (unsigned w = 0; w < SCHED_PRIORITIES / 64; w++) {
        for (uint64_t bits = s->bitmap[domain][w]; bits != 0; bits &= bits - 1) {
            const unsigned p = w * 64 + (unsigned)__builtin_ctzll(bits);
            unsigned i = 0;
            for (const struct tcb *t = s->ready[domain][p].head; t != NULL; t = t->ready_next) {
                view_put(v, V_MACHINE, domain << 8 | p, F_READY, i++, paddr_of(t));
            }
        }
    }
}

static void put_domains(struct view *v, const struct domains *d)
{
    view_put(v, V_MACHINE, 0, F_DOMAIN, 0, d->current);
    if (d->end != UINT64_MAX) {
        view_put(v, V_MACHINE, 0, F_SCHEDULE_AT, 0, d->running);
        view_put(v, V_MACHINE, 0, F_SCHEDULE_AT, 1, d->first);
        view_put(v, V_MACHINE, 0, F_SCHEDULE_AT, 2, d->end);
    }
    for (unsigned i = 0; i < DOMAIN_ENTRIES; i++) {
        if (d->entries[i].duration != 0) {
            view_put(v, V_MACHINE, i, F_SCHEDULE_DOMAIN, 0, d->entries[i].domain);
            view_put(v, V_MACHINE, i, F_SCHEDULE_TIME, 0, d->entries[i].duration);
        }
    }
}

static void put_scheduler(struct view *v)
{
    const struct sched *s = &host_cpu.sched;
    unsigned i = 0;
    view_put(v, V_MACHINE, 0, F_CURRENT, 0, kernel_is_idle() ? 0 : paddr_of(host_cpu.current));
    for (unsigned d = 0; d < DOMAINS; d++) {
        put_ready(v, s, d);
    }
    i = 0;
    for (struct tree_node *n = tree_first(&s->release); n != NULL; n = tree_next(n)) {
        view_put(v, V_MACHINE, 0, F_RELEASE, i++, paddr_of(tcb_of_wait(n)));
    }
    put_domains(v, &s->domains);
    view_put(v, V_MACHINE, 0, F_TIMER, 0, host.deadline == UINT64_MAX ? 0 : host.deadline);
}

void kernel_scan(void)
{
    kernel_list_slots();
    find_holders();
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        kernel.places[i] = place_of(kernel.slots[i]);
    }
    scan_vspaces();
}

static void put_buffers(struct view *v)
{
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        const struct tcb *t = cap_tcb(&kernel.slots[i]->cap);
        const uint64_t *buffer =
            t == NULL ? NULL : (const uint64_t *)(const void *)tcb_ipc_buffer(t);
        for (unsigned w = KAAL_MSG_REGS; buffer != NULL && w < EVENT_BUFFER_WORDS; w++) {
            view_put(v, V_MEMORY, paddr_of(buffer), F_WORD, w, buffer[w]);
        }
    }
}

void kernel_view(struct view *v, bool with_buffers)
{
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        const struct slot *slot = kernel.slots[i];
        if (kernel.places[i].object == VIEW_IRQS) {
            continue; /* see put_irqs() */
        }
        const uint64_t id = view_slot_id(kernel.places[i]);
        const struct slot *parent = kernel.parents[i];
        put_cap(v, id, slot);
        view_put(v, V_SLOT, id, F_PARENT, 0, view_slot_id(place_of(parent)));
        view_put(v, V_SLOT, id, F_ORIGINAL, 0, (slot->flags & SLOT_ORIGINAL) != 0);
        view_put(v, V_SLOT, id, F_CHILDREN, 0, child_count(slot));
        view_put(v, V_SLOT, id, F_ORDER, 0, parent == &cdt_anchor ? 0 : kernel.order[i]);
        put_object(v, &slot->cap);
    }
    put_mappings(v);
    put_irqs(v);
    put_scheduler(v);
    if (with_buffers) {
        put_buffers(v);
    }
}
