/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include "object/sched_context.h"

#include "debug.h"
#include "ipc.h"
#include "lib/fmt.h"
#include "sched.h"

enum {
    SYSCALL_WORDS = 35,
    SYSCALL_REPLY_WORDS = 34,
    EXCEPTION_WORDS = 4,
    EXCEPTION_REPLY_WORDS = 3,
    CAP_WORDS = 5,
    OTHER_WORDS = 4,
    TIMEOUT_WORDS = 2,
};

/* ---- Message words of a thread, in registers or its buffer ----------------- */

static void put_word(struct tcb *t, struct kaal_ipc_buffer *buffer, unsigned i, word_t value)
{
    if (i < KAAL_MSG_REGS) {
        t->regs.x[3 + i] = value;
    } else if (buffer != NULL) {
        buffer->words[i] = value;
    }
}

static word_t get_word(const struct tcb *t, const struct kaal_ipc_buffer *buffer, unsigned i)
{
    return i < KAAL_MSG_REGS ? t->regs.x[3 + i] : buffer->words[i];
}

/* ---- To the handler --------------------------------------------------------- */

static word_t syscall_word(const struct tcb *t, unsigned i)
{
    switch (i) {
    case 31:
        return t->regs.pc;
    case 32:
        return t->regs.sp;
    case 33:
        return t->regs.pstate;
    case 34:
        return t->fault.words[0];
    default:
        return t->regs.x[i];
    }
}

static word_t exception_word(const struct tcb *t, unsigned i)
{
    switch (i) {
    case 0:
        return t->regs.pc;
    case 1:
        return t->regs.sp;
    case 2:
        return t->regs.pstate;
    default:
        return t->fault.words[0];
    }
}

static word_t fault_word(const struct tcb *t, unsigned i)
{
    switch (t->fault.kind) {
    case KAAL_FAULT_UNKNOWN_SYSCALL:
        return syscall_word(t, i);
    case KAAL_FAULT_USER_EXCEPTION:
        return exception_word(t, i);
    case KAAL_FAULT_TIMEOUT:
        return t->fault.words[i];
    default:
        return i == 0 ? t->regs.pc : t->fault.words[i - 1];
    }
}

static unsigned fault_length(enum kaal_fault kind)
{
    switch (kind) {
    case KAAL_FAULT_UNKNOWN_SYSCALL:
        return SYSCALL_WORDS;
    case KAAL_FAULT_CAP:
        return CAP_WORDS;
    case KAAL_FAULT_TIMEOUT:
        return TIMEOUT_WORDS;
    default:
        return OTHER_WORDS;
    }
}
_Static_assert(EXCEPTION_WORDS == OTHER_WORDS, "fault_length");

word_t fault_write_message(struct tcb *t, struct tcb *receiver)
{
    struct kaal_ipc_buffer *buffer = tcb_ipc_buffer(receiver);
    unsigned length = fault_length(t->fault.kind);
    if (buffer == NULL && length > KAAL_MSG_REGS) {
        length = KAAL_MSG_REGS;
    }
    if (t->fault.kind == KAAL_FAULT_TIMEOUT) {
        t->fault.words[1] = t->sc == NULL ? 0 : sc_take_consumed(t->sc);
    }
    for (unsigned i = 0; i < length; i++) {
        put_word(receiver, buffer, i, fault_word(t, i));
    }
    return kaal_msginfo(t->fault.kind, 0, length);
}

/* ---- From the handler ------------------------------------------------------- */

static void set_register(struct tcb *t, unsigned i, word_t value)
{
    switch (i) {
    case 31:
        t->regs.pc = value;
        break;
    case 32:
        t->regs.sp = value;
        break;
    case 33:
        t->regs.pstate = arch_pstate_sanitise(value);
        break;
    default:
        t->regs.x[i] = value;
        break;
    }
}

