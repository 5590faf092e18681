/* SPDX-License-Identifier: Apache-2.0 */
/* Use a stack pointer that is not a multiple of 16. */
#include "attack.h"

bool attack(void)
{
    __asm__ volatile("mov x1, sp\n add sp, x1, #1\n ldr x0, [sp]\n mov sp, x1"
                     :
                     :
                     : "x0", "x1", "memory");
    return true;
}
