/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts primes with the server's help and compares with the known number,
 * then checks that the spinner has been running, and been stopped, meanwhile.
 */
#include <kaal/kaal.h>

#include "client_ports.h"

enum { LIMIT = 10000, PRIMES = 1229, SPINS = 5 };

static kaal_word_t count_primes(void)
{
    kaal_word_t count = 0;
    for (kaal_word_t n = 0; n < LIMIT; n++) {
        struct kaal_msg msg = {.info = kaal_msginfo(0, 0, 1), .w = {n}};
        kaal_call(PORT_PRIME, &msg);
        count += msg.w[0];
    }
    return count;
}

int main(void)
{
    kaal_printf("asking for the primes below %d\n", LIMIT);
    const kaal_word_t count = count_primes();
    kaal_printf("%lu primes, with one call for each of %d numbers\n", count, LIMIT);

    /* The spinner has a higher priority: that this runs at all, and again
     * after each of its signals, is the timer's doing. */
    for (int i = 1; i <= SPINS; i++) {
        kaal_wait(PORT_SPUN);
        kaal_printf("the spinner was preempted, %d of %d\n", i, SPINS);
    }
    kaal_printf("KAAL VERDICT: %s\n", count == PRIMES ? "PASS" : "FAIL");
    return count == PRIMES ? 0 : 1;
}
