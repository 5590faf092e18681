/* SPDX-License-Identifier: Apache-2.0 */
/* System calls: what is sent where, and what is refused. abi.md, "System calls". */
#include "suite.h"

/* Objects of every kind that can be invoked, by the names of invocations.def. */
struct zoo {
    kaal_cptr_t UNTYPED, CNODE, TCB, SCHED_CONTEXT, SCHED_CONTROL, PAGE_TABLE, PAGE, VSPACE,
        ASID_CONTROL, ASID_POOL, IRQ_CONTROL, IRQ_HANDLER, POWER, DOMAIN;
};

static bool make_zoo(struct zoo *zoo)
{
    enum { SOME_IRQ = 77 };
    const struct kaal_slot handler = slot_of(empty_slot());
    *zoo = (struct zoo){
        .UNTYPED = make(KAAL_OBJ_UNTYPED, 12),
        .CNODE = make(KAAL_OBJ_CNODE, 2),
        .TCB = make(KAAL_OBJ_TCB, 0),
        .SCHED_CONTEXT = make(KAAL_OBJ_SCHED_CONTEXT, 8),
        .SCHED_CONTROL = KAAL_ROOT_SCHED_CONTROL,
        .PAGE_TABLE = make(KAAL_OBJ_PAGE_TABLE, 0),
        .PAGE = make(KAAL_OBJ_PAGE, 12),
        .VSPACE = make(KAAL_OBJ_VSPACE, 0),
        .ASID_CONTROL = KAAL_ROOT_ASID_CONTROL,
        .ASID_POOL = KAAL_ROOT_ASID_POOL,
        .IRQ_CONTROL = KAAL_ROOT_IRQ_CONTROL,
        .IRQ_HANDLER = handler.index,
        .POWER = KAAL_ROOT_POWER,
        .DOMAIN = KAAL_ROOT_DOMAIN,
    };
    return sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, SOME_IRQ, KAAL_IRQ_EDGE, &handler) == KAAL_OK;
}

static kaal_word_t call_label(kaal_cptr_t object, kaal_word_t label, unsigned caps, unsigned words)
{
    struct kaal_msg msg = {.info = kaal_msginfo(label, caps, words)};
    for (unsigned i = 0; i < KAAL_MSG_CAPS; i++) {
        kaal_set_cap(i, KAAL_ROOT_TCB);
    }
    sys_call(object, &msg);
    return kaal_msginfo_label(msg.info);
}

/* The call with so many capabilities and words less than it takes; true also
 * if it takes none. */
static bool is_truncated(kaal_cptr_t object, kaal_word_t label, unsigned caps, unsigned words,
                         unsigned fewer_caps, unsigned fewer_words)
{
    return caps < fewer_caps || words < fewer_words ||
           call_label(object, label, caps - fewer_caps, words - fewer_words) ==
               KAAL_ERR_TRUNCATED_MESSAGE;
}

static void short_words_are_refused(void)
{
    struct zoo zoo;
    CHECK(make_zoo(&zoo));
#define KAAL_INVOCATION(OBJECT, NAME, label, nargs, ncaps, handler) \
    CHECK(is_truncated(zoo.OBJECT, label, ncaps, nargs, 0, 1));
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
}

static void short_capabilities_are_refused(void)
{
    struct zoo zoo;
    CHECK(make_zoo(&zoo));
#define KAAL_INVOCATION(OBJECT, NAME, label, nargs, ncaps, handler) \
    CHECK(is_truncated(zoo.OBJECT, label, ncaps, nargs, 1, 0));
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
}

/* Is label one of the object's own? own: offset in struct zoo. */
static bool is_own_label(const kaal_cptr_t *own, const struct zoo *zoo, kaal_word_t label)
{
    switch (label) {
#define KAAL_INVOCATION(OBJECT, NAME, number, nargs, ncaps, handler) \
    case number:                                                     \
        return own == &zoo->OBJECT;
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
    default:
        return false;
    }
}

static void foreign_labels_are_refused(void)
{
    enum { LABELS = 128 };
    struct zoo zoo;
    CHECK(make_zoo(&zoo));
    const kaal_cptr_t *const objects = &zoo.UNTYPED;
    for (unsigned o = 0; o < sizeof(zoo) / sizeof(kaal_cptr_t); o++) {
        for (kaal_word_t label = 0; label < LABELS; label++) {
            if (!is_own_label(&objects[o], &zoo, label)) {
                CHECK_EQUAL(call_label(objects[o], label, 3, 8), KAAL_ERR_ILLEGAL_OPERATION);
            }
        }
    }
}

static void huge_labels_are_refused(void)
{
    static const kaal_word_t labels[] = {0x10005, 0x100000005, 0x8000000000005, 0xfffffffffffff};
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 2);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(call_label(cnode, labels[i], 3, 8), KAAL_ERR_ILLEGAL_OPERATION);
    }
}

