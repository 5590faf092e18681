/* SPDX-License-Identifier: Apache-2.0 */
#include "mirror.h"

#include <stdlib.h>
#include <string.h>

#include "arch/aarch64/pure/pte.h"
#include "object/asid.h"
#include "object/irq.h"
#include "object/tcb.h"

#include "kernel.h"

struct model *model;

/* ---- Boot ----------------------------------------------------------------------- */

enum { BOOT_MAX = 256 };

static struct model_boot_untyped untyped[BOOT_MAX];
static struct model_boot_page pages[BOOT_MAX];
static struct model_boot_table tables[BOOT_MAX];

static uint64_t root_object(enum kaal_root_slot slot)
{
    return arch_virt_to_phys(kernel.root_cnode[slot].cap.obj);
}

static const struct kernel_mapping *leaf_at(uint64_t vaddr)
{
    for (unsigned i = 0; i < kernel.mapping_count; i++) {
        const struct kernel_mapping *m = &kernel.mappings[i];
        if (m->vaddr == vaddr && !pte_is_table(m->pte, m->level)) {
            return m;
        }
    }
    abort();
}

static struct model_boot_page boot_page(const struct cap *cap, uint32_t slot)
{
    const uint64_t pte = leaf_at(cap_mapped_vaddr(cap))->pte;
    struct model_boot_page page = {
        .paddr = arch_virt_to_phys(cap->obj),
        .vaddr = cap_mapped_vaddr(cap),
        .slot = slot,
        .size_bits = (uint8_t)cap_page_bits(cap),
        .rights = cap->rights,
        .map_rights = KAAL_RIGHT_READ,
        .attributes = KAAL_MAP_CACHED,
        .mapped = true,
    };
    page.map_rights |= (pte & PTE_AP_RO) == 0 ? KAAL_RIGHT_WRITE : 0;
    page.attributes |= (pte & PTE_UXN) == 0 ? KAAL_MAP_EXECUTE : 0;
    return page;
}

/* All zero words of memory are zero in the model too. */
static void copy_page(uint64_t paddr)
{
    const uint64_t *words = arch_phys_to_virt(paddr);
    for (unsigned i = 0; i < KAAL_PAGE_SIZE / 8; i++) {
        if (words[i] != 0) {
            model_write(model, paddr + i * 8, words[i]);
        }
    }
}

void model_start(void)
{
    const struct tcb *root = host_cpu.current;
    struct model_boot boot = {
        .timer_hz = KERNEL_TICKS_PER_US * UINT64_C(1000000),
        .now = host.now,
        .irq_last = HOST_IRQS - 1,
        .timer_irq = KERNEL_TIMER_IRQ,
        .debug = KAAL_CFG_DEBUG,
        .tcb_paddr = root_object(KAAL_ROOT_TCB),
        .cnode_paddr = root_object(KAAL_ROOT_CNODE),
        .vspace_paddr = root_object(KAAL_ROOT_VSPACE),
        .asid_pool_paddr = root_object(KAAL_ROOT_ASID_POOL),
        .sc_paddr = root_object(KAAL_ROOT_SCHED_CONTEXT),
        .entry = root->regs.pc,
        .bootinfo_vaddr = root->regs.x[0],
        .ipc_buffer_vaddr = root->regs.ipc_buffer,
        .pstate = root->regs.pstate,
        .untyped = untyped,
        .pages = pages,
        .tables = tables,
    };
    for (uint32_t i = 0; i < 1 << KAAL_ROOT_CNODE_RADIX; i++) {
        const struct cap *cap = &kernel.root_cnode[i].cap;
        if (cap->type == CAP_UNTYPED) {
            untyped[boot.untyped_count++] = (struct model_boot_untyped){
                arch_virt_to_phys(cap->obj), i, (uint8_t)cap_untyped_bits(cap),
                cap_untyped_is_device(cap)};
        } else if (cap->type == CAP_PAGE) {
            pages[boot.page_count++] = boot_page(cap, i);
        } else if (cap->type == CAP_PAGE_TABLE) {
            tables[boot.table_count++] = (struct model_boot_table){
                arch_virt_to_phys(cap->obj), cap_mapped_vaddr(cap), i, (uint8_t)cap_pt_level(cap)};
        }
    }
    model_free(model);
    model = model_new(&boot);
    if (model == NULL) {
        fprintf(stderr, "the model cannot start\n");
        exit(2);
    }
    copy_page(root_object(KAAL_ROOT_BOOTINFO_PAGE));
}

