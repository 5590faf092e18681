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
 * Put a thread into a domain.
 * Rights: none; the Domain capability is the right to partition time.
 * Arguments: domains; tcb; domain, 0..15.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (domain), INVALID_CAPABILITY (tcb).
 * Notes: takes effect at once, also for the caller.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_domain_set(kaal_cptr_t domains, kaal_cptr_t tcb,
                                                        kaal_word_t domain)
{
    struct kaal_msg msg = {.w = {domain}};
    kaal_set_cap(0, tcb);
    return kaal_invoke(domains, KAAL_INV_DOMAIN_SET, 1, 1, &msg);
}

/*
 * Set one entry of the domain schedule.
 * Rights: none; the Domain capability is the right to partition time.
 * Arguments: domains; entry, 0..15; domain, 0..15; us, how long it runs (100
 *   .. 2^40 microseconds), 0 for an empty entry.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (entry, domain, us).
 * Notes: an entry that is running goes on as it was.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_domain_set_schedule(kaal_cptr_t domains, kaal_word_t entry, kaal_word_t domain, kaal_word_t us)
{
    struct kaal_msg msg = {.w = {entry, domain, us}};
    return kaal_invoke(domains, KAAL_INV_DOMAIN_SET_SCHEDULE, 0, 3, &msg);
}

/*
 * Begin the domain schedule at an entry; behind the last one that is not empty
 * it begins there again.
 * Rights: none; the Domain capability is the right to partition time.
 * Arguments: domains; entry, 0..15.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (entry), INVALID_ARGUMENT (the entry is empty).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_domain_start(kaal_cptr_t domains, kaal_word_t entry)
{
    struct kaal_msg msg = {.w = {entry}};
    return kaal_invoke(domains, KAAL_INV_DOMAIN_START, 0, 1, &msg);
}

#endif
