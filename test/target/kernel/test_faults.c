/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

#include <kaal/broker/mapping.h>

/* Far from everything else; nothing is mapped there. */
#define HOLE 0x7100000000

/* Start thread with a fault handler; its first fault is in *msg. */
static bool first_fault(struct thread *thread, void (*entry)(struct thread *), kaal_cptr_t reply,
                        struct kaal_msg *msg)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t handler = make_badged(ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY, 0xbad);
    return ep != 0 && handler != 0 &&
           thread_start(thread, entry,
                        &(struct thread_how){.priority = 150, .fault_ep = handler}) &&
           sys_nbrecv(ep, msg, reply) == 0xbad;
}

static void read_at(struct thread *self)
{
    self->result[0] = *(volatile kaal_word_t *)self->arg[0];
}

static void write_at(struct thread *self)
{
    *(volatile kaal_word_t *)self->arg[0] = 1;
}

static void jump_to(struct thread *self)
{
    ((void (*)(void))self->arg[0])();
}

static void check_vm(void (*entry)(struct thread *), kaal_word_t address, enum kaal_access access)
{
    static struct thread thread;
    struct kaal_msg msg;
    thread.arg[0] = address;
    CHECK(first_fault(&thread, entry, make(KAAL_OBJ_REPLY, 0), &msg));
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_VM, 0, 4));
    const struct kaal_vm_fault fault = kaal_fault_vm(&msg);
    CHECK_EQUAL(fault.address, address);
    CHECK_EQUAL(fault.access, access);
    CHECK((access == KAAL_ACCESS_FETCH) == (fault.pc == address));
    CHECK(!thread.is_done);
}

/* A read, a write and a jump to nowhere say what they were, and where. */
static void vm_faults_say_what_and_where(void)
{
    check_vm(read_at, HOLE + 8, KAAL_ACCESS_READ);
    check_vm(write_at, HOLE + 16, KAAL_ACCESS_WRITE);
    check_vm(jump_to, HOLE + 32, KAAL_ACCESS_FETCH);
    check_vm(read_at, 0, KAAL_ACCESS_READ);
}

/* The kernel's memory faults like any other that is not the thread's. */
static void kernel_memory_faults(void)
{
    check_vm(read_at, 0xffffffff80000000, KAAL_ACCESS_READ);
    check_vm(write_at, 0xffffffff80000000, KAAL_ACCESS_WRITE);
    check_vm(jump_to, 0xffffffff80000000, KAAL_ACCESS_FETCH);
    check_vm(read_at, 0xffff000040000000, KAAL_ACCESS_READ);
    check_vm(read_at, 0xffffffffc0000000, KAAL_ACCESS_READ);
}

/* Code is not writable, data and stack are not executable. */
static void write_and_execute_exclude_each_other(void)
{
    static volatile kaal_word_t data;
    check_vm(write_at, (kaal_word_t)&read_at & ~(kaal_word_t)7, KAAL_ACCESS_WRITE);
    check_vm(jump_to, (kaal_word_t)&data, KAAL_ACCESS_FETCH);
}

/* After the handler has mapped the page and answered, the access succeeds. */
static void handler_can_repair(void)
{
    static struct thread thread;
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    static const kaal_word_t pattern = 0x123456789abcdef0;
    struct kaal_msg msg;
    thread.arg[0] = HOLE + 8;
    CHECK_OK(copy_to_page(page, 8, &pattern, sizeof(pattern), 0));
    CHECK(first_fault(&thread, read_at, reply, &msg));
    CHECK_OK(map_page(&test_arena, page, KAAL_ROOT_VSPACE, HOLE, KAAL_RIGHT_READ, KAAL_MAP_CACHED));
    msg = message(0, 0, 0, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], pattern);
}

