/* SPDX-License-Identifier: Apache-2.0 */
/* Messages, rights on them, notifications, binding. abi.md, "System calls", "Messages". */
#include "suite.h"

/* arg 0: endpoint. Sends messages of all lengths; word i of length n is 1000 n + i. */
static void send_all_lengths(struct thread *self)
{
    for (unsigned length = 0; length <= KAAL_MSG_MAX; length++) {
        struct kaal_msg msg = {.info = kaal_msginfo(length + 1, 0, length)};
        for (unsigned i = 0; i < length; i++) {
            kaal_msg_set(&msg, i, 1000 * length + i);
        }
        sys_send(self->arg[0], &msg);
    }
}

static bool has_length(const struct kaal_msg *msg, unsigned length)
{
    bool is_right = msg->info == kaal_msginfo(length + 1, 0, length);
    for (unsigned i = 0; i < length; i++) {
        is_right = is_right && kaal_msg_get(msg, i) == 1000 * length + i;
    }
    return is_right;
}

static void all_lengths(const struct thread_how *how)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, send_all_lengths, how));
    for (unsigned length = 0; length <= KAAL_MSG_MAX; length++) {
        struct kaal_msg msg;
        sys_wait(ep, &msg);
        CHECK(has_length(&msg, length));
    }
}

static void all_lengths_sender_first(void)
{
    all_lengths(ABOVE);
}

static void all_lengths_receiver_first(void)
{
    all_lengths(BELOW);
}

static void longest_is_120_words(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, suite_wait_once, ABOVE));
    const kaal_word_t canary = 0x77777777;
    kaal_ipc_buffer()->caps_or_badges[0] = canary;
    struct kaal_msg msg = {.info = kaal_msginfo(1, 0, 127)};
    sys_nbsend(ep, &msg);
    CHECK(thread.is_done);
    CHECK_EQUAL(kaal_ipc_buffer()->caps_or_badges[0], canary);
}

static void overlong_length_is_cut(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_ipc_buffer *buffer = kaal_ipc_buffer();
    struct kaal_msg msg;
    buffer->receive_cnode = 0x1234;
    buffer->user_data = 0x5678;
    thread.arg[0] = ep;
    thread.arg[1] = 3;
    CHECK(thread_start(&thread, send_all_lengths, BELOW));
    sys_wait(ep, &msg);
    CHECK(kaal_msginfo_length(msg.info) <= KAAL_MSG_MAX);
    CHECK_EQUAL(buffer->receive_cnode, 0x1234);
    CHECK_EQUAL(buffer->user_data, 0x5678);
}

/* Take the thread's IPC buffer away; it must not run yet. */
static kaal_err_t without_buffer(const struct thread *thread)
{
    return sys_tcb_configure(thread->tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE, 0, KAAL_ROOT_NULL);
}

static void send_eight(struct thread *self)
{
    struct kaal_msg msg = {.info = kaal_msginfo(1, 1, 8), .w = {1, 2, 3, 4}};
    sys_send(self->arg[0], &msg);
}

static void sender_without_buffer(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, send_eight,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK_OK(without_buffer(&thread));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    sys_wait(ep, &msg);
    CHECK_EQUAL(msg.info, kaal_msginfo(1, 0, 4));
    CHECK_EQUAL(msg.w[3], 4);
}

static void receive_info(struct thread *self)
{
    struct kaal_msg msg;
    sys_wait(self->arg[0], &msg);
    self->result[0] = msg.info;
    self->result[1] = msg.w[3];
}

static void receiver_without_buffer(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, receive_info,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK_OK(without_buffer(&thread));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    struct kaal_msg msg = message(1, 8, 1, 2, 3, 4);
    kaal_msg_set(&msg, 7, 8);
    sys_send(ep, &msg);
    CHECK_EQUAL(thread.result[0], kaal_msginfo(1, 0, 4));
    CHECK_EQUAL(thread.result[1], 4);
}

static void serve_backwards(struct thread *self)
{
    struct kaal_msg msg;
    sys_recv(self->arg[0], &msg, self->reply);
    for (;;) {
        const unsigned length = kaal_msginfo_length(msg.info);
        for (unsigned i = 0; i < length; i++) {
            kaal_msg_set(&msg, i, ~kaal_msg_get(&msg, i));
        }
        msg.info = kaal_msginfo(5, 0, length);
        sys_reply_recv(self->arg[0], &msg, self->reply);
    }
}

