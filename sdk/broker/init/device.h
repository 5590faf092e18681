/* SPDX-License-Identifier: Apache-2.0 */
/* What init takes from the devicetree. The loader has checked its structure. */
#pragma once
#include <kaal/bootinfo.h>
#include <stdbool.h>

struct device_irq {
    uint32_t number; /* at the interrupt controller */
    bool is_edge;
};

/* Without a devicetree the functions below find nothing. */
void device_init(const struct kaal_bootinfo *bootinfo);

/* The first interrupt of the device that /chosen/stdout-path names. */
bool device_stdout_irq(struct device_irq *irq);

/*
 * 64 bits for an instance, from /chosen/rng-seed: what the firmware or the
 * emulator made up for this boot. 0 if there is none, or it is all zeros.
 * Differs from boot to boot and from instance to instance; no key.
 */
uint64_t device_seed(unsigned instance);

/* The registers of the first watchdog of a Raspberry Pi (watchdog.h) that is
 * there, has bytes of them at least, and all in one page. */
bool device_watchdog(uint64_t bytes, uint64_t *paddr);
