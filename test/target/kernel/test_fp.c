/* SPDX-License-Identifier: Apache-2.0 */
/* The FP and SIMD unit: whose registers it holds, and who may use it. */
#include "framework.h"

/* The compiler keeps its hands off the unit in this program. */
#define SIMD ".arch_extension simd\n"

enum { EC_SHIFT = 26, EC_FP = 0x07 };

/* value into some of the 128-bit registers; spins later, is it still there? */
static bool keeps(kaal_word_t value, kaal_word_t spins)
{
    kaal_word_t a, b, c, d;
    __asm__ volatile(SIMD "dup v0.2d, %5\n dup v8.2d, %5\n dup v15.2d, %5\n dup v31.2d, %5\n"
                          "1: subs %4, %4, #1\n b.ne 1b\n"
                          "umov %0, v0.d[1]\n umov %1, v8.d[0]\n umov %2, v15.d[1]\n"
                          "umov %3, v31.d[1]\n"
                     : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d), "+&r"(spins)
                     : "r"(value)
                     : "cc");
    return a == value && b == value && c == value && d == value;
}

static volatile kaal_word_t rounds[2];

/* arg: which of the two, how many rounds. result: wrong ones, and those during
 * which the other one ran. */
static void hold(struct thread *self)
{
    const kaal_word_t me = self->arg[0];
    for (kaal_word_t i = 1; i <= self->arg[1]; i++) {
        const kaal_word_t before = rounds[1 - me];
        self->result[0] += keeps((me + 1) << 56 | i, 20000) ? 0 : 1;
        self->result[1] += rounds[1 - me] != before;
        rounds[me]++;
    }
}

/* Two threads that interrupt each other in the midst of their values. */
static void registers_of_two_never_mix(void)
{
    enum { ROUNDS = 60 };
    static struct thread threads[2];
    rounds[0] = rounds[1] = 0;
    for (unsigned t = 0; t < 2; t++) {
        threads[t].arg[0] = t;
        threads[t].arg[1] = ROUNDS;
        CHECK(thread_start(&threads[t], hold,
                           &(struct thread_how){
                               .priority = TEST_PRIORITY - 10,
                               .budget_us = 200,
                               .period_us = 200,
                           }));
    }
    test_sleep_ms(1);
    CHECK(keeps(0x100, 10)); /* a third one in between */
    for (unsigned i = 0; i < 8 && !(threads[0].is_done && threads[1].is_done); i++) {
        test_sleep_ms(20);
    }
    CHECK(threads[0].is_done && threads[1].is_done);
    for (unsigned t = 0; t < 2; t++) {
        CHECK_EQUAL(threads[t].result[0], 0);
        CHECK(threads[t].result[1] > ROUNDS / 4);
    }
}

static void read_fresh(struct thread *self)
{
    __asm__ volatile(SIMD "umov %0, v0.d[1]\n umov %1, v31.d[0]\n mrs %2, fpcr\n"
                     : "=r"(self->result[0]), "=r"(self->result[1]), "=r"(self->result[2]));
}

/* A thread's first look at the unit finds nothing of another's. */
static void first_use_finds_zero(void)
{
    static struct thread thread;
    CHECK(keeps(0x5ec2e7, 1));
    CHECK(thread_start(&thread, read_fresh, &(struct thread_how){.priority = 150}));
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0] | thread.result[1] | thread.result[2], 0);
}

/* arg: notification. The value outlives the wait in the registers alone. */
static void hold_while_waiting(struct thread *self)
{
    kaal_word_t out;
    __asm__ volatile(SIMD "dup v9.2d, %0" : : "r"((kaal_word_t)0xabcdef));
    sys_wait(self->arg[0], NULL);
    __asm__ volatile(SIMD "umov %0, v9.d[1]" : "=r"(out));
    self->result[0] = out;
}

static bool is_fp_fault(const struct kaal_msg *msg)
{
    return kaal_msginfo_label(msg->info) == KAAL_FAULT_USER_EXCEPTION &&
           msg->w[3] >> EC_SHIFT == EC_FP;
}

/* A thread that may not use the unit faults, and goes on once it may. */
static void disabled_unit_faults(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    CHECK(thread_start(&thread, read_fresh,
                       &(struct thread_how){.priority = 150, .fault_ep = ep, .is_stopped = true}));
    CHECK_OK(sys_tcb_set_flags(thread.tcb, 0, KAAL_TCB_FPU_DISABLED, NULL));
    thread.result[0] = 1;
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK(!thread.is_done);
    (void)sys_nbrecv(ep, &msg, reply);
    CHECK(is_fp_fault(&msg));
    const kaal_word_t pc = msg.w[0];
    /* Without the flag cleared it is the same instruction again. */
    const struct kaal_msg go_on = {0};
    sys_send(reply, &go_on);
    (void)sys_nbrecv(ep, &msg, reply);
    CHECK(is_fp_fault(&msg));
    CHECK_EQUAL(msg.w[0], pc);
    CHECK_OK(sys_tcb_set_flags(thread.tcb, KAAL_TCB_FPU_DISABLED, 0, NULL));
    sys_send(reply, &go_on);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], 0);
}

/* Taken from the one who has it, and given back with what was in it. */
static void disabled_owner_keeps_its_state(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    const struct kaal_msg go_on = {0};
    struct kaal_msg msg;
    thread.arg[0] = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK(thread_start(&thread, hold_while_waiting,
                       &(struct thread_how){.priority = 150, .fault_ep = ep}));
    CHECK_OK(sys_tcb_set_flags(thread.tcb, 0, KAAL_TCB_FPU_DISABLED, NULL));
    sys_signal(thread.arg[0]);
    CHECK(!thread.is_done);
    (void)sys_nbrecv(ep, &msg, reply);
    CHECK(is_fp_fault(&msg));
    CHECK(keeps(0x1234, 1)); /* the unit is somebody else's in between */
    CHECK_OK(sys_tcb_set_flags(thread.tcb, KAAL_TCB_FPU_DISABLED, 0, NULL));
    sys_send(reply, &go_on);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], 0xabcdef);
}

static const struct test tests[] = {
    TEST(registers_of_two_never_mix,
         "two threads that interrupt each other in the midst of their values"),
    TEST(first_use_finds_zero, "a thread's first look at the unit finds nothing of another's"),
    TEST(disabled_unit_faults,
         "a thread that may not use the unit faults, and goes on once it may"),
    TEST(disabled_owner_keeps_its_state,
         "taken from the one who has it, and given back with what was in it"),
};
const struct group fp_group = GROUP(tests);
