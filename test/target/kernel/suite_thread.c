/* SPDX-License-Identifier: Apache-2.0 */
/* Threads, thread-local storage, FP, faults. abi.md, "TCB", "Faults". */
#include "suite.h"

static const struct thread_how stopped = {.priority = 150, .is_stopped = true};

static void suspend_is_idempotent(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, suite_spin, BELOW));
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    test_sleep_ms(1);
    CHECK(thread.result[0] > 0);
}

/* Suspends itself, result 0 counts how often it went on. */
static void suspend_self(struct thread *self)
{
    for (;;) {
        self->result[1] = sys_tcb_suspend(self->tcb);
        self->result[0]++;
    }
}

static void own_suspend_completes(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, suspend_self, ABOVE));
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQUAL(thread.result[0], i);
        CHECK_OK(sys_tcb_resume(thread.tcb));
        CHECK_EQUAL(thread.result[1], KAAL_OK);
    }
}

static void resume_restarts_a_receive(void)
{
    static struct thread thread;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    thread.arg[0] = ntfn;
    CHECK(thread_start(&thread, suite_wait_loop, ABOVE));
    CHECK_OK(sys_tcb_resume(thread.tcb)); /* of a blocked one: it waits again */
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 3));
    CHECK_EQUAL(thread.result[1], 1);
    CHECK_EQUAL(thread.result[0], 3);
}

static void unconfigured_thread_does_not_run(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    CHECK_OK(sys_tcb_resume(tcb));
    test_sleep_ms(1);
    CHECK_OK(sys_tcb_suspend(tcb));
}

static void thread_without_space_faults_only(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t sc = make(KAAL_OBJ_SCHED_CONTEXT, 8);
    const struct kaal_sched_params params = {.budget_us = 1000, .period_us = 1000};
    CHECK_OK(sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, sc, &params));
    CHECK_OK(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, 0, 150, sc, KAAL_ROOT_NULL));
    CHECK_OK(sys_tcb_resume(tcb)); /* no address space: its first fetch faults */
    test_sleep_ms(1);
    CHECK_OK(sys_tcb_suspend(tcb));
}

static void space_guards_are_checked(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 4);
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_EQUAL(sys_tcb_configure(tcb, cnode, kaal_guard(0, 61), KAAL_ROOT_VSPACE, 0, 0),
                KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_tcb_set_space(tcb, 0, cnode, kaal_guard(0, 61), KAAL_ROOT_VSPACE),
                KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_OK(sys_tcb_configure(tcb, cnode, kaal_guard(0, 60), KAAL_ROOT_VSPACE, 0x1000, page));
}

static void space_capabilities_are_checked(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0); /* without an identifier */
    CHECK_EQUAL(sys_tcb_set_space(tcb, KAAL_ROOT_TCB, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(sys_tcb_set_space(tcb, ep, ep, 0, KAAL_ROOT_VSPACE), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 2);
    CHECK_EQUAL(sys_tcb_set_space(tcb, ep, KAAL_ROOT_CNODE, 0, vspace),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 3);
}

static void ipc_buffer_is_checked(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    for (kaal_word_t offset = 1; offset < 1024; offset *= 2) {
        CHECK_EQUAL(
            sys_tcb_configure(tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE, 0x5000 + offset, page),
            KAAL_ERR_ALIGNMENT);
        CHECK_EQUAL(kaal_err_detail()[0], 2);
    }
    /* Address 0 is none: the capability is not looked at. */
    CHECK_OK(sys_tcb_configure(tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE, 0, KAAL_ROOT_TCB));
}

static kaal_err_t set_ipc_buffer(kaal_cptr_t tcb, kaal_word_t address, kaal_cptr_t page)
{
    kaal_set_cap(0, page);
    return suite_invoke(tcb, KAAL_INV_TCB_SET_IPC_BUFFER, 1, 1, &address, NULL);
}

static void set_ipc_buffer_is_checked(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    CHECK_EQUAL(set_ipc_buffer(tcb, 0x1000, make(KAAL_OBJ_ENDPOINT, 0)),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(set_ipc_buffer(tcb, 0x1200, make(KAAL_OBJ_PAGE, 12)), KAAL_ERR_ALIGNMENT);
    CHECK_EQUAL(kaal_err_detail()[0], 0);
    CHECK_OK(set_ipc_buffer(tcb, 0x1400, make(KAAL_OBJ_PAGE, 12)));
    CHECK_OK(set_ipc_buffer(tcb, 0, KAAL_ROOT_NULL));
}

/* result 0: TPIDRRO_EL0. */
static void show_buffer(struct thread *self)
{
    kaal_word_t value;
    __asm__ volatile("mrs %0, tpidrro_el0" : "=r"(value));
    self->result[0] = value;
}

static void set_ipc_buffer_takes_effect(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, show_buffer, &stopped));
    CHECK_OK(set_ipc_buffer(thread.tcb, 0x123400, make(KAAL_OBJ_PAGE, 12)));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_EQUAL(thread.result[0], 0x123400);
}

