/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CNode CancelBadgedSends: who is restarted, in one go and when preempted
 * anywhere. Senders wait at a priority below the root task's, so that the
 * restarted ones do not run before the test looks.
 */
#include "support/kt.h"

enum { HIGH = 150, LOW = 50, RED = 5, BLUE = 6, MANY = 80 };

static const struct kt_msg message = {.label = 9, .length = 1, .w = {1}};

static cptr_t ep, red, blue;

static int setup(void **state)
{
    (void)kt_boot(state);
    ep = kt_object(CAP_ENDPOINT, 0);
    red = kt_badged(ep, 15, RED);
    blue = kt_badged(ep, 15, BLUE);
    return 0;
}

static void set_priority(const struct kt_thread *t, word_t priority)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(priority), KT_CAPS(KAAL_ROOT_TCB)));
}

/* A thread that waits to send through cap. */
static struct kt_thread sender(cptr_t cap, word_t priority)
{
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_send(&t, cap, &message);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_SEND);
    set_priority(&t, priority);
    return t;
}

static bool is_waiting(const struct kt_thread *t)
{
    return t->tcb->state == TCB_BLOCKED_SEND && t->tcb->blocked_on == kt_endpoint_of(ep);
}

/* It runs, and its first instruction is the send once more. */
static bool is_restarted(const struct kt_thread *t)
{
    return t->tcb->state == TCB_RUNNING && !kt_is_done(t);
}

static enum kaal_err cancel(cptr_t slot)
{
    return kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_CANCEL_BADGED_SENDS, KT_WORDS(slot, 64),
                     KT_NONE);
}

/* ---- Errors ------------------------------------------------------------------------ */

static void test_places(void **state)
{
    (void)state;
    const word_t label = KAAL_INV_CNODE_CANCEL_BADGED_SENDS;
    static const word_t depths[] = {0, 65, UINT64_MAX};
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(kt_invoke(KAAL_ROOT_CNODE, label, KT_WORDS(red, depths[i]), KT_NONE),
                         KAAL_ERR_RANGE);
        assert_int_equal(kt_word(&kt.root, 0), 1);
        assert_int_equal(kt_word(&kt.root, 1), 1);
        assert_int_equal(kt_word(&kt.root, 2), 64);
    }
    assert_int_equal(kt_invoke(KAAL_ROOT_CNODE, label, KT_WORDS(red, 63), KT_NONE),
                     KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(kt_word(&kt.root, 0), 0);
    assert_int_equal(kt_invoke(KAAL_ROOT_CNODE, label, KT_WORDS(red), KT_NONE),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(kt_invoke(KAAL_ROOT_TCB, label, KT_WORDS(red, 64), KT_NONE),
                     KAAL_ERR_ILLEGAL_OPERATION);
}

static void test_needs_an_endpoint_with_all_rights(void **state)
{
    (void)state;
    const cptr_t wrong[] = {kt_new_slot(), kt_object(CAP_NOTIFICATION, 0), KAAL_ROOT_TCB,
                            KAAL_ROOT_CNODE};
    struct kt_thread t = sender(red, LOW);
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(cancel(wrong[i]), KAAL_ERR_ILLEGAL_OPERATION);
    }
    for (word_t rights = 0; rights < 15; rights++) {
        const cptr_t weak = kt_copy_of(red, rights);
        assert_int_equal(cancel(weak), KAAL_ERR_ILLEGAL_OPERATION);
        kt_ok(kt_delete(weak));
    }
    assert_true(is_waiting(&t));
    kt_ok(cancel(kt_copy_of(red, 15)));
    assert_true(is_restarted(&t));
}

/* ---- Effect ------------------------------------------------------------------------- */

static void test_only_the_badge(void **state)
{
    (void)state;
    struct kt_thread a = sender(red, LOW), b = sender(blue, LOW), c = sender(ep, LOW);
    struct kt_thread d = sender(red, LOW + 1), e = sender(kt_copy_of(red, KAAL_RIGHT_WRITE), 20);
    kt_ok(cancel(red));
    assert_true(is_restarted(&a) && is_restarted(&d) && is_restarted(&e));
    assert_true(is_waiting(&b) && is_waiting(&c));
    kt_ok(cancel(blue));
    assert_true(is_restarted(&b));
    assert_true(is_waiting(&c));
}

