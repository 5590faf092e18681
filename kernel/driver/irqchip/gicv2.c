/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arm IHI 0048, "GIC Architecture Specification, version 2.0".
 *
 * All interrupts are in group 0 and signalled as IRQ. Seen from Non-secure
 * state the same writes mean group 1 (section 3.7): group registers read as
 * zero there, and bit 0 of both control registers enables group 1.
 */
#include "gic.h"
#include "irqchip.h"

enum { GICC_CTLR = 0x00, GICC_PMR = 0x04, GICC_IAR = 0x0c, GICC_EOIR = 0x10 };

static struct {
    uintptr_t gicd, gicc;
    unsigned count;
    uint32_t sgi[16]; /* what GICC_IAR said of an active SGI: also its sender */
} gic;

/* The bit of this core's interface: its own interrupts are routed to it and to
 * nobody else (section 4.3.12). With a single interface the registers are 0. */
static uint32_t own_target(void)
{
    for (unsigned i = 0; i < 32; i += 4) {
        uint32_t targets = gic_read(gic.gicd, GICD_ITARGETSR + i);
        targets |= targets >> 16;
        targets |= targets >> 8;
        if ((targets & 0xff) != 0) {
            return targets & 0xff;
        }
    }
    return 0;
}

void gicv2_start(uintptr_t gicd, uintptr_t gicc)
{
    gic.gicd = gicd;
    gic.gicc = gicc;
    gic.count = gic_count(gicd, IRQCHIP_MAX_IRQS);
    gic_write(gicc, GICC_CTLR, 0);
    gic_write(gicd, GICD_CTLR, 0);

    const uint32_t targets = own_target() * 0x01010101U;
    for (unsigned first = 0; first < gic.count; first += 32) {
        gic_reset_32(gicd, first, 0);
        if (first == 0) {
            continue;
        }
        for (unsigned i = 0; i < 32; i += 16) {
            gic_write(gicd, GICD_ICFGR + (first + i) / 4, 0);
        }
        for (unsigned i = 0; i < 32; i += 4) {
            gic_write(gicd, GICD_ITARGETSR + first + i, targets);
        }
    }
    gic_write(gicd, GICD_CTLR, 1);
    gic_write(gicc, GICC_PMR, 0xff);
    gic_write(gicc, GICC_CTLR, 1);
}

unsigned gicv2_count(void)
{
    return gic.count;
}

unsigned gicv2_ack(void)
{
    const uint32_t iar = gic_read(gic.gicc, GICC_IAR);
    const unsigned irq = iar & 0x3ff;
    if (irq >= gic.count) {
        return IRQCHIP_SPURIOUS;
    }
    if (irq < 16) {
        gic.sgi[irq] = iar;
    }
    return irq;
}

void gicv2_eoi(unsigned irq)
{
    gic_write(gic.gicc, GICC_EOIR, irq < 16 ? gic.sgi[irq] : irq);
}

void gicv2_mask(unsigned irq)
{
    gic_write_bit(gic.gicd, GICD_ICENABLER, irq);
}

void gicv2_unmask(unsigned irq)
{
    gic_write_bit(gic.gicd, GICD_ISENABLER, irq);
}

void gicv2_set_trigger(unsigned irq, bool edge)
{
    gic_set_trigger(gic.gicd, irq, edge);
}
