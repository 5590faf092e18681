/* SPDX-License-Identifier: Apache-2.0 */
#include "boot.h"

#include <string.h>

#include "check.h"

void boot_read_programs(struct boot *b)
{
    const struct kaal_image_entry *kernel = b->payload.kernel, *root = b->payload.root;
    elf_read("kernel", payload_data(&b->payload, kernel), kernel->size, KAAL_KERNEL_BASE,
             KAAL_KERNEL_BASE + BOOT_MAX_KERNEL_BYTES, &b->kernel);
    elf_read("root task", payload_data(&b->payload, root), root->size, KAAL_PAGE_SIZE,
             KAAL_USER_TOP, &b->root);
    const struct elf_segment *last = &b->kernel.segments[b->kernel.segment_count - 1];
    b->kernel_bytes = last->page_vaddr + last->page_bytes - KAAL_KERNEL_BASE;
}

/* One region for image, parameters and tables. */
static void place_kernel(struct boot *b)
{
    const uint64_t before_tables = b->kernel_bytes + KAAL_PAGE_SIZE;
    const uint64_t wanted = before_tables + (uint64_t)BOOT_MIN_TABLES * KAAL_PAGE_SIZE;
    const uint64_t size = (wanted + BOOT_KERNEL_ALIGN - 1) & ~(BOOT_KERNEL_ALIGN - 1);
    const uint64_t base = range_take(&b->map.free, size, BOOT_KERNEL_ALIGN);
    b->params.kernel = (struct kaal_range){.base = base, .size = size};
    b->tables = (struct mmu_tables){
        .memory = (uint64_t *)(base + before_tables),
        .paddr = base + before_tables,
        .page_count = (uint32_t)((size - before_tables) / KAAL_PAGE_SIZE),
    };
}

static void place_root(struct boot *b)
{
    struct kaal_boot_params *bp = &b->params;
    for (uint32_t i = 0; i < b->root.segment_count; i++) {
        const struct elf_segment *s = &b->root.segments[i];
        bp->segments[i] = (struct kaal_root_segment){
            .vaddr = s->page_vaddr,
            .paddr = range_take(&b->map.free, s->page_bytes, KAAL_PAGE_SIZE),
            .bytes = s->page_bytes,
            .flags = s->flags,
        };
    }
    bp->segment_count = b->root.segment_count;
    bp->root_entry = b->root.entry;
}

static void place_devicetree(struct boot *b, uint64_t image, uint64_t image_size)
{
    struct kaal_boot_params *bp = &b->params;
    const uint64_t base = bp->devicetree_paddr & ~PAGE_MASK;
    const uint64_t end = (bp->devicetree_paddr + bp->devicetree_bytes + PAGE_MASK) & ~PAGE_MASK;
    need(range_room(&b->map.ram, base) >= end - base &&
             (end <= image || base >= image + image_size),
         "devicetree", "outside the memory or over the image; load it elsewhere");
    bp->devicetree = (struct kaal_range){.base = base, .size = end - base};
    range_remove(&b->map.free, base, end - base);
}

void boot_place(struct boot *b, uint64_t image, uint64_t image_end)
{
    struct kaal_boot_params *bp = &b->params;
    struct range_list *free = &b->map.free;
    const uint64_t image_size = image_end + bp->payload.size - image;
    const uint64_t loader = image + KAAL_PAGE_SIZE; /* free afterwards, unless reserved */
    for (uint32_t i = 0; i < b->map.reserved.count; i++) {
        range_remove(free, b->map.reserved.range[i].base, b->map.reserved.range[i].size);
    }
    const bool is_loader_free = range_room(free, loader) >= image_end - loader;
    place_devicetree(b, image, image_size);
    range_remove(free, image, image_size);
    place_kernel(b);
    place_root(b);
    if (is_loader_free) {
        range_add(free, loader, image_end - loader, RANGE_INWARD);
    }
    bp->mem_count = range_export(free, bp->mem);
    bp->ram_count = range_export(&b->map.ram, bp->ram);
}

void boot_load(struct boot *b)
{
    const struct kaal_boot_params *bp = &b->params;
    const void *file = payload_data(&b->payload, b->payload.kernel);
    for (uint32_t i = 0; i < b->kernel.segment_count; i++) {
        const struct elf_segment *s = &b->kernel.segments[i];
        elf_load(file, s, (void *)(bp->kernel.base + s->page_vaddr - KAAL_KERNEL_BASE));
    }
    file = payload_data(&b->payload, b->payload.root);
    for (uint32_t i = 0; i < b->root.segment_count; i++) {
        elf_load(file, &b->root.segments[i], (void *)bp->segments[i].paddr);
    }
}

