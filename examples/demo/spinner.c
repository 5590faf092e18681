/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Never waits and comes before all others; its budget, a fifth of the time, is
 * all that stops it. It tells the meter how many rounds it has made.
 */
#include <kaal/ring.h>

#include "demo.h"
#include "demo_spinner_ports.h"

int main(void)
{
    kaal_word_t value = 1;
    for (kaal_word_t rounds = 1;; rounds++) {
        value = one_round(value);
        __asm__ volatile("" : "+r"(value));
        if (rounds % 1000 == 0) {
            size_t sent; /* a full ring is no reason to wait */
            if (!kaal_ring_try_send(PORT_ROUNDS, &rounds, 1, &sent)) {
                return 1;
            }
        }
    }
}
