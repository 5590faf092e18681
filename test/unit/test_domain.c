/* SPDX-License-Identifier: Apache-2.0 */
/* Domains: the schedule, and that only threads of the current domain run. */
#include "support/kt.h"

enum { LOW = 50, HIGH = 150, ENTRIES = 16 };

static enum kaal_err set_entry(word_t entry, word_t domain, word_t us)
{
    return kt_invoke(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_SET_SCHEDULE, KT_WORDS(entry, domain, us),
                     KT_NONE);
}

static enum kaal_err set_domain(const struct kt_thread *t, word_t domain)
{
    return kt_invoke(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_SET, KT_WORDS(domain), KT_CAPS(t->cap));
}

/* By the root task, which may not be current afterwards. */
static void start(word_t entry)
{
    kt_call(&kt.root, KAAL_ROOT_DOMAIN,
            &(struct kt_msg){.label = KAAL_INV_DOMAIN_START, .length = 1, .w = {entry}});
    assert_int_equal(kt_label(&kt.root), KAAL_OK);
}

static bool is_idle(void)
{
    return kt_current() == &host_cpu.idle;
}

/* A ready thread of domain 1 and a low priority. */
static struct kt_thread thread_of_1(void)
{
    struct kt_thread t = kt_thread(1);
    kt_ok(set_domain(&t, 1));
    kt_nbsend(&kt.root, t.park, NULL);
    assert_true(kt_is_current(&kt.root));
    return t;
}

static void two_domains(word_t us0, word_t us1)
{
    kt_ok(set_entry(0, 0, us0));
    kt_ok(set_entry(1, 1, us1));
}

/* ---- The schedule ------------------------------------------------------------------- */

static void test_at_boot(void **state)
{
    (void)state;
    const struct domains *d = &host_cpu.sched.domains;
    assert_int_equal(d->current, 0);
    assert_int_equal(d->end, UINT64_MAX);
    for (unsigned i = 0; i < ENTRIES; i++) {
        assert_int_equal(d->entries[i].duration, 0);
    }
    kt_advance(1000000);
    assert_int_equal(d->current, 0);
}

static void expect_range(enum kaal_err err, word_t arg, word_t least, word_t most)
{
    assert_int_equal(err, KAAL_ERR_RANGE);
    assert_int_equal(kt_word(&kt.root, 0), arg);
    assert_int_equal(kt_word(&kt.root, 1), least);
    assert_int_equal(kt_word(&kt.root, 2), most);
}

