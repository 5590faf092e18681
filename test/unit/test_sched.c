/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduling: priorities, round robin, budgets, yielding, changing parameters. */
#include "support/kt.h"

#include "core/ready.h"

enum { HIGH = 150, MIDDLE = 130, LOW = 110 };

static void set_priority(const struct kt_thread *t, unsigned priority)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(priority), KT_CAPS(KAAL_ROOT_TCB)));
}

/* Make a parked thread ready below the root task, then give it its priority. */
static void make_ready(struct kt_thread *t)
{
    set_priority(t, 1);
    kt_nbsend(&kt.root, t->park, NULL);
    assert_true(kt_is_current(&kt.root));
}

/* The root task waits; the others run. */
static void leave_root(void)
{
    kt_wait(&kt.root, kt.root.park);
}

static void back_to_root(struct kt_thread *t)
{
    kt_nbsend(t, kt.root.park, NULL);
}

/* ---- Ready queues ---------------------------------------------------------------- */

static struct tcb *ready_thread(struct tcb *t, unsigned domain, unsigned priority)
{
    *t = (struct tcb){.priority = (uint16_t)priority, .domain = (uint16_t)domain};
    return t;
}

static void test_first_ready_of_each_priority(void **state)
{
    (void)state;
    static const unsigned priority[] = {64, 0, 255, 63, 128, 191, 1, 192, 127};
    enum { COUNT = sizeof(priority) / sizeof(priority[0]) };
    static struct sched s;
    struct tcb t[COUNT];
    sched_init(&s);
    assert_null(ready_first(&s));
    for (unsigned i = 0; i < COUNT; i++) {
        ready_link_back(&s, ready_thread(&t[i], 0, priority[i]));
    }
    for (unsigned left = COUNT; left > 0; left--) {
        struct tcb *first = ready_first(&s);
        for (unsigned i = 0; i < COUNT; i++) {
            assert_true(!t[i].is_ready_queued || t[i].priority <= first->priority);
        }
        assert_true(ready_comes_first(&s, first));
        ready_unlink(&s, first);
        assert_true(ready_comes_first(&s, first));
    }
    assert_null(ready_first(&s));
}

static void test_ready_equals_stay_in_order(void **state)
{
    (void)state;
    static struct sched s;
    struct tcb t[4];
    sched_init(&s);
    ready_link_back(&s, ready_thread(&t[0], 0, 7));
    ready_link_back(&s, ready_thread(&t[1], 0, 7));
    ready_link_front(&s, ready_thread(&t[2], 0, 7));
    ready_link_back(&s, ready_thread(&t[3], 0, 6));
    static const unsigned order[] = {2, 0, 1, 3};
    ready_unlink(&s, &t[0]); /* from between two */
    ready_link_front(&s, ready_thread(&t[0], 0, 7));
    ready_unlink(&s, &t[2]);
    ready_link_front(&s, ready_thread(&t[2], 0, 7));
    for (unsigned i = 0; i < 4; i++) {
        assert_ptr_equal(ready_first(&s), &t[order[i]]);
        ready_unlink(&s, &t[order[i]]);
    }
}

/* Threads of other domains are ready, but neither first nor in the way. */
static void test_ready_in_other_domains(void **state)
{
    (void)state;
    static struct sched s;
    struct tcb low, high, other, others_low;
    sched_init(&s);
    ready_link_back(&s, ready_thread(&high, 1, 255));
    ready_link_back(&s, ready_thread(&others_low, 15, 0));
    assert_null(ready_first(&s));
    assert_true(ready_comes_first(&s, ready_thread(&low, 0, 0)));
    assert_false(ready_comes_first(&s, ready_thread(&other, 1, 255)));
    assert_false(ready_comes_first(&s, ready_thread(&other, 15, 0)));
    ready_link_back(&s, &low);
    assert_ptr_equal(ready_first(&s), &low);
    assert_false(ready_comes_first(&s, ready_thread(&other, 1, 0)));
    assert_true(ready_comes_first(&s, ready_thread(&other, 0, 0)));
    ready_link_back(&s, ready_thread(&other, 0, 1));
    assert_false(ready_comes_first(&s, &low));
    ready_unlink(&s, &high);
    assert_ptr_equal(ready_first(&s), &other);
}

/* ---- Priorities ------------------------------------------------------------------ */

