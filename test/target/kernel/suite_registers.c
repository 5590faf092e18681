/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers: which ones system calls change (abi.md, "System calls"), the layout
 * of register messages, and unknown system calls.
 */
#include "suite.h"

#define OUTPUTS (1U << 0 | 1U << 1 | 1U << 3 | 1U << 4 | 1U << 5 | 1U << 6)

/* Make the call with all other registers filled. Returns whether none but
 * those of the set allowed differs afterwards. *after: all of them. */
static bool call_keeps(enum kaal_syscall number, kaal_cptr_t cap, kaal_word_t info,
                       kaal_cptr_t reply, kaal_cptr_t second, unsigned allowed,
                       struct suite_registers *after)
{
    struct suite_registers before;
    for (unsigned i = 0; i < 31; i++) {
        before.x[i] = 0x1111111111111111 * (i % 15) + i;
    }
    before.x[0] = number;
    before.x[1] = cap;
    before.x[2] = info;
    before.x[7] = reply;
    before.x[8] = second;
    *after = before;
    suite_svc(after);
    for (unsigned i = 0; i < 31; i++) {
        if ((allowed >> i & 1) == 0 && after->x[i] != before.x[i]) {
            test_fail_equal(__FILE__, __LINE__, "a register is kept", after->x[i], before.x[i]);
            return false;
        }
    }
    return true;
}

static void send_keeps_all(void)
{
    struct suite_registers after;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK(call_keeps(KAAL_SYS_SEND, ntfn, 0, 0, 0, 0, &after));
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, suite_wait_once, BELOW));
    CHECK(call_keeps(KAAL_SYS_SEND, ep, kaal_msginfo(5, 0, 4), 0, 0, 0, &after)); /* blocks */
}

static void nbsend_keeps_all(void)
{
    struct suite_registers after;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    static struct thread thread;
    CHECK(call_keeps(KAAL_SYS_NBSEND, ep, kaal_msginfo(5, 0, 4), 0, 0, 0, &after));
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, suite_wait_once, ABOVE));
    CHECK(call_keeps(KAAL_SYS_NBSEND, ep, kaal_msginfo(5, 0, 4), 0, 0, 0, &after));
    CHECK(thread.is_done);
}

static void yield_keeps_all(void)
{
    struct suite_registers after;
    CHECK(call_keeps(KAAL_SYS_YIELD, 0, 0, 0, 0, 0, &after));
}

static void invocation_keeps_the_rest(void)
{
    struct suite_registers after;
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    CHECK(call_keeps(KAAL_SYS_CALL, tcb, kaal_msginfo(KAAL_INV_TCB_SUSPEND, 0, 0), 0, 0, OUTPUTS,
                     &after));
    CHECK_EQUAL(after.x[0], kaal_msginfo(KAAL_OK, 0, 0));
}

static void call_keeps_the_rest(void)
{
    struct suite_registers after;
    static struct thread server;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    server.arg[0] = ep;
    CHECK(thread_start(&server, suite_serve, ABOVE));
    CHECK(call_keeps(KAAL_SYS_CALL, ep, kaal_msginfo(3, 0, 1), 0, 0, OUTPUTS, &after));
    CHECK_EQUAL(after.x[0], kaal_msginfo(0, 0, 1));
    CHECK_EQUAL(after.x[3], 0x3333333333333336 + 1);
}

/* A sender with badge 0x51, label 9 and word 77 waits at the endpoint. */
static kaal_cptr_t endpoint_with_sender(struct thread *thread)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    thread->arg[0] = make_badged(ep, KAAL_RIGHT_WRITE, 0x51);
    thread->arg[1] = 9;
    thread->arg[2] = 77;
    return thread_start(thread, suite_send_once, ABOVE) ? ep : 0;
}

static bool has_message(const struct suite_registers *after)
{
    return after->x[0] == kaal_msginfo(9, 0, 1) && after->x[1] == 0x51 && after->x[3] == 77;
}

static void receives_keep_the_rest(void)
{
    static const enum kaal_syscall calls[] = {KAAL_SYS_RECV, KAAL_SYS_NBRECV, KAAL_SYS_WAIT,
                                              KAAL_SYS_POLL};
    static struct thread threads[4];
    struct suite_registers after;
    for (unsigned i = 0; i < 4; i++) {
        const kaal_cptr_t ep = endpoint_with_sender(&threads[i]);
        CHECK(call_keeps(calls[i], ep, 0, make(KAAL_OBJ_REPLY, 0), 0, OUTPUTS, &after));
        CHECK(has_message(&after));
    }
}

