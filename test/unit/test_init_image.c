/* SPDX-License-Identifier: Apache-2.0 */
/* What init accepts as a component's ELF and as a packed system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sdk/broker/init/elf.h"
#include "sdk/broker/init/system.h"

/* ---- ELF ------------------------------------------------------------------------ */

enum { PT_LOAD = 1, PT_NOTE = 4, X = 1, W = 2, R = 4 };

struct program_header {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

/* A file as libkaal's linker script makes it: text, rodata, data, note. */
static struct {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
    struct program_header ph[4];
    uint32_t note[6];
    uint8_t rest[4096 * 3];
} elf;

static const struct program_header good_headers[4] = {
    {PT_LOAD, R | X, 0x200, 0x400200, 0, 0x100, 0x100, 4096},
    {PT_LOAD, R, 0x300, 0x401000, 0, 0x100, 0x100, 4096},
    {PT_LOAD, R | W, 0x400, 0x402000, 0, 0x10, 0x3000, 4096},
    {PT_NOTE, R, 0, 0, 0, 24, 24, 4},
};

static int good_elf(void **state)
{
    static const uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    static const uint32_t note[6] = {5, 4, 1, 0x4c61614b, 0, KAAL_ABI};
    (void)state;
    memset(&elf, 0, sizeof(elf));
    memcpy(elf.ident, ident, sizeof(ident));
    memcpy(elf.ph, good_headers, sizeof(good_headers));
    memcpy(elf.note, note, sizeof(note));
    elf.type = 2;
    elf.machine = 183;
    elf.entry = 0x400200;
    elf.phoff = offsetof(__typeof__(elf), ph);
    elf.phentsize = sizeof(struct program_header);
    elf.phnum = 4;
    elf.ph[3].offset = offsetof(__typeof__(elf), note);
    return 0;
}

static const char *check(void)
{
    struct elf_plan plan;
    return elf_check((const uint8_t *)&elf, sizeof(elf), &plan);
}

static void refused(const char *why)
{
    const char *said = check();
    assert_non_null(said);
    if (strstr(said, why) == NULL) {
        fail_msg("said '%s', not '%s'", said, why);
    }
}

static void elf_is_accepted(void **state)
{
    struct elf_plan plan;
    (void)state;
    assert_null(elf_check((const uint8_t *)&elf, sizeof(elf), &plan));
    assert_int_equal(plan.segment_count, 3);
    assert_int_equal(plan.entry, 0x400200);
    assert_true(plan.segments[0].is_executable && !plan.segments[0].is_writable);
    assert_true(!plan.segments[1].is_executable && !plan.segments[1].is_writable);
    assert_true(!plan.segments[2].is_executable && plan.segments[2].is_writable);
    assert_int_equal(plan.segments[2].mem_bytes, 0x3000);
    assert_int_equal(plan.segments[2].file_bytes, 0x10);
    assert_ptr_equal(plan.segments[1].data, (const uint8_t *)&elf + 0x300);
}

static void elf_writable_code_is_refused(void **state)
{
    (void)state;
    elf.ph[0].flags = R | W | X;
    refused("both writable and executable");
}

static void elf_entry_must_be_code(void **state)
{
    (void)state;
    elf.entry = 0;
    refused("entry point");
    elf.entry = 0x401000;
    refused("entry point");
    elf.entry = 0x400300; /* one behind */
    refused("entry point");
    elf.entry = 0x400202;
    refused("entry point");
}

static void elf_kind_is_checked(void **state)
{
    (void)state;
    elf.machine = 62;
    refused("AArch64");
    good_elf(NULL);
    elf.ident[4] = 1;
    refused("64-bit");
    good_elf(NULL);
    elf.ident[0] = 0;
    refused("not an ELF");
    good_elf(NULL);
    elf.type = 3;
    refused("AArch64");
}

static void elf_ranges_are_checked(void **state)
{
    (void)state;
    elf.ph[0].offset = sizeof(elf);
    refused("outside of the file");
    good_elf(NULL);
    elf.ph[0].offset = UINT64_MAX - 0x10;
    refused("outside of the file");
    good_elf(NULL);
    elf.ph[0].memsz = 0x10;
    refused("larger in the file");
    good_elf(NULL);
    elf.ph[2].memsz = UINT64_MAX - 0x1000;
    refused("outside of 0x400000");
    good_elf(NULL);
    elf.ph[2].vaddr = UINT64_C(0xffffffff80000000);
    refused("outside of 0x400000");
    good_elf(NULL);
    elf.ph[2].vaddr = 0x3ff000;
    refused("outside of 0x400000");
    good_elf(NULL);
    elf.phoff = sizeof(elf) - 8;
    refused("program headers");
    good_elf(NULL);
    elf.phnum = 0xffff;
    refused("program headers");
}

static void elf_pages_are_not_shared(void **state)
{
    (void)state;
    elf.ph[1].vaddr = 0x400f00;
    elf.ph[1].memsz = 0x100;
    refused("share a page");
    elf.ph[1].vaddr = 0x404fff; /* the last page of data */
    refused("share a page");
    elf.ph[1].vaddr = 0x405000;
    assert_null(check());
}

static void elf_note_must_fit(void **state)
{
    (void)state;
    elf.note[5] = KAAL_ABI + 1;
    refused("another version");
    good_elf(NULL);
    elf.note[3] = 0;
    refused("no ABI note");
    good_elf(NULL);
    elf.phnum = 3;
    refused("no ABI note");
}

static void elf_cut_off_is_refused(void **state)
{
    struct elf_plan plan;
    (void)state;
    for (uint64_t size = 0; size < 0x410; size++) {
        assert_non_null(elf_check((const uint8_t *)&elf, size, &plan));
    }
    assert_null(elf_check((const uint8_t *)&elf, 0x410, &plan));
}

/* ---- System ---------------------------------------------------------------------- */

static struct {
    struct kaal_system table;
    struct kaal_system_instance instances[2];
    struct kaal_system_port
        ports[7]; /* 0: calls, notifies; 1: serves, sends, receives, irq, caps */
    struct kaal_system_channel channels[1];
    struct kaal_system_ring rings[1];
    struct kaal_system_grant grants[2];
} content;

static union {
    uint8_t bytes[8192];
    uint32_t words[2048];
} image __attribute__((aligned(4096)));

/* Entries: kernel, component, system. */
static struct kaal_image_header *header(void)
{
    return (struct kaal_image_header *)(void *)image.bytes;
}

static struct kaal_image_entry *entry(unsigned i)
{
    return &header()->entries[i];
}

static struct system sys;

static int good_system(void **state)
{
    (void)state;
    memset(&image, 0, sizeof(image));
    *header() = (struct kaal_image_header){
        .magic = KAAL_IMAGE_MAGIC,
        .version = KAAL_IMAGE_VERSION,
        .abi = KAAL_ABI,
        .entry_count = 3,
        .size = sizeof(image),
    };
    *entry(0) = (struct kaal_image_entry){KAAL_IMAGE_KERNEL, 0, 4096, 64, "kernel"};
    *entry(1) = (struct kaal_image_entry){KAAL_IMAGE_COMPONENT, 0, 4160, 64, "thing"};
    *entry(2) = (struct kaal_image_entry){KAAL_IMAGE_SYSTEM, 0, 4224, 1024, "system"};
    return 0;
}

static const char *check_system(void (*change)(void))
{
    struct kaal_system_instance instances[2] = {
        {.name = "a",
         .component = 1,
         .priority = 255,
         .budget_us = 1,
         .period_us = 1,
         .stack_bytes = 4096,
         .first_port = 0,
         .port_count = 2},
        {.name = "b",
         .component = 1,
         .priority = 0,
         .budget_us = 1,
         .period_us = 9,
         .stack_bytes = 8192,
         .first_port = 2,
         .port_count = 5},
    };
    const struct kaal_system_port ports[7] = {
        {"x", KAAL_PORT_CALLS, 0}, {"y", KAAL_PORT_NOTIFIES, 1}, {"z", KAAL_PORT_SERVES, 0},
        {"s", KAAL_PORT_SENDS, 0}, {"r", KAAL_PORT_RECEIVES, 0}, {"i", KAAL_PORT_IRQ, 0},
        {"c", KAAL_PORT_CAPS, 0}};
    good_system(NULL);
    content.table = (struct kaal_system){.magic = KAAL_SYSTEM_MAGIC,
                                         .version = KAAL_SYSTEM_VERSION,
                                         .instance_count = 2,
                                         .port_count = 7,
                                         .channel_count = 1,
                                         .ring_count = 1,
                                         .grant_count = 2};
    memcpy(content.instances, instances, sizeof(instances));
    memcpy(content.ports, ports, sizeof(ports));
    content.channels[0] = (struct kaal_system_channel){0, 2};
    content.rings[0] = (struct kaal_system_ring){3, 4, 4, 64};
    content.grants[0] = (struct kaal_system_grant){5, "stdout"};
    content.grants[1] = (struct kaal_system_grant){6, "power"};
    if (change != NULL) {
        change();
    }
    uint8_t *at = image.bytes + 4224;
    memcpy(at, &content.table, sizeof(content.table));
    at += sizeof(content.table);
    memcpy(at, content.instances, sizeof(content.instances));
    at += sizeof(content.instances);
    memcpy(at, content.ports, sizeof(content.ports));
    at += sizeof(content.ports);
    memcpy(at, content.channels, sizeof(content.channels));
    at += sizeof(content.channels);
    memcpy(at, content.rings, sizeof(content.rings));
    at += sizeof(content.rings);
    memcpy(at, content.grants, sizeof(content.grants));
    header()->checksum = 0;
    header()->checksum = kaal_image_checksum(image.words, sizeof(image) / 8 * 2);
    return system_check(&image, sizeof(image), &sys);
}

static void system_is_accepted(void **state)
{
    uint64_t size;
    (void)state;
    assert_null(check_system(NULL));
    assert_int_equal(sys.instance_count, 2);
    assert_int_equal(sys.port_instance[1], 0);
    assert_int_equal(sys.port_instance[2], 1);
    assert_int_equal(sys.port_channels[0], 1);
    assert_int_equal(sys.port_channels[1], 0);
    assert_int_equal(sys.port_channels[2], 1);
    assert_int_equal(sys.ring_count, 1);
    assert_int_equal(sys.port_ring[3], 0);
    assert_int_equal(sys.port_ring[4], 0);
    assert_int_equal(sys.rings[0].slot_size, 64);
    assert_int_equal(sys.grant_count, 2);
    assert_string_equal(sys.grants[1].role, "power");
    for (unsigned p = 3; p < 7; p++) {
        assert_int_equal(sys.port_channels[p], 1);
    }
    assert_ptr_equal(system_elf(&sys, 1, &size), image.bytes + 4160);
    assert_int_equal(size, 64);
}

/* clang-format off */
static void no_magic(void) { content.table.magic++; }
static void many_instances(void) { content.table.instance_count = SYSTEM_MAX_INSTANCES + 1; }
static void many_ports(void) { content.table.port_count = UINT32_MAX; }
static void cut_table(void) { entry(2)->size = 100; }
static void wrong_component(void) { content.instances[0].component = 0; }
static void far_component(void) { content.instances[0].component = UINT32_MAX; }
static void priority_256(void) { content.instances[0].priority = 256; }
static void no_budget(void) { content.instances[0].budget_us = 0; }
static void big_budget(void) { content.instances[0].budget_us = 2; }
static void no_stack(void) { content.instances[0].stack_bytes = 0; }
static void odd_stack(void) { content.instances[0].stack_bytes = 100; }
static void big_stack(void) { content.instances[0].stack_bytes = UINT64_C(1) << 40; }
static void no_end(void) { memset(content.instances[0].name, 'a', sizeof(content.instances[0].name)); }
static void no_name(void) { content.instances[0].name[0] = 0; }
static void ports_overlap(void) { content.instances[1].first_port = 1; }
static void ports_beyond(void) { content.instances[1].port_count = 2; }
static void port_of_nobody(void) { content.instances[1].port_count = 0; }
static void port_kind(void) { content.ports[0].kind = 9; }
static void no_kind(void) { content.ports[1].kind = 0; }
static void many_rings(void) { content.table.ring_count = UINT32_MAX; }
static void many_grants(void) { content.table.grant_count = UINT32_MAX; }
static void cut_grants(void) { content.table.grant_count = SYSTEM_MAX_GRANTS; entry(2)->size = 600; }
static void ring_beyond(void) { content.rings[0].to = 7; }
static void ring_far(void) { content.rings[0].from = UINT32_MAX; }
static void ring_backwards(void) { content.rings[0] = (struct kaal_system_ring){4, 3, 4, 64}; }
static void ring_unfit(void) { content.rings[0].from = 2; }
static void ring_slots(void) { content.rings[0].slots = 3; }
static void ring_no_slots(void) { content.rings[0].slots = 0; }
static void ring_many_slots(void) { content.rings[0].slots = 1U << 31; }
static void ring_slot_size(void) { content.rings[0].slot_size = 12; }
static void ring_too_large(void) { content.rings[0].slots = 16384; }
static void ring_twice(void) { content.table.ring_count = 2; content.table.grant_count = 1; memcpy(&content.grants[0], &content.rings[0], 16); }
static void grant_beyond(void) { content.grants[0].port = 7; }
static void grant_unfit(void) { content.grants[0].port = 1; }
static void grant_twice(void) { content.grants[0].port = 6; }
static void grant_of_nothing(void) { content.grants[0].role[0] = 0; }
static void grant_no_end(void) { memset(content.grants[0].role, 0x61, sizeof(content.grants[0].role)); }
static void channel_beyond(void) { content.channels[0].to = 7; }
static void channel_unfit(void) { content.channels[0].from = 1; }
static void channel_backwards(void) { content.channels[0] = (struct kaal_system_channel){2, 0}; }
static void entry_beyond(void) { entry(1)->size = UINT64_MAX; }
static void entry_odd(void) { entry(1)->offset++; }
static void entry_name(void) { memset(entry(1)->name, 'a', KAAL_IMAGE_NAME_MAX); }
static void many_entries(void) { header()->entry_count = UINT32_MAX; }
static void other_abi(void) { header()->abi++; }
static void too_long(void) { header()->size = 12288; }
static void two_tables(void) { entry(1)->kind = KAAL_IMAGE_SYSTEM; }
/* clang-format on */

static void system_faults_are_refused(void **state)
{
    static void (*const changes[])(void) = {
        no_magic,          many_instances, many_ports,    cut_table,       wrong_component,
        far_component,     priority_256,   no_budget,     big_budget,      no_stack,
        odd_stack,         big_stack,      no_end,        no_name,         ports_overlap,
        ports_beyond,      port_of_nobody, port_kind,     channel_beyond,  channel_unfit,
        channel_backwards, entry_beyond,   entry_odd,     entry_name,      many_entries,
        other_abi,         too_long,       two_tables,    no_kind,         many_rings,
        many_grants,       cut_grants,     ring_beyond,   ring_far,        ring_backwards,
        ring_unfit,        ring_slots,     ring_no_slots, ring_many_slots, ring_slot_size,
        ring_too_large,    ring_twice,     grant_beyond,  grant_unfit,     grant_twice,
        grant_of_nothing,  grant_no_end,
    };
    (void)state;
    for (unsigned i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        if (check_system(changes[i]) == NULL) {
            fail_msg("change %u is accepted", i);
        }
    }
}

static void system_damage_is_found(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(image); i++) {
        assert_null(check_system(NULL));
        image.bytes[i] ^= 0x10;
        assert_non_null(system_check(&image, sizeof(image), &sys));
    }
}

