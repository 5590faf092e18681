/* SPDX-License-Identifier: Apache-2.0 */
#include "devicetree.h"

#include <stddef.h>
#include <string.h>

#include <libfdt.h>

#include "dt_cells.h"
#include "sysreg.h"

#include <kaal/abi/bootinfo.h>

#define MALFORMED "; correct the devicetree"

/* What one walk over the tree collects. */
struct dt_reader {
    struct dt_path path;
    int stdout_node; /* offset, or negative */
    uint64_t boot_mpidr;
    struct kaal_boot_params *bp;
    struct memory_map *map;
    bool has_boot_core;
    enum kaal_cpu_method psci;   /* who answers PSCI */
    enum kaal_cpu_method method; /* of the secondary cores; NONE: not yet known */
    uint32_t interrupt_cells;    /* of the interrupt controller */
    int timer_node;              /* offset, or negative */
};

uint32_t devicetree_size(const void *blob)
{
    if (fdt_magic(blob) != FDT_MAGIC) {
        return 0;
    }
    const uint32_t size = fdt_totalsize(blob);
    return size <= DEVICETREE_MAX_BYTES ? size : 0;
}

const char *devicetree_check(const void *blob, uint32_t size)
{
    if (fdt_check_full(blob, size) != 0) {
        return "malformed or cut short; compile it again with dtc and load all of it";
    }
    if (fdt_version(blob) < 17) {
        return "older than version 17; compile it again with dtc";
    }
    return NULL;
}

uint32_t devicetree_trim(void *blob, uint32_t size)
{
    const uint32_t structure = fdt_off_dt_struct(blob) + fdt_size_dt_struct(blob);
    const uint32_t strings = fdt_off_dt_strings(blob) + fdt_size_dt_strings(blob);
    const uint32_t reserve =
        fdt_off_mem_rsvmap(blob) +
        (uint32_t)(fdt_num_mem_rsv(blob) + 1) * (uint32_t)sizeof(struct fdt_reserve_entry);
    uint32_t used = structure > strings ? structure : strings;
    used = reserve > used ? reserve : used;
    used = (used + 7) & ~7U;
    if (used < size) {
        fdt_set_totalsize(blob, used);
        size = used;
    }
    return size;
}

const char *devicetree_model(const void *blob)
{
    int length;
    const char *model = fdt_getprop(blob, 0, "model", &length);
    if (model == NULL || length <= 0 || model[length - 1] != '\0') {
        return "unnamed board";
    }
    return model;
}

static bool node_has(const void *fdt, int node, const char *property, const char *wanted)
{
    int length;
    const char *value = fdt_getprop(fdt, node, property, &length);
    return value != NULL && length > 0 && fdt_stringlist_contains(value, length, wanted) != 0;
}

static bool has_string(const struct dt_path *p, const char *property, const char *wanted)
{
    return node_has(p->fdt, dt_node(p), property, wanted);
}

/* Devicetree Specification 2.3.4. */
static bool is_enabled(const struct dt_path *p)
{
    return fdt_getprop(p->fdt, dt_node(p), "status", NULL) == NULL ||
           has_string(p, "status", "okay") || has_string(p, "status", "ok");
}

/* Appends every range of the node's "reg". */
static const char *add_reg(const struct dt_path *p, struct range_list *list,
                           enum range_rounding rounding)
{
    uint64_t base, size;
    for (uint32_t i = 0; dt_reg(p, i, &base, &size); i++) {
        if (!range_add(list, base, size, rounding)) {
            return "too many memory ranges, or one that wraps around" MALFORMED;
        }
    }
    return NULL;
}

/* Devicetree Specification 3.4. */
static const char *read_memory(struct dt_reader *r)
{
    const char *error = add_reg(&r->path, &r->map->ram, RANGE_OUTWARD);
    return error != NULL ? error : add_reg(&r->path, &r->map->free, RANGE_INWARD);
}

/* A secondary core's release address: 8 bytes, or 4 in old devicetrees. */
static bool read_release(const struct dt_path *p, uint64_t *release)
{
    int length;
    const fdt32_t *value = fdt_getprop(p->fdt, dt_node(p), "cpu-release-addr", &length);
    if (value == NULL || (length != 4 && length != 8)) {
        return false;
    }
    *release = dt_cells(value, (uint32_t)length / 4);
    return *release % 8 == 0 && *release < MEMORY_LIMIT;
}

