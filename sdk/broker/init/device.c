/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <kaal/abi/types.h>
#include <libfdt.h>
#include <string.h>

#include "loader/dt_cells.h"

static const void *devicetree;

void device_init(const struct kaal_bootinfo *bootinfo)
{
    const void *blob = (const void *)bootinfo->devicetree;
    if (blob != NULL && bootinfo->devicetree_bytes >= sizeof(struct fdt_header) &&
        fdt_check_header(blob) == 0 && fdt_totalsize(blob) <= bootinfo->devicetree_bytes) {
        devicetree = blob;
    }
}

/* A property of /chosen. */
static const void *chosen(const char *property, int *length)
{
    const int node = devicetree == NULL ? -1 : fdt_path_offset(devicetree, "/chosen");
    *length = 0;
    return node < 0 ? NULL : fdt_getprop(devicetree, node, property, length);
}

/* Devicetree Specification 3.6: a path or an alias, then options after ':'. */
static int stdout_node(void)
{
    int length;
    const char *path = chosen("stdout-path", &length);
    if (path == NULL || length <= 0) {
        return -1;
    }
    const char *end = memchr(path, ':', (size_t)length);
    end = end != NULL ? end : path + strnlen(path, (size_t)length);
    return fdt_path_offset_namelen(devicetree, path, (int)(end - path));
}

/* Linux bindings, interrupt-controller/arm,gic.yaml: kind (0: shared, from 32
 * on; 1: private, from 16 on), number, trigger (bits 0-1: an edge). */
bool device_stdout_irq(struct device_irq *irq)
{
    enum { SHARED, PRIVATE, CELLS = 3, EDGES = 3 };
    int length = 0;
    const int node = stdout_node();
    const fdt32_t *cells = node < 0 ? NULL : fdt_getprop(devicetree, node, "interrupts", &length);
    if (cells == NULL || (size_t)length < CELLS * sizeof(*cells)) {
        return false;
    }
    const uint32_t kind = fdt32_ld(&cells[0]);
    const uint32_t number = fdt32_ld(&cells[1]);
    if (kind > PRIVATE || number >= (kind == PRIVATE ? 16 : 988)) {
        return false;
    }
    *irq = (struct device_irq){
        .number = number + (kind == PRIVATE ? 16 : 32),
        .is_edge = (fdt32_ld(&cells[2]) & EDGES) != 0,
    };
    return true;
}

/* The finaliser of splitmix64: each bit of the input moves about half of the
 * output's. */
static uint64_t mix(uint64_t v)
{
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
    v = (v ^ v >> 27) * 0x94d049bb133111eb;
    return v ^ v >> 31;
}

uint64_t device_seed(unsigned instance)
{
    int length;
    const uint8_t *bytes = chosen("rng-seed", &length);
    uint64_t state = 0;
    uint8_t any = 0;
    for (int i = 0; bytes != NULL && i < length; i++) {
        state = mix(state + 0x9e3779b97f4a7c15 + bytes[i]);
        any |= bytes[i];
    }
    return any == 0 ? 0 : mix(state + 0x9e3779b97f4a7c15 * (instance + 1));
}

/* Devicetree Specification 2.3.4. */
static bool is_enabled(int node)
{
    return fdt_getprop(devicetree, node, "status", NULL) == NULL ||
           dt_has(devicetree, node, "status", "okay");
}

bool device_watchdog(uint64_t bytes, uint64_t *paddr)
{
    struct dt_path path = {.fdt = devicetree, .depth = -1};
    uint64_t size;
    while (devicetree != NULL && dt_next(&path)) {
        const int node = path.node[path.depth];
        if (dt_has(devicetree, node, "compatible", "brcm,bcm2835-pm-wdt") && is_enabled(node) &&
            dt_mmio(&path, 0, paddr, &size) && size >= bytes &&
            *paddr % KAAL_PAGE_SIZE <= KAAL_PAGE_SIZE - bytes && *paddr % 4 == 0) {
            return true;
        }
    }
    return false;
}
