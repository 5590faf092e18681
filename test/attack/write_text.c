/* SPDX-License-Identifier: Apache-2.0 */
/* Overwrite one's own code. */
#include "attack.h"

static __attribute__((noinline)) int victim(void)
{
    return 1;
}

bool attack(void)
{
    volatile uint32_t *code = (volatile uint32_t *)(uintptr_t)&victim;
    const uint32_t nop = 0xd503201f;
    *code = nop;
    return *code == nop && victim() != 0;
}