static void long_calls_are_answered(void)
{
    static struct thread server;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    server.arg[0] = ep;
    CHECK(thread_start(&server, serve_backwards, ABOVE));
    for (unsigned length = 0; length <= KAAL_MSG_MAX; length += 5) {
        struct kaal_msg msg = {.info = kaal_msginfo(0, 0, length)};
        for (unsigned i = 0; i < length; i++) {
            kaal_msg_set(&msg, i, i);
        }
        sys_call(ep, &msg);
        CHECK_EQUAL(msg.info, kaal_msginfo(5, 0, length));
        for (unsigned i = 0; i < length; i++) {
            CHECK_EQUAL(kaal_msg_get(&msg, i), ~(kaal_word_t)i);
        }
    }
}

static void nbsend_reaches_a_waiter(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_msg msg = message(6, 4, 1, 2, 3, 9);
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, receive_info, ABOVE));
    sys_nbsend(ep, &msg);
    CHECK_EQUAL(thread.result[0], kaal_msginfo(6, 0, 4));
    CHECK_EQUAL(thread.result[1], 9);
}

static void receivers_queue_by_priority(void)
{
    static const unsigned priorities[] = {110, 130, 120, 130};
    static const unsigned expected[] = {1, 3, 2, 0};
    static struct thread threads[4];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_msg msg = {0};
    for (unsigned i = 0; i < 4; i++) {
        threads[i].arg[0] = ep;
        CHECK(thread_start(&threads[i], suite_wait_once,
                           &(struct thread_how){.priority = priorities[i]}));
    }
    for (unsigned i = 0; i < 4; i++) {
        sys_nbsend(ep, &msg);
        CHECK(threads[expected[i]].is_done);
    }
}

static void priority_moves_a_waiter(void)
{
    static struct thread threads[2];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    for (unsigned i = 0; i < 2; i++) {
        threads[i].arg[0] = make_badged(ep, KAAL_RIGHT_WRITE, i + 1);
        CHECK(thread_start(&threads[i], suite_send_once,
                           &(struct thread_how){.priority = 140 - 10 * i}));
    }
    CHECK_OK(sys_tcb_set_priority(threads[1].tcb, KAAL_ROOT_TCB, 145));
    CHECK_EQUAL(sys_wait(ep, NULL), 2);
    CHECK_EQUAL(sys_wait(ep, NULL), 1);
}

static void suspended_sender_is_not_heard(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    thread.arg[0] = make_badged(ep, KAAL_RIGHT_WRITE, 4);
    CHECK(thread_start(&thread, suite_send_once, ABOVE));
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    CHECK_EQUAL(sys_poll(ep, &msg), 0);
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_EQUAL(sys_poll(ep, &msg), 4);
    CHECK(thread.is_done);
}

static void suspended_caller_is_not_answered(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    thread.arg[0] = ep;
    thread.arg[2] = 8;
    CHECK(thread_start(&thread, suite_call_once, ABOVE));
    sys_recv(ep, &msg, reply);
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    msg = message(0, 1, 1, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK(!thread.is_done);
    CHECK_OK(sys_tcb_resume(thread.tcb)); /* it calls again */
    CHECK_EQUAL(sys_nbrecv(ep, &msg, reply), 0);
    CHECK_EQUAL(msg.w[0], 8);
    msg = message(0, 1, 2, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK_EQUAL(thread.result[1], 2);
}

static void deleted_reply_strands_the_caller(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    const struct kaal_slot slot = slot_of(reply);
    struct kaal_msg msg;
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, suite_call_once, ABOVE));
    sys_recv(ep, &msg, reply);
    CHECK_OK(sys_cnode_delete(&slot));
    CHECK(!thread.is_done);
    CHECK_EQUAL(sys_nbrecv(ep, &msg, make(KAAL_OBJ_REPLY, 0)), 0);
}

/* ---- Capabilities in messages -------------------------------------------------------- */

/* arg 0: endpoint, 1..3: capabilities (0: none). */
static void send_caps(struct thread *self)
{
    unsigned count = 0;
    for (unsigned i = 1; i < 4 && self->arg[i] != 0; i++) {
        kaal_set_cap(count++, self->arg[i]);
    }
    struct kaal_msg msg = {.info = kaal_msginfo(1, count, 0)};
    sys_send(self->arg[0], &msg);
}

