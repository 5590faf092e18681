/* SPDX-License-Identifier: Apache-2.0 */
#include "pair.h"

#include <string.h>

#include "core/cspace.h"
#include "object/tcb.h"

#include "kernel.h"
#include "mirror.h"

enum { REPORT_LINES = 24, CHECK_EVERY = 32, TICKS_MAX = 64 };

struct pair_result pair_result;
static unsigned step_count;

/* ---- Compare ------------------------------------------------------------------- */

static bool states_are_equal(FILE *report, bool with_buffers)
{
    static struct view k, m;
    view_begin(&k, false);
    view_begin(&m, false);
    kernel_view(&k, with_buffers);
    model_view(&m, with_buffers);
    if (k.hash == m.hash) {
        return true;
    }
    view_begin(&k, true);
    view_begin(&m, true);
    kernel_view(&k, with_buffers);
    model_view(&m, with_buffers);
    fprintf(report, "kernel and model differ:\n");
    view_compare(report, &k, &m, REPORT_LINES);
    return false;
}

static bool compare(FILE *report)
{
    pair_result.is_entry = true;
    pair_result.steps++;
    step_count++;
    const char *broken = kernel_broken();
    if (broken != NULL) {
        fprintf(report, "the kernel's invariant is broken: %s\n", broken);
        return false;
    }
    broken = step_count % CHECK_EVERY == 0 ? model_check(model) : NULL;
    if (broken != NULL) {
        fprintf(report, "the model is inconsistent: %s\n", broken);
        return false;
    }
    kernel_scan();
    return states_are_equal(report, true);
}

/* ---- Events ---------------------------------------------------------------------- */

static uint64_t current_paddr(void)
{
    return kernel_is_idle() ? 0 : arch_virt_to_phys(host_cpu.current);
}

enum { MODEL_PC = 31 };

static void set_model_message(const struct event *e, uint64_t tcb)
{
    const uint64_t buffer = model_buffer(tcb);
    for (unsigned i = 0; i < EVENT_REGS; i++) {
        model_set_register(model, tcb, i, e->x[i]);
    }
    for (unsigned i = 0; buffer != 0 && i < e->writes; i++) {
        model_write(model, buffer + e->write[i].index * 8, e->write[i].value);
    }
}

/* Threads before a call, in the order of kernel.slots. */
static struct model_thread threads[KERNEL_SLOTS];
static uint64_t current_before;

static uint64_t tcb_in(unsigned slot)
{
    const struct cap *cap = &kernel.slots[slot]->cap;
    return cap->type == CAP_TCB ? arch_virt_to_phys(cap->obj) : 0;
}

static void note_threads(void)
{
    current_before = model_current(model);
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        threads[i].paddr = 0;
        if (tcb_in(i) != 0) {
            model_thread(model, tcb_in(i), &threads[i]);
        }
    }
}

static bool is_alone(const struct model_thread *t)
{
    uint64_t first;
    return model_ready(model, t->domain, t->priority, &first, 1) == 1;
}

/* Was there nobody who could come before the caller in between, and does it
 * not matter for the queues in how many kernel entries threads woke? */
static bool is_order_the_same(unsigned priority)
{
    struct model_thread t;
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        const struct model_thread *old = &threads[i];
        if (old->paddr == 0) {
            continue;
        }
        const bool lives = model_thread(model, old->paddr, &t);
        const bool is_as_before = lives && t.state == old->state && t.queue == old->queue;
        if (!is_as_before && (old->priority > priority || (lives && t.priority > priority) ||
                              (lives && t.queue == MODEL_READY && !is_alone(&t)))) {
            return false;
        }
    }
    return model_current(model) == current_before;
}

static bool leads_to(uint64_t tcb, uint64_t cptr, struct model_cap *out)
{
    struct model_slot slot;
    return model_lookup(model, tcb, cptr, &slot) && model_cap(model, slot, out);
}

