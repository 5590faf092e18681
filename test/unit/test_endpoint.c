/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints: sending, receiving, calling, in every order of arrival. */
#include "support/kt.h"

enum { HIGH = 150, MIDDLE = 130, LOW = 110 };

static const struct kt_msg two_words = {.label = 77, .length = 2, .w = {11, 22}};

static void assert_two_words(const struct kt_thread *t, badge_t badge)
{
    assert_true(kt_is_done(t));
    assert_int_equal(kt_label(t), 77);
    assert_int_equal(kt_length(t), 2);
    assert_int_equal(kt_caps(t), 0);
    assert_int_equal(kt_badge(t), badge);
    assert_int_equal(kt_word(t, 0), 11);
    assert_int_equal(kt_word(t, 1), 22);
}

static void resume(const struct kt_thread *t)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE));
}

static void suspend(const struct kt_thread *t)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SUSPEND, KT_NONE, KT_NONE));
}

/* ---- Send and receive ----------------------------------------------------------- */

static void test_receiver_first(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t badged = kt_badged(ep, KAAL_RIGHT_WRITE, 5);
    struct kt_thread server = kt_thread(HIGH);
    kt_unpark(&server);
    kt_wait(&server, ep);
    assert_false(kt_is_done(&server));
    assert_int_equal(server.tcb->state, TCB_BLOCKED_RECV);
    assert_true(kt_is_current(&kt.root));

    kt_send(&kt.root, badged, &two_words);
    assert_true(kt_is_current(&server));
    assert_two_words(&server, 5);
    assert_true(kt_is_done(&kt.root));
    assert_true(tree_is_empty(&kt_endpoint_of(ep)->waiters));
}

static void test_sender_first(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t badged = kt_badged(ep, KAAL_RIGHT_WRITE, 9);
    struct kt_thread client = kt_thread(HIGH);
    kt_unpark(&client);
    kt_send(&client, badged, &two_words);
    assert_int_equal(client.tcb->state, TCB_BLOCKED_SEND);
    assert_false(kt_is_done(&client));

    kt_svc(&kt.root, KAAL_SYS_WAIT, ep, NULL, 0, 0);
    assert_two_words(&kt.root, 9);
    assert_true(kt_is_current(&client));
    assert_true(kt_is_done(&client));
}

static void test_nbsend_without_receiver_is_dropped(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    kt_nbsend(&kt.root, ep, &two_words);
    assert_true(kt_is_current(&kt.root) && kt_is_done(&kt.root));
    assert_true(tree_is_empty(&kt_endpoint_of(ep)->waiters));
}

static void test_nbrecv_without_sender(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    kt_poll(&kt.root, ep);
    assert_true(kt_is_current(&kt.root) && kt_is_done(&kt.root));
    assert_int_equal(kt.root.tcb->regs.x[0], 0);
    assert_int_equal(kt_badge(&kt.root), 0);
}

static void test_nbrecv_takes_waiting_sender(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread client = kt_thread(HIGH);
    kt_unpark(&client);
    kt_send(&client, ep, &two_words);
    kt_poll(&kt.root, ep);
    assert_two_words(&kt.root, 0);
    assert_true(kt_is_done(&client));
}

static void test_registers_not_named_are_kept(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread server = kt_thread(HIGH);
    kt_unpark(&server);
    for (unsigned i = 9; i < 31; i++) {
        server.tcb->regs.x[i] = 0x5000 + i;
        kt.root.tcb->regs.x[i] = 0x7000 + i;
    }
    kt_wait(&server, ep);
    kt_send(&kt.root, ep, &two_words);
    for (unsigned i = 9; i < 31; i++) {
        assert_int_equal(server.tcb->regs.x[i], 0x5000 + i);
        assert_int_equal(kt.root.tcb->regs.x[i], 0x7000 + i);
    }
    /* x2 and x7, x8 are inputs alone; words 2 and 3 lie beyond the message. */
    assert_int_equal(server.tcb->regs.x[5], 0);
    assert_int_equal(server.tcb->regs.x[6], 0);
    assert_int_equal(server.tcb->regs.x[8], 0);
}

/* ---- Order of waiters ------------------------------------------------------------- */