/* Receives that into place. */
static kaal_word_t receive_caps(struct thread *thread, kaal_cptr_t ep, const kaal_cptr_t *caps,
                                kaal_cptr_t place)
{
    struct kaal_ipc_buffer *buffer = kaal_ipc_buffer();
    struct kaal_msg msg = {0};
    const struct kaal_slot slot = slot_of(place);
    thread->arg[0] = ep;
    for (unsigned i = 0; i < 3; i++) {
        thread->arg[i + 1] = caps[i];
    }
    if (!thread_start(thread, send_caps, ABOVE)) {
        return 0;
    }
    buffer->receive_cnode = slot.root;
    buffer->receive_index = slot.index;
    buffer->receive_depth = slot.depth;
    sys_wait(ep, &msg);
    return msg.info;
}

static kaal_word_t info_of(unsigned caps, unsigned unwrapped)
{
    return kaal_msginfo(1, caps, 0) | (kaal_word_t)unwrapped << KAAL_MSGINFO_UNWRAPPED_SHIFT;
}

static void first_of_two_is_transferred(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t caps[3] = {make(KAAL_OBJ_NOTIFICATION, 0), make(KAAL_OBJ_NOTIFICATION, 0)};
    const kaal_cptr_t place = empty_slot();
    CHECK_EQUAL(receive_caps(&thread, ep, caps, place), info_of(1, 0));
    sys_signal(make_badged(place, 15, 2));
    CHECK_EQUAL(sys_poll(caps[0], NULL), 2);
}

static void unwrapped_and_transferred_mix(void)
{
    static struct thread threads[2];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t a = make_badged(ep, 15, 0xa);
    const kaal_cptr_t b = make_badged(ep, 15, 0xb);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t first[3] = {a, ntfn, b};
    const kaal_cptr_t second[3] = {a, b, a};
    CHECK_EQUAL(receive_caps(&threads[0], ep, first, empty_slot()), info_of(3, 5));
    CHECK_EQUAL(kaal_ipc_buffer()->caps_or_badges[0], 0xa);
    CHECK_EQUAL(kaal_ipc_buffer()->caps_or_badges[2], 0xb);
    CHECK_EQUAL(receive_caps(&threads[1], ep, second, empty_slot()), info_of(3, 7));
    CHECK_EQUAL(kaal_ipc_buffer()->caps_or_badges[1], 0xb);
}

static void full_slot_takes_nothing(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t caps[3] = {make(KAAL_OBJ_NOTIFICATION, 0)};
    const kaal_cptr_t full = make(KAAL_OBJ_TCB, 0);
    CHECK_EQUAL(receive_caps(&thread, ep, caps, full), info_of(0, 0));
    CHECK_OK(sys_tcb_suspend(full)); /* still what it was */
}

static void uncopyable_is_not_transferred(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t caps[3] = {make(KAAL_OBJ_VSPACE, 0), make(KAAL_OBJ_NOTIFICATION, 0)};
    const kaal_cptr_t place = empty_slot();
    CHECK_EQUAL(receive_caps(&thread, ep, caps, place), info_of(0, 0));
    CHECK(suite_is_empty(place));
}

static void bad_receive_slot_takes_nothing(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_ipc_buffer *buffer = kaal_ipc_buffer();
    struct kaal_msg msg;
    thread.arg[0] = ep;
    thread.arg[1] = make(KAAL_OBJ_NOTIFICATION, 0);
    thread.arg[2] = 0;
    CHECK(thread_start(&thread, send_caps, ABOVE));
    buffer->receive_cnode = KAAL_ROOT_TCB;
    buffer->receive_index = 0;
    buffer->receive_depth = 64;
    sys_wait(ep, &msg);
    CHECK_EQUAL(msg.info, info_of(0, 0));
}

static void transferred_capability_keeps_rights(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t caps[3] = {make_badged(ntfn, KAAL_RIGHT_READ, 4)};
    const kaal_cptr_t place = empty_slot();
    const struct kaal_msg none = {0};
    CHECK_EQUAL(receive_caps(&thread, ep, caps, place), info_of(1, 0));
    sys_nbsend(place, &none);
    CHECK_EQUAL(sys_poll(place, NULL), 0);
    const struct kaal_slot source = slot_of(caps[0]);
    CHECK_OK(sys_cnode_revoke(&source)); /* what was sent is derived from it */
    CHECK(suite_is_empty(place));
}