static void no_table_no_entries(void)
{
    entry(2)->kind = KAAL_IMAGE_COMPONENT;
}

static void system_without_table_has_defaults(void **state)
{
    (void)state;
    assert_null(check_system(no_table_no_entries));
    assert_int_equal(sys.instance_count, 2);
    assert_string_equal(sys.instances[0].name, "thing");
    assert_int_equal(sys.instances[0].priority, SYSTEM_DEFAULT_PRIORITY);
    assert_int_equal(sys.instances[1].component, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(elf_is_accepted, good_elf),
        cmocka_unit_test_setup(elf_writable_code_is_refused, good_elf),
        cmocka_unit_test_setup(elf_entry_must_be_code, good_elf),
        cmocka_unit_test_setup(elf_kind_is_checked, good_elf),
        cmocka_unit_test_setup(elf_ranges_are_checked, good_elf),
        cmocka_unit_test_setup(elf_pages_are_not_shared, good_elf),
        cmocka_unit_test_setup(elf_note_must_fit, good_elf),
        cmocka_unit_test_setup(elf_cut_off_is_refused, good_elf),
        cmocka_unit_test(system_is_accepted),
        cmocka_unit_test(system_faults_are_refused),
        cmocka_unit_test(system_damage_is_found),
        cmocka_unit_test(system_without_table_has_defaults),
    };
    return cmocka_run_group_tests_name("init_image", tests, NULL, NULL);
}
