/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

/* arg: endpoint, label, length, first word; the words count up from there. */
static void send_words(struct thread *self)
{
    struct kaal_msg msg = {.info = kaal_msginfo(self->arg[1], 0, (unsigned)self->arg[2])};
    for (unsigned i = 0; i < self->arg[2]; i++) {
        kaal_msg_set(&msg, i, self->arg[3] + i);
    }
    sys_send(self->arg[0], &msg);
}

static const struct thread_how higher = {.priority = 150};

/* Label, badge, length and each word arrive, for every length. */
static void words_arrive(void)
{
    static const unsigned lengths[] = {0, 1, 4, 5, 64, KAAL_MSG_MAX};
    static struct thread threads[6];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t badged = make_badged(ep, KAAL_RIGHT_WRITE, 0xfeed);
    for (unsigned t = 0; t < 6; t++) {
        threads[t].arg[0] = badged;
        threads[t].arg[1] = 0xabcdef + t;
        threads[t].arg[2] = lengths[t];
        threads[t].arg[3] = 1000 * (t + 1);
        CHECK(thread_start(&threads[t], send_words, &higher));
        struct kaal_msg msg;
        CHECK_EQUAL(sys_wait(ep, &msg), 0xfeed);
        CHECK_EQUAL(kaal_msginfo_label(msg.info), 0xabcdef + t);
        CHECK_EQUAL(kaal_msginfo_length(msg.info), lengths[t]);
        CHECK_EQUAL(kaal_msginfo_caps(msg.info), 0);
        for (unsigned i = 0; i < lengths[t]; i++) {
            CHECK_EQUAL(kaal_msg_get(&msg, i), 1000 * (t + 1) + i);
        }
        CHECK(threads[t].is_done);
    }
}

static void receive_words(struct thread *self)
{
    struct kaal_msg msg;
    self->result[0] = sys_wait(self->arg[0], &msg);
    self->result[1] = msg.info;
    self->result[2] = msg.w[0];
    self->result[3] = kaal_msg_get(&msg, 7);
}

/* The same with the receiver waiting first. */
static void waiting_receiver_gets_message(void)
{
    static struct thread receiver;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t badged = make_badged(ep, KAAL_RIGHT_WRITE, 9);
    receiver.arg[0] = ep;
    CHECK(thread_start(&receiver, receive_words, &higher));
    struct kaal_msg msg = message(5, 8, 11, 12, 13, 14);
    kaal_msg_set(&msg, 7, 18);
    sys_send(badged, &msg);
    CHECK(receiver.is_done);
    CHECK_EQUAL(receiver.result[0], 9);
    CHECK_EQUAL(receiver.result[1], kaal_msginfo(5, 0, 8));
    CHECK_EQUAL(receiver.result[2], 11);
    CHECK_EQUAL(receiver.result[3], 18);
}

/* Waiting senders are served by priority, equal ones first come first served. */
static void senders_queue_by_priority(void)
{
    static const unsigned priorities[] = {110, 130, 120, 130};
    static const unsigned expected[] = {1, 3, 2, 0};
    static struct thread threads[4];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    for (unsigned t = 0; t < 4; t++) {
        threads[t].arg[0] = make_badged(ep, KAAL_RIGHT_WRITE, t + 1);
        threads[t].arg[2] = 0;
        CHECK(
            thread_start(&threads[t], send_words, &(struct thread_how){.priority = priorities[t]}));
    }
    for (unsigned t = 0; t < 4; t++) {
        struct kaal_msg msg;
        CHECK_EQUAL(sys_wait(ep, &msg), expected[t] + 1);
    }
}

static void send_cap(struct thread *self)
{
    struct kaal_msg msg = {.info = kaal_msginfo(1, 1, 0)};
    kaal_ipc_buffer()->caps_or_badges[0] = self->arg[1];
    sys_send(self->arg[0], &msg);
}