static void test_errors(void **state)
{
    (void)state;
    const word_t most = UINT64_C(1) << 40;
    expect_range(set_domain(&kt.root, 16), 0, 0, 15);
    assert_int_equal(
        kt_invoke(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_SET, KT_WORDS(1), KT_CAPS(KAAL_ROOT_CNODE)),
        KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    expect_range(set_entry(16, 16, 1), 0, 0, 15);
    expect_range(set_entry(15, 16, 1), 1, 0, 15);
    expect_range(set_entry(15, 15, 1), 2, 100, most);
    expect_range(set_entry(15, 15, 99), 2, 100, most);
    expect_range(set_entry(15, 15, most + 1), 2, 100, most);
    kt_ok(set_entry(15, 15, most));
    kt_ok(set_entry(15, 15, 100));
    kt_ok(set_entry(15, 15, 0));
    const word_t label = KAAL_INV_DOMAIN_START;
    expect_range(kt_invoke(KAAL_ROOT_DOMAIN, label, KT_WORDS(16), KT_NONE), 0, 0, 15);
    assert_int_equal(kt_invoke(KAAL_ROOT_DOMAIN, label, KT_WORDS(15), KT_NONE),
                     KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(kt_word(&kt.root, 0), 0);
    assert_int_equal(kt_invoke(KAAL_ROOT_TCB, label, KT_WORDS(0), KT_NONE),
                     KAAL_ERR_ILLEGAL_OPERATION);
}

static void test_switch_at_the_end_and_wrap(void **state)
{
    (void)state;
    struct kt_thread t = thread_of_1();
    two_domains(1000, 2000);
    start(0);
    for (unsigned round = 0; round < 3; round++) {
        kt_advance(999);
        assert_true(kt_is_current(&kt.root));
        kt_advance(1);
        assert_true(kt_is_current(&t));
        kt_advance(1999);
        assert_true(kt_is_current(&t));
        kt_advance(1);
        assert_true(kt_is_current(&kt.root));
    }
}

static void test_timer_is_armed_for_the_end(void **state)
{
    (void)state;
    two_domains(400, 700);
    start(0);
    assert_int_equal(host.deadline, host.now + 400 * KT_US);
    kt_advance(400);
    assert_int_equal(host.deadline, host.now + 700 * KT_US);
}

static void test_idle_when_none_can_run(void **state)
{
    (void)state;
    two_domains(1000, 2000);
    start(0);
    kt_advance(1000);
    assert_true(is_idle());
    kt_advance(1999);
    assert_true(is_idle());
    kt_advance(1);
    assert_true(kt_is_current(&kt.root));
}

static void test_idle_time_is_nobodys(void **state)
{
    (void)state;
    two_domains(1000, 2000);
    kt_ok(kt_invoke(KAAL_ROOT_SCHED_CONTEXT, KAAL_INV_SCHED_CONTEXT_CONSUMED, KT_NONE, KT_NONE));
    start(0);
    kt_advance(3000);
    kt_ok(kt_invoke(KAAL_ROOT_SCHED_CONTEXT, KAAL_INV_SCHED_CONTEXT_CONSUMED, KT_NONE, KT_NONE));
    assert_int_equal(kt_word(&kt.root, 0), 1000);
}

static void test_wraps_to_the_started_entry(void **state)
{
    (void)state;
    const struct domains *d = &host_cpu.sched.domains;
    kt_ok(set_entry(0, 5, 100));
    kt_ok(set_entry(1, 0, 200));
    kt_ok(set_entry(2, 6, 300));
    start(1);
    static const unsigned domain[] = {0, 6, 0, 6}, us[] = {200, 300, 200, 300};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(d->current, domain[i]);
        kt_advance(us[i]);
    }
}

static void test_an_empty_entry_is_the_end(void **state)
{
    (void)state;
    kt_ok(set_entry(0, 0, 200));
    kt_ok(set_entry(2, 6, 300));
    start(0);
    kt_advance(200);
    assert_int_equal(host_cpu.sched.domains.current, 0);
    assert_int_equal(host_cpu.sched.domains.end, host.now + 200 * KT_US);
}

static void test_all_sixteen_entries(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ENTRIES; i++) {
        kt_ok(set_entry(i, (i + 14) % 16, 100));
    }
    start(2); /* domain 0 */
    for (unsigned i = 2; i < ENTRIES; i++) {
        assert_int_equal(host_cpu.sched.domains.current, (i + 14) % 16);
        kt_advance(100);
    }
    assert_int_equal(host_cpu.sched.domains.current, 0);
    assert_true(kt_is_current(&kt.root));
}

static void test_running_entry_goes_on_as_it_was(void **state)
{
    (void)state;
    struct kt_thread t = thread_of_1();
    two_domains(1000, 2000);
    start(0);
    kt_advance(100);
    kt_ok(set_entry(0, 9, 5000));
    kt_ok(set_entry(1, 1, 300));
    kt_advance(899);
    assert_true(kt_is_current(&kt.root));
    kt_advance(1);
    assert_true(kt_is_current(&t));
    kt_advance(300);
    assert_int_equal(host_cpu.sched.domains.current, 9);
}

static void test_schedule_taken_away(void **state)
{
    (void)state;
    kt_ok(set_entry(0, 0, 1000));
    start(0);
    kt_ok(set_entry(0, 0, 0));
    kt_advance(1000);
    assert_int_equal(host_cpu.sched.domains.current, 0);
    assert_int_equal(host_cpu.sched.domains.end, UINT64_MAX);
    assert_true(kt_is_current(&kt.root));
}

static void test_start_begins_at_once(void **state)
{
    (void)state;
    struct kt_thread t = thread_of_1();
    two_domains(1000, 2000);
    start(1);
    assert_true(kt_is_current(&t));
    kt_advance(1999);
    assert_true(kt_is_current(&t));
    kt_advance(1);
    assert_true(kt_is_current(&t)); /* entry 1 again: the one behind it is empty */
}

/* ---- Threads ------------------------------------------------------------------------ */

static void test_new_thread_is_in_the_current_domain(void **state)
{
    (void)state;
    kt_ok(set_entry(0, 0, 1000));
    kt_ok(set_entry(1, 3, 1000000));
    start(0);
    kt_call(&kt.root, KAAL_ROOT_DOMAIN,
            &(struct kt_msg){.label = KAAL_INV_DOMAIN_SET,
                             .length = 1,
                             .w = {3},
                             .caps = 1,
                             .cap = {KAAL_ROOT_TCB}});
    assert_true(is_idle());
    kt_advance(1000);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(kt_tcb_of(kt_object(CAP_TCB, 0))->domain, 3);
}

