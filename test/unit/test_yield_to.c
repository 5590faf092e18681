/* SPDX-License-Identifier: Apache-2.0 */
/* YieldTo: who runs, when the call is answered, and with what. */
#include "support/kt.h"

static const struct kt_msg yield_to = {.label = KAAL_INV_SCHED_CONTEXT_YIELD_TO};

static void set_priority(const struct kt_thread *t, unsigned priority)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(priority), KT_CAPS(KAAL_ROOT_TCB)));
}

/* A ready thread of this priority, which is at most the root task's. */
static struct kt_thread ready_thread(unsigned priority)
{
    struct kt_thread t = kt_thread(1);
    kt_nbsend(&kt.root, t.park, NULL);
    set_priority(&t, priority);
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_CONSUMED, KT_NONE, KT_NONE));
    return t;
}

static void expect_answer(const struct kt_thread *t, word_t us)
{
    assert_true(kt_is_done(t));
    assert_int_equal(kt_label(t), KAAL_OK);
    assert_int_equal(kt_length(t), 1);
    assert_int_equal(kt_badge(t), 0);
    assert_int_equal(kt_word(t, 0), us);
    assert_null(t->tcb->yield_to);
}

static void test_to_an_equal(void **state)
{
    (void)state;
    struct kt_thread t = ready_thread(KT_ROOT_PRIORITY);
    kt_call(&kt.root, t.sc, &yield_to);
    assert_true(kt_is_current(&t));
    assert_int_equal(kt.root.tcb->state, TCB_RUNNING);
    assert_ptr_equal(kt_sc_of(t.sc)->yield_from, kt.root.tcb);
    kt_advance(123);
    kt_park(&t);
    assert_true(kt_is_current(&kt.root));
    expect_answer(&kt.root, 123);
    assert_null(kt_sc_of(t.sc)->yield_from);
}

/* Both go to the front: t, then the caller, then who was ready before. */
static void test_order_of_equals(void **state)
{
    (void)state;
    struct kt_thread first = ready_thread(KT_ROOT_PRIORITY), t = ready_thread(KT_ROOT_PRIORITY);
    kt_call(&kt.root, t.sc, &yield_to);
    assert_true(kt_is_current(&t));
    kt_park(&t);
    assert_true(kt_is_current(&kt.root));
    kt_wait(&kt.root, kt.root.park);
    assert_true(kt_is_current(&first));
}

/* The caller makes way also if its slice is used up in the same moment: then it
 * stands behind its equals. */
static void test_caller_used_up(void **state)
{
    (void)state;
    struct kt_thread other = ready_thread(KT_ROOT_PRIORITY), t = ready_thread(KT_ROOT_PRIORITY);
    kt_configure_sc(KAAL_ROOT_SCHED_CONTEXT, 1000, 1000);
    host.now += 950 * KT_US;
    kt_call(&kt.root, t.sc, &yield_to);
    assert_true(kt_is_current(&t));
    kt_park(&t);
    assert_true(kt_is_current(&other));
    kt_park(&other);
    assert_true(kt_is_current(&kt.root));
    expect_answer(&kt.root, 0);
}

static void test_to_a_lower_priority(void **state)
{
    (void)state;
    struct kt_thread first = ready_thread(50), t = ready_thread(50);
    kt_call(&kt.root, t.sc, &yield_to);
    assert_true(kt_is_current(&kt.root));
    expect_answer(&kt.root, 0);
    kt_wait(&kt.root, kt.root.park);
    assert_true(kt_is_current(&t));
    kt_advance(10);
    kt_park(&t);
    assert_true(kt_is_current(&first));
}

static void test_to_a_blocked_thread(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(150);
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_CONSUMED, KT_NONE, KT_NONE));
    kt_unpark(&t);
    kt_advance(44);
    kt_park(&t);
    set_priority(&t, KT_ROOT_PRIORITY);
    kt_call(&kt.root, t.sc, &yield_to);
    assert_true(kt_is_current(&kt.root));
    expect_answer(&kt.root, 44);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_NTFN);
}

static void test_to_a_thread_without_time(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(150);
    kt_configure_sc(t.sc, 1000, 10000);
    kt_unpark(&t);
    kt_yield(&t);
    set_priority(&t, KT_ROOT_PRIORITY);
    kt_call(&kt.root, t.sc, &yield_to);
    assert_true(kt_is_current(&kt.root));
    assert_true(kt_is_done(&kt.root));
    assert_true(t.tcb->wait.linked);
}

