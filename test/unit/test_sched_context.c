/* SPDX-License-Identifier: Apache-2.0 */
/* Refills of a scheduling context, in microseconds, as docs/scheduling.md has them. */
#include "support/kt.h"

#include <string.h>

enum { HIGH = 150, MAX_REFILLS = 16 };

/* ---- One context by itself --------------------------------------------------------- */

static _Alignas(256) char memory[SC_BYTES + MAX_REFILLS * sizeof(struct refill)];

static struct sc *start(word_t budget, word_t period, unsigned max)
{
    struct sc *sc = (void *)memory;
    *sc = (struct sc){0};
    sc_start(sc, budget * KT_US, period * KT_US, max, 0);
    return sc;
}

struct expected {
    word_t time, amount;
};

static void expect_refills(const struct sc *sc, ticks_t base, unsigned count,
                           const struct expected *want)
{
    assert_null(sc_check(sc));
    assert_int_equal(sc->refill_count, count);
    for (unsigned i = 0; i < count; i++) {
        const struct refill *r = &sc->refills[(sc->refill_first + i) % sc->refill_max];
        assert_int_equal(r->time, base + want[i].time * KT_US);
        assert_int_equal(r->amount, want[i].amount * KT_US);
    }
}
#define EXPECT_FROM(sc, base, ...)                                                               \
    expect_refills(sc, base, sizeof((struct expected[]){__VA_ARGS__}) / sizeof(struct expected), \
                   (struct expected[]){__VA_ARGS__})
#define EXPECT(sc, ...) EXPECT_FROM(sc, 0, __VA_ARGS__)

static bool charge(struct sc *sc, word_t us)
{
    return sc_charge(sc, us * KT_US);
}

/* Three refills: 300 used at 0, 200 at 2000. */
static struct sc *in_three(unsigned max)
{
    struct sc *sc = start(1000, 10000, max);
    assert_false(charge(sc, 300));
    sc_switch_to(sc, 2000 * KT_US);
    assert_false(charge(sc, 200));
    return sc;
}

static void test_starts_whole(void **state)
{
    (void)state;
    EXPECT(start(1000, 10000, 2), {0, 1000});
}

static void test_used_time_comes_back_a_period_later(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    assert_false(charge(sc, 300));
    EXPECT(sc, {300, 700}, {10000, 300});
}

static void test_nothing_used_changes_nothing(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    assert_false(charge(sc, 0));
    EXPECT(sc, {0, 1000});
}

static void test_adjacent_use_is_one_refill(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    charge(sc, 300);
    charge(sc, 200);
    EXPECT(sc, {500, 500}, {10000, 500});
}

static void test_use_after_a_gap_is_another_refill(void **state)
{
    (void)state;
    EXPECT(in_three(4), {2200, 500}, {10000, 300}, {12000, 200});
}

static void test_full_list_delays_the_last(void **state)
{
    (void)state;
    EXPECT(in_three(2), {2200, 500}, {11700, 500});
}

static void test_exactly_used_up(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 2);
    assert_true(charge(sc, 1000));
    EXPECT(sc, {10000, 1000});
}

static void test_overrun_is_taken_from_the_next_period(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 2);
    assert_true(charge(sc, 1250));
    EXPECT(sc, {10250, 750}, {20000, 250});
}

static void test_overrun_into_the_second_refill(void **state)
{
    (void)state;
    struct sc *sc = in_three(4);
    assert_true(charge(sc, 600));
    EXPECT(sc, {10100, 200}, {12000, 700}, {20000, 100});
}

static void test_overrun_of_many_periods(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    assert_true(charge(sc, 25300));
    EXPECT(sc, {250300, 700}, {260000, 300});
}

static void test_used_up_below_the_least(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    assert_false(charge(sc, 900)); /* 100 left: enough */
    EXPECT(sc, {900, 100}, {10000, 900});
    sc = start(1000, 10000, 4);
    assert_true(sc_charge(sc, 900 * KT_US + 1));
    assert_null(sc_check(sc));
}

