/* SPDX-License-Identifier: Apache-2.0 */
/* Invocations of threads. */
#include "model_state.h"

enum { REGISTERS = 35, BUFFER_ALIGN = 1 << KAAL_IPC_BUFFER_BITS };

static const struct cap *cap_of(const struct model *m, struct ref ref)
{
    return &slot_at(m, ref)->cap;
}

static struct result bad_cap(uint64_t index)
{
    return result_err1(KAAL_ERR_INVALID_CAPABILITY, index);
}

/* A capability that is to go into a slot of the TCB. */
struct install {
    struct ref from;
    struct cap cap;   /* what the slot is to hold; MODEL_NULL: nothing */
    struct cap found; /* what the source held */
};

/* Empty the slot and put the copy there, unless deleting has taken the source
 * or the invoked capability away. */
static void install(struct model *m, struct ref target, int tcb, unsigned slot,
                    const struct install *in)
{
    const struct ref at = {tcb, slot};
    if (!object_at(m, tcb)->live || tcb_at(m, tcb)->gone) {
        return;
    }
    slot_delete(m, at);
    const struct slot *source = slot_at(m, in->from);
    const struct slot *invoked = slot_at(m, target);
    if (in->cap.type == MODEL_NULL || source == NULL || invoked == NULL ||
        !cap_same_object(&source->cap, &in->found) || invoked->cap.type != KAAL_OBJ_TCB ||
        invoked->cap.object != tcb || !object_at(m, tcb)->live) {
        return;
    }
    slot_copy(m, at, in->cap, in->from);
}

static bool get_endpoint(const struct model *m, struct ref ref, struct install *in)
{
    const struct cap *cap = cap_of(m, ref);
    *in = (struct install){ref, *cap, *cap};
    return cap->type == MODEL_NULL ||
           (cap->type == KAAL_OBJ_ENDPOINT && (cap->rights & KAAL_RIGHT_WRITE) != 0 &&
            (cap->rights & (KAAL_RIGHT_GRANT | KAAL_RIGHT_GRANT_REPLY)) != 0);
}

static bool get_cspace(const struct model *m, struct ref ref, uint64_t guard, struct install *in,
                       struct result *r, uint64_t index)
{
    *in = (struct install){ref, *cap_of(m, ref), *cap_of(m, ref)};
    if (in->cap.type != KAAL_OBJ_CNODE) {
        *r = bad_cap(index);
        return false;
    }
    if (guard != 0 && !cap_set_guard(m, &in->cap, guard)) {
        *r = result_err(KAAL_ERR_ILLEGAL_OPERATION);
        return false;
    }
    return true;
}

static bool get_vspace(const struct model *m, struct ref ref, struct install *in)
{
    *in = (struct install){ref, *cap_of(m, ref), *cap_of(m, ref)};
    return in->cap.type == KAAL_OBJ_VSPACE && object_at(m, in->cap.object)->u.table.asid != 0;
}

/* The page of an IPC buffer; with address 0 it is not looked at. */
static bool get_buffer(const struct model *m, struct ref ref, uint64_t address, struct install *in)
{
    if (address == 0) {
        *in = (struct install){ref, {0}, {0}};
        return true;
    }
    *in = (struct install){ref, *cap_of(m, ref), *cap_of(m, ref)};
    in->cap.asid = 0;
    in->cap.where = 0;
    return in->cap.type == KAAL_OBJ_PAGE && !in->cap.device;
}

static void install_buffer(struct model *m, struct ref target, int tcb, uint64_t address,
                           const struct install *in)
{
    install(m, target, tcb, MODEL_TCB_BUFFER, in);
    if (object_at(m, tcb)->live && object_at(m, tcb)->type == KAAL_OBJ_TCB) {
        tcb_at(m, tcb)->buffer = address;
    }
}

