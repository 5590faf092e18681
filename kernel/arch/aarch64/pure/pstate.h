/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processor state of a user thread. Arm ARM (DDI 0487) C5.2.19, "SPSR_EL1".
 * No system registers: also compiled for the host.
 */
#pragma once
#include <stdint.h>

#define PSTATE_FLAGS UINT64_C(0xf0000000) /* N, Z, C, V */

/* M[4:0] = 0 is EL0 in AArch64 state, D = A = I = F = 0 masks nothing. */
#define PSTATE_USER UINT64_C(0)

static inline uint64_t pstate_sanitise(uint64_t pstate)
{
    return (pstate & PSTATE_FLAGS) | PSTATE_USER;
}
