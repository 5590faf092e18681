/* SPDX-License-Identifier: Apache-2.0 */
/* Makes rounds as the spinner does, and compares how far each has come. */
#include <kaal/ring.h>

#include "demo.h"
#include "demo_meter_ports.h"

enum { BURSTS = 20 }; /* at least, to compare over */

/* The last number that the spinner sent, or what it was. */
static kaal_word_t latest(kaal_word_t was)
{
    kaal_word_t sent[16];
    size_t count;
    while (kaal_ring_try_recv(PORT_ROUNDS, sent, sizeof(sent) / sizeof(sent[0]), &count) &&
           count > 0) {
        was = sent[count - 1];
    }
    return was;
}

/* Rounds of the spinner at the moment that it next gets the processor. */
static kaal_word_t next_burst(void)
{
    const kaal_word_t old = latest(0);
    kaal_word_t now = old;
    while (now == old) {
        now = latest(old);
    }
    return now;
}

/* From one burst of the spinner to another: whole periods. */
int main(void)
{
    const kaal_word_t nonce = demo_begin(PORT_GO, PORT_REPORT);
    const kaal_word_t wanted = METER_ROUNDS(nonce);
    const kaal_word_t before = next_burst();
    kaal_word_t value = nonce, work = nonce, made = 0, bursts = 0, spins = before, now = before;
    while (made < wanted || bursts < BURSTS || now == spins) {
        spins = now;
        for (unsigned i = 0; i < ROUNDS_A_LOOK; i++) {
            work = one_round(work);
            __asm__ volatile("" : "+r"(work));
        }
        made += ROUNDS_A_LOOK;
        value = made == wanted ? work : value;
        now = latest(spins);
        bursts += now != spins;
    }
    const kaal_word_t share = (now - before) * 100 / (now - before + made);
    kaal_printf("budget: the spinner made %lu %% of the rounds in %lu of its bursts, 0x%016lx\n",
                share, bursts, value);
    demo_end(PORT_REPORT, share, value);
    return 0;
}
