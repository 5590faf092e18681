/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The victim's neighbour: works in rounds, starts the attack after some, and
 * gives the verdict if it could go on to the end.
 */
#include <kaal/kaal.h>

#include "counter_ports.h"

enum { ROUNDS = 10, ATTACK_AFTER = 3, LIMIT = 2000, PRIMES = 303 };

static unsigned count_primes(void)
{
    unsigned count = 0;
    for (unsigned n = 2; n < LIMIT; n++) {
        unsigned d = 2;
        while (d * d <= n && n % d != 0) {
            d++;
        }
        count += d * d > n;
    }
    return count;
}

int main(void)
{
    for (int round = 1; round <= ROUNDS; round++) {
        if (count_primes() != PRIMES) {
            kaal_printf("KAAL VERDICT: FAIL round %d\n", round);
            return 1;
        }
        kaal_printf("round %d\n", round);
        if (round == ATTACK_AFTER) {
            kaal_signal(PORT_GO);
        }
    }
    kaal_printf("KAAL VERDICT: PASS counter reached %d\n", ROUNDS);
    return 0;
}
