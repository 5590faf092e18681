/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

/* Counts as fast as it can, for ever. */
static void spin(struct thread *self)
{
    for (;;) {
        self->result[0]++;
    }
}

/* A spinner of higher priority runs when made, and is stopped by its budget:
 * that this test goes on is the proof. */
static void budget_stops_a_spinner(void)
{
    static struct thread spinner;
    CHECK(
        thread_start(&spinner, spin,
                     &(struct thread_how){.priority = 200, .budget_us = 1000, .period_us = 5000}));
    const kaal_word_t first = spinner.result[0];
    CHECK(first > 0);
    test_sleep_ms(20);
    CHECK(spinner.result[0] > first); /* its budget has come back */
}

/* It gets its share of the time and no more: 20 ms of 100, the lower priority
 * the rest. An emulator stops with its host, so the best of some tries counts. */
static void budget_is_a_share(void)
{
    enum { TRIES = 6 };
    static struct thread spinner;
    static struct thread background;
    bool has_share = false;
    CHECK(thread_start(&background, spin, &(struct thread_how){.priority = 50}));
    CHECK(
        thread_start(&spinner, spin,
                     &(struct thread_how){.priority = 200, .budget_us = 2000, .period_us = 10000}));
    for (unsigned i = 0; i < TRIES && !has_share; i++) {
        kaal_word_t used;
        kaal_word_t rest;
        CHECK_OK(sys_sc_consumed(spinner.sc, &used));
        CHECK_OK(sys_sc_consumed(background.sc, &rest));
        test_sleep_ms(100);
        CHECK_OK(sys_sc_consumed(spinner.sc, &used));
        CHECK_OK(sys_sc_consumed(background.sc, &rest));
        has_share = used * 100 >= (used + rest) * 15 && used * 100 <= (used + rest) * 27;
    }
    CHECK(has_share);
}

/* Equals take turns: of two round-robin spinners both get on. */
static void equals_take_turns(void)
{
    static struct thread threads[2];
    const struct thread_how how = {.priority = 50, .budget_us = 2000, .period_us = 2000};
    CHECK(thread_start(&threads[0], spin, &how));
    CHECK(thread_start(&threads[1], spin, &how));
    test_sleep_ms(40);
    CHECK(threads[0].result[0] > 0);
    CHECK(threads[1].result[0] > 0);
    const kaal_word_t before[2] = {threads[0].result[0], threads[1].result[0]};
    test_sleep_ms(40);
    CHECK(threads[0].result[0] > before[0]);
    CHECK(threads[1].result[0] > before[1]);
}

/* A lower priority does not run while a higher one can. */
static void lower_priority_waits(void)
{
    static struct thread low;
    CHECK(thread_start(&low, spin, &(struct thread_how){.priority = 50}));
    for (volatile int i = 0; i < 3000000; i++) {
    }
    CHECK_EQUAL(low.result[0], 0);
    test_sleep_ms(3);
    CHECK(low.result[0] > 0);
}

/* Raising a ready thread above the running one makes it run at once. */
static void priority_change_preempts(void)
{
    static struct thread thread;
    CHECK(
        thread_start(&thread, spin,
                     &(struct thread_how){.priority = 50, .budget_us = 500, .period_us = 100000}));
    CHECK_EQUAL(thread.result[0], 0);
    CHECK_OK(sys_tcb_set_priority(thread.tcb, KAAL_ROOT_TCB, 150));
    CHECK(thread.result[0] > 0);
}

static void yielder(struct thread *self)
{
    while (self->result[0] < 100) {
        self->result[0]++;
        sys_yield();
    }
}

