/* SPDX-License-Identifier: Apache-2.0 */
/* Boot's view of memory: checked parameters, one block, the rest untyped. */
#include "boot.h"

#include "lib/assert.h"

/* Physical addresses above are neither RAM nor devices to KaaL. */
static const paddr_t paddr_end = (paddr_t)1 << 40;

enum { MAX_UNTYPED_BITS = 47 };

/* ---- Parameters ----------------------------------------------------------------- */

static bool range_ok(const struct kaal_range *r)
{
    return r->size != 0 && ((r->base | r->size) & (KAAL_PAGE_SIZE - 1)) == 0 &&
           r->base < paddr_end && r->size <= paddr_end - r->base;
}

static bool ranges_ok(const struct kaal_range *ranges, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!range_ok(&ranges[i])) {
            return false;
        }
        if (i > 0 && ranges[i - 1].base + ranges[i - 1].size > ranges[i].base) {
            return false;
        }
    }
    return true;
}

static bool overlap(const struct kaal_range *x, const struct kaal_range *y)
{
    return x->base < y->base + y->size && y->base < x->base + x->size;
}

static const char *check_memory(const struct kaal_boot_params *p)
{
    const struct kaal_range *taken[] = {&p->kernel, &p->payload, &p->devicetree};

    if (p->mem_count < 1 || p->mem_count > KAAL_BOOT_MAX_RANGES ||
        !ranges_ok(p->mem, p->mem_count)) {
        return "free memory";
    }
    if (p->ram_count < 1 || p->ram_count > KAAL_BOOT_MAX_RANGES ||
        !ranges_ok(p->ram, p->ram_count)) {
        return "RAM";
    }
    for (unsigned i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (!range_ok(taken[i])) {
            return "kernel, payload or devicetree range";
        }
        for (unsigned m = 0; m < p->mem_count; m++) {
            if (overlap(taken[i], &p->mem[m])) {
                return "free memory overlaps kernel, payload or devicetree";
            }
        }
    }
    if (p->devicetree_paddr < p->devicetree.base ||
        p->devicetree_paddr - p->devicetree.base > p->devicetree.size ||
        p->devicetree_bytes > p->devicetree.size - (p->devicetree_paddr - p->devicetree.base)) {
        return "devicetree";
    }
    return NULL;
}

static const char *check_segments(const struct kaal_boot_params *p)
{
    enum { PF_X = 1, PF_W = 2 };
    bool has_entry = false;

    if (p->segment_count < 1 || p->segment_count > KAAL_BOOT_MAX_SEGMENTS) {
        return "number of root task segments";
    }
    for (unsigned i = 0; i < p->segment_count; i++) {
        const struct kaal_root_segment *s = &p->segments[i];
        const struct kaal_range memory = {.base = s->paddr, .size = s->bytes};
        if (!range_ok(&memory) || (s->vaddr & (KAAL_PAGE_SIZE - 1)) != 0 ||
            s->vaddr >= BOOT_BOOTINFO_VADDR || s->bytes > BOOT_BOOTINFO_VADDR - s->vaddr) {
            return "root task segment address";
        }
        if ((s->flags & PF_X) != 0 && (s->flags & PF_W) != 0) {
            return "root task segment is writable and executable";
        }
        has_entry |= (s->flags & PF_X) != 0 && p->root_entry >= s->vaddr &&
                     p->root_entry - s->vaddr < s->bytes;
    }
    return has_entry ? NULL : "root task entry point";
}

const char *boot_check_params(const struct kaal_boot_params *p)
{
    if (p->magic != KAAL_BOOT_MAGIC || p->version != KAAL_BOOT_VERSION || p->size != sizeof(*p)) {
        return "magic, version or size";
    }
    if (p->core_count < 1 || p->core_count > KAAL_BOOT_MAX_CORES) {
        return "number of cores";
    }
    if (p->gic_version != KAAL_GIC_V2 && p->gic_version != KAAL_GIC_V3) {
        return "interrupt controller";
    }
    if (p->timer_irq < 16 || p->timer_irq >= 32 || p->timer_hz < 1000000 ||
        p->timer_hz > 10000000000U) {
        return "timer";
    }
    if (!range_ok(&p->gicd) || !range_ok(&p->gicc)) {
        return "interrupt controller registers";
    }
    const char *problem = check_memory(p);
    return problem != NULL ? problem : check_segments(p);
}

/* ---- The block ------------------------------------------------------------------- */

static void add_mem(struct boot *boot, paddr_t base, paddr_t end)
{
    if (end > base) {
        boot->mem[boot->mem_count++] = (struct kaal_range){.base = base, .size = end - base};
    }
}

