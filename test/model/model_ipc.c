/* SPDX-License-Identifier: Apache-2.0 */
/* System calls, messages, faults, notifications, replies. */
#include "model_state.h"

#include <stdlib.h>

enum { BUFFER_CAPS = 120, BUFFER_ROOT = 123, BUFFER_INDEX = 124, BUFFER_DEPTH = 125 };

static const unsigned fault_length[] = {
#define KAAL_FAULT(NAME, label, length) [label] = length,
#include <kaal/abi/faults.def>
#undef KAAL_FAULT
};

/* ---- Words ---- */

bool buffer_of(const struct model *m, int id, uint64_t *paddr)
{
    const uint64_t address = tcb_at(m, id)->buffer;
    const struct cap *cap = &object_at(m, id)->slots[MODEL_TCB_BUFFER].cap;
    const unsigned both = KAAL_RIGHT_READ | KAAL_RIGHT_WRITE;
    if (address == 0 || cap->type != KAAL_OBJ_PAGE || cap->device || (cap->rights & both) != both) {
        return false;
    }
    const struct object *page = object_at(m, cap->object);
    *paddr = page->paddr + (address & (((uint64_t)1 << page->size_bits) - 1));
    return true;
}

static uint64_t buffer_word(const struct model *m, uint64_t buffer, unsigned index)
{
    return model_read(m, buffer + 8 * (uint64_t)index);
}

uint64_t message_word(const struct model *m, int id, unsigned index)
{
    if (index < KAAL_MSG_REGS) {
        return tcb_at(m, id)->x[3 + index];
    }
    uint64_t buffer = 0;
    return buffer_of(m, id, &buffer) ? buffer_word(m, buffer, index) : 0;
}

void message_set(struct model *m, int id, unsigned index, uint64_t value)
{
    uint64_t buffer = 0;
    if (index < KAAL_MSG_REGS) {
        tcb_at(m, id)->x[3 + index] = value;
    } else if (buffer_of(m, id, &buffer)) {
        model_write(m, buffer + 8 * (uint64_t)index, value);
    }
}

/* How many words a message of `want` has between threads with or without buffers. */
static unsigned clip(const struct model *m, int a, int b, uint64_t want)
{
    uint64_t buffer = 0;
    const bool both = buffer_of(m, a, &buffer) && buffer_of(m, b, &buffer);
    const unsigned most = both ? KAAL_MSG_MAX : KAAL_MSG_REGS;
    return want < most ? (unsigned)want : most;
}

void answer(struct model *m, int id, uint64_t label, unsigned words, const uint64_t *word)
{
    struct tcb *t = tcb_at(m, id);
    words = clip(m, id, id, words);
    t->x[0] = kaal_msginfo(label, 0, words);
    t->x[1] = 0;
    for (unsigned i = 0; i < words && word != NULL; i++) {
        message_set(m, id, i, word[i]);
    }
}

static void deliver(struct model *m, int id, uint64_t info, uint64_t badge)
{
    tcb_at(m, id)->x[0] = info;
    tcb_at(m, id)->x[1] = badge;
}

/* ---- Transfer ---- */

static uint64_t fault_word(struct model *m, int id, unsigned i)
{
    const struct tcb *t = tcb_at(m, id);
    const uint64_t *w = t->fault_word;
    switch (t->fault) {
    case KAAL_FAULT_CAP: {
        const uint64_t word[] = {t->pc, w[0], w[1], w[2] & 0xff, w[2] >> 8};
        return word[i];
    }
    case KAAL_FAULT_UNKNOWN_SYSCALL: {
        const uint64_t word[] = {t->pc, t->sp, t->pstate, w[0]};
        return i < MODEL_REGS ? t->x[i] : word[i - MODEL_REGS];
    }
    case KAAL_FAULT_USER_EXCEPTION: {
        const uint64_t word[] = {t->pc, t->sp, t->pstate, w[0]};
        return word[i];
    }
    case KAAL_FAULT_VM: {
        const uint64_t word[] = {t->pc, w[0], w[1], w[2]};
        return word[i];
    }
    default: /* TIMEOUT */
        if (i == 0) {
            return w[0];
        }
        return t->sc == 0 ? 0 : sc_take_consumed(m, t->sc);
    }
}

