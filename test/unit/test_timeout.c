/* SPDX-License-Identifier: Apache-2.0 */
/* Timeout faults: who is told that a refill is used up, and the answer. */
#include "support/kt.h"

enum { HIGH = 150, HANDLER = 160, BADGE = 77 };

static cptr_t ep, reply;
static struct kt_thread handler, t;

static void configure(const struct kt_thread *thread, word_t budget, word_t period)
{
    kt_ok(kt_invoke(KAAL_ROOT_SCHED_CONTROL, KAAL_INV_SCHED_CONTROL_CONFIGURE,
                    KT_WORDS(budget, period, 4, BADGE), KT_CAPS(thread->sc)));
}

static void set_timeout(const struct kt_thread *thread, cptr_t endpoint)
{
    kt_ok(kt_invoke(thread->cap, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, KT_NONE, KT_CAPS(endpoint)));
}

/* t has 1000 of 10000 and a handler that waits. */
static int boot(void **state)
{
    kt_boot(state);
    ep = kt_object(CAP_ENDPOINT, 0);
    reply = kt_object(CAP_REPLY, 0);
    handler = kt_thread(HANDLER);
    kt_unpark(&handler);
    kt_recv(&handler, ep, reply);
    t = kt_thread(HIGH);
    configure(&t, 1000, 10000);
    set_timeout(&t, kt_badged(ep, KAAL_RIGHTS_ALL, 5));
    return 0;
}

static void answer(word_t label, unsigned length, word_t w0, word_t w1)
{
    kt_reply_recv(&handler, ep, reply,
                  &(struct kt_msg){.label = label, .length = length, .w = {w0, w1}});
}

static void expect_fault(word_t us)
{
    assert_true(kt_is_current(&handler));
    assert_int_equal(kt_label(&handler), KAAL_FAULT_TIMEOUT);
    assert_int_equal(kt_length(&handler), 2);
    assert_int_equal(kt_badge(&handler), 5);
    assert_int_equal(kt_word(&handler, 0), BADGE);
    assert_int_equal(kt_word(&handler, 1), us);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_REPLY);
}

static void use_up(void)
{
    kt_unpark(&t);
    kt_advance(1000);
    expect_fault(1000);
}

static void test_message(void **state)
{
    (void)state;
    kt_unpark(&t);
    kt_advance(999);
    assert_true(kt_is_current(&t));
    kt_advance(1);
    expect_fault(1000);
}

static void test_context_stays(void **state)
{
    (void)state;
    use_up();
    assert_ptr_equal(t.tcb->sc, kt_sc_of(t.sc));
    assert_int_equal(sc_head(t.tcb->sc)->amount, 1000 * KT_US);
}

/* A handler without time is told, and does not run on the faulting thread's. */
static void test_passive_handler_gets_no_time(void **state)
{
    (void)state;
    kt_ok(kt_invoke(handler.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    kt_unpark(&t);
    kt_advance(1000);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(handler.tcb->state, TCB_RUNNING);
    assert_null(handler.tcb->sc);
    assert_int_equal(kt_label(&handler), KAAL_FAULT_TIMEOUT);
    assert_ptr_equal(t.tcb->sc, kt_sc_of(t.sc));
}

static void test_answered_goes_on_when_due(void **state)
{
    (void)state;
    use_up();
    const ticks_t now = host.now;
    answer(0, 0, 0, 0);
    assert_true(kt_is_current(&kt.root)); /* and no second fault: the handler waits */
    assert_int_equal(t.tcb->state, TCB_RUNNING);
    kt_advance(8999);
    assert_true(kt_is_current(&kt.root));
    kt_advance(1);
    assert_true(kt_is_current(&t));
    assert_int_equal(host.now, now + 9000 * KT_US);
    kt_advance(1000);
    expect_fault(1000);
}

static void test_words_go_to_registers(void **state)
{
    (void)state;
    kt_unpark(&t);
    t.tcb->regs.x[2] = 2222;
    kt_advance(1000);
    answer(0, 2, 1000, 1001);
    assert_int_equal(t.tcb->regs.x[0], 1000);
    assert_int_equal(t.tcb->regs.x[1], 1001);
    assert_int_equal(t.tcb->regs.x[2], 2222);
}

static void test_34_words_end_with_pstate(void **state)
{
    (void)state;
    use_up();
    struct kt_msg msg = {.length = 35};
    for (unsigned i = 0; i < 35; i++) {
        msg.w[i] = 100 + i;
    }
    msg.w[33] = UINT64_MAX;
    kt_reply_recv(&handler, ep, reply, &msg);
    assert_int_equal(t.tcb->regs.x[30], 130);
    assert_int_equal(t.tcb->regs.pc, 131);
    assert_int_equal(t.tcb->regs.sp, 132);
    assert_int_equal(t.tcb->regs.pstate, UINT64_C(0xf0000000));
}

static void test_other_label_stops(void **state)
{
    (void)state;
    use_up();
    answer(1, 0, 0, 0);
    assert_int_equal(t.tcb->state, TCB_INACTIVE);
    kt_advance(20000);
    assert_true(kt_is_current(&kt.root));
}

static void test_consumed_begins_anew(void **state)
{
    (void)state;
    use_up();
    answer(0, 0, 0, 0);
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_CONSUMED, KT_NONE, KT_NONE));
    assert_int_equal(kt_word(&kt.root, 0), 0);
}

