/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

#include <kaal/bootinfo.h>

#include <kaal/broker/mapping.h>
#include <kaal/broker/output.h>
#include <kaal/power.h>

enum {
    ARENA_BYTES = 8 * 1024 * 1024,
    ARENA_SLOTS = 400,
    OWN_BYTES = 256 * 1024,
    OWN_SLOTS = 64,
    STACK_PAGES = 3,
    THREAD_PAGES = 8, /* guard, stack, guard, IPC buffer, unused */
};

bool test_kernel_is_debug;
const struct kaal_bootinfo *test_bootinfo;
struct arena test_arena;

static struct arena own;
static uint64_t thread_area; /* of MAX_THREADS * THREAD_PAGES pages */
static unsigned thread_count;
static bool test_has_failed;
static const char *test_group;
static const char *test_name;

/* ---- Results -------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
    const char *name = path;
    for (; *path != '\0'; path++) {
        if (*path == '/') {
            name = path + 1;
        }
    }
    return name;
}

void test_fail(const char *file, int line, const char *expression)
{
    if (!test_has_failed) {
        output_printf("\nFAIL %s.%s: %s:%d %s\n", test_group, test_name, base_name(file), line,
                      expression);
    }
    test_has_failed = true;
}

void test_fail_equal(const char *file, int line, const char *expression, kaal_word_t left,
                     kaal_word_t right)
{
    if (!test_has_failed) {
        output_printf("\nFAIL %s.%s: %s:%d %s (0x%lx, 0x%lx)\n", test_group, test_name,
                      base_name(file), line, expression, left, right);
    }
    test_has_failed = true;
}

/* ---- Objects -------------------------------------------------------------------- */

kaal_cptr_t make(enum kaal_object_type type, unsigned size_bits)
{
    kaal_cptr_t cap = 0;
    const kaal_err_t err = arena_object(&test_arena, type, size_bits, &cap);
    if (err != KAAL_OK) {
        test_fail_equal(__FILE__, __LINE__, "make() succeeds", err, type);
        return 0;
    }
    return cap;
}

kaal_cptr_t empty_slot(void)
{
    return arena_slot(&test_arena);
}

kaal_cptr_t make_badged(kaal_cptr_t cap, kaal_word_t rights, kaal_badge_t badge)
{
    const struct kaal_slot src = slot_of(cap);
    const struct kaal_slot dest = slot_of(empty_slot());
    const kaal_err_t err = badge == 0 ? sys_cnode_copy(&dest, &src, rights)
                                      : sys_cnode_mint(&dest, &src, rights, badge);
    if (err != KAAL_OK) {
        test_fail_equal(__FILE__, __LINE__, "make_badged() succeeds", err, KAAL_OK);
        return 0;
    }
    return dest.index;
}

struct kaal_msg message(kaal_word_t label, unsigned length, kaal_word_t w0, kaal_word_t w1,
                        kaal_word_t w2, kaal_word_t w3)
{
    return (struct kaal_msg){.info = kaal_msginfo(label, 0, length), .w = {w0, w1, w2, w3}};
}

/* ---- Threads -------------------------------------------------------------------- */

/* First C code of a helper thread. When entry() has returned it stops itself. */
static void thread_main(struct thread *thread)
{
    thread->entry(thread);
    thread->is_done = true;
    for (;;) {
        if (sys_tcb_suspend(thread->tcb) != KAAL_OK) {
            __builtin_trap();
        }
    }
}

static kaal_err_t place(uint64_t vaddr, kaal_cptr_t *page)
{
    const kaal_err_t err = arena_object(&test_arena, KAAL_OBJ_PAGE, KAAL_PAGE_BITS, page);
    return err != KAAL_OK ? err
                          : map_page(&own, *page, KAAL_ROOT_VSPACE, vaddr,
                                     KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, KAAL_MAP_CACHED);
}

static kaal_err_t give_time(struct thread *thread, const struct thread_how *how)
{
    struct kaal_sched_params params = {.budget_us = 10000, .period_us = 10000};
    if (how->is_passive) {
        return KAAL_OK;
    }
    if (how->budget_us != 0) {
        params.budget_us = how->budget_us;
        params.period_us = how->period_us;
    }
    const kaal_err_t err = arena_object(&test_arena, KAAL_OBJ_SCHED_CONTEXT, 8, &thread->sc);
    return err != KAAL_OK
               ? err
               : sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, thread->sc, &params);
}

