/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/abi/bootinfo.h>

#include "object/notification.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "memory.h"
#include "random.h"
#include "world.h"

/* ---- What may be changed -------------------------------------------------------------- */

static struct slot *thread(void)
{
    return world_slot(AT_THREAD + below(WORLD_THREADS));
}

static struct slot *sc(void)
{
    return world_slot(AT_SC + below(WORLD_SCS));
}

static struct slot *ntfn(void)
{
    return world_slot(AT_NTFN + below(WORLD_NTFNS));
}

static void call(struct slot *slot, word_t label)
{
    world_invoke(slot, label, NO_WORDS, NO_CAPS);
}

static void change_priority(void)
{
    world_invoke(thread(), KAAL_INV_TCB_SET_PRIORITY, WORDS(world_priority()),
                 CAPS(world_root_slot(KAAL_ROOT_TCB)));
}

static void resume(void)
{
    call(thread(), KAAL_INV_TCB_RESUME);
}

static void suspend(void)
{
    call(thread(), KAAL_INV_TCB_SUSPEND);
}

/* Passive servers mostly stay so. */
static bool is_passive_server(const struct tcb *t)
{
    return t != NULL && t->sc == NULL && t->state == TCB_BLOCKED_RECV;
}

static void change_time(void)
{
    world_set_time(below(percent(95) ? WORLD_SCS - 1 : WORLD_SCS));
}

/* The last context is seldom configured. Who has it must wait already. */
static void bind_unconfigured(void)
{
    struct slot *time = world_slot(AT_SC + WORLD_SCS - 1), *t = thread();
    if (is_passive_server(cap_tcb(&t->cap))) {
        call(time, KAAL_INV_SCHED_CONTEXT_UNBIND);
        world_invoke(time, KAAL_INV_SCHED_CONTEXT_BIND, NO_WORDS, CAPS(t));
    }
}

static void bind_time(void)
{
    struct slot *t = thread();
    if (!is_passive_server(cap_tcb(&t->cap)) || percent(10)) {
        world_invoke(sc(), KAAL_INV_SCHED_CONTEXT_BIND, NO_WORDS, CAPS(percent(80) ? t : ntfn()));
    }
}

/* To a passive server's bound notification: it is lent to it along with a signal. */
static void bind_time_to_signal(void)
{
    struct slot *time = sc();
    const unsigned start = below(WORLD_NTFNS);
    for (unsigned i = 0; i < WORLD_NTFNS; i++) {
        struct slot *slot = world_slot(AT_NTFN + (start + i) % WORLD_NTFNS);
        const struct ntfn *n = cap_ntfn(&slot->cap);
        if (n != NULL && n->sc == NULL && is_passive_server(n->bound)) {
            call(time, KAAL_INV_SCHED_CONTEXT_UNBIND);
            world_invoke(time, KAAL_INV_SCHED_CONTEXT_BIND, NO_WORDS, CAPS(slot));
            return;
        }
    }
}

static void wake_somebody(void)
{
    struct slot *slot = thread();
    const struct tcb *t = cap_tcb(&slot->cap);
    if (t != NULL && t->sc != NULL) {
        call(slot, KAAL_INV_TCB_RESUME);
    } else if (!is_passive_server(t)) {
        world_invoke(sc(), KAAL_INV_SCHED_CONTEXT_BIND, NO_WORDS, CAPS(slot));
    }
}

static void unbind_time(void)
{
    call(sc(), KAAL_INV_SCHED_CONTEXT_UNBIND);
}

/* Of a thread that receives: a passive server. */
static void unbind_receiver(void)
{
    const unsigned start = below(WORLD_SCS);
    for (unsigned i = 0; i < WORLD_SCS; i++) {
        struct slot *slot = world_slot(AT_SC + (start + i) % WORLD_SCS);
        const struct sc *time = cap_sc(&slot->cap);
        if (time != NULL && time->tcb != NULL && time->tcb->state == TCB_BLOCKED_RECV) {
            call(slot, KAAL_INV_SCHED_CONTEXT_UNBIND);
            return;
        }
    }
}

static void free_memory(void)
{
    world_invoke(world_store(), KAAL_INV_CNODE_REVOKE,
                 WORDS(AT_SMALL + below(WORLD_SMALL), WORLD_STORE_RADIX), NO_CAPS);
}

static void revoke_space(void)
{
    world_invoke(world_store(), KAAL_INV_CNODE_REVOKE,
                 WORDS(AT_SPACE + below(WORLD_SPACES), WORLD_STORE_RADIX), NO_CAPS);
}

static void change_binding(void)
{
    if (percent(50)) {
        world_invoke(thread(), KAAL_INV_TCB_BIND_NOTIFICATION, NO_WORDS, CAPS(ntfn()));
    } else {
        call(thread(), KAAL_INV_TCB_UNBIND_NOTIFICATION);
    }
}

static void change_timeout(void)
{
    world_invoke(thread(), KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, NO_WORDS,
                 CAPS(percent(50) ? &world_empty : world_slot(AT_HANDLER + below(WORLD_HANDLERS))));
}

static void change_space(void)
{
    world_set_space(below(WORLD_THREADS));
}

static void change_buffer(void)
{
    world_set_buffer(below(WORLD_THREADS));
}

static void change_flags(void)
{
    world_invoke(thread(), KAAL_INV_TCB_SET_FLAGS, WORDS(below(2), below(2)), NO_CAPS);
}

