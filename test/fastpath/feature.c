/* SPDX-License-Identifier: Apache-2.0 */
#include "feature.h"

#include <kaal/abi/message.h>

#include "object/asid.h"
#include "object/endpoint.h"
#include "object/notification.h"
#include "object/reply.h"
#include "object/sched_context.h"

#include "core/cspace.h"
#include "core/ready.h"
#include "world.h"

static struct feature_set set;

static void has(enum feature feature, bool condition)
{
    set.has[feature] |= condition;
}

/* ---- Of the thread and the time ----------------------------------------------------------- */

static void look_at_time(const struct tcb *t)
{
    const struct sched *s = &host_cpu.sched;
    const struct sc *sc = t->sc;
    const ticks_t used = host.now - s->charge_start, amount = sc_head(sc)->amount;
    has(FEATURE_ROUND_ROBIN, sc_is_round_robin(sc));
    has(FEATURE_SPORADIC, !sc_is_round_robin(sc));
    has(FEATURE_USED_UP, used >= amount);
    has(FEATURE_YIELDED_TO, sc->yield_from != NULL);
    has(FEATURE_JUST_ENOUGH, used + sc_min_ticks() == amount);
    has(FEATURE_ONE_TOO_FEW, used + sc_min_ticks() == amount + 1);
    has(FEATURE_LITTLE_LEFT, used < amount && used + sc_min_ticks() > amount);
    has(FEATURE_RELEASE_QUEUE, !tree_is_empty(&s->release));
    has(FEATURE_LATE, host.deadline <= host.now);
    has(FEATURE_DOMAIN_END, s->domains.end != UINT64_MAX);
    for (unsigned p = t->priority; p < SCHED_PRIORITIES; p++) {
        has(FEATURE_OTHER_READY, s->ready[s->domains.current][p].head != NULL);
    }
}

static void look_at_next(void)
{
    unsigned asid;
    const struct tcb *next = ready_first(&host_cpu.sched);
    if (next != NULL) {
        has(FEATURE_NEXT_YIELDS, next->yield_to != NULL);
        has(FEATURE_NEXT_NO_SPACE, asid_root_of(&next->slots[TCB_SLOT_VSPACE].cap, &asid) == NULL);
    }
}

static void look_at_thread(const struct tcb *t)
{
    const struct cap *root = &t->slots[TCB_SLOT_CSPACE].cap;
    const bool has_handler = t->slots[TCB_SLOT_FAULT_HANDLER].cap.type == CAP_ENDPOINT;
    has(FEATURE_NO_BUFFER, tcb_ipc_buffer(t) == NULL);
    has(FEATURE_HANDLER, has_handler);
    has(FEATURE_NO_HANDLER, !has_handler);
    has(FEATURE_TIMEOUT_HANDLER, t->slots[TCB_SLOT_TIMEOUT_HANDLER].cap.type == CAP_ENDPOINT);
    has(FEATURE_FP_OWNER, host_cpu.fp_owner == t);
    has(FEATURE_ZOMBIES, host.preempted);
    has(FEATURE_DEEP, root->type == CAP_CNODE &&
                          cap_cnode_guard_bits(root) + cap_cnode_radix(root) < KAAL_CPTR_BITS);
    look_at_next();
    look_at_time(t);
}

static void look_at_lines(void)
{
    unsigned pending = 0;
    for (unsigned i = 0; i < HOST_IRQS; i++) {
        pending += host.irq_raised[i] && !host.irq_masked[i] ? 1 : 0;
    }
    has(FEATURE_NO_LINE, pending == 0);
    has(FEATURE_LINE, pending == 1);
    has(FEATURE_LINES, pending > 1);
}

static bool has_waiter(const struct ntfn *n)
{
    return !tree_is_empty(&n->waiters) ||
           (n->bound != NULL && !n->active && n->bound->state == TCB_BLOCKED_RECV);
}