static void test_remainder_goes_to_the_second(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    assert_true(charge(sc, 950));
    EXPECT(sc, {9950, 1000});
}

static void test_remainders_pass_several_small_refills(void **state)
{
    (void)state;
    struct sc *sc = start(300, 10000, 8);
    charge(sc, 50);
    sc_switch_to(sc, 1000 * KT_US);
    charge(sc, 50);
    sc_switch_to(sc, 2000 * KT_US);
    EXPECT(sc, {2000, 200}, {10000, 50}, {11000, 50});
    assert_true(charge(sc, 150)); /* 50 left; with each next one still below 100, or just 100 */
    EXPECT(sc, {9950, 100}, {11000, 50}, {12000, 150});
}

static void test_switch_moves_a_due_refill_to_now(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    charge(sc, 500);
    sc_switch_to(sc, 9499 * KT_US);
    EXPECT(sc, {9499, 500}, {10000, 500});
}

static void test_switch_merges_what_touches(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    charge(sc, 500);
    sc_switch_to(sc, 9500 * KT_US);
    EXPECT(sc, {9500, 1000});
}

static void test_switch_merges_on(void **state)
{
    (void)state;
    struct sc *sc = in_three(4);
    sc_switch_to(sc, 11300 * KT_US);
    EXPECT(sc, {11300, 1000});
}

static void test_switch_leaves_what_is_not_due(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    charge(sc, 1250);
    sc_switch_to(sc, 10249 * KT_US);
    EXPECT(sc, {10250, 750}, {20000, 250});
}

static void test_round_robin(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 1000, 4);
    assert_false(charge(sc, 300));
    EXPECT(sc, {0, 700});
    assert_false(charge(sc, 600));
    EXPECT(sc, {0, 100});
    assert_true(charge(sc, 1));
    EXPECT(sc, {0, 1000});
    assert_true(charge(sc, 5000));
    EXPECT(sc, {0, 1000});
    sc_switch_to(sc, 700 * KT_US);
    EXPECT(sc, {0, 1000});
}

static void test_forfeit(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    charge(sc, 300);
    sc_forfeit(sc);
    EXPECT(sc, {10000, 1000});
    assert_int_equal(sc_take_consumed(sc), 300);
    sc = in_three(4);
    sc_forfeit(sc);
    EXPECT(sc, {10000, 300}, {12000, 700});
    sc = start(1000, 1000, 4);
    charge(sc, 300);
    sc_forfeit(sc);
    EXPECT(sc, {0, 1000});
}

static void test_consumed_is_counted_and_begins_anew(void **state)
{
    (void)state;
    struct sc *sc = start(1000, 10000, 4);
    charge(sc, 300);
    charge(sc, 1250);
    assert_int_equal(sc_take_consumed(sc), 1550);
    assert_int_equal(sc_take_consumed(sc), 0);
}

/* ---- Against the words of the specification ----------------------------------------- */

struct reference {
    unsigned count, max;
    ticks_t budget, period;
    struct refill r[MAX_REFILLS + 1];
};

static struct refill ref_shift(struct reference *ref)
{
    const struct refill r = ref->r[0];
    ref->count--;
    memmove(&ref->r[0], &ref->r[1], ref->count * sizeof(r));
    return r;
}

static void ref_add(struct reference *ref, struct refill r)
{
    struct refill *last = ref->count > 0 ? &ref->r[ref->count - 1] : NULL;
    if (last != NULL && last->time + last->amount >= r.time) {
        last->amount += r.amount;
    } else if (ref->count < ref->max) {
        ref->r[ref->count++] = r;
    } else {
        last->time = r.time - last->amount;
        last->amount += r.amount;
    }
}