static void fill_slot(void)
{
    const unsigned node = below(WORLD_NODES);
    world_fill_slot(node, 1 + below((1U << world_radix(node)) - 1));
}

static void empty_slot(void)
{
    const unsigned node = below(WORLD_NODES);
    world_invoke(world_slot(AT_NODE + node), KAAL_INV_CNODE_DELETE,
                 WORDS(below(1U << world_radix(node)), world_radix(node)), NO_CAPS);
}

static void acknowledge(void)
{
    call(world_slot(AT_LINE + below(WORLD_LINES)), KAAL_INV_IRQ_HANDLER_ACK);
}

static void change_line(void)
{
    if (percent(80)) {
        world_set_line(below(WORLD_LINES));
    } else {
        world_clear_line(below(WORLD_LINES));
    }
}

static void change_domain(void)
{
    struct slot *domain = world_root_slot(KAAL_ROOT_DOMAIN);
    switch (below(3)) {
    case 0:
        world_invoke(domain, KAAL_INV_DOMAIN_SET, WORDS(percent(70) ? 0 : below(16)),
                     CAPS(thread()));
        break;
    case 1:
        world_invoke(domain, KAAL_INV_DOMAIN_SET_SCHEDULE,
                     WORDS(below(4), percent(70) ? 0 : below(16), 100 + below(3000)), NO_CAPS);
        break;
    default:
        world_invoke(domain, KAAL_INV_DOMAIN_START, WORDS(below(4)), NO_CAPS);
        break;
    }
}

static void cancel_badge(void)
{
    world_invoke(world_store(), KAAL_INV_CNODE_CANCEL_BADGED_SENDS,
                 WORDS(AT_HANDLER + below(WORLD_HANDLERS), WORLD_STORE_RADIX), NO_CAPS);
}

/* Often with an interrupt in between: that leaves a zombie. */
static void delete_object(void)
{
    const unsigned place = below(AT_SPARE);
    const bool is_node = place >= AT_NODE && place < AT_PAGE;
    if (is_node && percent(70)) {
        return;
    }
    if (percent(50)) {
        world_invoke(world_store(), KAAL_INV_CNODE_REVOKE, WORDS(place, WORLD_STORE_RADIX),
                     NO_CAPS);
    }
    host.preempt_at = percent(60) ? (long)below(6) : HOST_NEVER;
    world_invoke(world_store(), KAAL_INV_CNODE_DELETE, WORDS(place, WORLD_STORE_RADIX), NO_CAPS);
}

/* An object of small memory takes the place of a capability. */
static void make_object(void)
{
    static const uint8_t types[] = {CAP_ENDPOINT, CAP_NOTIFICATION,  CAP_REPLY,
                                    CAP_TCB,      CAP_SCHED_CONTEXT, CAP_CNODE};
    const unsigned type = types[below(6)];
    const unsigned size = type == CAP_SCHED_CONTEXT ? 8 : type == CAP_CNODE ? 1 + below(4) : 0;
    const unsigned node = below(WORLD_NODES);
    world_invoke(world_slot(AT_SMALL + below(WORLD_SMALL)), KAAL_INV_UNTYPED_RETYPE,
                 WORDS(type, size, 0, 0, below(1U << world_radix(node)), 1),
                 CAPS(world_slot(AT_NODE + node)));
}

/* The FP unit is lazy: somebody used it. */
static void use_fp(void)
{
    struct tcb *t = cap_tcb(&thread()->cap);
    if (t != NULL && (t->flags & KAAL_TCB_FPU_DISABLED) == 0) {
        host_cpu.fp_owner = t;
    }
}

/* ---- One of them ------------------------------------------------------------------------ */

static const struct {
    void (*act)(void);
    uint8_t weight;
} changes[] = {
    {resume, 30},
    {change_priority, 12},
    {suspend, 2},
    {change_time, 8},
    {bind_time, 6},
    {unbind_time, 1},
    {unbind_receiver, 40},
    {revoke_space, 1},
    {change_binding, 6},
    {change_timeout, 4},
    {change_space, 4},
    {change_buffer, 4},
    {change_flags, 1},
    {fill_slot, 8},
    {empty_slot, 1},
    {acknowledge, 20},
    {change_line, 3},
    {change_domain, 2},
    {cancel_badge, 6},
    {delete_object, 2},
    {make_object, 2},
    {bind_unconfigured, 50},
    {bind_time_to_signal, 16},
    {free_memory, 8},
    {use_fp, 4},
};
enum { CHANGES = sizeof(changes) / sizeof(changes[0]) };

void world_disturb(void)
{
    unsigned total = 0, i = 0;
    for (unsigned c = 0; c < CHANGES; c++) {
        total += changes[c].weight;
    }
    for (unsigned r = below(total); r >= changes[i].weight; i++) {
        r -= changes[i].weight;
    }
    changes[i].act();
    host.preempt_at = HOST_NEVER;
    memory_follow();
}

void world_end_idling(void)
{
    if (host.deadline != UINT64_MAX && percent(50)) {
        host.now = host.deadline > host.now ? host.deadline : host.now;
        host_irq_raise(WORLD_TIMER);
        host_log_clear();
        world_enter(world_irq);
        memory_follow();
        return;
    }
    for (unsigned i = 0; i < 8; i++) {
        wake_somebody();
    }
    world_disturb();
}
