/* SPDX-License-Identifier: Apache-2.0 */
/* Talk nonsense to the console's server: all labels but the one that ends, and
 * more bytes than there are. */
#include "attack.h"

bool attack(void)
{
    for (kaal_word_t label = 0; label < 40; label++) {
        for (unsigned length = 0; length <= KAAL_MSG_MAX; length += 40) {
            struct kaal_msg msg = {
                .info = kaal_msginfo(label == KAAL_CONSOLE_WRITE ? 99 : label, 0, length),
                .w = {~(kaal_word_t)0, label, length, label}};
            if (label != KAAL_CONSOLE_EXIT) {
                sys_nbsend(KAAL_SLOT_CONSOLE, &msg);
            }
        }
    }
    kaal_printf("attack over\n");
    for (;;) {
        sys_yield();
    }
}
