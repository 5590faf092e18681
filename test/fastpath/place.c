/* SPDX-License-Identifier: Apache-2.0 */
#include "place.h"

#include <stdint.h>
#include <stdio.h>

#include "object/endpoint.h"
#include "object/notification.h"
#include "object/reply.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "world.h"

struct field {
    const char *name;
    size_t offset;
};

/* In the order of their offsets: a word is in the last one that begins before its end. */
#define F(type, name) {#name, offsetof(struct type, name)}
static const struct field tcb_fields[] = {F(tcb, regs),
                                          F(tcb, regs.sp),
                                          F(tcb, regs.pc),
                                          F(tcb, regs.pstate),
                                          F(tcb, regs.tls),
                                          F(tcb, slots),
                                          F(tcb, state),
                                          F(tcb, priority),
                                          F(tcb, mcp),
                                          F(tcb, domain),
                                          F(tcb, flags),
                                          F(tcb, is_call),
                                          F(tcb, badge),
                                          F(tcb, arrival),
                                          F(tcb, blocked_on),
                                          F(tcb, reply),
                                          F(tcb, sc),
                                          F(tcb, yield_to),
                                          F(tcb, bound_ntfn),
                                          F(tcb, ready_next),
                                          F(tcb, ready_prev),
                                          F(tcb, wait),
                                          F(tcb, ipc_buffer_vaddr),
                                          F(tcb, fault),
                                          F(tcb, name),
                                          F(tcb, fp),
                                          {NULL, sizeof(struct tcb)}};
static const struct field endpoint_fields[] = {
    F(endpoint, waiters),           F(endpoint, is_receiving),
    F(endpoint, cancelled),         F(endpoint, cursor),
    F(endpoint, arrivals),          F(endpoint, cancel_until),
    {NULL, sizeof(struct endpoint)}};
static const struct field ntfn_fields[] = {F(ntfn, waiters), F(ntfn, pending),
                                           F(ntfn, bound),   F(ntfn, sc),
                                           F(ntfn, active),  {NULL, sizeof(struct ntfn)}};
static const struct field reply_fields[] = {
    F(reply, tcb), F(reply, prev), F(reply, next), F(reply, sc), {NULL, sizeof(struct reply)}};
static const struct field sc_fields[] = {
    F(sc, budget),       F(sc, period),       F(sc, consumed), F(sc, tcb),  F(sc, ntfn),
    F(sc, reply),        F(sc, yield_from),   F(sc, badge),    F(sc, core), F(sc, refill_max),
    F(sc, refill_first), F(sc, refill_count), F(sc, refills),  {NULL, 512}};
static const struct field cpu_fields[] = {F(cpu, current),
                                          F(cpu, stack_top),
                                          F(cpu, fp_owner),
                                          F(cpu, id),
                                          F(cpu, sched.ready),
                                          F(cpu, sched.bitmap),
                                          F(cpu, sched.domains),
                                          F(cpu, sched.release),
                                          F(cpu, sched.candidate),
                                          F(cpu, sched.favoured),
                                          F(cpu, sched.charged),
                                          F(cpu, sched.charge_start),
                                          F(cpu, sched.now),
                                          F(cpu, sched.emptied),
                                          F(cpu, sched.top),
                                          F(cpu, sched.emptied_sc),
                                          F(cpu, sched.is_overrun),
                                          F(cpu, sched.armed),
                                          F(cpu, idle),
                                          {NULL, sizeof(struct cpu)}};
static const struct field host_fields[] = {F(host, now),        F(host, step),
                                           F(host, deadline),   F(host, irq_raised),
                                           F(host, irq_masked), F(host, irq_edge),
                                           F(host, irq_active), F(host, pending_calls),
                                           F(host, preempted),  {NULL, sizeof(struct host)}};
#undef F

/* A word of structure base: "<what> <field> + <offset>". */
static bool name_field(const void *at, const void *base, const struct field *fields,
                       const char *what, char *name, size_t size)
{
    const size_t offset = (uintptr_t)at - (uintptr_t)base;
    const struct field *f = fields;
    size_t end = 0;
    for (const struct field *last = fields; end == 0; last++) {
        end = last->name == NULL ? last->offset : 0;
    }
    if (base == NULL || offset >= end) {
        return false;
    }
    while (f[1].name != NULL && f[1].offset < offset + 8) {
        f++;
    }
    snprintf(name, size, "%s %s + %zu", what, f->name, offset > f->offset ? offset - f->offset : 0);
    return true;
}

static const struct {
    const char *name;
    unsigned first, count;
    const struct field *fields;
    enum cap_type type;
} kinds[] = {
    {"thread", AT_THREAD, WORLD_THREADS, tcb_fields, CAP_TCB},
    {"endpoint", AT_ENDPOINT, WORLD_ENDPOINTS, endpoint_fields, CAP_ENDPOINT},
    {"notification", AT_NTFN, WORLD_NTFNS, ntfn_fields, CAP_NOTIFICATION},
    {"reply", AT_REPLY, WORLD_REPLIES, reply_fields, CAP_REPLY},
    {"scheduling context", AT_SC, WORLD_SCS, sc_fields, CAP_SCHED_CONTEXT},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static bool name_object(const void *at, char *name, size_t size)
{
    for (unsigned k = 0; k < KINDS; k++) {
        for (unsigned i = 0; i < kinds[k].count; i++) {
            const struct cap *cap = &world_slot(kinds[k].first + i)->cap;
            char what[64];
            snprintf(what, sizeof(what), "%s %u", kinds[k].name, i);
            if (cap->type == kinds[k].type &&
                name_field(at, cap->obj, kinds[k].fields, what, name, size)) {
                return true;
            }
        }
    }
    return false;
}

/* A slot of a CNode, or a page, by its place. */
static bool name_memory(const void *at, char *name, size_t size)
{
    for (unsigned i = 0; i < WORLD_NODES; i++) {
        const struct cap *cap = &world_slot(AT_NODE + i)->cap;
        const size_t offset = (uintptr_t)at - (uintptr_t)cap->obj;
        if (cap->type == CAP_CNODE && offset < sizeof(struct slot) << cap_cnode_radix(cap)) {
            snprintf(name, size, "CNode %u slot %zu + %zu", i, offset / sizeof(struct slot),
                     offset % sizeof(struct slot));
            return true;
        }
    }
    for (unsigned i = 0; i < WORLD_PAGES; i++) {
        const size_t offset = (uintptr_t)at - (uintptr_t)world_slot(AT_PAGE + i)->cap.obj;
        if (offset < 4096) {
            snprintf(name, size, "IPC buffer of thread %u + %zu",
                     i + WORLD_PAGES * (unsigned)(offset / 1024), offset % 1024);
            return true;
        }
    }
    return false;
}

void place_name(const void *at, char *name, size_t size)
{
    if (name_field(at, &host_cpu, cpu_fields, "cpu", name, size) ||
        name_field(at, &host, host_fields, "machine", name, size) || name_object(at, name, size) ||
        name_memory(at, name, size)) {
        return;
    }
    const size_t in_store = (uintptr_t)at - (uintptr_t)world_slot(0);
    if (in_store < sizeof(struct slot) << WORLD_STORE_RADIX) {
        snprintf(name, size, "store slot %zu + %zu", in_store / sizeof(struct slot),
                 in_store % sizeof(struct slot));
    } else if (host_is_ram(at)) {
        snprintf(name, size, "physical %#llx", (unsigned long long)arch_virt_to_phys(at));
    } else {
        snprintf(name, size, "variable at %p", at);
    }
}
