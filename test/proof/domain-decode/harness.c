/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls on the domain schedule, for every argument: what is accepted lies
 * in the tables, an error changes nothing, and the schedule goes on within its
 * entries from any state, at any time.
 */
#include "core/cpu.h"
#include "core/invocation.h"
#include "object/sched_context.h"
#include "object/tcb.h"

unsigned nondet_unsigned(void);
unsigned char nondet_byte(void);
word_t nondet_word(void);
struct cap nondet_cap(void);

static struct cpu cpu;
static struct tcb thread;
static unsigned set, changed;

struct cpu *arch_cpu(void)
{
    return &cpu;
}

ticks_t sched_now(void)
{
    return nondet_word() >> 8;
}

ticks_t sc_us_to_ticks(word_t us)
{
    __CPROVER_assert(us <= SC_MAX_US, "a time that cannot overflow");
    return us;
}

void tcb_set_domain(struct tcb *t, uint8_t domain)
{
    __CPROVER_assert(t == &thread && domain < DOMAINS, "a domain there is");
    set++;
}

void sched_domain_changed(void)
{
    changed++;
}

void harness(void)
{
    struct tcb caller;
    struct slot extra = {.cap = nondet_cap()};
    struct domains *d = &cpu.sched.domains;
    const unsigned call = nondet_unsigned(), any = nondet_unsigned();

    extra.cap.obj = &thread;
    for (unsigned i = 0; i < DOMAIN_ENTRIES; i++) {
        d->entries[i].duration = nondet_word() >> 16;
        d->entries[i].domain = nondet_byte() & (DOMAINS - 1);
    }
    d->running = nondet_byte() & (DOMAIN_ENTRIES - 1);
    d->first = nondet_byte() & (DOMAIN_ENTRIES - 1);
    __CPROVER_assume(any < DOMAIN_ENTRIES && domains_check(d) == NULL);
    const struct domain_entry before = d->entries[any];
    const unsigned running = d->running;
    struct invocation inv = {.caller = &caller, .length = 3, .caps = 1, .extra = {&extra}};
    const word_t entry = caller.regs.x[3];

    if (call == 3) {
        domains_tick(d, nondet_word() >> 8);
        __CPROVER_assert(domains_check(d) == NULL, "within its entries");
        return;
    }
    const enum kaal_err err = call == 0   ? domain_inv_set(&inv)
                              : call == 1 ? domain_inv_set_schedule(&inv)
                                          : domain_inv_start(&inv);
    const struct domain_entry *now = &d->entries[any];
    const bool is_same = now->duration == before.duration && now->domain == before.domain;

    __CPROVER_assert(domains_check(d) == NULL, "within its entries");
    __CPROVER_assert(is_same || (err == KAAL_OK && call == 1 && any == entry), "that entry alone");
    __CPROVER_assert(d->running == running || (err == KAAL_OK && call != 0 && call != 1),
                     "started");
    __CPROVER_assert(set == (call == 0 && err == KAAL_OK ? 1 : 0), "an error sets nothing");
    __CPROVER_assert(changed == (call != 0 && call != 1 && err == KAAL_OK ? 1 : 0), "made known");
    __CPROVER_assert(call != 0 || err != KAAL_OK || extra.cap.type == CAP_TCB, "of a thread");
}