/* A pointer that leads to no slot: the root CNode's guard is zeros. */
#define NOWHERE 0x8000000000000001

static void call_nowhere_faults(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    thread.arg[0] = NOWHERE;
    CHECK_EQUAL(suite_fault_of(&thread, suite_call_once, 0, &msg), KAAL_FAULT_CAP);
    CHECK_EQUAL(msg.w[1], NOWHERE);
    CHECK_EQUAL(msg.w[2], 0);
    CHECK_EQUAL(msg.w[3], KAAL_LOOKUP_GUARD);
    CHECK_EQUAL(kaal_msg_get(&msg, 4), 64);
}

static void send_nowhere_faults(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    thread.arg[0] = NOWHERE;
    CHECK_EQUAL(suite_fault_of(&thread, suite_send_once, 0, &msg), KAAL_FAULT_CAP);
    CHECK_EQUAL(msg.w[1], NOWHERE);
    CHECK_EQUAL(msg.w[2], 0);
}

static void nbsend_nowhere_does_nothing(void)
{
    const struct kaal_msg msg = message(1, 1, 1, 0, 0, 0);
    sys_nbsend(NOWHERE, &msg);
    sys_nbsend(empty_slot(), &msg);
}

static void send_to_empty_slot_does_nothing(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    thread.arg[0] = empty_slot();
    CHECK_EQUAL(suite_fault_of(&thread, suite_send_once, 0, &msg), 0);
    CHECK(thread.is_done);
}

static void call_to_empty_slot_is_answered(void)
{
    struct kaal_msg msg = message(7, 1, 99, 98, 97, 96);
    sys_call(empty_slot(), &msg);
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_ERR_INVALID_CAPABILITY, 0, 1));
    CHECK_EQUAL(msg.w[0], 0);
}

static void cap_in_message_nowhere(struct thread *self)
{
    struct kaal_msg msg = {.info = kaal_msginfo(1, 1, 0)};
    kaal_set_cap(0, NOWHERE);
    if (self->arg[1] == 0) {
        sys_send(self->arg[0], &msg);
    } else {
        sys_call(self->arg[0], &msg);
    }
}

static void bad_capability_in_message_faults(void)
{
    static struct thread threads[2];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    for (unsigned i = 0; i < 2; i++) {
        threads[i].arg[0] = ep;
        threads[i].arg[1] = i;
        CHECK_EQUAL(suite_fault_of(&threads[i], cap_in_message_nowhere, 0, &msg), KAAL_FAULT_CAP);
        CHECK_EQUAL(msg.w[1], NOWHERE);
        CHECK_EQUAL(msg.w[2], 0);
    }
    CHECK_EQUAL(sys_poll(ep, &msg), 0);
    CHECK_EQUAL(msg.info, 0);
}

static void nbsend_with_bad_capability_sends_nothing(void)
{
    static struct thread thread;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t badged = make_badged(ntfn, KAAL_RIGHT_WRITE, 2);
    const struct kaal_msg msg = {.info = kaal_msginfo(1, 1, 0)};
    thread.arg[0] = ntfn;
    CHECK(thread_start(&thread, suite_wait_once, ABOVE));
    kaal_set_cap(0, NOWHERE);
    sys_nbsend(badged, &msg);
    CHECK(!thread.is_done);
    sys_signal(badged);
    CHECK(thread.is_done);
}