/* arg 0: endpoint, 1: slot for what the answer brings. result 0: info. */
static void call_for_cap(struct thread *self)
{
    struct kaal_ipc_buffer *buffer = kaal_ipc_buffer();
    const struct kaal_slot slot = slot_of(self->arg[1]);
    struct kaal_msg msg = {0};
    buffer->receive_cnode = slot.root;
    buffer->receive_index = slot.index;
    buffer->receive_depth = slot.depth;
    sys_call(self->arg[0], &msg);
    self->result[0] = msg.info;
}

static void answer_with_cap(kaal_word_t reply_rights, unsigned caps)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    const kaal_cptr_t used = reply_rights == 15 ? reply : make_badged(reply, reply_rights, 0);
    struct kaal_msg msg;
    thread.arg[0] = ep;
    thread.arg[1] = empty_slot();
    CHECK(thread_start(&thread, call_for_cap, ABOVE));
    sys_recv(ep, &msg, reply);
    kaal_set_cap(0, make(KAAL_OBJ_NOTIFICATION, 0));
    msg.info = kaal_msginfo(0, 1, 0);
    sys_send(used, &msg);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], kaal_msginfo(0, caps, 0));
    CHECK_EQUAL(suite_is_empty(thread.arg[1]), caps == 0);
}

static void answer_passes_capability(void)
{
    answer_with_cap(15, 1);
}

static void answer_without_grant_passes_none(void)
{
    answer_with_cap(KAAL_RIGHT_WRITE, 0);
}

static const struct test tests[] = {
    TEST(all_lengths_sender_first, "0 to 120 words arrive from a waiting sender"),
    TEST(all_lengths_receiver_first, "0 to 120 words arrive at a waiting receiver"),
    TEST(longest_is_120_words, "a length above 120 harms neither side"),
    TEST(overlong_length_is_cut, "a receiver's buffer is written in its message part only"),
    TEST(sender_without_buffer, "a sender without IPC buffer sends four words, no capability"),
    TEST(receiver_without_buffer, "a receiver without IPC buffer gets four words"),
    TEST(long_calls_are_answered, "calls and answers of all lengths"),
    TEST(nbsend_reaches_a_waiter, "nbsend reaches a waiting receiver"),
    TEST(receivers_queue_by_priority, "receivers are served by priority, then order of arrival"),
    TEST(priority_moves_a_waiter, "a new priority counts for a thread that waits"),
    TEST(suspended_sender_is_not_heard, "a suspended sender leaves the queue, resumed it is back"),
    TEST(suspended_caller_is_not_answered, "a suspended caller is not answered; resumed it calls"),
    TEST(deleted_reply_strands_the_caller, "with its reply object a caller's answer is gone"),
    TEST(first_of_two_is_transferred, "of two capabilities the first is transferred"),
    TEST(unwrapped_and_transferred_mix, "badges unwrap around a transferred capability"),
    TEST(full_slot_takes_nothing, "a full receive slot takes nothing and stays"),
    TEST(uncopyable_is_not_transferred, "what cannot be copied ends the transfer"),
    TEST(bad_receive_slot_takes_nothing, "without a receive slot nothing is transferred"),
    TEST(transferred_capability_keeps_rights, "a transferred capability has rights and a parent"),
    TEST(answer_passes_capability, "an answer passes a capability"),
    TEST(answer_without_grant_passes_none, "an answer through a reply without Grant passes none"),
};
const struct group suite_ipc_group = GROUP(tests);

/* ---- Rights ------------------------------------------------------------------------- */

static void send_needs_write(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_msg msg = message(1, 0, 0, 0, 0, 0);
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, suite_wait_loop, ABOVE));
    for (kaal_word_t rights = 0; rights < 16; rights++) {
        const kaal_word_t before = thread.result[1];
        sys_nbsend(make_badged(ep, rights, 1), &msg);
        CHECK_EQUAL(thread.result[1] - before, (rights & KAAL_RIGHT_WRITE) != 0 ? 1 : 0);
    }
}

