/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

struct bench_counts bench_overhead;

struct bench_counts bench_once(const struct bench_op *op)
{
    struct bench_sample s;
    if (op->before != NULL) {
        op->before();
    }
    bench_measure(op->run, &s);
    if (op->until_wait) {
        s.end = (struct bench_counts){bench_woken->kernel, bench_woken->user};
    }
    if (op->after != NULL) {
        op->after();
    }
    return (struct bench_counts){
        .kernel = s.end.kernel - s.begin.kernel - bench_overhead.kernel,
        .user = s.end.user - s.begin.user - bench_overhead.user,
    };
}
