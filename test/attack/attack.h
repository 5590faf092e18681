/* SPDX-License-Identifier: Apache-2.0 */
/* What every attack is made of. */
#pragma once
#include <kaal/kaal.h>
#include <stdbool.h>

/* The attack. Returns whether it got what it wanted; it should not return. */
bool attack(void);
