/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power: switch the machine off, or restart it.
 *
 * The root task has the one capability to the kernel's part, which asks the
 * firmware (PSCI): KAAL_ROOT_POWER, which it may copy. A port that init grants
 * "power" has that, or (Raspberry Pi 4, which has no PSCI) a capability to init,
 * which answers the same calls and drives a watchdog.
 */
#ifndef KAAL_POWER_H
#define KAAL_POWER_H

#include <kaal/invoke.h>

/*
 * Switch the machine off.
 * Rights: none; having the capability is the right.
 * Arguments: power.
 * Returns: never, if it works; else the error.
 * Errors: ILLEGAL_OPERATION (the firmware has no PSCI or refuses, and nobody
 *   stands in for it).
 * Notes: the other cores and all components stop where they are.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_power_off(kaal_cptr_t power)
{
    struct kaal_msg msg;
    return kaal_invoke(power, KAAL_INV_POWER_OFF, 0, 0, &msg);
}

/*
 * Restart the machine.
 * Rights: none; having the capability is the right.
 * Arguments: power.
 * Returns: never, if it works; else the error.
 * Errors: ILLEGAL_OPERATION (as sys_power_off()).
 * Notes: the other cores and all components stop where they are.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_power_restart(kaal_cptr_t power)
{
    struct kaal_msg msg;
    return kaal_invoke(power, KAAL_INV_POWER_RESTART, 0, 0, &msg);
}

#endif
