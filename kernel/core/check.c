/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "object/endpoint.h"
#include "object/irq.h"
#include "object/notification.h"
#include "object/reply.h"
#include "object/sched_context.h"
#include "object/tcb.h"

#include "cpu.h"
#include "lib/inline.h"

/* More slots than any machine has room for. */
enum { SLOTS_MAX = 1 << 26 };

/* ---- Walking ------------------------------------------------------------------ */

const struct slot *check_next_outside(const struct slot *slot)
{
    while (slot != &cdt_anchor && (slot->flags & SLOT_LAST) != 0) {
        slot = slot->next;
    }
    return slot == &cdt_anchor ? NULL : slot->next;
}

const struct slot *check_next(const struct slot *slot)
{
    return slot->first != NULL ? slot->first : check_next_outside(slot);
}

bool check_is_live(enum cap_type type, const void *obj)
{
    for (const struct slot *s = check_first(); s != NULL; s = check_next(s)) {
        if (s->cap.obj == obj && s->cap.type == type) {
            return true;
        }
    }
    return false;
}

/* ---- The tree and the slots it is made of ---------------------------------------- */

static const char *check_tree(void)
{
    size_t slots = 0;
    for (const struct slot *s = check_first(); s != NULL; s = check_next(s)) {
        const char *broken = slot_check(s);
        if (broken != NULL) {
            return broken;
        }
        if (slot_is_empty(s)) {
            return "KI-05 empty slot in the derivation tree";
        }
        if (++slots == SLOTS_MAX) {
            return "KI-05 derivation tree without end";
        }
    }
    return NULL;
}

/* The slots of an object that has any; returns how many. */
static size_t slots_of(const struct cap *cap, const struct slot **slots)
{
    *slots = (const struct slot *)cap->obj;
    switch (cap->type) {
    case CAP_CNODE:
        return (size_t)1 << cap_cnode_radix(cap);
    case CAP_TCB:
        *slots = cap_tcb(cap)->slots;
        return TCB_SLOTS;
    case CAP_ZOMBIE:
        return cap_zombie_kind(cap) == CAP_TCB ? (size_t)TCB_SLOTS : (size_t)1 << cap->b;
    default:
        return 0;
    }
}

/* Filled slots of one object. */
static const char *count_slots(const struct cap *cap, size_t *filled)
{
    const struct slot *slots;
    const size_t count = slots_of(cap, &slots);
    for (size_t i = 0; i < count; i++) {
        if (!slot_is_empty(&slots[i])) {
            (*filled)++;
        } else if (slots[i].flags != 0 || slots[i].prev != NULL) {
            return slot_check(&slots[i]);
        }
    }
    return NULL;
}

/* By S4 the capabilities to one object follow each other. */
static bool is_first_of_object(const struct slot *prev, const struct slot *slot)
{
    return prev == NULL || !cap_same_object(&prev->cap, &slot->cap);
}

/* The tree holds exactly the filled slots of live objects: the numbers say so. */
static const char *check_slots(void)
{
    const struct slot *prev = NULL;
    size_t in_tree = 0, filled = irq_filled_slots();
    for (const struct slot *s = check_first(); s != NULL; prev = s, s = check_next(s)) {
        in_tree++;
        if (is_first_of_object(prev, s)) {
            const char *broken = count_slots(&s->cap, &filled);
            if (broken != NULL) {
                return broken;
            }
        }
    }
    if (filled > in_tree) {
        return "KI-05 filled slot outside the derivation tree";
    }
    return filled < in_tree ? "KI-11 capability in a slot of no object" : NULL;
}

/* ---- References ------------------------------------------------------------------- */

static bool is_null_or_live(enum cap_type type, const void *obj)
{
    return obj == NULL || check_is_live(type, obj);
}

static bool waiters_are_live(const struct tree *waiters)
{
    for (const struct tree_node *n = waiters->first; n != NULL; n = tree_next(n)) {
        if (!check_is_live(CAP_TCB, tcb_of_wait((struct tree_node *)(uintptr_t)n))) {
            return false;
        }
    }
    return true;
}

/* KI-12, of what the scheduler of this core holds. */
static const char *check_scheduled(const struct cpu *cpu)
{
    for (unsigned i = 0; i < DOMAINS * SCHED_PRIORITIES; i++) {
        const unsigned d = i / SCHED_PRIORITIES, p = i % SCHED_PRIORITIES;
        if (cpu->sched.bitmap[d][p / 64] == 0) {
            i += 63; /* none of these; KI-20 is the witness */
            continue;
        }
        for (const struct tcb *t = cpu->sched.ready[d][p].head; t != NULL; t = t->ready_next) {
            if (!check_is_live(CAP_TCB, t)) {
                return "KI-12 ready thread without a capability";
            }
        }
    }
    if (!waiters_are_live(&cpu->sched.release)) {
        return "KI-12 thread to be released without a capability";
    }
    if (cpu->current != &cpu->idle && !check_is_live(CAP_TCB, cpu->current)) {
        return "KI-12 current thread without a capability";
    }
    return NULL;
}

static const char *check_waiters(const struct cap *cap)
{
    const bool is_live =
        (cap->type != CAP_ENDPOINT || waiters_are_live(&cap_endpoint(cap)->waiters)) &&
        (cap->type != CAP_NOTIFICATION || waiters_are_live(&cap_ntfn(cap)->waiters));
    return is_live ? NULL : "KI-12 waiting thread without a capability";
}