static void test_errors(void **state)
{
    (void)state;
    const cptr_t unbound = kt_object(CAP_SCHED_CONTEXT, 8);
    const word_t label = KAAL_INV_SCHED_CONTEXT_YIELD_TO;
    struct kt_thread t = ready_thread(60);
    assert_int_equal(kt_invoke(unbound, label, KT_NONE, KT_NONE), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(KAAL_ROOT_SCHED_CONTEXT, label, KT_NONE, KT_NONE),
                     KAAL_ERR_ILLEGAL_OPERATION);
    kt_ok(kt_invoke(KAAL_ROOT_TCB, KAAL_INV_TCB_SET_MCPRIORITY, KT_WORDS(59),
                    KT_CAPS(KAAL_ROOT_TCB)));
    assert_int_equal(kt_invoke(t.sc, label, KT_NONE, KT_NONE), KAAL_ERR_ILLEGAL_OPERATION);
    assert_null(kt_sc_of(t.sc)->yield_from);
}

static void test_mcp_itself_is_enough(void **state)
{
    (void)state;
    struct kt_thread t = ready_thread(60);
    kt_ok(kt_invoke(KAAL_ROOT_TCB, KAAL_INV_TCB_SET_MCPRIORITY, KT_WORDS(60),
                    KT_CAPS(KAAL_ROOT_TCB)));
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_YIELD_TO, KT_NONE, KT_NONE));
}

static void test_another_yields_to_the_same(void **state)
{
    (void)state;
    struct kt_thread other = kt_thread(150), t = ready_thread(KT_ROOT_PRIORITY);
    kt_call(&kt.root, t.sc, &yield_to);
    kt_advance(30);
    kt_nbsend(&t, other.park, NULL);
    assert_true(kt_is_current(&other));
    kt_call(&other, t.sc, &yield_to);
    assert_true(kt_is_current(&other)); /* t is below it */
    expect_answer(&kt.root, 30);
    expect_answer(&other, 0);
    kt_park(&other);
    assert_true(kt_is_current(&t)); /* still before the root task */
}

static void test_two_wait_in_turn(void **state)
{
    (void)state;
    struct kt_thread other = ready_thread(KT_ROOT_PRIORITY), t = ready_thread(KT_ROOT_PRIORITY);
    kt_call(&kt.root, other.sc, &yield_to);
    assert_true(kt_is_current(&other));
    kt_advance(5);
    kt_call(&other, t.sc, &yield_to);
    assert_true(kt_is_current(&t));
    kt_advance(6);
    kt_park(&t);
    assert_true(kt_is_current(&other));
    expect_answer(&other, 6);
    kt_park(&other);
    assert_true(kt_is_current(&kt.root));
    expect_answer(&kt.root, 5);
}

/* t deletes something while the root task waits in a YieldTo for it. */
static void yield_and_delete(struct kt_thread *t, cptr_t slot)
{
    kt_call(&kt.root, t->sc, &yield_to);
    assert_true(kt_is_current(t));
    kt_advance(70);
    kt_call(t, KAAL_ROOT_CNODE,
            &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {slot, 64}});
}

static void test_context_dies(void **state)
{
    (void)state;
    struct kt_thread t = ready_thread(KT_ROOT_PRIORITY);
    yield_and_delete(&t, t.sc);
    assert_true(kt_is_current(&kt.root));
    expect_answer(&kt.root, 70);
}

static void test_context_dies_while_another_runs(void **state)
{
    (void)state;
    struct kt_thread other = kt_thread(150), t = ready_thread(KT_ROOT_PRIORITY);
    kt_call(&kt.root, t.sc, &yield_to);
    kt_advance(70);
    kt_nbsend(&t, other.park, NULL);
    kt_call(&other, KAAL_ROOT_CNODE,
            &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {t.sc, 64}});
    assert_true(kt_is_current(&other));
    expect_answer(&kt.root, 70);
}

static void test_thread_dies(void **state)
{
    (void)state;
    struct kt_thread t = ready_thread(KT_ROOT_PRIORITY);
    const struct sc *sc = kt_sc_of(t.sc);
    yield_and_delete(&t, t.cap);
    assert_true(kt_is_current(&kt.root));
    expect_answer(&kt.root, 70);
    assert_null(sc->yield_from);
}

static void test_caller_dies(void **state)
{
    (void)state;
    struct kt_thread caller = ready_thread(60), t = ready_thread(60);
    kt_wait(&kt.root, kt.root.park);
    assert_true(kt_is_current(&caller));
    kt_call(&caller, t.sc, &yield_to);
    assert_true(kt_is_current(&t));
    kt_call(&t, KAAL_ROOT_CNODE,
            &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {caller.cap, 64}});
    assert_true(kt_is_current(&t));
    assert_null(kt_sc_of(t.sc)->yield_from);
    kt_park(&t);
    assert_ptr_equal(kt_current(), &host_cpu.idle);
}