static void fault_transfer(struct model *m, int from, uint64_t badge, int to)
{
    const unsigned fault = tcb_at(m, from)->fault;
    const unsigned words = clip(m, to, to, fault_length[fault]);
    for (unsigned i = 0; i < words; i++) {
        message_set(m, to, i, fault_word(m, from, i));
    }
    deliver(m, to, kaal_msginfo(fault, 0, words), badge);
}

/* Look all capabilities of a message up. False: one leads nowhere, *bad says which. */
static bool message_caps(const struct model *m, int id, struct message *msg, uint64_t *bad,
                         struct lookup *why)
{
    uint64_t buffer = 0;
    msg->caps = kaal_msginfo_caps(tcb_at(m, id)->x[2]);
    if (!buffer_of(m, id, &buffer)) {
        msg->caps = 0;
    }
    for (unsigned i = 0; i < msg->caps; i++) {
        *bad = buffer_word(m, buffer, BUFFER_CAPS + i);
        *why = cspace_lookup(m, id, *bad);
        msg->cap[i] = why->ref;
        if (why->ref.object == 0) {
            return false;
        }
    }
    return true;
}

static bool receive_slot(const struct model *m, int id, uint64_t buffer, struct ref *ref)
{
    const struct lookup root = cspace_lookup(m, id, buffer_word(m, buffer, BUFFER_ROOT));
    const uint64_t depth = buffer_word(m, buffer, BUFFER_DEPTH);
    if (root.ref.object == 0 || depth < 1 || depth > KAAL_CPTR_BITS) {
        return false;
    }
    const struct lookup found = cspace_walk(m, &slot_at(m, root.ref)->cap,
                                            buffer_word(m, buffer, BUFFER_INDEX), depth, true);
    *ref = found.ref;
    return found.ref.object != 0 && slot_at(m, found.ref)->cap.type == MODEL_NULL;
}

/* Returns what the message info says of capabilities. */
static uint64_t transfer_caps(struct model *m, int from, int endpoint, int to)
{
    struct message msg = {0};
    uint64_t bad = 0;
    uint64_t buffer = 0;
    struct lookup why;
    struct ref place;
    if (!message_caps(m, from, &msg, &bad, &why) || msg.caps == 0 || !buffer_of(m, to, &buffer)) {
        return 0;
    }
    bool room = receive_slot(m, to, buffer, &place);
    uint64_t unwrapped = 0;
    unsigned i = 0;
    for (; i < msg.caps; i++) {
        const struct cap *cap = &slot_at(m, msg.cap[i])->cap;
        struct cap copy;
        if (endpoint != 0 && cap->type == KAAL_OBJ_ENDPOINT && cap->object == endpoint) {
            model_write(m, buffer + 8 * (uint64_t)(BUFFER_CAPS + i), cap->data);
            unwrapped |= (uint64_t)1 << i;
            continue;
        }
        if (!room || cap_derive(m, msg.cap[i], &copy) != KAAL_OK) {
            break;
        }
        slot_copy(m, place, copy, msg.cap[i]);
        room = false;
    }
    return (unwrapped << KAAL_MSGINFO_UNWRAPPED_SHIFT) | ((uint64_t)i << KAAL_MSGINFO_CAPS_SHIFT);
}

/* endpoint 0: an answer. */
static void transfer(struct model *m, int from, int endpoint, uint64_t badge, bool grant, int to)
{
    if (endpoint != 0 && tcb_at(m, from)->fault != 0) {
        fault_transfer(m, from, badge, to);
        return;
    }
    const uint64_t info = tcb_at(m, from)->x[2];
    const unsigned words = clip(m, from, to, kaal_msginfo_length(info));
    for (unsigned i = 0; i < words; i++) {
        message_set(m, to, i, message_word(m, from, i));
    }
    const uint64_t caps = grant ? transfer_caps(m, from, endpoint, to) : 0;
    deliver(m, to, kaal_msginfo(kaal_msginfo_label(info), 0, words) | caps, badge);
}

