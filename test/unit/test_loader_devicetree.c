/* SPDX-License-Identifier: Apache-2.0 */
/* The devicetrees of the boards, whole, cut short, damaged and edited. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include <kaal/abi/bootinfo.h>

#include "loader/devicetree.h"
#include "loader_fail.h"

enum { ROOM = 16384 };

static struct kaal_boot_params bp;
static struct memory_map map;

/* A copy of exactly size bytes, whose end the sanitizer watches. */
static void *exact_copy(const void *from, size_t size)
{
    void *to = aligned_alloc(8, (size + 7) & ~(size_t)7);
    if (size % 8 != 0) {
        free(to);
        to = malloc(size);
    }
    assert_non_null(to);
    memcpy(to, from, size);
    return to;
}

static void *read_blob(const char *path, size_t *size)
{
    static _Alignas(8) unsigned char bytes[ROOM];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    *size = fread(bytes, 1, sizeof(bytes), f);
    assert_true(*size > 1000 && *size < sizeof(bytes));
    fclose(f);
    return bytes;
}

static void parse(void *blob, uint64_t room)
{
    memset(&bp, 0xa5, sizeof(bp));
    memset(&map, 0, sizeof(map));
    (void)devicetree_check(blob, room);
    devicetree_read(blob, 0, &bp, &map);
}

static void attempt(const void *blob, size_t size)
{
    void *copy = exact_copy(blob, size);
    ATTEMPT(parse(copy, size));
    free(copy);
}

/* What any accepted devicetree has to yield. */
static void check_values(void)
{
    assert_true(bp.core_count >= 1 && bp.core_count <= KAAL_BOOT_MAX_CORES);
    assert_true(bp.gic_version == KAAL_GIC_V2 || bp.gic_version == KAAL_GIC_V3);
    assert_true(bp.timer_irq >= 16 && bp.timer_irq < 32);
    assert_true(bp.cpu_method <= KAAL_CPU_SPIN_TABLE && bp.console_kind <= KAAL_CONSOLE_IMX_UART);
    assert_true(map.free.count >= 1 && range_total(&map.free) <= range_total(&map.ram));
    assert_int_equal((bp.gicd.base | bp.gicd.size | bp.gicc.base | bp.gicc.size) & PAGE_MASK, 0);
    assert_true(bp.gicd.size > 0 && bp.gicc.size > 0);
}

static void rpi4(void **state)
{
    (void)state;
    size_t size;
    void *blob = read_blob(RPI4_DTB, &size);
    attempt(blob, size);
    assert_null(loader_error);
    check_values();
    assert_string_equal(devicetree_model(blob), "Raspberry Pi 4 Model B");
    assert_int_equal(bp.core_count, 4);
    assert_int_equal(bp.cpu_method, KAAL_CPU_SPIN_TABLE);
    for (uint64_t i = 1; i < 4; i++) {
        assert_int_equal(bp.core_mpidr[i], i);
        assert_int_equal(bp.core_release[i], 0xd8 + 8 * i);
    }
    assert_int_equal(bp.gic_version, KAAL_GIC_V2);
    assert_int_equal(bp.gicd.base, 0xff841000);
    assert_int_equal(bp.gicc.base, 0xff842000);
    assert_int_equal(bp.gicc.size, 0x2000);
    assert_int_equal(bp.console_kind, KAAL_CONSOLE_MINI_UART);
    assert_int_equal(bp.console_paddr, 0xfe215040);
    assert_int_equal(bp.timer_irq, 27);
    assert_int_equal(bp.timer_hz, 0);
    assert_int_equal(range_total(&map.ram), 0x3b400000);
    assert_int_equal(map.reserved.count, 1); /* /memreserve/ */
    assert_int_equal(map.reserved.range[0].size, 0x1000);
}

static void imx8mp_evk(void **state)
{
    (void)state;
    size_t size;
    const void *blob = read_blob(IMX8MP_DTB, &size);
    attempt(blob, size);
    assert_null(loader_error);
    check_values();
    assert_int_equal(bp.core_count, 4);
    assert_int_equal(bp.cpu_method, KAAL_CPU_PSCI_SMC);
    assert_int_equal(bp.gic_version, KAAL_GIC_V3);
    assert_int_equal(bp.gicd.base, 0x38800000);
    assert_int_equal(bp.gicc.base, 0x38880000);
    assert_int_equal(bp.gicc.size, 0xc0000);
    assert_int_equal(bp.gicr_stride, 0x20000);
    assert_int_equal(bp.console_kind, KAAL_CONSOLE_IMX_UART);
    assert_int_equal(bp.console_paddr, 0x30890000);
    assert_int_equal(bp.timer_irq, 27);
    assert_int_equal(bp.timer_hz, 8000000);
}