static struct result tcb_configure(struct model *m, int caller, struct ref target,
                                   const struct message *msg)
{
    const int tcb = cap_of(m, target)->object;
    const uint64_t address = message_word(m, caller, 2);
    struct install cspace;
    struct install vspace;
    struct install page;
    struct result r = {0};
    if (!get_cspace(m, msg->cap[0], message_word(m, caller, 0), &cspace, &r, 1)) {
        return r;
    }
    if (!get_vspace(m, msg->cap[1], &vspace)) {
        return bad_cap(2);
    }
    if (!get_buffer(m, msg->cap[2], address, &page)) {
        return bad_cap(3);
    }
    if (address % BUFFER_ALIGN != 0) {
        return result_err1(KAAL_ERR_ALIGNMENT, 2);
    }
    install(m, target, tcb, MODEL_TCB_CSPACE, &cspace);
    install(m, target, tcb, MODEL_TCB_VSPACE, &vspace);
    install_buffer(m, target, tcb, address, &page);
    return result_ok();
}

static struct result tcb_set_space(struct model *m, int caller, struct ref target,
                                   const struct message *msg)
{
    const int tcb = cap_of(m, target)->object;
    struct install fault;
    struct install cspace;
    struct install vspace;
    struct result r = {0};
    if (!get_endpoint(m, msg->cap[0], &fault)) {
        return bad_cap(1);
    }
    if (!get_cspace(m, msg->cap[1], message_word(m, caller, 0), &cspace, &r, 2)) {
        return r;
    }
    if (!get_vspace(m, msg->cap[2], &vspace)) {
        return bad_cap(3);
    }
    install(m, target, tcb, MODEL_TCB_FAULT_ENDPOINT, &fault);
    install(m, target, tcb, MODEL_TCB_CSPACE, &cspace);
    install(m, target, tcb, MODEL_TCB_VSPACE, &vspace);
    return result_ok();
}

static void set_priority(struct model *m, int tcb, uint64_t priority)
{
    struct tcb *t = tcb_at(m, tcb);
    t->priority = (uint8_t)priority;
    if (t->waits_on != 0) {
        t->key = ++m->arrivals;
    } else if (t->queue != MODEL_RELEASE) {
        sched_refile(m, tcb);
    }
}

static struct result tcb_set_sched_params(struct model *m, int caller, struct ref target,
                                          const struct message *msg)
{
    const int tcb = cap_of(m, target)->object;
    struct tcb *t = tcb_at(m, tcb);
    const uint64_t mcp = message_word(m, caller, 0);
    const uint64_t priority = message_word(m, caller, 1);
    const struct cap *authority = cap_of(m, msg->cap[0]);
    const struct cap *context = cap_of(m, msg->cap[1]);
    struct install fault;
    if (authority->type != KAAL_OBJ_TCB) {
        return bad_cap(1);
    }
    const unsigned most = tcb_at(m, authority->object)->mcp;
    if (mcp > most) {
        return result_range(0, 0, most);
    }
    if (priority > most) {
        return result_range(1, 0, most);
    }
    int sc = 0;
    if (context->type == KAAL_OBJ_SCHED_CONTEXT) {
        sc = context->object;
        if ((t->sc != 0 && t->sc != sc) || (sc_at(m, sc)->tcb != 0 && sc_at(m, sc)->tcb != tcb)) {
            return result_err(KAAL_ERR_ILLEGAL_OPERATION);
        }
    } else if (context->type != MODEL_NULL) {
        return bad_cap(2);
    } else if (tcb == caller) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (!get_endpoint(m, msg->cap[2], &fault)) {
        return bad_cap(3);
    }
    install(m, target, tcb, MODEL_TCB_FAULT_ENDPOINT, &fault);
    if (!object_at(m, tcb)->live) {
        return result_ok();
    }
    t->mcp = (uint8_t)mcp;
    set_priority(m, tcb, priority);
    if (sc == 0 && t->sc != 0) {
        sc_unbind_tcb(m, t->sc);
    } else if (sc != 0 && t->sc == 0 && object_at(m, sc)->live) {
        sc_bind_tcb(m, sc, tcb);
    }
    return result_ok();
}