static void test_highest_priority_runs(void **state)
{
    (void)state;
    static const unsigned priority[] = {3, 64, 2, 63, 99, 65, 0, 1};
    struct kt_thread t[8];
    for (unsigned i = 0; i < 8; i++) {
        t[i] = kt_thread(priority[i] + 1);
        make_ready(&t[i]);
        set_priority(&t[i], priority[i]);
    }
    leave_root();
    for (int last = 255, n = 0; n < 8; n++) {
        int best = 0;
        for (int i = 1; i < 8; i++) {
            const int p = (int)priority[i];
            if (p < last && (p > (int)priority[best] || (int)priority[best] >= last)) {
                best = i;
            }
        }
        last = (int)priority[best];
        assert_true(kt_is_current(&t[best]));
        kt_park(&t[best]);
    }
    assert_ptr_equal(kt_current(), &host_cpu.idle);
}

static void test_every_priority(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(200);
    make_ready(&t);
    for (unsigned p = 0; p <= KAAL_MAX_PRIORITY; p++) {
        if (p > KT_ROOT_PRIORITY) {
            break;
        }
        set_priority(&t, p);
        assert_int_equal(t.tcb->priority, p);
    }
    set_priority(&t, KT_ROOT_PRIORITY); /* an equal does not preempt */
    assert_true(kt_is_current(&kt.root));
    kt_svc(&kt.root, KAAL_SYS_CALL, t.cap,
           &(struct kt_msg){.label = KAAL_INV_TCB_SET_PRIORITY,
                            .length = 1,
                            .w = {KT_ROOT_PRIORITY + 1},
                            .caps = 1,
                            .cap = {KAAL_ROOT_TCB}},
           0, 0);
    assert_true(kt_is_current(&t));
}

static void test_lowering_oneself_switches(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    make_ready(&t);
    set_priority(&t, 50);
    kt_svc(&kt.root, KAAL_SYS_CALL, KAAL_ROOT_TCB,
           &(struct kt_msg){.label = KAAL_INV_TCB_SET_PRIORITY,
                            .length = 1,
                            .w = {49},
                            .caps = 1,
                            .cap = {KAAL_ROOT_TCB}},
           0, 0);
    assert_true(kt_is_current(&t));
    assert_true(kt.root.tcb->is_ready_queued);
}

/* B06: the authority's maximum counts, not the target's or the caller's. */
static void test_b06_authority_bounds_priority(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH), authority = kt_thread(HIGH);
    for (word_t mcp = 0; mcp <= 255; mcp += 15) {
        kt_ok(kt_invoke(authority.cap, KAAL_INV_TCB_SET_MCPRIORITY, KT_WORDS(mcp),
                        KT_CAPS(KAAL_ROOT_TCB)));
        const word_t values[] = {0, 1, mcp, mcp + 1, 255, 256, UINT64_C(1) << 32, UINT64_MAX};
        for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
            const enum kaal_err want = values[i] <= mcp ? KAAL_OK : KAAL_ERR_RANGE;
            const uint8_t before = t.tcb->priority, before_mcp = t.tcb->mcp;
            assert_int_equal(kt_invoke(t.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(values[i]),
                                       KT_CAPS(authority.cap)),
                             want);
            assert_int_equal(t.tcb->priority, want == KAAL_OK ? values[i] : before);
            if (want != KAAL_OK) {
                assert_int_equal(kt_word(&kt.root, 0), 0);
                assert_int_equal(kt_word(&kt.root, 1), 0);
                assert_int_equal(kt_word(&kt.root, 2), mcp);
            }
            assert_int_equal(kt_invoke(t.cap, KAAL_INV_TCB_SET_MCPRIORITY, KT_WORDS(values[i]),
                                       KT_CAPS(authority.cap)),
                             want);
            assert_int_equal(t.tcb->mcp, want == KAAL_OK ? values[i] : before_mcp);
        }
    }
    assert_int_equal(
        kt_invoke(t.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(1), KT_CAPS(KAAL_ROOT_CNODE)),
        KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_word(&kt.root, 0), 1);
}

/* ---- Time ----------------------------------------------------------------------------- */

static void test_round_robin_among_equals(void **state)
{
    (void)state;
    struct kt_thread t[3];
    for (unsigned i = 0; i < 3; i++) {
        t[i] = kt_thread(HIGH);
        kt_configure_sc(t[i].sc, 1000, 1000);
        make_ready(&t[i]);
        set_priority(&t[i], 50);
    }
    leave_root();
    for (unsigned turn = 0; turn < 9; turn++) {
        assert_true(kt_is_current(&t[turn % 3]));
        kt_advance(999);
        assert_true(kt_is_current(&t[turn % 3]));
        kt_advance(1);
    }
}