static void signal_needs_write(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    for (kaal_word_t rights = 0; rights < 16; rights++) {
        sys_signal(make_badged(ntfn, rights, 1));
        CHECK_EQUAL(sys_poll(ntfn, NULL), (rights & KAAL_RIGHT_WRITE) != 0 ? 1 : 0);
    }
}

static void receive_needs_read(void)
{
    static struct thread threads[32];
    const kaal_cptr_t objects[] = {make(KAAL_OBJ_ENDPOINT, 0), make(KAAL_OBJ_NOTIFICATION, 0)};
    struct kaal_msg msg;
    for (unsigned i = 0; i < 32; i++) {
        const kaal_word_t rights = i / 2;
        threads[i].arg[0] = make_badged(objects[i % 2], rights, 1);
        const kaal_word_t fault = suite_fault_of(&threads[i], suite_wait_once, 0, &msg);
        CHECK_EQUAL(fault, (rights & KAAL_RIGHT_READ) != 0 ? KAAL_FAULT_NONE : KAAL_FAULT_CAP);
    }
}

static void call_without_write_is_answered(void)
{
    struct kaal_msg msg = {0};
    sys_call(make_badged(make(KAAL_OBJ_ENDPOINT, 0), KAAL_RIGHT_READ | KAAL_RIGHT_GRANT, 1), &msg);
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_ERR_INVALID_CAPABILITY, 0, 1));
    CHECK_EQUAL(msg.w[0], 0);
}

static void call_needs_a_grant(void)
{
    static struct thread threads[4];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    for (unsigned i = 0; i < 4; i++) {
        const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
        struct kaal_msg msg;
        threads[i].arg[0] = make_badged(ep, KAAL_RIGHT_WRITE | i * KAAL_RIGHT_GRANT, 0);
        CHECK(thread_start(&threads[i], suite_call_once, ABOVE));
        sys_recv(ep, &msg, reply);
        msg = message(0, 0, 0, 0, 0, 0);
        sys_send(reply, &msg);
        CHECK_EQUAL(threads[i].is_done, i != 0);
    }
}

static void fault_endpoint_needs_rights(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    CHECK(thread_start(&thread, suite_spin, &(struct thread_how){.priority = 50, .is_stopped = 1}));
    for (kaal_word_t rights = 0; rights < 16; rights++) {
        const bool is_enough = (rights & KAAL_RIGHT_WRITE) != 0 && rights >= KAAL_RIGHT_GRANT;
        const kaal_cptr_t cap = make_badged(ep, rights, 1);
        CHECK_EQUAL(sys_tcb_set_space(thread.tcb, cap, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE),
                    is_enough ? KAAL_OK : KAAL_ERR_INVALID_CAPABILITY);
        CHECK(is_enough || kaal_err_detail()[0] == 1);
        CHECK_EQUAL(sys_tcb_set_sched_params(thread.tcb, KAAL_ROOT_TCB, 9, 9, thread.sc, cap),
                    is_enough ? KAAL_OK : KAAL_ERR_INVALID_CAPABILITY);
        CHECK(is_enough || kaal_err_detail()[0] == 3);
    }
}

static void bind_needs_read(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    for (kaal_word_t rights = 0; rights < 16; rights++) {
        const bool is_enough = (rights & KAAL_RIGHT_READ) != 0;
        CHECK_EQUAL(sys_tcb_bind_notification(tcb, make_badged(ntfn, rights, 1)),
                    is_enough ? KAAL_OK : KAAL_ERR_INVALID_CAPABILITY);
        CHECK(!is_enough || sys_tcb_unbind_notification(tcb) == KAAL_OK);
    }
}

static void reply_needs_no_write(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, suite_call_once, ABOVE));
    sys_recv(ep, &msg, reply);
    msg = message(0, 0, 0, 0, 0, 0);
    sys_send(make_badged(reply, 0, 0), &msg); /* on a reply object only Grant means something */
    CHECK(thread.is_done);
}

static void other_capabilities_have_no_rights(void)
{
    CHECK_OK(sys_tcb_suspend(make_badged(make(KAAL_OBJ_TCB, 0), 0, 0)));
    kaal_word_t paddr;
    CHECK_OK(sys_page_get_address(make_badged(make(KAAL_OBJ_PAGE, 12), 0, 0), &paddr));
}