static void test_none_from_yield(void **state)
{
    (void)state;
    kt_unpark(&t);
    kt_advance(300);
    kt_yield(&t);
    assert_true(kt_is_current(&kt.root));
    assert_true(t.tcb->wait.linked);
}

/* What is left is below the least: that is used up by running. */
static void test_from_yield_that_comes_too_late(void **state)
{
    (void)state;
    kt_unpark(&t);
    kt_advance(950);
    kt_yield(&t);
    expect_fault(950);
}

static void test_none_from_round_robin(void **state)
{
    (void)state;
    configure(&t, 1000, 1000);
    kt_unpark(&t);
    kt_advance(5000);
    assert_true(kt_is_current(&t));
}

static void test_none_without_endpoint(void **state)
{
    (void)state;
    set_timeout(&t, KAAL_ROOT_NULL);
    kt_unpark(&t);
    kt_advance(1000);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(t.tcb->state, TCB_RUNNING);
}

/* Blocking in the entry that finds the refill used up: nobody is told. */
static void test_none_when_it_blocks(void **state)
{
    (void)state;
    kt_unpark(&t);
    kt_advance(950);
    kt_park(&t);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(t.tcb->state, TCB_BLOCKED_NTFN);
}

static void test_when_preempted(void **state)
{
    (void)state;
    struct kt_thread other = kt_thread(HIGH + 1);
    kt_unpark(&t);
    kt_advance(950);
    kt_nbsend(&t, other.park, NULL);
    expect_fault(950); /* the handler goes before the other */
    answer(0, 0, 0, 0);
    assert_true(kt_is_current(&other));
}

/* t calls a server that has time of its own, with 50 left: used up while it waits. */
static void call_with_50_left(cptr_t server_ep, struct kt_thread *server, cptr_t server_reply)
{
    kt_unpark(server);
    kt_recv(server, server_ep, server_reply);
    kt_unpark(&t);
    kt_advance(950);
    kt_call(&t, server_ep, &(struct kt_msg){.length = 1, .w = {9}});
    assert_true(kt_is_current(server));
    assert_int_equal(t.tcb->state, TCB_BLOCKED_REPLY);
    kt_advance(10);
}

static void test_reply_raises_it_at_once(void **state)
{
    (void)state;
    struct kt_thread server = kt_thread(HIGH - 1);
    const cptr_t server_ep = kt_object(CAP_ENDPOINT, 0), server_reply = kt_object(CAP_REPLY, 0);
    call_with_50_left(server_ep, &server, server_reply);
    kt_reply_recv(&server, server_ep, server_reply, &(struct kt_msg){.length = 1, .w = {13}});
    expect_fault(950);
    assert_int_equal(kt_word(&t, 0), 13); /* its call is complete */
    assert_true(kt_is_done(&t));
    answer(0, 0, 0, 0);
    assert_true(kt_is_current(&kt.root));
    assert_true(t.tcb->wait.linked);
}

static void test_reply_without_endpoint_waits(void **state)
{
    (void)state;
    struct kt_thread server = kt_thread(HIGH - 1);
    const cptr_t server_ep = kt_object(CAP_ENDPOINT, 0), server_reply = kt_object(CAP_REPLY, 0);
    set_timeout(&t, KAAL_ROOT_NULL);
    call_with_50_left(server_ep, &server, server_reply);
    kt_reply_recv(&server, server_ep, server_reply, &(struct kt_msg){.length = 1, .w = {13}});
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(t.tcb->state, TCB_RUNNING);
    assert_true(t.tcb->wait.linked);
}

static void test_reply_in_time_raises_none(void **state)
{
    (void)state;
    struct kt_thread server = kt_thread(HIGH - 1);
    const cptr_t server_ep = kt_object(CAP_ENDPOINT, 0), server_reply = kt_object(CAP_REPLY, 0);
    call_with_50_left(server_ep, &server, server_reply);
    host.now += 9000 * KT_US; /* the refill is due, no interrupt came yet */
    kt_reply_recv(&server, server_ep, server_reply, &(struct kt_msg){.length = 1, .w = {13}});
    assert_true(kt_is_current(&t));
    assert_int_equal(kt_word(&t, 0), 13);
}

