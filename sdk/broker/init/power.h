/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who holds the capability "power". Where the devicetree has a watchdog that
 * init can drive, init stands between a component and the kernel: the port
 * gets a badged capability to init's endpoint, whose answers are the kernel's.
 */
#pragma once
#include "instance.h"

/*
 * Args: own, for what is made on the first grant; endpoint, init's; vaddr, a
 *   free page of init's address space.
 */
void power_init(struct arena *own, kaal_cptr_t endpoint, uint64_t vaddr);

/* Put the capability into the slot of a port of instance number. */
KAAL_MUST_CHECK kaal_err_t power_grant(const struct instance *instance, unsigned number,
                                       unsigned port);

/*
 * Handle a request that came with BADGE_POWER: by the firmware, or else by the
 * watchdog. Returns true if *msg is to be sent back as the reply; false if the
 * machine goes down.
 */
bool power_serve(struct kaal_msg *msg);
