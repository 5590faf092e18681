/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fast paths against the slow path, from random states.
 *
 *   fastpath-diff [--seed n] [--steps n] [--least n] [--each n] [--episode n]
 *
 * The same seed makes the same states. At least --steps states are made, and
 * more, up to 4 times as many, until a fast path was taken in --least of them.
 * Each fast path has to be taken --each times, and each property of feature.def
 * to occur a hundredth as often. --episode: only this one. The work is done in a child
 * process, so that a crash is a difference like any other. Exit status:
 * 0 no difference, 1 one, 2 usage, 3 something came too seldom.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compare.h"
#include "feature.h"
#include "memory.h"
#include "random.h"
#include "world.h"

enum { EPISODE_STATES = 400, CHECK_EVERY = 16, STEPS_FACTOR = 4, FEATURE_SHARE = 100 };
enum outcome { SAME, DIFFERENT, USAGE, SELDOM };

struct counts {
    uint64_t states, taken;
};

/* What the child leaves behind. */
static struct shared {
    uint64_t episode, state; /* where it is; the state is of the episode */
    struct step step;
    unsigned row;
    size_t bytes;
    uint64_t states, taken, idled;
    uint64_t fastpaths[FASTPATH_COUNT];
    struct counts rows[STEP_ROWS], features[FEATURES];
} *shared;

static uint64_t arg_seed = 1, arg_steps = 100000, arg_least, arg_each, arg_episode;
static bool arg_one_episode;

/* ---- Episodes ------------------------------------------------------------------------ */

static void count(const struct feature_set *features, const struct compared *compared)
{
    shared->states++;
    shared->rows[shared->row].states++;
    for (unsigned f = 0; f < FEATURES; f++) {
        shared->features[f].states += features->has[f];
    }
    if (!compared->is_taken) {
        return;
    }
    shared->taken++;
    shared->rows[shared->row].taken++;
    shared->fastpaths[compared->fastpath]++;
    for (unsigned f = 0; f < FEATURES; f++) {
        shared->features[f].taken += features->has[f];
    }
}

static bool run_state(void)
{
    if (percent(12)) {
        world_disturb();
    }
    while (host_cpu.current == &host_cpu.idle) {
        world_end_idling();
    }
    const struct step step = step_random();
    shared->step = step;
    shared->row = step_row(&step);
    const struct feature_set features = feature_find(&step);
    const struct compared compared = compare_step(&step, shared->state % CHECK_EVERY == 0);
    if (!compared.is_same) {
        return false;
    }
    count(&features, &compared);
    return true;
}

static bool run_episode(uint64_t episode)
{
    random_seed(arg_seed * 1000003 + episode);
    shared->episode = episode;
    world_begin();
    for (shared->state = 0; shared->state < EPISODE_STATES; shared->state++) {
        if (!run_state()) {
            return false;
        }
    }
    return true;
}

static bool is_enough(void)
{
    return shared->states >= arg_steps &&
           (shared->taken >= arg_least || shared->states >= STEPS_FACTOR * arg_steps);
}

static bool run_all(void)
{
    world_boot();
    shared->bytes = memory_bytes();
    if (arg_one_episode) {
        return run_episode(arg_episode);
    }
    for (uint64_t episode = 0; !is_enough(); episode++) {
        if (!run_episode(episode)) {
            return false;
        }
    }
    return true;
}

