/* SPDX-License-Identifier: Apache-2.0 */
#include "domain.h"

#include "object/sched_context.h"
#include "object/tcb.h"

#include "core/cpu.h"
#include "core/invocation.h"

void domains_init(struct domains *d)
{
    d->end = UINT64_MAX;
}

static void run_entry(struct domains *d, unsigned entry, ticks_t now)
{
    d->running = (uint8_t)entry;
    if (d->entries[entry].duration == 0) {
        d->end = UINT64_MAX; /* the schedule was taken away: nothing comes next */
        return;
    }
    d->current = d->entries[entry].domain;
    d->end = now + d->entries[entry].duration;
}

void domains_start(struct domains *d, unsigned entry, ticks_t now)
{
    d->first = (uint8_t)entry;
    run_entry(d, entry, now);
}

void domains_tick(struct domains *d, ticks_t now)
{
    if (d->end > now) {
        return;
    }
    const unsigned next = d->running + 1U;
    const bool is_last = next == DOMAIN_ENTRIES || d->entries[next].duration == 0;
    run_entry(d, is_last ? d->first : next, now);
}

const char *domains_check(const struct domains *d)
{
    for (unsigned i = 0; i < DOMAIN_ENTRIES; i++) {
        if (d->entries[i].domain >= DOMAINS) {
            return "KI-20 domain of the schedule";
        }
    }
    return d->current >= DOMAINS || d->running >= DOMAIN_ENTRIES || d->first >= DOMAIN_ENTRIES
               ? "KI-20 current domain"
               : NULL;
}

/* ---- Invocations ---------------------------------------------------------------- */

enum kaal_err domain_inv_set(struct invocation *inv)
{
    struct tcb *t = cap_tcb(inv_cap(inv, 0));
    const word_t domain = inv_arg(inv, 0);

    if (domain >= DOMAINS) {
        return inv_bad_range(inv, 0, 0, DOMAINS - 1);
    }
    if (t == NULL) {
        return inv_bad_cap(inv, 0);
    }
    tcb_set_domain(t, (uint8_t)domain);
    return KAAL_OK;
}

enum kaal_err domain_inv_set_schedule(struct invocation *inv)
{
    enum { ARG_ENTRY, ARG_DOMAIN, ARG_DURATION };
    const word_t entry = inv_arg(inv, ARG_ENTRY);
    const word_t domain = inv_arg(inv, ARG_DOMAIN);
    const word_t us = inv_arg(inv, ARG_DURATION);

    if (entry >= DOMAIN_ENTRIES) {
        return inv_bad_range(inv, ARG_ENTRY, 0, DOMAIN_ENTRIES - 1);
    }
    if (domain >= DOMAINS) {
        return inv_bad_range(inv, ARG_DOMAIN, 0, DOMAINS - 1);
    }
    if (us != 0 && (us < SC_MIN_US || us > SC_MAX_US)) {
        return inv_bad_range(inv, ARG_DURATION, SC_MIN_US, SC_MAX_US);
    }
    arch_cpu()->sched.domains.entries[entry] =
        (struct domain_entry){.duration = sc_us_to_ticks(us), .domain = (uint8_t)domain};
    return KAAL_OK;
}

enum kaal_err domain_inv_start(struct invocation *inv)
{
    struct domains *d = &arch_cpu()->sched.domains;
    const word_t entry = inv_arg(inv, 0);

    if (entry >= DOMAIN_ENTRIES) {
        return inv_bad_range(inv, 0, 0, DOMAIN_ENTRIES - 1);
    }
    if (d->entries[entry].duration == 0) {
        return inv_bad_arg(inv, 0);
    }
    domains_start(d, (unsigned)entry, sched_now());
    sched_domain_changed();
    return KAAL_OK;
}