static struct result tcb_set_one_priority(struct model *m, int caller, int tcb,
                                          const struct message *msg)
{
    const uint64_t priority = message_word(m, caller, 0);
    const struct cap *authority = cap_of(m, msg->cap[0]);
    if (authority->type != KAAL_OBJ_TCB) {
        return bad_cap(1);
    }
    const unsigned most = tcb_at(m, authority->object)->mcp;
    if (priority > most) {
        return result_range(0, 0, most);
    }
    if (msg->label == KAAL_INV_TCB_SET_PRIORITY) {
        set_priority(m, tcb, priority);
    } else {
        tcb_at(m, tcb)->mcp = (uint8_t)priority;
    }
    return result_ok();
}

/* ---- Registers ---- */

uint64_t *tcb_register(const struct model *m, int tcb, unsigned i)
{
    struct tcb *t = tcb_at(m, tcb);
    uint64_t *const first[] = {&t->pc, &t->sp, &t->pstate};
    if (i < 3) {
        return first[i];
    }
    return i < 3 + MODEL_REGS ? &t->x[i - 3] : &t->tls;
}

static void set_register(const struct model *m, int tcb, unsigned i, uint64_t value)
{
    uint64_t *reg = tcb_register(m, tcb, i);
    if (i == 2) {
        value = (*reg & ~(uint64_t)PSTATE_FLAGS) | (value & PSTATE_FLAGS);
    }
    *reg = value;
}

static struct result tcb_write_registers(struct model *m, int caller, int tcb,
                                         const struct message *msg)
{
    const uint64_t resume = message_word(m, caller, 0);
    const uint64_t count = message_word(m, caller, 1);
    if (tcb == caller) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (resume > 1) {
        return result_range(0, 0, 1);
    }
    if (count > REGISTERS) {
        return result_range(1, 0, REGISTERS);
    }
    if (msg->words < 2 + count) {
        return result_err(KAAL_ERR_TRUNCATED_MESSAGE);
    }
    for (unsigned i = 0; i < count; i++) {
        set_register(m, tcb, i, message_word(m, caller, 2 + i));
    }
    if (resume == 1) {
        thread_resume(m, tcb);
    }
    return result_ok();
}

static struct result tcb_read_registers(struct model *m, int caller, int tcb)
{
    const uint64_t suspend = message_word(m, caller, 0);
    const uint64_t count = message_word(m, caller, 1);
    if (tcb == caller) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (suspend > 1) {
        return result_range(0, 0, 1);
    }
    if (count < 1 || count > REGISTERS) {
        return result_range(1, 1, REGISTERS);
    }
    if (suspend == 1) {
        thread_stop(m, tcb);
    }
    return (struct result){.err = KAAL_OK, .words = (unsigned)count, .registers_of = tcb};
}

static bool is_frame_register(unsigned i)
{
    if (i < 3) {
        return true;
    }
    const unsigned x = i - 3;
    return x <= 8 || (x >= 16 && x <= 18) || x == 29 || x == 30;
}

static struct result tcb_copy_registers(struct model *m, int caller, int tcb,
                                        const struct message *msg)
{
    const uint64_t flags = message_word(m, caller, 0);
    const struct cap *cap = cap_of(m, msg->cap[0]);
    if (cap->type != KAAL_OBJ_TCB) {
        return bad_cap(1);
    }
    const int from = cap->object;
    if (from == caller || tcb == caller) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    if (flags > 15) {
        return result_range(0, 0, 15);
    }
    if ((flags & 1) != 0) {
        thread_stop(m, from);
    }
    for (unsigned i = 0; i < REGISTERS; i++) {
        if ((flags & (is_frame_register(i) ? 4 : 8)) != 0) {
            set_register(m, tcb, i, *tcb_register(m, from, i));
        }
    }
    if ((flags & 2) != 0) {
        thread_resume(m, tcb);
    }
    return result_ok();
}

/* ---- The rest ---- */