/* Adds a secondary core. Devicetree Specification 3.8.1. A core of unknown
 * enable-method cannot be started and is left out. */
static const char *add_core(struct dt_reader *r, uint64_t mpidr, int cpus_node)
{
    struct kaal_boot_params *bp = r->bp;
    const struct dt_path *p = &r->path;
    const int node =
        fdt_getprop(p->fdt, dt_node(p), "enable-method", NULL) != NULL ? dt_node(p) : cpus_node;
    enum kaal_cpu_method method = KAAL_CPU_NONE;
    uint64_t release = 0;
    if (node_has(p->fdt, node, "enable-method", "psci")) {
        method = KAAL_CPU_PSCI_SMC; /* or HVC: finish_cores() */
    } else if (node_has(p->fdt, node, "enable-method", "spin-table")) {
        method = KAAL_CPU_SPIN_TABLE;
        if (!read_release(p, &release)) {
            return "spin-table core without a valid cpu-release-addr" MALFORMED;
        }
    } else {
        return NULL;
    }
    if (r->method != KAAL_CPU_NONE && r->method != method) {
        return "cores with different enable-methods; give all the same";
    }
    if (bp->core_count == KAAL_BOOT_MAX_CORES) {
        return "more than 8 cores; delete or disable (status \"fail\") the others";
    }
    r->method = method;
    bp->core_mpidr[bp->core_count] = mpidr;
    bp->core_release[bp->core_count] = release;
    bp->core_count++;
    return NULL;
}

static const char *read_cpu(struct dt_reader *r)
{
    const struct dt_path *p = &r->path;
    uint64_t mpidr, unused;
    if (has_string(p, "status", "fail") || !has_string(p, "device_type", "cpu")) {
        return NULL;
    }
    if (!dt_reg(p, 0, &mpidr, &unused) || (mpidr & ~(uint64_t)MPIDR_AFFINITY) != 0) {
        return "cpu node without a valid reg" MALFORMED;
    }
    for (uint32_t i = r->has_boot_core ? 0 : 1; i < r->bp->core_count; i++) {
        if (r->bp->core_mpidr[i] == mpidr) {
            return "two cpu nodes with the same reg" MALFORMED;
        }
    }
    if (mpidr == r->boot_mpidr) {
        r->has_boot_core = true;
        return NULL;
    }
    return add_core(r, mpidr, p->node[p->depth - 1]);
}

/* Linux bindings, arm/psci.yaml. */
static const char *read_psci(struct dt_reader *r)
{
    if (has_string(&r->path, "method", "hvc")) {
        r->psci = KAAL_CPU_PSCI_HVC;
    } else if (has_string(&r->path, "method", "smc")) {
        r->psci = KAAL_CPU_PSCI_SMC;
    } else {
        return "psci node whose method is neither hvc nor smc" MALFORMED;
    }
    return NULL;
}

/* The i-th "reg" of the interrupt controller in whole pages. */
static bool read_gic_range(const struct dt_path *p, uint32_t i, struct kaal_range *out)
{
    uint64_t base, size;
    if (!dt_reg(p, i, &base, &size) || !dt_translate(p, &base, size) || size == 0 ||
        size > DT_MAX_GIC_BYTES || base % KAAL_PAGE_SIZE != 0 || base >= MEMORY_LIMIT) {
        return false;
    }
    *out = (struct kaal_range){
        .base = base,
        .size = (size + KAAL_PAGE_SIZE - 1) & ~((uint64_t)KAAL_PAGE_SIZE - 1),
    };
    return true;
}

