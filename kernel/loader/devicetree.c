/* SPDX-License-Identifier: Apache-2.0 */
#include "devicetree.h"

#include <stddef.h>
#include <string.h>

#include "arch/aarch64/sysreg.h"
#include "check.h"
#include "dt_cells.h"

#include <kaal/abi/bootinfo.h>

#define MAX_GIC_BYTES (64U << 20)
#define MAX_UARTS     6U /* more cannot be the console */

static const char part[] = "devicetree";

/* What one walk over the tree collects. Nodes are offsets, negative: none. */
struct dt_reader {
    struct dt_path path;
    int node; /* the current one */
    int aliases, chosen, cpus, reserved_memory, timer;
    uint64_t boot_mpidr;
    struct kaal_boot_params *bp;
    struct memory_map *map;
    bool has_boot_core;
    enum kaal_cpu_method psci;   /* who answers PSCI */
    enum kaal_cpu_method method; /* of the secondary cores; PSCI_SMC: any PSCI */
    uint32_t interrupt_cells;    /* of the interrupt controller */
    uint32_t uart_count;
    struct {
        struct dt_path path;
        uint32_t kind;
    } uarts[MAX_UARTS]; /* that the kernel knows */
};

uint32_t devicetree_check(void *blob, uint64_t room)
{
    need(fdt_magic(blob) == FDT_MAGIC, part,
         "none where x0 points to; start the image with one (QEMU: -dtb, U-Boot: booti)");
    const uint32_t size = fdt_totalsize(blob);
    need(size >= sizeof(struct fdt_header) && size <= DEVICETREE_MAX_BYTES && size <= room &&
             fdt_version(blob) >= 17 && fdt_off_dt_struct(blob) % 4 == 0 &&
             fdt_off_mem_rsvmap(blob) % 8 == 0 && fdt_check_full(blob, size) == 0,
         part, "malformed, cut short or over 2 MiB; compile it again with dtc and load all of it");
    const uint32_t structure = fdt_off_dt_struct(blob) + fdt_size_dt_struct(blob);
    const uint32_t strings = fdt_off_dt_strings(blob) + fdt_size_dt_strings(blob);
    const uint32_t reserve = (uint32_t)(fdt_num_mem_rsv(blob) + 1) * 16 + fdt_off_mem_rsvmap(blob);
    uint32_t used = structure > strings ? structure : strings;
    used = ((reserve > used ? reserve : used) + 7) & ~7U;
    if (used >= size) {
        return size;
    }
    fdt_set_totalsize(blob, used);
    return used;
}

const char *devicetree_model(const void *blob)
{
    const char *model = fdt_stringlist_get(blob, 0, "model", 0, NULL);
    return model != NULL ? model : "unnamed board";
}

static bool has(const struct dt_reader *r, const char *property, const char *value)
{
    return dt_has(r->path.fdt, r->node, property, value);
}

static bool has_property(const struct dt_reader *r, const char *property)
{
    return fdt_getprop(r->path.fdt, r->node, property, NULL) != NULL;
}

/* Devicetree Specification 2.3.4. */
static bool is_enabled(const struct dt_reader *r)
{
    return !has_property(r, "status") || has(r, "status", "okay") || has(r, "status", "ok");
}

/* Devicetree Specification 3.4 (/memory) and 3.5 (/reserved-memory). What has
 * no reg is a wish, not a place. */
static void read_ranges(struct dt_reader *r, bool is_memory)
{
    uint64_t base, size;
    for (uint32_t i = 0; dt_reg(&r->path, i, &base, &size); i++) {
        range_add(is_memory ? &r->map->ram : &r->map->reserved, base, size, RANGE_OUTWARD);
        if (is_memory) {
            range_add(&r->map->free, base, size, RANGE_INWARD);
        }
    }
}