static const struct test rights_tests[] = {
    TEST(send_needs_write, "a message takes Write, in all 16 sets of rights"),
    TEST(signal_needs_write, "a signal takes Write, in all 16 sets"),
    TEST(receive_needs_read, "receiving without Read faults, in all 16 sets"),
    TEST(call_without_write_is_answered, "a call without Write is answered with an error"),
    TEST(call_needs_a_grant, "a call without Grant and GrantReply is never answered"),
    TEST(fault_endpoint_needs_rights, "a fault endpoint takes Write and a grant"),
    TEST(bind_needs_read, "binding a notification takes Read"),
    TEST(reply_needs_no_write, "answering takes the reply capability alone"),
    TEST(other_capabilities_have_no_rights, "capabilities to other objects need no rights"),
};
const struct group suite_rights_group = GROUP(rights_tests);

/* ---- Notifications ------------------------------------------------------------------- */

static void nbsend_signals(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const struct kaal_msg msg = message(1, 4, 1, 2, 3, 4);
    sys_nbsend(make_badged(ntfn, 15, 2), &msg);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 2);
}

static void call_signals(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    struct kaal_msg msg = message(1, 4, 1, 2, 3, 4);
    sys_call(make_badged(ntfn, 15, 2), &msg);
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_OK, 0, 0));
    CHECK_EQUAL(sys_poll(ntfn, NULL), 2);
}

static void equal_waiters_in_order(void)
{
    static struct thread threads[4];
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    for (unsigned i = 0; i < 4; i++) {
        threads[i].arg[0] = ntfn;
        CHECK(thread_start(&threads[i], suite_wait_once, ABOVE));
    }
    for (unsigned i = 0; i < 4; i++) {
        sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, i + 1));
        CHECK_EQUAL(threads[i].result[0], i + 1);
        CHECK(i == 3 || !threads[i + 1].is_done);
    }
}

static void deleted_notification_frees_waiters(void)
{
    static struct thread threads[3];
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_slot slot = slot_of(ntfn);
    struct kaal_msg msg;
    for (unsigned i = 0; i < 3; i++) {
        threads[i].arg[0] = ntfn;
        CHECK(thread_start(&threads[i], suite_wait_once,
                           &(struct thread_how){.priority = 150, .fault_ep = ep}));
    }
    CHECK_OK(sys_cnode_delete(&slot));
    for (unsigned i = 0; i < 3; i++) { /* each waits again, at an empty slot */
        sys_poll(ep, &msg);
        CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_CAP, 0, 5));
        CHECK_EQUAL(msg.w[1], ntfn);
        CHECK_EQUAL(msg.w[2], 1);
    }
}

/* arg: mine, other, rounds. result 0: rounds done. */
static void ping_pong(struct thread *self)
{
    for (kaal_word_t i = 0; i < self->arg[2]; i++) {
        sys_wait(self->arg[0], NULL);
        self->result[0]++;
        sys_signal(self->arg[1]);
    }
}

static void ping_pong_goes_on(void)
{
    enum { ROUNDS = 500 };
    static struct thread threads[2];
    const kaal_cptr_t ntfn[2] = {make(KAAL_OBJ_NOTIFICATION, 0), make(KAAL_OBJ_NOTIFICATION, 0)};
    for (unsigned i = 0; i < 2; i++) {
        threads[i].arg[0] = ntfn[i];
        threads[i].arg[1] = ntfn[1 - i];
        threads[i].arg[2] = ROUNDS;
        CHECK(thread_start(&threads[i], ping_pong, ABOVE));
    }
    sys_signal(ntfn[0]);
    CHECK_EQUAL(threads[0].result[0], ROUNDS);
    CHECK_EQUAL(threads[1].result[0], ROUNDS);
}

/* arg: lock, shared word, barrier. A binary semaphore made of a notification. */
static void increment_locked(struct thread *self)
{
    volatile kaal_word_t *shared = (volatile kaal_word_t *)self->arg[1];
    for (unsigned i = 0; i < 50; i++) {
        sys_wait(self->arg[0], NULL);
        const kaal_word_t value = *shared;
        for (volatile unsigned spin = 0; spin < 500; spin++) {
        }
        *shared = value + 1;
        sys_signal(self->arg[0]);
    }
    sys_signal(self->arg[2]);
}

