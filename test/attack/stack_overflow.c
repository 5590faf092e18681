/* SPDX-License-Identifier: Apache-2.0 */
/* Run out of the stack. */
#include "attack.h"

bool attack(void)
{
    const struct kaal_startup *startup = kaal_startup();
    volatile char *below = (volatile char *)startup->stack_low;
    below[-8] = 1;
    return true;
}