static void test_higher_priority_elsewhere_waits(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(set_domain(&t, 1));
    two_domains(1000, 2000);
    start(0);
    kt_nbsend(&kt.root, t.park, NULL); /* a signal goes over */
    assert_true(kt_is_current(&kt.root));
    assert_true(t.tcb->is_ready_queued);
    kt_advance(1000);
    assert_true(kt_is_current(&t));
    assert_true(kt_is_done(&t));
}

static void test_set_on_a_queued_thread(void **state)
{
    (void)state;
    struct kt_thread t = thread_of_1();
    kt_ok(set_domain(&t, 0));
    kt_wait(&kt.root, kt.root.park);
    assert_true(kt_is_current(&t));
}

static void test_set_can_preempt(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(set_domain(&t, 1));
    kt_nbsend(&kt.root, t.park, NULL);
    kt_call(&kt.root, KAAL_ROOT_DOMAIN,
            &(struct kt_msg){
                .label = KAAL_INV_DOMAIN_SET, .length = 1, .w = {0}, .caps = 1, .cap = {t.cap}});
    assert_true(kt_is_current(&t));
}

static void test_set_on_a_blocked_thread(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(set_domain(&t, 1));
    assert_int_equal(t.tcb->state, TCB_BLOCKED_NTFN);
    kt_nbsend(&kt.root, t.park, NULL);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(t.tcb->state, TCB_RUNNING);
}

static void test_set_on_a_thread_without_time(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_configure_sc(t.sc, 1000, 10000);
    kt_unpark(&t);
    kt_yield(&t);
    kt_ok(set_domain(&t, 1));
    assert_true(t.tcb->wait.linked);
    kt_advance(10000); /* released, in another domain */
    assert_true(kt_is_current(&kt.root));
    assert_true(t.tcb->is_ready_queued);
}

/* It is released by the timer interrupt, and only by that. */
static void test_set_on_a_thread_about_to_be_released(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_configure_sc(t.sc, 1000, 10000);
    kt_unpark(&t);
    kt_yield(&t);
    host.now += 10000 * KT_US; /* and no interrupt yet */
    kt_ok(set_domain(&t, 0));
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(HIGH + 1), KT_CAPS(KAAL_ROOT_TCB)));
    assert_true(kt_is_current(&kt.root));
    assert_true(t.tcb->wait.linked);
    kt_advance(0);
    assert_true(kt_is_current(&t));
}

static void test_set_on_the_current_thread(void **state)
{
    (void)state;
    two_domains(1000, 2000);
    start(0);
    kt_advance(100);
    kt_call(&kt.root, KAAL_ROOT_DOMAIN,
            &(struct kt_msg){.label = KAAL_INV_DOMAIN_SET,
                             .length = 1,
                             .w = {1},
                             .caps = 1,
                             .cap = {KAAL_ROOT_TCB}});
    assert_true(is_idle());
    kt_advance(899);
    assert_true(is_idle());
    kt_advance(1);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(kt_label(&kt.root), KAAL_OK);
}

/* Whose domain ends goes on before its equals when it comes again. */
static void test_current_keeps_its_place(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(1);
    kt_nbsend(&kt.root, t.park, NULL);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(KT_ROOT_PRIORITY),
                    KT_CAPS(KAAL_ROOT_TCB)));
    two_domains(1000, 2000);
    start(0);
    kt_advance(1000);
    assert_true(is_idle());
    kt_advance(2000);
    assert_true(kt_is_current(&kt.root));
}

static void test_call_across_domains(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread client = thread_of_1();
    two_domains(1000, 2000);
    start(0);
    kt_recv(&kt.root, ep, reply);
    assert_true(is_idle());
    kt_advance(1000);
    assert_true(kt_is_current(&client));
    kt_call(&client, ep, &(struct kt_msg){.label = 4, .length = 1, .w = {44}});
    assert_true(is_idle()); /* the server has the message, and waits for its domain */
    assert_int_equal(kt_label(&kt.root), 4);
    kt_advance(2000);
    assert_true(kt_is_current(&kt.root));
    kt_reply_recv(&kt.root, ep, reply, &(struct kt_msg){.length = 1, .w = {45}});
    assert_true(is_idle());
    assert_int_equal(kt_word(&client, 0), 45);
    kt_advance(1000);
    assert_true(kt_is_current(&client));
}

