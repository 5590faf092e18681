/* SPDX-License-Identifier: Apache-2.0 */
/* Fills the ring with the words that follow from a number it is called with. */
#include <kaal/ring.h>

#include "demo.h"
#include "demo_producer_ports.h"

enum { BATCH = 16 }; /* slots */

int main(void)
{
    static kaal_word_t words[BATCH * SLOT_WORDS];
    struct kaal_msg msg;
    kaal_serve(PORT_START, &msg);
    const kaal_word_t nonce = msg.w[0];
    sys_send(KAAL_SLOT_REPLY, &(struct kaal_msg){.info = kaal_msginfo(0, 0, 0)});

    for (kaal_word_t sent = 0; sent < RING_WORDS;) {
        unsigned count = 0;
        for (; count < BATCH * SLOT_WORDS && sent < RING_WORDS; count++, sent++) {
            words[count] = mix(nonce + sent);
        }
        if (!kaal_ring_send(PORT_WORDS, words, count / SLOT_WORDS)) {
            kaal_printf("the ring is broken\n");
            return 1;
        }
    }
    return 0;
}