static void test_badge_0_does_nothing(void **state)
{
    (void)state;
    struct kt_thread a = sender(ep, LOW), b = sender(red, LOW);
    kt_ok(cancel(ep));
    assert_true(is_waiting(&a) && is_waiting(&b));
}

static void test_another_endpoint(void **state)
{
    (void)state;
    const cptr_t other = kt_badged(kt_object(CAP_ENDPOINT, 0), 15, RED);
    struct kt_thread t = sender(red, LOW);
    kt_ok(cancel(other));
    assert_true(is_waiting(&t));
}

static void test_callers_too(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_call(&t, red, &message);
    set_priority(&t, LOW);
    kt_ok(cancel(red));
    assert_true(is_restarted(&t));
}

static void test_receivers_stay(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_send(&t, red, &message); /* its badge stays in the thread */
    kt_ok(cancel(red));
    assert_true(kt_is_current(&t));
    kt_wait(&t, ep);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_RECV);
    kt_ok(cancel(red));
    assert_int_equal(t.tcb->state, TCB_BLOCKED_RECV);
    assert_ptr_equal(t.tcb->blocked_on, kt_endpoint_of(ep));
}

static void raise_fault(void)
{
    kernel_vm_fault(0x1234000, false, 0);
}

/* One that waits to tell its fault stops, as when the endpoint goes away. */
static void test_fault_stops(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH), other = sender(red, LOW);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(red, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)));
    kt_unpark(&t);
    kt_enter(raise_fault);
    assert_true(is_waiting(&t));
    kt_ok(cancel(blue));
    assert_true(is_waiting(&t));
    kt_ok(cancel(red));
    assert_int_equal(t.tcb->state, TCB_INACTIVE);
    assert_int_equal(t.tcb->fault.kind, KAAL_FAULT_NONE);
    assert_true(is_restarted(&other));
}

/* The restarted send is the same message. */
static void test_restarted_send_arrives(void **state)
{
    (void)state;
    struct kt_thread t = sender(red, HIGH);
    kt_ok(cancel(red));
    assert_true(kt_is_current(&t));
    kt_again(&t);
    assert_true(is_waiting(&t) && kt_is_current(&kt.root));
    kt_wait(&kt.root, ep);
    assert_int_equal(kt_badge(&kt.root), RED);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    assert_true(kt_is_done(&t));
}

/* ---- Preemption ----------------------------------------------------------------------- */

static struct kt_thread crowd[MANY];

/* Every third one is red. */
static void make_crowd(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        crowd[i] = sender(i % 3 == 2 ? red : blue, LOW + i % 4);
    }
}

static void assert_red_gone(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_true(i % 3 == 2 ? is_restarted(&crowd[i]) : is_waiting(&crowd[i]));
    }
}

static void test_preempted_once_anywhere(void **state)
{
    (void)state;
    enum { COUNT = 9 };
    for (long at = 0; at <= COUNT; at++) {
        (void)setup(NULL);
        make_crowd(COUNT);
        host.pending_calls = 0;
        host.preempt_at = at;
        kt_ok(cancel(red));
        assert_red_gone(COUNT);
    }
}

/* Preempted after every waiter it looks at each of them once: not again from
 * the front. */
static void test_preempted_always_is_linear(void **state)
{
    (void)state;
    make_crowd(MANY);
    host.preempt_every = 1;
    host.pending_calls = 0;
    kt_ok(cancel(red));
    assert_red_gone(MANY);
    assert_true(host.pending_calls <= MANY + 2);
    /* Nobody matches any more: the worst case for one that begins again. */
    host.pending_calls = 0;
    kt_ok(cancel(red));
    assert_true(host.pending_calls <= MANY + 2);
}

/* ---- What others do in between ------------------------------------------------------------ */

static struct kt_thread canceller;

/* A thread without budget until kt_advance(), in the midst of a cancel that has
 * looked at seen waiters. The root task is current. */