static void test_senders_by_priority_then_fifo(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    static const unsigned priority[6] = {LOW, HIGH, LOW, MIDDLE, HIGH, MIDDLE};
    static const unsigned order[6] = {1, 4, 3, 5, 0, 2};
    struct kt_thread t[6];
    cptr_t badged[6];
    for (unsigned i = 0; i < 6; i++) {
        badged[i] = kt_badged(ep, KAAL_RIGHT_WRITE, 100 + i);
        t[i] = kt_thread(priority[i]);
    }
    for (unsigned i = 0; i < 6; i++) {
        kt_unpark(&t[i]);
        kt_send(&t[i], badged[i], &two_words);
    }
    for (unsigned i = 0; i < 6; i++) {
        kt_poll(&kt.root, ep);
        assert_two_words(&kt.root, 100 + order[i]);
        assert_true(kt_is_current(&t[order[i]]));
        kt_park(&t[order[i]]);
    }
}

static void test_receivers_by_priority_then_fifo(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    static const unsigned priority[6] = {LOW, HIGH, LOW, MIDDLE, HIGH, MIDDLE};
    static const unsigned order[6] = {1, 4, 3, 5, 0, 2};
    struct kt_thread t[6];
    for (unsigned i = 0; i < 6; i++) {
        t[i] = kt_thread(priority[i]);
        kt_unpark(&t[i]);
        kt_wait(&t[i], ep);
    }
    for (unsigned i = 0; i < 6; i++) {
        kt_send(&kt.root, ep, &two_words);
        assert_true(kt_is_current(&t[order[i]]));
        assert_two_words(&t[order[i]], 0);
        kt_park(&t[order[i]]);
    }
}

static void test_priority_change_moves_a_waiter(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread a = kt_thread(HIGH), b = kt_thread(LOW);
    kt_unpark(&a);
    kt_wait(&a, ep);
    kt_unpark(&b);
    kt_wait(&b, ep);
    kt_ok(kt_invoke(b.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(200), KT_CAPS(KAAL_ROOT_TCB)));
    kt_send(&kt.root, ep, &two_words);
    assert_true(kt_is_current(&b));
}

/* ---- Length ----------------------------------------------------------------------- */

static void send_length(unsigned length, bool has_buffer, unsigned want)
{
    (void)kt_boot(NULL);
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread server = kt_thread(HIGH);
    struct kt_msg msg = {.label = 3, .length = length};
    for (unsigned i = 0; i < KAAL_MSG_MAX; i++) {
        msg.w[i] = 1000 + i;
    }
    if (!has_buffer) {
        kt_ok(kt_invoke(server.cap, KAAL_INV_TCB_CONFIGURE, KT_WORDS(0, 0, 0),
                        KT_CAPS(KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE, server.page)));
        resume(&server);
        kt_park(&server);
    }
    for (unsigned i = 0; i < KAAL_MSG_MAX; i++) {
        server.buffer->words[i] = 0xcafe;
    }
    server.buffer->caps_or_badges[0] = 0xbeef;
    kt_unpark(&server);
    kt_wait(&server, ep);
    kt_send(&kt.root, ep, &msg);
    assert_true(kt_is_current(&server));
    assert_int_equal(kt_length(&server), want);
    for (unsigned i = 0; i < want; i++) {
        assert_int_equal(kt_word(&server, i), 1000 + i);
    }
    for (unsigned i = want > 4 ? want : 4; i < KAAL_MSG_MAX; i++) {
        assert_int_equal(server.buffer->words[i], 0xcafe);
    }
    assert_int_equal(server.buffer->caps_or_badges[0], 0xbeef);
}

static void test_every_length(void **state)
{
    (void)state;
    for (unsigned length = 0; length <= KAAL_MSG_MAX; length += length < 8 ? 1 : 16) {
        send_length(length, true, length);
    }
    send_length(KAAL_MSG_MAX, true, KAAL_MSG_MAX);
}

static void test_length_field_above_maximum_is_cut(void **state)
{
    (void)state;
    for (unsigned length = KAAL_MSG_MAX + 1; length <= KAAL_MSGINFO_LENGTH_MASK; length++) {
        send_length(length, true, KAAL_MSG_MAX);
    }
}

static void test_receiver_without_buffer_gets_four_words(void **state)
{
    (void)state;
    send_length(4, false, 4);
    send_length(5, false, 4);
    send_length(120, false, 4);
}

/* ---- Rights and wrong capabilities --------------------------------------------------- */

static void test_call_without_write_is_refused(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t read_only = kt_copy_of(ep, KAAL_RIGHT_READ | KAAL_RIGHT_GRANT);
    assert_int_equal(kt_invoke(read_only, 1, KT_NONE, KT_NONE), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_word(&kt.root, 0), 0);
    assert_true(tree_is_empty(&kt_endpoint_of(ep)->waiters));
    kt_send(&kt.root, read_only, &two_words);
    assert_true(kt_is_current(&kt.root));
    assert_true(tree_is_empty(&kt_endpoint_of(ep)->waiters));
}

