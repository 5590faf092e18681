/* SPDX-License-Identifier: Apache-2.0 */
/* The devices that the boot parameters name; interrupts. */
#include <driver/irqchip/irqchip.h>
#include <driver/timer/generic.h>

#include "local.h"

static bool is_gicv3;

void arch_boot(const struct kaal_boot_params *params)
{
    if (KAAL_CFG_DEBUG) {
        mmu_check_text(params);
    }
    power_start(params);
    is_gicv3 = params->gic_version == KAAL_GIC_V3;
    if (is_gicv3) {
        gicv3_start(KAAL_DEVICE_GICD, KAAL_DEVICE_GICR, params->gicr_stride, params->core_count,
                    sysreg_read_mpidr() & MPIDR_AFFINITY);
    } else {
        gicv2_start(KAAL_DEVICE_GICD, KAAL_DEVICE_GICC);
    }
    timer_start();
}

unsigned arch_irq_count(void)
{
    return is_gicv3 ? gicv3_count() : gicv2_count();
}

unsigned arch_irq_ack(void)
{
    return is_gicv3 ? gicv3_ack() : gicv2_ack();
}

void arch_irq_eoi(unsigned irq)
{
    if (is_gicv3) {
        gicv3_eoi(irq);
    } else {
        gicv2_eoi(irq);
    }
}

void arch_irq_mask(unsigned irq)
{
    if (is_gicv3) {
        gicv3_mask(irq);
    } else {
        gicv2_mask(irq);
    }
}

void arch_irq_unmask(unsigned irq)
{
    if (is_gicv3) {
        gicv3_unmask(irq);
    } else {
        gicv2_unmask(irq);
    }
}

void arch_irq_set_trigger(unsigned irq, bool edge)
{
    if (is_gicv3) {
        gicv3_set_trigger(irq, edge);
    } else {
        gicv2_set_trigger(irq, edge);
    }
}