/* A passive server on t's time runs it up: the fault is its own, and it has no
 * timeout endpoint: it waits. With one, t's context is named. */
static void test_on_lent_time(void **state)
{
    (void)state;
    struct kt_thread server = kt_passive_thread(HIGH);
    const cptr_t server_ep = kt_object(CAP_ENDPOINT, 0), server_reply = kt_object(CAP_REPLY, 0);
    kt_unpark(&server);
    kt_recv(&server, server_ep, server_reply);
    kt_ok(kt_invoke(server.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    assert_null(server.tcb->sc);
    set_timeout(&server, kt_badged(ep, KAAL_RIGHTS_ALL, 6));
    kt_unpark(&t);
    kt_advance(200);
    kt_call(&t, server_ep, NULL);
    assert_true(kt_is_current(&server));
    kt_advance(800);
    assert_true(kt_is_current(&handler));
    assert_int_equal(kt_badge(&handler), 6);
    assert_int_equal(kt_word(&handler, 0), BADGE);
    assert_int_equal(kt_word(&handler, 1), 1000);
    assert_ptr_equal(server.tcb->sc, kt_sc_of(t.sc));
}

static void test_waits_for_its_handler(void **state)
{
    (void)state;
    use_up();
    kt_park(&handler); /* the handler gives the first up; nobody receives now */
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE));
    kt_advance(10000);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(t.tcb->state, TCB_BLOCKED_SEND);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SUSPEND, KT_NONE, KT_NONE));
    assert_int_equal(t.tcb->fault.kind, KAAL_FAULT_NONE);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE));
    assert_true(kt_is_done(&t)); /* behind its last call: nothing runs again */
}

static void test_endpoint_deleted(void **state)
{
    (void)state;
    use_up();
    kt_park(&handler);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE));
    kt_advance(10000);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_SEND);
    kt_ok(kt_revoke(ep));
    kt_ok(kt_delete(ep));
    assert_int_equal(t.tcb->state, TCB_INACTIVE);
}

static void test_set_timeout_endpoint_errors(void **state)
{
    (void)state;
    const word_t set = KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT;
    const cptr_t bad[] = {
        kt_object(CAP_NOTIFICATION, 0),
        KAAL_ROOT_CNODE,
        kt_copy_of(ep, KAAL_RIGHT_WRITE),
        kt_copy_of(ep, KAAL_RIGHT_READ | KAAL_RIGHT_GRANT | KAAL_RIGHT_GRANT_REPLY),
    };
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(kt_invoke(t.cap, set, KT_NONE, KT_CAPS(bad[i])),
                         KAAL_ERR_INVALID_CAPABILITY);
        assert_int_equal(kt_word(&kt.root, 0), 1);
    }
    assert_int_equal(kt_invoke(t.cap, set, KT_NONE, KT_NONE), KAAL_ERR_TRUNCATED_MESSAGE);
    use_up(); /* the one that was set is still there */
    kt_park(&handler);
    set_timeout(&t, kt_copy_of(ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_message, boot),
        cmocka_unit_test_setup(test_context_stays, boot),
        cmocka_unit_test_setup(test_passive_handler_gets_no_time, boot),
        cmocka_unit_test_setup(test_answered_goes_on_when_due, boot),
        cmocka_unit_test_setup(test_words_go_to_registers, boot),
        cmocka_unit_test_setup(test_34_words_end_with_pstate, boot),
        cmocka_unit_test_setup(test_other_label_stops, boot),
        cmocka_unit_test_setup(test_consumed_begins_anew, boot),
        cmocka_unit_test_setup(test_none_from_yield, boot),
        cmocka_unit_test_setup(test_from_yield_that_comes_too_late, boot),
        cmocka_unit_test_setup(test_none_from_round_robin, boot),
        cmocka_unit_test_setup(test_none_without_endpoint, boot),
        cmocka_unit_test_setup(test_none_when_it_blocks, boot),
        cmocka_unit_test_setup(test_when_preempted, boot),
        cmocka_unit_test_setup(test_reply_raises_it_at_once, boot),
        cmocka_unit_test_setup(test_reply_without_endpoint_waits, boot),
        cmocka_unit_test_setup(test_reply_in_time_raises_none, boot),
        cmocka_unit_test_setup(test_on_lent_time, boot),
        cmocka_unit_test_setup(test_waits_for_its_handler, boot),
        cmocka_unit_test_setup(test_endpoint_deleted, boot),
        cmocka_unit_test_setup(test_set_timeout_endpoint_errors, boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
