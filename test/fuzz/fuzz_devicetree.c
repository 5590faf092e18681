/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are a devicetree, or are refused; nothing outside is accessed, and
 * what is read is within the limits of boot_params.h. */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "../unit/loader_fail.h"
#include "loader/devicetree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static struct kaal_boot_params bp;
static struct memory_map map;

static void parse(void *blob, size_t size)
{
    memset(&bp, 0, sizeof(bp));
    memset(&map, 0, sizeof(map));
    const uint32_t left = devicetree_check(blob, size);
    if (left > size) {
        abort();
    }
    (void)strlen(devicetree_model(blob));
    devicetree_read(blob, 0, &bp, &map);
}

static void check(void)
{
    bool ok = bp.core_count >= 1 && bp.core_count <= KAAL_BOOT_MAX_CORES &&
              (bp.gic_version == KAAL_GIC_V2 || bp.gic_version == KAAL_GIC_V3) &&
              bp.gicd.size != 0 && bp.gicc.size != 0 && bp.timer_irq >= 16 && bp.timer_irq < 32 &&
              bp.cpu_method <= KAAL_CPU_SPIN_TABLE && map.free.count != 0 &&
              range_total(&map.free) <= range_total(&map.ram);
    for (uint32_t i = 1; i < bp.core_count; i++) {
        ok = ok && bp.core_mpidr[i] != 0 && bp.core_release[i] % 8 == 0;
    }
    for (uint32_t i = 1; i < map.free.count; i++) {
        const struct kaal_range *r = &map.free.range[i];
        ok = ok && r[-1].base + r[-1].size < r->base;
    }
    if (!ok) {
        abort();
    }
}

/* A small machine that is accepted, from which damage is reached at once. */
static size_t make_seed(void *out, size_t room)
{
    const uint32_t kind = cpu_to_fdt32(1), level = cpu_to_fdt32(4);
    const uint32_t interrupts[] = {kind, cpu_to_fdt32(13), level, kind, cpu_to_fdt32(14), level,
                                   kind, cpu_to_fdt32(11), level};
    fdt_create(out, (int)room);
    fdt_add_reservemap_entry(out, 0, 0x1000);
    fdt_finish_reservemap(out);
    fdt_begin_node(out, "");
    fdt_property_u32(out, "#address-cells", 1);
    fdt_property_u32(out, "#size-cells", 1);
    fdt_begin_node(out, "chosen");
    fdt_property_string(out, "stdout-path", "/soc/serial@9000000:1");
    fdt_end_node(out);
    fdt_begin_node(out, "memory@0");
    fdt_property_string(out, "device_type", "memory");
    fdt_property_u64(out, "reg", 0x0000000008000000);
    fdt_end_node(out);
    fdt_begin_node(out, "cpus");
    fdt_property_u32(out, "#address-cells", 1);
    fdt_property_u32(out, "#size-cells", 0);
    for (uint32_t i = 0; i < 2; i++) {
        fdt_begin_node(out, i == 0 ? "cpu@0" : "cpu@1");
        fdt_property_string(out, "device_type", "cpu");
        fdt_property_string(out, "enable-method", "spin-table");
        fdt_property_u64(out, "cpu-release-addr", 0xe0);
        fdt_property_u32(out, "reg", i);
        fdt_end_node(out);
    }
    fdt_end_node(out);
    fdt_begin_node(out, "timer");
    fdt_property_string(out, "compatible", "arm,armv8-timer");
    fdt_property(out, "interrupts", interrupts, sizeof(interrupts));
    fdt_end_node(out);
    fdt_begin_node(out, "soc");
    fdt_property_u32(out, "#address-cells", 1);
    fdt_property_u32(out, "#size-cells", 1);
    fdt_property(out, "ranges", "", 0);
    fdt_begin_node(out, "gic@8000000");
    fdt_property_string(out, "compatible", "arm,gic-400");
    fdt_property_u32(out, "#interrupt-cells", 3);
    const uint32_t reg[] = {cpu_to_fdt32(0x8000000), cpu_to_fdt32(0x1000), cpu_to_fdt32(0x8010000),
                            cpu_to_fdt32(0x2000)};
    fdt_property(out, "reg", reg, sizeof(reg));
    fdt_end_node(out);
    fdt_begin_node(out, "serial@9000000");
    fdt_property_string(out, "compatible", "arm,pl011");
    fdt_property_u64(out, "reg", 0x0900000000001000);
    fdt_end_node(out);
    fdt_end_node(out);
    fdt_end_node(out);
    return fdt_finish(out) == 0 ? fdt_totalsize(out) : 0;
}

/* Half of the time damage to the seed, whatever the corpus has. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    _Alignas(8) uint8_t whole[2048];
    if (size < 64 || seed % 8 == 0) {
        const size_t made = make_seed(whole, sizeof(whole));
        if (made != 0 && made <= max_size) {
            memcpy(data, whole, made);
            size = made;
        }
    }
    return LLVMFuzzerMutate(data, size, max_size);
}

/* The seed itself has to be accepted, or nothing is reached. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    _Alignas(8) static uint8_t whole[2048];
    const size_t size = make_seed(whole, sizeof(whole));
    ATTEMPT(parse(whole, size));
    if (size == 0 || loader_error != NULL || bp.core_count != 2 || bp.console_paddr != 0x9000000) {
        abort();
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 8) {
        return 0;
    }
    uint8_t *blob = malloc(size);
    memcpy(blob, data, size);
    ATTEMPT(parse(blob, size));
    if (loader_error == NULL) {
        check();
    }
    /* As if whole: the structure is reached in spite of a wrong length. */
    memcpy(blob, data, size);
    if (size >= sizeof(struct fdt_header)) {
        fdt_set_magic(blob, FDT_MAGIC);
        fdt_set_totalsize(blob, (uint32_t)size);
        ATTEMPT(parse(blob, size));
    }
    free(blob);
    return 0;
}
