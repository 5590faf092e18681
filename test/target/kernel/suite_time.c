/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs: priorities, scheduling contexts, timeouts, domains. scheduling.md. */
#include "suite.h"

static kaal_err_t configure(kaal_cptr_t sc, kaal_word_t budget, kaal_word_t period,
                            kaal_word_t refills, kaal_badge_t badge)
{
    const struct kaal_sched_params params = {budget, period, refills, badge};
    return sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, sc, &params);
}

/* The order in which threads wrote their names. */
static volatile kaal_word_t log_entries[64];
static volatile unsigned log_count;

/* arg 0: name, 1: how many times, yielding in between. */
static void write_log(struct thread *self)
{
    for (kaal_word_t i = 0; i < self->arg[1]; i++) {
        log_entries[log_count++ % 64] = self->arg[0];
        sys_yield();
    }
}

static bool start_writers(struct thread *threads, unsigned count, const unsigned *priorities,
                          kaal_word_t times)
{
    bool is_started = true;
    log_count = 0;
    for (unsigned i = 0; i < count; i++) {
        threads[i].arg[0] = i + 1;
        threads[i].arg[1] = times;
        is_started = is_started && thread_start(&threads[i], write_log,
                                                &(struct thread_how){.priority = priorities[i]});
    }
    return is_started;
}

static void higher_runs_first(void)
{
    static struct thread threads[4];
    static const unsigned priorities[] = {20, 40, 30, 10};
    static const kaal_word_t expected[] = {2, 3, 1, 4};
    CHECK(start_writers(threads, 4, priorities, 1));
    test_sleep_ms(2);
    CHECK_EQUAL(log_count, 4);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(log_entries[i], expected[i]);
    }
}

static void equals_run_in_order(void)
{
    static struct thread threads[3];
    static const unsigned priorities[] = {50, 50, 50};
    CHECK(start_writers(threads, 3, priorities, 4));
    test_sleep_ms(3);
    CHECK_EQUAL(log_count, 12);
    for (unsigned i = 0; i < 12; i++) { /* each yield goes to the back */
        CHECK_EQUAL(log_entries[i], i % 3 + 1);
    }
}

static void lowering_oneself_switches(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, suite_spin,
                       &(struct thread_how){.priority = 90, .budget_us = 500, .period_us = 90000}));
    CHECK_EQUAL(thread.result[0], 0);
    const kaal_err_t err = sys_tcb_set_priority(KAAL_ROOT_TCB, KAAL_ROOT_TCB, 80);
    const kaal_word_t count = thread.result[0];
    CHECK_OK(sys_tcb_set_priority(KAAL_ROOT_TCB, KAAL_ROOT_TCB, TEST_PRIORITY));
    CHECK_OK(err);
    CHECK(count > 0);
}

static void woken_higher_preempts(void)
{
    static struct thread threads[2];
    for (unsigned i = 0; i < 2; i++) {
        threads[i].arg[0] = make(KAAL_OBJ_NOTIFICATION, 0);
        CHECK(thread_start(&threads[i], suite_wait_loop,
                           &(struct thread_how){.priority = i == 0 ? 150 : 50}));
    }
    test_sleep_ms(1); /* the lower one gets to its wait */
    sys_signal(threads[0].arg[0]);
    CHECK_EQUAL(threads[0].result[1], 1);
    sys_signal(threads[1].arg[0]);
    CHECK_EQUAL(threads[1].result[1], 0);
    test_sleep_ms(1);
    CHECK_EQUAL(threads[1].result[1], 1);
}

static void priority_zero_runs_last(void)
{
    static struct thread threads[2];
    CHECK(thread_start(&threads[0], suite_spin,
                       &(struct thread_how){.priority = 0, .budget_us = 1000, .period_us = 1000}));
    test_sleep_ms(1);
    CHECK(threads[0].result[0] > 0);
    CHECK(thread_start(&threads[1], suite_spin,
                       &(struct thread_how){.priority = 1, .budget_us = 1000, .period_us = 1000}));
    const kaal_word_t before = threads[0].result[0];
    test_sleep_ms(3);
    CHECK_EQUAL(threads[0].result[0], before);
    CHECK(threads[1].result[0] > 0);
}