static bool is_blocked_on_live(const struct tcb *t)
{
    switch (t->state) {
    case TCB_BLOCKED_SEND:
    case TCB_BLOCKED_RECV:
        return is_null_or_live(CAP_ENDPOINT, t->blocked_on);
    case TCB_BLOCKED_NTFN:
        return is_null_or_live(CAP_NOTIFICATION, t->blocked_on);
    case TCB_BLOCKED_REPLY:
        return is_null_or_live(CAP_REPLY, t->blocked_on);
    default:
        return true;
    }
}

static bool tcb_refs_are_live(const struct tcb *t)
{
    return is_null_or_live(CAP_SCHED_CONTEXT, t->sc) && is_null_or_live(CAP_REPLY, t->reply) &&
           is_null_or_live(CAP_NOTIFICATION, t->bound_ntfn) &&
           is_null_or_live(CAP_SCHED_CONTEXT, t->yield_to) && is_blocked_on_live(t);
}

static bool reply_refs_are_live(const struct reply *r)
{
    return is_null_or_live(CAP_TCB, r->tcb) && is_null_or_live(CAP_REPLY, r->prev) &&
           is_null_or_live(CAP_REPLY, r->next) && is_null_or_live(CAP_SCHED_CONTEXT, r->sc);
}

static bool refs_are_live(const struct cap *cap)
{
    const struct ntfn *n = cap_ntfn(cap);
    const struct sc *sc = cap_sc(cap);
    switch (cap->type) {
    case CAP_NOTIFICATION:
        return is_null_or_live(CAP_TCB, n->bound) && is_null_or_live(CAP_SCHED_CONTEXT, n->sc);
    case CAP_REPLY:
        return reply_refs_are_live(cap_reply(cap));
    case CAP_TCB:
        return tcb_refs_are_live(cap_tcb(cap));
    case CAP_SCHED_CONTEXT:
        return is_null_or_live(CAP_TCB, sc->tcb) && is_null_or_live(CAP_NOTIFICATION, sc->ntfn) &&
               is_null_or_live(CAP_REPLY, sc->reply) && is_null_or_live(CAP_TCB, sc->yield_from);
    default:
        return true;
    }
}

/* ---- Objects ---------------------------------------------------------------------- */

static const char *check_object(const struct cap *cap)
{
    switch (cap->type) {
    case CAP_ENDPOINT:
        return endpoint_check(cap_endpoint(cap));
    case CAP_NOTIFICATION:
        return ntfn_check(cap_ntfn(cap));
    case CAP_REPLY:
        return reply_check(cap_reply(cap));
    case CAP_TCB:
        return tcb_check(cap_tcb(cap));
    case CAP_SCHED_CONTEXT:
        return sc_check(cap_sc(cap));
    case CAP_IRQ_HANDLER:
        return irq_check(cap_index(cap));
    default:
        return NULL;
    }
}

/* One check for the first capability to each object. Inlined: no call through a
 * pointer, of which nobody knows how much stack it takes. */
ALWAYS_INLINE const char *each_object(const char *(*check)(const struct cap *))
{
    const struct slot *prev = NULL;
    for (const struct slot *s = check_first(); s != NULL; prev = s, s = check_next(s)) {
        const char *broken = is_first_of_object(prev, s) ? check(&s->cap) : NULL;
        if (broken != NULL) {
            return broken;
        }
    }
    return NULL;
}

static const char *check_refs(const struct cap *cap)
{
    return refs_are_live(cap) ? NULL : "KI-01 reference to an object that does not exist";
}

/* ---- This core ----------------------------------------------------------------------- */

static bool has_nothing(const struct tcb *t)
{
    for (unsigned i = 0; i < TCB_SLOTS; i++) {
        if (!slot_is_empty(&t->slots[i])) {
            return false;
        }
    }
    return t->sc == NULL && t->bound_ntfn == NULL && t->reply == NULL && t->blocked_on == NULL &&
           !t->is_ready_queued && !t->wait.linked;
}

static const char *check_cpu(const struct cpu *cpu)
{
    const struct tcb *t = cpu->current;
    if (cpu->idle.state != TCB_IDLE || !has_nothing(&cpu->idle)) {
        return "KI-22 idle thread";
    }
    if (cpu->fp_owner != NULL && !check_is_live(CAP_TCB, cpu->fp_owner)) {
        return "KI-31 FP unit of a dead thread";
    }
    if (cpu->fp_owner != NULL && (cpu->fp_owner->flags & KAAL_TCB_FPU_DISABLED) != 0) {
        return "KI-31 FP unit is disabled";
    }
    if (t == &cpu->idle && cpu->sched.charged != NULL) {
        return "KI-36 time is not charged to the current context";
    }
    return sched_check();
}

const char *kernel_check(void)
{
    const struct cpu *cpu = arch_cpu();
    const char *broken = check_tree();
    broken = broken != NULL ? broken : check_slots();
    broken = broken != NULL ? broken : check_caps();
    broken = broken != NULL ? broken : each_object(check_waiters);
    broken = broken != NULL ? broken : check_scheduled(cpu);
    broken = broken != NULL ? broken : each_object(check_refs);
    broken = broken != NULL ? broken : each_object(check_object);
    broken = broken != NULL ? broken : irq_check_lines();
    broken = broken != NULL ? broken : check_vspaces();
    broken = broken != NULL ? broken : check_cpu(cpu);
    return broken != NULL ? broken : arch_check();
}