/* ---- Threads that wait ---- */

static int waiter_order(const struct model *m, int a, int b)
{
    const struct tcb *x = tcb_at(m, a);
    const struct tcb *y = tcb_at(m, b);
    if (x->priority != y->priority) {
        return x->priority > y->priority ? -1 : 1;
    }
    return x->key < y->key ? -1 : 1;
}

size_t waiters_of(const struct model *m, int object, int *out, size_t max)
{
    size_t n = 0;
    for (int i = 0; i < m->tcbs; i++) {
        const int id = m->tcb[i];
        if (tcb_at(m, id)->waits_on != object) {
            continue;
        }
        size_t at = n < max ? n : max;
        while (at > 0 && waiter_order(m, id, out[at - 1]) < 0) {
            if (at < max) {
                out[at] = out[at - 1];
            }
            at--;
        }
        if (at < max) {
            out[at] = id;
        }
        n++;
    }
    return n;
}

static int first_waiter(const struct model *m, int object, unsigned state)
{
    int first = 0;
    return waiters_of(m, object, &first, 1) != 0 && tcb_at(m, first)->state == state ? first : 0;
}

/* The thread waits from now on. That it goes on with its svc is in its pc. */
static void wait_on(struct model *m, int id, unsigned state, int object)
{
    struct tcb *t = tcb_at(m, id);
    sched_unfile(m, id);
    t->state = (uint8_t)state;
    t->waits_on = object;
    t->key = ++m->arrivals;
}

static void run(struct model *m, int id, bool completed)
{
    struct tcb *t = tcb_at(m, id);
    t->state = MODEL_RUNNABLE;
    t->waits_on = 0;
    t->fault = 0;
    if (completed) {
        t->pc += SYSTEM_CALL_BYTES;
    }
    sched_wake(m, id);
}

static void reply_unlink(struct model *m, int reply)
{
    const int id = object_at(m, reply)->u.reply.tcb;
    if (id != 0) {
        tcb_at(m, id)->reply = 0;
        object_at(m, reply)->u.reply.tcb = 0;
    }
}

void thread_cancel(struct model *m, int id)
{
    struct tcb *t = tcb_at(m, id);
    t->fault = 0;
    if (t->state == MODEL_RUNNABLE || t->state == MODEL_STOPPED) {
        return;
    }
    if (t->reply != 0) {
        sc_break(m, t->reply);
        reply_unlink(m, t->reply);
    }
    t->waits_on = 0;
    t->state = MODEL_STOPPED;
}

void thread_stop(struct model *m, int id)
{
    thread_cancel(m, id);
    tcb_at(m, id)->state = MODEL_STOPPED;
    sched_unfile(m, id);
    if (tcb_at(m, id)->yield_to != 0) {
        yield_to_complete(m, id);
    }
}

void thread_resume(struct model *m, int id)
{
    if (tcb_at(m, id)->state != MODEL_RUNNABLE) {
        thread_cancel(m, id);
        run(m, id, false);
    }
}

static void restart_waiters(struct model *m, int object, bool all, uint64_t badge)
{
    int *id = malloc(sizeof(*id) * (size_t)(m->tcbs + 1));
    if (id == NULL) {
        abort();
    }
    const size_t n = waiters_of(m, object, id, (size_t)m->tcbs);
    for (size_t i = 0; i < n; i++) {
        const struct tcb *t = tcb_at(m, id[i]);
        if (!all && (t->state != MODEL_SENDING || t->badge != badge)) {
            continue;
        }
        const bool fault = t->fault != 0;
        thread_cancel(m, id[i]);
        if (!fault) {
            run(m, id[i], false);
        }
    }
    free(id);
}