static void suspended_does_not_run(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, suite_spin, BELOW));
    test_sleep_ms(1);
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    const kaal_word_t count = thread.result[0];
    test_sleep_ms(3);
    CHECK_EQUAL(thread.result[0], count);
}

static void three_equals_share(void)
{
    static struct thread threads[3];
    kaal_word_t used[3];
    for (unsigned i = 0; i < 3; i++) {
        CHECK(thread_start(
            &threads[i], suite_spin,
            &(struct thread_how){.priority = 50, .budget_us = 1000, .period_us = 1000}));
    }
    test_sleep_ms(60);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_OK(sys_sc_consumed(threads[i].sc, &used[i]));
        CHECK(used[i] >= 14000 && used[i] <= 21000);
    }
}

static void idle_comes_back(void)
{
    for (unsigned i = 0; i < 10; i++) {
        test_sleep_ms(1); /* nobody can run: the core idles */
    }
}

static const struct test scheduling_tests[] = {
    TEST(higher_runs_first, "four threads run in the order of their priorities"),
    TEST(equals_run_in_order, "equals that yield take turns in order"),
    TEST(lowering_oneself_switches, "a thread that lowers itself makes way at once"),
    TEST(woken_higher_preempts, "a woken higher thread runs at once, a lower one does not"),
    TEST(priority_zero_runs_last, "priority 0 runs when nobody else can"),
    TEST(suspended_does_not_run, "a suspended thread gets no time"),
    TEST(three_equals_share, "three spinners get a third each"),
    TEST(idle_comes_back, "an idle core wakes for the next period"),
};
const struct group suite_scheduling_group = GROUP(scheduling_tests);

/* ---- Scheduling contexts ------------------------------------------------------------- */

static void parameters_have_bounds(void)
{
    enum { MOST_US_BITS = 40 };
    const kaal_word_t most = (kaal_word_t)1 << MOST_US_BITS;
    const kaal_cptr_t sc = make(KAAL_OBJ_SCHED_CONTEXT, 8);
    CHECK_EQUAL(configure(sc, 99, 1000, 0, 0), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 0);
    CHECK_EQUAL(kaal_err_detail()[1], 100);
    CHECK_EQUAL(kaal_err_detail()[2], most);
    CHECK_OK(configure(sc, 100, 100, 0, 0));
    CHECK_EQUAL(configure(sc, most + 1, most + 1, 0, 0), KAAL_ERR_RANGE);
    CHECK_EQUAL(configure(sc, 1000, 999, 0, 0), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(kaal_err_detail()[1], 1000);
    CHECK_EQUAL(configure(sc, 1000, most + 1, 0, 0), KAAL_ERR_RANGE);
    CHECK_OK(configure(sc, most, most, 0, 0));
}

static void refills_fit_the_size(void)
{
    static const unsigned sizes[] = {8, 9, 10, 12, 16};
    for (unsigned i = 0; i < 5; i++) {
        const kaal_cptr_t sc = make(KAAL_OBJ_SCHED_CONTEXT, sizes[i]);
        const kaal_word_t room = (((kaal_word_t)1 << sizes[i]) - 128) / 16;
        const kaal_word_t most = (room < 256 ? room : 256) - 2;
        CHECK_OK(configure(sc, 1000, 2000, most, 0));
        CHECK_EQUAL(configure(sc, 1000, 2000, most + 1, 0), KAAL_ERR_RANGE);
        CHECK_EQUAL(kaal_err_detail()[0], 2);
        CHECK_EQUAL(kaal_err_detail()[2], most);
    }
}

static void bind_is_checked(void)
{
    const kaal_cptr_t sc = make(KAAL_OBJ_SCHED_CONTEXT, 8);
    const kaal_cptr_t other = make(KAAL_OBJ_SCHED_CONTEXT, 8);
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK_EQUAL(sys_sc_bind(sc, make(KAAL_OBJ_ENDPOINT, 0)), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_OK(sys_sc_bind(sc, tcb));
    CHECK_EQUAL(sys_sc_bind(sc, ntfn), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_sc_bind(other, tcb), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_OK(sys_sc_bind(other, ntfn));
    CHECK_EQUAL(sys_sc_unbind_object(sc, ntfn), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_sc_unbind_object(sc, make(KAAL_OBJ_ENDPOINT, 0)), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_OK(sys_sc_unbind_object(other, ntfn));
    CHECK_OK(sys_sc_unbind(sc));
    CHECK_OK(sys_sc_unbind(sc)); /* of nothing */
    CHECK_OK(sys_sc_bind(other, tcb));
}

static void own_context_cannot_be_unbound(void)
{
    CHECK_EQUAL(sys_sc_unbind(KAAL_ROOT_SCHED_CONTEXT), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_sc_unbind_object(KAAL_ROOT_SCHED_CONTEXT, KAAL_ROOT_TCB),
                KAAL_ERR_ILLEGAL_OPERATION);
}

static void sched_params_are_checked(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t sc = make(KAAL_OBJ_SCHED_CONTEXT, 8);
    const kaal_cptr_t other = make(KAAL_OBJ_SCHED_CONTEXT, 8);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    CHECK_EQUAL(sys_tcb_set_sched_params(tcb, ep, 1, 1, sc, 0), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, 256, 1, sc, 0), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 0);
    CHECK_EQUAL(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, 1, 256, sc, 0), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, 1, 1, ep, 0),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 2);
    CHECK_OK(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, 1, 1, sc, 0));
    CHECK_EQUAL(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, 1, 1, other, 0),
                KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_tcb_set_sched_params(make(KAAL_OBJ_TCB, 0), KAAL_ROOT_TCB, 1, 1, sc, 0),
                KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_OK(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, 1, 1, KAAL_ROOT_NULL, 0));
    CHECK_OK(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, 1, 1, other, 0));
}