/* Devicetree Specification 5.3, the memory reservation block. */
static void read_memreserve(struct dt_reader *r)
{
    uint64_t base, size;
    const int count = fdt_num_mem_rsv(r->path.fdt);
    for (int i = 0; i < count && fdt_get_mem_rsv(r->path.fdt, i, &base, &size) == 0; i++) {
        range_add(&r->map->reserved, base, size, RANGE_OUTWARD);
    }
}

/* A secondary core, Devicetree Specification 3.8.1. Its enable-method may be
 * that of all cores; without a known one it cannot be started and is left out. */
static void add_core(struct dt_reader *r, uint64_t mpidr)
{
    struct kaal_boot_params *bp = r->bp;
    const int node = has_property(r, "enable-method") ? r->node : r->cpus;
    uint64_t release = 0;
    enum kaal_cpu_method method = KAAL_CPU_PSCI_SMC; /* or HVC: finish_cores() */
    if (dt_has(r->path.fdt, node, "enable-method", "spin-table")) {
        int length;
        const fdt32_t *at = fdt_getprop(r->path.fdt, r->node, "cpu-release-addr", &length);
        need(at != NULL && (length == 4 || length == 8), part,
             "spin-table core without cpu-release-addr; give it one");
        release = dt_cells(at, (uint32_t)length / 4);
        need(release % 8 == 0 && release < MEMORY_LIMIT, part,
             "impossible cpu-release-addr; correct it");
        method = KAAL_CPU_SPIN_TABLE;
    } else if (!dt_has(r->path.fdt, node, "enable-method", "psci")) {
        return;
    }
    need(r->method == KAAL_CPU_NONE || r->method == method, part,
         "cores with different enable-methods; give all the same");
    need(bp->core_count < KAAL_BOOT_MAX_CORES, part,
         "more than 8 cores; delete the others or give them the status fail");
    r->method = method;
    bp->core_mpidr[bp->core_count] = mpidr;
    bp->core_release[bp->core_count++] = release;
}

static void read_cpu(struct dt_reader *r)
{
    uint64_t mpidr, unused;
    if (has(r, "status", "fail") || !has(r, "device_type", "cpu")) {
        return;
    }
    need(dt_reg(&r->path, 0, &mpidr, &unused) && (mpidr & ~(uint64_t)MPIDR_AFFINITY) == 0, part,
         "cpu node without a valid reg; correct it");
    for (uint32_t i = r->has_boot_core ? 0 : 1; i < r->bp->core_count; i++) {
        need(r->bp->core_mpidr[i] != mpidr, part, "two cpu nodes with the same reg; correct it");
    }
    if (mpidr == r->boot_mpidr) {
        r->has_boot_core = true;
    } else {
        add_core(r, mpidr);
    }
}

/* Linux bindings, arm/psci.yaml. */
static void read_psci(struct dt_reader *r)
{
    const bool is_hvc = has(r, "method", "hvc");
    need(is_hvc || has(r, "method", "smc"), part, "psci method neither hvc nor smc; correct it");
    r->psci = is_hvc ? KAAL_CPU_PSCI_HVC : KAAL_CPU_PSCI_SMC;
}

/* A register range of the interrupt controller in whole pages. */
static struct kaal_range read_gic_range(const struct dt_reader *r, uint32_t i)
{
    uint64_t base, size;
    need(dt_mmio(&r->path, i, &base, &size) && size != 0 && size <= MAX_GIC_BYTES &&
             base % KAAL_PAGE_SIZE == 0 && base < MEMORY_LIMIT,
         part, "interrupt controller without valid register ranges; correct reg and ranges");
    return (struct kaal_range){.base = base, .size = (size + PAGE_MASK) & ~PAGE_MASK};
}

/* Linux bindings, interrupt-controller/arm,gic.yaml and arm,gic-v3.yaml. A
 * redistributor has 128 KiB (Arm IHI 0069, section 12.10) unless it says more. */