/* What kind of call is the current thread about to make? */
static void classify(void)
{
    const struct tcb *t = host_cpu.current;
    struct lookup_failure failure;
    const struct slot *slot = cspace_lookup(t, t->regs.x[1], &failure);
    const unsigned type = slot == NULL ? CAP_NULL : slot->cap.type;
    pair_result.is_invocation = t->regs.x[0] == KAAL_SYS_CALL && type != CAP_NULL &&
                                type != CAP_ENDPOINT && type != CAP_NOTIFICATION &&
                                type != CAP_REPLY && type != CAP_ZOMBIE;
    pair_result.label = (unsigned)kaal_msginfo_label(t->regs.x[2]);
}

/*
 * The model acts at once. The kernel may be interrupted in between and made to
 * go on; that must lead to the same state, unless somebody of a higher priority
 * was or could be first in between, somebody woke up among equals, which then
 * happens in more than one kernel entry, or the call has taken away what it
 * needs to go on.
 */
static bool do_syscall(int preempt, FILE *report)
{
    const uint64_t tcb = current_paddr();
    const uint64_t cptr = model_register(model, tcb, 1);
    struct model_cap before, after;

    classify();
    struct model_thread caller;
    note_threads();
    model_thread(model, tcb, &caller);
    const bool was_there = leads_to(tcb, cptr, &before);
    model_set_register(model, tcb, MODEL_PC, KERNEL_SVC + KERNEL_SVC_BYTES);
    model_syscall(model);
    if (preempt >= 0 &&
        (!is_order_the_same(caller.priority) || !was_there || !leads_to(tcb, cptr, &after) ||
         after.object != before.object || after.type != before.type)) {
        preempt = -1;
    }
    kernel_enter_syscall(preempt);
    if (pair_result.is_invocation && current_paddr() == tcb) {
        pair_result.error = (unsigned)kaal_msginfo_label(host_cpu.current->regs.x[0]);
        pair_result.is_ok = pair_result.error == KAAL_OK;
    }
    return compare(report);
}

static bool do_tick(FILE *report)
{
    if (host.deadline > host.now) {
        return true;
    }
    host.deadline = UINT64_MAX;
    model_timer(model);
    kernel_enter_irq(KERNEL_TIMER_IRQ);
    return compare(report);
}

static void set_now(uint64_t now)
{
    host.now = now;
    model_set_now(model, now);
}

static bool do_advance(uint64_t ticks, FILE *report)
{
    const uint64_t end = host.now + ticks;
    for (unsigned i = 0; host.deadline <= end && i < TICKS_MAX; i++) {
        set_now(host.deadline > host.now ? host.deadline : host.now);
        if (!do_tick(report)) {
            return false;
        }
    }
    set_now(end > host.now && host.deadline > end ? end : host.now);
    return true;
}

static bool do_irq(uint64_t irq, FILE *report)
{
    if (irq >= HOST_IRQS || irq == KERNEL_TIMER_IRQ || host.irq_masked[irq]) {
        return true;
    }
    model_irq(model, (unsigned)irq);
    kernel_enter_irq((unsigned)irq);
    return compare(report);
}

static bool do_current(const struct event *e, FILE *report)
{
    switch (e->kind) {
    case EV_SVC:
        set_model_message(e, current_paddr());
        kernel_set_message(e);
        return do_syscall(e->preempt, report);
    case EV_AGAIN:
        return !kernel_is_at_svc() || do_syscall(e->preempt, report);
    case EV_VMFAULT:
        model_vm_fault(model, e->a, e->b != 0, e->c);
        kernel_enter_vm_fault(e->a, e->b != 0, e->c);
        return compare(report);
    default:
        model_user_exception(model, e->a);
        kernel_enter_exception(e->a);
        return compare(report);
    }
}

bool pair_apply(const struct event *e, FILE *report)
{
    pair_result = (struct pair_result){0};
    switch (e->kind) {
    case EV_ADVANCE:
        return do_advance(e->a, report);
    case EV_JUMP:
        set_now(host.now + e->a);
        return true;
    case EV_TICK:
        return do_tick(report);
    case EV_IRQ:
        return do_irq(e->a, report);
    default:
        return kernel_is_idle() || (e->thread != 0 && e->thread != current_paddr()) ||
               do_current(e, report);
    }
}

bool pair_start(FILE *report)
{
    step_count = 0;
    kernel_start();
    kernel_scan();
    model_start();
    return states_are_equal(report, true);
}