/* Yielding lets the equal run: two yielders advance together. */
static void yield_goes_to_the_equal(void)
{
    static struct thread threads[2];
    const struct thread_how how = {.priority = TEST_PRIORITY, .is_stopped = true};
    CHECK(thread_start(&threads[0], yielder, &how));
    CHECK(thread_start(&threads[1], yielder, &how));
    CHECK_OK(sys_tcb_resume(threads[0].tcb));
    CHECK_OK(sys_tcb_resume(threads[1].tcb));
    for (unsigned i = 0; i < 50; i++) {
        sys_yield();
    }
    const kaal_word_t a = threads[0].result[0];
    const kaal_word_t b = threads[1].result[0];
    CHECK(a >= 40 && b >= 40);
    CHECK((a > b ? a - b : b - a) <= 2);
}

/* Yielding a budget that is less than its period is sleeping to its end. */
static void yield_waits_for_the_period(void)
{
    static struct thread background;
    CHECK(thread_start(&background, spin, &(struct thread_how){.priority = 50}));
    kaal_word_t used;
    CHECK_OK(sys_sc_consumed(background.sc, &used));
    test_sleep_ms(10);
    CHECK_OK(sys_sc_consumed(background.sc, &used));
    CHECK(used >= 5000);
}

/* Without a scheduling context a thread does not run; with one it goes on. */
static void context_can_be_moved(void)
{
    static struct thread thread;
    static struct thread other;
    CHECK(thread_start(&thread, spin, &(struct thread_how){.priority = 50}));
    test_sleep_ms(2);
    CHECK(thread.result[0] > 0);
    CHECK_OK(sys_sc_unbind(thread.sc));
    const kaal_word_t stopped_at = thread.result[0];
    test_sleep_ms(2);
    CHECK_EQUAL(thread.result[0], stopped_at);
    CHECK(thread_start(&other, spin, &(struct thread_how){.priority = 50, .is_passive = true}));
    CHECK_OK(sys_sc_bind(thread.sc, other.tcb));
    CHECK_EQUAL(sys_sc_bind(thread.sc, thread.tcb), KAAL_ERR_ILLEGAL_OPERATION);
    test_sleep_ms(2);
    CHECK_EQUAL(thread.result[0], stopped_at);
    CHECK(other.result[0] > 0);
    CHECK(sys_sc_unbind_object(thread.sc, thread.tcb) != KAAL_OK);
    CHECK_OK(sys_sc_unbind_object(thread.sc, other.tcb));
}

/* Budgets and periods are checked, and that the object is one. */
static void parameters_are_checked(void)
{
    const kaal_cptr_t sc = make(KAAL_OBJ_SCHED_CONTEXT, 8);
    const kaal_cptr_t control = KAAL_ROOT_SCHED_CONTROL;
    struct kaal_sched_params params = {.budget_us = 0, .period_us = 1000};
    CHECK_EQUAL(sys_sched_control_configure(control, sc, &params), KAAL_ERR_RANGE);
    params = (struct kaal_sched_params){.budget_us = 2000, .period_us = 1000};
    CHECK_EQUAL(sys_sched_control_configure(control, sc, &params), KAAL_ERR_RANGE);
    params = (struct kaal_sched_params){.budget_us = ~(kaal_word_t)0, .period_us = ~(kaal_word_t)0};
    CHECK_EQUAL(sys_sched_control_configure(control, sc, &params), KAAL_ERR_RANGE);
    params =
        (struct kaal_sched_params){.budget_us = 1000, .period_us = 1000, .extra_refills = 100000};
    CHECK_EQUAL(sys_sched_control_configure(control, sc, &params), KAAL_ERR_RANGE);
    params.extra_refills = 0;
    CHECK_EQUAL(sys_sched_control_configure(control, make(KAAL_OBJ_TCB, 0), &params),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_OK(sys_sched_control_configure(control, sc, &params));
}

/* ---- Refills, timeouts, YieldTo ------------------------------------------------- */

static kaal_err_t configure(const struct thread *thread, kaal_word_t budget_us,
                            kaal_word_t period_us)
{
    const struct kaal_sched_params params = {
        .budget_us = budget_us, .period_us = period_us, .extra_refills = 6, .badge = 77};
    return sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, thread->sc, &params);
}

