/* SPDX-License-Identifier: Apache-2.0 */
/* Every invocation on every capability pointer, but the console's: with nothing
 * there, and with all there is. */
#include "attack.h"

enum { POINTERS = 512, LABELS = 100 };

bool attack(void)
{
    struct kaal_ipc_buffer *buffer = kaal_ipc_buffer();
    for (kaal_cptr_t cap = 0; cap < POINTERS; cap++) {
        for (kaal_word_t label = 0; label < LABELS && cap != KAAL_SLOT_CONSOLE; label++) {
            for (unsigned i = 0; i < KAAL_MSG_CAPS; i++) {
                buffer->caps_or_badges[i] = cap + i;
            }
            const struct kaal_msg msg = {
                .info = kaal_msginfo(label, KAAL_MSG_CAPS, KAAL_MSG_MAX),
                .w = {cap * 0x9e3779b97f4a7c15, label, ~(kaal_word_t)0, cap},
            };
            sys_nbsend(cap, &msg);
        }
    }
    kaal_printf("attack over\n");
    for (;;) {
        sys_yield();
    }
}