static void priorities_form_a_matrix(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t authority = make(KAAL_OBJ_TCB, 0);
    for (kaal_word_t mcp = 0; mcp < 256; mcp += 51) {
        CHECK_OK(sys_tcb_set_mcpriority(authority, KAAL_ROOT_TCB, mcp));
        for (kaal_word_t priority = 0; priority < 512; priority += 17) {
            const kaal_err_t expected = priority <= mcp ? KAAL_OK : KAAL_ERR_RANGE;
            CHECK_EQUAL(sys_tcb_set_priority(tcb, authority, priority), expected);
            CHECK_EQUAL(sys_tcb_set_mcpriority(tcb, authority, priority), expected);
            CHECK(expected == KAAL_OK || kaal_err_detail()[2] == mcp);
        }
    }
    CHECK_EQUAL(sys_tcb_set_priority(tcb, KAAL_ROOT_TCB, (kaal_word_t)1 << 32), KAAL_ERR_RANGE);
}

static kaal_err_t set_flags(kaal_cptr_t tcb, kaal_word_t clear, kaal_word_t set, kaal_word_t *then)
{
    const kaal_word_t words[] = {clear, set};
    struct kaal_msg answer;
    const kaal_err_t err = suite_invoke(tcb, KAAL_INV_TCB_SET_FLAGS, 0, 2, words, &answer);
    *then = answer.w[0];
    return err;
}

static void flags_are_set_and_cleared(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    kaal_word_t flags;
    CHECK_OK(set_flags(tcb, 0, 0, &flags));
    CHECK_EQUAL(flags, 0);
    CHECK_OK(set_flags(tcb, 0, 1, &flags));
    CHECK_EQUAL(flags, 1);
    CHECK_OK(set_flags(tcb, 1, 1, &flags)); /* clears, then sets */
    CHECK_EQUAL(flags, 1);
    CHECK_OK(set_flags(tcb, 1, 0, &flags));
    CHECK_EQUAL(flags, 0);
    CHECK_EQUAL(set_flags(tcb, 2, 0, &flags), KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(flags, 0); /* word 0: which one */
    CHECK_EQUAL(set_flags(tcb, 0, 2, &flags), KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(flags, 1);
}

static void suspends_itself_by_delete(struct thread *self)
{
    const struct kaal_slot slot = slot_of(self->tcb);
    self->result[1] = sys_cnode_delete(&slot);
    self->result[0] = 1; /* not reached */
}

static void thread_can_delete_itself(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, suspends_itself_by_delete, ABOVE));
    CHECK_EQUAL(thread.result[0], 0);
    CHECK(suite_is_empty(thread.tcb));
}