/* A fault of t has reached ep, where the root task takes it. */
static void assert_cap_fault(struct kt_thread *t, cptr_t ep, cptr_t cptr, bool in_receive,
                             unsigned kind)
{
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(t->tcb->state, TCB_BLOCKED_SEND);
    kt_poll(&kt.root, ep);
    assert_int_equal(kt_label(&kt.root), KAAL_FAULT_CAP);
    assert_int_equal(kt_length(&kt.root), 5);
    assert_int_equal(kt_word(&kt.root, 0), KT_SVC);
    assert_int_equal(kt_word(&kt.root, 1), cptr);
    assert_int_equal(kt_word(&kt.root, 2), in_receive);
    assert_int_equal(kt_word(&kt.root, 3), kind);
}

static void set_handler(const struct kt_thread *t, cptr_t ep)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(ep, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)));
}

static void test_receive_without_read_is_a_fault(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), handler = kt_object(CAP_ENDPOINT, 0);
    const cptr_t write_only = kt_copy_of(ep, KAAL_RIGHT_WRITE);
    struct kt_thread t = kt_thread(HIGH);
    set_handler(&t, handler);
    kt_unpark(&t);
    kt_svc(&t, KAAL_SYS_WAIT, write_only, NULL, 0, 0);
    assert_cap_fault(&t, handler, write_only, true, KAAL_LOOKUP_MISSING_CAP);
}

static void test_send_to_nowhere(void **state)
{
    (void)state;
    const cptr_t handler = kt_object(CAP_ENDPOINT, 0);
    const cptr_t nowhere = UINT64_C(1) << 40;
    struct kt_thread t = kt_thread(HIGH);
    set_handler(&t, handler);
    kt_unpark(&t);
    kt_nbsend(&t, nowhere, &two_words); /* dropped */
    assert_true(kt_is_current(&t) && kt_is_done(&t));
    kt_send(&t, nowhere, &two_words);
    assert_cap_fault(&t, handler, nowhere, false, KAAL_LOOKUP_GUARD);
    assert_int_equal(kt_word(&kt.root, 4), 64);
}

static void test_fault_without_handler_stops_the_thread(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_send(&t, UINT64_C(1) << 40, NULL);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(t.tcb->state, TCB_INACTIVE);
}

static void test_empty_slot(void **state)
{
    (void)state;
    const cptr_t slot = kt_new_slot();
    assert_int_equal(kt_invoke(slot, 1, KT_NONE, KT_NONE), KAAL_ERR_INVALID_CAPABILITY);
    kt_send(&kt.root, slot, &two_words);
    assert_true(kt_is_current(&kt.root) && kt_is_done(&kt.root));
}

/* ---- Capabilities in messages ---------------------------------------------------------- */

struct transfer {
    cptr_t ep, send_ep, gift, place;
    struct kt_thread server;
};

static struct transfer transfer(word_t rights)
{
    struct transfer x = {.ep = kt_object(CAP_ENDPOINT, 0)};
    x.send_ep = kt_badged(x.ep, rights, 4);
    x.gift = kt_object(CAP_NOTIFICATION, 0);
    x.place = kt_new_slot();
    x.server = kt_thread(HIGH);
    kt_unpark(&x.server);
    x.server.buffer->receive_cnode = KAAL_ROOT_CNODE;
    x.server.buffer->receive_index = x.place;
    x.server.buffer->receive_depth = 64;
    kt_wait(&x.server, x.ep);
    return x;
}

static void send_caps(const struct transfer *x, unsigned count, cptr_t a, cptr_t b, cptr_t c)
{
    const struct kt_msg msg = {.label = 1, .length = 1, .caps = count, .cap = {a, b, c}};
    kt_send(&kt.root, x->send_ep, &msg);
    assert_true(kt_is_current(&x->server));
    assert_int_equal(kt_length(&x->server), 1);
}

static void test_capability_arrives(void **state)
{
    (void)state;
    struct transfer x = transfer(KAAL_RIGHTS_ALL);
    send_caps(&x, 1, x.gift, 0, 0);
    assert_int_equal(kt_caps(&x.server), 1);
    assert_int_equal(kt_unwrapped(&x.server), 0);
    assert_true(cap_same_object(kt_cap(x.place), kt_cap(x.gift)));
    /* It is a copy: revoking the original takes it back. */
    kt_park(&x.server);
    kt_ok(kt_revoke(x.gift));
    assert_true(slot_is_empty(kt_slot(x.place)));
}