static bool ref_charge(struct reference *ref, ticks_t used)
{
    const bool is_used_up = used + 100 * KT_US > ref->r[0].amount;
    while (ref->r[0].amount <= used) {
        used -= ref->r[0].amount;
        struct refill r = ref_shift(ref);
        r.time += ref->period;
        ref_add(ref, r);
    }
    if (used != 0) {
        const struct refill r = {ref->r[0].time + ref->period, used};
        ref->r[0].amount -= used;
        ref->r[0].time += used;
        ref_add(ref, r);
    }
    while (ref->r[0].amount < 100 * KT_US) {
        const struct refill r = ref_shift(ref);
        ref->r[0].time -= r.amount;
        ref->r[0].amount += r.amount;
    }
    return is_used_up;
}

static void ref_switch(struct reference *ref, ticks_t now)
{
    if (ref->r[0].time > now) {
        return;
    }
    ref->r[0].time = now;
    while (ref->count > 1 && ref->r[1].time <= now + ref->r[0].amount) {
        const struct refill r = ref_shift(ref);
        ref->r[0].time = now;
        ref->r[0].amount += r.amount;
    }
}

static void compare(const struct sc *sc, const struct reference *ref)
{
    assert_null(sc_check(sc));
    assert_int_equal(sc->refill_count, ref->count);
    for (unsigned i = 0; i < ref->count; i++) {
        const struct refill *r = &sc->refills[(sc->refill_first + i) % sc->refill_max];
        assert_int_equal(r->time, ref->r[i].time);
        assert_int_equal(r->amount, ref->r[i].amount);
    }
}

static void test_any_sequence_is_as_specified(void **state)
{
    (void)state;
    static const unsigned share[] = {10, 50, 90, 99};
    kt_seed(34);
    for (unsigned run = 0; run < 400; run++) {
        const unsigned max = 2 + kt_random(MAX_REFILLS - 1);
        const word_t period = 1000 + kt_random(20000);
        const word_t budget = 100 + (period - 101) * share[run % 4] / 100;
        struct sc *sc = start(budget, period, max);
        struct reference ref = {.count = 1,
                                .max = max,
                                .budget = sc->budget,
                                .period = sc->period,
                                .r = {{0, sc->budget}}};
        ticks_t now = 0;
        for (unsigned step = 0; step < 200; step++) {
            ticks_t used = kt_random((unsigned)ref.r[0].amount + 1);
            switch (kt_random(8)) {
            case 0: /* far too late */
                used = kt_random((unsigned)ref.budget * 9);
                break;
            case 1:
                used = ref.r[0].amount;
                break;
            case 2:
                used = kt_random(200);
                break;
            default:
                break;
            }
            now = now > ref.r[0].time ? now : ref.r[0].time;
            now += kt_random(3) == 0 ? 0 : kt_random((unsigned)ref.period / 2);
            sc_switch_to(sc, now);
            ref_switch(&ref, now);
            compare(sc, &ref);
            now += used;
            assert_int_equal(sc_charge(sc, used), ref_charge(&ref, used));
            compare(sc, &ref);
        }
    }
}

/* ---- Configure --------------------------------------------------------------------- */

static enum kaal_err configure(cptr_t sc, word_t budget, word_t period, word_t extra)
{
    return kt_invoke(KAAL_ROOT_SCHED_CONTROL, KAAL_INV_SCHED_CONTROL_CONFIGURE,
                     KT_WORDS(budget, period, extra, 0), KT_CAPS(sc));
}

/* t, current, configures its own context. */
static void configure_own(struct kt_thread *t, word_t budget, word_t period, word_t extra)
{
    kt_call(t, KAAL_ROOT_SCHED_CONTROL,
            &(struct kt_msg){.label = KAAL_INV_SCHED_CONTROL_CONFIGURE,
                             .length = 4,
                             .w = {budget, period, extra},
                             .caps = 1,
                             .cap = {t->sc}});
    assert_int_equal(kt_label(t), KAAL_OK);
}