static void test_preempted_slice_goes_on(void **state)
{
    (void)state;
    struct kt_thread a = kt_thread(HIGH), b = kt_thread(HIGH);
    kt_configure_sc(a.sc, 1000, 1000);
    kt_configure_sc(b.sc, 1000, 1000);
    make_ready(&a);
    make_ready(&b);
    set_priority(&a, 50);
    set_priority(&b, 50);
    leave_root();
    assert_true(kt_is_current(&a));
    kt_advance(400);
    back_to_root(&a);
    assert_true(kt_is_current(&kt.root));
    leave_root();
    assert_true(kt_is_current(&a)); /* at the head of its queue, 600 left */
    kt_advance(599);
    assert_true(kt_is_current(&a));
    kt_advance(1);
    assert_true(kt_is_current(&b));
}

static void test_budget_runs_out_until_the_period_ends(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_configure_sc(t.sc, 1000, 10000);
    kt_unpark(&t);
    for (unsigned period = 0; period < 5; period++) {
        assert_true(kt_is_current(&t));
        kt_advance(999);
        assert_true(kt_is_current(&t));
        kt_advance(1);
        assert_true(kt_is_current(&kt.root));
        assert_true(t.tcb->wait.linked);
        kt_advance(8999);
        assert_true(kt_is_current(&kt.root));
        kt_advance(1);
    }
}

/* However a thread blocks and wakes, it never gets more than budget in a
 * period that begins when it starts to use it. */
static void test_blocking_gains_no_time(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_configure_sc(t.sc, 1000, 10000);
    kt_seed(3);
    for (unsigned round = 0; round < 20; round++) {
        kt_advance(10000); /* whole again */
        const ticks_t begin = host.now;
        ticks_t used = 0;
        kt_unpark(&t);
        while (host.now - begin < 9000 * KT_US) {
            const unsigned step = 1 + kt_random(200);
            const ticks_t before = host.now;
            if (kt_is_current(&t)) {
                kt_advance(step);
                used += kt_is_current(&t) ? host.now - before : 0;
                if (kt_is_current(&t)) {
                    kt_park(&t);
                }
            } else {
                kt_advance(step);
                if (kt_is_current(&kt.root) && t.tcb->state == TCB_BLOCKED_NTFN) {
                    kt_nbsend(&kt.root, t.park, NULL);
                }
            }
        }
        assert_true(used <= 1000 * KT_US);
        if (kt_is_current(&t)) {
            kt_park(&t);
        } else {
            while (t.tcb->state != TCB_BLOCKED_NTFN) {
                kt_advance(100);
                if (kt_is_current(&t)) {
                    kt_park(&t);
                }
            }
        }
    }
}

static word_t consumed(cptr_t sc)
{
    kt_ok(kt_invoke(sc, KAAL_INV_SCHED_CONTEXT_CONSUMED, KT_NONE, KT_NONE));
    assert_int_equal(kt_length(&kt.root), 1);
    return kt_word(&kt.root, 0);
}

static void test_consumed(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    (void)consumed(t.sc);
    (void)consumed(KAAL_ROOT_SCHED_CONTEXT);
    kt_unpark(&t);
    kt_advance(123);
    kt_park(&t);
    assert_int_equal(consumed(t.sc), 123);
    assert_int_equal(consumed(t.sc), 0);
    kt_advance(77);
    assert_int_equal(consumed(KAAL_ROOT_SCHED_CONTEXT), 77);
}

/* The budget ends inside a call, before the timer could say so: the call is
 * answered all the same. */
static void test_budget_ending_in_a_call_keeps_the_answer(void **state)
{
    (void)state;
    (void)consumed(KAAL_ROOT_SCHED_CONTEXT);
    host.now += 20000 * KT_US;
    assert_int_equal(consumed(KAAL_ROOT_SCHED_CONTEXT), 20000);
}

/* The same in the first half of a combined call: the thread may block in the
 * second half, and is in one queue only. */
