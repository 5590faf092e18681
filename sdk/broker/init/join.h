/* SPDX-License-Identifier: Apache-2.0 */
/* What joins the ports of instances: channels, rings and grants. */
#pragma once
#include "instance.h"

/*
 * Make everything that the system joins, from memory of own (channels and
 * grants) and of its own (rings). Instances that do not exist are left out.
 * What cannot be made is reported in one line; its ports then fault on use.
 */
void join_all(const struct system *system, struct instance *instances, struct arena *own);
