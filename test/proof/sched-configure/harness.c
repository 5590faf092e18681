/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SchedControl Configure, for every argument and size of a scheduling context:
 * an error changes nothing; what is accepted lies in the bounds of docs/abi.md,
 * and all refills fit into the object.
 */
#include "core/cpu.h"
#include "core/invocation.h"
#include "object/sched_context.h"
#include "object/tcb.h"

word_t nondet_word(void);
unsigned nondet_unsigned(void);
bool nondet_bool(void);
struct cap nondet_cap(void);

static struct {
    struct sc sc;
    struct refill first;
} memory;
static struct cpu cpu;

struct cpu *arch_cpu(void)
{
    return &cpu;
}

ticks_t sched_now(void)
{
    return 1000;
}

void harness(void)
{
    struct tcb caller;
    struct slot extra;
    struct invocation inv = {.caller = &caller, .length = 4, .caps = 1, .extra = {&extra}};
    inv.cap = cap_indexed(CAP_SCHED_CONTROL, 0);
    extra.cap = nondet_cap();
    extra.cap.obj = &memory.sc;
    const unsigned bits = extra.cap.a;
    __CPROVER_assume(extra.cap.type != CAP_SCHED_CONTEXT || (bits >= SC_MIN_BITS && bits <= 16));
    const word_t budget = caller.regs.x[3], period = caller.regs.x[4], more = caller.regs.x[5];

    const enum kaal_err err = sc_inv_configure(&inv);

    const struct sc *sc = &memory.sc;
    const bool is_ok = extra.cap.type == CAP_SCHED_CONTEXT && budget >= 100 &&
                       budget <= (word_t)1 << 40 && period >= budget && period <= (word_t)1 << 40;
    if (err != KAAL_OK) {
        __CPROVER_assert(sc->budget == 0 && sc->refill_max == 0 && sc->badge == 0,
                         "an error changes nothing");
        __CPROVER_assert(!is_ok || err == KAAL_ERR_RANGE, "the number of refills");
        return;
    }
    __CPROVER_assert(is_ok, "budget and period in their bounds");
    __CPROVER_assert(sc->refills[0].amount == sc->budget, "one refill of all");
    __CPROVER_assert(sc->refill_max == more + 2 && sc->refill_max <= 256, "refills");
    __CPROVER_assert(128 + 16 * (word_t)sc->refill_max <= (word_t)1 << bits, "fit in the object");
    __CPROVER_assert(sc->refill_count == 1 && memory.sc.refills[0].time == 1000, "due now");
    __CPROVER_assert(sc->badge == caller.regs.x[6] && sc->core == 0, "badge and core");
}