void endpoint_cancel_all(struct model *m, int endpoint)
{
    restart_waiters(m, endpoint, true, 0);
}

void endpoint_cancel_badged(struct model *m, int endpoint, uint64_t badge)
{
    restart_waiters(m, endpoint, false, badge);
}

void ntfn_cancel_all(struct model *m, int ntfn)
{
    restart_waiters(m, ntfn, true, 0);
}

/* ---- Replies ---- */

static void reply_push(struct model *m, int caller, int callee, int reply, bool lend)
{
    struct tcb *t = tcb_at(m, caller);
    sched_unfile(m, caller);
    t->state = MODEL_REPLYING;
    t->waits_on = 0;
    t->reply = reply;
    object_at(m, reply)->u.reply.tcb = caller;
    if (lend && t->sc != 0 && tcb_at(m, callee)->sc == 0) {
        struct sc *sc = sc_at(m, t->sc);
        sc->reply = realloc(sc->reply, (sc->replies + 1) * sizeof(*sc->reply));
        if (sc->reply == NULL) {
            abort();
        }
        sc->reply[sc->replies++] = reply;
        object_at(m, reply)->u.reply.sc = t->sc;
        sc_donate(m, t->sc, callee);
    }
}

/* The caller no longer waits. The nearest of those whose context this is gets it
 * back, any other breaks the chain. It stays stopped. */
static int reply_pop(struct model *m, int reply)
{
    struct object *o = object_at(m, reply);
    const int caller = o->u.reply.tcb;
    const int sc = o->u.reply.sc;
    struct sc *lent = sc == 0 ? NULL : sc_at(m, sc);
    if (lent != NULL && lent->reply[lent->replies - 1] == reply) {
        lent->replies--;
        o->u.reply.sc = 0;
        if (tcb_at(m, caller)->sc == 0) {
            sc_donate(m, sc, caller);
        }
    } else {
        sc_break(m, reply);
    }
    reply_unlink(m, reply);
    tcb_at(m, caller)->state = MODEL_STOPPED;
    return caller;
}

void reply_destroy(struct model *m, int reply)
{
    const int id = object_at(m, reply)->u.reply.tcb;
    if (id == 0) {
        return;
    }
    if (tcb_at(m, id)->state == MODEL_REPLYING) {
        reply_pop(m, reply);
        tcb_at(m, id)->fault = 0;
    } else {
        thread_cancel(m, id);
    }
}

/* The answer to a fault: whether the thread goes on. */
static bool fault_answer(struct model *m, int from, int to, unsigned fault)
{
    struct tcb *t = tcb_at(m, to);
    const uint64_t info = tcb_at(m, from)->x[2];
    const unsigned words = clip(m, from, from, kaal_msginfo_length(info));
    if (fault == KAAL_FAULT_UNKNOWN_SYSCALL || fault == KAAL_FAULT_TIMEOUT) {
        for (unsigned i = 0; i < words && i < MODEL_REGS; i++) {
            t->x[i] = message_word(m, from, i);
        }
    }
    if (fault != KAAL_FAULT_CAP && fault != KAAL_FAULT_VM) {
        const unsigned first = fault == KAAL_FAULT_USER_EXCEPTION ? 0 : MODEL_REGS;
        if (words > first) {
            t->pc = message_word(m, from, first);
        }
        if (words > first + 1) {
            t->sp = message_word(m, from, first + 1);
        }
        if (words > first + 2) {
            const uint64_t flags = message_word(m, from, first + 2) & PSTATE_FLAGS;
            t->pstate = (t->pstate & ~(uint64_t)PSTATE_FLAGS) | flags;
        }
    }
    return kaal_msginfo_label(info) == 0;
}

