/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <kaal/broker/output.h>

enum { WARM_UP = 3, SAMPLES = BENCH_ROUNDS - WARM_UP };

static const struct bench_place places[] = {
    {.suffix = "", .levels = 1},
    {.suffix = "_across", .is_across = true, .levels = 1},
    {.suffix = "_cspace2", .levels = 2},
    {.suffix = "_cspace3", .levels = 3},
    {.suffix = "_sporadic", .is_across = true, .levels = 1, .is_sporadic = true},
};

static void sort(uint32_t *values)
{
    for (unsigned i = 1; i < SAMPLES; i++) {
        for (unsigned j = i; j > 0 && values[j] < values[j - 1]; j--) {
            const uint32_t v = values[j];
            values[j] = values[j - 1];
            values[j - 1] = v;
        }
    }
}

/* A sorted series of samples for either level. */
static void measure(const struct bench_op *op, uint32_t *kernel, uint32_t *user)
{
    if (op->start != NULL) {
        op->start();
    }
    for (unsigned i = 0; i < WARM_UP + SAMPLES; i++) {
        const struct bench_counts c = bench_once(op);
        if (i >= WARM_UP) {
            kernel[i - WARM_UP] = c.kernel;
            user[i - WARM_UP] = c.user;
        }
    }
    if (op->stop != NULL) {
        op->stop();
    }
    sort(kernel);
    sort(user);
}

/* Median, minimum and maximum; report.cmake reads these lines. */
static void measure_all(const struct bench_op *ops, const char *suffix)
{
    static uint32_t kernel[SAMPLES], user[SAMPLES];
    for (const struct bench_op *op = ops; op->name != NULL; op++) {
        measure(op, kernel, user);
        output_printf("BENCH %s%s kernel %u %u %u user %u %u %u\n", op->name, suffix,
                      kernel[SAMPLES / 2], kernel[0], kernel[SAMPLES - 1], user[SAMPLES / 2],
                      user[0], user[SAMPLES - 1]);
    }
}

static void nothing(void)
{
}

/* What measuring itself costs. */
static void find_overhead(void)
{
    static uint32_t kernel[SAMPLES], user[SAMPLES];
    const struct bench_op op = {.name = "nothing", .run = nothing};
    measure(&op, kernel, user);
    bench_overhead = (struct bench_counts){kernel[SAMPLES / 2], user[SAMPLES / 2]};
    output_printf("BENCH overhead kernel %u user %u\n", bench_overhead.kernel, bench_overhead.user);
}

_Noreturn void kaal_root_main(const struct kaal_bootinfo *bootinfo)
{
    place_init(bootinfo);
    find_overhead();
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        place_enter(&places[i]);
        measure_all(places[i].levels > 1    ? lookup_ops
                    : places[i].is_sporadic ? context_ops
                                            : thread_ops,
                    places[i].suffix);
        if (places[i].levels == 1 && !places[i].is_across) {
            measure_all(object_ops, places[i].suffix);
        }
        place_leave();
    }
    output_printf("BENCH END\n");
    must(sys_power_off(KAAL_ROOT_POWER), "power");
    for (;;) {
    }
}