static void consumed_counts_and_begins_anew(void)
{
    static struct thread thread;
    kaal_word_t used;
    CHECK(thread_start(&thread, suite_spin, BELOW));
    CHECK_OK(sys_sc_consumed(thread.sc, &used));
    CHECK_EQUAL(used, 0);
    test_sleep_ms(10);
    CHECK_OK(sys_sc_consumed(thread.sc, &used));
    CHECK(used > 5000 && used < 15000);
    CHECK_OK(sys_sc_consumed(thread.sc, &used));
    CHECK_EQUAL(used, 0);
}

static void deleted_context_stops_its_thread(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, suite_spin, BELOW));
    test_sleep_ms(1);
    const struct kaal_slot slot = slot_of(thread.sc);
    CHECK_OK(sys_cnode_delete(&slot));
    const kaal_word_t count = thread.result[0];
    test_sleep_ms(2);
    CHECK_EQUAL(thread.result[0], count);
    const kaal_cptr_t fresh = make(KAAL_OBJ_SCHED_CONTEXT, 8);
    CHECK_OK(configure(fresh, 1000, 1000, 0, 0));
    CHECK_OK(sys_sc_bind(fresh, thread.tcb));
    test_sleep_ms(2);
    CHECK(thread.result[0] > count);
}

static void unconfigured_context_gives_no_time(void)
{
    static struct thread thread;
    const kaal_cptr_t sc = make(KAAL_OBJ_SCHED_CONTEXT, 8);
    CHECK(thread_start(&thread, suite_spin, &(struct thread_how){.priority = 50, .is_passive = 1}));
    CHECK_OK(sys_sc_bind(sc, thread.tcb));
    test_sleep_ms(2);
    CHECK_EQUAL(thread.result[0], 0);
    CHECK_OK(configure(sc, 1000, 1000, 0, 0));
    test_sleep_ms(2);
    CHECK(thread.result[0] > 0);
}

