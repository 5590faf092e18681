/* SPDX-License-Identifier: Apache-2.0 */
/* Calls, faults and answers beside the usual one: with capabilities, between
 * threads that have their own time, through several CNodes. */
#include "support/kt.h"

enum { HIGH = 150, MIDDLE = 130 };

static const struct kt_msg question = {.label = 5, .length = 1, .w = {50}};
static const struct kt_msg answer = {.label = 6, .length = 1, .w = {60}};

static void assert_got(const struct kt_thread *t, const struct kt_msg *msg)
{
    assert_true(kt_is_current(t));
    assert_true(kt_is_done(t));
    assert_int_equal(kt_label(t), msg->label);
    assert_int_equal(kt_length(t), msg->length);
    assert_int_equal(kt_word(t, 0), msg->w[0]);
}

/* ---- A server that waits in receive
 * ---------------------------------------------------- */

struct service {
    cptr_t ep, reply;
    struct kt_thread server;
    bool is_passive;
};

static void start(struct service *s, cptr_t ep, cptr_t reply)
{
    kt_unpark(&s->server);
    kt_recv(&s->server, ep, reply);
    if (s->is_passive) {
        kt_ok(kt_invoke(s->server.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    }
}

static struct service service(bool is_passive)
{
    return (struct service){
        .ep = kt_object(CAP_ENDPOINT, 0),
        .reply = kt_object(CAP_REPLY, 0),
        .server = kt_thread(HIGH),
        .is_passive = is_passive,
    };
}

/* ---- Two levels: a CNode of eight slots in the first one of another
 * ------------------------- */

enum { RADIX = 3 };

static cptr_t below(word_t index)
{
    return index; /* the bits above choose slot 0, and are the guard */
}

static void put(cptr_t cnode, word_t index, cptr_t source)
{
    kt_ok(kt_invoke(cnode, KAAL_INV_CNODE_MOVE, KT_WORDS(index, RADIX, source, 64),
                    KT_CAPS(KAAL_ROOT_CNODE)));
}

/* Let t name what a, b and c are as below(0), below(1) and below(2). */
static void set_deep_cspace(const struct kt_thread *t, cptr_t a, cptr_t b, cptr_t c)
{
    const cptr_t top = kt_object(CAP_CNODE, RADIX), bottom = kt_object(CAP_CNODE, RADIX);
    const cptr_t guarded = kt_new_slot();
    put(bottom, 0, kt_copy_of(a, KAAL_RIGHTS_ALL));
    put(bottom, 1, kt_copy_of(b, KAAL_RIGHTS_ALL));
    put(bottom, 2, kt_copy_of(c, KAAL_RIGHTS_ALL));
    kt_ok(kt_mint(guarded, bottom, KAAL_RIGHTS_ALL, KAAL_CPTR_BITS - 2 * RADIX));
    put(top, 0, guarded);
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(KAAL_ROOT_NULL, top, KAAL_ROOT_VSPACE)));
}

/* ---- Calls
 * ----------------------------------------------------------------------------------
 */

/* Where t gets capabilities. */
static cptr_t receive_slot(const struct kt_thread *t)
{
    const cptr_t place = kt_new_slot();
    t->buffer->receive_cnode = KAAL_ROOT_CNODE;
    t->buffer->receive_index = place;
    t->buffer->receive_depth = KAAL_CPTR_BITS;
    return place;
}

static void test_call_passes_a_capability(void **state)
{
    for (unsigned is_passive = 0; is_passive < 2; is_passive++) {
        (void)kt_boot(state);
        struct service s = service(is_passive);
        const cptr_t gift = kt_object(CAP_NOTIFICATION, 0), place = receive_slot(&s.server);
        struct kt_msg msg = question;
        msg.caps = 1;
        msg.cap[0] = gift;
        start(&s, s.ep, s.reply);

        kt_call(&kt.root, s.ep, &msg);
        assert_got(&s.server, &question);
        assert_int_equal(kt_caps(&s.server), 1);
        assert_int_equal(kt_unwrapped(&s.server), 0);
        assert_ptr_equal(kt_ntfn_of(place), kt_ntfn_of(gift));
        kt_reply_recv(&s.server, s.ep, s.reply, &answer);
        assert_got(&kt.root, &answer);
        assert_int_equal(kt_caps(&kt.root), 0);
    }
}

/* Without Grant the message comes without the capability. */
static void test_call_without_grant_passes_none(void **state)
{
    (void)state;
    struct service s = service(false);
    const cptr_t plain = kt_copy_of(s.ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY);
    const cptr_t place = receive_slot(&s.server);
    struct kt_msg msg = question;
    msg.caps = 1;
    msg.cap[0] = kt_object(CAP_NOTIFICATION, 0);
    start(&s, s.ep, s.reply);
    kt_call(&kt.root, plain, &msg);
    assert_got(&s.server, &question);
    assert_int_equal(kt_caps(&s.server), 0);
    assert_true(slot_is_empty(kt_slot(place)));
}