static kaal_err_t set_up(struct thread *thread, const struct thread_how *how, uint64_t low)
{
    const uint64_t stack_top = low + (1 + STACK_PAGES) * KAAL_PAGE_SIZE;
    const uint64_t ipc_buffer = stack_top + KAAL_PAGE_SIZE;
    const struct kaal_registers regs = {
        .pc = (kaal_word_t)&thread_main,
        .sp = stack_top,
        .x = {(kaal_word_t)thread},
    };
    kaal_cptr_t page;
    kaal_err_t err = KAAL_OK;
    for (unsigned i = 0; i < STACK_PAGES && err == KAAL_OK; i++) {
        err = place(low + (1 + i) * KAAL_PAGE_SIZE, &page);
    }
    err = err != KAAL_OK ? err : place(ipc_buffer, &page);
    err = err != KAAL_OK ? err : arena_object(&test_arena, KAAL_OBJ_TCB, 0, &thread->tcb);
    err = err != KAAL_OK ? err : arena_object(&test_arena, KAAL_OBJ_REPLY, 0, &thread->reply);
    err = err != KAAL_OK ? err : give_time(thread, how);
    err = err != KAAL_OK ? err
                         : sys_tcb_configure(thread->tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE,
                                             ipc_buffer, page);
    err = err != KAAL_OK ? err
                         : sys_tcb_set_sched_params(thread->tcb, KAAL_ROOT_TCB, KAAL_MAX_PRIORITY,
                                                    how->priority, thread->sc, how->fault_ep);
    return err != KAAL_OK ? err : sys_tcb_write_registers(thread->tcb, !how->is_stopped, 4, &regs);
}

bool thread_start(struct thread *thread, void (*entry)(struct thread *),
                  const struct thread_how *how)
{
    const uint64_t low = thread_area + thread_count * THREAD_PAGES * KAAL_PAGE_SIZE;
    if (thread_count == MAX_THREADS) {
        test_fail(__FILE__, __LINE__, "at most MAX_THREADS threads");
        return false;
    }
    thread_count++;
    thread->entry = entry;
    thread->sc = 0;
    thread->is_done = false;
    for (unsigned i = 0; i < 4; i++) {
        thread->result[i] = 0;
    }
    const kaal_err_t err = set_up(thread, how, low);
    if (err != KAAL_OK) {
        test_fail_equal(__FILE__, __LINE__, "thread_start() succeeds", err, KAAL_OK);
    }
    return err == KAAL_OK;
}

/* Sleeping is having no budget: 100 us of every millisecond, and yielding. */
static void sleeper(struct thread *self)
{
    for (kaal_word_t i = 0; i < self->arg[0]; i++) {
        sys_yield();
    }
    sys_signal(self->arg[1]);
}

void test_sleep_ms(unsigned ms)
{
    static struct thread thread;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    thread.arg[0] = ms + 1;
    thread.arg[1] = ntfn;
    if (ntfn != 0 && thread_start(&thread, sleeper,
                                  &(struct thread_how){
                                      .priority = KAAL_MAX_PRIORITY,
                                      .budget_us = 100,
                                      .period_us = 1000,
                                  })) {
        sys_wait(ntfn, NULL);
    }
}

/* ---- Running --------------------------------------------------------------------- */

static void ask_kernel(struct thread *self)
{
    struct kaal_msg msg = {0};
    kaal_svc((enum kaal_syscall)KAAL_SYS_DEBUG_CHECK, 0, &msg, 0, 0);
    self->result[0] = 1;
}

static void find_kernel_kind(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    if (ep != 0 &&
        thread_start(&thread, ask_kernel, &(struct thread_how){.priority = 200, .fault_ep = ep})) {
        (void)sys_poll(ep, &msg);
        test_kernel_is_debug = thread.result[0] == 1;
    }
}

static void check_kernel(void)
{
    struct kaal_msg msg = {0};
    if (test_kernel_is_debug) {
        kaal_svc((enum kaal_syscall)KAAL_SYS_DEBUG_CHECK, 0, &msg, 0, 0);
    }
}

static void print_title(const struct test *test)
{
    if (test->purpose != NULL) {
        output_printf("%s.%s: %s ... ", test_group, test->name, test->purpose);
        return;
    }
    output_printf("%s.%s: ", test_group, test->name);
    for (const char *c = test->name; *c != '\0'; c++) {
        output_write(*c == '_' ? " " : c, 1);
    }
    output_printf(" ... ");
}

/* Returns whether it passed. */
static bool run(const char *group, const struct test *test)
{
    const uint64_t free_before = memory_free_bytes();
    test_group = group;
    test_name = test->name;
    test_has_failed = false;
    thread_count = 0;
    print_title(test);
    if (arena_create(&test_arena, ARENA_BYTES, ARENA_SLOTS) != KAAL_OK) {
        test_fail(__FILE__, __LINE__, "arena_create() succeeds");
        return false;
    }
    test->run();
    check_kernel();
    arena_destroy(&test_arena);
    check_kernel();
    if (memory_free_bytes() != free_before) {
        test_fail(__FILE__, __LINE__, "all memory has come back");
    }
    if (!test_has_failed) {
        output_printf("ok\n");
    }
    return !test_has_failed;
}

static void must(kaal_err_t err, const char *what)
{
    if (err != KAAL_OK) {
        output_printf("KAAL VERDICT: FAIL cannot begin: %s: %s\n", what, kaal_err_name(err));
        __builtin_trap();
    }
}

