/* SPDX-License-Identifier: Apache-2.0 */
#include "power.h"

#include <kaal/power.h>

#include "device.h"
#include "watchdog.h"
#include <kaal/broker/mapping.h>

static struct {
    struct arena *own;
    kaal_cptr_t endpoint;
    uint64_t vaddr;
    uintptr_t watchdog; /* its registers, once they are mapped */
} power;

void power_init(struct arena *own, kaal_cptr_t endpoint, uint64_t vaddr)
{
    power.own = own;
    power.endpoint = endpoint;
    power.vaddr = vaddr;
}

kaal_err_t power_grant(const struct instance *instance, unsigned number, unsigned port)
{
    uint64_t paddr;
    if (!device_watchdog(WATCHDOG_BYTES, &paddr)) {
        return instance_grant(instance, port, KAAL_ROOT_POWER, KAAL_RIGHTS_ALL, 0);
    }
    if (power.watchdog == 0) {
        const kaal_err_t err = map_device(power.own, paddr, power.vaddr);
        if (err != KAAL_OK) {
            return err;
        }
        power.watchdog = power.vaddr + paddr % KAAL_PAGE_SIZE;
    }
    return instance_grant(instance, port, power.endpoint, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY,
                          BADGE_POWER | number);
}

/* The badge exists only where the watchdog is mapped. The kernel's calls return
 * only if there is no firmware that does it. */
bool power_serve(struct kaal_msg *msg)
{
    switch (kaal_msginfo_label(msg->info)) {
    case KAAL_INV_POWER_OFF:
        if (sys_power_off(KAAL_ROOT_POWER) != KAAL_OK) {
            watchdog_power_off(power.watchdog);
        }
        return false;
    case KAAL_INV_POWER_RESTART:
        if (sys_power_restart(KAAL_ROOT_POWER) != KAAL_OK) {
            watchdog_restart(power.watchdog);
        }
        return false;
    default:
        *msg = (struct kaal_msg){.info = kaal_msginfo(KAAL_ERR_ILLEGAL_OPERATION, 0, 0)};
        return true;
    }
}
