/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains: partitions of time. A schedule says which domain's threads may run,
 * and for how long.
 *
 * D1  current < DOMAINS; domains of entries likewise; running, first < DOMAIN_ENTRIES.
 * D2  end is UINT64_MAX until the schedule is started.
 */
#pragma once
#include "arch/arch.h"

enum { DOMAINS = 16, DOMAIN_ENTRIES = 16 };

struct domain_entry {
    ticks_t duration; /* 0: empty, the end of the schedule */
    uint8_t domain;
};

struct domains {
    ticks_t end; /* of the current domain's time */
    uint8_t current;
    uint8_t running; /* the entry whose time it is */
    uint8_t first;   /* the entry that was started */
    struct domain_entry entries[DOMAIN_ENTRIES];
};

/* Domain 0 without end, no schedule. Pre: zeroed. */
void domains_init(struct domains *d);

/* Begin with an entry, which is not empty. */
void domains_start(struct domains *d, unsigned entry, ticks_t now);

/* Go to the next entry if the time of this one is over. */
void domains_tick(struct domains *d, ticks_t now);

/* NULL if D1 and D2 hold, else the name of the broken one. */
const char *domains_check(const struct domains *d);