static void read_gic(struct dt_reader *r, enum kaal_gic_version version)
{
    const void *fdt = r->path.fdt;
    const uint32_t stride = dt_u32(fdt, r->node, "redistributor-stride", 0x20000);
    need(r->bp->gic_version == 0, part, "two interrupt controllers; disable one");
    need(dt_u32(fdt, r->node, "#redistributor-regions", 1) == 1, part,
         "more than one redistributor region; use at most 8 cores");
    need(stride >= 0x20000 && stride % 0x10000 == 0 && stride <= 0x100000, part,
         "impossible redistributor-stride; correct it");
    r->interrupt_cells = dt_u32(fdt, r->node, "#interrupt-cells", 0);
    need(r->interrupt_cells == 3 || r->interrupt_cells == 4, part,
         "interrupt controller whose #interrupt-cells is neither 3 nor 4; correct it");
    r->bp->gic_version = version;
    r->bp->gicd = read_gic_range(r, 0);
    r->bp->gicc = read_gic_range(r, 1);
    r->bp->gicr_stride = version == KAAL_GIC_V3 ? stride : 0;
}

/* The virtual timer's interrupt is the one named "virt" or, without names, the
 * third. Linux bindings, timer/arm,arch_timer.yaml and arm,gic.yaml (kind 1 is
 * a private one, number 16 and up). After the walk: needs interrupt_cells. */
static void read_timer(struct dt_reader *r)
{
    const void *fdt = r->path.fdt;
    need(r->timer >= 0, part, "no timer node (arm,armv8-timer); give it one");
    const int named = fdt_stringlist_search(fdt, r->timer, "interrupt-names", "virt");
    int length;
    uint32_t lead = 0; /* cells before each */
    const fdt32_t *value = fdt_getprop(fdt, r->timer, "interrupts", &length);
    if (value == NULL) {
        value = fdt_getprop(fdt, r->timer, "interrupts-extended", &length);
        lead = 1;
    }
    const uint32_t cells = r->interrupt_cells + lead;
    const uint32_t first = (named >= 0 && named < 8 ? (uint32_t)named : 2) * cells;
    need(value != NULL && (uint32_t)length / 4 >= first + cells &&
             fdt32_ld(value + first + lead) == 1 && fdt32_ld(value + first + lead + 1) < 16,
         part, "timer without the virtual timer's private interrupt; correct its interrupts");
    r->bp->timer_irq = fdt32_ld(value + first + lead + 1) + 16;
    r->bp->timer_hz = dt_u32(fdt, r->timer, "clock-frequency", 0);
}

/* Of /chosen/stdout-path, which is a path or an alias, then options after ':'.
 * Devicetree Specification 3.6. A console that is not among the UARTs, or has
 * no address, is left to the board's early console. */
static void read_console(struct dt_reader *r)
{
    const void *fdt = r->path.fdt;
    int length;
    uint64_t base, size;
    const char *path = fdt_stringlist_get(fdt, r->chosen, "stdout-path", 0, &length);
    const char *options = path != NULL ? memchr(path, ':', (size_t)length) : NULL;
    length = options != NULL ? (int)(options - path) : length;
    if (path != NULL && *path != '/') {
        path = fdt_getprop_namelen(fdt, r->aliases, path, length, &length);
        length--; /* its NUL */
    }
    const char *end = path != NULL && length > 0 ? path + length : path;
    for (uint32_t i = 0; path != end && i < r->uart_count; i++) {
        const struct dt_path *uart = &r->uarts[i].path;
        if (dt_is_path(uart, path, end) && dt_mmio(uart, 0, &base, &size) && base % 4 == 0 &&
            base < MEMORY_LIMIT) {
            r->bp->console_kind = r->uarts[i].kind;
            r->bp->console_paddr = base;
        }
    }
}

static void add_uart(struct dt_reader *r, uint32_t kind)
{
    if (is_enabled(r) && r->uart_count < MAX_UARTS) {
        memcpy(&r->uarts[r->uart_count].path, &r->path, sizeof(r->path));
        r->uarts[r->uart_count++].kind = kind;
    }
}

