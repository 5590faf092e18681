/* SPDX-License-Identifier: Apache-2.0 */
/* The boot sequence: loader_main() is its table of contents. */
#include "arch/arch.h"
#include "boot.h"
#include "boot_regs.h"
#include "bsp.h"
#include "check.h"
#include "devicetree.h"
#include "lib/fmt.h"
#include "loader.h"

/* What reports a shortened file must not be in the part that is missing:
 * loader.ld puts these first. */
#define EARLY __attribute__((section(".rodata.early"))) static const
EARLY char early_format[] = "LOADER ERROR: %s: %s\n";
EARLY char early_part[] = "image";
EARLY char early_error[] = "cut short inside the loader; load the whole file again";

/* Too large for the stack. */
static struct boot boot;

void arch_putc(char c)
{
    if (c == '\n') {
        bsp_putc('\r');
    }
    bsp_putc(c);
}

void loader_fail(const char *part, const char *error)
{
    fmt_print(early_format, part, error);
    park();
}

void loader_early(uint64_t el)
{
    bsp_early_init();
    const volatile uint64_t *end = (const volatile uint64_t *)(void *)__image_end;
    need(end[-1] == LOADER_TAIL, early_part, early_error);
    need(el != 3, "processor", "started at EL3; start through firmware that enters at EL2 or EL1");
}

void loader_exception(uint64_t el, uint64_t esr, uint64_t elr, uint64_t far)
{
    fmt_print("\nLOADER ERROR: exception at EL%lu: ESR 0x%lx, ELR 0x%lx, FAR 0x%lx; "
              "look up ELR - 0x%lx in the loader's map file\n",
              el, esr, elr, far, (uint64_t)_start);
    park();
}

static void read_machine(struct boot *b, uint64_t devicetree)
{
    struct kaal_boot_params *bp = &b->params;
    uint64_t hz;
    __asm__("mrs %0, cntfrq_el0" : "=r"(hz));
    need(devicetree != 0 && devicetree % 8 == 0, "devicetree",
         "none, x0 is 0 or no multiple of 8; start the image with one (QEMU: -dtb, U-Boot: booti)");
    void *blob = (void *)devicetree;
    bp->devicetree_paddr = devicetree;
    bp->devicetree_bytes = devicetree_check(blob, DEVICETREE_MAX_BYTES);
    devicetree_read(blob, sysreg_read_mpidr() & MPIDR_AFFINITY, bp, &b->map);
    if (bp->timer_hz == 0) {
        bp->timer_hz = hz;
    }
    if (bp->console_kind == KAAL_CONSOLE_NONE) {
        bp->console_kind = bsp_console.kind;
        bp->console_paddr = bsp_console.paddr;
    }
    need(bp->timer_hz != 0, "timer",
         "CNTFRQ_EL0 is 0; give the timer node a clock-frequency or correct the firmware");
    need(bp->console_kind != KAAL_CONSOLE_NONE, "console",
         "none that the kernel knows; name one in /chosen/stdout-path");
    fmt_print("loader: %s, cores %u, GICv%u, memory %lu MiB\n", devicetree_model(blob),
              bp->core_count, bp->gic_version, range_total(&b->map.ram) >> 20);
}

static void read_image(struct boot *b, uint64_t image, uint64_t image_end)
{
    need(image % KAAL_PAGE_SIZE == 0 && range_room(&b->map.ram, image) > image_end - image, "image",
         "not a multiple of 4 KiB inside the memory; load it elsewhere or give more memory");
    payload_check(__image_end, range_room(&b->map.ram, image_end), &b->payload);
    b->params.payload = (struct kaal_range){.base = image_end, .size = b->payload.header->size};
    boot_read_programs(b);
}

/* Registers that the kernel starts with (boot_params.h). Arm DDI 0487 D19.2,
 * ID_AA64MMFR0_EL1: PARange 3:0, ASIDBits 7:4 (2: 16 bits), TGran4 31:28 (15: none). */
static struct mmu_registers kernel_registers(const struct boot *b)
{
    uint64_t features;
    __asm__("mrs %0, id_aa64mmfr0_el1" : "=r"(features));
    const uint64_t ips = (features & 15) < 5 ? features & 15 : 5; /* 5: 48 bits */
    need(((features >> 28) & 15) != 15 && ((features >> 4) & 15) == 2, "processor",
         "no 4 KiB pages or no 16-bit ASIDs; use another core");
    return (struct mmu_registers){
        .ttbr0 = b->ttbr0,
        .ttbr1 = b->ttbr1,
        .tcr = TCR_KERNEL | ips << TCR_IPS_SHIFT,
        .mair = MMU_MAIR,
        .sctlr = SCTLR_KERNEL | SCTLR_WXN,
    };
}

/* Discards what the caches hold of memory that was written with them off.
 * Arm DDI 0487 D7.5.9 (DC IVAC), CTR_EL0.DminLine. */
static void invalidate(uint64_t base, uint64_t size)
{
    const uint64_t line = 4ULL << ((sysreg_read_ctr() >> 16) & 15);
    for (uint64_t at = base & ~(line - 1); at < base + size; at += line) {
        __asm__ volatile("dc ivac, %0" : : "r"(at) : "memory");
    }
}

static void invalidate_written(const struct boot *b)
{
    const struct kaal_boot_params *bp = &b->params;
    const uint64_t tables_end = b->tables.paddr + (uint64_t)b->tables.used * KAAL_PAGE_SIZE;
    dsb_sy();
    invalidate(bp->kernel.base, tables_end - bp->kernel.base);
    for (uint32_t i = 0; i < bp->segment_count; i++) {
        invalidate(bp->segments[i].paddr, bp->segments[i].bytes);
    }
    invalidate(bp->payload.base, sizeof(struct kaal_image_header));
    invalidate(bp->devicetree_paddr, sizeof(uint64_t));
    invalidate((uint64_t)__text_end, (uint64_t)(__image_end - __text_end));
    dsb_sy();
}

void loader_main(uint64_t devicetree, uint64_t el)
{
    struct boot *b = &boot;
    const uint64_t image = (uint64_t)_start, image_end = (uint64_t)__image_end;
    fmt_print("\nloader: KaaL, entered at EL%lu, image at 0x%lx, devicetree at 0x%lx\n", el, image,
              devicetree);
    read_machine(b, devicetree);
    read_image(b, image, image_end);
    boot_place(b, image, image_end);
    boot_load(b);
    boot_map_kernel(b);
    boot_map_loader(b, image, (uint64_t)__text_end, image_end, bsp_console.paddr);
    const struct mmu_registers registers = kernel_registers(b);
    fmt_print("loader: kernel at 0x%lx, root task at 0x%lx, free %lu KiB\n"
              "loader: entering kernel\n",
              b->params.kernel.base, b->params.segments[0].paddr, range_total(&b->map.free) >> 10);
    const uint64_t params = boot_store_params(b);
    invalidate_written(b);
    enter_kernel(&registers, b->kernel.entry, params);
}