static void chain_of_passive_servers(void)
{
    enum { SERVERS = 4 };
    static struct thread servers[SERVERS];
    kaal_cptr_t ep[SERVERS];
    struct kaal_msg msg;
    for (unsigned i = 0; i < SERVERS; i++) {
        ep[i] = make(KAAL_OBJ_ENDPOINT, 0);
        servers[i].arg[0] = ep[i];
        CHECK(thread_start(&servers[i], suite_serve, ABOVE));
        CHECK(suite_make_passive(&servers[i]));
    }
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < SERVERS; i++) {
            msg = message(0, 1, round, 0, 0, 0);
            sys_call(ep[i], &msg);
            CHECK_EQUAL(msg.w[0], round + 1);
        }
    }
    CHECK_EQUAL(sys_sc_unbind(KAAL_ROOT_SCHED_CONTEXT), KAAL_ERR_ILLEGAL_OPERATION);
}

/* arg 0: endpoint. Never answers. */
static void receive_and_spin(struct thread *self)
{
    struct kaal_msg msg;
    sys_recv(self->arg[0], &msg, self->reply);
    suite_spin(self);
}

static void passive_server_is_charged_to_its_caller(void)
{
    static struct thread server;
    static struct thread client;
    kaal_word_t used;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    server.arg[0] = ep;
    CHECK(thread_start(&server, receive_and_spin, ABOVE));
    CHECK(suite_make_passive(&server));
    client.arg[0] = ep;
    CHECK(thread_start(
        &client, suite_call_once,
        &(struct thread_how){.priority = 150, .budget_us = 1000, .period_us = 100000}));
    const kaal_word_t count = server.result[0]; /* the budget of its client is used up */
    CHECK(count > 0);
    CHECK_OK(sys_sc_consumed(client.sc, &used));
    CHECK(used >= 850 && used <= 1150);
    test_sleep_ms(2);
    CHECK_EQUAL(server.result[0], count);
}

static void send_lends_nothing(void)
{
    static struct thread server;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_msg msg = {0};
    server.arg[0] = ep;
    CHECK(thread_start(&server, suite_wait_once, ABOVE));
    CHECK(suite_make_passive(&server));
    sys_send(ep, &msg); /* taken, but without time to act on it */
    test_sleep_ms(1);
    CHECK(!server.is_done);
    CHECK_OK(sys_sc_bind(server.sc, server.tcb));
    CHECK(server.is_done);
}