/* An answer with a label leaves the thread stopped. */
static void handler_can_refuse(void)
{
    static struct thread thread;
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    thread.arg[0] = HOLE;
    CHECK(first_fault(&thread, read_at, reply, &msg));
    msg = message(1, 0, 0, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK(!thread.is_done);
    struct kaal_registers regs;
    CHECK_OK(sys_tcb_read_registers(thread.tcb, 0, 1, &regs));
}

/* x0 is the number, x9 and x10 travel along. */
static void strange_syscall(struct thread *self)
{
    register kaal_word_t x0 __asm__("x0") = 999;
    register kaal_word_t x9 __asm__("x9") = 0x99;
    register kaal_word_t x10 __asm__("x10") = 0xaa;
    __asm__ volatile("svc #0" : "+r"(x0), "+r"(x9), "+r"(x10) : : "memory");
    self->result[0] = x0;
    self->result[1] = x9;
}

/* An unknown system call goes to the handler, which can emulate it. */
static void unknown_syscall_is_emulated(void)
{
    static struct thread thread;
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    CHECK(first_fault(&thread, strange_syscall, reply, &msg));
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_UNKNOWN_SYSCALL, 0, 35));
    CHECK_EQUAL(kaal_msg_get(&msg, 34), 999);
    CHECK_EQUAL(kaal_msg_get(&msg, 9), 0x99);
    CHECK_EQUAL(kaal_msg_get(&msg, 10), 0xaa);
    kaal_msg_set(&msg, 0, 4242);
    kaal_msg_set(&msg, 9, 4343);
    /* Word 31 is the address of the svc: the handler moves it on. */
    kaal_msg_set(&msg, 31, kaal_msg_get(&msg, 31) + 4);
    msg.info = kaal_msginfo(0, 0, 32);
    sys_send(reply, &msg);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], 4242);
    CHECK_EQUAL(thread.result[1], 4343);
}

static void undefined(struct thread *self)
{
    __asm__ volatile("udf #0" : : : "memory");
    self->result[0] = 1;
}

/* An undefined instruction goes to the handler, which can skip it. */
static void exception_is_skipped(void)
{
    static struct thread thread;
    const kaal_cptr_t reply = make(KAAL_OBJ_REPLY, 0);
    struct kaal_msg msg;
    CHECK(first_fault(&thread, undefined, reply, &msg));
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_USER_EXCEPTION, 0, 4));
    CHECK_EQUAL(msg.w[3] >> 26, 0);
    msg = message(0, 1, msg.w[0] + 4, 0, 0, 0);
    sys_send(reply, &msg);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], 1);
}

/* Reading a privileged register is an exception, not a way in. */
static void privileged(struct thread *self)
{
    kaal_word_t value;
    __asm__ volatile("mrs %0, ttbr0_el1" : "=r"(value));
    self->result[0] = value;
}

static void privileged_register_faults(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    CHECK(first_fault(&thread, privileged, make(KAAL_OBJ_REPLY, 0), &msg));
    CHECK_EQUAL(kaal_msginfo_label(msg.info), KAAL_FAULT_USER_EXCEPTION);
    CHECK(!thread.is_done);
}

/* A receive from what cannot be received from is a capability fault. */
static void receive_from_nothing(struct thread *self)
{
    struct kaal_msg msg;
    sys_recv(self->arg[0], &msg, self->reply);
}

static void bad_receive_faults(void)
{
    static struct thread thread;
    struct kaal_msg msg;
    thread.arg[0] = empty_slot();
    CHECK(first_fault(&thread, receive_from_nothing, make(KAAL_OBJ_REPLY, 0), &msg));
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_CAP, 0, 5));
    CHECK_EQUAL(msg.w[1], thread.arg[0]);
    CHECK_EQUAL(msg.w[2], 1);
}

/* A fault without a handler stops that thread and nothing else. */
static void no_handler_stops_the_thread(void)
{
    static struct thread thread;
    thread.arg[0] = HOLE;
    CHECK(thread_start(&thread, read_at, &(struct thread_how){.priority = 150}));
    CHECK(!thread.is_done);
    test_sleep_ms(2);
    CHECK(!thread.is_done);
}

static const struct test tests[] = {
    TEST(vm_faults_say_what_and_where,
         "a read, a write and a jump to nowhere say what they were, and where"),
    TEST(kernel_memory_faults,
         "the kernel's memory faults like any other that is not the thread's"),
    TEST(write_and_execute_exclude_each_other,
         "code is not writable, data and stack are not executable"),
    TEST(handler_can_repair,
         "after the handler has mapped the page and answered, the access succeeds"),
    TEST(handler_can_refuse, "an answer with a label leaves the thread stopped"),
    TEST(unknown_syscall_is_emulated,
         "an unknown system call goes to the handler, which can emulate it"),
    TEST(exception_is_skipped, "an undefined instruction goes to the handler, which can skip it"),
    TEST(privileged_register_faults, "reading a privileged register is an exception"),
    TEST(bad_receive_faults, "a receive from an empty slot is a capability fault"),
    TEST(no_handler_stops_the_thread,
         "a fault without a handler stops that thread and nothing else"),
};
const struct group fault_group = GROUP(tests);