static void do_reply(struct model *m, int from, int reply, bool grant)
{
    const int to = object_at(m, reply)->u.reply.tcb;
    if (to == 0 || tcb_at(m, to)->state != MODEL_REPLYING) {
        return;
    }
    struct tcb *t = tcb_at(m, to);
    const unsigned fault = t->fault;
    reply_pop(m, reply);
    t->fault = 0;
    if (fault == 0) {
        transfer(m, from, 0, 0, grant, to);
        t->pc += SYSTEM_CALL_BYTES;
    } else if (!fault_answer(m, from, to, fault)) {
        return;
    }
    t->state = MODEL_RUNNABLE;
    const struct cap *timeout = &object_at(m, to)->slots[MODEL_TCB_TIMEOUT_ENDPOINT].cap;
    if (fault != KAAL_FAULT_TIMEOUT && timeout->type == KAAL_OBJ_ENDPOINT && t->sc != 0 &&
        sc_at(m, t->sc)->budget != 0 && !sc_due(m, sc_at(m, t->sc))) {
        thread_timeout(m, to);
        return;
    }
    sched_wake(m, to);
}

/* ---- Endpoints ---- */

struct sending {
    uint64_t badge;
    bool grant, grant_reply;
    bool blocking, call, lend;
};

static void send_to_endpoint(struct model *m, int from, int endpoint, const struct sending *how)
{
    struct tcb *t = tcb_at(m, from);
    const int to = first_waiter(m, endpoint, MODEL_RECEIVING);
    if (to == 0) {
        if (how->blocking) {
            if (!how->call) {
                t->pc -= SYSTEM_CALL_BYTES;
            }
            wait_on(m, from, MODEL_SENDING, endpoint);
            t->badge = how->badge;
            t->can_grant = how->grant;
            t->can_grant_reply = how->grant_reply;
            t->is_call = how->call;
        }
        return;
    }
    struct tcb *r = tcb_at(m, to);
    const int reply = r->reply;
    r->waits_on = 0;
    if (reply != 0) {
        reply_unlink(m, reply);
    }
    transfer(m, from, endpoint, how->badge, how->grant, to);
    if (how->call) {
        if (reply != 0 && (how->grant || how->grant_reply)) {
            reply_push(m, from, to, reply, how->lend);
        } else {
            sched_unfile(m, from);
            t->state = MODEL_STOPPED;
            t->fault = 0;
        }
    } else if (how->lend && r->sc == 0 && t->sc != 0) {
        sc_donate(m, t->sc, to);
    }
    run(m, to, true);
}

static void return_lent(struct model *m, int ntfn, int id)
{
    const int sc = object_at(m, ntfn)->u.ntfn.sc;
    if (sc != 0 && tcb_at(m, id)->sc == sc) {
        sc_unbind_tcb(m, sc);
    }
}

static void lend_from(struct model *m, int ntfn, int id)
{
    const int sc = object_at(m, ntfn)->u.ntfn.sc;
    if (sc != 0 && sc_at(m, sc)->tcb == 0 && tcb_at(m, id)->sc == 0) {
        sc_donate(m, sc, id);
    }
}

static void take_signal(struct model *m, int ntfn, int id)
{
    struct object *o = object_at(m, ntfn);
    deliver(m, id, 0, o->u.ntfn.pending);
    o->u.ntfn.pending = 0;
    o->u.ntfn.active = false;
    lend_from(m, ntfn, id);
}

/* What a thread with a fault or call goes on to once its message is taken. */
static void took_message(struct model *m, int from, int to, int reply)
{
    struct tcb *t = tcb_at(m, from);
    if (!t->is_call) {
        run(m, from, true);
    } else if ((t->can_grant || t->can_grant_reply) && reply != 0) {
        reply_push(m, from, to, reply, t->fault != KAAL_FAULT_TIMEOUT);
    } else {
        t->state = MODEL_STOPPED;
        t->waits_on = 0;
        t->fault = 0;
    }
}