static void every_length(const char *path)
{
    size_t size;
    const void *blob = read_blob(path, &size);
    for (size_t cut = 8; cut < size; cut++) {
        attempt(blob, cut);
        assert_non_null(loader_error);
    }
}

static void cut_short(void **state)
{
    (void)state;
    every_length(RPI4_DTB);
    every_length(IMX8MP_DTB);
}

/* Cut short with a header that claims so: only the structure can tell. */
static void cut_short_with_a_matching_header(void **state)
{
    (void)state;
    size_t size;
    void *blob = read_blob(RPI4_DTB, &size);
    for (size_t cut = 8; cut < size; cut++) {
        fdt_set_totalsize(blob, (uint32_t)cut);
        attempt(blob, cut);
        assert_non_null(loader_error);
    }
}

/* Any damaged byte: refused or read, never an access outside. */
static void damaged(void **state)
{
    (void)state;
    static const unsigned char masks[] = {0x01, 0x80, 0xff};
    size_t size;
    unsigned char *blob = read_blob(IMX8MP_DTB, &size);
    for (size_t at = 0; at < size; at++) {
        for (unsigned i = 0; i < sizeof(masks); i++) {
            blob[at] ^= masks[i];
            attempt(blob, size);
            if (loader_error == NULL) {
                check_values();
            }
            blob[at] ^= masks[i];
        }
    }
}

/* An emulator's empty space is cut off, and what is left is whole. */
static void trimmed(void **state)
{
    (void)state;
    static _Alignas(8) unsigned char padded[2 * ROOM];
    size_t size;
    const void *blob = read_blob(RPI4_DTB, &size);
    assert_int_equal(fdt_open_into(blob, padded, sizeof(padded)), 0);
    volatile uint32_t left = 0;
    ATTEMPT(left = devicetree_check(padded, sizeof(padded)));
    assert_null(loader_error);
    assert_true(left < size + 64);
    attempt(padded, left);
    assert_null(loader_error);
}

/* Edits a board's devicetree and expects the error, or NULL. */
struct edit {
    const char *path;     /* of the node */
    const char *property; /* NULL: delete the node */
    const char *value;    /* NULL: delete the property; else text, or hex cells: "<..." */
    const char *error;
};

static int set_cells(void *blob, int node, const char *property, const char *cells)
{
    uint32_t value[32];
    int count = 0;
    char *end;
    for (const char *at = cells;; at = end) {
        const unsigned long cell = strtoul(at, &end, 16);
        if (end == at) {
            return fdt_setprop(blob, node, property, value, count * 4);
        }
        value[count++] = cpu_to_fdt32((uint32_t)cell);
    }
}

static void apply(const char *path, const struct edit *e)
{
    static _Alignas(8) unsigned char edited[2 * ROOM];
    size_t size;
    const void *blob = read_blob(path, &size);
    assert_int_equal(fdt_open_into(blob, edited, sizeof(edited)), 0);
    const int node = fdt_path_offset(edited, e->path);
    assert_true(node >= 0);
    if (e->property == NULL) {
        assert_int_equal(fdt_del_node(edited, node), 0);
    } else if (e->value == NULL) {
        assert_int_equal(fdt_delprop(edited, node, e->property), 0);
    } else if (e->value[0] == '<') {
        assert_int_equal(set_cells(edited, node, e->property, e->value + 1), 0);
    } else {
        assert_int_equal(fdt_setprop_string(edited, node, e->property, e->value), 0);
    }
    attempt(edited, fdt_totalsize(edited));
    if (e->error == NULL) {
        assert_null(loader_error);
        check_values();
    } else {
        assert_non_null(loader_error);
        assert_non_null(strstr(loader_error, e->error));
    }
}

#define GIC "/soc/interrupt-controller@40041000"