void boot_take_block(struct boot *boot, uint64_t bytes)
{
    const struct kaal_boot_params *p = boot->params;
    const uint64_t align = (uint64_t)1 << (KAAL_ROOT_CNODE_RADIX + KAAL_SLOT_BITS);

    for (unsigned i = 0; i < p->mem_count; i++) {
        const paddr_t base = p->mem[i].base, end = base + p->mem[i].size;
        paddr_t block = 0;
        if (boot->block_end == 0 && p->mem[i].size >= bytes) {
            block = (end - bytes) & ~(align - 1);
        }
        if (block >= base && block != 0) {
            boot->block = boot->block_next = block;
            boot->block_end = block + bytes;
            add_mem(boot, base, block);
            add_mem(boot, boot->block_end, end);
        } else {
            add_mem(boot, base, end);
        }
    }
    if (boot->block_end == 0) {
        kernel_panic("no free memory range of %lu KiB for the root task", bytes / 1024);
    }
}

void *boot_alloc(struct boot *boot, unsigned bits)
{
    const paddr_t size = (paddr_t)1 << bits;
    const paddr_t base = (boot->block_next + size - 1) & ~(size - 1);
    if (base + size > boot->block_end) {
        kernel_panic("boot block is too small");
    }
    boot->block_next = base + size;
    void *memory = arch_phys_to_virt(base);
    arch_zero(memory, size, true);
    arch_obj_created(memory, size);
    return memory;
}

/* ---- Untyped ---------------------------------------------------------------------- */

static void add_untyped(struct boot *boot, paddr_t base, unsigned bits, bool is_device)
{
    const uint64_t index = boot->next_slot - boot->info->untyped.begin;
    if (index >= KAAL_BOOTINFO_MAX_UNTYPED) {
        kernel_panic("memory is too fragmented: more than %u untyped ranges",
                     KAAL_BOOTINFO_MAX_UNTYPED);
    }
    boot->info->untyped_list[index] = (struct kaal_untyped_desc){
        .paddr = base, .size_bits = (uint8_t)bits, .is_device = is_device};
    boot_add_cap(boot, cap_untyped(arch_phys_to_virt(base), bits, is_device));
}

/* Cover base .. end-1 with the largest aligned powers of two that fit. */
static void add_untyped_range(struct boot *boot, paddr_t base, paddr_t end, bool is_device)
{
    while (base < end) {
        unsigned bits = 63 - (unsigned)__builtin_clzll(end - base);
        if (base != 0 && (unsigned)__builtin_ctzll(base) < bits) {
            bits = (unsigned)__builtin_ctzll(base);
        }
        if (bits > MAX_UNTYPED_BITS) {
            bits = MAX_UNTYPED_BITS;
        }
        add_untyped(boot, base, bits, is_device);
        base += (paddr_t)1 << bits;
    }
}

/* The lowest address at or after from where RAM or the interrupt controller
 * begins; *after is where it ends. */
static paddr_t next_taken(const struct kaal_boot_params *p, paddr_t from, paddr_t *after)
{
    paddr_t next = paddr_end;
    *after = paddr_end;
    for (unsigned i = 0; i < p->ram_count + 2; i++) {
        const struct kaal_range *r = i < p->ram_count    ? &p->ram[i]
                                     : i == p->ram_count ? &p->gicd
                                                         : &p->gicc;
        const paddr_t end = r->base + r->size;
        if (end > from && r->base < next) {
            next = r->base > from ? r->base : from;
            *after = end;
        }
    }
    return next;
}

void boot_make_untyped(struct boot *boot)
{
    paddr_t after;
    struct kaal_bootinfo *info = boot->info;

    info->untyped.begin = boot->next_slot;
    for (unsigned i = 0; i < boot->mem_count; i++) {
        add_untyped_range(boot, boot->mem[i].base, boot->mem[i].base + boot->mem[i].size, false);
    }
    const paddr_t block_left = (boot->block_next + KAAL_PAGE_SIZE - 1) & ~(KAAL_PAGE_SIZE - 1ULL);
    add_untyped_range(boot, block_left, boot->block_end, false);
    for (paddr_t base = 0; base < paddr_end; base = after) {
        add_untyped_range(boot, base, next_taken(boot->params, base, &after), true);
    }
    info->untyped.end = boot->next_slot;
    info->empty.begin = boot->next_slot;
    info->empty.end = (uint64_t)1 << KAAL_ROOT_CNODE_RADIX;
}
