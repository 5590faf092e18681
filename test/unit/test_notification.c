/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications: signals, waiting, binding to a thread and to time. */
#include "support/kt.h"

enum { HIGH = 150, LOW = 110 };

static void signal(cptr_t cptr)
{
    kt_nbsend(&kt.root, cptr, NULL);
    assert_true(kt_is_done(&kt.root));
}

static badge_t poll(cptr_t cptr)
{
    kt_poll(&kt.root, cptr);
    assert_true(kt_is_current(&kt.root) && kt_is_done(&kt.root));
    assert_int_equal(kt.root.tcb->regs.x[0], 0);
    return kt_badge(&kt.root);
}

static void bind(const struct kt_thread *t, cptr_t ntfn)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_BIND_NOTIFICATION, KT_NONE, KT_CAPS(ntfn)));
}

/* ---- Signals --------------------------------------------------------------------- */

static void test_badges_collect(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t one = kt_badged(n, KAAL_RIGHT_WRITE, 1);
    const cptr_t four = kt_badged(n, KAAL_RIGHT_WRITE, 4);
    assert_int_equal(poll(n), 0);
    signal(one);
    signal(four);
    signal(one);
    assert_int_equal(poll(n), 5);
    assert_int_equal(poll(n), 0);
}

static void test_unbadged_signal_is_not_lost(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread t = kt_thread(HIGH);
    signal(n);
    assert_true(kt_ntfn_of(n)->active);
    kt_unpark(&t);
    kt_wait(&t, n);
    assert_true(kt_is_current(&t) && kt_is_done(&t));
    assert_int_equal(kt_badge(&t), 0);
    assert_false(kt_ntfn_of(n)->active);
}

static void test_signal_wakes_one_waiter(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t badged = kt_badged(n, KAAL_RIGHT_WRITE, 8);
    struct kt_thread a = kt_thread(LOW), b = kt_thread(HIGH), c = kt_thread(LOW);
    struct kt_thread *all[] = {&a, &b, &c}, *order[] = {&b, &a, &c};
    for (unsigned i = 0; i < 3; i++) {
        kt_unpark(all[i]);
        kt_wait(all[i], n);
        assert_int_equal(all[i]->tcb->state, TCB_BLOCKED_NTFN);
    }
    for (unsigned i = 0; i < 3; i++) {
        signal(badged);
        assert_true(kt_is_current(order[i]) && kt_is_done(order[i]));
        assert_int_equal(kt_badge(order[i]), 8);
        assert_false(kt_ntfn_of(n)->active);
        kt_park(order[i]);
    }
    signal(badged);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(poll(n), 8);
}

static void test_rights(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t read = kt_copy_of(n, KAAL_RIGHT_READ);
    signal(read);
    assert_false(kt_ntfn_of(n)->active);
    assert_int_equal(kt_invoke(read, 1, KT_NONE, KT_NONE), KAAL_ERR_INVALID_CAPABILITY);

    const cptr_t write = kt_copy_of(n, KAAL_RIGHT_WRITE);
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_poll(&t, write); /* a fault, and no handler */
    assert_int_equal(t.tcb->state, TCB_INACTIVE);
}

static void test_deleted_with_waiters(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_wait(&t, n);
    kt_svc(&kt.root, KAAL_SYS_CALL, KAAL_ROOT_CNODE,
           &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {n, 64}}, 0, 0);
    assert_true(kt_is_current(&t));
    kt_again(&t); /* faults on the empty slot */
    assert_int_equal(t.tcb->state, TCB_INACTIVE);
}

/* ---- Bound to a thread ---------------------------------------------------------------- */

static void test_bound_thread_is_woken_from_receive(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t badged = kt_badged(n, KAAL_RIGHT_WRITE, 0x10);
    const cptr_t reply = kt_object(CAP_REPLY, 0);
    struct kt_thread t = kt_thread(HIGH);
    bind(&t, n);
    kt_unpark(&t);
    kt_recv(&t, ep, reply);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_RECV);
    signal(badged);
    assert_true(kt_is_current(&t) && kt_is_done(&t));
    assert_int_equal(kt_badge(&t), 0x10);
    assert_int_equal(t.tcb->regs.x[0], 0);
    assert_true(tree_is_empty(&kt_endpoint_of(ep)->waiters));
    assert_null(kt_reply_of(reply)->tcb);
}