static struct result tcb_bind_notification(struct model *m, int tcb, const struct cap *cap)
{
    if (cap->type != KAAL_OBJ_NOTIFICATION || (cap->rights & KAAL_RIGHT_READ) == 0) {
        return bad_cap(1);
    }
    struct object *ntfn = object_at(m, cap->object);
    int waiter;
    if (tcb_at(m, tcb)->ntfn != 0 || ntfn->u.ntfn.tcb != 0 ||
        waiters_of(m, cap->object, &waiter, 1) != 0) {
        return result_err(KAAL_ERR_ILLEGAL_OPERATION);
    }
    tcb_at(m, tcb)->ntfn = cap->object;
    ntfn->u.ntfn.tcb = tcb;
    return result_ok();
}

static struct result tcb_set_ipc_buffer(struct model *m, int caller, struct ref target,
                                        const struct message *msg)
{
    const uint64_t address = message_word(m, caller, 0);
    struct install page;
    if (!get_buffer(m, msg->cap[0], address, &page)) {
        return bad_cap(1);
    }
    if (address % BUFFER_ALIGN != 0) {
        return result_err1(KAAL_ERR_ALIGNMENT, 0);
    }
    install_buffer(m, target, cap_of(m, target)->object, address, &page);
    return result_ok();
}

static struct result tcb_set_flags(struct model *m, int caller, int tcb)
{
    const uint64_t known = 1; /* KAAL_TCB_FPU_DISABLED */
    struct tcb *t = tcb_at(m, tcb);
    for (unsigned i = 0; i < 2; i++) {
        if ((message_word(m, caller, i) & ~known) != 0) {
            return result_err1(KAAL_ERR_INVALID_ARGUMENT, i);
        }
    }
    t->flags = (uint8_t)((t->flags & ~message_word(m, caller, 0)) | message_word(m, caller, 1));
    return result_ok1(t->flags);
}

struct result invoke_tcb(struct model *m, int caller, struct ref target, const struct message *msg)
{
    const int tcb = cap_of(m, target)->object;
    struct install endpoint;
    switch (msg->label) {
    case KAAL_INV_TCB_CONFIGURE:
        return tcb_configure(m, caller, target, msg);
    case KAAL_INV_TCB_SET_SPACE:
        return tcb_set_space(m, caller, target, msg);
    case KAAL_INV_TCB_SET_SCHED_PARAMS:
        return tcb_set_sched_params(m, caller, target, msg);
    case KAAL_INV_TCB_SET_PRIORITY:
    case KAAL_INV_TCB_SET_MCPRIORITY:
        return tcb_set_one_priority(m, caller, tcb, msg);
    case KAAL_INV_TCB_SUSPEND:
        thread_stop(m, tcb);
        return result_ok();
    case KAAL_INV_TCB_RESUME:
        thread_resume(m, tcb);
        return result_ok();
    case KAAL_INV_TCB_WRITE_REGISTERS:
        return tcb_write_registers(m, caller, tcb, msg);
    case KAAL_INV_TCB_READ_REGISTERS:
        return tcb_read_registers(m, caller, tcb);
    case KAAL_INV_TCB_BIND_NOTIFICATION:
        return tcb_bind_notification(m, tcb, cap_of(m, msg->cap[0]));
    case KAAL_INV_TCB_UNBIND_NOTIFICATION:
        if (tcb_at(m, tcb)->ntfn == 0) {
            return result_err(KAAL_ERR_ILLEGAL_OPERATION);
        }
        ntfn_unbind(m, tcb_at(m, tcb)->ntfn);
        return result_ok();
    case KAAL_INV_TCB_SET_TLS_BASE:
        tcb_at(m, tcb)->tls = message_word(m, caller, 0);
        return result_ok();
    case KAAL_INV_TCB_COPY_REGISTERS:
        return tcb_copy_registers(m, caller, tcb, msg);
    case KAAL_INV_TCB_SET_IPC_BUFFER:
        return tcb_set_ipc_buffer(m, caller, target, msg);
    case KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT:
        if (!get_endpoint(m, msg->cap[0], &endpoint)) {
            return bad_cap(1);
        }
        install(m, target, tcb, MODEL_TCB_TIMEOUT_ENDPOINT, &endpoint);
        return result_ok();
    default:
        return tcb_set_flags(m, caller, tcb);
    }
}
