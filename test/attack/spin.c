/* SPDX-License-Identifier: Apache-2.0 */
/* Take all the time there is. */
#include "attack.h"

bool attack(void)
{
    for (;;) {
        if (WITH_YIELD) {
            sys_yield();
        }
    }
}