static void test_call_through_two_cnodes(void **state)
{
    for (unsigned is_passive = 0; is_passive < 2; is_passive++) {
        (void)kt_boot(state);
        struct service s = service(is_passive);
        struct kt_thread client = kt_thread(MIDDLE);
        set_deep_cspace(&client, s.ep, client.cap, s.reply);
        start(&s, s.ep, s.reply);
        kt_unpark(&client);

        kt_call(&client, below(0), &question);
        assert_got(&s.server, &question);
        kt_reply_recv(&s.server, s.ep, s.reply, &answer);
        assert_got(&client, &answer);

        kt_call(&client, below(1), &(struct kt_msg){.label = KAAL_INV_TCB_SUSPEND});
        assert_true(kt_is_current(&kt.root));
        assert_int_equal(client.tcb->state, TCB_INACTIVE);
    }
}

static void test_answer_through_two_cnodes(void **state)
{
    for (unsigned is_passive = 0; is_passive < 2; is_passive++) {
        (void)kt_boot(state);
        struct service s = service(is_passive);
        set_deep_cspace(&s.server, s.ep, s.reply, s.server.sc);
        start(&s, below(0), below(1));
        kt_call(&kt.root, s.ep, &question);
        assert_got(&s.server, &question);
        kt_reply_recv(&s.server, below(0), below(1), &answer);
        assert_got(&kt.root, &answer);
        assert_int_equal(s.server.tcb->state, TCB_BLOCKED_RECV);
        assert_ptr_equal(kt_reply_of(s.reply)->tcb, s.server.tcb);
    }
}

static void test_call_of_a_notification_is_a_signal(void **state)
{
    (void)state;
    const cptr_t ntfn = kt_object(CAP_NOTIFICATION, 0);
    kt_call(&kt.root, kt_badged(ntfn, KAAL_RIGHTS_ALL, 5), &question);
    assert_true(kt_is_done(&kt.root));
    assert_int_equal(kt_label(&kt.root), KAAL_OK);
    assert_int_equal(kt_length(&kt.root), 0);
    kt_poll(&kt.root, ntfn);
    assert_int_equal(kt_badge(&kt.root), 5);
}

/* The message goes all the same; the caller pays for what it has used. */
static void test_budget_ends_in_a_call(void **state)
{
    (void)state;
    struct service s = service(false);
    struct kt_thread client = kt_thread(MIDDLE);
    kt_configure_sc(client.sc, 100, 100);
    kt_configure_sc(s.server.sc, 1000, 1000);
    start(&s, s.ep, s.reply);
    kt_unpark(&client);
    host.now += 150 * KT_US;
    kt_call(&client, s.ep, &question);
    assert_got(&s.server, &question);
    assert_int_equal(sc_ticks_to_us(kt_sc_of(client.sc)->consumed), 150);
    assert_int_equal(kt_sc_of(s.server.sc)->consumed, 0);
    kt_reply_recv(&s.server, s.ep, s.reply, &answer);
    assert_got(&client, &answer);
}

/* ---- Faults
 * -----------------------------------------------------------------------------------
 */

static void test_fault_is_answered_by_a_waiting_handler(void **state)
{
    for (unsigned is_passive = 0; is_passive < 2; is_passive++) {
        (void)kt_boot(state);
        struct service s = service(is_passive);
        struct kt_thread t = kt_thread(MIDDLE);
        kt_ok(kt_invoke(
            t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
            KT_CAPS(kt_badged(s.ep, KAAL_RIGHTS_ALL, 31), KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)));
        start(&s, s.ep, s.reply);
        kt_unpark(&t);
        t.tcb->regs.pc = 0x1234;
        kernel_vm_fault(0xdead000, false, 0x92000006);
        kt_check();

        assert_got(&s.server, &(struct kt_msg){.label = KAAL_FAULT_VM, .length = 4, .w = {0x1234}});
        assert_int_equal(kt_badge(&s.server), 31);
        assert_int_equal(kt_word(&s.server, 1), 0xdead000);
        assert_int_equal(kt_word(&s.server, 2), 0);
        assert_int_equal(kt_word(&s.server, 3), 0x92000006);
        kt_reply_recv(&s.server, s.ep, s.reply, NULL);
        assert_true(kt_is_current(&t));
        assert_int_equal(t.tcb->regs.pc, 0x1234);
        assert_int_equal(s.server.tcb->state, TCB_BLOCKED_RECV);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_call_passes_a_capability, kt_boot),
        cmocka_unit_test_setup(test_call_without_grant_passes_none, kt_boot),
        cmocka_unit_test_setup(test_call_through_two_cnodes, kt_boot),
        cmocka_unit_test_setup(test_answer_through_two_cnodes, kt_boot),
        cmocka_unit_test_setup(test_call_of_a_notification_is_a_signal, kt_boot),
        cmocka_unit_test_setup(test_budget_ends_in_a_call, kt_boot),
        cmocka_unit_test_setup(test_fault_is_answered_by_a_waiting_handler, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