static void test_budget_ending_before_a_receive(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t reply = kt_object(CAP_REPLY, 0);
    const struct kt_msg msg = {.label = KAAL_INV_SCHED_CONTEXT_CONSUMED};
    kt_configure_sc(t.sc, 1000, 10000);
    kt_unpark(&t);
    host.now += 1500 * KT_US;
    kt_svc(&t, KAAL_SYS_NBSEND_RECV, t.sc, &msg, reply, ep);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_RECV);
    assert_true(kt_is_current(&kt.root));
    kt_nbsend(&kt.root, ep, NULL);
    assert_false(kt_is_current(&t)); /* woken, but its budget comes back at 10 ms */
    kt_advance(9000);
    assert_true(kt_is_current(&t));
    kt_park(&t);
}

static void test_yield_gives_up_the_budget(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_configure_sc(t.sc, 1000, 10000);
    (void)consumed(t.sc);
    kt_unpark(&t);
    kt_advance(300);
    kt_yield(&t);
    assert_true(kt_is_current(&kt.root));
    assert_true(kt_is_done(&t));
    assert_int_equal(consumed(t.sc), 300); /* what it used, not what it gave up */
    kt_advance(9699);
    assert_true(kt_is_current(&kt.root));
    kt_advance(1);
    assert_true(kt_is_current(&t));
}

static void test_yield_among_equals(void **state)
{
    (void)state;
    struct kt_thread a = kt_thread(HIGH), b = kt_thread(HIGH);
    make_ready(&a);
    make_ready(&b);
    set_priority(&a, 50);
    set_priority(&b, 50);
    leave_root();
    for (unsigned i = 0; i < 6; i++) {
        assert_true(kt_is_current(i % 2 == 0 ? &a : &b));
        kt_yield(i % 2 == 0 ? &a : &b);
    }
}

static void test_yield_alone(void **state)
{
    (void)state;
    kt_yield(&kt.root);
    assert_true(kt_is_current(&kt.root) && kt_is_done(&kt.root));
}

/* ---- Scheduling contexts ------------------------------------------------------------------ */

static enum kaal_err configure_sc(cptr_t sc, word_t budget, word_t period, word_t refills)
{
    return kt_invoke(KAAL_ROOT_SCHED_CONTROL, KAAL_INV_SCHED_CONTROL_CONFIGURE,
                     KT_WORDS(budget, period, refills, 0), KT_CAPS(sc));
}

static void test_configure_bounds(void **state)
{
    (void)state;
    const cptr_t sc = kt_object(CAP_SCHED_CONTEXT, 8);
    static const word_t huge[] = {UINT64_C(1) << 41, UINT64_C(1) << 58, UINT64_C(1) << 63,
                                  UINT64_MAX};
    assert_int_equal(configure_sc(sc, 0, 0, 0), KAAL_ERR_RANGE);
    assert_int_equal(configure_sc(sc, 0, 10000, 0), KAAL_ERR_RANGE);
    assert_int_equal(configure_sc(sc, 1, 10000, 0), KAAL_ERR_RANGE);
    assert_int_equal(configure_sc(sc, 2000, 1999, 0), KAAL_ERR_RANGE);
    assert_int_equal(configure_sc(sc, 1000, 1000, UINT64_MAX), KAAL_ERR_RANGE);
    assert_int_equal(kt_word(&kt.root, 0), 2);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(configure_sc(sc, huge[i], huge[i], 0), KAAL_ERR_RANGE);
        assert_int_equal(configure_sc(sc, 1000, huge[i], 0), KAAL_ERR_RANGE);
    }
    assert_int_equal(kt_sc_of(sc)->budget, 0);
    assert_int_equal(configure_sc(KAAL_ROOT_TCB, 1000, 1000, 0), KAAL_ERR_INVALID_CAPABILITY);
    kt_ok(configure_sc(sc, 1000, 1000, 0));
    kt_ok(configure_sc(sc, 1000, 2000, 0));
}

static void test_unconfigured_context_grants_no_time(void **state)
{
    (void)state;
    const cptr_t sc = kt_object(CAP_SCHED_CONTEXT, 8);
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    kt_ok(kt_invoke(sc, KAAL_INV_SCHED_CONTEXT_BIND, KT_NONE, KT_CAPS(t.cap)));
    kt_nbsend(&kt.root, t.park, NULL);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(t.tcb->state, TCB_RUNNING);
    kt_svc(&kt.root, KAAL_SYS_CALL, KAAL_ROOT_SCHED_CONTROL,
           &(struct kt_msg){.label = KAAL_INV_SCHED_CONTROL_CONFIGURE,
                            .length = 4,
                            .w = {1000, 1000},
                            .caps = 1,
                            .cap = {sc}},
           0, 0);
    assert_true(kt_is_current(&t));
}