static void test_extra_refills_by_size(void **state)
{
    (void)state;
    static const struct {
        word_t size, most;
    } sizes[] = {{8, 6}, {9, 22}, {10, 54}, {12, 246}, {13, 254}, {16, 254}};
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const cptr_t sc = kt_object(CAP_SCHED_CONTEXT, sizes[i].size);
        assert_int_equal(configure(sc, 1000, 5000, sizes[i].most + 1), KAAL_ERR_RANGE);
        assert_int_equal(kt_word(&kt.root, 0), 2);
        assert_int_equal(kt_word(&kt.root, 1), 0);
        assert_int_equal(kt_word(&kt.root, 2), sizes[i].most);
        kt_ok(configure(sc, 1000, 5000, sizes[i].most));
        assert_int_equal(kt_sc_of(sc)->refill_max, sizes[i].most + 2);
    }
}

static void test_configure_of_an_idle_context_is_fresh(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(configure(t.sc, 1000, 10000, 6));
    kt_unpark(&t);
    kt_advance(400);
    kt_park(&t);
    kt_advance(50);
    kt_ok(configure(t.sc, 2000, 20000, 6)); /* t is blocked */
    EXPECT_FROM(kt_sc_of(t.sc), host.now, {0, 2000});
}

static void test_update_to_more(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(configure(t.sc, 1000, 10000, 6));
    kt_unpark(&t);
    kt_advance(300);
    configure_own(&t, 2000, 20000, 6);
    assert_true(kt_is_current(&t));
    EXPECT_FROM(kt_sc_of(t.sc), host.now, {0, 700}, {20000, 1300});
    assert_int_equal(host.deadline, host.now + 700 * KT_US);
}

static void test_update_to_less(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(configure(t.sc, 1000, 10000, 6));
    kt_unpark(&t);
    kt_advance(300);
    configure_own(&t, 500, 20000, 6);
    EXPECT_FROM(kt_sc_of(t.sc), host.now, {0, 500});
    assert_int_equal(host.deadline, host.now + 500 * KT_US);
}

static void test_update_of_what_is_not_due(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(configure(t.sc, 1000, 10000, 6));
    const ticks_t begin = host.now;
    kt_unpark(&t);
    kt_advance(2000);
    assert_true(kt_is_current(&kt.root));
    kt_ok(configure(t.sc, 3000, 20000, 6));
    EXPECT_FROM(kt_sc_of(t.sc), begin, {10000, 1000}, {30000, 2000});
    kt_ok(configure(t.sc, 500, 5000, 6));
    EXPECT_FROM(kt_sc_of(t.sc), begin, {10000, 500});
    kt_advance(7999);
    assert_true(kt_is_current(&kt.root));
    kt_advance(1);
    assert_true(kt_is_current(&t));
}

static void test_update_to_round_robin_is_due(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(configure(t.sc, 1000, 10000, 6));
    kt_unpark(&t);
    kt_advance(2000);
    kt_call(&kt.root, KAAL_ROOT_SCHED_CONTROL,
            &(struct kt_msg){.label = KAAL_INV_SCHED_CONTROL_CONFIGURE,
                             .length = 4,
                             .w = {700, 700},
                             .caps = 1,
                             .cap = {t.sc}});
    assert_true(kt_is_current(&t));
    EXPECT_FROM(kt_sc_of(t.sc), host.now, {0, 700});
}

/* ---- Running ------------------------------------------------------------------------ */

static void test_each_piece_comes_back_in_its_time(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(configure(t.sc, 1000, 10000, 6));
    kt_unpark(&t);
    kt_advance(300);
    kt_park(&t);
    kt_advance(700);
    kt_unpark(&t); /* at 1000, with 700 left */
    kt_advance(700);
    assert_true(kt_is_current(&kt.root));
    kt_advance(8299); /* 9999 */
    assert_true(kt_is_current(&kt.root));
    kt_advance(1);
    assert_true(kt_is_current(&t)); /* 300 from 10000 on */
    kt_advance(299);
    assert_true(kt_is_current(&t));
    kt_advance(1);
    assert_true(kt_is_current(&kt.root));
    kt_advance(699);
    assert_true(kt_is_current(&kt.root));
    kt_advance(1);
    assert_true(kt_is_current(&t)); /* 700 from 11000 on */
    kt_advance(699);
    assert_true(kt_is_current(&t));
    kt_advance(1);
    assert_true(kt_is_current(&kt.root));
}

