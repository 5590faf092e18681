/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

/* arg: endpoint. Adds one to word 0 of each request, until label 1. */
static void increment_server(struct thread *self)
{
    struct kaal_msg msg;
    sys_recv(self->arg[0], &msg, self->reply);
    while (kaal_msginfo_label(msg.info) != 1) {
        self->result[0]++;
        msg = message(0, 1, msg.w[0] + 1, 0, 0, 0);
        sys_reply_recv(self->arg[0], &msg, self->reply);
    }
    msg = message(0, 0, 0, 0, 0, 0);
    sys_send(self->reply, &msg);
}

static void calls_are_answered(struct thread *server, const struct thread_how *how)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t client = make_badged(ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY, 3);
    server->arg[0] = ep;
    CHECK(thread_start(server, increment_server, how));
    for (kaal_word_t i = 0; i < 100; i++) {
        struct kaal_msg msg = message(0, 1, i, 0, 0, 0);
        sys_call(client, &msg);
        CHECK_EQUAL(msg.info, kaal_msginfo(0, 0, 1));
        CHECK_EQUAL(msg.w[0], i + 1);
    }
    struct kaal_msg stop = message(1, 0, 0, 0, 0, 0);
    sys_call(client, &stop);
    CHECK_EQUAL(server->result[0], 100);
}

/* Call and answer, with a server of higher and one of lower priority. */
static void call_is_answered(void)
{
    static struct thread high;
    static struct thread low;
    calls_are_answered(&high, &(struct thread_how){.priority = 150});
    calls_are_answered(&low, &(struct thread_how){.priority = 50});
}

/* arg: endpoint, notification to signal when ready to become passive. */
static void passive_server(struct thread *self)
{
    struct kaal_msg msg = {0};
    sys_nbsend_recv(self->arg[1], self->arg[0], &msg, self->reply);
    for (;;) {
        self->result[0]++;
        msg = message(0, 1, msg.w[0] * 2, 0, 0, 0);
        sys_reply_recv(self->arg[0], &msg, self->reply);
    }
}

/* A server without a scheduling context runs on that of its caller. */
static void passive_server_runs_on_callers_time(void)
{
    static struct thread server;
    const kaal_cptr_t ready = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    server.arg[0] = ep;
    server.arg[1] = make_badged(ready, KAAL_RIGHT_WRITE, 1);
    CHECK(thread_start(&server, passive_server, &(struct thread_how){.priority = 150}));
    CHECK_EQUAL(sys_wait(ready, NULL), 1);
    CHECK_OK(sys_sc_unbind(server.sc));
    for (kaal_word_t i = 1; i <= 10; i++) {
        struct kaal_msg msg = message(0, 1, i, 0, 0, 0);
        sys_call(ep, &msg);
        CHECK_EQUAL(msg.w[0], 2 * i);
        CHECK_EQUAL(server.result[0], i);
    }
}

/* A passive server without a caller does not run. */
static void passive_server_needs_a_caller(void)
{
    static struct thread server;
    const kaal_cptr_t ready = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    server.arg[0] = ep;
    server.arg[1] = make_badged(ready, KAAL_RIGHT_WRITE, 1);
    CHECK(thread_start(&server, passive_server,
                       &(struct thread_how){.priority = 150, .is_passive = true}));
    test_sleep_ms(3);
    CHECK_EQUAL(sys_poll(ready, NULL), 0);
    CHECK_EQUAL(server.result[0], 0);
}

/* arg: outer endpoint, inner endpoint: passes a request on. */
static void relay(struct thread *self)
{
    struct kaal_msg msg;
    sys_recv(self->arg[0], &msg, self->reply);
    for (;;) {
        sys_call(self->arg[1], &msg);
        msg.info = kaal_msginfo(0, 0, 1);
        sys_reply_recv(self->arg[0], &msg, self->reply);
    }
}

/* A call may cause another: answers come back in the reverse order. */
static void calls_nest(void)
{
    static struct thread inner;
    static struct thread outer;
    const kaal_cptr_t inner_ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t outer_ep = make(KAAL_OBJ_ENDPOINT, 0);
    inner.arg[0] = inner_ep;
    outer.arg[0] = outer_ep;
    outer.arg[1] = inner_ep;
    CHECK(thread_start(&inner, increment_server, &(struct thread_how){.priority = 160}));
    CHECK(thread_start(&outer, relay, &(struct thread_how){.priority = 150}));
    for (kaal_word_t i = 0; i < 10; i++) {
        struct kaal_msg msg = message(0, 1, 10 * i, 0, 0, 0);
        sys_call(outer_ep, &msg);
        CHECK_EQUAL(msg.w[0], 10 * i + 1);
    }
}

