/* SPDX-License-Identifier: Apache-2.0 */
/* The boot sequence: loader_main() is its table of contents. */
#include "boot.h"
#include "bsp.h"
#include "devicetree.h"
#include "loader.h"
#include "sysreg.h"

#include <stddef.h>

/* What reports a shortened file must not be in the part that is missing:
 * loader.ld puts this text first. */
__attribute__((section(".rodata.early"))) static const char part_image[] = "image";
__attribute__((section(".rodata.early"))) static const char error_short[] =
    "cut short inside the loader; load the whole file again";

/* Too large for the stack. */
static struct boot boot;

static void stop_on(const char *part, const char *error)
{
    if (error != NULL) {
        loader_fail(part, error);
    }
}

static void stop_unless(bool condition, const char *part, const char *error)
{
    if (!condition) {
        loader_fail(part, error);
    }
}

void loader_early(uint64_t el)
{
    bsp_early_init();
    const uint64_t *tail = (const uint64_t *)(const void *)(__image_end - sizeof(uint64_t));
    stop_unless(*(const volatile uint64_t *)tail == LOADER_TAIL, part_image, error_short);
    stop_unless(el != 3, "processor",
                "started at EL3; start the image through firmware that enters it at EL2 or EL1");
}

void loader_exception(uint64_t el, uint64_t esr, uint64_t elr, uint64_t far)
{
    print_str("\nLOADER ERROR: exception at EL");
    print_dec(el);
    print_str(": ESR ");
    print_hex(esr);
    print_str(", ELR ");
    print_hex(elr);
    print_str(", FAR ");
    print_hex(far);
    print_str("; compare ELR - ");
    print_hex((uint64_t)_start);
    print_str(" with the loader's map file\n");
    park();
}

static void find_devicetree(struct boot *b, uint64_t paddr)
{
    static const char part[] = "devicetree";
    stop_unless(paddr != 0, part,
                "none, x0 is 0; start the image with one (QEMU: -dtb, U-Boot: "
                "booti <image> - <devicetree>)");
    stop_unless(paddr % 8 == 0, part, "address in x0 is not a multiple of 8; load it elsewhere");
    void *blob = (void *)paddr;
    const uint32_t size = devicetree_size(blob);
    stop_unless(size != 0, part,
                "none where x0 points to (or over 2 MiB); start the image with "
                "one (QEMU: -dtb, U-Boot: booti <image> - <devicetree>)");
    stop_on(part, devicetree_check(blob, size));
    b->params.devicetree_paddr = paddr;
    b->params.devicetree_bytes = devicetree_trim(blob, size);
}

static void read_machine(struct boot *b)
{
    static const char part[] = "devicetree";
    struct kaal_boot_params *bp = &b->params;
    uint64_t mpidr, hz;
    __asm__("mrs %0, mpidr_el1" : "=r"(mpidr));
    __asm__("mrs %0, cntfrq_el0" : "=r"(hz));
    const void *blob = (const void *)bp->devicetree_paddr;
    stop_on(part, devicetree_read(blob, mpidr & MPIDR_AFFINITY, bp, &b->map));
    stop_unless(memory_settle(&b->map), part, "too many memory ranges; merge reserved ranges");
    if (bp->timer_hz == 0) {
        bp->timer_hz = hz;
    }
    stop_unless(bp->timer_hz != 0, "timer",
                "CNTFRQ_EL0 is 0; give the timer node a clock-frequency or correct the firmware");
    if (bp->console_kind == KAAL_CONSOLE_NONE) {
        bp->console_kind = bsp_console.kind;
        bp->console_paddr = bsp_console.paddr;
    }
    stop_unless(bp->console_kind != KAAL_CONSOLE_NONE, "console",
                "none that the kernel knows; name one in /chosen/stdout-path");
    print_str("loader: ");
    print_str(devicetree_model(blob));
    print_str(", cores ");
    print_dec(bp->core_count);
    print_str(", GICv");
    print_dec(bp->gic_version);
    print_str(", memory ");
    print_dec(range_total(&b->map.ram) >> 20);
    print_str(" MiB\n");
}

