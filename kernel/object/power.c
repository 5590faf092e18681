/* SPDX-License-Identifier: Apache-2.0 */
/* Power: the only two things user space may ask of the firmware, which answers
 * the kernel alone. */
#include "core/invocation.h"

enum kaal_err power_inv_off(struct invocation *inv)
{
    (void)inv;
    arch_power_off();
    return KAAL_ERR_ILLEGAL_OPERATION;
}

enum kaal_err power_inv_restart(struct invocation *inv)
{
    (void)inv;
    arch_power_restart();
    return KAAL_ERR_ILLEGAL_OPERATION;
}
