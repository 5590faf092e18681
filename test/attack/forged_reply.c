/* SPDX-License-Identifier: Apache-2.0 */
/* Answer callers that do not exist, again and again. */
#include "attack.h"

bool attack(void)
{
    for (unsigned i = 0; i < 20000; i++) {
        const struct kaal_msg msg = {.info = kaal_msginfo(i, 3, KAAL_MSG_MAX), .w = {i}};
        sys_nbsend(KAAL_SLOT_REPLY, &msg);
    }
    kaal_printf("attack over\n");
    for (;;) {
        sys_yield();
    }
}
