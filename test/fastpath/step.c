/* SPDX-License-Identifier: Apache-2.0 */
#include "step.h"

#include <inttypes.h>
#include <stdio.h>

#include <kaal/abi/message.h>

#include "object/endpoint.h"
#include "object/notification.h"
#include "object/reply.h"
#include "object/sched_context.h"

#include "aim.h"
#include "memory.h"
#include "path.h"
#include "random.h"
#include "world.h"

/* ---- What a step may want --------------------------------------------------------- */

static bool is_endpoint(const struct cap *cap)
{
    return cap->type == CAP_ENDPOINT;
}

static bool has_receiver(const struct cap *cap)
{
    const struct endpoint *ep = cap_endpoint(cap);
    return ep != NULL && !tree_is_empty(&ep->waiters) && ep->is_receiving &&
           cap_has_rights(cap, KAAL_RIGHT_WRITE);
}

static bool has_passive_receiver(const struct cap *cap)
{
    return has_receiver(cap) && tcb_of_wait(tree_first(&cap_endpoint(cap)->waiters))->sc == NULL;
}

static bool has_no_sender(const struct cap *cap)
{
    const struct endpoint *ep = cap_endpoint(cap);
    return ep != NULL && (tree_is_empty(&ep->waiters) || ep->is_receiving) &&
           cap_has_rights(cap, KAAL_RIGHT_READ);
}

static bool has_sender(const struct cap *cap)
{
    const struct endpoint *ep = cap_endpoint(cap);
    return ep != NULL && !tree_is_empty(&ep->waiters) && !ep->is_receiving;
}

static bool is_ntfn(const struct cap *cap)
{
    return cap->type == CAP_NOTIFICATION;
}

static bool wakes_somebody(const struct cap *cap)
{
    const struct ntfn *n = cap_ntfn(cap);
    return n != NULL && cap_has_rights(cap, KAAL_RIGHT_WRITE) &&
           (!tree_is_empty(&n->waiters) ||
            (n->bound != NULL && n->bound->state == TCB_BLOCKED_RECV));
}

/* May the current thread wait for it? */
static bool is_to_wait_for(const struct cap *cap)
{
    const struct ntfn *n = cap_ntfn(cap);
    return n != NULL && cap_has_rights(cap, KAAL_RIGHT_READ) &&
           (n->bound == NULL || n->bound == host_cpu.current);
}

static bool is_reply(const struct cap *cap)
{
    return cap->type == CAP_REPLY;
}

static bool is_free_reply(const struct cap *cap)
{
    return is_reply(cap) && cap_reply(cap)->tcb == NULL;
}

static bool is_to_be_answered(const struct cap *cap)
{
    const struct reply *reply = cap_reply(cap);
    return reply != NULL && reply->tcb != NULL && reply->tcb->state == TCB_BLOCKED_REPLY;
}

/* The newest call that the context of the current thread was lent along? */
static bool is_of_own_time(const struct cap *cap)
{
    return is_reply(cap) && cap_reply(cap)->sc == host_cpu.current->sc;
}

static bool is_time(const struct cap *cap)
{
    return cap->type == CAP_SCHED_CONTEXT;
}

static bool is_time_of_other(const struct cap *cap)
{
    const struct sc *sc = cap_sc(cap);
    return sc != NULL && sc->tcb != NULL && tcb_can_run(sc->tcb) && sc->tcb != host_cpu.current;
}

/* Can the current thread make way for its thread? */
static bool is_time_of_equal(const struct cap *cap)
{
    return is_time_of_other(cap) && cap_sc(cap)->tcb->priority == host_cpu.current->priority;
}

static bool is_small_memory(const struct cap *cap)
{
    return cap->type == CAP_UNTYPED;
}

static bool is_cnode(const struct cap *cap)
{
    return cap->type == CAP_CNODE;
}

static bool is_thread(const struct cap *cap)
{
    return cap->type == CAP_TCB;
}

static bool is_anything(const struct cap *cap)
{
    return cap->type != CAP_NULL;
}

/* ---- System calls --------------------------------------------------------------------------- */

static word_t random_info(void)
{
    const unsigned length = percent(60) ? below(5) : percent(60) ? below(20) : below(128);
    const word_t caps = percent(12) ? 1 + below(3) : 0;
    const word_t unwrapped = percent(5) ? below(8) : 0;
    const word_t label = percent(80) ? below(4) : random64() & 0xfffffffffffff;
    return label << KAAL_MSGINFO_LABEL_SHIFT | unwrapped << KAAL_MSGINFO_UNWRAPPED_SHIFT |
           caps << KAAL_MSGINFO_CAPS_SHIFT | length;
}