static void edited_rpi4(void **state)
{
    (void)state;
    static const struct edit edits[] = {
        {"/memory@0", NULL, NULL, "no memory"},
        {"/memory@0", "reg", "<0 0 0", "no memory"},
        {"/memory@0", "status", "disabled", "no memory"},
        {"/memory@0", "device_type", NULL, "no memory"},
        {"/memory@0", "reg", "<ffffffff ffff0000 fffff000", "wraps around"},
        {GIC, NULL, NULL, "no interrupt controller"},
        {GIC, "status", "disabled", "no interrupt controller"},
        {GIC, "reg", "<40041000 1000", "register ranges"},
        {GIC, "reg", "<40041000 0 40042000 2000", "register ranges"},
        {GIC, "reg", "<40041800 1000 40042000 2000", "register ranges"},
        {GIC, "reg", "<10041000 1000 40042000 2000", "register ranges"},
        {GIC, "reg", "<40041000 ffffffff 40042000 2000", "register ranges"},
        {GIC, "#interrupt-cells", "<2", "#interrupt-cells"},
        {"/soc", "ranges", NULL, "register ranges"},
        {"/soc", "#address-cells", "<3", "register ranges"},
        {"/emmc2bus/mmc@7e340000", "compatible", "arm,gic-400", "two interrupt controllers"},
        {"/timer", NULL, NULL, "no timer"},
        {"/timer", "interrupts", NULL, "virtual timer"},
        {"/timer", "interrupts", "<1 d f08 1 e f08", "virtual timer"},
        {"/timer", "interrupts", "<1 d f08 1 e f08 0 b f08", "virtual timer"},
        {"/timer", "interrupts", "<1 d f08 1 e f08 1 10 f08", "virtual timer"},
        {"/timer", "interrupts-extended", "<1", NULL}, /* interrupts comes first */
        {"/cpus/cpu@0", NULL, NULL, "boot core"},
        {"/cpus/cpu@0", "reg", NULL, "without a valid reg"},
        {"/cpus/cpu@0", "reg", "<1", "same reg"},
        {"/cpus/cpu@1", "reg", "<81000000", "without a valid reg"},
        {"/cpus/cpu@1", "cpu-release-addr", NULL, "cpu-release-addr"},
        {"/cpus/cpu@1", "cpu-release-addr", "<0 0 0", "cpu-release-addr"},
        {"/cpus/cpu@1", "cpu-release-addr", "<0 e4", "cpu-release-addr"},
        {"/cpus/cpu@1", "cpu-release-addr", "<e0", NULL},
        {"/cpus/cpu@1", "enable-method", "psci", "different enable-methods"},
        {"/cpus/cpu@1", "enable-method", "other", NULL},
        {"/cpus/cpu@1", "status", "fail", NULL},
        {"/chosen", NULL, NULL, NULL},
        {"/chosen", "stdout-path", "", NULL},
        {"/chosen", "stdout-path", "nobody:115200", NULL},
    };
    for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
        apply(RPI4_DTB, &edits[i]);
    }
    apply(RPI4_DTB, &(struct edit){"/cpus/cpu@1", "enable-method", "other", NULL});
    assert_int_equal(bp.core_count, 3);
}

static void edited_imx8mp(void **state)
{
    (void)state;
    static const struct edit edits[] = {
        {"/psci", NULL, NULL, "no psci node"},
        {"/psci", "method", "other", "neither hvc nor smc"},
        {"/soc@0/interrupt-controller@38800000", "#redistributor-regions", "<2", "region"},
        {"/soc@0/interrupt-controller@38800000", "redistributor-stride", "<1000", "stride"},
        {"/soc@0/interrupt-controller@38800000", "reg", "<38800000 10000 38880000 ffff0000",
         "register ranges"},
    };
    for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
        apply(IMX8MP_DTB, &edits[i]);
    }
    apply(IMX8MP_DTB, &(struct edit){"/psci", "method", "hvc", NULL});
    assert_int_equal(bp.cpu_method, KAAL_CPU_PSCI_HVC);
}