/* ---- Slots ------------------------------------------------------------------------ */

static struct view_place place_of(struct model_slot slot)
{
    return (struct view_place){slot.object, slot.index};
}

static void put_mapped(struct view *v, uint64_t id, const struct model_cap *cap)
{
    if (cap->mapped && model_asid(model, cap->asid) != 0) {
        view_put(v, V_SLOT, id, F_ASID, 0, cap->asid);
        view_put(v, V_SLOT, id, F_VADDR, 0, cap->vaddr);
    }
}

static void put_cap(struct view *v, uint64_t id, const struct model_cap *cap)
{
    view_put(v, V_SLOT, id, F_TYPE, 0, cap->type);
    if (cap->type == MODEL_IRQ_HANDLER) {
        view_put(v, V_SLOT, id, F_NUMBER, 0, cap->object);
    } else {
        view_put(v, V_SLOT, id, F_OBJECT, 0, cap->object);
    }
    switch (cap->type) {
    case KAAL_OBJ_UNTYPED:
        view_put(v, V_SLOT, id, F_SIZE, 0, cap->size_bits);
        view_put(v, V_SLOT, id, F_DEVICE, 0, cap->is_device);
        view_put(v, V_SLOT, id, F_WATERMARK, 0, cap->children == 0 ? 0 : cap->watermark);
        break;
    case KAAL_OBJ_ENDPOINT:
    case KAAL_OBJ_NOTIFICATION:
        view_put(v, V_SLOT, id, F_RIGHTS, 0, view_rights(cap->type, cap->rights));
        view_put(v, V_SLOT, id, F_BADGE, 0, cap->badge);
        break;
    case KAAL_OBJ_REPLY:
        view_put(v, V_SLOT, id, F_RIGHTS, 0, view_rights(cap->type, cap->rights));
        break;
    case KAAL_OBJ_SCHED_CONTEXT:
        view_put(v, V_SLOT, id, F_SIZE, 0, cap->size_bits);
        break;
    case KAAL_OBJ_CNODE:
        view_put(v, V_SLOT, id, F_SIZE, 0, cap->size_bits);
        view_put(v, V_SLOT, id, F_GUARD, 0, cap->guard);
        view_put(v, V_SLOT, id, F_GUARD_BITS, 0, cap->guard_bits);
        break;
    case KAAL_OBJ_PAGE:
        view_put(v, V_SLOT, id, F_SIZE, 0, cap->size_bits);
        view_put(v, V_SLOT, id, F_DEVICE, 0, cap->is_device);
        view_put(v, V_SLOT, id, F_RIGHTS, 0, view_rights(cap->type, cap->rights));
        put_mapped(v, id, cap);
        break;
    case KAAL_OBJ_PAGE_TABLE:
        put_mapped(v, id, cap);
        break;
    case KAAL_OBJ_VSPACE:
        view_put(v, V_SLOT, id, F_ASID, 0, cap->asid);
        break;
    default:
        break;
    }
}

/* ---- Objects -------------------------------------------------------------------------- */

enum { QUEUE_MAX = 256 };

static void put_waiters(struct view *v, uint64_t id)
{
    uint64_t queue[QUEUE_MAX];
    const size_t n = model_waiters(model, id, queue, QUEUE_MAX);
    for (size_t i = 0; i < n; i++) {
        view_put(v, V_WAITERS, id, F_WAITER, i, queue[i]);
    }
}

static void put_ntfn(struct view *v, uint64_t id)
{
    struct model_ntfn n;
    put_waiters(v, id);
    if (model_ntfn(model, id, &n)) {
        view_put(v, V_NTFN, id, F_ACTIVE, 0, n.active);
        view_put(v, V_NTFN, id, F_PENDING, 0, n.pending);
        view_put(v, V_NTFN, id, F_BOUND, 0, n.bound_tcb);
        view_put(v, V_NTFN, id, F_SC, 0, n.sc);
    }
}