static void caller(struct thread *self)
{
    struct kaal_msg msg = message(2, 1, 5, 0, 0, 0);
    sys_call(self->arg[0], &msg);
    self->result[0] = msg.w[0];
}

/* A reply object answers once; then sending through it does nothing. */
static void reply_is_used_once(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, caller, &(struct thread_how){.priority = 150}));
    sys_recv(ep, &msg, reply);
    CHECK_EQUAL(msg.w[0], 5);
    msg = message(0, 1, 6, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], 6);
    msg = message(0, 1, 7, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK_EQUAL(thread.result[0], 6);
}

/* Without Grant and GrantReply a call cannot be answered. */
static void call_needs_grant_reply(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    thread.arg[0] = make_badged(ep, KAAL_RIGHT_WRITE, 0);
    CHECK(thread_start(&thread, caller, &(struct thread_how){.priority = 150}));
    sys_recv(ep, &msg, reply);
    msg = message(0, 1, 6, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK(!thread.is_done);
}

/* Two callers, two reply objects: answered in the other order than asked. */
static void callers_are_answered_in_any_order(void)
{
    static struct thread threads[2];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t replies[2] = {make(KAAL_OBJ_REPLY, 0), make(KAAL_OBJ_REPLY, 0)};
    struct kaal_msg msg;
    for (unsigned i = 0; i < 2; i++) {
        threads[i].arg[0] = make_badged(ep, KAAL_RIGHTS_ALL, i + 1);
        CHECK(thread_start(&threads[i], caller, &(struct thread_how){.priority = 150}));
        CHECK_EQUAL(sys_recv(ep, &msg, replies[i]), i + 1);
    }
    for (unsigned i = 2; i-- > 0;) {
        msg = message(0, 1, 70 + i, 0, 0, 0);
        sys_send(replies[i], &msg);
        CHECK_EQUAL(threads[i].result[0], 70 + i);
    }
}

/* Receiving with a reply object that still holds a caller gives that one up. */
static void reused_reply_gives_caller_up(void)
{
    static struct thread threads[2];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    for (unsigned i = 0; i < 2; i++) {
        threads[i].arg[0] = ep;
        CHECK(thread_start(&threads[i], caller, &(struct thread_how){.priority = 150}));
        sys_recv(ep, &msg, reply);
    }
    msg = message(0, 1, 8, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK(threads[1].is_done);
    CHECK(!threads[0].is_done);
}

/* A dying server gives the time it was lent back: the caller may go on. */
static void dead_server_returns_time(void)
{
    static struct thread server;
    static struct thread client;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ready = make(KAAL_OBJ_NOTIFICATION, 0);
    server.arg[0] = ep;
    server.arg[1] = ready;
    CHECK(thread_start(&server, increment_server, &(struct thread_how){.priority = 150}));
    CHECK_OK(sys_sc_unbind(server.sc));
    const struct kaal_slot tcb = slot_of(server.tcb);
    CHECK_OK(sys_cnode_delete(&tcb));
    client.arg[0] = ep;
    CHECK(thread_start(&client, caller, &(struct thread_how){.priority = 150}));
    CHECK(!client.is_done);
    struct kaal_msg msg;
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    sys_recv(ep, &msg, reply);
    msg = message(0, 1, 44, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK_EQUAL(client.result[0], 44);
}

static const struct test tests[] = {
    TEST(call_is_answered, "call and answer, with a server of higher and one of lower priority"),
    TEST(passive_server_runs_on_callers_time,
         "a server without a scheduling context runs on that of its caller"),
    TEST(passive_server_needs_a_caller, "a passive server without a caller does not run"),
    TEST(calls_nest, "a call may cause another: answers come back in the reverse order"),
    TEST(reply_is_used_once, "a reply object answers once; then sending through it does nothing"),
    TEST(call_needs_grant_reply, "without Grant and GrantReply a call cannot be answered"),
    TEST(callers_are_answered_in_any_order,
         "two callers, two reply objects: answered in the other order than asked"),
    TEST(reused_reply_gives_caller_up,
         "receiving with a reply object that still holds a caller gives that one up"),
    TEST(dead_server_returns_time,
         "a dying server gives the time it was lent back: the caller may go on"),
};
const struct group reply_group = GROUP(tests);
