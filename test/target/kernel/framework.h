/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of the kernel, run on the machine by a root task of their own.
 *
 * A test is a function without arguments that makes what it needs and CHECKs.
 * Everything it makes comes from an arena that is destroyed behind it, so it
 * never tidies up; the framework then checks that all memory has come back
 * and, on debug kernels, that the kernel's invariants hold.
 *
 * A failed CHECK ends the test. CHECK works in the test's own thread only:
 * helper threads leave results in variables, which the test looks at.
 */
#pragma once
#include <kaal/kaal.h>
#include <stdbool.h>

#include <kaal/broker/memory.h>

/* ---- Groups: one file each --------------------------------------------------- */

struct test {
    const char *name;
    const char *purpose; /* one line; NULL: the name says it */
    void (*run)(void);
};

/* TEST(function, "purpose") or TEST(function). */
#define TEST(...)                        TEST_EITHER(__VA_ARGS__, NULL, 0)
#define TEST_EITHER(function, text, ...) {.name = #function, .purpose = (text), .run = (function)}

#define TEST_NAMED(title, function, text) {.name = (title), .purpose = (text), .run = (function)}

struct group {
    const struct test *tests;
    unsigned count;
};

#define GROUP(array) {.tests = (array), .count = sizeof(array) / sizeof((array)[0])}

/* The groups, in order, with the names they are printed with; framework.c. A
 * name may stand for several of them in a row. */
extern const struct group syscall_group, cnode_group, untyped_group, ipc_group, reply_group,
    notification_group, tcb_group, fault_group, scheduling_group, vspace_group, irq_group,
    cache_group, fp_group, debug_group;
extern const struct group suite_syscall_group, suite_unknown_call_group, suite_register_group,
    suite_cnode_group, suite_cspace_group, suite_retype_group, suite_ipc_group, suite_rights_group,
    suite_cancel_group, suite_bind_group, suite_notification_group, suite_interrupt_group,
    suite_scheduling_group, suite_sched_context_group, suite_timeout_group, suite_domain_group,
    suite_fault_group, suite_fp_group, suite_frame_group, suite_table_group, suite_vspace_group,
    suite_cache_group, suite_preempt_group, suite_thread_group, suite_tls_group,
    suite_regress_group;

/* Only tests whose "group.name" begins with this are run. */
#ifndef TEST_ONLY
#define TEST_ONLY ""
#endif

/* Nightly: the full counts. */
#ifndef TEST_LONG
#define TEST_LONG 0
#endif

/* A twin of this program has one test that fails, to show that it can. */
#ifndef TEST_PLANTED_FAULT
#define TEST_PLANTED_FAULT 0
#endif

/* ---- Inside a test ------------------------------------------------------------- */

#define CHECK(expression)                               \
    do {                                                \
        if (!(expression)) {                            \
            test_fail(__FILE__, __LINE__, #expression); \
            return;                                     \
        }                                               \
    } while (0)

/* Both are printed when they differ. */
#define CHECK_EQUAL(left, right)                                                     \
    do {                                                                             \
        const kaal_word_t left_ = (kaal_word_t)(left);                               \
        const kaal_word_t right_ = (kaal_word_t)(right);                             \
        if (left_ != right_) {                                                       \
            test_fail_equal(__FILE__, __LINE__, #left " == " #right, left_, right_); \
            return;                                                                  \
        }                                                                            \
    } while (0)

#define CHECK_OK(call) CHECK_EQUAL(call, KAAL_OK)

void test_fail(const char *file, int line, const char *expression);
void test_fail_equal(const char *file, int line, const char *expression, kaal_word_t left,
                     kaal_word_t right);

/* The priority of the thread that runs the tests. */
enum { TEST_PRIORITY = 100 };

/* Is this a debug kernel, with the calls of abi/syscalls.def that only it has? */
extern bool test_kernel_is_debug;

/* The boot information of this root task. */
extern const struct kaal_bootinfo *test_bootinfo;

/* Objects of the test's arena. 0: it failed, which fails the test too. */
extern struct arena test_arena;
kaal_cptr_t make(enum kaal_object_type type, unsigned size_bits);
kaal_cptr_t make_badged(kaal_cptr_t cap, kaal_word_t rights, kaal_badge_t badge);

/* An empty slot of the root CNode. */
kaal_cptr_t empty_slot(void);

/* A reply of no words, or a message of up to four. */
struct kaal_msg message(kaal_word_t label, unsigned length, kaal_word_t w0, kaal_word_t w1,
                        kaal_word_t w2, kaal_word_t w3);

/* ---- Threads --------------------------------------------------------------------- */

enum { MAX_THREADS = 40 };

struct thread {
    kaal_cptr_t tcb;
    kaal_cptr_t sc;    /* 0: passive */
    kaal_cptr_t reply; /* for its use */
    kaal_word_t arg[4];
    volatile kaal_word_t result[4]; /* for the test to see */
    volatile bool is_done;          /* entry() has returned */
    void (*entry)(struct thread *self);
};

/* How a thread is to run. Zero budget: 10 ms of 10 ms. */
struct thread_how {
    kaal_word_t priority;
    kaal_word_t budget_us, period_us;
    kaal_cptr_t fault_ep;
    bool is_passive; /* without a scheduling context */
    bool is_stopped; /* not resumed */
};

/*
 * A thread of this address space and CSpace that runs entry, with stack and
 * IPC buffer from the test's arena. Set arg before.
 * Returns: false if that failed, which fails the test too.
 */
bool thread_start(struct thread *thread, void (*entry)(struct thread *),
                  const struct thread_how *how);

/* Let others of lower priority run for about that long. */
void test_sleep_ms(unsigned ms);