static void test_no_grant_no_capability(void **state)
{
    (void)state;
    struct transfer x = transfer(KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY);
    send_caps(&x, 1, x.gift, 0, 0);
    assert_int_equal(kt_caps(&x.server), 0);
    assert_true(slot_is_empty(kt_slot(x.place)));
}

static void test_own_endpoint_arrives_as_badge(void **state)
{
    (void)state;
    struct transfer x = transfer(KAAL_RIGHTS_ALL);
    const cptr_t other = kt_badged(x.ep, KAAL_RIGHT_READ, 123);
    send_caps(&x, 3, other, x.gift, x.send_ep);
    assert_int_equal(kt_caps(&x.server), 3);
    assert_int_equal(kt_unwrapped(&x.server), 5);
    assert_int_equal(x.server.buffer->caps_or_badges[0], 123);
    assert_int_equal(x.server.buffer->caps_or_badges[2], 4);
    assert_true(cap_same_object(kt_cap(x.place), kt_cap(x.gift)));
}

static void test_one_receive_slot_takes_one_capability(void **state)
{
    (void)state;
    struct transfer x = transfer(KAAL_RIGHTS_ALL);
    const cptr_t second = kt_object(CAP_NOTIFICATION, 0);
    send_caps(&x, 2, x.gift, second, 0);
    assert_int_equal(kt_caps(&x.server), 1);
    assert_true(cap_same_object(kt_cap(x.place), kt_cap(x.gift)));
}

static void test_full_receive_slot(void **state)
{
    (void)state;
    struct transfer x = transfer(KAAL_RIGHTS_ALL);
    kt_ok(kt_copy(x.place, x.send_ep, KAAL_RIGHTS_ALL));
    send_caps(&x, 1, x.gift, 0, 0);
    assert_int_equal(kt_caps(&x.server), 0);
    assert_int_equal(kt_cap(x.place)->type, CAP_ENDPOINT);
}

static void test_wrong_receive_places(void **state)
{
    (void)state;
    static const word_t depth[] = {0, 65, 63, 12, UINT64_MAX, UINT64_C(1) << 32 | 64};
    for (unsigned i = 0; i < sizeof(depth) / sizeof(depth[0]); i++) {
        (void)kt_boot(NULL);
        struct transfer x = transfer(KAAL_RIGHTS_ALL);
        x.server.buffer->receive_depth = depth[i];
        send_caps(&x, 1, x.gift, 0, 0);
        assert_int_equal(kt_caps(&x.server), 0);
        assert_true(slot_is_empty(kt_slot(x.place)));
    }
    (void)kt_boot(NULL);
    struct transfer x = transfer(KAAL_RIGHTS_ALL);
    x.server.buffer->receive_cnode = x.gift; /* no CNode */
    send_caps(&x, 1, x.gift, 0, 0);
    assert_int_equal(kt_caps(&x.server), 0);
}

static void test_underivable_capability_ends_transfer(void **state)
{
    (void)state;
    struct transfer x = transfer(KAAL_RIGHTS_ALL);
    /* The untyped has children, so it has no copies. */
    send_caps(&x, 2, kt.untyped, x.gift, 0);
    assert_int_equal(kt_caps(&x.server), 0);
    assert_true(slot_is_empty(kt_slot(x.place)));
}

static void test_sent_untyped_takes_all_that_is_left(void **state)
{
    (void)state;
    struct transfer x = transfer(KAAL_RIGHTS_ALL);
    const cptr_t memory = kt_object(CAP_UNTYPED, 12);
    send_caps(&x, 1, memory, 0, 0);
    assert_int_equal(kt_caps(&x.server), 1);
    kt_park(&x.server);
    const cptr_t slot = kt_new_slot();
    assert_int_equal(kt_retype_to(memory, CAP_ENDPOINT, 0, slot, 1), KAAL_ERR_NOT_ENOUGH_MEMORY);
    kt_ok(kt_retype_to(x.place, CAP_ENDPOINT, 0, slot, 1));
}

/* ---- Suspended, restarted, deleted ------------------------------------------------------- */

static void test_suspended_sender_sends_again_when_resumed(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_send(&t, ep, &two_words);
    suspend(&t);
    assert_true(tree_is_empty(&kt_endpoint_of(ep)->waiters));
    kt_poll(&kt.root, ep);
    assert_int_equal(kt.root.tcb->regs.x[0], 0);
    resume(&t);
    assert_true(kt_is_current(&t));
    assert_int_equal(t.tcb->regs.pc, KT_SVC);
    kt_again(&t);
    kt_poll(&kt.root, ep);
    assert_two_words(&kt.root, 0);
}

