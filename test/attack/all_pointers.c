/* SPDX-License-Identifier: Apache-2.0 */
/* Look for capabilities that nobody gave: each bit, and everything near. */
#include "attack.h"

bool attack(void)
{
    const struct kaal_msg msg = {.info = kaal_msginfo(KAAL_INV_TCB_SUSPEND, 0, 0)};
    for (unsigned bit = 0; bit < 64; bit++) {
        for (kaal_cptr_t low = 0; low < 1024; low++) {
            const kaal_cptr_t cap = (kaal_cptr_t)1 << bit ^ low;
            if (cap != KAAL_SLOT_CONSOLE) {
                sys_nbsend(cap, &msg);
            }
        }
    }
    kaal_printf("attack over\n");
    for (;;) {
        sys_yield();
    }
}
