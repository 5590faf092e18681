/* SPDX-License-Identifier: Apache-2.0 */
/* Placement and tables on random machines: each page of memory has one owner,
 * and the kernel sees exactly what it should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loader/boot.h"
#include "loader_fail.h"

#define MIB        (UINT64_C(1) << 20)
#define RAM        UINT64_C(0x40000000)
#define IMAGE      (RAM + 2 * MIB)
#define LOADER     UINT64_C(0x10000)
#define TABLES     2048U
#define NO_ADDRESS UINT64_MAX

static struct boot b;
static uint64_t random_state = 1;

static uint64_t pick(uint64_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (random_state >> 33) % limit;
}

static void make_elf(struct elf_image *e, uint64_t base)
{
    e->entry = base;
    e->segment_count = 3;
    const uint32_t flags[] = {ELF_PF_R | ELF_PF_X, ELF_PF_R, ELF_PF_R | ELF_PF_W};
    for (unsigned i = 0; i < 3; i++) {
        e->segments[i] = (struct elf_segment){.page_vaddr = base, .flags = flags[i]};
        e->segments[i].page_bytes = (1 + pick(40)) * KAAL_PAGE_SIZE;
        base += e->segments[i].page_bytes + pick(2) * KAAL_PAGE_SIZE;
    }
}

/* A machine of 64 MiB to 3 GiB, with holes. */
static void make_machine(void)
{
    struct kaal_boot_params *bp = &b.params;
    memset(&b, 0, sizeof(b));
    const uint64_t ram = (64 + pick(3000)) * MIB;
    range_add(&b.map.ram, RAM, ram, RANGE_OUTWARD);
    range_add(&b.map.free, RAM, ram, RANGE_INWARD);
    for (uint64_t i = pick(8); i > 0; i--) {
        range_add(&b.map.reserved, RAM + pick(ram), pick(4) == 0 ? pick(ram / 8) : pick(9000),
                  RANGE_OUTWARD);
    }
    bp->payload = (struct kaal_range){IMAGE + LOADER, (1 + pick(200)) * KAAL_PAGE_SIZE};
    bp->devicetree_paddr = RAM + 32 * MIB + pick(1000) * 8;
    bp->devicetree_bytes = 100 + pick(20000);
    bp->gicd = (struct kaal_range){0x8000000, 0x10000};
    bp->gicc = (struct kaal_range){0x80a0000, pick(2) == 0 ? 0x2000 : 0xf60000};
    bp->console_paddr = 0x9000040;
    bp->core_count = 2;
    bp->cpu_method = KAAL_CPU_SPIN_TABLE;
    bp->core_release[1] = RAM + pick(ram / 8) * 8;
    make_elf(&b.kernel, KAAL_KERNEL_BASE);
    make_elf(&b.root, 0x400000);
    const struct elf_segment *last = &b.kernel.segments[2];
    b.kernel_bytes = last->page_vaddr + last->page_bytes - KAAL_KERNEL_BASE;
}

/* What the tables below root make of va; *attributes without the address. */
static uint64_t translate(uint64_t root, uint64_t va, uint64_t *attributes)
{
    uint64_t table = root;
    for (unsigned level = 0; level < 4; level++) {
        const unsigned shift = 12 + 9 * (3 - level);
        const uint64_t entry =
            b.tables.memory[(table - b.tables.paddr) / 8 + ((va >> shift) & 511)];
        const uint64_t address = entry & PTE_ADDR_MASK;
        if ((entry & 1) == 0) {
            return NO_ADDRESS;
        }
        if (level == 3 || (entry & 2) == 0) {
            assert_true(level >= 1 && (level < 3 || (entry & 2) != 0));
            const uint64_t mask = (UINT64_C(1) << shift) - 1;
            assert_int_equal(address & mask, 0);
            *attributes = entry & ~PTE_ADDR_MASK & ~UINT64_C(3);
            return address | (va & mask);
        }
        table = address;
    }
    return NO_ADDRESS;
}

