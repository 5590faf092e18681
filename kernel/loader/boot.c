/* SPDX-License-Identifier: Apache-2.0 */
#include "boot.h"

#include <stddef.h>
#include <string.h>

#include "bsp.h"

#define PAGE_MASK ((uint64_t)KAAL_PAGE_SIZE - 1)

static const char out_of_memory[] = "not enough for kernel and root task; give the machine more";
static const char too_many_ranges[] =
    "in more than 32 pieces; merge reserved ranges in the devicetree";

const char *boot_read_kernel(struct boot *b)
{
    const struct kaal_image_entry *e = b->payload.kernel;
    const char *error = elf_read(payload_data(&b->payload, e), e->size, KAAL_KERNEL_BASE,
                                 KAAL_KERNEL_BASE + BOOT_MAX_KERNEL_BYTES, &b->kernel);
    if (error == NULL) {
        const struct elf_segment *last = &b->kernel.segments[b->kernel.segment_count - 1];
        b->kernel_bytes = last->page_vaddr + last->page_bytes - KAAL_KERNEL_BASE;
    }
    return error;
}

const char *boot_read_root(struct boot *b)
{
    const struct kaal_image_entry *e = b->payload.root;
    return elf_read(payload_data(&b->payload, e), e->size, KAAL_PAGE_SIZE, KAAL_USER_TOP, &b->root);
}

