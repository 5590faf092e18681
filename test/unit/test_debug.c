/* SPDX-License-Identifier: Apache-2.0 */
/* The debug system calls: harmless whatever they are asked (B22). */
#include <string.h>

#include "core/cpu.h"
#include "support/kt.h"

enum { HIGH = 150 };

static word_t name_thread(cptr_t tcb, const char *name)
{
    struct kt_msg msg = {0};
    memcpy(msg.w, name, strlen(name));
    kt_svc(&kt.root, KAAL_SYS_DEBUG_NAME, tcb, &msg, 0, 0);
    return kt.root.tcb->regs.x[0];
}

static word_t ask(word_t number, cptr_t cap)
{
    host.console_length = 0;
    host.console[0] = '\0';
    kt_svc(&kt.root, number, cap, NULL, 0, 0);
    return kt.root.tcb->regs.x[0];
}

static void assert_printed(const char *text)
{
    if (strstr(host.console, text) == NULL) {
        fail_msg("'%s' is not in:\n%s", text, host.console);
    }
}

static void test_names(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    assert_int_equal(name_thread(t.cap, "server"), 0);
    assert_int_equal(name_thread(KAAL_ROOT_TCB, "0123456789012345678901234567890"), 0);
    assert_int_equal(ask(KAAL_SYS_DEBUG_THREADS, 0), 0);
    assert_printed("'server': in wait, priority 150");
    assert_printed("'0123456789012345678901234567890': running, priority 100");
    assert_int_equal(ask(KAAL_SYS_DEBUG_SCHED, 0), 0);
    assert_printed("current '0123456789012345678901234567890'");
    assert_int_equal(name_thread(t.park, "x"), 1);
    assert_int_equal(name_thread(0, "x"), 1);
}

static void test_caps(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    (void)kt_badged(kt_object(CAP_ENDPOINT, 0), KAAL_RIGHT_WRITE, 0x77);
    assert_int_equal(ask(KAAL_SYS_DEBUG_CAPS, t.cap), 0);
    assert_printed("CNODE");
    assert_printed("rights -w-- data 0x77");
    assert_int_equal(ask(KAAL_SYS_DEBUG_CAPS, t.park), 1);
    /* A thread without a CSpace has none to show. */
    const cptr_t bare = kt_object(CAP_TCB, 0);
    assert_int_equal(ask(KAAL_SYS_DEBUG_CAPS, bare), 0);
    assert_printed(", 0 slots");
}

/* No name can put a line of its own on the console. */
static void test_control_bytes_are_escaped(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    assert_int_equal(name_thread(t.cap, "a\nKERNEL\x1b[\x7f\x80'\\"), 0);
    (void)ask(KAAL_SYS_DEBUG_THREADS, 0);
    assert_printed("'a\\x0aKERNEL\\x1b[\\x7f\\x80\\x27\\x5c'");
    for (const char *c = host.console; *c != '\0'; c++) {
        assert_true(*c == '\n' || (*c >= ' ' && *c < 0x7f));
    }
}

static void test_unterminated_name_is_cut(void **state)
{
    (void)state;
    struct kt_msg msg;
    memset(&msg, 0, sizeof(msg));
    memset(msg.w, 'z', 64);
    kt_svc(&kt.root, KAAL_SYS_DEBUG_NAME, KAAL_ROOT_TCB, &msg, 0, 0);
    assert_int_equal(strlen(kt.root.tcb->name), TCB_NAME_BYTES - 1);
}

static void test_name_in_a_fault_report(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    assert_int_equal(name_thread(t.cap, "victim"), 0);
    kt_unpark(&t);
    host.console_length = 0;
    kt_svc(&t, 4711, 0, NULL, 0, 0);
    assert_printed("kernel: thread 'victim' stopped, no fault handler: UNKNOWN_SYSCALL");
}

static void do_panic(void *arg)
{
    (void)arg;
    kernel_panic("planted");
}

static void test_name_in_a_panic(void **state)
{
    (void)state;
    assert_int_equal(name_thread(KAAL_ROOT_TCB, "rooty"), 0);
    assert_true(host_halts(do_panic, NULL));
    assert_printed("KERNEL PANIC: planted\nkernel: the current thread is 'rooty'\n");
}

/* Any arguments, in states of all kinds: nothing changes but names, which
 * kernel_check() and the threads' registers show. */
static void test_b22_any_arguments(void **state)
{
    (void)state;
    static const word_t bits[] = {4, 13, 64};
    struct kt_thread t = kt_thread(HIGH);
    const cptr_t node = kt_object(CAP_CNODE, 4);
    (void)node;
    kt_seed(22);
    for (unsigned i = 0; i < 3000; i++) {
        struct kt_msg msg = {.length = kt_random(8), .label = kt_random(200)};
        for (unsigned w = 0; w < 8; w++) {
            msg.w[w] = (word_t)kt_random(~0U) << kt_random(40);
        }
        const word_t number = KAAL_SYS_DEBUG_CHECK + kt_random(5);
        const word_t limit = bits[kt_random(3)];
        const cptr_t cap = ((word_t)kt_random(~0U) << 32 | kt_random(~0U)) >> (64 - limit);
        const struct arch_regs other = t.tcb->regs;
        host.console_length = 0;
        kt_svc(&kt.root, number, cap, &msg, kt_random(~0U), kt_random(~0U));
        assert_true(kt_is_current(&kt.root) && kt_is_done(&kt.root));
        assert_true(kt.root.tcb->regs.x[0] <= 1);
        assert_memory_equal(&other, &t.tcb->regs, sizeof(other));
        for (unsigned c = 0; c < host.console_length; c++) {
            assert_true(host.console[c] == '\n' ||
                        (host.console[c] >= ' ' && host.console[c] < 0x7f));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_names, kt_boot),
        cmocka_unit_test_setup(test_caps, kt_boot),
        cmocka_unit_test_setup(test_control_bytes_are_escaped, kt_boot),
        cmocka_unit_test_setup(test_unterminated_name_is_cut, kt_boot),
        cmocka_unit_test_setup(test_name_in_a_fault_report, kt_boot),
        cmocka_unit_test_setup(test_name_in_a_panic, kt_boot),
        cmocka_unit_test_setup(test_b22_any_arguments, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