static bool is_in(const struct kaal_range *r, uint64_t at)
{
    return at - r->base < r->size;
}

/* How many owners the page at has, but for the firmware's reserved ranges. */
static unsigned owners(uint64_t at, bool *in_window)
{
    const struct kaal_boot_params *bp = &b.params;
    unsigned count = is_in(&bp->payload, at) + is_in(&bp->devicetree, at);
    for (uint32_t i = 0; i < bp->mem_count; i++) {
        count += is_in(&bp->mem[i], at);
    }
    for (uint32_t i = 0; i < bp->segment_count; i++) {
        const struct kaal_range r = {bp->segments[i].paddr, bp->segments[i].bytes};
        count += is_in(&r, at);
    }
    *in_window = count > 0 || (bp->core_release[1] & ~PAGE_MASK) == at;
    *in_window = *in_window && !is_in(&bp->kernel, at);
    return count + is_in(&bp->kernel, at) + (at == IMAGE);
}

static void check_owners(void)
{
    const struct kaal_boot_params *bp = &b.params;
    const uint64_t end = bp->ram[0].base + bp->ram[0].size;
    for (uint64_t at = RAM - MIB; at < end + MIB; at += KAAL_PAGE_SIZE) {
        bool in_window;
        uint64_t attributes = 0;
        const bool is_ram = range_room(&b.map.ram, at) > 0;
        const unsigned count = owners(at, &in_window);
        const bool is_reserved = range_room(&b.map.reserved, at) > 0;
        assert_true(count <= 1);
        assert_true(!is_ram || is_reserved || count == 1);
        assert_true(is_ram || count == 0);
        const uint64_t pa = translate(b.ttbr1, KAAL_WINDOW_BASE + at, &attributes);
        assert_int_equal(pa, in_window && is_ram ? at : NO_ADDRESS);
        assert_true(pa == NO_ADDRESS || attributes == MMU_NORMAL_RW);
        for (uint32_t i = 0; i < bp->mem_count && is_reserved; i++) {
            assert_false(is_in(&bp->mem[i], at));
        }
    }
}

static void check_kernel_space(void)
{
    static const uint64_t rights[] = {MMU_NORMAL_RX, MMU_NORMAL_R, MMU_NORMAL_RW};
    const struct kaal_boot_params *bp = &b.params;
    uint64_t attributes = 0;
    assert_int_equal(bp->kernel.base % BOOT_KERNEL_ALIGN, 0);
    for (uint64_t offset = 0; offset < 8 * MIB; offset += KAAL_PAGE_SIZE) {
        const uint64_t va = KAAL_KERNEL_BASE + offset;
        uint64_t expected = offset == b.kernel_bytes ? MMU_NORMAL_RW : 0;
        for (unsigned i = 0; i < 3; i++) {
            const struct elf_segment *s = &b.kernel.segments[i];
            expected = va - s->page_vaddr < s->page_bytes ? rights[i] : expected;
        }
        const uint64_t pa = translate(b.ttbr1, va, &attributes);
        assert_int_equal(pa, expected != 0 ? bp->kernel.base + offset : NO_ADDRESS);
        assert_true(expected == 0 || attributes == expected);
    }
    assert_int_equal(translate(b.ttbr1, KAAL_DEVICE_CONSOLE + 0x40, &attributes), 0x9000040);
    assert_int_equal(attributes, MMU_DEVICE);
    assert_int_equal(translate(b.ttbr1, KAAL_DEVICE_GICD + 0xffff, &attributes), 0x800ffff);
    const uint64_t last = bp->gicc.size - 1;
    assert_int_equal(translate(b.ttbr1, KAAL_DEVICE_GICC + last, &attributes), 0x80a0000 + last);
    assert_int_equal(translate(b.ttbr1, KAAL_DEVICE_GICC + last + 1, &attributes), NO_ADDRESS);
}