static void check_image(struct boot *b)
{
    static const char part[] = "image";
    const uint64_t base = (uint64_t)_start;
    const uint64_t start = (uint64_t)__image_end;
    stop_unless(base % KAAL_PAGE_SIZE == 0, part,
                "load address is not a multiple of 4 KiB; load it elsewhere");
    stop_unless(range_room(&b->map.ram, base) > start - base, part,
                "not inside the memory of the devicetree; give more memory or load it elsewhere");
    stop_on(part, payload_check(__image_end, range_room(&b->map.ram, start), &b->payload));
    b->params.payload = (struct kaal_range){.base = start, .size = b->payload.header->size};
    stop_on("kernel", boot_read_kernel(b));
    stop_on("root task", boot_read_root(b));
}

/* Registers that the kernel starts with (boot_params.h). Arm DDI 0487 D19.2:
 * PARange and TGran4 are bits 0 and 28 of ID_AA64MMFR0_EL1, ASIDBits bit 4. */
static void set_registers(struct mmu_registers *r, const struct boot *b)
{
    uint64_t features;
    __asm__("mrs %0, id_aa64mmfr0_el1" : "=r"(features));
    uint64_t ips = features & 15;
    stop_unless(((features >> 28) & 15) != 15 && ((features >> 4) & 15) == 2, "processor",
                "no 4 KiB pages or no 16-bit ASIDs; use another core");
    *r = (struct mmu_registers){
        .ttbr0 = b->ttbr0,
        .ttbr1 = b->ttbr1,
        .tcr = TCR_EL1_KERNEL | (ips < 5 ? ips : 5) << TCR_EL1_IPS_SHIFT,
        .mair = MAIR_EL1_KERNEL,
        .sctlr = SCTLR_EL1_KERNEL,
    };
}

/* Discards what the caches hold of memory that was written with them off.
 * Arm DDI 0487 D7.5.9 (DC IVAC), CTR_EL0.DminLine. */
static void invalidate(uint64_t base, uint64_t size)
{
    uint64_t ctr;
    __asm__("mrs %0, ctr_el0" : "=r"(ctr));
    const uint64_t line = 4ULL << ((ctr >> 16) & 15);
    for (uint64_t at = base & ~(line - 1); at < base + size; at += line) {
        __asm__ volatile("dc ivac, %0" : : "r"(at) : "memory");
    }
}

static void invalidate_written(const struct boot *b)
{
    const struct kaal_boot_params *bp = &b->params;
    __asm__ volatile("dsb sy" : : : "memory");
    invalidate(bp->kernel.base, b->tables.paddr - bp->kernel.base);
    invalidate(b->tables.paddr, (uint64_t)b->tables.used * KAAL_PAGE_SIZE);
    for (uint32_t i = 0; i < bp->segment_count; i++) {
        invalidate(bp->segments[i].paddr, bp->segments[i].bytes);
    }
    invalidate(bp->payload.base, sizeof(struct kaal_image_header));
    invalidate(bp->devicetree_paddr, 8);
    invalidate((uint64_t)__text_end, (uint64_t)(__image_end - __text_end));
    __asm__ volatile("dsb sy" : : : "memory");
}

static void print_placement(const struct boot *b)
{
    const struct kaal_boot_params *bp = &b->params;
    print_str("loader: kernel at ");
    print_hex(bp->kernel.base);
    print_str(", root task at ");
    print_hex(bp->segments[0].paddr);
    print_str(", free ");
    print_dec(range_total(&b->map.free) >> 10);
    print_str(" KiB\nloader: entering kernel\n");
}

void loader_main(uint64_t devicetree, uint64_t el)
{
    struct boot *b = &boot;
    struct mmu_registers registers;
    print_str("\nloader: KaaL, entered at EL");
    print_dec(el);
    print_str(", image at ");
    print_hex((uint64_t)_start);
    print_str(", devicetree at ");
    print_hex(devicetree);
    print_str("\n");

    find_devicetree(b, devicetree);
    read_machine(b);
    check_image(b);
    stop_on("memory", boot_place(b, (uint64_t)_start, (uint64_t)__image_end));
    boot_load(b);
    stop_on("memory", boot_build_tables(b));
    stop_on("memory",
            boot_map_loader(b, (uint64_t)_start, (uint64_t)__text_end, (uint64_t)__image_end));
    set_registers(&registers, b);
    print_placement(b);
    const uint64_t params = boot_store_params(b);
    invalidate_written(b);
    enter_kernel(&registers, b->kernel.entry, params);
}
