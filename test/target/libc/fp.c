/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two instances of this preempt each other while their values are in the
 * floating-point registers. Each signals the other once a round: a signal that
 * arrived during a round says that the other ran, and used its registers, then.
 */
#include <fenv.h>
#include <kaal/kaal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fp_ports.h"

enum { ROUNDS = 300, SPINS = 20000, MIN_PREEMPTIONS = 20, WORDS = 64 };

/* Four registers a line, the operation on each pair. */
#define PAIR(op, a, b, at)            op " q" #a ", q" #b ", [%0, #" #at "]\n"
#define FOUR(op, a, b, c, d, at, at2) PAIR(op, a, b, at) PAIR(op, c, d, at2)
#define LOWER(op)                    \
    FOUR(op, 0, 1, 2, 3, 0, 32)      \
    FOUR(op, 4, 5, 6, 7, 64, 96)     \
    FOUR(op, 8, 9, 10, 11, 128, 160) \
    FOUR(op, 12, 13, 14, 15, 192, 224)
#define UPPER(op)                      \
    FOUR(op, 16, 17, 18, 19, 256, 288) \
    FOUR(op, 20, 21, 22, 23, 320, 352) \
    FOUR(op, 24, 25, 26, 27, 384, 416) \
    FOUR(op, 28, 29, 30, 31, 448, 480)

/* values into q0..q31, some time, and back into values. */
static void hold(uint64_t *values, uint64_t spins)
{
    __asm__ volatile(LOWER("ldp") UPPER("ldp") "1: subs %1, %1, #1\n b.ne 1b\n" LOWER("stp")
                         UPPER("stp")
                     : "+r"(values), "+r"(spins)
                     :
                     : "memory", "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9",
                       "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20",
                       "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
}

int main(void)
{
    static uint64_t values[WORDS];
    static uint64_t expected[WORDS];
    const uint64_t seed = (uint64_t)kaal_startup()->name[0] * 0x9e3779b97f4a7c15;
    const int rounding = kaal_startup()->name[0] == 'a' ? FE_UPWARD : FE_DOWNWARD;
    unsigned preemptions = 0;
    unsigned wrong = 0;

    fesetround(rounding);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < WORDS; i++) {
            expected[i] = values[i] = seed * (round * WORDS + i + 1);
        }
        kaal_poll(PORT_OTHERS);
        hold(values, SPINS);
        preemptions += kaal_poll(PORT_OTHERS) != 0;
        wrong += memcmp(values, expected, sizeof(values)) != 0 || fegetround() != rounding;
        kaal_signal(PORT_MINE);
    }
    printf("FP VERDICT: %s %u rounds, %u wrong\n",
           wrong == 0 && preemptions >= MIN_PREEMPTIONS ? "PASS" : "FAIL", ROUNDS, wrong);
    printf("%u preemptions\n", preemptions);
}
