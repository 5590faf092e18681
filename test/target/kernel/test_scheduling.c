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

static const struct test tests[] = {
    TEST(budget_stops_a_spinner),     TEST(budget_is_a_share),        TEST(equals_take_turns),
    TEST(lower_priority_waits),       TEST(priority_change_preempts), TEST(yield_goes_to_the_equal),
    TEST(yield_waits_for_the_period), TEST(context_can_be_moved),     TEST(parameters_are_checked),
};
const struct group scheduling_group = GROUP(tests);