/* stdout-path by alias and by path, with and without options and addresses. */
static void console_choice(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        uint64_t paddr; /* 0: none */
    } choices[] = {
        {"serial0:115200n8", 0xfe201000},
        {"serial0", 0xfe201000},
        {"serial1", 0xfe215040},
        {"/soc/serial@7e201000", 0xfe201000},
        {"/soc/serial@7e201000:9600", 0xfe201000},
        {"/soc/serial@7e215040", 0xfe215040},
        {"/soc/serial@7e20100", 0},
        {"/soc/serial@7e2010000", 0},
        {"/soc", 0},
        {"/", 0},
        {"soc/serial@7e201000", 0},
        {"mmc0", 0},
        {":", 0},
        {"/soc/serial@7e201000/", 0},
    };
    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        apply(RPI4_DTB, &(struct edit){"/chosen", "stdout-path", choices[i].value, NULL});
        assert_int_equal(bp.console_kind == KAAL_CONSOLE_NONE, choices[i].paddr == 0);
        if (choices[i].paddr != 0) {
            assert_int_equal(bp.console_paddr, choices[i].paddr);
        }
    }
    apply(RPI4_DTB, &(struct edit){"/soc/serial@7e215040", "status", "disabled", NULL});
    assert_int_equal(bp.console_kind, KAAL_CONSOLE_NONE);
}

/* More cores than there is room for, and nodes nested without end. */
static void too_much(void **state)
{
    (void)state;
    static _Alignas(8) unsigned char blob[ROOM];
    size_t size;
    const void *board = read_blob(RPI4_DTB, &size);
    assert_int_equal(fdt_open_into(board, blob, sizeof(blob)), 0);
    for (unsigned i = 4; i < 9; i++) {
        char name[8] = {'c', 'p', 'u', '@', (char)('0' + i)};
        const int node = fdt_add_subnode(blob, fdt_path_offset(blob, "/cpus"), name);
        assert_true(node >= 0);
        fdt_setprop_string(blob, node, "device_type", "cpu");
        fdt_setprop_string(blob, node, "enable-method", "spin-table");
        fdt_setprop_u64(blob, node, "cpu-release-addr", 0x100 + 8 * i);
        fdt_setprop_u32(blob, node, "reg", i);
        attempt(blob, fdt_totalsize(blob));
        assert_int_equal(loader_error != NULL, i == 8);
    }
    assert_non_null(strstr(loader_error, "more than 8 cores"));

    assert_int_equal(fdt_open_into(board, blob, sizeof(blob)), 0);
    int node = 0;
    for (unsigned i = 1; i <= 17; i++) {
        node = fdt_add_subnode(blob, node, "deep");
        assert_true(node >= 0);
        attempt(blob, fdt_totalsize(blob));
        assert_int_equal(loader_error != NULL, i == 17);
    }
    assert_non_null(strstr(loader_error, "too deep"));
}

/* reserved-memory: a range is reserved, a size without a place is not. */
static void reserved_memory(void **state)
{
    (void)state;
    static _Alignas(8) unsigned char blob[ROOM];
    size_t size;
    const void *board = read_blob(IMX8MP_DTB, &size);
    assert_int_equal(fdt_open_into(board, blob, sizeof(blob)), 0);
    const int parent = fdt_add_subnode(blob, 0, "reserved-memory");
    fdt_setprop_u32(blob, parent, "#address-cells", 2);
    fdt_setprop_u32(blob, parent, "#size-cells", 2);
    int node = fdt_add_subnode(blob, parent, "wish");
    fdt_setprop_u64(blob, node, "size", 0x100000);
    node = fdt_add_subnode(blob, parent, "off");
    set_cells(blob, node, "reg", "0 41000000 0 1000");
    fdt_setprop_string(blob, node, "status", "disabled");
    node = fdt_add_subnode(blob, parent, "place");
    set_cells(blob, node, "reg", "0 42000800 0 1000 0 45000000 0 0");
    attempt(blob, fdt_totalsize(blob));
    assert_null(loader_error);
    assert_int_equal(map.reserved.count, 1);
    assert_int_equal(map.reserved.range[0].base, 0x42000000);
    assert_int_equal(map.reserved.range[0].size, 0x2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rpi4),
        cmocka_unit_test(imx8mp_evk),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(cut_short_with_a_matching_header),
        cmocka_unit_test(damaged),
        cmocka_unit_test(trimmed),
        cmocka_unit_test(edited_rpi4),
        cmocka_unit_test(edited_imx8mp),
        cmocka_unit_test(console_choice),
        cmocka_unit_test(too_much),
        cmocka_unit_test(reserved_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