static bool run_in_child(void)
{
    int status;
    fflush(NULL);
    const pid_t child = fork();
    if (child < 0) {
        perror("fork");
        exit(USAGE);
    }
    if (child == 0) {
        const bool is_same = run_all();
        fflush(NULL);
        _exit(is_same ? SAME : DIFFERENT);
    }
    while (waitpid(child, &status, 0) != child) {
    }
    if (WIFSIGNALED(status)) {
        printf("CRASH: signal %d\n", WTERMSIG(status));
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == SAME;
}

/* ---- What was done ----------------------------------------------------------------------- */

static const char *fastpath_name(unsigned fastpath)
{
    static const char *const names[FASTPATH_COUNT] = {
        [FASTPATH_NONE] = "(any, the core idles then)",
        [FASTPATH_CALL] = "call",
        [FASTPATH_CALL_CAPS] = "call with capabilities",
        [FASTPATH_REPLY_RECV] = "reply_recv",
        [FASTPATH_SEND] = "send",
        [FASTPATH_RECV] = "recv",
        [FASTPATH_SIGNAL] = "signal",
        [FASTPATH_SIGNAL_WAKE] = "signal that wakes",
        [FASTPATH_WAIT] = "wait",
        [FASTPATH_POLL] = "poll",
        [FASTPATH_YIELD] = "yield",
        [FASTPATH_FAULT] = "fault",
    };
    return names[fastpath] != NULL ? names[fastpath] : "one without a name";
}

static void print_counts(const char *name, const struct counts *c)
{
    printf("%-66s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n", name, c->states, c->taken,
           c->states - c->taken);
}

static void print_summary(double seconds)
{
    printf("seed %" PRIu64 ": %" PRIu64 " states, %" PRIu64 " with a fast path taken, %.0f states "
           "per second, %zu bytes compared\n\n",
           arg_seed, shared->states, shared->taken, (double)shared->states / seconds,
           shared->bytes);
    printf("%-66s %10s\n", "fast path", "taken");
    for (unsigned f = 0; f < FASTPATH_COUNT; f++) {
        printf("%-66s %10" PRIu64 "\n", fastpath_name(f), shared->fastpaths[f]);
    }
    printf("\n%-66s %10s %10s %10s\n", "entry", "states", "taken", "refused");
    for (unsigned r = 0; r < STEP_ROWS; r++) {
        if (step_row_name(r) != NULL) {
            print_counts(step_row_name(r), &shared->rows[r]);
        }
    }
    printf("\n%-66s %10s %10s %10s\n", "states where", "states", "taken", "refused");
    for (unsigned f = 0; f < FEATURES; f++) {
        print_counts(feature_name(f), &shared->features[f]);
    }
}

/* ---- Enough? --------------------------------------------------------------------------------- */

static bool is_often(const char *what, const char *name, uint64_t number, uint64_t least)
{
    if (number < least) {
        printf("TOO SELDOM: %s '%s': %" PRIu64 " times, at least %" PRIu64 " wanted\n", what, name,
               number, least);
    }
    return number >= least;
}

static enum outcome judge(void)
{
    bool is_ok = is_often("any", "fast path", shared->taken, arg_least);
    for (unsigned f = FASTPATH_NONE + 1; f < FASTPATH_COUNT; f++) {
        is_ok &= is_often("fast path", fastpath_name(f), shared->fastpaths[f], arg_each);
    }
    for (unsigned f = 0; f < FEATURES; f++) {
        const struct counts *c = &shared->features[f];
        const uint64_t least = arg_each / FEATURE_SHARE;
        is_ok &=
            is_often("taken state", feature_name(f), c->taken, feature_is_of_taken(f) ? least : 0);
        is_ok &= is_often("refused state", feature_name(f), c->states - c->taken,
                          feature_is_of_refused(f) ? least : 0);
    }
    return is_ok ? SAME : SELDOM;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int usage(void)
{
    fprintf(stderr, "fastpath-diff [--seed n] [--steps n] [--least n] [--each n] [--episode n]\n");
    return USAGE;
}

static bool read_arguments(int argc, char **argv)
{
    const struct {
        const char *name;
        uint64_t *value;
    } options[] = {{"--seed", &arg_seed},
                   {"--steps", &arg_steps},
                   {"--least", &arg_least},
                   {"--each", &arg_each},
                   {"--episode", &arg_episode}};
    for (int i = 1; i < argc; i += 2) {
        bool is_known = false;
        for (unsigned o = 0; o < sizeof(options) / sizeof(options[0]) && i + 1 < argc; o++) {
            if (strcmp(argv[i], options[o].name) == 0) {
                *options[o].value = strtoull(argv[i + 1], NULL, 0);
                arg_one_episode |= options[o].value == &arg_episode;
                is_known = true;
            }
        }
        if (!is_known) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !read_arguments(argc, argv)) {
        return usage();
    }
    const double start = now();
    const bool is_same = run_in_child();
    if (!is_same) {
        step_print(&shared->step);
        printf("state %" PRIu64 " of: fastpath-diff --seed %" PRIu64 " --episode %" PRIu64 "\n\n",
               shared->state, arg_seed, shared->episode);
    }
    print_summary(now() - start);
    return is_same ? (int)judge() : (int)DIFFERENT;
}