static void lock_excludes(void)
{
    static struct thread threads[3];
    static volatile kaal_word_t shared;
    const kaal_cptr_t lock = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t barrier = make(KAAL_OBJ_NOTIFICATION, 0);
    kaal_word_t arrived = 0;
    shared = 0;
    for (unsigned i = 0; i < 3; i++) {
        threads[i].arg[0] = lock;
        threads[i].arg[1] = (kaal_word_t)&shared;
        threads[i].arg[2] = make_badged(barrier, KAAL_RIGHT_WRITE, (kaal_word_t)1 << i);
        CHECK(
            thread_start(&threads[i], increment_locked,
                         &(struct thread_how){.priority = 50, .budget_us = 100, .period_us = 100}));
    }
    sys_signal(lock);
    while (arrived != 7) {
        arrived |= sys_wait(barrier, NULL);
    }
    CHECK_EQUAL(shared, 150);
}

static void notification_lends_its_context(void)
{
    static struct thread thread;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    thread.arg[0] = ntfn;
    CHECK(thread_start(&thread, suite_wait_loop, ABOVE));
    CHECK_OK(sys_sc_unbind(thread.sc));
    CHECK_OK(sys_sc_bind(thread.sc, ntfn));
    for (unsigned i = 1; i <= 5; i++) { /* each time it comes back when it waits */
        sys_signal(ntfn);
        CHECK_EQUAL(thread.result[1], i);
    }
    CHECK_OK(sys_sc_unbind_object(thread.sc, ntfn));
    sys_signal(ntfn);
    CHECK_EQUAL(thread.result[1], 5);
}

static void poll_takes_all_bits_at_once(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    for (unsigned bit = 0; bit < 64; bit++) {
        sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, (kaal_word_t)1 << bit));
    }
    CHECK_EQUAL(sys_poll(ntfn, NULL), ~(kaal_word_t)0);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0);
}

static void suspended_waiter_leaves_the_queue(void)
{
    static struct thread threads[2];
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    for (unsigned i = 0; i < 2; i++) {
        threads[i].arg[0] = ntfn;
        CHECK(thread_start(&threads[i], suite_wait_once, ABOVE));
    }
    CHECK_OK(sys_tcb_suspend(threads[0].tcb));
    sys_signal(ntfn);
    CHECK(!threads[0].is_done && threads[1].is_done);
}

static const struct test notification_tests[] = {
    TEST(nbsend_signals, "nbsend signals, words are dropped"),
    TEST(call_signals, "a call signals and is answered at once"),
    TEST(equal_waiters_in_order, "waiters of equal priority are served in order of arrival"),
    TEST(deleted_notification_frees_waiters, "waiters of a deleted notification wait again"),
    TEST(ping_pong_goes_on, "two threads wake each other 500 times"),
    TEST(lock_excludes, "a notification makes a lock that holds under preemption"),
    TEST(notification_lends_its_context, "a notification's context goes out and comes back"),
    TEST(poll_takes_all_bits_at_once, "64 signals are one word"),
    TEST(suspended_waiter_leaves_the_queue, "a suspended waiter takes no signal"),
};
const struct group suite_notification_group = GROUP(notification_tests);

/* ---- Binding ------------------------------------------------------------------------- */

/* arg 0: endpoint. result 0, 1: badges of two receives. */
static void receive_twice(struct thread *self)
{
    struct kaal_msg msg;
    self->result[0] = sys_recv(self->arg[0], &msg, self->reply);
    self->result[2]++;
    self->result[1] = sys_recv(self->arg[0], &msg, self->reply);
    self->result[2]++;
}

/* A receiver with a bound notification, not yet running. */
static bool start_bound(struct thread *thread, kaal_cptr_t ep, kaal_cptr_t ntfn)
{
    thread->arg[0] = ep;
    return thread_start(thread, receive_twice,
                        &(struct thread_how){.priority = 150, .is_stopped = true}) &&
           sys_tcb_bind_notification(thread->tcb, ntfn) == KAAL_OK;
}

static void pending_signal_comes_first(void)
{
    static struct thread thread;
    static struct thread sender;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK(start_bound(&thread, ep, ntfn));
    sender.arg[0] = make_badged(ep, KAAL_RIGHT_WRITE, 2);
    CHECK(thread_start(&sender, suite_send_once, ABOVE));
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 0x80));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_EQUAL(thread.result[0], 0x80);
    CHECK_EQUAL(thread.result[1], 2);
}