static void put_reply(struct view *v, uint64_t id)
{
    struct model_reply r;
    if (model_reply(model, id, &r)) {
        view_put(v, V_REPLY, id, F_CALLER, 0, r.tcb);
        view_put(v, V_REPLY, id, F_STATE, 0, r.answers);
    }
}

static void put_sc(struct view *v, uint64_t id)
{
    static struct model_sc sc;
    if (!model_sc(model, id, &sc)) {
        return;
    }
    view_put(v, V_SC, id, F_BUDGET, 0, sc.budget);
    view_put(v, V_SC, id, F_PERIOD, 0, sc.period);
    view_put(v, V_SC, id, F_CONSUMED, 0, sc.consumed);
    view_put(v, V_SC, id, F_BADGE, 0, sc.badge);
    view_put(v, V_SC, id, F_BOUND, 0, sc.tcb);
    view_put(v, V_SC, id, F_BOUND, 1, sc.ntfn);
    view_put(v, V_SC, id, F_YIELD, 0, sc.yield_from);
    if (sc.budget != 0 && !sc.round_robin) {
        view_put(v, V_SC, id, F_EXTRA, 0, sc.max_refills);
    }
    for (unsigned i = 0; i < sc.refills; i++) {
        view_put(v, V_SC, id, F_REFILL_AMOUNT, i, sc.refill[i].amount);
        view_put(v, V_SC, id, F_REFILL_TIME, i, sc.round_robin ? 0 : sc.refill[i].time);
    }
    for (uint32_t i = 0; i < sc.replies; i++) {
        view_put(v, V_SC, id, F_REPLY, i, model_sc_reply(model, id, i));
    }
}

static void put_tcb(struct view *v, uint64_t id)
{
    static const enum view_state states[] = {
        [MODEL_STOPPED] = VS_STOPPED,   [MODEL_RUNNABLE] = VS_RUNNABLE, [MODEL_SENDING] = VS_SEND,
        [MODEL_RECEIVING] = VS_RECEIVE, [MODEL_REPLYING] = VS_REPLY,    [MODEL_WAITING] = VS_NTFN,
    };
    struct model_thread t;
    if (!model_thread(model, id, &t)) {
        return;
    }
    const enum view_state state = states[t.state];
    view_put(v, V_TCB, id, F_STATE, 0, state);
    view_put(v, V_TCB, id, F_PRIORITY, 0, t.priority);
    view_put(v, V_TCB, id, F_MCP, 0, t.mcp);
    view_put(v, V_TCB, id, F_SC, 0, t.sc);
    view_put(v, V_TCB, id, F_BOUND, 0, t.bound_ntfn);
    if (state != VS_REPLY) {
        view_put(v, V_TCB, id, F_BLOCKED_ON, 0, t.waits_on);
    }
    if (state == VS_RECEIVE || state == VS_REPLY) {
        view_put(v, V_TCB, id, F_REPLY, 0, t.reply);
    }
    if (state == VS_SEND) {
        view_put(v, V_TCB, id, F_SENDER_BADGE, 0, t.badge);
        view_put(v, V_TCB, id, F_SENDER_CALLS, 0, t.fault == KAAL_FAULT_NONE && t.is_call);
        view_put(v, V_TCB, id, F_SENDER_GRANTS, 0, t.can_grant);
        view_put(v, V_TCB, id, F_SENDER_GRANTS_REPLY, 0, t.can_grant_reply);
    }
    if (state == VS_SEND || state == VS_REPLY) {
        view_put(v, V_TCB, id, F_FAULT, 0, t.fault);
    }
    view_put(v, V_TCB, id, F_DOMAIN, 0, t.domain);
    view_put(v, V_TCB, id, F_FLAGS, 0, t.flags);
    view_put(v, V_TCB, id, F_YIELD, 0, t.yield_to);
    for (unsigned i = 0; i < MODEL_REGS; i++) {
        view_put(v, V_TCB, id, F_REGISTER, i, t.x[i]);
    }
    view_put(v, V_TCB, id, F_REGISTER, VR_SP, t.sp);
    view_put(v, V_TCB, id, F_REGISTER, VR_PC, t.pc);
    view_put(v, V_TCB, id, F_REGISTER, VR_PSTATE, t.pstate);
    view_put(v, V_TCB, id, F_REGISTER, VR_TLS, t.tls);
    view_put(v, V_TCB, id, F_REGISTER, VR_BUFFER, t.buffer);
}

