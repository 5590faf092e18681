/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What init does when everything runs: the components' consoles, and their
 * faults and ends.
 */
#pragma once
#include "instance.h"

/*
 * Serve init's endpoint for ever.
 * Args: instances, by number; reply, a reply object of init's.
 */
_Noreturn void supervise(const struct instance *instances, unsigned count, kaal_cptr_t endpoint,
                         kaal_cptr_t reply);