/* Works a little for each signal. */
static void worker(struct thread *self)
{
    for (;;) {
        sys_wait(self->arg[0], NULL);
        for (volatile int i = 0; i < 20000; i++) {
        }
        self->result[0]++;
    }
}

/* However often it blocks, it gets no more than its share (10 of 100; the rest
 * goes to the background), and it does get on. */
static void pieces_of_a_budget_come_back(void)
{
    static struct thread thread;
    static struct thread background;
    kaal_word_t used;
    kaal_word_t rest;
    thread.arg[0] = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK(thread_start(&background, spin, &(struct thread_how){.priority = 50}));
    CHECK(thread_start(&thread, worker, &(struct thread_how){.priority = 150}));
    CHECK_OK(configure(&thread, 1000, 10000));
    CHECK_OK(sys_sc_consumed(thread.sc, &used));
    CHECK_OK(sys_sc_consumed(background.sc, &rest));
    for (unsigned i = 0; i < 8; i++) {
        sys_signal(thread.arg[0]);
        test_sleep_ms(4);
    }
    CHECK_OK(sys_sc_consumed(thread.sc, &used));
    CHECK_OK(sys_sc_consumed(background.sc, &rest));
    CHECK(thread.result[0] >= 2);
    CHECK(used * 100 <= (used + rest + 1000) * 20);
}

/* A spinner with 1 ms of 20 and a timeout endpoint; its first fault is in *msg. */
static bool first_timeout(struct thread *thread, kaal_cptr_t ep, kaal_cptr_t reply,
                          struct kaal_msg *msg)
{
    const kaal_cptr_t handler = make_badged(ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY, 0xbad);
    return handler != 0 &&
           thread_start(thread, spin, &(struct thread_how){.priority = 50, .is_stopped = true}) &&
           configure(thread, 1000, 20000) == KAAL_OK &&
           sys_tcb_set_timeout_endpoint(thread->tcb, handler) == KAAL_OK &&
           sys_tcb_resume(thread->tcb) == KAAL_OK && sys_recv(ep, msg, reply) == 0xbad;
}

static void timeout_fault_names_the_context(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    CHECK(first_timeout(&thread, make(KAAL_OBJ_ENDPOINT, 0), make(KAAL_OBJ_REPLY, 0), &msg));
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_TIMEOUT, 0, 2));
    CHECK_EQUAL(msg.w[0], 77);
    CHECK(msg.w[1] >= 900);
    CHECK(thread.result[0] > 0);
}

/* Answered with label 0 it goes on with the next refill, and faults again. */
static void timeout_fault_is_answered(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    CHECK(first_timeout(&thread, ep, reply, &msg));
    const kaal_word_t first = thread.result[0];
    msg = message(0, 0, 0, 0, 0, 0);
    CHECK_EQUAL(sys_reply_recv(ep, &msg, reply), 0xbad);
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_TIMEOUT, 0, 2));
    CHECK(thread.result[0] > first);
}

static void timeout_fault_can_stop_for_good(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    CHECK(first_timeout(&thread, make(KAAL_OBJ_ENDPOINT, 0), reply, &msg));
    const kaal_word_t first = thread.result[0];
    msg = message(1, 0, 0, 0, 0, 0);
    sys_send(reply, &msg);
    test_sleep_ms(45);
    CHECK_EQUAL(thread.result[0], first);
}

static void yield_for_ever(struct thread *self)
{
    for (;;) {
        self->result[0]++;
        sys_yield();
    }
}