static void nbrecv_takes_the_signal(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    struct kaal_msg msg;
    CHECK_OK(sys_tcb_bind_notification(KAAL_ROOT_TCB, ntfn));
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 0x21));
    const kaal_badge_t badge = sys_nbrecv(ep, &msg, make(KAAL_OBJ_REPLY, 0));
    CHECK_OK(sys_tcb_unbind_notification(KAAL_ROOT_TCB));
    CHECK_EQUAL(badge, 0x21);
}

static void unbound_signal_does_not_wake(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK(start_bound(&thread, ep, ntfn));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_OK(sys_tcb_unbind_notification(thread.tcb));
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 1));
    CHECK_EQUAL(thread.result[2], 0);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 1);
}

static void others_cannot_wait_on_it(void)
{
    static struct thread thread;
    static struct thread other;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    struct kaal_msg msg;
    CHECK(start_bound(&thread, make(KAAL_OBJ_ENDPOINT, 0), ntfn));
    other.arg[0] = ntfn;
    CHECK_EQUAL(suite_fault_of(&other, suite_wait_once, 0, &msg), KAAL_FAULT_CAP);
    CHECK_EQUAL(msg.w[2], 1);
    CHECK_EQUAL(msg.w[3], KAAL_LOOKUP_MISSING_CAP);
}

static void owner_can_wait_on_it(void)
{
    static struct thread thread;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    thread.arg[0] = ntfn;
    CHECK(thread_start(&thread, suite_wait_once,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK_OK(sys_tcb_bind_notification(thread.tcb, ntfn));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 9));
    CHECK_EQUAL(thread.result[0], 9);
}

static void waited_on_cannot_be_bound(void)
{
    static struct thread thread;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    thread.arg[0] = ntfn;
    CHECK(thread_start(&thread, suite_wait_once, ABOVE));
    CHECK_EQUAL(sys_tcb_bind_notification(make(KAAL_OBJ_TCB, 0), ntfn), KAAL_ERR_ILLEGAL_OPERATION);
}

static void bound_twice_is_refused(void)
{
    const kaal_cptr_t a = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t b = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK_EQUAL(sys_tcb_unbind_notification(a), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_OK(sys_tcb_bind_notification(a, ntfn));
    CHECK_EQUAL(sys_tcb_bind_notification(b, ntfn), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_tcb_bind_notification(a, make(KAAL_OBJ_NOTIFICATION, 0)),
                KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_tcb_bind_notification(b, make(KAAL_OBJ_ENDPOINT, 0)),
                KAAL_ERR_INVALID_CAPABILITY);
}

static void sender_is_not_woken(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, suite_send_once, ABOVE));
    CHECK_OK(sys_tcb_bind_notification(thread.tcb, ntfn));
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 1));
    CHECK(!thread.is_done);
    sys_wait(ep, NULL);
    CHECK(thread.is_done);
}

static void deleted_thread_unbinds(void)
{
    const struct kaal_slot tcb = slot_of(make(KAAL_OBJ_TCB, 0));
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK_OK(sys_tcb_bind_notification(tcb.index, ntfn));
    CHECK_OK(sys_cnode_delete(&tcb));
    CHECK_OK(sys_tcb_bind_notification(make(KAAL_OBJ_TCB, 0), ntfn));
}

static const struct test bind_tests[] = {
    TEST(pending_signal_comes_first, "a pending signal comes before a waiting message"),
    TEST(nbrecv_takes_the_signal, "nbrecv takes the bound notification's signal"),
    TEST(unbound_signal_does_not_wake, "unbound, it wakes no receiver"),
    TEST(others_cannot_wait_on_it, "another thread that waits on it faults"),
    TEST(owner_can_wait_on_it, "its own thread may wait on it"),
    TEST(waited_on_cannot_be_bound, "with a waiter it cannot be bound"),
    TEST(bound_twice_is_refused, "one thread, one notification"),
    TEST(sender_is_not_woken, "a thread blocked in a send is not woken"),
    TEST(deleted_thread_unbinds, "with its thread the binding goes"),
};
const struct group suite_bind_group = GROUP(bind_tests);