static void blocked_thread_can_be_deleted(void)
{
    static struct thread threads[4];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    static void (*const entries[])(struct thread *) = {suite_send_once, suite_call_once,
                                                       suite_call_once, suite_send_once};
    struct kaal_msg msg;
    for (unsigned i = 0; i < 4; i++) {
        threads[i].arg[0] = make_badged(ep, 15, i + 1);
        CHECK(thread_start(&threads[i], entries[i],
                           &(struct thread_how){.priority = i == 1 ? 160 : 150}));
    }
    CHECK_EQUAL(sys_recv(ep, &msg, reply), 2); /* waits for an answer */
    for (unsigned i = 1; i < 4; i++) {
        const struct kaal_slot slot = slot_of(threads[i].tcb);
        CHECK_OK(sys_cnode_delete(&slot));
    }
    msg = message(0, 0, 0, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK_EQUAL(sys_poll(ep, &msg), 1);
    CHECK_EQUAL(sys_poll(ep, &msg), 0);
}

static const struct test tests[] = {
    TEST(suspend_is_idempotent, "suspending and resuming twice is once"),
    TEST(own_suspend_completes, "a thread that suspended itself goes on behind the call"),
    TEST(resume_restarts_a_receive, "resuming a blocked thread begins its call again"),
    TEST(unconfigured_thread_does_not_run, "a thread without anything does not run"),
    TEST(thread_without_space_faults_only, "a thread without address space stops at once"),
    TEST(space_guards_are_checked, "Configure and SetSpace check the guard"),
    TEST(space_capabilities_are_checked, "SetSpace says which capability is wrong"),
    TEST(ipc_buffer_is_checked, "an IPC buffer is aligned to 1 KiB; address 0 is none"),
    TEST(set_ipc_buffer_is_checked, "SetIPCBuffer checks page and address"),
    TEST(set_ipc_buffer_takes_effect, "SetIPCBuffer sets TPIDRRO_EL0"),
    TEST(priorities_form_a_matrix, "priority and maximum against the authority's maximum"),
    TEST(flags_are_set_and_cleared, "SetFlags clears, sets, refuses unknown flags"),
    TEST(thread_can_delete_itself, "a thread can delete itself"),
    TEST(blocked_thread_can_be_deleted, "threads that wait in any way can be deleted"),
};
const struct group suite_thread_group = GROUP(tests);

/* ---- Thread-local storage ------------------------------------------------------------ */

/* result 0: TPIDR_EL0 at the start; arg 0: what it sets; result 1: later. */
static void use_tls(struct thread *self)
{
    kaal_word_t value;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(value));
    self->result[0] = value;
    __asm__ volatile("msr tpidr_el0, %0" : : "r"(self->arg[0]));
    for (unsigned i = 0; i < 20; i++) {
        sys_yield();
        __asm__ volatile("mrs %0, tpidr_el0" : "=r"(value));
        self->result[1] = value == self->arg[0] ? value : 0;
    }
}

static void base_is_set(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, use_tls, &stopped));
    CHECK_OK(sys_tcb_set_tls_base(thread.tcb, 0xfedcba9876543210));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_EQUAL(thread.result[0], 0xfedcba9876543210);
}

static void base_is_the_threads_own(void)
{
    static struct thread threads[3];
    const struct thread_how how = {
        .priority = 50, .budget_us = 200, .period_us = 200, .is_stopped = true};
    for (unsigned i = 0; i < 3; i++) {
        threads[i].arg[0] = 0x1000 * (i + 1);
        CHECK(thread_start(&threads[i], use_tls, &how));
        CHECK_OK(sys_tcb_resume(threads[i].tcb));
    }
    test_sleep_ms(20);
    for (unsigned i = 0; i < 3; i++) {
        CHECK(threads[i].is_done);
        CHECK_EQUAL(threads[i].result[0], 0);
        CHECK_EQUAL(threads[i].result[1], threads[i].arg[0]);
    }
}

static void own_base_is_set_at_once(void)
{
    kaal_word_t before;
    kaal_word_t after;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(before));
    const kaal_err_t err = sys_tcb_set_tls_base(KAAL_ROOT_TCB, 0xabc000);
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(after));
    __asm__ volatile("msr tpidr_el0, %0" : : "r"(before));
    CHECK_OK(err);
    CHECK_EQUAL(after, 0xabc000);
}

static void base_can_be_read(void)
{
    static struct thread thread;
    struct kaal_registers regs;
    CHECK(thread_start(&thread, suite_spin, &stopped));
    CHECK_OK(sys_tcb_set_tls_base(thread.tcb, 0x77));
    CHECK_OK(sys_tcb_read_registers(thread.tcb, 0, KAAL_REGISTER_COUNT, &regs));
    CHECK_EQUAL(regs.tls, 0x77);
}

/* Write TPIDRRO_EL0. */
static void write_read_only(struct thread *self)
{
    __asm__ volatile("msr tpidrro_el0, %0" : : "r"(self->arg[0]));
}

static void buffer_register_is_read_only(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    CHECK_EQUAL(suite_fault_of(&thread, write_read_only, 0, &msg), KAAL_FAULT_USER_EXCEPTION);
}

static const struct test tls_tests[] = {
    TEST(base_is_set, "SetTLSBase sets all 64 bits of TPIDR_EL0"),
    TEST(base_is_the_threads_own, "TPIDR_EL0 is each thread's own, and zero at first"),
    TEST(own_base_is_set_at_once, "a thread that sets its own sees it at once"),
    TEST(base_can_be_read, "ReadRegisters shows it"),
    TEST(buffer_register_is_read_only, "TPIDRRO_EL0 cannot be written"),
};
const struct group suite_tls_group = GROUP(tls_tests);