static bool is_on_lent_time(void)
{
    return host_cpu.current->sc->reply != NULL;
}

static cptr_t receiver_cptr(void)
{
    return percent(is_on_lent_time() ? 80 : 40) && path_find(has_passive_receiver) != NULL
               ? path_cptr(has_passive_receiver, 100, is_endpoint)
               : path_cptr(has_receiver, 75, is_endpoint);
}

static cptr_t sender_cptr(void)
{
    return percent(60) ? path_cptr(has_no_sender, 85, is_endpoint)
                       : path_cptr(has_sender, 85, is_endpoint);
}

static cptr_t signal_cptr(void)
{
    return path_cptr(wakes_somebody, 50, is_ntfn);
}

static cptr_t wait_cptr(void)
{
    return path_cptr(is_to_wait_for, 85, is_ntfn);
}

static cptr_t answer_cptr(void)
{
    return path_find(is_of_own_time) != NULL && percent(60)
               ? path_cptr(NULL, 0, is_of_own_time)
               : path_cptr(is_to_be_answered, 85, is_reply);
}

static cptr_t dest_cptr(void)
{
    return percent(45)   ? signal_cptr()
           : percent(60) ? receiver_cptr()
           : percent(60) ? answer_cptr()
                         : path_cptr(NULL, 0, is_anything);
}

static void yield_to(word_t *x)
{
    x[0] = KAAL_SYS_CALL;
    x[1] = path_cptr(NULL, 0, is_time_of_equal);
    x[2] = (word_t)KAAL_INV_SCHED_CONTEXT_YIELD_TO << KAAL_MSGINFO_LABEL_SHIFT;
}

static void make_invocation(word_t *x)
{
    static const uint8_t labels[] = {KAAL_INV_SCHED_CONTEXT_YIELD_TO,
                                     KAAL_INV_SCHED_CONTEXT_YIELD_TO,
                                     KAAL_INV_SCHED_CONTEXT_CONSUMED};
    static const uint8_t of_thread[] = {KAAL_INV_TCB_SUSPEND, KAAL_INV_TCB_RESUME,
                                        KAAL_INV_TCB_RESUME, KAAL_INV_TCB_RESUME};
    const bool is_of_time = percent(75);
    const word_t label = is_of_time ? labels[below(3)] : of_thread[below(4)];
    x[1] = is_of_time ? path_cptr(is_time_of_other, 90, is_time) : path_cptr(NULL, 0, is_thread);
    x[2] = label << KAAL_MSGINFO_LABEL_SHIFT;
}

/* A thread of small memory, whose zeroing may be interrupted. */
static bool make_retype(struct tcb *t)
{
    struct kaal_ipc_buffer *buffer = tcb_ipc_buffer(t);
    const struct path *memory = path_find(is_small_memory), *node = path_find(is_cnode);
    if (buffer == NULL || memory == NULL || node == NULL) {
        return false;
    }
    t->regs.x[0] = KAAL_SYS_CALL;
    t->regs.x[1] = memory->cptr;
    t->regs.x[2] =
        KAAL_INV_UNTYPED_RETYPE << KAAL_MSGINFO_LABEL_SHIFT | 1 << KAAL_MSGINFO_CAPS_SHIFT | 6;
    t->regs.x[3] = CAP_TCB;
    t->regs.x[4] = t->regs.x[5] = t->regs.x[6] = 0;
    buffer->words[4] = below(1U << cap_cnode_radix(node->cap));
    buffer->words[5] = 1;
    buffer->caps_or_badges[0] = node->cptr;
    memory_follow_range(buffer, sizeof(*buffer));
    host.preempt_at = below(2);
    return true;
}

enum {
    DO_CALL,
    DO_REPLY_RECV,
    DO_SEND,
    DO_NBSEND,
    DO_RECV,
    DO_NBRECV,
    DO_NBSEND_RECV,
    DO_NBSEND_WAIT,
    DO_WAIT,
    DO_POLL,
    DO_YIELD,
    DO_INVOKE,
    DO_OTHER
};