bool fault_accept_reply(const struct tcb *handler, struct tcb *t)
{
    const struct kaal_ipc_buffer *buffer = tcb_ipc_buffer(handler);
    const word_t info = handler->regs.x[2];
    unsigned length = kaal_msginfo_length(info);
    unsigned first = 0, limit = 0;

    if (t->fault.kind == KAAL_FAULT_UNKNOWN_SYSCALL || t->fault.kind == KAAL_FAULT_TIMEOUT) {
        limit = SYSCALL_REPLY_WORDS;
    } else if (t->fault.kind == KAAL_FAULT_USER_EXCEPTION) {
        first = 31; /* pc, sp, pstate are registers 31-33 of set_register() */
        limit = EXCEPTION_REPLY_WORDS;
    }
    if (buffer == NULL && length > KAAL_MSG_REGS) {
        length = KAAL_MSG_REGS;
    }
    for (unsigned i = 0; i < length && i < limit; i++) {
        set_register(t, first + i, get_word(handler, buffer, i));
    }
    t->fault.kind = KAAL_FAULT_NONE;
    return kaal_msginfo_label(info) == 0;
}

/* ---- Raising ----------------------------------------------------------------- */

bool fault_is_handler(const struct cap *cap)
{
    return cap_is_null(cap) ||
           (cap->type == CAP_ENDPOINT && cap_has_rights(cap, KAAL_RIGHT_WRITE) &&
            (cap->rights & (KAAL_RIGHT_GRANT | KAAL_RIGHT_GRANT_REPLY)) != 0);
}

static const char *fault_name(enum kaal_fault kind)
{
    switch (kind) {
#define KAAL_FAULT(NAME, label, length) \
    case KAAL_FAULT_##NAME:             \
        return #NAME;
#include <kaal/abi/faults.def>
#undef KAAL_FAULT
    default:
        return "?";
    }
}

const struct tcb *fault_root_task;

/* Nobody else will hear of it: say so on the console. In release only for the
 * root task, after which nothing may be left to speak. */
static void report_unhandled(const struct tcb *t, const struct fault *fault)
{
    if (KAAL_CFG_DEBUG || t == fault_root_task) {
        fmt_print("kernel: %s", t == fault_root_task ? "root task" : "thread");
        if (KAAL_CFG_DEBUG && t->name[0] != '\0') {
            fmt_print(" ");
            debug_print_thread(t);
        }
        fmt_print(" stopped, no fault handler: %s at pc 0x%lx, details 0x%lx 0x%lx 0x%lx\n",
                  fault_name(fault->kind), t->regs.pc, fault->words[0], fault->words[1],
                  fault->words[2]);
    }
}

void fault_raise(struct tcb *t, struct fault fault)
{
    const bool is_timeout = fault.kind == KAAL_FAULT_TIMEOUT;
    const struct cap *handler =
        &t->slots[is_timeout ? TCB_SLOT_TIMEOUT_HANDLER : TCB_SLOT_FAULT_HANDLER].cap;
    struct endpoint *ep = cap_endpoint(handler);

    if (ep == NULL || !fault_is_handler(handler)) {
        t->state = TCB_INACTIVE;
        report_unhandled(t, &fault);
        return;
    }
    t->fault = fault;
    ipc_send(t, ep,
             &(struct ipc_send){
                 .badge = cap_badge(handler),
                 .can_block = true,
                 .can_grant = cap_has_rights(handler, KAAL_RIGHT_GRANT),
                 .can_grant_reply = cap_has_rights(handler, KAAL_RIGHT_GRANT_REPLY),
                 .can_donate = t->sc != NULL && !is_timeout,
             });
}

void fault_raise_timeout(struct tcb *t)
{
    sc_end_yield(t);
    fault_raise(t, (struct fault){.kind = KAAL_FAULT_TIMEOUT, .words = {t->sc->badge}});
}

void fault_raise_cap(struct tcb *t, cptr_t cptr, bool in_receive, unsigned kind, unsigned bits_left)
{
    fault_raise(
        t, (struct fault){.kind = KAAL_FAULT_CAP, .words = {cptr, in_receive, kind, bits_left}});
}