static void cancel_halfway(cptr_t slot, long seen)
{
    const struct kt_msg msg = {
        .label = KAAL_INV_CNODE_CANCEL_BADGED_SENDS, .length = 2, .w = {slot, 64}};
    canceller = kt_thread(HIGH);
    kt_configure_sc(canceller.sc, 1000, 100000);
    kt_unpark(&canceller);
    host.pending_calls = 0;
    host.preempt_at = seen - 1;
    kt_call(&canceller, KAAL_ROOT_CNODE, &msg);
    assert_false(kt_is_done(&canceller));
    host.preempt_at = HOST_NEVER;
    kt_advance(1000);
    assert_true(kt_is_current(&kt.root));
}

static void wait_for_canceller(void)
{
    for (unsigned i = 0; i < 400 && !kt_is_current(&canceller); i++) {
        kt_advance(500);
    }
    assert_true(kt_is_current(&canceller));
}

static void cancel_rest(void)
{
    wait_for_canceller();
    while (!kt_is_done(&canceller)) {
        kt_again(&canceller);
    }
    kt_ok(kt_label(&canceller));
    kt_park(&canceller);
}

/* One that goes to a better place in the queue is not missed. */
static void test_priority_change(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        (void)setup(NULL);
        make_crowd(12);
        cancel_halfway(red, 6);
        for (unsigned k = i; k < 12; k += i + 1) {
            if (is_waiting(&crowd[k])) {
                set_priority(&crowd[k], 90 - i);
            }
        }
        cancel_rest();
        assert_red_gone(12);
    }
}

/* The one to be looked at next goes away; so may all. */
static void test_waiters_leave(void **state)
{
    (void)state;
    for (unsigned leave = 1; leave <= 8; leave++) {
        (void)setup(NULL);
        for (unsigned i = 0; i < 9; i++) {
            crowd[i] = sender(i == 8 ? red : blue, LOW);
        }
        cancel_halfway(red, 3);
        for (unsigned i = 0; i < leave; i++) {
            kt_ok(kt_delete(crowd[(i + 3) % 9].cap));
        }
        cancel_rest();
        if (leave < 6) {
            assert_true(is_restarted(&crowd[8]));
        }
    }
}

/* Who came after it had begun waits on, wherever in the queue. */
static void test_late_sender_waits(void **state)
{
    (void)state;
    make_crowd(9);
    cancel_halfway(red, 4);
    struct kt_thread early = sender(red, 90), late = sender(red, 20);
    cancel_rest();
    assert_red_gone(9);
    assert_true(is_waiting(&early) && is_waiting(&late));
    kt_ok(cancel(red));
    assert_true(is_restarted(&early) && is_restarted(&late));
}

/* Another call, for this or another badge, from the first to the last. */
static void test_second_cancel(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 2; k++) {
        (void)setup(NULL);
        make_crowd(9);
        cancel_halfway(red, 4);
        struct kt_thread early = sender(k == 0 ? red : blue, 90);
        kt_ok(cancel(k == 0 ? red : blue));
        assert_true(is_restarted(&early));
        cancel_rest();
        for (unsigned i = 2; i < 9; i += 3) {
            assert_true(is_restarted(&crowd[i]));
        }
    }
}

/* A call that was given up is not continued by the next one. */
static void test_abandoned_call(void **state)
{
    (void)state;
    make_crowd(9);
    cancel_halfway(red, 4);
    struct kt_thread early = sender(red, 90);
    kt_ok(kt_invoke(canceller.cap, KAAL_INV_TCB_SUSPEND, KT_NONE, KT_NONE));
    kt_ok(kt_invoke(canceller.cap, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE));
    cancel_rest();
    assert_true(is_restarted(&early));
    assert_red_gone(9);
}

static void test_rewritten_call(void **state)
{
    (void)state;
    make_crowd(9);
    cancel_halfway(red, 4);
    struct kt_thread early = sender(red, 90);
    kt_ok(kt_invoke(canceller.cap, KAAL_INV_TCB_WRITE_REGISTERS, KT_WORDS(0, 0), KT_NONE));
    cancel_rest();
    assert_true(is_restarted(&early));
}