static bool overlaps(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

/* Takes one region for image, parameters and tables out of the free memory. */
static bool place_kernel(struct boot *b)
{
    const uint64_t before_tables = b->kernel_bytes + KAAL_PAGE_SIZE;
    const uint64_t wanted = before_tables + (uint64_t)BOOT_MIN_TABLES * KAAL_PAGE_SIZE;
    const uint64_t size = (wanted + BOOT_KERNEL_ALIGN - 1) & ~(BOOT_KERNEL_ALIGN - 1);
    uint64_t base;
    if (!range_take(&b->map.free, size, BOOT_KERNEL_ALIGN, &base)) {
        return false;
    }
    b->params.kernel = (struct kaal_range){.base = base, .size = size};
    b->tables = (struct mmu_tables){
        .memory = (uint64_t *)(base + before_tables),
        .paddr = base + before_tables,
        .page_count = (uint32_t)((size - before_tables) / KAAL_PAGE_SIZE),
        .used = 0,
    };
    return true;
}

static bool place_root(struct boot *b)
{
    struct kaal_boot_params *bp = &b->params;
    for (uint32_t i = 0; i < b->root.segment_count; i++) {
        const struct elf_segment *s = &b->root.segments[i];
        uint64_t paddr;
        if (!range_take(&b->map.free, s->page_bytes, KAAL_PAGE_SIZE, &paddr)) {
            return false;
        }
        bp->segments[i] = (struct kaal_root_segment){
            .vaddr = s->page_vaddr,
            .paddr = paddr,
            .bytes = s->page_bytes,
            .flags = s->flags,
        };
    }
    bp->segment_count = b->root.segment_count;
    bp->root_entry = b->root.entry;
    return true;
}

static const char *place_devicetree(struct boot *b, uint64_t image, uint64_t image_size)
{
    struct kaal_boot_params *bp = &b->params;
    const uint64_t base = bp->devicetree_paddr & ~PAGE_MASK;
    const uint64_t end = (bp->devicetree_paddr + bp->devicetree_bytes + PAGE_MASK) & ~PAGE_MASK;
    bp->devicetree = (struct kaal_range){.base = base, .size = end - base};
    if (range_room(&b->map.ram, base) < end - base) {
        return "devicetree outside the memory that it describes; load it elsewhere";
    }
    if (overlaps(base, end - base, image, image_size)) {
        return "devicetree and image overlap; load the devicetree elsewhere";
    }
    return range_remove(&b->map.free, base, end - base) ? NULL : too_many_ranges;
}

const char *boot_place(struct boot *b, uint64_t image, uint64_t image_end)
{
    struct kaal_boot_params *bp = &b->params;
    const uint64_t image_size = image_end + bp->payload.size - image;
    const uint64_t loader = image + KAAL_PAGE_SIZE; /* free afterwards, unless reserved */
    const bool is_loader_free = range_room(&b->map.free, loader) >= image_end - loader;
    const char *error = place_devicetree(b, image, image_size);
    if (error != NULL) {
        return error;
    }
    if (!range_remove(&b->map.free, image, image_size)) {
        return too_many_ranges;
    }
    if (!place_kernel(b) || !place_root(b)) {
        return out_of_memory;
    }
    if (is_loader_free && !range_add(&b->map.free, loader, image_end - loader, RANGE_INWARD)) {
        return too_many_ranges;
    }
    range_normalise(&b->map.free);
    if (!range_export(&b->map.free, bp->mem, &bp->mem_count) ||
        !range_export(&b->map.ram, bp->ram, &bp->ram_count)) {
        return too_many_ranges;
    }
    return NULL;
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
static bool collect_window(struct boot *b)
{
    const struct kaal_boot_params *bp = &b->params;
    struct range_list *w = &b->window;
    *w = b->map.free;
    bool fits = range_add(w, bp->payload.base, bp->payload.size, RANGE_OUTWARD) &&
                range_add(w, bp->devicetree.base, bp->devicetree.size, RANGE_OUTWARD);
    for (uint32_t i = 0; fits && i < bp->segment_count; i++) {
        fits = range_add(w, bp->segments[i].paddr, bp->segments[i].bytes, RANGE_OUTWARD);
    }
    for (uint32_t i = 1; fits && i < bp->core_count; i++) {
        const uint64_t release = bp->core_release[i];
        if (bp->cpu_method == KAAL_CPU_SPIN_TABLE && range_room(&b->map.ram, release) >= 8) {
            fits = range_add(w, release, 8, RANGE_OUTWARD);
        }
    }
    range_normalise(w);
    /* A release word or a reserved range must not open a door to the kernel. */
    return fits && range_remove(w, bp->kernel.base, bp->kernel.size);
}

static uint64_t segment_attributes(uint32_t flags)
{
    if ((flags & ELF_PF_X) != 0) {
        return MMU_NORMAL_RX;
    }
    return (flags & ELF_PF_W) != 0 ? MMU_NORMAL_RW : MMU_NORMAL_R;
}

static bool map_kernel(struct boot *b)
{
    const struct kaal_boot_params *bp = &b->params;
    bool done = true;
    for (uint32_t i = 0; done && i < b->kernel.segment_count; i++) {
        const struct elf_segment *s = &b->kernel.segments[i];
        done = mmu_map(&b->tables, b->ttbr1, s->page_vaddr,
                       bp->kernel.base + s->page_vaddr - KAAL_KERNEL_BASE, s->page_bytes,
                       segment_attributes(s->flags));
    }
    return done && mmu_map(&b->tables, b->ttbr1, KAAL_KERNEL_BASE + b->kernel_bytes,
                           bp->kernel.base + b->kernel_bytes, KAAL_PAGE_SIZE, MMU_NORMAL_RW);
}

static bool map_devices(struct boot *b)
{
    const struct kaal_boot_params *bp = &b->params;
    const uint64_t gicd = bp->gicd.size < 0x10000 ? bp->gicd.size : 0x10000;
    struct mmu_tables *t = &b->tables;
    return mmu_map(t, b->ttbr1, KAAL_DEVICE_CONSOLE, bp->console_paddr & ~PAGE_MASK, KAAL_PAGE_SIZE,
                   MMU_DEVICE) &&
           mmu_map(t, b->ttbr1, KAAL_DEVICE_GICD, bp->gicd.base, gicd, MMU_DEVICE) &&
           mmu_map(t, b->ttbr1, KAAL_DEVICE_GICC, bp->gicc.base, bp->gicc.size, MMU_DEVICE);
}

const char *boot_build_tables(struct boot *b)
{
    if (!collect_window(b)) {
        return too_many_ranges;
    }
    b->ttbr1 = mmu_new_table(&b->tables);
    bool done = b->ttbr1 != 0 && map_kernel(b) && map_devices(b);
    for (uint32_t i = 0; done && i < b->window.count; i++) {
        const struct kaal_range *r = &b->window.range[i];
        done = mmu_map(&b->tables, b->ttbr1, KAAL_WINDOW_BASE + r->base, r->base, r->size,
                       MMU_NORMAL_RW);
    }
    return done ? NULL : "no room for the kernel's tables; merge memory ranges in the devicetree";
}

const char *boot_map_loader(struct boot *b, uint64_t image, uint64_t text_end, uint64_t image_end)
{
    struct mmu_tables *t = &b->tables;
    const uint64_t console = bsp_console.paddr & ~PAGE_MASK;
    b->ttbr0 = mmu_new_table(t);
    if (b->ttbr0 == 0 || !mmu_map(t, b->ttbr0, image, image, text_end - image, MMU_NORMAL_RX) ||
        !mmu_map(t, b->ttbr0, text_end, text_end, image_end - text_end, MMU_NORMAL_RW) ||
        !mmu_map(t, b->ttbr0, console, console, KAAL_PAGE_SIZE, MMU_DEVICE)) {
        return "no room for the loader's tables; merge memory ranges in the devicetree";
    }
    return NULL;
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
