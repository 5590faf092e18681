/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What GICv2 (Arm IHI 0048, section 4.1) and GICv3 (Arm IHI 0069, section
 * 12.8) share: the distributor's registers, which for interrupts 0-31 a GICv3
 * redistributor has at the same offsets.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
    GICD_CTLR = 0x000,
    GICD_TYPER = 0x004,
    GICD_IGROUPR = 0x080, /* a bit each */
    GICD_ISENABLER = 0x100,
    GICD_ICENABLER = 0x180,
    GICD_ICPENDR = 0x280,
    GICD_ICACTIVER = 0x380,
    GICD_IPRIORITYR = 0x400, /* a byte each */
    GICD_ITARGETSR = 0x800,  /* a byte each, GICv2 */
    GICD_ICFGR = 0xc00,      /* two bits each: the upper one is 1 for edge */
};

/* Half of all priorities: above the idle priority, below the mask. */
#define GIC_PRIORITIES 0xa0a0a0a0U

static inline uint32_t gic_read(uintptr_t base, unsigned offset)
{
    return *(const volatile uint32_t *)(base + offset);
}

static inline void gic_write(uintptr_t base, unsigned offset, uint32_t value)
{
    *(volatile uint32_t *)(base + offset) = value;
}

/* The bit of irq in an array of one bit each. */
static inline void gic_write_bit(uintptr_t base, unsigned array, unsigned irq)
{
    gic_write(base, array + irq / 32 * 4, 1U << (irq % 32));
}

/* Interrupts that the distributor has, from GICD_TYPER.ITLinesNumber. */
static inline unsigned gic_count(uintptr_t gicd, unsigned limit)
{
    const unsigned count = 32 * ((gic_read(gicd, GICD_TYPER) & 0x1f) + 1);
    return count < limit ? count : limit;
}

/* Interrupts first .. first + 31: disabled, in this group (0 or ~0), neither
 * pending nor active, one priority. */
static inline void gic_reset_32(uintptr_t base, unsigned first, uint32_t group)
{
    const unsigned word = first / 32 * 4;
    gic_write(base, GICD_ICENABLER + word, ~0U);
    gic_write(base, GICD_IGROUPR + word, group);
    gic_write(base, GICD_ICPENDR + word, ~0U);
    gic_write(base, GICD_ICACTIVER + word, ~0U);
    for (unsigned i = 0; i < 32; i += 4) {
        gic_write(base, GICD_IPRIORITYR + first + i, GIC_PRIORITIES);
    }
}

/* irq must be disabled, IHI 0048 section 4.3.13. SGIs (0-15) cannot change. */
static inline void gic_set_trigger(uintptr_t base, unsigned irq, bool edge)
{
    if (irq < 16) {
        return;
    }
    const unsigned word = GICD_ICFGR + irq / 16 * 4;
    const uint32_t bit = 2U << (irq % 16 * 2);
    const uint32_t old = gic_read(base, word);
    gic_write(base, word, edge ? old | bit : old & ~bit);
}