/* ---- FP ------------------------------------------------------------------------------ */

/* sys_yield() without a struct, for which the compiler might use FP registers. */
static inline void plain_yield(void)
{
    register kaal_word_t x0 __asm__("x0") = KAAL_SYS_YIELD;
    __asm__ volatile("svc #0" : "+r"(x0) : : "memory");
}

/* arg 0: seed, 1: rounds, 2: notification. result 0: rounds, 1: wrong ones. */
static void keep_fp(struct thread *self)
{
    for (kaal_word_t i = 0; i < self->arg[1]; i++) {
        const kaal_word_t seed = self->arg[0] + i;
        suite_fp_fill(seed);
        if (i % 2 == 0) {
            plain_yield();
        } else {
            for (volatile unsigned spin = 0; spin < 300; spin++) {
            }
        }
        self->result[1] += suite_fp_differs(seed) != 0;
        self->result[0]++;
    }
    suite_fp_fill(0);
    sys_signal(self->arg[2]);
}

static void three_threads_keep_theirs(void)
{
    enum { ROUNDS = 300 };
    static struct thread threads[3];
    const kaal_cptr_t done = make(KAAL_OBJ_NOTIFICATION, 0);
    kaal_word_t arrived = 0;
    for (unsigned i = 0; i < 3; i++) {
        threads[i].arg[0] = 0x1111000011110000 * (i + 1);
        threads[i].arg[1] = ROUNDS;
        threads[i].arg[2] = make_badged(done, KAAL_RIGHT_WRITE, (kaal_word_t)1 << i);
        CHECK(
            thread_start(&threads[i], keep_fp,
                         &(struct thread_how){.priority = 50, .budget_us = 100, .period_us = 100}));
    }
    while (arrived != 7) {
        arrived |= sys_wait(done, NULL);
    }
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQUAL(threads[i].result[0], ROUNDS);
        CHECK_EQUAL(threads[i].result[1], 0);
    }
}

static void show_fp(struct thread *self)
{
    self->result[0] = suite_fp_bits();
    self->result[1] = 1;
}

static void fill_fp(struct thread *self)
{
    suite_fp_fill(~(kaal_word_t)0 - 1000);
    self->result[1] = 1;
}

static void new_thread_begins_with_zero(void)
{
    static struct thread filler;
    static struct thread fresh;
    CHECK(thread_start(&filler, fill_fp, ABOVE));
    CHECK(thread_start(&fresh, show_fp, ABOVE));
    CHECK_EQUAL(fresh.result[1], 1);
    CHECK_EQUAL(fresh.result[0], 0);
}

static void reused_tcb_begins_with_zero(void)
{
    static struct thread filler;
    static struct thread fresh;
    CHECK(thread_start(&filler, fill_fp, ABOVE));
    const struct kaal_slot slot = slot_of(filler.tcb);
    CHECK_OK(sys_cnode_delete(&slot));
    CHECK(thread_start(&fresh, show_fp, ABOVE));
    CHECK_EQUAL(fresh.result[0], 0);
}

static void disabled_fp_is_an_exception(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    kaal_word_t flags;
    CHECK(thread_start(&thread, fill_fp,
                       &(struct thread_how){.priority = 150, .fault_ep = ep, .is_stopped = true}));
    CHECK_OK(set_flags(thread.tcb, 0, 1, &flags));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK(!thread.is_done);
    sys_nbrecv(ep, &msg, thread.reply);
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_USER_EXCEPTION, 0, 4));
    CHECK_EQUAL(msg.w[3] >> 26, 7); /* access to FP trapped */
    CHECK_OK(set_flags(thread.tcb, 1, 0, &flags));
    msg = message(0, 0, 0, 0, 0, 0);
    sys_send(thread.reply, &msg);
    CHECK(thread.is_done);
}