static void test_bind_rules(void **state)
{
    (void)state;
    const word_t bind = KAAL_INV_SCHED_CONTEXT_BIND;
    const cptr_t sc = kt_object(CAP_SCHED_CONTEXT, 8), n = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_configure_sc(sc, 1000, 1000);
    assert_int_equal(kt_invoke(sc, bind, KT_NONE, KT_CAPS(t.cap)), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(t.sc, bind, KT_NONE, KT_CAPS(n)), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(sc, bind, KT_NONE, KT_CAPS(KAAL_ROOT_CNODE)),
                     KAAL_ERR_INVALID_CAPABILITY);
    kt_ok(kt_invoke(sc, bind, KT_NONE, KT_CAPS(n)));
    const cptr_t other = kt_object(CAP_SCHED_CONTEXT, 8);
    assert_int_equal(kt_invoke(other, bind, KT_NONE, KT_CAPS(n)), KAAL_ERR_ILLEGAL_OPERATION);
    const word_t unbind = KAAL_INV_SCHED_CONTEXT_UNBIND_OBJECT;
    assert_int_equal(kt_invoke(sc, unbind, KT_NONE, KT_CAPS(t.cap)), KAAL_ERR_ILLEGAL_OPERATION);
    kt_ok(kt_invoke(sc, unbind, KT_NONE, KT_CAPS(n)));
    assert_null(kt_ntfn_of(n)->sc);
    kt_ok(kt_invoke(t.sc, unbind, KT_NONE, KT_CAPS(t.cap)));
    assert_null(t.tcb->sc);
}

static void test_deleting_the_current_context(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_call(&t, KAAL_ROOT_CNODE,
            &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {t.sc, 64}});
    assert_true(kt_is_current(&kt.root));
    assert_null(t.tcb->sc);
    assert_int_equal(t.tcb->state, TCB_RUNNING);
    kt_advance(100000);
    assert_true(kt_is_current(&kt.root));
}

/* ---- The timer is right: KI-35 ------------------------------------------------------------ */

static void test_timer_is_armed_for_the_next_event(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_configure_sc(t.sc, 1000, 10000);
    kt_unpark(&t);
    assert_int_equal(host.deadline, host.now + 1000 * KT_US);
    kt_advance(1000);
    assert_true(kt_is_current(&kt.root));
    /* The root task's slice of 5 ms ends first, then the period. */
    assert_true(host.deadline > host.now && host.deadline <= host.now + 5000 * KT_US);
    leave_root();
    assert_ptr_equal(kt_current(), &host_cpu.idle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_ready_of_each_priority),
        cmocka_unit_test(test_ready_equals_stay_in_order),
        cmocka_unit_test(test_ready_in_other_domains),
        cmocka_unit_test_setup(test_highest_priority_runs, kt_boot),
        cmocka_unit_test_setup(test_every_priority, kt_boot),
        cmocka_unit_test_setup(test_lowering_oneself_switches, kt_boot),
        cmocka_unit_test_setup(test_b06_authority_bounds_priority, kt_boot),
        cmocka_unit_test_setup(test_round_robin_among_equals, kt_boot),
        cmocka_unit_test_setup(test_preempted_slice_goes_on, kt_boot),
        cmocka_unit_test_setup(test_budget_runs_out_until_the_period_ends, kt_boot),
        cmocka_unit_test_setup(test_blocking_gains_no_time, kt_boot),
        cmocka_unit_test_setup(test_consumed, kt_boot),
        cmocka_unit_test_setup(test_budget_ending_in_a_call_keeps_the_answer, kt_boot),
        cmocka_unit_test_setup(test_budget_ending_before_a_receive, kt_boot),
        cmocka_unit_test_setup(test_yield_gives_up_the_budget, kt_boot),
        cmocka_unit_test_setup(test_yield_among_equals, kt_boot),
        cmocka_unit_test_setup(test_yield_alone, kt_boot),
        cmocka_unit_test_setup(test_configure_bounds, kt_boot),
        cmocka_unit_test_setup(test_unconfigured_context_grants_no_time, kt_boot),
        cmocka_unit_test_setup(test_bind_rules, kt_boot),
        cmocka_unit_test_setup(test_deleting_the_current_context, kt_boot),
        cmocka_unit_test_setup(test_timer_is_armed_for_the_next_event, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
