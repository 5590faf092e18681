/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power: switch the machine off, or restart it, through its firmware (PSCI).
 *
 * The root task has the one capability, KAAL_ROOT_POWER, and may copy it. A
 * board without PSCI (Raspberry Pi 4) does this with its watchdog, in user
 * space.
 */
#ifndef KAAL_POWER_H
#define KAAL_POWER_H

#include <kaal/invoke.h>

/*
 * Switch the machine off.
 *
 * Rights:  none beyond the capability.
 * Returns: never, if it works.
 * Errors:  ILLEGAL_OPERATION: this machine has no firmware that does it.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_power_off(kaal_cptr_t power)
{
    struct kaal_msg msg;
    return kaal_invoke(power, KAAL_INV_POWER_OFF, 0, 0, &msg);
}

/* Restart the machine; otherwise as sys_power_off(). */
KAAL_MUST_CHECK static inline kaal_err_t sys_power_restart(kaal_cptr_t power)
{
    struct kaal_msg msg;
    return kaal_invoke(power, KAAL_INV_POWER_RESTART, 0, 0, &msg);
}

#endif