static void check_loader_space(void)
{
    uint64_t attributes = 0;
    assert_int_equal(translate(b.ttbr0, IMAGE + 0x9000, &attributes), IMAGE + 0x9000);
    assert_int_equal(attributes, MMU_NORMAL_RX);
    assert_int_equal(translate(b.ttbr0, IMAGE + 0xa000, &attributes), IMAGE + 0xa000);
    assert_int_equal(attributes, MMU_NORMAL_RW);
    assert_int_equal(translate(b.ttbr0, IMAGE + LOADER, &attributes), NO_ADDRESS);
    assert_int_equal(translate(b.ttbr0, 0x9000000, &attributes), 0x9000000);
    assert_int_equal(attributes, MMU_DEVICE);
}

static void build(void)
{
    static uint64_t *memory;
    if (memory == NULL) {
        memory = aligned_alloc(KAAL_PAGE_SIZE, TABLES * (size_t)KAAL_PAGE_SIZE);
    }
    boot_place(&b, IMAGE, IMAGE + LOADER);
    b.tables.memory = memory;
    assert_true(b.tables.page_count >= BOOT_MIN_TABLES && b.tables.page_count <= TABLES);
    boot_map_kernel(&b);
    boot_map_loader(&b, IMAGE, IMAGE + 0xa000, IMAGE + LOADER, 0x9000040);
}

static void random_machines(void **state)
{
    (void)state;
    unsigned done = 0;
    for (unsigned round = 0; round < 60; round++) {
        make_machine();
        ATTEMPT(build());
        if (loader_error == NULL) {
            check_owners();
            check_kernel_space();
            check_loader_space();
            done++;
        }
    }
    assert_true(done > 40);
}

static void no_memory_left(void **state)
{
    (void)state;
    make_machine();
    range_remove(&b.map.free, RAM, MIB);
    range_remove(&b.map.free, RAM + 3 * MIB, UINT64_C(1) << 40);
    ATTEMPT(build());
    assert_non_null(strstr(loader_error, "not enough"));
}

static void devicetree_over_image(void **state)
{
    (void)state;
    make_machine();
    b.params.devicetree_paddr = IMAGE + LOADER - 8;
    ATTEMPT(build());
    assert_non_null(strstr(loader_error, "over the image"));
    make_machine();
    b.params.devicetree_paddr = RAM - 8;
    ATTEMPT(build());
    assert_non_null(strstr(loader_error, "outside the memory"));
}

static void map_everywhere(struct mmu_tables *t, uint64_t root)
{
    for (uint64_t i = 1; i < 512; i++) {
        mmu_map(t, root, i << 39, 0, KAAL_PAGE_SIZE, MMU_DEVICE);
    }
}

/* One GiB that is all free takes one descriptor, not 512. */
static void large_blocks(void **state)
{
    (void)state;
    static uint64_t memory[8 * 512] __attribute__((aligned(4096)));
    struct mmu_tables t = {.memory = memory, .paddr = 0x1000, .page_count = 8};
    const uint64_t root = mmu_new_table(&t);
    mmu_map(&t, root, KAAL_WINDOW_BASE, 0, UINT64_C(3) << 30, MMU_NORMAL_RW);
    assert_int_equal(t.used, 2);
    mmu_map(&t, root, KAAL_WINDOW_BASE + (UINT64_C(3) << 30), UINT64_C(3) << 30, 4 * MIB,
            MMU_NORMAL_RW);
    assert_int_equal(t.used, 3);
    ATTEMPT(mmu_map(&t, root, KAAL_WINDOW_BASE + MIB, MIB, MIB, MMU_NORMAL_RW));
    assert_non_null(strstr(loader_error, "mapped twice"));
    ATTEMPT(map_everywhere(&t, root));
    assert_non_null(strstr(loader_error, "no room for tables"));
    assert_int_equal(t.used, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_machines),
        cmocka_unit_test(no_memory_left),
        cmocka_unit_test(devicetree_over_image),
        cmocka_unit_test(large_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