/* The endpoint turns to receivers, and to senders again. */
static void test_queue_turns(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        crowd[i] = sender(blue, LOW);
    }
    cancel_halfway(red, 2);
    for (unsigned i = 0; i < 4; i++) {
        kt_wait(&kt.root, ep);
    }
    struct kt_thread receiver = kt_thread(HIGH);
    kt_unpark(&receiver);
    kt_wait(&receiver, ep);
    cancel_rest();
    assert_int_equal(receiver.tcb->state, TCB_BLOCKED_RECV);
}

static void test_endpoint_deleted(void **state)
{
    (void)state;
    make_crowd(9);
    cancel_halfway(red, 4);
    kt_ok(kt_revoke(ep));
    kt_ok(kt_delete(ep));
    wait_for_canceller();
    kt_again(&canceller);
    assert_true(kt_is_done(&canceller));
    assert_int_equal(kt_label(&canceller), KAAL_ERR_ILLEGAL_OPERATION);
}

/* Senders that send again at once, each time it is preempted, cannot keep it
 * from ending. */
static void test_ends_whatever_senders_do(void **state)
{
    (void)state;
    enum { COUNT = 12 };
    unsigned entries = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        crowd[i] = sender(red, HIGH + i % 3);
    }
    host.preempt_every = 1;
    const struct kt_msg msg = {
        .label = KAAL_INV_CNODE_CANCEL_BADGED_SENDS, .length = 2, .w = {red, 64}};
    kt_call(&kt.root, KAAL_ROOT_CNODE, &msg);
    while (!kt_is_done(&kt.root) || !kt_is_current(&kt.root)) {
        struct kt_thread *t = &kt.root;
        for (unsigned i = 0; i < COUNT; i++) {
            t = kt_is_current(&crowd[i]) ? &crowd[i] : t;
        }
        kt_again(t);
        assert_true(++entries < 10 * COUNT);
    }
    kt_ok(kt_label(&kt.root));
    for (unsigned i = 0; i < COUNT; i++) {
        assert_true(is_waiting(&crowd[i]));
    }
}

/* ---- The check itself ------------------------------------------------------------------------ */

static void test_check_sees_one_passed_over(void **state)
{
    (void)state;
    struct kt_thread a = sender(red, 60), b = sender(blue, LOW);
    struct endpoint *e = kt_endpoint_of(ep);
    endpoint_cancel_begin(e, RED);
    assert_null(endpoint_check(e));
    e->cursor = &b.tcb->wait;
    assert_non_null(endpoint_check(e));
    e->cursor = &canceller.tcb->wait; /* of no waiter */
    canceller = a;
    e->cancelled = 0;
    assert_non_null(endpoint_check(e));
    e->cursor = NULL;
    assert_null(endpoint_check(e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_places, setup),
        cmocka_unit_test_setup(test_needs_an_endpoint_with_all_rights, setup),
        cmocka_unit_test_setup(test_only_the_badge, setup),
        cmocka_unit_test_setup(test_badge_0_does_nothing, setup),
        cmocka_unit_test_setup(test_another_endpoint, setup),
        cmocka_unit_test_setup(test_callers_too, setup),
        cmocka_unit_test_setup(test_receivers_stay, setup),
        cmocka_unit_test_setup(test_fault_stops, setup),
        cmocka_unit_test_setup(test_restarted_send_arrives, setup),
        cmocka_unit_test_setup(test_preempted_once_anywhere, setup),
        cmocka_unit_test_setup(test_preempted_always_is_linear, setup),
        cmocka_unit_test_setup(test_priority_change, setup),
        cmocka_unit_test_setup(test_waiters_leave, setup),
        cmocka_unit_test_setup(test_late_sender_waits, setup),
        cmocka_unit_test_setup(test_second_cancel, setup),
        cmocka_unit_test_setup(test_abandoned_call, setup),
        cmocka_unit_test_setup(test_rewritten_call, setup),
        cmocka_unit_test_setup(test_queue_turns, setup),
        cmocka_unit_test_setup(test_endpoint_deleted, setup),
        cmocka_unit_test_setup(test_ends_whatever_senders_do, setup),
        cmocka_unit_test_setup(test_check_sees_one_passed_over, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
