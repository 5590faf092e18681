/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random sequences of events on kernel and model.
 *
 *   model-diff [--seed n] [--sequences n] [--least n] [--steps n] [--save file] [--no-shrink]
 *   model-diff --replay file...
 *
 * The same seed makes the same events. As many sequences are made as it takes
 * to compare --least steps, and no fewer than --sequences. Work is done in a child process, so
 * that a crash is a difference like any other. The events of one that fails
 * are made fewer, as long as they still fail, and printed. Exit status: 0 no
 * difference, 1 one, 2 usage.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <kaal/abi/message.h>

#include "event.h"
#include "generate.h"
#include "pair.h"

enum { EVENTS_MAX = 8192, LABELS = 128, SECONDS_PER_TRY = 20, ERRORS = 16 };

/* What the child leaves behind. */
static struct shared {
    uint64_t seed; /* of the sequence it is at */
    uint64_t sequences, steps, entries_skipped;
    uint64_t calls[LABELS], succeeded[LABELS], errors[ERRORS];
    unsigned count;
    struct event events[EVENTS_MAX];
} *shared;

static uint64_t arg_seed = 1, arg_sequences = 100, arg_least, arg_steps = 500;
static bool arg_shrink = true;
static const char *arg_save;

/* ---- One sequence ----------------------------------------------------------------- */

static bool apply(const struct event *e, FILE *report)
{
    shared->events[shared->count++] = *e;
    const bool is_same = pair_apply(e, report);
    shared->steps += pair_result.steps;
    if (pair_result.is_invocation && pair_result.label < LABELS) {
        shared->calls[pair_result.label]++;
        shared->succeeded[pair_result.label] += pair_result.is_ok;
        shared->errors[pair_result.error % ERRORS]++;
    }
    return is_same;
}

static bool run_sequence(uint64_t seed, FILE *report)
{
    struct generator g;
    shared->seed = seed;
    shared->count = 0;
    generate_start(&g, seed);
    if (!pair_start(report)) {
        return false;
    }
    for (uint64_t left = arg_steps; left > 0 && shared->count < EVENTS_MAX; left--) {
        if (generate_is_set_up(&g) && generate_is_over()) {
            break;
        }
        left += generate_is_set_up(&g) ? 0 : 1;
        const struct event e = generate_next(&g);
        if (!apply(&e, report)) {
            return false;
        }
    }
    shared->sequences++;
    return true;
}

static bool run_all(FILE *report)
{
    for (uint64_t i = 0; i < arg_sequences || shared->steps < arg_least; i++) {
        if (!run_sequence(arg_seed * 1000003 + i, report)) {
            return false;
        }
    }
    return true;
}

static const struct event_list *replayed;

static bool run_list(FILE *report)
{
    shared->count = 0;
    if (!pair_start(report)) {
        return false;
    }
    for (unsigned i = 0; i < replayed->count && i < EVENTS_MAX; i++) {
        if (!apply(&replayed->events[i], report)) {
            return false;
        }
    }
    return true;
}

/* ---- In a child --------------------------------------------------------------------- */

enum outcome { SAME, DIFFERENT, CRASHED };

/* quiet: for shrinking; also bounded in time. */
static enum outcome run(bool (*action)(FILE *report), bool quiet)
{
    int status;
    fflush(NULL);
    const pid_t child = fork();
    if (child < 0) {
        perror("fork");
        exit(2);
    }
    if (child == 0) {
        FILE *report = stdout;
        if (quiet) {
            alarm(SECONDS_PER_TRY);
            report = freopen("/dev/null", "w", stderr);
        }
        const bool is_same = report != NULL && action(report);
        fflush(NULL);
        _exit(is_same ? SAME : DIFFERENT);
    }
    while (waitpid(child, &status, 0) != child) {
    }
    return !WIFEXITED(status) || WEXITSTATUS(status) > DIFFERENT
               ? CRASHED
               : (enum outcome)WEXITSTATUS(status);
}

/* ---- Fewer events --------------------------------------------------------------------- */

static struct event_list best;

/* best without count events from first on: if it fails still, that is best. */
static bool try_without(unsigned first, unsigned count, enum outcome wanted)
{
    struct event_list candidate = {0};
    for (unsigned i = 0; i < best.count; i++) {
        if (i < first || i >= first + count) {
            event_list_add(&candidate, &best.events[i]);
        }
    }
    replayed = &candidate;
    if (run(run_list, true) != wanted) {
        free(candidate.events);
        return false;
    }
    candidate.count = shared->count; /* what comes behind the failure is of no use */
    free(best.events);
    best = candidate;
    return true;
}