static void receives_of_nothing_keep_the_rest(void)
{
    struct suite_registers after;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    CHECK(call_keeps(KAAL_SYS_NBRECV, ep, 0, make(KAAL_OBJ_REPLY, 0), 0, OUTPUTS, &after));
    CHECK_EQUAL(after.x[0], 0);
    CHECK_EQUAL(after.x[1], 0);
    CHECK(call_keeps(KAAL_SYS_POLL, make(KAAL_OBJ_NOTIFICATION, 0), 0, 0, 0, OUTPUTS, &after));
    CHECK_EQUAL(after.x[1], 0);
}

static void combined_calls_keep_the_rest(void)
{
    static struct thread threads[2];
    struct suite_registers after;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t first = endpoint_with_sender(&threads[0]);
    CHECK(
        call_keeps(KAAL_SYS_NBSEND_RECV, ntfn, 0, make(KAAL_OBJ_REPLY, 0), first, OUTPUTS, &after));
    CHECK(has_message(&after));
    const kaal_cptr_t second = endpoint_with_sender(&threads[1]);
    CHECK(call_keeps(KAAL_SYS_NBSEND_WAIT, ntfn, 0, 0, second, OUTPUTS, &after));
    CHECK(has_message(&after));
}

static void reply_recv_keeps_the_rest(void)
{
    static struct thread caller;
    static struct thread sender;
    struct suite_registers after;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    caller.arg[0] = ep;
    CHECK(thread_start(&caller, suite_call_once, ABOVE));
    sys_recv(ep, &msg, reply);
    const kaal_cptr_t next = endpoint_with_sender(&sender);
    CHECK(call_keeps(KAAL_SYS_REPLY_RECV, next, kaal_msginfo(0, 0, 1), reply, 0, OUTPUTS, &after));
    CHECK(has_message(&after));
    CHECK(caller.is_done);
}

static void signal_leaves_no_stale_words(void)
{
    struct suite_registers after;
    const kaal_cptr_t ntfn = make_badged(make(KAAL_OBJ_NOTIFICATION, 0), READ_WRITE, 0x30);
    sys_signal(ntfn);
    CHECK(call_keeps(KAAL_SYS_WAIT, ntfn, kaal_msginfo(1, 0, 4), 0, 0, OUTPUTS, &after));
    CHECK_EQUAL(after.x[1], 0x30);
    CHECK_EQUAL(kaal_msginfo_length(after.x[0]), 0);
}

/* ---- Register messages ------------------------------------------------------------- */

static const struct thread_how stopped = {.priority = 150, .is_stopped = true};

static void fill(struct kaal_registers *regs, kaal_word_t seed)
{
    kaal_word_t *words = (kaal_word_t *)regs;
    for (unsigned i = 0; i < KAAL_REGISTER_COUNT; i++) {
        words[i] = seed + 0x1000 * (i + 1);
    }
    regs->pstate = 0x60000000;
}

static void write_count_is_obeyed(void)
{
    static struct thread thread;
    struct kaal_registers base;
    struct kaal_registers next;
    struct kaal_registers out;
    CHECK(thread_start(&thread, suite_spin, &stopped));
    fill(&base, 0);
    fill(&next, 0x5000000);
    for (unsigned count = 0; count <= KAAL_REGISTER_COUNT; count++) {
        CHECK_OK(sys_tcb_write_registers(thread.tcb, 0, KAAL_REGISTER_COUNT, &base));
        CHECK_OK(sys_tcb_write_registers(thread.tcb, 0, count, &next));
        CHECK_OK(sys_tcb_read_registers(thread.tcb, 0, KAAL_REGISTER_COUNT, &out));
        for (unsigned i = 0; i < KAAL_REGISTER_COUNT; i++) {
            CHECK_EQUAL(((kaal_word_t *)&out)[i], ((kaal_word_t *)(i < count ? &next : &base))[i]);
        }
    }
}

