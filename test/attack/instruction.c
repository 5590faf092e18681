/* SPDX-License-Identifier: Apache-2.0 */
/* Execute INSTRUCTION, which is not for user space. x0 is 1. */
#include "attack.h"

bool attack(void)
{
    __asm__ volatile("mov x0, #1\n" INSTRUCTION : : : "x0", "x1", "memory");
    return true;
}