static void test_held_signal_comes_before_a_waiting_sender(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread client = kt_thread(LOW), server = kt_thread(HIGH);
    const struct kt_msg msg = {.label = 42};
    bind(&server, n);
    kt_unpark(&client);
    kt_send(&client, ep, &msg);
    signal(kt_badged(n, KAAL_RIGHT_WRITE, 2));
    kt_unpark(&server);
    kt_wait(&server, ep);
    assert_true(kt_is_done(&server));
    assert_int_equal(kt_label(&server), 0);
    assert_int_equal(kt_badge(&server), 2);
    kt_wait(&server, ep);
    assert_int_equal(kt_label(&server), 42);
}

/* A thread that sends is not in receive: the signal is held. */
/* A signal that is held stays held: one that comes then is added to it. */
static void test_held_signal_wakes_nobody(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t badged = kt_badged(n, KAAL_RIGHT_WRITE, 0x10);
    const cptr_t reply = kt_object(CAP_REPLY, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_recv(&t, ep, reply);
    signal(n);
    bind(&t, n);
    signal(badged);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_RECV);
    assert_int_equal(kt_ntfn_of(n)->pending, 0x10);
}

static void test_bound_sender_is_left_alone(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t = kt_thread(HIGH);
    bind(&t, n);
    kt_unpark(&t);
    kt_send(&t, ep, NULL);
    signal(n);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_SEND);
    assert_true(kt_ntfn_of(n)->active);
}

static void test_only_the_bound_thread_may_wait(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread owner = kt_thread(LOW), other = kt_thread(HIGH);
    bind(&owner, n);
    kt_unpark(&other);
    kt_wait(&other, n);
    assert_int_equal(other.tcb->state, TCB_INACTIVE);
    kt_unpark(&owner);
    kt_wait(&owner, n);
    assert_int_equal(owner.tcb->state, TCB_BLOCKED_NTFN);
    signal(n);
    assert_true(kt_is_current(&owner));
}

static void test_binding_is_one_to_one(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), m = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t write = kt_copy_of(m, KAAL_RIGHT_WRITE);
    struct kt_thread a = kt_thread(HIGH), b = kt_thread(HIGH);
    const word_t label = KAAL_INV_TCB_BIND_NOTIFICATION;
    bind(&a, n);
    assert_int_equal(kt_invoke(a.cap, label, KT_NONE, KT_CAPS(m)), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(b.cap, label, KT_NONE, KT_CAPS(n)), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(b.cap, label, KT_NONE, KT_CAPS(write)), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    assert_int_equal(kt_invoke(b.cap, label, KT_NONE, KT_CAPS(a.cap)), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_invoke(b.cap, label, KT_NONE, KT_NONE), KAAL_ERR_TRUNCATED_MESSAGE);
    kt_ok(kt_invoke(a.cap, KAAL_INV_TCB_UNBIND_NOTIFICATION, KT_NONE, KT_NONE));
    assert_int_equal(kt_invoke(a.cap, KAAL_INV_TCB_UNBIND_NOTIFICATION, KT_NONE, KT_NONE),
                     KAAL_ERR_ILLEGAL_OPERATION);
    bind(&b, n);
}

static void test_cannot_bind_while_somebody_waits(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread a = kt_thread(HIGH), b = kt_thread(HIGH);
    kt_unpark(&a);
    kt_wait(&a, n);
    assert_int_equal(kt_invoke(b.cap, KAAL_INV_TCB_BIND_NOTIFICATION, KT_NONE, KT_CAPS(n)),
                     KAAL_ERR_ILLEGAL_OPERATION);
}

static void test_either_end_may_die(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), m = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread a = kt_thread(HIGH), b = kt_thread(HIGH);
    bind(&a, n);
    kt_ok(kt_delete(n));
    assert_null(a.tcb->bound_ntfn);
    bind(&b, m);
    kt_ok(kt_delete(b.cap));
    assert_null(kt_ntfn_of(m)->bound);
}