static void receive_into(kaal_cptr_t slot)
{
    struct kaal_ipc_buffer *buffer = kaal_ipc_buffer();
    buffer->receive_cnode = KAAL_ROOT_CNODE;
    buffer->receive_index = slot;
    buffer->receive_depth = KAAL_CPTR_BITS;
}

/* With Grant a capability goes along and works at its new place. */
static void grant_passes_capability(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t place = empty_slot();
    struct kaal_msg msg;
    thread.arg[0] = make_badged(ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, 0);
    thread.arg[1] = make_badged(ntfn, KAAL_RIGHT_WRITE, 32);
    receive_into(place);
    CHECK(thread_start(&thread, send_cap, &higher));
    sys_wait(ep, &msg);
    CHECK_EQUAL(kaal_msginfo_caps(msg.info), 1);
    CHECK_EQUAL(kaal_msginfo_unwrapped(msg.info), 0);
    sys_signal(place);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 32);
}

/* Without Grant none does, and the message arrives all the same. */
static void no_grant_passes_nothing(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t place = empty_slot();
    struct kaal_msg msg;
    thread.arg[0] = make_badged(ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY, 0);
    thread.arg[1] = make(KAAL_OBJ_NOTIFICATION, 0);
    receive_into(place);
    CHECK(thread_start(&thread, send_cap, &higher));
    sys_wait(ep, &msg);
    CHECK_EQUAL(kaal_msginfo_label(msg.info), 1);
    CHECK_EQUAL(kaal_msginfo_caps(msg.info), 0);
    const struct kaal_slot src = slot_of(place);
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_EQUAL(sys_cnode_copy(&dest, &src, KAAL_RIGHTS_ALL), KAAL_ERR_FAILED_LOOKUP);
}

/* A capability to the endpoint of the transfer arrives as its badge. */
static void own_endpoint_is_unwrapped(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    thread.arg[0] = make_badged(ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, 0);
    thread.arg[1] = make_badged(ep, KAAL_RIGHT_WRITE, 0x77);
    receive_into(empty_slot());
    CHECK(thread_start(&thread, send_cap, &higher));
    sys_wait(ep, &msg);
    CHECK_EQUAL(kaal_msginfo_caps(msg.info), 1);
    CHECK_EQUAL(kaal_msginfo_unwrapped(msg.info), 1);
    CHECK_EQUAL(kaal_ipc_buffer()->caps_or_badges[0], 0x77);
}

/* Deleting an endpoint does not strand a waiting sender: it tries again. */
static void deleted_endpoint_frees_sender(void)
{
    static struct thread thread;
    const kaal_cptr_t fault_ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_slot slot = slot_of(ep);
    struct kaal_msg msg;
    thread.arg[0] = ep;
    thread.arg[1] = 0;
    thread.arg[2] = 0;
    CHECK(thread_start(&thread, send_words,
                       &(struct thread_how){.priority = 150, .fault_ep = fault_ep}));
    CHECK(!thread.is_done);
    CHECK_OK(sys_cnode_delete(&slot));
    /* Sending to an empty slot may be a fault or do nothing; waiting is wrong. */
    const bool has_faulted = sys_poll(fault_ep, &msg) != 0 || msg.info != 0;
    CHECK(thread.is_done || has_faulted);
}

static const struct test tests[] = {
    TEST(words_arrive, "label, badge, length and each word arrive, for every length"),
    TEST(waiting_receiver_gets_message, "the same with the receiver waiting first"),
    TEST(senders_queue_by_priority,
         "waiting senders are served by priority, equal ones first come first served"),
    TEST(grant_passes_capability, "with Grant a capability goes along and works at its new place"),
    TEST(no_grant_passes_nothing, "without Grant none does, and the message arrives all the same"),
    TEST(own_endpoint_is_unwrapped,
         "a capability to the endpoint of the transfer arrives as its badge"),
    TEST(deleted_endpoint_frees_sender,
         "deleting an endpoint does not strand a waiting sender: it tries again"),
};
const struct group ipc_group = GROUP(tests);
