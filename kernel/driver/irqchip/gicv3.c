/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arm IHI 0069, "GIC Architecture Specification, version 3 and version 4".
 *
 * All interrupts are in group 1 and routed by affinity. The one value written
 * to GICD_CTLR means that with one security state (GICD_CTLR.DS = 1) and from
 * Non-secure state with two (section 12.9.4). No LPIs, no extended ranges.
 */
#include "gic.h"
#include "irqchip.h"
#include "sysreg.h"

enum {
    GICD_CTLR_GROUP1 = 1 << 1,
    GICD_CTLR_ARE = 1 << 4,
    GICR_CTLR = 0x0000,
    GICR_TYPER = 0x0008,
    GICR_WAKER = 0x0014,
    GICR_WAKER_PROCESSOR_SLEEP = 1 << 1,
    GICR_WAKER_CHILDREN_ASLEEP = 1 << 2,
    GICR_CTLR_RWP = 1 << 3,
    GICR_SGI_FRAME = 0x10000, /* interrupts 0-31, laid out as the distributor */
    GICD_IROUTER = 0x6000,    /* 8 bytes each, from interrupt 32 on */
    ICC_SRE_SRE = 1,
};
#define GICD_CTLR_RWP (1U << 31)

/* Polls of a flag that goes away in some cycles. At start they fail loudly,
 * later they bound what a broken controller costs. */
enum { POLLS_START = 1000000, POLLS = 1000 };

static struct {
    uintptr_t gicd;
    uintptr_t sgi; /* frame of this core's redistributor */
    unsigned count;
} gic;

/* Waits until the bits are zero. */
static bool settled(uintptr_t base, unsigned offset, uint32_t bits, unsigned polls)
{
    while ((gic_read(base, offset) & bits) != 0) {
        if (polls-- == 0) {
            return false;
        }
    }
    return true;
}

/* A register that was written takes effect while its "write pending" is set. */
static bool write_settled(unsigned irq, unsigned polls)
{
    if (irq < 32) {
        return settled(gic.sgi - GICR_SGI_FRAME, GICR_CTLR, GICR_CTLR_RWP, polls);
    }
    return settled(gic.gicd, GICD_CTLR, GICD_CTLR_RWP, polls);
}

static uintptr_t frame_of(unsigned irq)
{
    return irq < 32 ? gic.sgi : gic.gicd;
}

static void start_distributor(uint64_t affinity)
{
    /* Groups off first; ARE may only change then, and never back to 0. */
    gic_write(gic.gicd, GICD_CTLR, gic_read(gic.gicd, GICD_CTLR) & GICD_CTLR_ARE);
    bool ok = write_settled(32, POLLS_START);
    gic_write(gic.gicd, GICD_CTLR, GICD_CTLR_ARE);
    ok = ok && write_settled(32, POLLS_START);
    for (unsigned first = 32; first < gic.count; first += 32) {
        gic_reset_32(gic.gicd, first, ~0U);
        for (unsigned i = 0; i < 32; i += 16) {
            gic_write(gic.gicd, GICD_ICFGR + (first + i) / 4, 0);
        }
        for (unsigned irq = first; irq < first + 32 && irq < gic.count; irq++) {
            gic_write(gic.gicd, GICD_IROUTER + 8 * irq, (uint32_t)affinity);
            gic_write(gic.gicd, GICD_IROUTER + 8 * irq + 4, (uint32_t)(affinity >> 32));
        }
    }
    ok = ok && write_settled(32, POLLS_START);
    gic_write(gic.gicd, GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GROUP1);
    ok = ok && write_settled(32, POLLS_START);
    if (!ok) {
        kernel_panic("GICv3: the distributor does not settle");
    }
}

/* GICR_TYPER[63:32] is Aff3.Aff2.Aff1.Aff0. */
static uintptr_t find_redistributor(uintptr_t gicr, uint32_t stride, uint32_t cores,
                                    uint64_t affinity)
{
    const uint32_t wanted = (uint32_t)(affinity & 0xffffff) | (uint32_t)(affinity >> 32) << 24;
    for (uint32_t i = 0; i < cores; i++) {
        const uintptr_t frame = gicr + (uintptr_t)i * stride;
        if (gic_read(frame, GICR_TYPER + 4) == wanted) {
            return frame;
        }
    }
    kernel_panic("GICv3: no redistributor of core %x among %u", wanted, cores);
}

static void start_redistributor(uintptr_t frame)
{
    gic.sgi = frame + GICR_SGI_FRAME;
    const uint32_t waker = gic_read(frame, GICR_WAKER);
    gic_write(frame, GICR_WAKER, waker & ~(uint32_t)GICR_WAKER_PROCESSOR_SLEEP);
    if (!settled(frame, GICR_WAKER, GICR_WAKER_CHILDREN_ASLEEP, POLLS_START)) {
        kernel_panic("GICv3: the redistributor does not wake");
    }
    gic_reset_32(gic.sgi, 0, ~0U);
    if (!write_settled(0, POLLS_START)) {
        kernel_panic("GICv3: the redistributor does not settle");
    }
}

static void start_interface(void)
{
    sysreg_write_icc_sre(sysreg_read_icc_sre() | ICC_SRE_SRE);
    isb();
    if ((sysreg_read_icc_sre() & ICC_SRE_SRE) == 0) {
        kernel_panic("GICv3: no access to the CPU interface from EL1");
    }
    sysreg_write_icc_pmr(0xff);
    sysreg_write_icc_bpr1(0);
    sysreg_write_icc_ctlr(0); /* EOImode 0: one write ends an interrupt */
    sysreg_write_icc_igrpen1(1);
    isb();
}

void gicv3_start(uintptr_t gicd, uintptr_t gicr, uint32_t stride, uint32_t cores, uint64_t affinity)
{
    gic.gicd = gicd;
    gic.count = gic_count(gicd, IRQCHIP_MAX_IRQS);
    start_distributor(affinity);
    start_redistributor(find_redistributor(gicr, stride, cores, affinity));
    start_interface();
}

unsigned gicv3_count(void)
{
    return gic.count;
}

unsigned gicv3_ack(void)
{
    const unsigned irq = (unsigned)sysreg_read_icc_iar1() & 0xffffff;
    dsb_sy(); /* it is active before anything else happens: section 4.1.1 */
    return irq < gic.count ? irq : IRQCHIP_SPURIOUS;
}

void gicv3_eoi(unsigned irq)
{
    sysreg_write_icc_eoir1(irq);
    isb();
}

void gicv3_mask(unsigned irq)
{
    gic_write_bit(frame_of(irq), GICD_ICENABLER, irq);
    (void)write_settled(irq, POLLS);
}

void gicv3_unmask(unsigned irq)
{
    gic_write_bit(frame_of(irq), GICD_ISENABLER, irq);
}

void gicv3_set_trigger(unsigned irq, bool edge)
{
    gic_set_trigger(frame_of(irq), irq, edge);
}