/* A passive server in another domain runs on lent time, in its own domain. */
static void test_lent_context_across_domains(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread server = kt_thread(HIGH), client = kt_thread(HIGH - 1);
    kt_unpark(&server);
    kt_recv(&server, ep, reply);
    kt_ok(kt_invoke(server.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    kt_ok(set_domain(&server, 1));
    two_domains(1000, 2000);
    start(0);
    kt_unpark(&client);
    kt_call(&client, ep, NULL);
    assert_true(kt_is_current(&kt.root));
    assert_ptr_equal(server.tcb->sc, kt_sc_of(client.sc));
    kt_advance(1000);
    assert_true(kt_is_current(&server));
}

static void test_yield_to_another_domain(void **state)
{
    (void)state;
    struct kt_thread t = thread_of_1();
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(KT_ROOT_PRIORITY),
                    KT_CAPS(KAAL_ROOT_TCB)));
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_YIELD_TO, KT_NONE, KT_NONE));
    assert_true(kt_is_current(&kt.root));
    assert_null(kt_sc_of(t.sc)->yield_from);
}

/* It cannot run, so it keeps its place, too. */
static void test_yield_to_another_domain_moves_nobody(void **state)
{
    (void)state;
    struct kt_thread first = thread_of_1(), t = thread_of_1();
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_YIELD_TO, KT_NONE, KT_NONE));
    two_domains(1000, 2000);
    start(1);
    assert_true(kt_is_current(&first));
}

/* An even share of time, whatever the other domain's threads do. */
static void test_no_domain_takes_from_another(void **state)
{
    (void)state;
    struct kt_thread greedy = kt_thread(HIGH);
    kt_configure_sc(greedy.sc, 100000, 100000);
    kt_ok(set_domain(&greedy, 1));
    kt_nbsend(&kt.root, greedy.park, NULL);
    two_domains(1000, 1000);
    kt_ok(kt_invoke(greedy.sc, KAAL_INV_SCHED_CONTEXT_CONSUMED, KT_NONE, KT_NONE));
    start(0);
    for (unsigned i = 0; i < 40; i++) {
        kt_advance(500);
    }
    assert_true(kt_is_current(&kt.root));
    kt_ok(kt_invoke(greedy.sc, KAAL_INV_SCHED_CONTEXT_CONSUMED, KT_NONE, KT_NONE));
    assert_int_equal(kt_word(&kt.root, 0), 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_at_boot, kt_boot),
        cmocka_unit_test_setup(test_errors, kt_boot),
        cmocka_unit_test_setup(test_switch_at_the_end_and_wrap, kt_boot),
        cmocka_unit_test_setup(test_timer_is_armed_for_the_end, kt_boot),
        cmocka_unit_test_setup(test_idle_when_none_can_run, kt_boot),
        cmocka_unit_test_setup(test_idle_time_is_nobodys, kt_boot),
        cmocka_unit_test_setup(test_wraps_to_the_started_entry, kt_boot),
        cmocka_unit_test_setup(test_an_empty_entry_is_the_end, kt_boot),
        cmocka_unit_test_setup(test_all_sixteen_entries, kt_boot),
        cmocka_unit_test_setup(test_running_entry_goes_on_as_it_was, kt_boot),
        cmocka_unit_test_setup(test_schedule_taken_away, kt_boot),
        cmocka_unit_test_setup(test_start_begins_at_once, kt_boot),
        cmocka_unit_test_setup(test_new_thread_is_in_the_current_domain, kt_boot),
        cmocka_unit_test_setup(test_higher_priority_elsewhere_waits, kt_boot),
        cmocka_unit_test_setup(test_set_on_a_queued_thread, kt_boot),
        cmocka_unit_test_setup(test_set_can_preempt, kt_boot),
        cmocka_unit_test_setup(test_set_on_a_blocked_thread, kt_boot),
        cmocka_unit_test_setup(test_set_on_a_thread_without_time, kt_boot),
        cmocka_unit_test_setup(test_set_on_a_thread_about_to_be_released, kt_boot),
        cmocka_unit_test_setup(test_set_on_the_current_thread, kt_boot),
        cmocka_unit_test_setup(test_current_keeps_its_place, kt_boot),
        cmocka_unit_test_setup(test_call_across_domains, kt_boot),
        cmocka_unit_test_setup(test_lent_context_across_domains, kt_boot),
        cmocka_unit_test_setup(test_yield_to_another_domain, kt_boot),
        cmocka_unit_test_setup(test_yield_to_another_domain_moves_nobody, kt_boot),
        cmocka_unit_test_setup(test_no_domain_takes_from_another, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