static void disabling_loses_no_state(void)
{
    static struct thread thread;
    kaal_word_t flags;
    thread.arg[0] = 0x5500;
    thread.arg[1] = 400;
    thread.arg[2] = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK(thread_start(&thread, keep_fp,
                       &(struct thread_how){.priority = 50, .budget_us = 500, .period_us = 500}));
    test_sleep_ms(1);
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    CHECK(thread.result[0] > 0 && !thread.is_done);
    CHECK_OK(set_flags(thread.tcb, 0, 1, &flags));
    CHECK_OK(set_flags(thread.tcb, 1, 0, &flags));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    sys_wait(thread.arg[2], NULL);
    CHECK_EQUAL(thread.result[1], 0);
}

static const struct test fp_tests[] = {
    TEST(three_threads_keep_theirs, "three threads keep q0..q31, FPCR, FPSR over switches"),
    TEST(new_thread_begins_with_zero, "a thread's first FP registers are zero"),
    TEST(reused_tcb_begins_with_zero, "after the owner's death the next begins with zero"),
    TEST(disabled_fp_is_an_exception, "with FP disabled its use is a USER_EXCEPTION"),
    TEST(disabling_loses_no_state, "disabling and enabling FP keeps the registers"),
};
const struct group suite_fp_group = GROUP(fp_tests);

/* ---- Faults ---------------------------------------------------------------------------- */

#define HOLE 0x7100000000

static void fault_repeats_until_repaired(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    thread.arg[0] = HOLE;
    CHECK(thread_start(&thread, suite_read, &(struct thread_how){.priority = 150, .fault_ep = ep}));
    sys_recv(ep, &msg, reply);
    for (unsigned i = 0; i < 5; i++) { /* label 0 runs the instruction again */
        CHECK_EQUAL(kaal_msginfo_label(msg.info), KAAL_FAULT_VM);
        CHECK_EQUAL(msg.w[1], HOLE);
        msg = message(0, 0, 0, 0, 0, 0);
        sys_reply_recv(ep, &msg, reply);
    }
    CHECK(!thread.is_done);
}

static void fault_carries_the_badge(void)
{
    static struct thread threads[2];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    for (unsigned i = 0; i < 2; i++) {
        threads[i].arg[0] = HOLE;
        const kaal_cptr_t handler = make_badged(ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT, 0x700 + i);
        CHECK(thread_start(&threads[i], suite_read,
                           &(struct thread_how){.priority = 150, .fault_ep = handler}));
    }
    CHECK_EQUAL(sys_poll(ep, &msg), 0x700);
    CHECK_EQUAL(sys_poll(ep, &msg), 0x701);
}

static void handlers_of_a_passive_thread(void)
{
    /* The fault lends the context to a handler without one. */
    static struct thread handler;
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    handler.arg[0] = ep;
    CHECK(thread_start(&handler, suite_serve, &(struct thread_how){.priority = 160}));
    CHECK(suite_make_passive(&handler));
    thread.arg[0] = HOLE;
    CHECK(thread_start(&thread, suite_read,
                       &(struct thread_how){
                           .priority = 50, .budget_us = 500, .period_us = 100000, .fault_ep = ep}));
    test_sleep_ms(2);
    CHECK(handler.result[0] > 0); /* it ran, and only on the context of the fault */
    CHECK(!thread.is_done);
}

static void brk_it(struct thread *self)
{
    __asm__ volatile("brk #7" : : : "memory");
    self->result[0] = 1;
}

static void exception_sets_pc_sp_pstate(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    CHECK_EQUAL(suite_fault_of(&thread, brk_it, reply, &msg), KAAL_FAULT_USER_EXCEPTION);
    CHECK_EQUAL(msg.w[3] >> 26, 0x3c); /* BRK from AArch64 */
    CHECK_EQUAL(msg.w[3] & 0xffff, 7);
    CHECK_EQUAL(msg.w[1] % 16, 0);
    msg = message(0, 3, msg.w[0] + 4, msg.w[1], ~(kaal_word_t)0, 0);
    sys_send(reply, &msg);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], 1);
}

/* result 0: info. */
static void handler_info(struct thread *self)
{
    struct kaal_msg msg;
    sys_wait(self->arg[0], &msg);
    self->result[0] = msg.info;
    self->result[1] = msg.w[3];
}

static void handler_without_buffer(void)
{
    static struct thread handler;
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    handler.arg[0] = ep;
    CHECK(thread_start(&handler, handler_info, &stopped));
    CHECK_OK(sys_tcb_configure(handler.tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE, 0, 0));
    CHECK_OK(sys_tcb_resume(handler.tcb));
    thread.arg[0] = KAAL_ROOT_TCB;
    CHECK(thread_start(&thread, suite_wait_once,
                       &(struct thread_how){.priority = 140, .fault_ep = ep}));
    CHECK_EQUAL(handler.result[0], kaal_msginfo(KAAL_FAULT_CAP, 0, 4));
    CHECK_EQUAL(handler.result[1], KAAL_LOOKUP_MISSING_CAP);
}

