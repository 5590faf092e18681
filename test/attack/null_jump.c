/* SPDX-License-Identifier: Apache-2.0 */
/* Call through a null pointer. */
#include "attack.h"

bool attack(void)
{
    void (*volatile function)(void) = NULL;
    function();
    return true;
}