static void look_at_first_line(void)
{
    for (unsigned i = 0; i < WORLD_LINES; i++) {
        const unsigned irq = WORLD_FIRST_LINE + i;
        const struct ntfn *n = world_line_ntfn(i);
        if (host.irq_raised[irq] && !host.irq_masked[irq]) {
            has(FEATURE_LINE_NO_NTFN, n == NULL);
            has(FEATURE_LINE_WAKES, n != NULL && has_waiter(n));
            return;
        }
    }
}

/* ---- Of what a message goes to --------------------------------------------------------------- */

static void look_at_message(const struct tcb *t)
{
    const word_t info = t->regs.x[2];
    has(FEATURE_LONG, kaal_msginfo_length(info) > KAAL_MSG_REGS);
    has(FEATURE_LONGEST, kaal_msginfo_length(info) == KAAL_MSG_MAX);
    has(FEATURE_TOO_LONG, kaal_msginfo_length(info) > KAAL_MSG_MAX);
    has(FEATURE_EXTRA_CAPS, kaal_msginfo_caps(info) != 0);
    has(FEATURE_UNWRAPPED_BITS, kaal_msginfo_unwrapped(info) != 0);
}

static struct tcb *first_waiter(const struct tree *waiters)
{
    struct tree_node *node = tree_first(waiters);
    return node == NULL ? NULL : tcb_of_wait(node);
}

/* From one context to another. */
static void look_at_change(const struct sc *from, struct sc *to)
{
    if (to == NULL) {
        return;
    }
    const bool is_robin = sc_is_round_robin(from);
    has(FEATURE_OTHER_UNCONFIGURED, to->budget == 0);
    if (to->budget != 0) {
        has(FEATURE_ROBIN_ROBIN, is_robin && sc_is_round_robin(to));
        has(FEATURE_ROBIN_SPORADIC, is_robin && !sc_is_round_robin(to));
        has(FEATURE_SPORADIC_ROBIN, !is_robin && sc_is_round_robin(to));
        has(FEATURE_SPORADIC_SPORADIC, !is_robin && !sc_is_round_robin(to));
        has(FEATURE_OTHER_NOT_DUE, !sc_is_due(to, host.now));
        has(FEATURE_OTHER_MERGES, sc_is_due(to, host.now) && sc_would_merge(to, host.now));
    }
}

static void look_at_receiver(const struct tcb *t, const struct tcb *receiver)
{
    unsigned asid;
    has(FEATURE_PASSIVE, receiver->sc == NULL);
    has(FEATURE_ACTIVE, receiver->sc != NULL);
    has(FEATURE_RECEIVER_NO_REPLY, receiver->reply == NULL);
    has(FEATURE_RECEIVER_NO_BUFFER, tcb_ipc_buffer(receiver) == NULL);
    const struct cap *space = &receiver->slots[TCB_SLOT_VSPACE].cap;
    has(FEATURE_RECEIVER_NO_SPACE, space->type == CAP_NULL);
    has(FEATURE_RECEIVER_NO_ASID, space->type == CAP_VSPACE && asid_root_of(space, &asid) == NULL);
    has(FEATURE_RECEIVER_HIGHER, receiver->priority > t->priority);
    has(FEATURE_RECEIVER_EQUAL, receiver->priority == t->priority);
    has(FEATURE_RECEIVER_LOWER, receiver->priority < t->priority);
    has(FEATURE_RECEIVER_DOMAIN, receiver->domain != t->domain);
    has(FEATURE_RECEIVER_BOUND, receiver->bound_ntfn != NULL);
    look_at_change(t->sc, receiver->sc);
}