/* Linux bindings, interrupt-controller/arm,gic.yaml and arm,gic-v3.yaml. */
static const char *read_gic(struct dt_reader *r, enum kaal_gic_version version)
{
    const struct dt_path *p = &r->path;
    struct kaal_boot_params *bp = r->bp;
    if (bp->gic_version != 0) {
        return "two interrupt controllers; disable one";
    }
    if (!read_gic_range(p, 0, &bp->gicd) || !read_gic_range(p, 1, &bp->gicc)) {
        return "interrupt controller without valid register ranges" MALFORMED;
    }
    r->interrupt_cells = dt_u32(p, "#interrupt-cells", 0);
    if (r->interrupt_cells < 3 || r->interrupt_cells > 4) {
        return "interrupt controller whose #interrupt-cells is neither 3 nor 4" MALFORMED;
    }
    if (version == KAAL_GIC_V3) {
        /* 128 KiB a core for GICv3 (Arm IHI 0069, section 12.10). */
        const uint32_t stride = dt_u32(p, "redistributor-stride", 0x20000);
        if (dt_u32(p, "#redistributor-regions", 1) != 1) {
            return "more than one redistributor region; use at most 8 cores";
        }
        if (stride == 0 || stride % 0x10000 != 0 || stride > 0x100000) {
            return "impossible redistributor-stride" MALFORMED;
        }
        bp->gicr_stride = stride;
    }
    bp->gic_version = version;
    return NULL;
}

/* Which of the timer's interrupts is the virtual timer's: the one of that name
 * or, without names, the third. Linux bindings, timer/arm,arch_timer.yaml. */
static uint32_t virtual_timer_index(const void *fdt, int node)
{
    int index = fdt_stringlist_search(fdt, node, "interrupt-names", "virt");
    return index >= 0 && index < 8 ? (uint32_t)index : 2;
}

/* Runs after the walk: needs the interrupt controller's cells. */
static const char *read_timer(struct dt_reader *r)
{
    const void *fdt = r->path.fdt;
    if (r->timer_node < 0) {
        return "no timer node (arm,armv8-timer); give the devicetree one";
    }
    int length;
    uint32_t phandle = 0;
    const fdt32_t *value = fdt_getprop(fdt, r->timer_node, "interrupts", &length);
    if (value == NULL) {
        value = fdt_getprop(fdt, r->timer_node, "interrupts-extended", &length);
        phandle = 1; /* cells before each */
    }
    const uint32_t cells = r->interrupt_cells + phandle;
    const uint32_t first = virtual_timer_index(fdt, r->timer_node) * cells;
    if (value == NULL || length < 0 || (uint32_t)length / 4 < first + cells) {
        return "timer node without the virtual timer's interrupt" MALFORMED;
    }
    const uint64_t kind = dt_cells(value + first + phandle, 1);
    const uint64_t number = dt_cells(value + first + phandle + 1, 1);
    if (kind != 1 || number > 15) {
        return "virtual timer whose interrupt is not a private one (PPI)" MALFORMED;
    }
    r->bp->timer_irq = (uint32_t)number + 16;
    const fdt32_t *hz = fdt_getprop(fdt, r->timer_node, "clock-frequency", &length);
    r->bp->timer_hz = hz != NULL && length == 4 ? dt_cells(hz, 1) : 0;
    return NULL;
}

static const char *read_console(struct dt_reader *r)
{
    const struct dt_path *p = &r->path;
    uint32_t kind = KAAL_CONSOLE_NONE;
    if (has_string(p, "compatible", "arm,pl011")) {
        kind = KAAL_CONSOLE_PL011;
    } else if (has_string(p, "compatible", "brcm,bcm2835-aux-uart")) {
        kind = KAAL_CONSOLE_MINI_UART;
    } else if (has_string(p, "compatible", "fsl,imx6q-uart") ||
               has_string(p, "compatible", "fsl,imx8mp-uart")) {
        kind = KAAL_CONSOLE_IMX_UART;
    } else {
        return NULL;
    }
    uint64_t base, size;
    if (!dt_reg(p, 0, &base, &size) || !dt_translate(p, &base, size) || base % 4 != 0 ||
        base >= MEMORY_LIMIT) {
        return "console without a valid register range" MALFORMED;
    }
    r->bp->console_kind = kind;
    r->bp->console_paddr = base;
    return NULL;
}

/* Children of the root, of /cpus and of /reserved-memory. */
static const char *read_by_place(struct dt_reader *r)
{
    const struct dt_path *p = &r->path;
    if (p->depth == 1 && has_string(p, "device_type", "memory") && is_enabled(p)) {
        return read_memory(r);
    }
    if (p->depth == 2 && dt_parent_is(p, "cpus")) {
        return read_cpu(r);
    }
    if (p->depth == 2 && dt_parent_is(p, "reserved-memory") && is_enabled(p)) {
        return add_reg(p, &r->map->reserved, RANGE_OUTWARD);
    }
    return NULL;
}

