/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of debug kernels; in release kernels, that there are none. */
#include "framework.h"

static void debug_flag_tells_the_kernel(void)
{
    CHECK_EQUAL((test_bootinfo->flags & KAAL_BOOTINFO_DEBUG) != 0, test_kernel_is_debug);
}

static void faulty(struct thread *self)
{
    (void)self;
    *(volatile char *)8 = 0;
}

/* kaal expect looks for the lines that this prints. */
static void debug_calls_print(void)
{
    static struct thread thread;
    if (!test_kernel_is_debug) {
        return;
    }
    CHECK(thread_start(&thread, faulty, &(struct thread_how){.priority = 50, .is_stopped = true}));
    CHECK(kaal_debug_name(thread.tcb, "wor\nker"));
    kaal_debug_threads();
    kaal_debug_sched();
    CHECK(kaal_debug_caps(thread.tcb));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    test_sleep_ms(5);
}

static void debug_calls_refuse_what_is_no_thread(void)
{
    if (!test_kernel_is_debug) {
        return;
    }
    CHECK(!kaal_debug_name(KAAL_ROOT_CNODE, "x"));
    CHECK(!kaal_debug_name(KAAL_ROOT_NULL, "x"));
    CHECK(!kaal_debug_name(~(kaal_cptr_t)0, "x"));
    CHECK(!kaal_debug_caps(KAAL_ROOT_VSPACE));
    CHECK(kaal_debug_name(KAAL_ROOT_TCB, "tests"));
}

static void caller(struct thread *self)
{
    struct kaal_msg msg = {0};
    kaal_svc((enum kaal_syscall)self->arg[0], KAAL_ROOT_TCB, &msg, 0, 0);
    self->result[0] = 1;
}

/* Each is an UNKNOWN_SYSCALL fault in a release kernel, and only there. */
static void debug_calls_are_not_in_release(void)
{
    for (kaal_word_t number = KAAL_SYS_DEBUG_CHECK; number <= KAAL_SYS_DEBUG_SCHED + 1; number++) {
        static struct thread thread;
        struct kaal_msg msg;
        const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
        const bool exists = test_kernel_is_debug && number <= KAAL_SYS_DEBUG_SCHED;
        if (exists && number != KAAL_SYS_DEBUG_CHECK) {
            continue; /* seen above */
        }
        thread.arg[0] = number;
        CHECK(thread_start(&thread, caller, &(struct thread_how){.priority = 200, .fault_ep = ep}));
        CHECK_EQUAL(thread.result[0], exists);
        (void)sys_poll(ep, &msg);
        if (!exists) {
            CHECK_EQUAL(kaal_msginfo_label(msg.info), KAAL_FAULT_UNKNOWN_SYSCALL);
        }
    }
}

static const struct test tests[] = {
    TEST(debug_flag_tells_the_kernel, "the framework knows which kernel this is"),
    TEST(debug_calls_print, "kaal expect looks for the lines that this prints"),
    TEST(debug_calls_refuse_what_is_no_thread, "debug calls about a thread refuse what is none"),
    TEST(debug_calls_are_not_in_release,
         "each is an UNKNOWN_SYSCALL fault in a release kernel, and only there"),
};
const struct group debug_group = GROUP(tests);
