/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains: partitions of time. Only threads of the current domain run; a
 * schedule of 16 entries says which domain that is, and for how long.
 *
 * The root task has the one capability, KAAL_ROOT_DOMAIN, and may copy it. At
 * boot the schedule is empty and domain 0 runs without end.
 */
#ifndef KAAL_DOMAIN_H
#define KAAL_DOMAIN_H

#include <kaal/invoke.h>

/*
 * Move a thread to another domain. A new thread is in that of its maker.
 *
 * Rights: none beyond the capabilities.
 * Args:   domain: 0..15.
 * Errors: RANGE, INVALID_CAPABILITY.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_domain_set(kaal_cptr_t domains, kaal_cptr_t tcb,
                                                        kaal_word_t domain)
{
    struct kaal_msg msg = {.w = {domain}};
    kaal_set_cap(0, tcb);
    return kaal_invoke(domains, KAAL_INV_DOMAIN_SET, 1, 1, &msg);
}

/*
 * Set an entry of the schedule. If it is running it goes on as it was.
 *
 * Rights: none beyond the capability.
 * Args:   entry: 0..15; domain: 0..15; us: its duration in microseconds, 100..2^40,
 *         or 0 to empty the entry, which ends the schedule there.
 * Errors: RANGE.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_domain_set_schedule(kaal_cptr_t domains, kaal_word_t entry, kaal_word_t domain, kaal_word_t us)
{
    struct kaal_msg msg = {.w = {entry, domain, us}};
    return kaal_invoke(domains, KAAL_INV_DOMAIN_SET_SCHEDULE, 0, 3, &msg);
}

/*
 * Begin with an entry now. Behind the last entry this one comes again.
 *
 * Rights: none beyond the capability.
 * Args:   entry: 0..15.
 * Errors: RANGE, INVALID_ARGUMENT (the entry is empty).
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_domain_start(kaal_cptr_t domains, kaal_word_t entry)
{
    struct kaal_msg msg = {.w = {entry}};
    return kaal_invoke(domains, KAAL_INV_DOMAIN_START, 0, 1, &msg);
}

#endif