/* What the kernel must reach beyond mem: root task, payload, devicetree, and
 * the words that release cores from a spin-table. */
static void collect_window(struct boot *b)
{
    const struct kaal_boot_params *bp = &b->params;
    struct range_list *w = &b->window;
    memcpy(w, &b->map.free, sizeof(*w));
    range_add(w, bp->payload.base, bp->payload.size, RANGE_OUTWARD);
    range_add(w, bp->devicetree.base, bp->devicetree.size, RANGE_OUTWARD);
    for (uint32_t i = 0; i < bp->segment_count; i++) {
        range_add(w, bp->segments[i].paddr, bp->segments[i].bytes, RANGE_OUTWARD);
    }
    for (uint32_t i = 1; i < bp->core_count && bp->cpu_method == KAAL_CPU_SPIN_TABLE; i++) {
        if (range_room(&b->map.ram, bp->core_release[i]) >= sizeof(uint64_t)) {
            range_add(w, bp->core_release[i], sizeof(uint64_t), RANGE_OUTWARD);
        }
    }
    /* Whatever the devicetree says, no alias of the kernel. */
    range_remove(w, bp->kernel.base, bp->kernel.size);
}

static uint64_t segment_attributes(uint32_t flags)
{
    if ((flags & ELF_PF_X) != 0) {
        return MMU_NORMAL_RX;
    }
    return (flags & ELF_PF_W) != 0 ? MMU_NORMAL_RW : MMU_NORMAL_R;
}

void boot_map_kernel(struct boot *b)
{
    const struct kaal_boot_params *bp = &b->params;
    struct mmu_tables *t = &b->tables;
    const uint64_t gicd = bp->gicd.size < 0x10000 ? bp->gicd.size : 0x10000;
    const uint64_t root = b->ttbr1 = mmu_new_table(t);
    for (uint32_t i = 0; i < b->kernel.segment_count; i++) {
        const struct elf_segment *s = &b->kernel.segments[i];
        mmu_map(t, root, s->page_vaddr, bp->kernel.base + s->page_vaddr - KAAL_KERNEL_BASE,
                s->page_bytes, segment_attributes(s->flags));
    }
    mmu_map(t, root, KAAL_KERNEL_BASE + b->kernel_bytes, bp->kernel.base + b->kernel_bytes,
            KAAL_PAGE_SIZE, MMU_NORMAL_RW);
    mmu_map(t, root, KAAL_DEVICE_CONSOLE, bp->console_paddr & ~PAGE_MASK, KAAL_PAGE_SIZE,
            MMU_DEVICE);
    mmu_map(t, root, KAAL_DEVICE_GICD, bp->gicd.base, gicd, MMU_DEVICE);
    mmu_map(t, root, KAAL_DEVICE_GICC, bp->gicc.base, bp->gicc.size, MMU_DEVICE);
    collect_window(b);
    for (uint32_t i = 0; i < b->window.count; i++) {
        const struct kaal_range *r = &b->window.range[i];
        mmu_map(t, root, KAAL_WINDOW_BASE + r->base, r->base, r->size, MMU_NORMAL_RW);
    }
}

void boot_map_loader(struct boot *b, uint64_t image, uint64_t text_end, uint64_t image_end,
                     uint64_t console)
{
    const uint64_t root = b->ttbr0 = mmu_new_table(&b->tables);
    const uint64_t page = console & ~PAGE_MASK;
    mmu_map(&b->tables, root, image, image, text_end - image, MMU_NORMAL_RX);
    mmu_map(&b->tables, root, text_end, text_end, image_end - text_end, MMU_NORMAL_RW);
    mmu_map(&b->tables, root, page, page, KAAL_PAGE_SIZE, MMU_DEVICE);
}

uint64_t boot_store_params(struct boot *b)
{
    struct kaal_boot_params *bp = &b->params;
    bp->magic = KAAL_BOOT_MAGIC;
    bp->version = KAAL_BOOT_VERSION;
    bp->size = sizeof(*bp);
    memset((void *)(bp->kernel.base + b->kernel_bytes), 0, KAAL_PAGE_SIZE);
    memcpy((void *)(bp->kernel.base + b->kernel_bytes), bp, sizeof(*bp));
    return KAAL_KERNEL_BASE + b->kernel_bytes;
}
