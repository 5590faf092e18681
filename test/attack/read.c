/* SPDX-License-Identifier: Apache-2.0 */
/* Read memory of the kernel's at ADDRESS. */
#include "attack.h"

bool attack(void)
{
    const volatile uint64_t *secret = (const volatile uint64_t *)ADDRESS;
    (void)*secret;
    return true;
}