static void share_is_kept_in_pieces(void)
{
    /* 1 ms in 5, cut into pieces by the thread that sleeps. */
    static struct thread thread;
    kaal_word_t used;
    CHECK(thread_start(&thread, suite_spin,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK_OK(configure(thread.sc, 1000, 5000, 6, 0));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_OK(sys_sc_consumed(thread.sc, &used));
    test_sleep_ms(50);
    CHECK_OK(sys_sc_consumed(thread.sc, &used));
    CHECK(used >= 7000 && used <= 11000);
}

static void context_can_be_reconfigured(void)
{
    static struct thread thread;
    kaal_word_t used;
    CHECK(thread_start(
        &thread, suite_spin,
        &(struct thread_how){.priority = 150, .budget_us = 500, .period_us = 1000000}));
    const kaal_word_t count = thread.result[0];
    CHECK(count > 0);
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    CHECK_OK(configure(thread.sc, 1000, 1000000, 0, 0)); /* whole and due at once */
    CHECK_OK(sys_sc_consumed(thread.sc, &used));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_OK(sys_sc_consumed(thread.sc, &used));
    CHECK(used >= 900 && used <= 1100);
    CHECK_OK(configure(thread.sc, 500, 2000, 0, 0)); /* runnable: its refill stays late */
    test_sleep_ms(10);
    CHECK_OK(sys_sc_consumed(thread.sc, &used));
    CHECK_EQUAL(used, 0);
}

static kaal_err_t yield_to(kaal_cptr_t sc, kaal_word_t *used)
{
    struct kaal_msg answer;
    const kaal_err_t err = suite_invoke(sc, KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0, NULL, &answer);
    *used = answer.w[0];
    return err;
}

/* arg 0: whom to yield to. result 0: error, 1: answered. */
static void yield_to_it(struct thread *self)
{
    kaal_word_t used;
    self->result[0] = yield_to(self->arg[0], &used);
    log_entries[log_count++] = 2;
    self->result[1] = 1;
}

static void write_one(struct thread *self)
{
    log_entries[log_count++] = self->arg[0];
}

static void yield_to_is_checked(void)
{
    static struct thread thread;
    static struct thread caller;
    kaal_word_t used;
    CHECK_EQUAL(yield_to(make(KAAL_OBJ_SCHED_CONTEXT, 8), &used), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(yield_to(KAAL_ROOT_SCHED_CONTEXT, &used), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK(
        thread_start(&thread, suite_spin, &(struct thread_how){.priority = 170, .is_stopped = 1}));
    CHECK(
        thread_start(&caller, yield_to_it, &(struct thread_how){.priority = 150, .is_stopped = 1}));
    CHECK_OK(sys_tcb_set_mcpriority(caller.tcb, KAAL_ROOT_TCB, 169));
    caller.arg[0] = thread.sc;
    log_count = 0;
    CHECK_OK(sys_tcb_resume(caller.tcb));
    CHECK_EQUAL(caller.result[0], KAAL_ERR_ILLEGAL_OPERATION);
}

static void yield_to_goes_before_equals(void)
{
    static struct thread threads[3];
    const struct thread_how how = {.priority = 50};
    threads[0].arg[0] = 1;
    threads[2].arg[0] = 3;
    log_count = 0;
    CHECK(thread_start(&threads[1], yield_to_it,
                       &(struct thread_how){.priority = 50, .is_stopped = 1}));
    CHECK(thread_start(&threads[0], write_one,
                       &(struct thread_how){.priority = 50, .is_stopped = 1}));
    CHECK(thread_start(&threads[2], write_one, &how));
    threads[1].arg[0] = threads[2].sc;
    CHECK_OK(sys_tcb_suspend(threads[2].tcb));
    CHECK_OK(sys_tcb_resume(threads[1].tcb)); /* order: the yielder, 1, 3 */
    CHECK_OK(sys_tcb_resume(threads[0].tcb));
    CHECK_OK(sys_tcb_resume(threads[2].tcb));
    test_sleep_ms(1);
    CHECK_EQUAL(log_count, 3);
    CHECK_EQUAL(log_entries[0], 3); /* the yielder let it go first, and came behind it */
    CHECK_EQUAL(log_entries[1], 2);
    CHECK_EQUAL(log_entries[2], 1);
    CHECK_EQUAL(threads[1].result[0], KAAL_OK);
}

static void yield_to_lower_answers_at_once(void)
{
    static struct thread thread;
    kaal_word_t used;
    CHECK(thread_start(&thread, suite_spin, BELOW));
    CHECK_OK(yield_to(thread.sc, &used));
    CHECK_EQUAL(thread.result[0], 0);
    test_sleep_ms(2);
    CHECK_OK(yield_to(thread.sc, &used));
    CHECK(used >= 500);
}

static const struct test context_tests[] = {
    TEST(parameters_have_bounds, "budget and period have the documented bounds"),
    TEST(refills_fit_the_size, "extra refills are bounded by the object's size"),
    TEST(bind_is_checked, "Bind, Unbind, UnbindObject check both sides"),
    TEST(own_context_cannot_be_unbound, "the caller's own context cannot be unbound"),
    TEST(sched_params_are_checked, "SetSchedParams checks in order, and says what is wrong"),
    TEST(consumed_counts_and_begins_anew, "Consumed counts, and begins anew"),
    TEST(deleted_context_stops_its_thread, "without its context a thread stops; a new one helps"),
    TEST(unconfigured_context_gives_no_time, "a context that was not configured gives no time"),
    TEST(chain_of_passive_servers, "a context comes back from four passive servers"),
    TEST(passive_server_is_charged_to_its_caller, "a passive server uses its caller's time"),
    TEST(send_lends_nothing, "a plain send lends no context"),
    TEST(share_is_kept_in_pieces, "a sporadic context gets its share and no more, in pieces"),
    TEST(context_can_be_reconfigured,
         "a stopped thread's new budget is due, a waiting one's stays late"),
    TEST(yield_to_is_checked, "YieldTo checks thread, caller and priority"),
    TEST(yield_to_goes_before_equals, "YieldTo puts its thread before its equals"),
    TEST(yield_to_lower_answers_at_once, "YieldTo a lower thread answers with its time"),
};
const struct group suite_sched_context_group = GROUP(context_tests);

/* ---- Timeout faults ------------------------------------------------------------------- */

static kaal_err_t set_timeout(kaal_cptr_t tcb, kaal_cptr_t ep)
{
    kaal_set_cap(0, ep);
    return suite_invoke(tcb, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, 1, 0, NULL, NULL);
}

/* A spinner of 500 us in each 5 ms, badge 0x99, whose timeouts go to ep. */
static bool start_late(struct thread *thread, kaal_cptr_t ep, kaal_word_t period)
{
    return thread_start(thread, suite_spin,
                        &(struct thread_how){.priority = 150, .is_stopped = true}) &&
           configure(thread->sc, 500, period, 0, 0x99) == KAAL_OK &&
           set_timeout(thread->tcb, ep) == KAAL_OK && sys_tcb_resume(thread->tcb) == KAAL_OK;
}

static void timeout_is_reported(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    CHECK(start_late(&thread, make_badged(ep, 15, 0x44), 5000));
    CHECK_EQUAL(sys_poll(ep, &msg), 0x44);
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_TIMEOUT, 0, 2));
    CHECK_EQUAL(msg.w[0], 0x99);
    CHECK(msg.w[1] >= 400 && msg.w[1] <= 700);
}

static void timeout_waits_for_its_answer(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    CHECK(start_late(&thread, ep, 5000));
    sys_recv(ep, &msg, reply);
    const kaal_word_t count = thread.result[0];
    CHECK(count > 0);
    test_sleep_ms(10);
    CHECK_EQUAL(thread.result[0], count);
    msg = message(0, 0, 0, 0, 0, 0);
    sys_send(reply, &msg);
    test_sleep_ms(6);
    CHECK(thread.result[0] > count);
}

static void round_robin_has_no_timeout(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    CHECK(thread_start(&thread, suite_spin, &(struct thread_how){.priority = 50, .is_stopped = 1}));
    CHECK_OK(configure(thread.sc, 500, 500, 0, 7));
    CHECK_OK(set_timeout(thread.tcb, ep));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    test_sleep_ms(5);
    CHECK_EQUAL(sys_poll(ep, &msg), 0);
    CHECK_EQUAL(msg.info, 0);
    CHECK(thread.result[0] > 0);
}

static void yield_is_no_timeout(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    thread.arg[0] = 1;
    thread.arg[1] = 3;
    log_count = 0;
    CHECK(thread_start(&thread, write_log,
                       &(struct thread_how){
                           .priority = 150, .budget_us = 500, .period_us = 1000, .is_stopped = 1}));
    CHECK_OK(set_timeout(thread.tcb, ep));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    test_sleep_ms(6);
    CHECK_EQUAL(sys_poll(ep, &msg), 0);
    CHECK_EQUAL(msg.info, 0);
    CHECK_EQUAL(log_count, 3);
}

static void timeout_endpoint_needs_rights(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    for (kaal_word_t rights = 0; rights < 16; rights++) {
        const bool is_enough = (rights & KAAL_RIGHT_WRITE) != 0 && rights >= KAAL_RIGHT_GRANT;
        CHECK_EQUAL(set_timeout(tcb, make_badged(ep, rights, 1)),
                    is_enough ? KAAL_OK : KAAL_ERR_INVALID_CAPABILITY);
    }
    CHECK_EQUAL(set_timeout(tcb, make(KAAL_OBJ_NOTIFICATION, 0)), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_OK(set_timeout(tcb, KAAL_ROOT_NULL));
}

static const struct test timeout_tests[] = {
    TEST(timeout_is_reported, "a used-up budget is a fault with badge and time"),
    TEST(timeout_waits_for_its_answer, "the thread goes on when answered"),
    TEST(round_robin_has_no_timeout, "a round-robin context has no timeouts"),
    TEST(yield_is_no_timeout, "yield is no timeout"),
    TEST(timeout_endpoint_needs_rights, "a timeout endpoint takes Write and a grant"),
};
const struct group suite_timeout_group = GROUP(timeout_tests);

/* ---- Domains --------------------------------------------------------------------------- */

static kaal_err_t domain_set(kaal_cptr_t tcb, kaal_word_t domain)
{
    kaal_set_cap(0, tcb);
    return suite_invoke(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_SET, 1, 1, &domain, NULL);
}

static kaal_err_t domain_schedule(kaal_word_t index, kaal_word_t domain, kaal_word_t us)
{
    const kaal_word_t words[] = {index, domain, us};
    return suite_invoke(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_SET_SCHEDULE, 0, 3, words, NULL);
}

static kaal_err_t domain_start(kaal_word_t index)
{
    return suite_invoke(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_START, 0, 1, &index, NULL);
}

static void domain_calls_are_checked(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    CHECK_EQUAL(domain_set(tcb, 16), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[2], 15);
    CHECK_EQUAL(domain_set(make(KAAL_OBJ_ENDPOINT, 0), 1), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(domain_schedule(16, 0, 1000), KAAL_ERR_RANGE);
    CHECK_EQUAL(domain_schedule(0, 16, 1000), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(domain_schedule(0, 0, 99), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 2);
    CHECK_EQUAL(domain_schedule(0, 0, ((kaal_word_t)1 << 40) + 1), KAAL_ERR_RANGE);
    CHECK_EQUAL(domain_start(16), KAAL_ERR_RANGE);
    CHECK_EQUAL(domain_start(15), KAAL_ERR_INVALID_ARGUMENT);
}

static void other_domain_does_not_run(void)
{
    static struct thread thread;
    CHECK(
        thread_start(&thread, suite_spin, &(struct thread_how){.priority = 200, .is_stopped = 1}));
    CHECK_OK(domain_set(thread.tcb, 3));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_EQUAL(thread.result[0], 0);
    test_sleep_ms(3);
    CHECK_EQUAL(thread.result[0], 0);
    CHECK_OK(configure(thread.sc, 500, 100000, 0, 0));
    CHECK_OK(domain_set(thread.tcb, 0));
    CHECK(thread.result[0] > 0);
}

static void domains_share_by_schedule(void)
{
    static struct thread threads[2];
    kaal_word_t used[2];
    for (unsigned i = 0; i < 2; i++) {
        CHECK(
            thread_start(&threads[i], suite_spin,
                         &(struct thread_how){.priority = 50, .budget_us = 500, .period_us = 500}));
        CHECK_OK(domain_set(threads[i].tcb, i));
    }
    CHECK_OK(domain_schedule(0, 0, 3000));
    CHECK_OK(domain_schedule(1, 1, 1000));
    CHECK_OK(domain_start(0));
    test_sleep_ms(60);                  /* in domain 0 */
    CHECK_OK(domain_schedule(1, 0, 0)); /* from now on domain 0 alone */
    CHECK_OK(domain_schedule(0, 0, 1000000));
    CHECK_OK(sys_sc_consumed(threads[0].sc, &used[0]));
    CHECK_OK(sys_sc_consumed(threads[1].sc, &used[1]));
    CHECK(used[1] > 10000);
    CHECK(used[0] > 2 * used[1] && used[0] < 4 * used[1]);
}

static const struct test domain_tests[] = {
    TEST(domain_calls_are_checked, "domain calls check their arguments"),
    TEST(other_domain_does_not_run,
         "a thread of another domain does not run, whatever its priority"),
    TEST(domains_share_by_schedule, "domains get the time of their entries"),
};
const struct group suite_domain_group = GROUP(domain_tests);
