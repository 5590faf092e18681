/* SPDX-License-Identifier: Apache-2.0 */
/* Run code from the stack. */
#include "attack.h"

bool attack(void)
{
    volatile uint32_t code[2] = {0x52800540, 0xd65f03c0}; /* mov w0, #42; ret */
    int (*function)(void) = (int (*)(void))(uintptr_t)&code[0];
    return function() == 42;
}
