/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the producer, and checks each word that comes through the ring. */
#include <kaal/ring.h>

#include "demo.h"
#include "demo_consumer_ports.h"

enum { BATCH = 32 }; /* slots */

int main(void)
{
    static kaal_word_t words[BATCH * SLOT_WORDS];
    const kaal_word_t nonce = demo_begin(PORT_GO, PORT_REPORT);
    struct kaal_msg msg = {.info = kaal_msginfo(0, 0, 1), .w = {nonce}};
    kaal_call(PORT_START, &msg);

    kaal_word_t right = 0, sum = 0;
    for (kaal_word_t received = 0; received < RING_WORDS;) {
        size_t slots;
        if (!kaal_ring_recv(PORT_WORDS, words, BATCH, &slots)) {
            kaal_printf("ring: broken\n");
            return 1;
        }
        for (unsigned i = 0; i < slots * SLOT_WORDS; i++, received++) {
            right += words[i] == mix(nonce + received);
            sum += words[i];
        }
    }
    kaal_printf("ring: %lu of %d words are right, their sum is 0x%016lx\n", right, RING_WORDS, sum);
    demo_end(PORT_REPORT, right, sum);
    return 0;
}