static void send_performs_invocation(void)
{
    static struct thread thread;
    const struct kaal_msg resume = {.info = kaal_msginfo(KAAL_INV_TCB_RESUME, 0, 0)};
    thread.arg[0] = make(KAAL_OBJ_NOTIFICATION, 0);
    sys_signal(thread.arg[0]);
    CHECK(thread_start(&thread, suite_wait_once,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    sys_send(thread.tcb, &resume);
    CHECK(thread.is_done);
}

static void nbsend_performs_invocation(void)
{
    static struct thread thread;
    const struct kaal_msg resume = {.info = kaal_msginfo(KAAL_INV_TCB_RESUME, 0, 0)};
    thread.arg[0] = make(KAAL_OBJ_NOTIFICATION, 0);
    sys_signal(thread.arg[0]);
    CHECK(thread_start(&thread, suite_wait_once,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    sys_nbsend(thread.tcb, &resume);
    CHECK(thread.is_done);
}

static void receive_as_told(struct thread *self)
{
    struct kaal_msg msg = {0};
    kaal_svc((enum kaal_syscall)self->arg[1], self->arg[0], &msg, self->arg[2], self->arg[0]);
}

static void receive_from_other_objects_faults(void)
{
    static struct thread threads[12];
    static const kaal_word_t calls[] = {KAAL_SYS_RECV, KAAL_SYS_NBRECV, KAAL_SYS_WAIT,
                                        KAAL_SYS_POLL};
    const kaal_cptr_t sources[] = {KAAL_ROOT_TCB, make(KAAL_OBJ_REPLY, 0), KAAL_ROOT_CNODE};
    struct kaal_msg msg;
    for (unsigned i = 0; i < 12; i++) {
        threads[i].arg[0] = sources[i % 3];
        threads[i].arg[1] = calls[i / 3];
        threads[i].arg[2] = sources[1];
        CHECK_EQUAL(suite_fault_of(&threads[i], receive_as_told, 0, &msg), KAAL_FAULT_CAP);
        CHECK_EQUAL(msg.w[1], sources[i % 3]);
        CHECK_EQUAL(msg.w[2], 1);
        CHECK_EQUAL(msg.w[3], KAAL_LOOKUP_MISSING_CAP);
    }
}

static void receive_needs_a_reply_object(void)
{
    static struct thread threads[4];
    static const kaal_word_t calls[] = {KAAL_SYS_RECV, KAAL_SYS_NBRECV};
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t bad[] = {NOWHERE, ep};
    static const kaal_word_t kinds[] = {KAAL_LOOKUP_GUARD, KAAL_LOOKUP_MISSING_CAP};
    struct kaal_msg msg;
    for (unsigned i = 0; i < 4; i++) {
        threads[i].arg[0] = ep;
        threads[i].arg[1] = calls[i / 2];
        threads[i].arg[2] = bad[i % 2];
        CHECK_EQUAL(suite_fault_of(&threads[i], receive_as_told, 0, &msg), KAAL_FAULT_CAP);
        CHECK_EQUAL(msg.w[1], bad[i % 2]);
        CHECK_EQUAL(msg.w[2], 1);
        CHECK_EQUAL(msg.w[3], kinds[i % 2]);
    }
}

static void notification_needs_no_reply_object(void)
{
    static struct thread thread;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    struct kaal_msg msg;
    sys_signal(ntfn);
    thread.arg[0] = ntfn;
    thread.arg[1] = KAAL_SYS_RECV;
    thread.arg[2] = NOWHERE;
    CHECK_EQUAL(suite_fault_of(&thread, receive_as_told, 0, &msg), 0);
    CHECK(thread.is_done);
}

static void caller_without_reply_object_stops(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    thread.arg[0] = ep;
    thread.arg[2] = 12;
    CHECK(thread_start(&thread, suite_call_once, ABOVE));
    sys_wait(ep, &msg);
    CHECK_EQUAL(msg.w[0], 12);
    test_sleep_ms(1);
    CHECK(!thread.is_done);
}

static void svc_immediate_means_nothing(void)
{
    register kaal_word_t x0 __asm__("x0") = KAAL_SYS_POLL;
    register kaal_word_t x1 __asm__("x1") = make_badged(make(KAAL_OBJ_NOTIFICATION, 0), 15, 3);
    sys_signal(x1);
    x0 = KAAL_SYS_POLL;
    __asm__ volatile("svc #0x1234" : "+r"(x0), "+r"(x1) : : "x3", "x4", "x5", "x6", "memory");
    CHECK_EQUAL(x1, 3);
}

static const struct test tests[] = {
    TEST(short_words_are_refused, "every invocation refuses a message one word too short"),
    TEST(short_capabilities_are_refused, "every invocation refuses one capability too few"),
    TEST(foreign_labels_are_refused, "every object refuses every label but its own"),
    TEST(huge_labels_are_refused, "all 52 bits of a label count"),
    TEST(call_nowhere_faults, "a call to no slot is a fault that says how it failed"),
    TEST(send_nowhere_faults, "a send to no slot is a fault"),
    TEST(nbsend_nowhere_does_nothing, "an nbsend to nowhere does nothing"),
    TEST(send_to_empty_slot_does_nothing, "a send to an empty slot does nothing"),
    TEST(call_to_empty_slot_is_answered, "a call to an empty slot is answered with an error"),
    TEST(bad_capability_in_message_faults, "a capability that leads nowhere faults its sender"),
    TEST(nbsend_with_bad_capability_sends_nothing, "nbsend with such a capability sends nothing"),
    TEST(send_performs_invocation, "send can perform an invocation"),
    TEST(nbsend_performs_invocation, "nbsend can perform an invocation"),
    TEST(receive_from_other_objects_faults, "no receive from what is no endpoint or notification"),
    TEST(receive_needs_a_reply_object, "a receive from an endpoint needs a reply object"),
    TEST(notification_needs_no_reply_object, "a receive from a notification needs none"),
    TEST(caller_without_reply_object_stops, "a caller that nobody can answer stops"),
    TEST(svc_immediate_means_nothing, "the immediate of svc means nothing"),
};
const struct group suite_syscall_group = GROUP(tests);