static const char *read_by_compatible(struct dt_reader *r)
{
    const struct dt_path *p = &r->path;
    int length;
    const char *is = fdt_getprop(p->fdt, dt_node(p), "compatible", &length);
    if (is == NULL || length <= 0 || !is_enabled(p)) {
        return NULL;
    }
    if (dt_node(p) == r->stdout_node) {
        return read_console(r);
    }
    if (fdt_stringlist_contains(is, length, "arm,gic-v3")) {
        return read_gic(r, KAAL_GIC_V3);
    }
    if (fdt_stringlist_contains(is, length, "arm,gic-400") ||
        fdt_stringlist_contains(is, length, "arm,cortex-a15-gic")) {
        return read_gic(r, KAAL_GIC_V2);
    }
    if (fdt_stringlist_contains(is, length, "arm,armv8-timer")) {
        r->timer_node = dt_node(p);
    } else if (fdt_stringlist_contains(is, length, "arm,psci-0.2") ||
               fdt_stringlist_contains(is, length, "arm,psci-1.0")) {
        return read_psci(r);
    }
    return NULL;
}

/* Offset of the node that /chosen/stdout-path names, by path or alias, options
 * after ':' left out; negative: none. Devicetree Specification 3.6. */
static int find_stdout(const void *fdt)
{
    int length;
    const int chosen = fdt_path_offset(fdt, "/chosen");
    const char *path = chosen < 0 ? NULL : fdt_getprop(fdt, chosen, "stdout-path", &length);
    if (path == NULL || length <= 1 || path[length - 1] != '\0') {
        return -1;
    }
    const char *options = memchr(path, ':', (size_t)length);
    const int end = options != NULL ? (int)(options - path) : length - 1;
    return end > 0 ? fdt_path_offset_namelen(fdt, path, end) : -1;
}

static const char *read_memreserve(struct dt_reader *r)
{
    const int count = fdt_num_mem_rsv(r->path.fdt);
    for (int i = 0; i < count; i++) {
        uint64_t base, size;
        if (fdt_get_mem_rsv(r->path.fdt, i, &base, &size) != 0 ||
            !range_add(&r->map->reserved, base, size, RANGE_OUTWARD)) {
            return "too many /memreserve/ ranges, or one that wraps around" MALFORMED;
        }
    }
    return NULL;
}

/* After the walk: the boot core is there, and PSCI is called as /psci says. */
static const char *finish_cores(struct dt_reader *r)
{
    if (!r->has_boot_core) {
        return "no cpu node has the boot core's MPIDR; correct /cpus";
    }
    if (r->method == KAAL_CPU_PSCI_SMC && r->psci == KAAL_CPU_NONE) {
        return "cores started by PSCI, but no psci node; give the devicetree one";
    }
    r->bp->cpu_method = r->method == KAAL_CPU_SPIN_TABLE ? KAAL_CPU_SPIN_TABLE : r->psci;
    return NULL;
}

const char *devicetree_read(const void *blob, uint64_t boot_mpidr, struct kaal_boot_params *bp,
                            struct memory_map *map)
{
    struct dt_reader r = {
        .path = {.fdt = blob, .depth = 0, .node = {0}},
        .stdout_node = find_stdout(blob),
        .boot_mpidr = boot_mpidr,
        .bp = bp,
        .map = map,
        .timer_node = -1,
    };
    bp->core_count = 1;
    bp->core_mpidr[0] = boot_mpidr;
    bp->core_release[0] = 0;
    bp->gic_version = 0;
    bp->gicr_stride = 0;
    bp->console_kind = KAAL_CONSOLE_NONE;
    const char *error = read_memreserve(&r);
    while (error == NULL && dt_next(&r.path)) {
        error = read_by_place(&r);
        if (error == NULL) {
            error = read_by_compatible(&r);
        }
    }
    if (error == NULL && r.path.depth < 0) {
        error = "nodes nested too deep" MALFORMED;
    }
    if (error == NULL && map->free.count == 0) {
        error = "no memory in a /memory node; let the firmware fill it or write it";
    }
    if (error == NULL && bp->gic_version == 0) {
        error = "no interrupt controller (GICv2 or GICv3); give the devicetree one";
    }
    if (error == NULL) {
        error = read_timer(&r);
    }
    return error != NULL ? error : finish_cores(&r);
}