static void receive_from_endpoint(struct model *m, int id, int endpoint, bool blocking, int reply)
{
    struct tcb *t = tcb_at(m, id);
    if (reply != 0 && object_at(m, reply)->u.reply.tcb != 0) {
        thread_cancel(m, object_at(m, reply)->u.reply.tcb);
    }
    if (t->ntfn != 0 && object_at(m, t->ntfn)->u.ntfn.active) {
        take_signal(m, t->ntfn, id);
        return;
    }
    if (t->ntfn != 0 && blocking) {
        return_lent(m, t->ntfn, id);
    }
    const int from = first_waiter(m, endpoint, MODEL_SENDING);
    if (from != 0) {
        const struct tcb *s = tcb_at(m, from);
        transfer(m, from, endpoint, s->badge, s->can_grant, id);
        took_message(m, from, id, reply);
    } else if (!blocking) {
        deliver(m, id, 0, 0);
    } else {
        t->pc -= SYSTEM_CALL_BYTES;
        wait_on(m, id, MODEL_RECEIVING, endpoint);
        t->reply = reply;
        if (reply != 0) {
            object_at(m, reply)->u.reply.tcb = id;
        }
    }
}

/* ---- Notifications ---- */

void ntfn_signal(struct model *m, int ntfn, uint64_t badge)
{
    struct object *o = object_at(m, ntfn);
    int id = 0;
    if (!o->u.ntfn.active) {
        const int bound = o->u.ntfn.tcb;
        id = bound != 0 && tcb_at(m, bound)->state == MODEL_RECEIVING
                 ? bound
                 : first_waiter(m, ntfn, MODEL_WAITING);
    }
    if (id == 0) {
        o->u.ntfn.active = true;
        o->u.ntfn.pending |= badge;
        return;
    }
    thread_cancel(m, id);
    deliver(m, id, 0, badge);
    lend_from(m, ntfn, id);
    run(m, id, true);
}

void ntfn_unbind(struct model *m, int ntfn)
{
    struct object *o = object_at(m, ntfn);
    if (o->u.ntfn.tcb != 0) {
        tcb_at(m, o->u.ntfn.tcb)->ntfn = 0;
        o->u.ntfn.tcb = 0;
    }
}

static void receive_from_ntfn(struct model *m, int id, int ntfn, bool blocking)
{
    if (object_at(m, ntfn)->u.ntfn.active) {
        take_signal(m, ntfn, id);
    } else if (!blocking) {
        deliver(m, id, 0, 0);
    } else {
        return_lent(m, ntfn, id);
        tcb_at(m, id)->pc -= SYSTEM_CALL_BYTES;
        wait_on(m, id, MODEL_WAITING, ntfn);
    }
}

/* ---- Faults ---- */

static void send_fault(struct model *m, int id, unsigned slot, unsigned fault, bool lend)
{
    struct tcb *t = tcb_at(m, id);
    const struct cap *cap = &object_at(m, id)->slots[slot].cap;
    t->fault = (uint8_t)fault;
    if (cap->type != KAAL_OBJ_ENDPOINT) {
        t->fault = 0;
        t->state = MODEL_STOPPED;
        sched_unfile(m, id);
        return;
    }
    const struct sending how = {cap->data,
                                (cap->rights & KAAL_RIGHT_GRANT) != 0,
                                (cap->rights & KAAL_RIGHT_GRANT_REPLY) != 0,
                                true,
                                true,
                                lend};
    send_to_endpoint(m, id, cap->object, &how);
}

void thread_fault(struct model *m, int id, unsigned fault, uint64_t w0, uint64_t w1, uint64_t w2)
{
    struct tcb *t = tcb_at(m, id);
    t->fault_word[0] = w0;
    t->fault_word[1] = w1;
    t->fault_word[2] = w2;
    send_fault(m, id, MODEL_TCB_FAULT_ENDPOINT, fault, t->sc != 0);
}

void thread_timeout(struct model *m, int id)
{
    struct tcb *t = tcb_at(m, id);
    if (t->yield_to != 0) {
        yield_to_complete(m, id);
    }
    t->fault_word[0] = sc_at(m, t->sc)->badge;
    sched_unfile(m, id);
    send_fault(m, id, MODEL_TCB_TIMEOUT_ENDPOINT, KAAL_FAULT_TIMEOUT, false);
}