/* Nodes that are known by their place. */
static void read_by_place(struct dt_reader *r)
{
    const struct dt_path *p = &r->path;
    const int parent = p->depth > 0 ? p->node[p->depth - 1] : -1;
    if (p->depth == 1) {
        if (dt_is_named(p, "memory") && has(r, "device_type", "memory") && is_enabled(r)) {
            read_ranges(r, true);
        }
        r->aliases = dt_is_named(p, "aliases") ? r->node : r->aliases;
        r->chosen = dt_is_named(p, "chosen") ? r->node : r->chosen;
        r->cpus = dt_is_named(p, "cpus") ? r->node : r->cpus;
        r->reserved_memory = dt_is_named(p, "reserved-memory") ? r->node : r->reserved_memory;
    } else if (p->depth == 2 && parent == r->cpus) {
        read_cpu(r);
    } else if (p->depth == 2 && parent == r->reserved_memory && is_enabled(r)) {
        read_ranges(r, false);
    }
}

/* What the list of strings holds; the tree is not searched for each. */
static bool is(const char *list, int length, const char *value)
{
    return fdt_stringlist_contains(list, length, value) != 0;
}

static void read_by_compatible(struct dt_reader *r)
{
    int length;
    const char *list = fdt_getprop(r->path.fdt, r->node, "compatible", &length);
    if (list == NULL || length <= 0) {
        return;
    }
    const bool v3 = is(list, length, "arm,gic-v3");
    if (v3 || is(list, length, "arm,gic-400") || is(list, length, "arm,cortex-a15-gic")) {
        if (is_enabled(r)) {
            read_gic(r, v3 ? KAAL_GIC_V3 : KAAL_GIC_V2);
        }
    } else if (is(list, length, "arm,armv8-timer")) {
        r->timer = r->node;
    } else if (is(list, length, "arm,psci-0.2") || is(list, length, "arm,psci-1.0")) {
        read_psci(r);
    } else if (is(list, length, "arm,pl011")) {
        add_uart(r, KAAL_CONSOLE_PL011);
    } else if (is(list, length, "brcm,bcm2835-aux-uart")) {
        add_uart(r, KAAL_CONSOLE_MINI_UART);
    } else if (is(list, length, "fsl,imx6q-uart")) {
        add_uart(r, KAAL_CONSOLE_IMX_UART);
    }
}

void devicetree_read(const void *blob, uint64_t boot_mpidr, struct kaal_boot_params *bp,
                     struct memory_map *map)
{
    struct dt_reader r = {
        .path = {.fdt = blob, .depth = -1},
        .aliases = -1,
        .chosen = -1,
        .cpus = -1,
        .reserved_memory = -1,
        .timer = -1,
        .boot_mpidr = boot_mpidr,
        .bp = bp,
        .map = map,
    };
    bp->core_count = 1;
    bp->core_mpidr[0] = boot_mpidr;
    bp->core_release[0] = 0;
    bp->gic_version = 0;
    bp->console_kind = KAAL_CONSOLE_NONE;
    read_memreserve(&r);
    while (dt_next(&r.path)) {
        r.node = r.path.node[r.path.depth];
        read_by_place(&r);
        read_by_compatible(&r);
    }
    need(map->free.count != 0, part, "no memory in /memory; let the firmware fill it or write it");
    need(bp->gic_version != 0, part, "no interrupt controller (GICv2 or GICv3); give it one");
    read_timer(&r);
    read_console(&r);
    need(r.has_boot_core, part, "no cpu node with the boot core's MPIDR; correct /cpus");
    need(r.method != KAAL_CPU_PSCI_SMC || r.psci != KAAL_CPU_NONE, part,
         "cores started by PSCI, but no psci node; give it one");
    bp->cpu_method = r.method == KAAL_CPU_SPIN_TABLE ? KAAL_CPU_SPIN_TABLE : r.psci;
}