/* Threads that all send come to nothing. */
static unsigned random_syscall(void)
{
    static const uint8_t weights[] = {24, 22, 8, 9, 9, 3, 3, 3, 7, 5, 5, 5, 1};
    const unsigned what = weighted(weights, sizeof(weights));
    if ((what == DO_CALL || what == DO_SEND) && percent(70) && path_find(has_receiver) == NULL) {
        return percent(65) ? DO_RECV : DO_REPLY_RECV;
    }
    if (is_on_lent_time() && percent(40) && path_find(has_passive_receiver) != NULL) {
        return DO_CALL;
    }
    return what;
}

static void make_registers(word_t *x)
{
    const unsigned what = random_syscall();
    x[0] = what + KAAL_SYS_CALL;
    x[2] = random_info();
    x[7] = path_cptr(is_free_reply, 60, is_reply);
    x[8] = percent(50) ? wait_cptr() : sender_cptr();
    switch (what) {
    case DO_CALL:
        x[1] = percent(92) ? receiver_cptr() : path_cptr(NULL, 0, is_anything);
        break;
    case DO_REPLY_RECV:
        x[7] = answer_cptr();
        x[1] = sender_cptr();
        break;
    case DO_SEND:
    case DO_NBSEND:
    case DO_NBSEND_RECV:
    case DO_NBSEND_WAIT:
        x[1] = dest_cptr();
        break;
    case DO_RECV:
    case DO_NBRECV:
        x[1] = percent(75) ? sender_cptr() : wait_cptr();
        break;
    case DO_WAIT:
    case DO_POLL:
        x[1] = percent(80) ? wait_cptr() : sender_cptr();
        break;
    case DO_INVOKE:
        x[0] = KAAL_SYS_CALL;
        make_invocation(x);
        break;
    case DO_OTHER:
        x[0] = percent(30) ? 0 : percent(70) ? 12 + below(30) : random64() | 1 << 10;
        break;
    default:
        break;
    }
}

static void fill_buffer(struct kaal_ipc_buffer *buffer)
{
    if (buffer == NULL) {
        return;
    }
    for (unsigned i = KAAL_MSG_REGS; i < KAAL_MSG_MAX; i += 1 + below(16)) {
        buffer->words[i] = random64();
    }
    for (unsigned i = 0; i < KAAL_MSG_CAPS; i++) {
        buffer->caps_or_badges[i] = path_cptr(NULL, 0, percent(60) ? is_endpoint : is_anything);
    }
    const unsigned node = below(WORLD_NODES);
    buffer->receive_cnode = path_any_cptr();
    buffer->receive_index = below(1U << world_radix(node));
    buffer->receive_depth = world_radix(node);
    memory_follow_range(buffer, sizeof(*buffer));
}

static void end_syscall(struct tcb *t)
{
    if (kaal_msginfo_caps(t->regs.x[2]) != 0 || percent(20)) {
        fill_buffer(tcb_ipc_buffer(t));
    }
}

static void make_syscall(struct tcb *t)
{
    for (unsigned i = 0; i <= 8; i++) {
        t->regs.x[i] = random64();
    }
    path_find_all(t);
    if (percent(4) && path_find(is_time_of_equal) != NULL) {
        yield_to(t->regs.x);
        return;
    }
    if (percent(88) && aim_syscall(t)) {
        end_syscall(t);
        return;
    }
    if (percent(16) && make_retype(t)) {
        return;
    }
    make_registers(t->regs.x);
    end_syscall(t);
}

/* ---- Time and interrupts ------------------------------------------------------------------------
 */

/* How much of its first refill has the current thread left? */
static ticks_t time_left(void)
{
    const struct sched *s = &host_cpu.sched;
    const struct sc *sc = s->charged;
    const ticks_t end = sc == NULL ? 0 : s->charge_start + sc_head(sc)->amount;
    return end > host.now ? end - host.now : 0;
}

static void let_time_pass(void)
{
    const unsigned r = below(100);
    if (r < 55) {
        host.now += r < 25 ? 0 : below(150);
    } else if (r < 90) {
        host.now += below(30);
    } else if (r < 96) {
        const ticks_t left = time_left(), near = below(2 * WORLD_TICKS_PER_US * 100);
        host.now += left + below(3) > near ? left - (near < left ? near : left) : left + near;
    } else if (r < 99) {
        host.now += below(60000);
    } else {
        host.now += percent(90) ? 1000000 : random64() >> 30;
    }
}

static struct step make_irq(void)
{
    for (unsigned n = percent(80) ? 1 : below(4); n > 0; n--) {
        host_irq_raise(WORLD_FIRST_LINE + below(WORLD_LINES));
    }
    if (host.deadline <= host.now || percent(10)) {
        host_irq_raise(WORLD_TIMER);
    }
    return (struct step){.kind = STEP_IRQ};
}