static void put_object(struct view *v, const struct model_cap *cap)
{
    switch (cap->type) {
    case KAAL_OBJ_ENDPOINT:
        put_waiters(v, cap->object);
        break;
    case KAAL_OBJ_NOTIFICATION:
        put_ntfn(v, cap->object);
        break;
    case KAAL_OBJ_REPLY:
        put_reply(v, cap->object);
        break;
    case KAAL_OBJ_SCHED_CONTEXT:
        put_sc(v, cap->object);
        break;
    case KAAL_OBJ_TCB:
        put_tcb(v, cap->object);
        break;
    default:
        break;
    }
}

/* ---- Address spaces --------------------------------------------------------------------- */

static uint64_t rights_of(const struct model_mapping *m)
{
    const bool read = (m->rights & KAAL_RIGHT_READ) != 0;
    const bool write = read && (m->rights & KAAL_RIGHT_WRITE) != 0;
    const bool cached = (m->attributes & KAAL_MAP_CACHED) != 0;
    const bool execute = read && cached && !write && (m->attributes & KAAL_MAP_EXECUTE) != 0;
    return (read ? VIEW_CAN_READ : 0) | (write ? VIEW_CAN_WRITE : 0) |
           (execute ? VIEW_CAN_EXECUTE : 0) | (cached ? VIEW_IS_CACHED : 0);
}

static void put_mapping(struct view *v, uint64_t vspace, uint64_t vaddr)
{
    struct model_mapping m;
    if (model_mapping(model, vspace, vaddr, &m)) {
        const unsigned level = (39U - m.size_bits) / 9;
        view_put(v, V_TABLE, vspace, F_ENTRY, vaddr >> KAAL_PAGE_BITS,
                 m.paddr | level << VIEW_LEVEL_SHIFT | rights_of(&m));
    }
}

static bool kernel_has_leaf(uint64_t vspace, uint64_t vaddr)
{
    for (unsigned i = 0; i < kernel.mapping_count; i++) {
        const struct kernel_mapping *m = &kernel.mappings[i];
        if (m->vspace == vspace && m->vaddr == vaddr && !pte_is_table(m->pte, m->level)) {
            return true;
        }
    }
    return false;
}

/* The model may think that something is mapped where the kernel has nothing. */
static void put_missing_mapping(struct view *v, const struct model_cap *cap)
{
    const bool is_page = cap->type == KAAL_OBJ_PAGE;
    if (is_page && cap->mapped && !kernel_has_leaf(cap->vspace, cap->vaddr)) {
        put_mapping(v, cap->vspace, cap->vaddr);
    }
}

static void put_mappings(struct view *v)
{
    for (unsigned i = 0; i < kernel.mapping_count; i++) {
        const struct kernel_mapping *m = &kernel.mappings[i];
        if (pte_is_table(m->pte, m->level)) {
            view_put(v, V_TABLE, m->vspace, F_LEVEL, view_table_index(m->vaddr, m->level + 1),
                     model_table(model, m->vspace, m->vaddr, m->level + 1));
        } else {
            put_mapping(v, m->vspace, m->vaddr);
        }
    }
}

/* ---- The machine ---------------------------------------------------------------------- */

static void put_irqs(struct view *v)
{
    struct model_irq_line line;
    for (unsigned irq = IRQ_FIRST; irq < HOST_IRQS; irq++) {
        if (model_irq_line(model, irq, &line) && line.issued) {
            view_put(v, V_IRQ, irq, F_ISSUED, 0, 1);
            view_put(v, V_IRQ, irq, F_MASKED, 0, line.masked);
            view_put(v, V_IRQ, irq, F_EDGE, 0, line.edge);
            view_put(v, V_IRQ, irq, F_OBJECT, 0, line.ntfn);
            view_put(v, V_IRQ, irq, F_BADGE, 0, line.badge);
        }
    }
}

static void put_ready(struct view *v, unsigned domain, unsigned priority)
{
    uint64_t queue[QUEUE_MAX];
    const size_t n = model_ready(model, domain, priority, queue, QUEUE_MAX);
    for (size_t i = 0; i < n; i++) {
        view_put(v, V_MACHINE, domain << 8 | priority, F_READY, i, queue[i]);
    }
}