static void cap_fault(struct model *m, int id, uint64_t pointer, bool receiving, unsigned kind,
                      uint64_t bits)
{
    tcb_at(m, id)->pc -= SYSTEM_CALL_BYTES;
    thread_fault(m, id, KAAL_FAULT_CAP, pointer, receiving, kind | (bits << 8));
}

/* ---- System calls ---- */

static void receive(struct model *m, int id, uint64_t pointer, bool blocking,
                    const uint64_t *reply_pointer)
{
    const struct lookup found = cspace_lookup(m, id, pointer);
    if (found.ref.object == 0) {
        cap_fault(m, id, pointer, true, found.kind, found.bits);
        return;
    }
    const struct cap *cap = &slot_at(m, found.ref)->cap;
    const bool read = (cap->rights & KAAL_RIGHT_READ) != 0;
    if (cap->type == KAAL_OBJ_NOTIFICATION && read) {
        const int bound = object_at(m, cap->object)->u.ntfn.tcb;
        if (bound == 0 || bound == id) {
            receive_from_ntfn(m, id, cap->object, blocking);
            return;
        }
    }
    if (cap->type != KAAL_OBJ_ENDPOINT || !read) {
        cap_fault(m, id, pointer, true, KAAL_LOOKUP_MISSING_CAP, 0);
        return;
    }
    int reply = 0;
    if (reply_pointer != NULL) {
        const struct lookup at = cspace_lookup(m, id, *reply_pointer);
        if (at.ref.object == 0) {
            cap_fault(m, id, *reply_pointer, true, at.kind, at.bits);
            return;
        }
        if (slot_at(m, at.ref)->cap.type != KAAL_OBJ_REPLY) {
            cap_fault(m, id, *reply_pointer, true, KAAL_LOOKUP_MISSING_CAP, 0);
            return;
        }
        reply = slot_at(m, at.ref)->cap.object;
    }
    receive_from_endpoint(m, id, cap->object, blocking, reply);
}

enum send_kind { KIND_CALL, KIND_SEND, KIND_NBSEND, KIND_LENDING };

static void answer_result(struct model *m, int id, const struct result *r)
{
    uint64_t word[35];
    if (r->registers_of == 0) {
        answer(m, id, r->err, r->words, r->word);
        return;
    }
    for (unsigned i = 0; i < r->words; i++) {
        word[i] = *tcb_register(m, r->registers_of, i);
    }
    answer(m, id, r->err, r->words, word);
}

static void perform(struct model *m, int id, struct ref target, struct message *msg,
                    enum send_kind kind)
{
    msg->label = kaal_msginfo_label(tcb_at(m, id)->x[2]);
    msg->words = clip(m, id, id, kaal_msginfo_length(tcb_at(m, id)->x[2]));
    const struct result r = invoke(m, id, target, msg);
    if (kind == KIND_CALL && m->current == id && !r.later) {
        answer_result(m, id, &r);
    }
    if (r.later) {
        tcb_at(m, id)->yield_call = kind == KIND_CALL;
    }
}