static void look_at_endpoint(const struct tcb *t, const struct cap *cap, bool is_send)
{
    const struct endpoint *ep = cap_endpoint(cap);
    struct tcb *first = first_waiter(&ep->waiters);
    const bool has_receiver = first != NULL && ep->is_receiving;
    has(FEATURE_NO_RIGHT, !cap_has_rights(cap, is_send ? KAAL_RIGHT_WRITE : KAAL_RIGHT_READ));
    has(FEATURE_CANCELLING, ep->cancelled != 0);
    has(FEATURE_SENDERS, first != NULL && !ep->is_receiving);
    if (!is_send) {
        has(FEATURE_SENDER_FAULT, first != NULL && first->fault.kind != KAAL_FAULT_NONE);
        has(FEATURE_SENDER_CALLS, first != NULL && !ep->is_receiving && first->is_call);
        return;
    }
    has(FEATURE_NO_GRANT, (cap->rights & (KAAL_RIGHT_GRANT | KAAL_RIGHT_GRANT_REPLY)) == 0);
    has(FEATURE_BADGE, cap_badge(cap) != 0);
    has(FEATURE_RECEIVER, has_receiver);
    has(FEATURE_RECEIVERS, has_receiver && tree_next(&first->wait) != NULL);
    has(FEATURE_NO_RECEIVER, !has_receiver);
    if (has_receiver) {
        look_at_receiver(t, first);
    }
}

static void look_at_ntfn(const struct tcb *t, const struct cap *cap, bool is_send)
{
    const struct ntfn *n = cap_ntfn(cap);
    has(FEATURE_NO_RIGHT, !cap_has_rights(cap, is_send ? KAAL_RIGHT_WRITE : KAAL_RIGHT_READ));
    has(FEATURE_BADGE, is_send && cap_badge(cap) != 0);
    has(FEATURE_NTFN_ACTIVE, n->active);
    has(FEATURE_NTFN_WAITER, !tree_is_empty(&n->waiters));
    has(FEATURE_NTFN_BOUND_RECEIVES, n->bound != NULL && n->bound->state == TCB_BLOCKED_RECV);
    has(FEATURE_NTFN_BOUND_OTHER, n->bound != NULL && n->bound != t);
    has(FEATURE_NTFN_TIME, n->sc != NULL);
    has(FEATURE_BOUND_SELF, n->bound == t);
    const struct tcb *first = first_waiter(&n->waiters);
    if (is_send && first != NULL) {
        has(FEATURE_WAITER_HIGHER, first->priority > t->priority);
        has(FEATURE_WAITER_NOT_HIGHER, first->priority <= t->priority);
        has(FEATURE_WAITERS, tree_next(&first->wait) != NULL);
        look_at_change(t->sc, first->sc);
    }
}

static void look_at_answer(const struct tcb *t, const struct reply *reply)
{
    const struct tcb *caller = reply->tcb;
    const bool is_fault = caller->fault.kind != KAAL_FAULT_NONE;
    const bool returns = reply->sc == t->sc;
    const bool is_own = reply->sc == NULL && caller->sc != NULL;
    has(FEATURE_ANSWER_RETURNS, returns && !is_fault);
    has(FEATURE_ANSWER_OWN, is_own && !is_fault);
    has(FEATURE_ANSWER_FAULT_RETURNS, returns && is_fault);
    has(FEATURE_ANSWER_FAULT_OWN, is_own && is_fault);
    has(FEATURE_ANSWER_FAULT_LABEL, is_fault && kaal_msginfo_label(t->regs.x[2]) != 0);
    look_at_change(t->sc, caller->sc);
}

static void look_at_reply(const struct tcb *t, const struct reply *reply)
{
    const struct tcb *caller = reply->tcb;
    const bool waits = caller != NULL && caller->state == TCB_BLOCKED_REPLY;
    has(FEATURE_REPLY_CALLER, waits);
    has(FEATURE_REPLY_NOBODY, !waits);
    if (!waits) {
        return;
    }
    has(FEATURE_REPLY_FAULT, caller->fault.kind != KAAL_FAULT_NONE);
    has(FEATURE_REPLY_TIMEOUT, caller->slots[TCB_SLOT_TIMEOUT_HANDLER].cap.type == CAP_ENDPOINT);
    has(FEATURE_REPLY_LENT, reply->sc != NULL);
    has(FEATURE_REPLY_STACK, reply->prev != NULL || reply->next != NULL);
    has(FEATURE_REPLY_OWN_TIME, caller->sc != NULL);
    has(FEATURE_REPLY_HIGHER, caller->priority > t->priority);
    look_at_answer(t, reply);
}

