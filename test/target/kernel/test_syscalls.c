/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

/* A check that does not hold fails its test. */
static void checks_can_fail(void)
{
    CHECK(!TEST_PLANTED_FAULT);
}

/* Polling an idle notification returns 0 at once. */
static void poll_returns_nothing(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    struct kaal_msg msg = {.info = 77};
    CHECK_EQUAL(sys_poll(ntfn, &msg), 0);
    CHECK_EQUAL(msg.info, 0);
}

/* A non-blocking receive without a sender returns badge 0, empty message. */
static void nbrecv_returns_nothing(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    CHECK_EQUAL(sys_nbrecv(ep, &msg, reply), 0);
    CHECK_EQUAL(msg.info, 0);
}

/* A non-blocking send without a receiver is dropped, not kept. */
static void nbsend_is_dropped(void)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t badged = make_badged(ep, KAAL_RIGHTS_ALL, 5);
    const struct kaal_msg sent = message(1, 1, 9, 0, 0, 0);
    struct kaal_msg msg;
    sys_nbsend(badged, &sent);
    CHECK_EQUAL(sys_poll(ep, &msg), 0);
}

/* An invocation of an empty slot answers INVALID_CAPABILITY about capability 0. */
static void empty_slot_is_invalid(void)
{
    const kaal_cptr_t slot = empty_slot();
    CHECK_EQUAL(sys_tcb_suspend(slot), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 0);
}

/* An object refuses the calls of another object. */
static void wrong_object_is_refused(void)
{
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 4);
    CHECK_EQUAL(sys_tcb_suspend(cnode), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_page_unmap(KAAL_ROOT_CNODE), KAAL_ERR_ILLEGAL_OPERATION);
}

/* A message shorter than the call needs is refused before anything happens. */
static void short_message_is_refused(void)
{
    struct kaal_msg msg = {.info = kaal_msginfo(KAAL_INV_UNTYPED_RETYPE, 1, 5)};
    kaal_ipc_buffer()->caps_or_badges[0] = KAAL_ROOT_CNODE;
    sys_call(block_untyped(test_arena.block), &msg);
    CHECK_EQUAL(kaal_msginfo_label(msg.info), KAAL_ERR_TRUNCATED_MESSAGE);
    msg.info = kaal_msginfo(KAAL_INV_UNTYPED_RETYPE, 0, 6);
    sys_call(block_untyped(test_arena.block), &msg);
    CHECK_EQUAL(kaal_msginfo_label(msg.info), KAAL_ERR_TRUNCATED_MESSAGE);
}

/* System calls leave the callee-saved registers and x9-x18 as they were. */
static void registers_survive(void)
{
    kaal_word_t sum = 0;
    const kaal_word_t number = KAAL_SYS_YIELD;
    __asm__ volatile("mov x9, #1\n mov x10, #2\n mov x11, #4\n mov x12, #8\n"
                     "mov x13, #16\n mov x14, #32\n mov x15, #64\n mov x16, #128\n"
                     "mov x17, #256\n mov x19, #512\n mov x20, #1024\n mov x21, #2048\n"
                     "mov x0, %1\n svc #0\n"
                     "add x9, x9, x10\n add x9, x9, x11\n add x9, x9, x12\n"
                     "add x9, x9, x13\n add x9, x9, x14\n add x9, x9, x15\n"
                     "add x9, x9, x16\n add x9, x9, x17\n add x9, x9, x19\n"
                     "add x9, x9, x20\n add %0, x9, x21\n"
                     : "=r"(sum)
                     : "r"(number)
                     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                       "x12", "x13", "x14", "x15", "x16", "x17", "x19", "x20", "x21", "memory");
    CHECK_EQUAL(sum, 4095);
}

static void sender(struct thread *self)
{
    const struct kaal_msg msg = message(3, 1, self->arg[1], 0, 0, 0);
    sys_send(self->arg[0], &msg);
}

/* sys_nbsend_recv() and sys_nbsend_wait() send and receive in one call. */
static void send_and_receive_in_one(void)
{
    static struct thread helper;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    const kaal_cptr_t signal = make_badged(ntfn, KAAL_RIGHT_WRITE, 8);
    helper.arg[0] = make_badged(ep, KAAL_RIGHTS_ALL, 21);
    helper.arg[1] = 42;
    CHECK(thread_start(&helper, sender, &(struct thread_how){.priority = 150}));
    struct kaal_msg msg = message(0, 0, 0, 0, 0, 0);
    CHECK_EQUAL(sys_nbsend_recv(signal, ep, &msg, reply), 21);
    CHECK_EQUAL(msg.w[0], 42);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 8);
    msg = message(0, 0, 0, 0, 0, 0);
    CHECK_EQUAL(sys_nbsend_wait(signal, ntfn, &msg), 8);
}

static const struct test tests[] = {
    TEST(checks_can_fail, "a check that does not hold fails its test"),
    TEST(poll_returns_nothing, "polling an idle notification returns 0 at once"),
    TEST(nbrecv_returns_nothing,
         "a non-blocking receive without a sender returns badge 0, empty message"),
    TEST(nbsend_is_dropped, "a non-blocking send without a receiver is dropped, not kept"),
    TEST(empty_slot_is_invalid,
         "an invocation of an empty slot answers INVALID_CAPABILITY about capability 0"),
    TEST(wrong_object_is_refused, "an object refuses the calls of another object"),
    TEST(short_message_is_refused,
         "a message shorter than the call needs is refused before anything happens"),
    TEST(registers_survive,
         "system calls leave the callee-saved registers and x9-x18 as they were"),
    TEST(send_and_receive_in_one,
         "sys_nbsend_recv() and sys_nbsend_wait() send and receive in one call"),
};
const struct group syscall_group = GROUP(tests);
