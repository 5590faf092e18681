/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BCM2711 ARM Peripherals does not describe this block. Where it is says the
 * devicetree (binding brcm,bcm2835-pm). What is used of it here is what can be
 * observed: the password, as at the clock manager of the BCM2835; a full reset
 * when PM_WDOG has counted down; and the boot partition in PM_RSTS, which the
 * firmware reads after the reset, and QEMU's model (bcm2835-powermgt) with it.
 */
#include "watchdog.h"

enum pm_register { PM_RSTC = 0x1c, PM_RSTS = 0x20, PM_WDOG = 0x24 };

#define PM_PASSWORD      0x5a000000U /* in the top byte, or the write is ignored */
#define PM_PASSWORD_MASK 0xff000000U

/* PM_RSTC: what happens when the count has come to zero. */
#define RSTC_CONFIG_MASK       0x30U
#define RSTC_CONFIG_FULL_RESET 0x20U

/* PM_RSTS: six bits of a partition, at every other bit from 0 on. 0: as
 * config.txt says. 63: none, the firmware halts. */
#define RSTS_PARTITION_MASK 0x555U
#define RSTS_PARTITION_HALT 0x555U

/* PM_WDOG: in steps of 1/65536 s. 16 ms, in which the UART sends what it has. */
#define WDOG_TICKS 1024U

static uint32_t pm_read(uintptr_t base, enum pm_register offset)
{
    return *(const volatile uint32_t *)(base + offset);
}

static void pm_write(uintptr_t base, enum pm_register offset, uint32_t value)
{
    *(volatile uint32_t *)(base + offset) = PM_PASSWORD | (value & ~PM_PASSWORD_MASK);
}

/* The partition and the time come before the reset they are for. */
static void reset_to(uintptr_t base, uint32_t partition)
{
    pm_write(base, PM_RSTS, (pm_read(base, PM_RSTS) & ~RSTS_PARTITION_MASK) | partition);
    pm_write(base, PM_WDOG, WDOG_TICKS);
    pm_write(base, PM_RSTC, (pm_read(base, PM_RSTC) & ~RSTC_CONFIG_MASK) | RSTC_CONFIG_FULL_RESET);
}

void watchdog_power_off(uintptr_t base)
{
    reset_to(base, RSTS_PARTITION_HALT);
}

void watchdog_restart(uintptr_t base)
{
    reset_to(base, 0);
}