static void set_up_all(const struct kaal_bootinfo *bootinfo)
{
    const uint64_t window =
        (bootinfo->free_vaddr + KAAL_PAGE_SIZE - 1) & ~(uint64_t)(KAAL_PAGE_SIZE - 1);
    test_bootinfo = bootinfo;
    memory_init(bootinfo);
    must(arena_create(&own, OWN_BYTES, OWN_SLOTS), "memory");
    must(output_init(bootinfo, &own, window), "console");
    copy_init(&own, window + KAAL_PAGE_SIZE);
    thread_area = window + 16 * KAAL_PAGE_SIZE;
    must(sys_tcb_set_priority(KAAL_ROOT_TCB, KAAL_ROOT_TCB, TEST_PRIORITY), "priority");
}

/* ---- Groups ---------------------------------------------------------------------- */

static const struct {
    const char *name;
    const struct group *group;
} groups[] = {
    {"syscall", &syscall_group},
    {"syscall", &suite_syscall_group},
    {"unknown_call", &suite_unknown_call_group},
    {"registers", &suite_register_group},
    {"cnode", &cnode_group},
    {"cnode", &suite_cnode_group},
    {"cspace", &suite_cspace_group},
    {"retype", &untyped_group},
    {"retype", &suite_retype_group},
    {"ipc", &ipc_group},
    {"ipc", &reply_group},
    {"ipc", &suite_ipc_group},
    {"ipc_rights", &suite_rights_group},
    {"cancel_badged", &suite_cancel_group},
    {"bind", &suite_bind_group},
    {"notification", &notification_group},
    {"notification", &suite_notification_group},
    {"interrupt", &irq_group},
    {"interrupt", &suite_interrupt_group},
    {"scheduling", &scheduling_group},
    {"scheduling", &suite_scheduling_group},
    {"sched_context", &suite_sched_context_group},
    {"timeout", &suite_timeout_group},
    {"domain", &suite_domain_group},
    {"fault", &fault_group},
    {"fault", &suite_fault_group},
    {"fp", &fp_group},
    {"fp", &suite_fp_group},
    {"frame", &suite_frame_group},
    {"page_table", &suite_table_group},
    {"vspace", &vspace_group},
    {"vspace", &suite_vspace_group},
    {"cache", &cache_group},
    {"cache", &suite_cache_group},
    {"preempt_revoke", &suite_preempt_group},
    {"thread", &tcb_group},
    {"thread", &suite_thread_group},
    {"tls", &suite_tls_group},
    {"debug", &debug_group},
    {"regress", &suite_regress_group},
};

enum { GROUP_COUNT = sizeof(groups) / sizeof(groups[0]) };

/* Does "group.name" begin with TEST_ONLY? */
static bool is_wanted(const char *group, const char *name)
{
    const char *only = TEST_ONLY;
    while (*only != '\0' && *group == *only) {
        only++;
        group++;
    }
    if (*only == '\0') {
        return true;
    }
    if (*group != '\0' || *only != '.') {
        return false;
    }
    only++;
    while (*only != '\0' && *name == *only) {
        only++;
        name++;
    }
    return *only == '\0';
}

static bool is_same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

struct tally {
    unsigned passed;
    unsigned failed;
};

static void run_group(unsigned index, struct tally *tally)
{
    const struct group *group = groups[index].group;
    for (unsigned i = 0; i < group->count; i++) {
        if (!is_wanted(groups[index].name, group->tests[i].name)) {
            continue;
        }
        if (run(groups[index].name, &group->tests[i])) {
            tally->passed++;
        } else {
            tally->failed++;
        }
    }
}

/* The tables of the thread area are the framework's own and stay. */
static const struct test warm_up = TEST(find_kernel_kind, "is this a debug kernel?");

_Noreturn void kaal_root_main(const struct kaal_bootinfo *bootinfo)
{
    static struct tally tallies[GROUP_COUNT]; /* in the first entry of that name */
    struct tally all = {0};
    unsigned first = 0;
    set_up_all(bootinfo);
    all.failed += run("framework", &warm_up) ? 0 : 1;
    output_printf("This is a %s kernel.\n", test_kernel_is_debug ? "debug" : "release");
    for (unsigned g = 0; g < GROUP_COUNT; g++) {
        first = is_same(groups[g].name, groups[first].name) ? first : g;
        run_group(g, &tallies[first]);
    }
    for (unsigned g = 0; g < GROUP_COUNT; g++) {
        const unsigned count = tallies[g].passed + tallies[g].failed;
        all.passed += tallies[g].passed;
        all.failed += tallies[g].failed;
        if (count != 0) {
            output_printf("group %s: %u of %u\n", groups[g].name, tallies[g].passed, count);
        }
    }
    if (all.failed == 0 && all.passed > 0) {
        output_printf("KAAL VERDICT: PASS %u tests\n", all.passed);
    } else {
        output_printf("KAAL VERDICT: FAIL %u of %u tests\n", all.failed, all.passed + all.failed);
    }
    if (sys_power_off(KAAL_ROOT_POWER) != KAAL_OK) {
        output_printf("the machine stays on\n");
    }
    for (;;) {
        if (sys_tcb_suspend(KAAL_ROOT_TCB) != KAAL_OK) {
            __builtin_trap();
        }
    }
}