static void misaligned_pc(struct thread *self)
{
    (void)self;
    ((void (*)(void))((kaal_word_t)&suite_spin + 2))();
}

static void bad_pc_and_sp_are_user_faults(void)
{
    static struct thread threads[4];
    static const kaal_word_t bad[] = {0xffff000000000000, 0x0001000000000000, ~(kaal_word_t)0 - 3};
    struct kaal_msg msg;
    CHECK_EQUAL(suite_fault_of(&threads[0], misaligned_pc, 0, &msg), KAAL_FAULT_USER_EXCEPTION);
    for (unsigned i = 0; i < 3; i++) {
        const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
        const struct kaal_registers regs = {.pc = bad[i], .sp = bad[i]};
        CHECK(thread_start(
            &threads[i + 1], suite_spin,
            &(struct thread_how){.priority = 150, .fault_ep = ep, .is_stopped = true}));
        CHECK_OK(sys_tcb_write_registers(threads[i + 1].tcb, 1, 2, &regs));
        sys_poll(ep, &msg);
        CHECK(kaal_msginfo_label(msg.info) == KAAL_FAULT_VM ||
              kaal_msginfo_label(msg.info) == KAAL_FAULT_USER_EXCEPTION);
    }
}

static void suspended_with_a_fault(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    thread.arg[0] = HOLE;
    CHECK(thread_start(&thread, suite_read, &(struct thread_how){.priority = 150, .fault_ep = ep}));
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    CHECK_EQUAL(sys_poll(ep, &msg), 0);
    CHECK_EQUAL(msg.info, 0);
    CHECK_OK(sys_tcb_resume(thread.tcb)); /* it faults anew */
    sys_poll(ep, &msg);
    CHECK_EQUAL(kaal_msginfo_label(msg.info), KAAL_FAULT_VM);
}

static void fault_endpoint_can_be_replaced(void)
{
    static struct thread thread;
    const kaal_cptr_t old = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t fresh = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    thread.arg[0] = HOLE;
    CHECK(thread_start(&thread, suite_read,
                       &(struct thread_how){.priority = 150, .fault_ep = old, .is_stopped = true}));
    CHECK_OK(sys_tcb_set_space(thread.tcb, fresh, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    sys_poll(old, &msg);
    CHECK_EQUAL(msg.info, 0);
    sys_poll(fresh, &msg);
    CHECK_EQUAL(kaal_msginfo_label(msg.info), KAAL_FAULT_VM);
}

static void revoked_handler_stops_the_thread(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_slot badged = slot_of(make_badged(ep, 15, 3));
    struct kaal_msg msg;
    thread.arg[0] = HOLE;
    CHECK(thread_start(
        &thread, suite_read,
        &(struct thread_how){.priority = 150, .fault_ep = badged.index, .is_stopped = true}));
    CHECK_OK(sys_cnode_revoke(&badged)); /* the thread's own capability was derived from it */
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_EQUAL(sys_poll(ep, &msg), 0);
    CHECK_EQUAL(msg.info, 0);
    CHECK(!thread.is_done);
}

static const struct test fault_tests[] = {
    TEST(fault_repeats_until_repaired, "an answer without a repair repeats the fault"),
    TEST(fault_carries_the_badge, "a fault carries the badge of its endpoint capability"),
    TEST(handlers_of_a_passive_thread, "a fault lends its context to a passive handler"),
    TEST(exception_sets_pc_sp_pstate, "an exception's handler sets pc, sp and flags"),
    TEST(handler_without_buffer, "a handler without IPC buffer gets four words"),
    TEST(bad_pc_and_sp_are_user_faults, "pc and sp of no user address fault in user space"),
    TEST(suspended_with_a_fault, "a suspended thread's fault is gone; resumed it faults anew"),
    TEST(fault_endpoint_can_be_replaced, "a fault goes to the endpoint set last"),
    TEST(revoked_handler_stops_the_thread, "with its endpoint revoked a fault stops the thread"),
};
const struct group suite_fault_group = GROUP(fault_tests);