static void yield_is_no_timeout(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    CHECK(thread_start(&thread, yield_for_ever,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK_OK(configure(&thread, 5000, 6000));
    CHECK_OK(sys_tcb_set_timeout_endpoint(thread.tcb, ep));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    test_sleep_ms(20);
    CHECK(thread.result[0] >= 2);
    CHECK_EQUAL(sys_nbrecv(ep, &msg, make(KAAL_OBJ_REPLY, 0)), 0);
    CHECK_EQUAL(msg.info, 0);
}

static void timeout_endpoint_is_checked(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    CHECK_EQUAL(sys_tcb_set_timeout_endpoint(tcb, make(KAAL_OBJ_NOTIFICATION, 0)),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(sys_tcb_set_timeout_endpoint(tcb, make_badged(ep, KAAL_RIGHT_WRITE, 0)),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_OK(sys_tcb_set_timeout_endpoint(tcb, ep));
    CHECK_OK(sys_tcb_set_timeout_endpoint(tcb, 0));
}

static void count_to_ten(struct thread *self)
{
    while (self->result[0] < 10) {
        self->result[0]++;
    }
}

/* An equal runs at once, and the answer is the time it took. */
static void yield_to_runs_the_equal(void)
{
    static struct thread thread;
    kaal_word_t us = 1000000;
    CHECK(thread_start(&thread, count_to_ten, &(struct thread_how){.priority = TEST_PRIORITY}));
    CHECK_EQUAL(thread.result[0], 0);
    CHECK_OK(sys_sc_yield_to(thread.sc, &us));
    CHECK_EQUAL(thread.result[0], 10);
    CHECK(us < 1000000);
    CHECK_OK(sys_sc_yield_to(thread.sc, &us)); /* stopped: answered at once */
    CHECK_EQUAL(us, 0);
}

static void yield_to_a_lower_priority_returns(void)
{
    static struct thread thread;
    kaal_word_t us = 1;
    CHECK(thread_start(&thread, spin, &(struct thread_how){.priority = 50}));
    CHECK_OK(sys_sc_yield_to(thread.sc, &us));
    CHECK_EQUAL(us, 0);
    CHECK_EQUAL(thread.result[0], 0);
    CHECK_EQUAL(sys_sc_yield_to(make(KAAL_OBJ_SCHED_CONTEXT, 8), &us), KAAL_ERR_ILLEGAL_OPERATION);
}

/* ---- Domains ---------------------------------------------------------------------- */

/* Leave the schedule as it was at boot: domain 0 without end. */
static kaal_err_t no_schedule(void)
{
    kaal_err_t err = sys_domain_set_schedule(KAAL_ROOT_DOMAIN, 1, 0, 0);
    err = err != KAAL_OK ? err : sys_domain_set_schedule(KAAL_ROOT_DOMAIN, 0, 0, 100);
    err = err != KAAL_OK ? err : sys_domain_start(KAAL_ROOT_DOMAIN, 0);
    return err != KAAL_OK ? err : sys_domain_set_schedule(KAAL_ROOT_DOMAIN, 0, 0, 0);
}

/* Another domain's thread gets its time though this one never blocks, and only
 * then, whatever its priority. */
static void domains_share_the_processor(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, spin, &(struct thread_how){.priority = 50, .is_stopped = true}));
    CHECK_OK(sys_domain_set(KAAL_ROOT_DOMAIN, thread.tcb, 1));
    CHECK_OK(sys_tcb_set_priority(thread.tcb, KAAL_ROOT_TCB, 200));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    for (volatile int i = 0; i < 1000000; i++) {
    }
    CHECK_EQUAL(thread.result[0], 0);
    CHECK_OK(sys_domain_set_schedule(KAAL_ROOT_DOMAIN, 0, 0, 2000));
    CHECK_OK(sys_domain_set_schedule(KAAL_ROOT_DOMAIN, 1, 1, 2000));
    CHECK_OK(sys_domain_start(KAAL_ROOT_DOMAIN, 0));
    kaal_word_t turns = 0;
    kaal_word_t last = 0;
    while (turns < 4) { /* it has come and gone four times */
        const kaal_word_t now = thread.result[0];
        turns += now != last ? 1 : 0;
        last = now;
    }
    CHECK_OK(no_schedule());
    const kaal_word_t end = thread.result[0];
    for (volatile int i = 0; i < 1000000; i++) {
    }
    CHECK_EQUAL(thread.result[0], end);
}

/* A signal and a call reach a thread of another domain, which runs in its time. */
static void messages_pass_between_domains(void)
{
    static struct thread thread;
    thread.arg[0] = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK(thread_start(&thread, worker, &(struct thread_how){.priority = 200}));
    CHECK_OK(sys_domain_set(KAAL_ROOT_DOMAIN, thread.tcb, 1));
    sys_signal(thread.arg[0]);
    CHECK_EQUAL(thread.result[0], 0);
    CHECK_OK(sys_domain_set_schedule(KAAL_ROOT_DOMAIN, 0, 0, 1000));
    CHECK_OK(sys_domain_set_schedule(KAAL_ROOT_DOMAIN, 1, 1, 1000));
    CHECK_OK(sys_domain_start(KAAL_ROOT_DOMAIN, 0));
    while (thread.result[0] == 0) {
    }
    CHECK_OK(no_schedule());
    CHECK_EQUAL(thread.result[0], 1);
}

static void domain_arguments_are_checked(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    CHECK_EQUAL(sys_domain_set(KAAL_ROOT_DOMAIN, tcb, 16), KAAL_ERR_RANGE);
    CHECK_EQUAL(sys_domain_set(KAAL_ROOT_DOMAIN, KAAL_ROOT_CNODE, 1), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(sys_domain_set(tcb, tcb, 1), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_domain_set_schedule(KAAL_ROOT_DOMAIN, 16, 0, 0), KAAL_ERR_RANGE);
    CHECK_EQUAL(sys_domain_set_schedule(KAAL_ROOT_DOMAIN, 0, 16, 0), KAAL_ERR_RANGE);
    CHECK_EQUAL(sys_domain_set_schedule(KAAL_ROOT_DOMAIN, 0, 0, 99), KAAL_ERR_RANGE);
    CHECK_EQUAL(sys_domain_start(KAAL_ROOT_DOMAIN, 16), KAAL_ERR_RANGE);
    CHECK_EQUAL(sys_domain_start(KAAL_ROOT_DOMAIN, 5), KAAL_ERR_INVALID_ARGUMENT);
}

static const struct test tests[] = {
    TEST(budget_stops_a_spinner,
         "a spinner of higher priority runs when made, and is stopped by its budget"),
    TEST(budget_is_a_share,
         "it gets its share of the time and no more: 20 ms of 100, the lower priority the rest"),
    TEST(equals_take_turns, "equals take turns: of two round-robin spinners both get on"),
    TEST(lower_priority_waits, "a lower priority does not run while a higher one can"),
    TEST(priority_change_preempts,
         "raising a ready thread above the running one makes it run at once"),
    TEST(yield_goes_to_the_equal, "yielding lets the equal run: two yielders advance together"),
    TEST(yield_waits_for_the_period,
         "yielding a budget that is less than its period is sleeping to its end"),
    TEST(context_can_be_moved,
         "without a scheduling context a thread does not run; with one it goes on"),
    TEST(parameters_are_checked, "budgets and periods are checked, and that the object is one"),
    TEST(pieces_of_a_budget_come_back,
         "however often it blocks, it gets no more than its share (10 of 100"),
    TEST(timeout_fault_names_the_context, "a timeout fault names the context"),
    TEST(timeout_fault_is_answered,
         "answered with label 0 it goes on with the next refill, and faults again"),
    TEST(timeout_fault_can_stop_for_good, "a timeout fault answered with a label stops the thread"),
    TEST(yield_is_no_timeout, "yield raises no timeout fault"),
    TEST(timeout_endpoint_is_checked, "SetTimeoutEndpoint checks its capability"),
    TEST(yield_to_runs_the_equal, "an equal runs at once, and the answer is the time it took"),
    TEST(yield_to_a_lower_priority_returns, "YieldTo a lower priority returns at once"),
    TEST(domains_share_the_processor,
         "another domain's thread gets its time though this one never blocks, and only then"),
    TEST(messages_pass_between_domains,
         "a signal and a call reach a thread of another domain, which runs in its time"),
    TEST(domain_arguments_are_checked, "domain calls check their arguments"),
};
const struct group scheduling_group = GROUP(tests);