static void test_caller_is_stopped(void **state)
{
    (void)state;
    struct kt_thread t = ready_thread(KT_ROOT_PRIORITY);
    kt_call(&kt.root, t.sc, &yield_to);
    kt_advance(21);
    kt_call(&t, KAAL_ROOT_TCB, &(struct kt_msg){.label = KAAL_INV_TCB_SUSPEND});
    assert_int_equal(kt.root.tcb->state, TCB_INACTIVE);
    expect_answer(&kt.root, 21);
    kt_call(&t, KAAL_ROOT_TCB, &(struct kt_msg){.label = KAAL_INV_TCB_RESUME});
    kt_park(&t);
    assert_true(kt_is_current(&kt.root));
    expect_answer(&kt.root, 21);
}

/* The time since is still there to be asked for. */
static void test_consumed_after_stop(void **state)
{
    (void)state;
    struct kt_thread t = ready_thread(KT_ROOT_PRIORITY);
    kt_call(&kt.root, t.sc, &yield_to);
    kt_advance(21);
    kt_call(&t, KAAL_ROOT_TCB, &(struct kt_msg){.label = KAAL_INV_TCB_SUSPEND});
    kt_advance(9);
    kt_call(&t, t.sc, &(struct kt_msg){.label = KAAL_INV_SCHED_CONTEXT_CONSUMED});
    assert_int_equal(kt_word(&t, 0), 9);
}

static void test_timeout_of_the_caller(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread handler = kt_thread(150), t = ready_thread(KT_ROOT_PRIORITY);
    kt_unpark(&handler);
    kt_recv(&handler, ep, reply);
    kt_ok(kt_invoke(KAAL_ROOT_TCB, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, KT_NONE, KT_CAPS(ep)));
    kt_configure_sc(KAAL_ROOT_SCHED_CONTEXT, 1000, 10000);
    kt_ok(kt_invoke(KAAL_ROOT_SCHED_CONTEXT, KAAL_INV_SCHED_CONTEXT_CONSUMED, KT_NONE, KT_NONE));
    host.now += 950 * KT_US;
    kt_call(&kt.root, t.sc, &yield_to);
    assert_true(kt_is_current(&handler));
    assert_int_equal(kt_label(&handler), KAAL_FAULT_TIMEOUT);
    assert_int_equal(kt_word(&handler, 1), 950);
    expect_answer(&kt.root, 0);
    kt_park(&handler);
    assert_true(kt_is_current(&t));
}

static void test_without_answer(void **state)
{
    (void)state;
    struct kt_thread t = ready_thread(KT_ROOT_PRIORITY);
    kt_svc(&kt.root, KAAL_SYS_SEND, t.sc, &yield_to, 0, 0);
    assert_true(kt_is_current(&t));
    kt_advance(40);
    kt_park(&t);
    assert_true(kt_is_current(&kt.root));
    assert_true(kt_is_done(&kt.root));
    assert_int_equal(kt.root.tcb->regs.x[0], KAAL_SYS_SEND); /* no register changes */
    assert_int_equal(kt.root.tcb->regs.x[3], 0);
    assert_null(kt.root.tcb->yield_to);
}

/* In a combined call the caller waits in the receive, whatever t does. */
static void test_in_a_combined_call(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread t = ready_thread(KT_ROOT_PRIORITY);
    kt_svc(&kt.root, KAAL_SYS_NBSEND_RECV, t.sc, &yield_to, reply, ep);
    assert_true(kt_is_current(&t));
    assert_int_equal(kt.root.tcb->state, TCB_BLOCKED_RECV);
    kt_send(&t, ep, &(struct kt_msg){.label = 8, .length = 1, .w = {88}});
    kt_park(&t);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(kt_label(&kt.root), 8);
    assert_int_equal(kt_word(&kt.root, 0), 88);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_to_an_equal, kt_boot),
        cmocka_unit_test_setup(test_order_of_equals, kt_boot),
        cmocka_unit_test_setup(test_caller_used_up, kt_boot),
        cmocka_unit_test_setup(test_to_a_lower_priority, kt_boot),
        cmocka_unit_test_setup(test_to_a_blocked_thread, kt_boot),
        cmocka_unit_test_setup(test_to_a_thread_without_time, kt_boot),
        cmocka_unit_test_setup(test_errors, kt_boot),
        cmocka_unit_test_setup(test_mcp_itself_is_enough, kt_boot),
        cmocka_unit_test_setup(test_another_yields_to_the_same, kt_boot),
        cmocka_unit_test_setup(test_two_wait_in_turn, kt_boot),
        cmocka_unit_test_setup(test_context_dies, kt_boot),
        cmocka_unit_test_setup(test_context_dies_while_another_runs, kt_boot),
        cmocka_unit_test_setup(test_thread_dies, kt_boot),
        cmocka_unit_test_setup(test_caller_dies, kt_boot),
        cmocka_unit_test_setup(test_caller_is_stopped, kt_boot),
        cmocka_unit_test_setup(test_consumed_after_stop, kt_boot),
        cmocka_unit_test_setup(test_timeout_of_the_caller, kt_boot),
        cmocka_unit_test_setup(test_without_answer, kt_boot),
        cmocka_unit_test_setup(test_in_a_combined_call, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