/* B07: a thread woken by IPC and suspended before it ran gets its message once. */
static void test_b07_woken_then_suspended(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_wait(&t, ep);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(50), KT_CAPS(KAAL_ROOT_TCB)));
    kt_send(&kt.root, ep, &two_words);
    assert_true(kt_is_current(&kt.root));
    suspend(&t);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(HIGH), KT_CAPS(KAAL_ROOT_TCB)));
    resume(&t);
    assert_true(kt_is_current(&t));
    assert_two_words(&t, 0);
}

static void test_deleted_endpoint_restarts_everybody(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t[3];
    for (unsigned i = 0; i < 3; i++) {
        t[i] = kt_thread(LOW + i);
        kt_unpark(&t[i]);
        kt_send(&t[i], ep, &two_words);
    }
    kt_svc(&kt.root, KAAL_SYS_CALL, KAAL_ROOT_CNODE,
           &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {ep, 64}}, 0, 0);
    assert_true(slot_is_empty(kt_slot(ep)));
    for (unsigned i = 3; i > 0; i--) {
        assert_true(kt_is_current(&t[i - 1]));
        assert_int_equal(t[i - 1].tcb->regs.pc, KT_SVC);
        kt_again(&t[i - 1]); /* an empty slot now: nothing happens */
        assert_true(kt_is_done(&t[i - 1]));
        kt_park(&t[i - 1]);
    }
    assert_true(kt_is_current(&kt.root));
}

static void test_deleting_a_copy_disturbs_nobody(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t copy = kt_badged(ep, KAAL_RIGHTS_ALL, 3);
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_send(&t, copy, &two_words);
    kt_ok(kt_delete(copy));
    assert_int_equal(t.tcb->state, TCB_BLOCKED_SEND);
    kt_poll(&kt.root, ep);
    assert_two_words(&kt.root, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_receiver_first, kt_boot),
        cmocka_unit_test_setup(test_sender_first, kt_boot),
        cmocka_unit_test_setup(test_nbsend_without_receiver_is_dropped, kt_boot),
        cmocka_unit_test_setup(test_nbrecv_without_sender, kt_boot),
        cmocka_unit_test_setup(test_nbrecv_takes_waiting_sender, kt_boot),
        cmocka_unit_test_setup(test_registers_not_named_are_kept, kt_boot),
        cmocka_unit_test_setup(test_senders_by_priority_then_fifo, kt_boot),
        cmocka_unit_test_setup(test_receivers_by_priority_then_fifo, kt_boot),
        cmocka_unit_test_setup(test_priority_change_moves_a_waiter, kt_boot),
        cmocka_unit_test_setup(test_every_length, kt_boot),
        cmocka_unit_test_setup(test_length_field_above_maximum_is_cut, kt_boot),
        cmocka_unit_test_setup(test_receiver_without_buffer_gets_four_words, kt_boot),
        cmocka_unit_test_setup(test_call_without_write_is_refused, kt_boot),
        cmocka_unit_test_setup(test_receive_without_read_is_a_fault, kt_boot),
        cmocka_unit_test_setup(test_send_to_nowhere, kt_boot),
        cmocka_unit_test_setup(test_fault_without_handler_stops_the_thread, kt_boot),
        cmocka_unit_test_setup(test_empty_slot, kt_boot),
        cmocka_unit_test_setup(test_capability_arrives, kt_boot),
        cmocka_unit_test_setup(test_no_grant_no_capability, kt_boot),
        cmocka_unit_test_setup(test_own_endpoint_arrives_as_badge, kt_boot),
        cmocka_unit_test_setup(test_one_receive_slot_takes_one_capability, kt_boot),
        cmocka_unit_test_setup(test_full_receive_slot, kt_boot),
        cmocka_unit_test_setup(test_wrong_receive_places, kt_boot),
        cmocka_unit_test_setup(test_underivable_capability_ends_transfer, kt_boot),
        cmocka_unit_test_setup(test_sent_untyped_takes_all_that_is_left, kt_boot),
        cmocka_unit_test_setup(test_suspended_sender_sends_again_when_resumed, kt_boot),
        cmocka_unit_test_setup(test_b07_woken_then_suspended, kt_boot),
        cmocka_unit_test_setup(test_deleted_endpoint_restarts_everybody, kt_boot),
        cmocka_unit_test_setup(test_deleting_a_copy_disturbs_nobody, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