static void shrink(enum outcome wanted)
{
    for (unsigned size = best.count / 2; size > 0; size /= 2) {
        for (unsigned i = best.count; i > 0;) {
            i = i > size ? i - size : 0;
            if (i < best.count) {
                try_without(i, size, wanted);
            }
        }
    }
    for (unsigned i = best.count; i-- > 0;) {
        if (i < best.count) {
            try_without(i, 1, wanted);
        }
    }
    /* Nothing that does not matter in the calls either. */
    for (unsigned i = 0; i < best.count; i++) {
        const struct event before = best.events[i];
        if (before.writes > 0 || before.preempt >= 0) {
            best.events[i].writes = 0;
            best.events[i].preempt = -1;
            replayed = &best;
            if (run(run_list, true) != wanted) {
                best.events[i] = before;
            }
        }
    }
}

static void print_events(FILE *out, const struct event_list *list)
{
    for (unsigned i = 0; i < list->count; i++) {
        event_print(out, &list->events[i]);
    }
}

static void report_failure(enum outcome outcome)
{
    const uint64_t seed = shared->seed;
    for (unsigned i = 0; i < shared->count; i++) {
        event_list_add(&best, &shared->events[i]);
    }
    printf("sequence %" PRIu64 ": %s after %u events\n", seed,
           outcome == CRASHED ? "crash" : "difference", best.count);
    if (arg_shrink) {
        shrink(outcome);
        printf("the same with %u events:\n", best.count);
        replayed = &best;
        run(run_list, false);
        print_events(stdout, &best);
    }
    FILE *file = arg_save == NULL ? NULL : fopen(arg_save, "w");
    if (file != NULL) {
        print_events(file, &best);
        fclose(file);
        printf("saved as %s: model-diff --replay %s\n", arg_save, arg_save);
    }
}

/* ---- What was done ----------------------------------------------------------------------- */

static void print_call(const char *name, unsigned label)
{
    printf("  %-32s %9" PRIu64 " calls, %9" PRIu64 " succeeded\n", name, shared->calls[label],
           shared->succeeded[label]);
}

static void print_summary(double seconds)
{
    printf("seed %" PRIu64 ": %" PRIu64 " sequences, %" PRIu64 " compared steps, %.0f per second\n",
           arg_seed, shared->sequences, shared->steps, (double)shared->steps / seconds);
#define KAAL_INVOCATION(OBJECT, NAME, label, nargs, ncaps, handler) \
    print_call(#OBJECT "_" #NAME, label);
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
#define KAAL_ERROR(NAME, number, text) \
    printf("  %-32s %9" PRIu64 " answers\n", #NAME, shared->errors[number]);
#include <kaal/abi/errors.def>
#undef KAAL_ERROR
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int replay(const char *name)
{
    struct event_list list = {0};
    struct event e;
    FILE *file = fopen(name, "r");
    if (file == NULL) {
        perror(name);
        return 2;
    }
    while (event_read(file, &e)) {
        event_list_add(&list, &e);
    }
    fclose(file);
    replayed = &list;
    const enum outcome outcome = run(run_list, false);
    printf("%s: %u events, %s\n", name, list.count,
           outcome == SAME        ? "no difference"
           : outcome == DIFFERENT ? "DIFFERENT"
                                  : "CRASHED");
    free(list.events);
    return outcome == SAME ? 0 : 1;
}

static int usage(void)
{
    fprintf(stderr, "model-diff [--seed n] [--sequences n] [--least n] [--steps n] [--save file]\n"
                    "           [--no-shrink]\n"
                    "model-diff --replay file...\n");
    return 2;
}

int main(int argc, char **argv)
{
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        const bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--replay") == 0 && has_value) {
            int result = 0;
            while (++i < argc) {
                result |= replay(argv[i]);
            }
            return result;
        }
        if (strcmp(argv[i], "--no-shrink") == 0) {
            arg_shrink = false;
        } else if (strcmp(argv[i], "--seed") == 0 && has_value) {
            arg_seed = strtoull(argv[++i], NULL, 0);
        } else if (strcmp(argv[i], "--sequences") == 0 && has_value) {
            arg_sequences = strtoull(argv[++i], NULL, 0);
        } else if (strcmp(argv[i], "--least") == 0 && has_value) {
            arg_least = strtoull(argv[++i], NULL, 0);
        } else if (strcmp(argv[i], "--steps") == 0 && has_value) {
            arg_steps = strtoull(argv[++i], NULL, 0);
        } else if (strcmp(argv[i], "--save") == 0 && has_value) {
            arg_save = argv[++i];
        } else {
            return usage();
        }
    }
    const double start = now();
    const enum outcome outcome = run(run_all, false);
    print_summary(now() - start);
    if (outcome != SAME) {
        report_failure(outcome);
    }
    return outcome == SAME ? 0 : 1;
}