static void send_message(struct model *m, int id, uint64_t pointer, enum send_kind kind)
{
    const bool blocking = kind == KIND_CALL || kind == KIND_SEND;
    struct message msg = {0};
    uint64_t bad = pointer;
    struct lookup found = cspace_lookup(m, id, pointer);
    const struct ref target = found.ref;
    if (target.object == 0 || !message_caps(m, id, &msg, &bad, &found)) {
        if (blocking) {
            cap_fault(m, id, bad, false, found.kind, found.bits);
        }
        return;
    }
    const struct cap *cap = &slot_at(m, target)->cap;
    const bool signals = cap->type == KAAL_OBJ_ENDPOINT || cap->type == KAAL_OBJ_NOTIFICATION;
    if (cap->type == MODEL_NULL || (signals && (cap->rights & KAAL_RIGHT_WRITE) == 0)) {
        const uint64_t which = 0;
        if (kind == KIND_CALL) {
            answer(m, id, KAAL_ERR_INVALID_CAPABILITY, 1, &which);
        }
        return;
    }
    if (cap->type == KAAL_OBJ_ENDPOINT) {
        const struct sending how = {cap->data,
                                    (cap->rights & KAAL_RIGHT_GRANT) != 0,
                                    (cap->rights & KAAL_RIGHT_GRANT_REPLY) != 0,
                                    blocking,
                                    kind == KIND_CALL,
                                    kind == KIND_CALL || kind == KIND_LENDING};
        if (kind == KIND_CALL) {
            tcb_at(m, id)->pc -= SYSTEM_CALL_BYTES;
        }
        send_to_endpoint(m, id, cap->object, &how);
        return;
    }
    if (cap->type == KAAL_OBJ_NOTIFICATION) {
        ntfn_signal(m, cap->object, cap->data);
    } else if (cap->type == KAAL_OBJ_REPLY) {
        do_reply(m, id, cap->object, (cap->rights & KAAL_RIGHT_GRANT) != 0);
    } else {
        perform(m, id, target, &msg, kind);
        return;
    }
    if (kind == KIND_CALL) {
        answer(m, id, KAAL_OK, 0, NULL);
    }
}

static bool debug_call(struct model *m, int id)
{
    struct tcb *t = tcb_at(m, id);
    if (!m->debug || t->x[0] < 64 || t->x[0] > 69) {
        return false;
    }
    if (t->x[0] == 65) {
        t->x[0] = 0;
    } else if (t->x[0] == 66 || t->x[0] == 67) {
        const struct lookup found = cspace_lookup(m, id, t->x[1]);
        t->x[0] = found.ref.object == 0 || slot_at(m, found.ref)->cap.type != KAAL_OBJ_TCB ? 1 : 0;
    }
    return true;
}

/* Whether there is a second half of a combined call: an invocation in the first
 * may have stopped or deleted the caller. */
static bool goes_on(const struct model *m, int id)
{
    return m->current == id && tcb_at(m, id)->state == MODEL_RUNNABLE;
}

void system_call(struct model *m)
{
    const int id = m->current;
    struct tcb *t = tcb_at(m, id);
    const uint64_t x1 = t->x[1];
    const uint64_t reply = t->x[7];
    const uint64_t second = t->x[8];
    switch (t->x[0]) {
    case KAAL_SYS_CALL:
        send_message(m, id, x1, KIND_CALL);
        break;
    case KAAL_SYS_REPLY_RECV:
        send_message(m, id, reply, KIND_LENDING);
        if (goes_on(m, id)) {
            receive(m, id, x1, true, &reply);
        }
        break;
    case KAAL_SYS_SEND:
        send_message(m, id, x1, KIND_SEND);
        break;
    case KAAL_SYS_NBSEND:
        send_message(m, id, x1, KIND_NBSEND);
        break;
    case KAAL_SYS_RECV:
    case KAAL_SYS_NBRECV:
        receive(m, id, x1, t->x[0] == KAAL_SYS_RECV, &reply);
        break;
    case KAAL_SYS_NBSEND_RECV:
        send_message(m, id, x1, KIND_LENDING);
        if (goes_on(m, id)) {
            receive(m, id, second, true, &reply);
        }
        break;
    case KAAL_SYS_NBSEND_WAIT:
        send_message(m, id, x1, KIND_LENDING);
        if (goes_on(m, id)) {
            receive(m, id, second, true, NULL);
        }
        break;
    case KAAL_SYS_WAIT:
    case KAAL_SYS_POLL:
        receive(m, id, x1, t->x[0] == KAAL_SYS_WAIT, NULL);
        break;
    case KAAL_SYS_YIELD:
        sched_give_up(m);
        break;
    default:
        if (!debug_call(m, id)) {
            t->pc -= SYSTEM_CALL_BYTES;
            thread_fault(m, id, KAAL_FAULT_UNKNOWN_SYSCALL, t->x[0], 0, 0);
        }
        break;
    }
}