static void counts_are_checked(void)
{
    static struct thread thread;
    struct kaal_registers regs = {0};
    kaal_word_t words[4] = {0, 36};
    CHECK(thread_start(&thread, suite_spin, &stopped));
    CHECK_EQUAL(sys_tcb_read_registers(thread.tcb, 0, 36, &regs), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(sys_tcb_read_registers(thread.tcb, 0, 0, &regs), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[1], 1);
    CHECK_EQUAL(kaal_err_detail()[2], 35);
    CHECK_EQUAL(suite_invoke(thread.tcb, KAAL_INV_TCB_WRITE_REGISTERS, 0, 2, words, NULL),
                KAAL_ERR_RANGE);
    words[1] = 3;
    CHECK_EQUAL(suite_invoke(thread.tcb, KAAL_INV_TCB_WRITE_REGISTERS, 0, 4, words, NULL),
                KAAL_ERR_TRUNCATED_MESSAGE);
    words[0] = 2;
    CHECK_EQUAL(suite_invoke(thread.tcb, KAAL_INV_TCB_WRITE_REGISTERS, 0, 2, words, NULL),
                KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 0);
}

static void only_flags_of_pstate_are_written(void)
{
    static struct thread thread;
    struct kaal_registers in = {0};
    struct kaal_registers out;
    CHECK(thread_start(&thread, suite_spin, &stopped));
    for (unsigned bit = 0; bit < 64; bit++) {
        in.pstate = (kaal_word_t)1 << bit;
        CHECK_OK(sys_tcb_write_registers(thread.tcb, 0, 3, &in));
        CHECK_OK(sys_tcb_read_registers(thread.tcb, 0, 3, &out));
        CHECK_EQUAL(out.pstate, in.pstate & 0xf0000000);
    }
}

static void read_can_suspend(void)
{
    static struct thread thread;
    struct kaal_registers regs;
    CHECK(thread_start(&thread, suite_spin, BELOW));
    test_sleep_ms(1);
    CHECK_OK(sys_tcb_read_registers(thread.tcb, 1, 1, &regs));
    const kaal_word_t count = thread.result[0];
    test_sleep_ms(1);
    CHECK_EQUAL(thread.result[0], count);
    CHECK(count > 0);
}

static void copy_registers(kaal_word_t flags, unsigned from, unsigned to)
{
    static struct thread source;
    static struct thread target;
    struct kaal_registers a;
    struct kaal_registers b;
    struct kaal_registers out;
    CHECK(thread_start(&source, suite_spin, &stopped));
    CHECK(thread_start(&target, suite_spin, &stopped));
    fill(&a, 0x7000000);
    fill(&b, 0);
    b.pstate = 0x10000000;
    CHECK_OK(sys_tcb_write_registers(source.tcb, 0, KAAL_REGISTER_COUNT, &a));
    CHECK_OK(sys_tcb_write_registers(target.tcb, 0, KAAL_REGISTER_COUNT, &b));
    kaal_set_cap(0, source.tcb);
    CHECK_OK(suite_invoke(target.tcb, KAAL_INV_TCB_COPY_REGISTERS, 1, 1, &flags, NULL));
    CHECK_OK(sys_tcb_read_registers(target.tcb, 0, KAAL_REGISTER_COUNT, &out));
    for (unsigned i = 0; i < KAAL_REGISTER_COUNT; i++) {
        const int x = (int)i - 3; /* its number, if it is an x */
        const bool is_frame = x < 0 || x <= 8 || (x >= 16 && x <= 18) || x == 29 || x == 30;
        const bool is_copied = is_frame ? from == 1 || to == 1 : from == 2 || to == 2;
        CHECK_EQUAL(((kaal_word_t *)&out)[i], ((kaal_word_t *)(is_copied ? &a : &b))[i]);
    }
}

static void copy_registers_copies_frame(void)
{
    copy_registers(4, 1, 0);
}

static void copy_registers_copies_integers(void)
{
    copy_registers(8, 2, 0);
}

static void copy_registers_copies_all(void)
{
    copy_registers(12, 1, 2);
}

static kaal_err_t copy_from(kaal_cptr_t target, kaal_cptr_t source, kaal_word_t flags)
{
    kaal_set_cap(0, source);
    return suite_invoke(target, KAAL_INV_TCB_COPY_REGISTERS, 1, 1, &flags, NULL);
}

static void copy_registers_is_checked(void)
{
    static struct thread thread;
    const kaal_cptr_t target = make(KAAL_OBJ_TCB, 0);
    CHECK(thread_start(&thread, suite_spin, &stopped));
    CHECK_EQUAL(copy_from(target, thread.tcb, 16), KAAL_ERR_RANGE);
    CHECK_EQUAL(copy_from(thread.tcb, KAAL_ROOT_TCB, 0), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(copy_from(KAAL_ROOT_TCB, thread.tcb, 0), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(copy_from(thread.tcb, KAAL_ROOT_CNODE, 0), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
}

static void copy_registers_stops_and_starts(void)
{
    static struct thread source;
    static struct thread target;
    const kaal_word_t flags = 3;
    CHECK(thread_start(&source, suite_spin, BELOW));
    CHECK(thread_start(&target, suite_spin, &(struct thread_how){.priority = 50, .is_stopped = 1}));
    test_sleep_ms(1);
    const kaal_word_t before = source.result[0];
    CHECK(before > 0);
    kaal_set_cap(0, source.tcb);
    CHECK_OK(suite_invoke(target.tcb, KAAL_INV_TCB_COPY_REGISTERS, 1, 1, &flags, NULL));
    test_sleep_ms(1);
    CHECK_EQUAL(source.result[0], before);
    CHECK(target.result[0] > 0);
}

static const struct test tests[] = {
    TEST(send_keeps_all, "send changes no register, blocking or not"),
    TEST(nbsend_keeps_all, "nbsend changes no register, received or not"),
    TEST(yield_keeps_all, "yield changes no register"),
    TEST(invocation_keeps_the_rest, "an invocation changes x0, x1 and x3..x6 only"),
    TEST(call_keeps_the_rest, "a call changes x0, x1 and x3..x6 only"),
    TEST(receives_keep_the_rest, "recv, nbrecv, wait and poll change those only"),
    TEST(receives_of_nothing_keep_the_rest, "nbrecv and poll of nothing give badge 0, info 0"),
    TEST(combined_calls_keep_the_rest, "nbsend_recv and nbsend_wait change those only"),
    TEST(reply_recv_keeps_the_rest, "reply_recv changes those only"),
    TEST(signal_leaves_no_stale_words, "a signal arrives as an empty message with its badge"),
    TEST(write_count_is_obeyed, "WriteRegisters writes count registers, for every count"),
    TEST(counts_are_checked, "counts and flags of register calls are checked"),
    TEST(only_flags_of_pstate_are_written, "of 64 bits of pstate the four flags can be set"),
    TEST(read_can_suspend, "ReadRegisters can stop the thread first"),
    TEST(copy_registers_copies_frame, "CopyRegisters copies the frame registers alone"),
    TEST(copy_registers_copies_integers, "CopyRegisters copies the integer registers alone"),
    TEST(copy_registers_copies_all, "CopyRegisters copies all registers"),
    TEST(copy_registers_is_checked, "CopyRegisters checks flags, own thread and type"),
    TEST(copy_registers_stops_and_starts, "CopyRegisters suspends source, resumes target"),
};
const struct group suite_register_group = GROUP(tests);

/* ---- Unknown system calls ------------------------------------------------------------ */

/* Makes system call after system call with the number that it is told in x1. */
static void unknown_calls(struct thread *self)
{
    (void)self;
    __asm__ volatile("1: mov x0, x1\n svc #0\n b 1b" : : : "x0", "x1", "memory");
}

/* Every number of the list faults with it, and the answer goes on to the next. */
static bool faults_for(struct kaal_msg *msg, kaal_cptr_t ep, kaal_cptr_t reply, kaal_word_t number)
{
    kaal_msg_set(msg, 1, number); /* x1 for the next round */
    kaal_msg_set(msg, 31, kaal_msg_get(msg, 31) + 4);
    msg->info = kaal_msginfo(0, 0, 34);
    sys_reply_recv(ep, msg, reply);
    return msg->info == kaal_msginfo(KAAL_FAULT_UNKNOWN_SYSCALL, 0, 35) &&
           kaal_msg_get(msg, 34) == number && msg->w[0] == number;
}

static bool is_known(kaal_word_t number)
{
    return (number >= KAAL_SYS_CALL && number <= KAAL_SYS_YIELD) ||
           (test_kernel_is_debug && number >= 64 && number < 80);
}

static void all_numbers_fault(void)
{
    static struct thread thread;
    static const kaal_word_t big[] = {
        0x10000,     0x10001,     0x80000000,         0xffffffff,
        0x100000001, 0x100000003, 0x8000000000000003, ~(kaal_word_t)0};
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    const kaal_word_t step = TEST_LONG ? 1 : 61;
    struct kaal_msg msg;
    CHECK(thread_start(&thread, unknown_calls,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    struct kaal_registers start;
    CHECK_OK(sys_tcb_set_space(thread.tcb, ep, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE));
    CHECK_OK(sys_tcb_read_registers(thread.tcb, 0, KAAL_REGISTER_COUNT, &start));
    start.pc = (kaal_word_t)&unknown_calls;
    start.x[1] = 0;
    CHECK_OK(sys_tcb_write_registers(thread.tcb, 1, KAAL_REGISTER_COUNT, &start));
    sys_recv(ep, &msg, reply);
    CHECK_EQUAL(kaal_msg_get(&msg, 34), 0);
    for (kaal_word_t number = 12; number < 0x10000; number += number < 256 ? 1 : step) {
        CHECK(is_known(number) || faults_for(&msg, ep, reply, number));
    }
    for (unsigned i = 0; i < 8; i++) {
        CHECK(faults_for(&msg, ep, reply, big[i]));
    }
}

static void probe(struct thread *self)
{
    struct suite_registers regs;
    for (unsigned i = 0; i < 31; i++) {
        regs.x[i] = 0x100 + i;
    }
    regs.x[0] = 4711;
    suite_svc(&regs);
    self->result[0] = 1;
    for (unsigned i = 0; i < 31; i++) {
        self->result[0] = regs.x[i] == 0x900 + i ? self->result[0] : 2;
    }
}

static void all_registers_are_shown_and_set(void)
{
    static struct thread thread;
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    CHECK_EQUAL(suite_fault_of(&thread, probe, reply, &msg), KAAL_FAULT_UNKNOWN_SYSCALL);
    CHECK_EQUAL(kaal_msg_get(&msg, 0), 4711);
    for (unsigned i = 1; i < 31; i++) {
        CHECK_EQUAL(kaal_msg_get(&msg, i), 0x100 + i);
    }
    for (unsigned i = 0; i < 31; i++) {
        kaal_msg_set(&msg, i, 0x900 + i);
    }
    kaal_msg_set(&msg, 31, kaal_msg_get(&msg, 31) + 4);
    msg.info = kaal_msginfo(0, 0, 34);
    sys_send(reply, &msg);
    CHECK_EQUAL(thread.result[0], 1);
}

static void answer_cannot_raise_privilege(void)
{
    static struct thread thread;
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_registers regs;
    struct kaal_msg msg;
    CHECK_EQUAL(suite_fault_of(&thread, probe, reply, &msg), KAAL_FAULT_UNKNOWN_SYSCALL);
    kaal_msg_set(&msg, 33, ~(kaal_word_t)0);
    kaal_msg_set(&msg, 31, (kaal_word_t)&suite_wait_loop);
    kaal_msg_set(&msg, 0, (kaal_word_t)&thread);
    thread.arg[0] = make(KAAL_OBJ_NOTIFICATION, 0);
    msg.info = kaal_msginfo(0, 0, 34);
    sys_send(reply, &msg);
    CHECK_OK(sys_tcb_read_registers(thread.tcb, 1, 3, &regs));
    CHECK_EQUAL(regs.pstate & ~(kaal_word_t)0xf0000000, 0);
}

static void short_answer_sets_some(void)
{
    static struct thread thread;
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    CHECK_EQUAL(suite_fault_of(&thread, probe, reply, &msg), KAAL_FAULT_UNKNOWN_SYSCALL);
    /* No word: x0 is still 4711, so the same call is made again. */
    msg.info = kaal_msginfo(0, 0, 0);
    sys_send(reply, &msg);
    CHECK(!thread.is_done);
    struct kaal_registers regs;
    CHECK_OK(sys_tcb_read_registers(thread.tcb, 1, KAAL_REGISTER_COUNT, &regs));
    CHECK_EQUAL(regs.x[0], 4711);
    CHECK_EQUAL(regs.x[30], 0x100 + 30);
}

static const struct test unknown_tests[] = {
    TEST(all_numbers_fault, "every system call number that is none faults with that number"),
    TEST(all_registers_are_shown_and_set, "the handler sees and sets x0..x30"),
    TEST(answer_cannot_raise_privilege, "a handler's pstate is harmless"),
    TEST(short_answer_sets_some, "an answer without words makes the call again"),
};
const struct group suite_unknown_call_group = GROUP(unknown_tests);