static void test_used_up_on_entry(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(configure(t.sc, 1000, 10000, 6));
    const ticks_t begin = host.now;
    kt_unpark(&t);
    kt_advance(950);
    kt_call(&t, t.sc, &(struct kt_msg){.label = KAAL_INV_SCHED_CONTEXT_CONSUMED});
    assert_true(kt_is_done(&t));
    assert_true(kt_is_current(&kt.root));
    EXPECT_FROM(kt_sc_of(t.sc), begin, {9950, 1000});
    kt_advance(8999);
    assert_true(kt_is_current(&kt.root));
    kt_advance(1);
    assert_true(kt_is_current(&t));
}

/* Found out when another context comes into use: the thread, just preempted, is
 * filed for release and not left ready. */
static void test_used_up_when_preempted(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH), other = kt_thread(HIGH + 1);
    kt_ok(configure(t.sc, 1000, 10000, 6));
    kt_unpark(&t);
    kt_advance(950);
    kt_nbsend(&t, other.park, NULL);
    assert_true(kt_is_current(&other));
    assert_true(t.tcb->wait.linked);
    assert_false(t.tcb->is_ready_queued);
    kt_park(&other);
    assert_true(kt_is_current(&kt.root));
}

/* 40 threads whose time comes at once: 16 of them in each timer interrupt. */
static void test_release_is_in_batches(void **state)
{
    (void)state;
    enum { COUNT = 40, BATCH = 16 };
    static struct kt_thread t[COUNT];
    for (unsigned i = 0; i < COUNT; i++) {
        t[i] = kt_thread(HIGH);
        kt_ok(configure(t[i].sc, 1000, 100000, 0));
    }
    for (unsigned i = 0; i < COUNT; i++) {
        kt_unpark(&t[i]);
        kt_yield(&t[i]); /* all in the same microsecond */
    }
    assert_true(kt_is_current(&kt.root));
    host.now = host.deadline = host.now + 100000 * KT_US;
    for (unsigned due = 0; due < COUNT;) {
        assert_true(host.deadline <= host.now);
        kt_irq(KT_TIMER_IRQ);
        due = due + BATCH < COUNT ? due + BATCH : COUNT;
        for (unsigned i = 0; i < COUNT; i++) {
            assert_int_equal(t[i].tcb->wait.linked, i >= due);
        }
    }
    assert_true(host.deadline > host.now);
}

/* t, with its refill all but used up, deletes its context and in the same call gets
 * the one that a notification holds. */
static void exchange_context(struct kt_thread *t, cptr_t sc)
{
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    kt_ok(kt_invoke(sc, KAAL_INV_SCHED_CONTEXT_BIND, KT_NONE, KT_CAPS(n)));
    kt_nbsend(&kt.root, n, NULL);
    kt_ok(configure(t->sc, 1000, 10000, 6));
    kt_unpark(t);
    kt_advance(950);
    kt_svc(t, KAAL_SYS_NBSEND_WAIT, KAAL_ROOT_CNODE,
           &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {t->sc, 64}}, 0, n);
    assert_ptr_equal(t->tcb->sc, kt_sc_of(sc));
}

static void test_another_context_is_not_used_up(void **state)
{
    (void)state;
    const cptr_t sc = kt_object(CAP_SCHED_CONTEXT, 8);
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(configure(sc, 2000, 2000, 0));
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, KT_NONE, KT_CAPS(ep)));
    exchange_context(&t, sc);
    assert_true(kt_is_current(&t));
}