static void look_at_object(const struct tcb *t, cptr_t cptr, bool is_send)
{
    struct lookup_failure failure;
    const struct slot *slot = cspace_lookup(t, cptr, &failure);
    if (slot == NULL || slot_is_empty(slot)) {
        has(FEATURE_NO_CAP, true);
        return;
    }
    switch (slot->cap.type) {
    case CAP_ENDPOINT:
        look_at_endpoint(t, &slot->cap, is_send);
        break;
    case CAP_NOTIFICATION:
        look_at_ntfn(t, &slot->cap, is_send);
        break;
    case CAP_REPLY:
        look_at_reply(t, cap_reply(&slot->cap));
        break;
    default:
        has(FEATURE_OTHER_CAP, true);
        break;
    }
}

static void look_at_fault(const struct tcb *t)
{
    const struct cap *handler = &t->slots[TCB_SLOT_FAULT_HANDLER].cap;
    if (handler->type == CAP_ENDPOINT) {
        look_at_endpoint(t, handler, true);
        has(FEATURE_FAULT_LENDS, set.has[FEATURE_PASSIVE]);
        has(FEATURE_FAULT_OWN, set.has[FEATURE_ACTIVE]);
    }
}

static void look_at_receive(const struct tcb *t, cptr_t cptr)
{
    struct lookup_failure failure;
    const struct slot *slot = cspace_lookup(t, t->regs.x[7], &failure);
    const struct reply *reply = slot == NULL ? NULL : cap_reply(&slot->cap);
    has(FEATURE_REPLY_USED, reply != NULL && reply->tcb != NULL);
    has(FEATURE_BOUND_ACTIVE, t->bound_ntfn != NULL && t->bound_ntfn->active);
    has(FEATURE_BOUND_TIME, t->bound_ntfn != NULL && t->bound_ntfn->sc != NULL);
    look_at_object(t, cptr, false);
}

static void look_at_syscall(const struct tcb *t)
{
    const word_t *x = t->regs.x;
    has(FEATURE_RETRY, t->was_preempted);
    look_at_message(t);
    switch (x[0]) {
    case KAAL_SYS_CALL:
        look_at_object(t, x[1], true);
        has(FEATURE_CALL_LENDS, set.has[FEATURE_PASSIVE]);
        has(FEATURE_CALL_OWN, set.has[FEATURE_ACTIVE]);
        break;
    case KAAL_SYS_SEND:
    case KAAL_SYS_NBSEND:
        look_at_object(t, x[1], true);
        break;
    case KAAL_SYS_REPLY_RECV:
        look_at_object(t, x[7], true);
        look_at_object(t, x[1], false);
        break;
    case KAAL_SYS_NBSEND_RECV:
    case KAAL_SYS_NBSEND_WAIT:
        look_at_object(t, x[1], true);
        look_at_receive(t, x[8]);
        break;
    case KAAL_SYS_YIELD:
        break;
    default:
        look_at_receive(t, x[1]);
        break;
    }
}

struct feature_set feature_find(const struct step *step)
{
    const struct tcb *t = host_cpu.current;
    set = (struct feature_set){0};
    look_at_thread(t);
    if (step->kind == STEP_SYSCALL) {
        look_at_syscall(t);
    } else if (step->kind == STEP_FAULT) {
        look_at_fault(t);
    } else {
        look_at_lines();
        look_at_first_line();
    }
    return set;
}

/* ---- What is known of them ---------------------------------------------------------------- */

enum { TAKEN = 1, REFUSED = 2, BOTH = TAKEN | REFUSED };

static const struct {
    const char *text;
    unsigned where;
} features[] = {
#define FEATURE(NAME, where, text) {text, where},
#include "feature.def"
#undef FEATURE
};

const char *feature_name(enum feature feature)
{
    return features[feature].text;
}

bool feature_is_of_taken(enum feature feature)
{
    return (features[feature].where & TAKEN) != 0;
}

bool feature_is_of_refused(enum feature feature)
{
    return (features[feature].where & REFUSED) != 0;
}
