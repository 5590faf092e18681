/* SPDX-License-Identifier: Apache-2.0 */
/* object/asid.c with a window to its state; linked instead of it. */
#include "object/asid.c"

#include "kernel.h"

void kernel_asid_reset(void)
{
    for (unsigned i = 0; i < ASID_POOLS; i++) {
        asid_pools[i] = NULL;
    }
}