static void test_another_context_may_not_be_due(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH), other = kt_thread(HIGH);
    kt_ok(configure(other.sc, 1000, 10000, 0));
    kt_unpark(&other);
    kt_yield(&other);
    kt_ok(kt_invoke(other.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    exchange_context(&t, other.sc);
    assert_true(kt_is_current(&kt.root));
    assert_true(t.tcb->wait.linked);
    kt_advance(9049);
    assert_true(kt_is_current(&kt.root));
    kt_advance(1);
    assert_true(kt_is_current(&t));
}

/* Time goes on inside the kernel: the place in the release queue is still that of the
 * first refill (kernel_check() compares them). */
static void test_time_passes_in_the_kernel(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH), other = kt_thread(HIGH);
    kt_ok(configure(t.sc, 100, 1000, 6));
    kt_ok(configure(other.sc, 150, 900, 6));
    host.step = 3;
    kt_seed(7);
    kt_nbsend(&kt.root, t.park, NULL);
    for (unsigned i = 0; i < 2000; i++) {
        host.now += kt_random(120) * KT_US;
        if (kt_current() == &host_cpu.idle || host.now >= host.deadline) {
            kt_irq(KT_TIMER_IRQ);
        } else if (kt_is_current(&t)) {
            kt_nbsend(&t, other.park, NULL);
        } else if (kt_is_current(&other)) {
            kt_wait(&other, other.park); /* signalled again: it goes on */
        } else {
            kt_yield(&kt.root);
        }
    }
    host.step = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_starts_whole, kt_boot),
        cmocka_unit_test_setup(test_used_time_comes_back_a_period_later, kt_boot),
        cmocka_unit_test_setup(test_nothing_used_changes_nothing, kt_boot),
        cmocka_unit_test_setup(test_adjacent_use_is_one_refill, kt_boot),
        cmocka_unit_test_setup(test_use_after_a_gap_is_another_refill, kt_boot),
        cmocka_unit_test_setup(test_full_list_delays_the_last, kt_boot),
        cmocka_unit_test_setup(test_exactly_used_up, kt_boot),
        cmocka_unit_test_setup(test_overrun_is_taken_from_the_next_period, kt_boot),
        cmocka_unit_test_setup(test_overrun_into_the_second_refill, kt_boot),
        cmocka_unit_test_setup(test_overrun_of_many_periods, kt_boot),
        cmocka_unit_test_setup(test_used_up_below_the_least, kt_boot),
        cmocka_unit_test_setup(test_remainder_goes_to_the_second, kt_boot),
        cmocka_unit_test_setup(test_remainders_pass_several_small_refills, kt_boot),
        cmocka_unit_test_setup(test_switch_moves_a_due_refill_to_now, kt_boot),
        cmocka_unit_test_setup(test_switch_merges_what_touches, kt_boot),
        cmocka_unit_test_setup(test_switch_merges_on, kt_boot),
        cmocka_unit_test_setup(test_switch_leaves_what_is_not_due, kt_boot),
        cmocka_unit_test_setup(test_round_robin, kt_boot),
        cmocka_unit_test_setup(test_forfeit, kt_boot),
        cmocka_unit_test_setup(test_consumed_is_counted_and_begins_anew, kt_boot),
        cmocka_unit_test_setup(test_any_sequence_is_as_specified, kt_boot),
        cmocka_unit_test_setup(test_extra_refills_by_size, kt_boot),
        cmocka_unit_test_setup(test_configure_of_an_idle_context_is_fresh, kt_boot),
        cmocka_unit_test_setup(test_update_to_more, kt_boot),
        cmocka_unit_test_setup(test_update_to_less, kt_boot),
        cmocka_unit_test_setup(test_update_of_what_is_not_due, kt_boot),
        cmocka_unit_test_setup(test_update_to_round_robin_is_due, kt_boot),
        cmocka_unit_test_setup(test_each_piece_comes_back_in_its_time, kt_boot),
        cmocka_unit_test_setup(test_used_up_on_entry, kt_boot),
        cmocka_unit_test_setup(test_used_up_when_preempted, kt_boot),
        cmocka_unit_test_setup(test_release_is_in_batches, kt_boot),
        cmocka_unit_test_setup(test_another_context_is_not_used_up, kt_boot),
        cmocka_unit_test_setup(test_another_context_may_not_be_due, kt_boot),
        cmocka_unit_test_setup(test_time_passes_in_the_kernel, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
