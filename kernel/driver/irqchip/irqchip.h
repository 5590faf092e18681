/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupt controllers. Each has the same functions; arch/aarch64/irq.c calls
 * those of the one that is there. Interrupts masked, kernel lock held.
 *
 *   start     everything masked, level-triggered, inactive, one priority, shared
 *             interrupts to this core; this core's interface on
 *   count     interrupt ids are 0 .. count - 1, at most IRQCHIP_MAX_IRQS
 *   ack       the id, which becomes active, or IRQCHIP_SPURIOUS
 *   eoi       the id that ack returned becomes inactive
 *   mask, unmask, set_trigger     irq < count
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"

/* Ids from 1020 on are special: Arm IHI 0048, section 2.2.1. */
enum { IRQCHIP_MAX_IRQS = 1020, IRQCHIP_SPURIOUS = ARCH_IRQ_NONE };

void gicv2_start(uintptr_t gicd, uintptr_t gicc);
unsigned gicv2_count(void);
unsigned gicv2_ack(void);
void gicv2_eoi(unsigned irq);
void gicv2_mask(unsigned irq);
void gicv2_unmask(unsigned irq);
void gicv2_set_trigger(unsigned irq, bool edge);

/* affinity: of this core, as MPIDR_EL1 says. gicr: redistributors of cores
 * cores, each stride bytes after the one before. */
void gicv3_start(uintptr_t gicd, uintptr_t gicr, uint32_t stride, uint32_t cores,
                 uint64_t affinity);
unsigned gicv3_count(void);
unsigned gicv3_ack(void);
void gicv3_eoi(unsigned irq);
void gicv3_mask(unsigned irq);
void gicv3_unmask(unsigned irq);
void gicv3_set_trigger(unsigned irq, bool edge);