static void put_domains(struct view *v)
{
    struct model_domains d;
    model_domains(model, &d);
    view_put(v, V_MACHINE, 0, F_DOMAIN, 0, d.current);
    if (d.started && d.end != UINT64_MAX) {
        view_put(v, V_MACHINE, 0, F_SCHEDULE_AT, 0, d.entry);
        view_put(v, V_MACHINE, 0, F_SCHEDULE_AT, 1, d.start);
        view_put(v, V_MACHINE, 0, F_SCHEDULE_AT, 2, d.end);
    }
    for (unsigned i = 0; i < MODEL_DOMAINS; i++) {
        if (d.duration[i] != 0) {
            view_put(v, V_MACHINE, i, F_SCHEDULE_DOMAIN, 0, d.domain[i]);
            view_put(v, V_MACHINE, i, F_SCHEDULE_TIME, 0, d.duration[i]);
        }
    }
}

static void put_scheduler(struct view *v)
{
    static bool seen[MODEL_DOMAINS * 256];
    uint64_t queue[QUEUE_MAX];
    struct model_thread t;

    view_put(v, V_MACHINE, 0, F_CURRENT, 0, model_current(model));
    memset(seen, 0, sizeof(seen));
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        const struct cap *cap = &kernel.slots[i]->cap;
        if (cap->type != CAP_TCB || !model_thread(model, arch_virt_to_phys(cap->obj), &t) ||
            t.queue != MODEL_READY) {
            continue;
        }
        const unsigned q = (unsigned)t.domain << 8 | t.priority;
        if (!seen[q]) {
            seen[q] = true;
            put_ready(v, t.domain, t.priority);
        }
    }
    const size_t n = model_release(model, queue, QUEUE_MAX);
    for (size_t i = 0; i < n; i++) {
        view_put(v, V_MACHINE, 0, F_RELEASE, i, queue[i]);
    }
    put_domains(v);
    const uint64_t deadline = model_deadline(model);
    view_put(v, V_MACHINE, 0, F_TIMER, 0, deadline == UINT64_MAX ? 0 : deadline);
}

uint64_t model_buffer(uint64_t tcb)
{
    struct model_thread t;
    struct model_cap page;
    const struct model_slot slot = {tcb, MODEL_TCB_BUFFER};
    const uint8_t rights = KAAL_RIGHT_READ | KAAL_RIGHT_WRITE;
    if (!model_thread(model, tcb, &t) || !model_cap(model, slot, &page) ||
        page.type != KAAL_OBJ_PAGE || (page.rights & rights) != rights) {
        return 0;
    }
    return page.object + (t.buffer & ((UINT64_C(1) << page.size_bits) - 1));
}

static void put_buffers(struct view *v)
{
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        const struct cap *cap = &kernel.slots[i]->cap;
        const uint64_t buffer =
            cap->type == CAP_TCB ? model_buffer(arch_virt_to_phys(cap->obj)) : 0;
        for (unsigned w = KAAL_MSG_REGS; buffer != 0 && w < EVENT_BUFFER_WORDS; w++) {
            view_put(v, V_MEMORY, buffer, F_WORD, w, model_read(model, buffer + w * 8));
        }
    }
}

void model_view(struct view *v, bool with_buffers)
{
    struct model_cap cap;
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        const struct view_place place = kernel.places[i];
        const struct model_slot slot = {place.object, place.index};
        const uint64_t id = view_slot_id(place);
        if (place.object == VIEW_IRQS || !model_cap(model, slot, &cap)) {
            continue;
        }
        put_cap(v, id, &cap);
        view_put(v, V_SLOT, id, F_PARENT, 0, view_slot_id(place_of(cap.parent)));
        view_put(v, V_SLOT, id, F_ORIGINAL, 0, cap.is_original);
        view_put(v, V_SLOT, id, F_CHILDREN, 0, cap.children);
        view_put(v, V_SLOT, id, F_ORDER, 0, cap.parent.object == 0 ? 0 : cap.place);
        put_object(v, &cap);
        put_missing_mapping(v, &cap);
    }
    put_mappings(v);
    put_irqs(v);
    put_scheduler(v);
    if (with_buffers) {
        put_buffers(v);
    }
}
