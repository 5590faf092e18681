/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Generic Timer's EL1 virtual timer. Arm ARM (DDI 0487) D12.
 * arch_now() and arch_timer_set() are implemented here.
 */
#pragma once

/* Timer on, deadline never; the physical timer of EL1 off. */
void timer_start(void);
