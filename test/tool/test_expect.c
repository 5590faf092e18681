/* SPDX-License-Identifier: Apache-2.0 */
/* The program itself, against shell scripts that play the emulator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char output[65536];

/* Runs "kaal expect <options> -- sh -c '<script>'"; returns its exit status. */
static int expect(const char *options, const char *script)
{
    char command[2048];
    snprintf(command, sizeof(command), "%s expect %s -- sh -c '%s' 2>&1 </dev/null", KAAL_PROGRAM,
             options, script);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    size_t n = fread(output, 1, sizeof(output) - 1, f);
    output[n] = '\0';
    int status = pclose(f);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void said(const char *text)
{
    if (strstr(output, text) == NULL) {
        fail_msg("'%s' is not in:\n%s", text, output);
    }
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void passes_at_the_verdict(void **state)
{
    (void)state;
    double start = seconds();
    assert_int_equal(expect("--expect ^done$", "echo hello; echo done; sleep 60"), 0);
    assert_true(seconds() - start < 10); /* it did not wait for the end */
    said("hello");
    said("passed");
}

static void needs_all_in_any_order(void **state)
{
    (void)state;
    assert_int_equal(expect("--expect a1 --expect b2", "echo b2; echo a1; sleep 60"), 0);
    assert_int_equal(expect("--expect a1 --expect b2", "echo b2"), 1);
    said("exited with status 0 before the verdict");
    said("not seen: a1");
    assert_null(strstr(output, "not seen: b2"));
}

static void order_counts_when_asked(void **state)
{
    (void)state;
    const char *both = "--in-order --timeout 2 --expect a1 --expect b2";
    assert_int_equal(expect(both, "echo a1; echo b2"), 0);
    assert_int_equal(expect(both, "echo b2; echo a1"), 1);
    said("not seen: b2");
    assert_int_equal(expect(both, "echo a1b2"), 1); /* one line is one step */
}

static void rejects(void **state)
{
    (void)state;
    assert_int_equal(expect("--expect done --reject BAD", "echo BAD; echo done"), 1);
    said("a line matched the rejected 'BAD'");
    assert_int_equal(expect("--expect done", "echo KERNEL PANIC: x; sleep 60"), 1);
    said("rejected 'KERNEL PANIC|LOADER ERROR'");
    assert_int_equal(expect("--expect done", "echo LOADER ERROR: x; echo done"), 1);
    assert_int_equal(expect("--allow-reject --expect PANIC", "echo KERNEL PANIC: x; sleep 60"), 0);
}

static void timeout_is_a_failure(void **state)
{
    (void)state;
    double start = seconds();
    assert_int_equal(expect("--timeout 1 --expect never", "echo x; sleep 60"), 1);
    assert_true(seconds() - start < 10);
    said("timeout after 1 s");
    /* It does not help to refuse to go. */
    start = seconds();
    assert_int_equal(expect("--timeout 1 --expect never", "trap \"\" TERM; while :; do :; done"),
                     1);
    assert_true(seconds() - start < 10);
}

static void exit_is_no_verdict(void **state)
{
    (void)state;
    assert_int_equal(expect("--expect never", "exit 0"), 1);
    said("exited with status 0 before the verdict");
    assert_int_equal(expect("--expect never", "exit 3"), 1);
    said("exited with status 3 before the verdict");
}

static void abort_is_a_failure(void **state)
{
    (void)state;
    assert_int_equal(expect("--expect never", "kill -ABRT $$"), 1);
    said("the emulator died by signal 6");
    /* Also when the verdict stood there already. */
    assert_int_equal(expect("--expect done", "trap \"trap - ABRT; kill -ABRT \\$\\$\" TERM; echo "
                                             "done; while :; do sleep 0.01; done"),
                     1);
    said("the emulator died by signal 6");
}

static void leaves_no_process_behind(void **state)
{
    (void)state;
    char file[] = "/tmp/kaal-expect-XXXXXX", script[256];
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    snprintf(script, sizeof(script), "sleep 61 & echo $! > %s; echo done; wait", file);
    assert_int_equal(expect("--expect done", script), 0);
    snprintf(script, sizeof(script),
             "i=0; while kill -0 $(cat %s) 2>/dev/null; do i=$((i+1)); [ $i -lt 100 ] || exit 1; "
             "sleep 0.02; done",
             file);
    assert_int_equal(system(script), 0);
    unlink(file);
}

static void input_is_empty(void **state)
{
    (void)state;
    assert_int_equal(expect("--expect ^eof$", "cat; echo eof"), 0);
}

static void carriage_returns_and_prompts(void **state)
{
    (void)state;
    assert_int_equal(expect("--expect ^done$", "printf \"done\\r\\n\"; sleep 60"), 0);
    assert_int_equal(expect("--timeout 5 --expect \"^shell> $\"", "printf \"shell> \"; sleep 60"),
                     0);
    assert_int_equal(expect("--expect ^last$", "printf last"), 0);
}

static void twin_must_fail_for_its_reason(void **state)
{
    (void)state;
    const char *twin = "--timeout 2 --expect ^PASS --reject ^FAIL --twin \"FAIL: wx\"";
    assert_int_equal(expect(twin, "echo FAIL: wx page; sleep 60"), 0);
    assert_int_equal(expect(twin, "echo PASS"), 1);
    said("planted fault should have failed it");
    assert_int_equal(expect(twin, "echo FAIL: other; sleep 60"), 1);
    said("not seen: FAIL: wx");
    assert_int_equal(expect(twin, "exit 0"), 1);
    assert_int_equal(expect("--timeout 9 --expect ^PASS --twin hole", "echo hole; sleep 60"), 0);
    assert_int_equal(expect("--timeout 9 --expect ^PASS --twin hole", "echo hole; echo PASS"), 1);
}

static void exit_has_to_follow_the_verdict(void **state)
{
    (void)state;
    const char *off = "--exit --timeout 5 --expect ^done$ --reject ^BAD";
    double start = seconds();
    assert_int_equal(expect(off, "echo done; echo more"), 0);
    assert_true(seconds() - start < 4); /* it did not wait for the timeout */
    said("more");
    said("passed");
    assert_int_equal(expect(off, "printf done"), 0);
    assert_int_equal(expect(off, "echo done; sleep 1; exit 0"), 0);
    /* Neither with its output closed before, nor with a process that holds it. */
    assert_int_equal(expect(off, "echo done; exec >/dev/null 2>&1; sleep 1"), 0);
    start = seconds();
    assert_int_equal(expect(off, "sleep 60 & echo done"), 0);
    assert_true(seconds() - start < 4);
}

static void no_exit_is_a_failure(void **state)
{
    (void)state;
    const char *off = "--exit --timeout 1 --expect ^done$ --reject ^BAD";
    const char *late = "the verdict came but the machine did not power off within 1 s";
    double start = seconds();
    assert_int_equal(expect(off, "echo done; sleep 60"), 1);
    assert_true(seconds() - start < 10);
    said(late);
    assert_int_equal(expect(off, "echo done; while :; do echo on; sleep 0.01; done"), 1);
    said(late);
    assert_int_equal(expect(off, "echo done; exec >/dev/null 2>&1; sleep 60"), 1);
    said(late);
}

static void exit_has_to_be_the_right_one(void **state)
{
    (void)state;
    const char *off = "--exit --timeout 5 --expect ^done$ --reject ^BAD";
    assert_int_equal(expect(off, "echo done; exit 3"), 1);
    said("the verdict came but the machine did not power off: exit status 3");
    assert_int_equal(expect(off, "echo done; kill -ABRT $$"), 1);
    said("the emulator died by signal 6");
    assert_int_equal(expect(off, "echo done; kill -TERM $$"), 1);
    said("the emulator died by signal 15");
    /* What comes after the verdict counts, too. */
    assert_int_equal(expect(off, "echo done; echo BAD"), 1);
    said("a line matched the rejected '^BAD'");
    assert_int_equal(expect(off, "sleep 60 & echo done; printf BAD"), 1);
    said("a line matched the rejected '^BAD'");
    assert_int_equal(expect(off, "echo done; echo KERNEL PANIC: x"), 1);
}

static void exit_without_the_verdict_is_none(void **state)
{
    (void)state;
    assert_int_equal(expect("--exit --expect never", "exit 0"), 1);
    said("the emulator exited with status 0 before the verdict");
    assert_int_equal(expect("--exit --timeout 1 --expect never", "sleep 60"), 1);
    said("timeout after 1 s");
    assert_null(strstr(output, "power off"));
}

static void twin_may_be_one_that_stays_on(void **state)
{
    (void)state;
    const char *twin = "--exit --timeout 2 --expect ^PASS --twin ^PASS";
    assert_int_equal(expect(twin, "echo PASS; sleep 60"), 0);
    said("as it should: the verdict came but the machine did not power off within 2 s");
    /* All of the time is waited for, not just as long as a fault settles. */
    assert_int_equal(expect("--exit --timeout 9 --expect ^PASS --twin ^PASS", "echo PASS; sleep 2"),
                     1);
    said("planted fault should have failed it");
}

static void keeps_a_log(void **state)
{
    (void)state;
    char dir[] = "/tmp/kaal-log-XXXXXX", options[200], script[200];
    assert_non_null(mkdtemp(dir));
    snprintf(options, sizeof(options), "--quiet --log %s/a/b.log --expect done", dir);
    assert_int_equal(expect(options, "echo hello; echo done"), 0);
    assert_null(strstr(output, "hello"));
    snprintf(script, sizeof(script), "grep -qx hello %s/a/b.log && rm -r %s", dir, dir);
    assert_int_equal(system(script), 0);
}

static void wrong_usage(void **state)
{
    (void)state;
    assert_int_equal(expect("", "echo x"), 2); /* without a verdict a run proves nothing */
    assert_int_equal(expect("--expect \"(\"", "echo x"), 2);
    said("is not a regular expression");
    assert_int_equal(expect("--expect x --timeout soon", "echo x"), 2);
    assert_int_equal(expect("--expect x --nonsense", "echo x"), 2);
    assert_int_equal(system(KAAL_PROGRAM " expect --expect x -- /nonexistent 2>/dev/null") >> 8, 1);
    assert_int_equal(system(KAAL_PROGRAM " frobnicate 2>/dev/null") >> 8, 2);
    assert_int_equal(system(KAAL_PROGRAM " --help >/dev/null"), 0);
    assert_int_equal(system(KAAL_PROGRAM " pack --help >/dev/null"), 0);
    assert_int_equal(system(KAAL_PROGRAM " check --help >/dev/null"), 0);
    assert_int_equal(system(KAAL_PROGRAM " expect --help >/dev/null"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_at_the_verdict),
        cmocka_unit_test(needs_all_in_any_order),
        cmocka_unit_test(order_counts_when_asked),
        cmocka_unit_test(rejects),
        cmocka_unit_test(timeout_is_a_failure),
        cmocka_unit_test(exit_is_no_verdict),
        cmocka_unit_test(abort_is_a_failure),
        cmocka_unit_test(leaves_no_process_behind),
        cmocka_unit_test(input_is_empty),
        cmocka_unit_test(carriage_returns_and_prompts),
        cmocka_unit_test(twin_must_fail_for_its_reason),
        cmocka_unit_test(exit_has_to_follow_the_verdict),
        cmocka_unit_test(no_exit_is_a_failure),
        cmocka_unit_test(exit_has_to_be_the_right_one),
        cmocka_unit_test(exit_without_the_verdict_is_none),
        cmocka_unit_test(twin_may_be_one_that_stays_on),
        cmocka_unit_test(keeps_a_log),
        cmocka_unit_test(wrong_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