static struct step make_fault(void)
{
    const bool is_vm = percent(85);
    return (struct step){
        .kind = STEP_FAULT,
        .fault = {.kind = is_vm ? KAAL_FAULT_VM : KAAL_FAULT_USER_EXCEPTION,
                  .words = {random64(), is_vm ? below(2) : 0, is_vm ? below(1 << 20) : 0}}};
}

static struct step random_entry(struct tcb *t)
{
    const bool is_late = host.deadline <= host.now;
    if (percent(is_late ? 70 : 8)) {
        return make_irq();
    }
    if (percent(4) || (percent(60) && aim_fault(t))) {
        return make_fault();
    }
    if (!t->was_preempted || percent(50)) {
        make_syscall(t);
    }
    t->regs.pc += WORLD_SVC_BYTES;
    return (struct step){.kind = STEP_SYSCALL};
}

static bool is_pending(unsigned irq)
{
    return host.irq_raised[irq] && !host.irq_masked[irq];
}

/* What a report will say of the state. */
static void describe(struct step *step, const struct tcb *t)
{
    step->thread = 0;
    while (step->thread < WORLD_THREADS && world_slot(AT_THREAD + step->thread)->cap.obj != t) {
        step->thread++;
    }
    for (unsigned i = 0; i < STEP_REGISTERS; i++) {
        step->x[i] = t->regs.x[i];
    }
    step->now = host.now;
    step->deadline = host.deadline;
    step->lines = is_pending(WORLD_TIMER) ? UINT64_C(1) << 63 : 0;
    for (unsigned i = 0; i < WORLD_LINES; i++) {
        step->lines |= is_pending(WORLD_FIRST_LINE + i) ? UINT64_C(1) << i : 0;
    }
}

struct step step_random(void)
{
    struct tcb *t = host_cpu.current;
    let_time_pass();
    host.pending_calls = 0;
    host.preempt_at = percent(2) ? (long)below(3) : HOST_NEVER;
    if (percent(2)) {
        host_irq_raise(WORLD_FIRST_LINE + below(WORLD_LINES));
    }
    struct step step = random_entry(t);
    memory_follow_range(&t->regs, sizeof(t->regs));
    memory_follow_range(&host.now, offsetof(struct host, idle) - offsetof(struct host, now));
    describe(&step, t);
    return step;
}

/* ---- Names
 * ------------------------------------------------------------------------------------------ */

unsigned step_row(const struct step *step)
{
    const word_t number = step->x[0];
    switch (step->kind) {
    case STEP_SYSCALL:
        return number >= KAAL_SYS_CALL && number < STEP_ROW_OTHER ? (unsigned)number
                                                                  : STEP_ROW_OTHER;
    case STEP_FAULT:
        return step->fault.kind == KAAL_FAULT_VM ? STEP_ROW_VM_FAULT : STEP_ROW_EXCEPTION;
    default:
        return STEP_ROW_IRQ;
    }
}

const char *step_row_name(unsigned row)
{
    static const char *const names[STEP_ROWS] = {
#define KAAL_SYSCALL(NAME, name, number) [number] = #name,
#include <kaal/abi/syscalls.def>
#undef KAAL_SYSCALL
        [STEP_ROW_OTHER] = "other number",
        [STEP_ROW_VM_FAULT] = "VM fault",
        [STEP_ROW_EXCEPTION] = "user exception",
        [STEP_ROW_IRQ] = "interrupt",
    };
    return names[row];
}

void step_print(const struct step *step)
{
    printf("%s of thread %u at %" PRIu64 ", timer set to %" PRIu64, step_row_name(step_row(step)),
           step->thread, step->now, step->deadline);
    for (unsigned i = 0; i < STEP_REGISTERS; i++) {
        printf("%s x%u=%" PRIx64, i == 0 ? "\n " : "", i, step->x[i]);
    }
    for (unsigned i = 0; step->kind == STEP_FAULT && i < 4; i++) {
        printf("%s %" PRIx64, i == 0 ? "\n  words" : "", step->fault.words[i]);
    }
    printf("\n  pending: timer %u, lines", (unsigned)(step->lines >> 63));
    for (unsigned i = 0; i < WORLD_LINES; i++) {
        printf(" %u", (unsigned)(step->lines >> i & 1));
    }
    printf("\n");
}