/* ---- Bound to time ---------------------------------------------------------------------- */

static void test_passive_thread_runs_on_borrowed_time(void **state)
{
    (void)state;
    struct kt_thread t = kt_passive_thread(HIGH);
    assert_null(t.tcb->sc);
    kt_unpark(&t); /* its parking place holds the scheduling context */
    assert_ptr_equal(t.tcb->sc, kt_sc_of(t.sc));
    kt_park(&t);
    assert_null(t.tcb->sc);
    assert_null(kt_sc_of(t.sc)->tcb);
    kt_unpark(&t);
    assert_true(kt_is_current(&t));
}

static void test_held_signal_lends_time_too(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), sc = kt_object(CAP_SCHED_CONTEXT, 8);
    struct kt_thread t = kt_passive_thread(HIGH);
    kt_configure_sc(sc, 1000, 1000);
    kt_ok(kt_invoke(sc, KAAL_INV_SCHED_CONTEXT_BIND, KT_NONE, KT_CAPS(n)));
    signal(n);
    kt_unpark(&t);
    /* It has the time of its parking place, so it borrows none. */
    kt_poll(&t, n);
    assert_ptr_equal(t.tcb->sc, kt_sc_of(t.sc));
    assert_null(kt_sc_of(sc)->tcb);
}

static void test_lent_time_goes_back_on_blocking_receive(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t = kt_passive_thread(HIGH);
    kt_unpark(&t);
    assert_non_null(t.tcb->sc);
    kt_svc(&t, KAAL_SYS_CALL, t.cap,
           &(struct kt_msg){.label = KAAL_INV_TCB_BIND_NOTIFICATION, .caps = 1, .cap = {t.park}}, 0,
           0);
    assert_ptr_equal(t.tcb->bound_ntfn, kt_ntfn_of(t.park));
    kt_wait(&t, ep);
    assert_null(t.tcb->sc);
    kt_unpark(&t); /* from its receive, as it is bound */
    assert_non_null(t.tcb->sc);
}

static void test_notification_with_time_deleted(void **state)
{
    (void)state;
    struct kt_thread t = kt_passive_thread(HIGH);
    kt_unpark(&t);
    kt_svc(&t, KAAL_SYS_CALL, KAAL_ROOT_CNODE,
           &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {t.park, 64}}, 0, 0);
    assert_true(kt_is_current(&t));
    assert_null(kt_sc_of(t.sc)->ntfn);
    assert_ptr_equal(t.tcb->sc, kt_sc_of(t.sc));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_badges_collect, kt_boot),
        cmocka_unit_test_setup(test_unbadged_signal_is_not_lost, kt_boot),
        cmocka_unit_test_setup(test_signal_wakes_one_waiter, kt_boot),
        cmocka_unit_test_setup(test_rights, kt_boot),
        cmocka_unit_test_setup(test_deleted_with_waiters, kt_boot),
        cmocka_unit_test_setup(test_bound_thread_is_woken_from_receive, kt_boot),
        cmocka_unit_test_setup(test_held_signal_comes_before_a_waiting_sender, kt_boot),
        cmocka_unit_test_setup(test_held_signal_wakes_nobody, kt_boot),
        cmocka_unit_test_setup(test_bound_sender_is_left_alone, kt_boot),
        cmocka_unit_test_setup(test_only_the_bound_thread_may_wait, kt_boot),
        cmocka_unit_test_setup(test_binding_is_one_to_one, kt_boot),
        cmocka_unit_test_setup(test_cannot_bind_while_somebody_waits, kt_boot),
        cmocka_unit_test_setup(test_either_end_may_die, kt_boot),
        cmocka_unit_test_setup(test_passive_thread_runs_on_borrowed_time, kt_boot),
        cmocka_unit_test_setup(test_held_signal_lends_time_too, kt_boot),
        cmocka_unit_test_setup(test_lent_time_goes_back_on_blocking_receive, kt_boot),
        cmocka_unit_test_setup(test_notification_with_time_deleted, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
