/* SPDX-License-Identifier: Apache-2.0 */
#include "scaling.h"

#include <kaal/broker/output.h>

enum { WARM_UP = 1, SAMPLES = 3 };

static const unsigned sizes[] = {10, 100, 1000, 10000};

static void nothing(void)
{
}

static bool is_equal(const char *a, const char *b)
{
    for (; *a == *b && *a != 0; a++, b++) {
    }
    return *a == *b;
}

static const struct bench_op *find(const struct bench_op *ops, const char *name)
{
    while (ops->name != NULL && !is_equal(ops->name, name)) {
        ops++;
    }
    return ops->name != NULL ? ops : NULL;
}

static const struct bench_op *op_of(const struct scaling_op *op)
{
    if (op->like == NULL) {
        return &op->op;
    }
    const struct bench_op *same = find(thread_ops, op->like);
    return same != NULL ? same : find(object_ops, op->like);
}

/* The dearest of the samples; scaling-report.cmake reads this line. */
static void measure(const struct scaling_op *op)
{
    const struct bench_op *ops = op_of(op);
    uint32_t most = 0;
    if (ops->start != NULL) {
        ops->start();
    }
    for (unsigned i = 0; i < WARM_UP + SAMPLES; i++) {
        const uint32_t kernel = bench_once(ops).kernel;
        if (i >= WARM_UP && kernel > most) {
            most = kernel;
        }
    }
    if (ops->stop != NULL) {
        ops->stop();
    }
    output_printf("SCALING %s objects %u kernel %u\n", op->name, crowd_size, most);
}

static void measure_crowd(const struct scaling_crowd *crowd, unsigned size)
{
    static const struct bench_place place = {.suffix = "", .levels = 1};
    place_enter(&place);
    crowd_begin(size);
    crowd->fill(size);
    for (const struct scaling_op *op = crowd->ops; op->name != NULL; op++) {
        measure(op);
    }
    crowd_end();
    place_leave();
}

static void measure_crowds(const struct scaling_crowd *crowds)
{
    for (; crowds->fill != NULL; crowds++) {
        for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            measure_crowd(crowds, sizes[i]);
        }
    }
}

_Noreturn void kaal_root_main(const struct kaal_bootinfo *bootinfo)
{
    static const struct bench_op none = {.name = "nothing", .run = nothing};
    /* So much that no timer interrupt comes in between. */
    const struct kaal_sched_params params = {.budget_us = 1ULL << 40, .period_us = 1ULL << 40};
    place_init(bootinfo);
    must(sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, KAAL_ROOT_SCHED_CONTEXT, &params),
         "budget");
    bench_overhead = bench_once(&none);
    measure_crowds(object_crowds);
    measure_crowds(thread_crowds);
    output_printf("SCALING END\n");
    must(sys_power_off(KAAL_ROOT_POWER), "power");
    for (;;) {
    }
}
