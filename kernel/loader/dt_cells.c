/* SPDX-License-Identifier: Apache-2.0 */
#include "dt_cells.h"

#include <stddef.h>
#include <string.h>

/* Cells of an address and of a size among the children of a node. More than
 * two are a bus (PCI) on which nothing lies that the loader wants. */
struct cell_counts {
    uint32_t address;
    uint32_t size;
};

bool dt_next(struct dt_path *p)
{
    int depth = p->depth;
    const int next = fdt_next_node(p->fdt, dt_node(p), &depth);
    if (next < 0 || depth <= 0) {
        return false;
    }
    if (depth > DT_MAX_DEPTH) {
        p->depth = -1;
        return false;
    }
    p->depth = depth;
    p->node[depth] = next;
    return true;
}

bool dt_parent_is(const struct dt_path *p, const char *name)
{
    int length;
    const char *parent = fdt_get_name(p->fdt, p->node[p->depth - 1], &length);
    return parent != NULL && strcmp(parent, name) == 0;
}

uint64_t dt_cells(const fdt32_t *cells, uint32_t count)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++) {
        value = value << 32 | fdt32_ld(&cells[i]);
    }
    return value;
}

uint32_t dt_u32(const struct dt_path *p, const char *property, uint32_t otherwise)
{
    int length;
    const fdt32_t *value = fdt_getprop(p->fdt, dt_node(p), property, &length);
    return value != NULL && length == 4 ? fdt32_ld(value) : otherwise;
}

static bool counts_below(const struct dt_path *p, int depth, struct cell_counts *out)
{
    const int address = fdt_address_cells(p->fdt, p->node[depth]);
    const int size = fdt_size_cells(p->fdt, p->node[depth]);
    if (address < 1 || address > 2 || size < 0 || size > 2) {
        return false;
    }
    *out = (struct cell_counts){.address = (uint32_t)address, .size = (uint32_t)size};
    return true;
}

bool dt_reg(const struct dt_path *p, uint32_t i, uint64_t *base, uint64_t *size)
{
    struct cell_counts n;
    int length;
    const fdt32_t *reg = fdt_getprop(p->fdt, dt_node(p), "reg", &length);
    if (reg == NULL || p->depth < 1 || !counts_below(p, p->depth - 1, &n)) {
        return false;
    }
    const uint32_t pair = n.address + n.size;
    if (i >= (uint32_t)length / (4 * pair)) {
        return false;
    }
    *base = dt_cells(reg + i * pair, n.address);
    *size = dt_cells(reg + i * pair + n.address, n.size);
    return true;
}

/* One bus up: from the children of node[depth] to its own address space. */
static bool translate_once(const struct dt_path *p, int depth, uint64_t *base, uint64_t size)
{
    struct cell_counts child, parent;
    int length;
    const fdt32_t *ranges = fdt_getprop(p->fdt, p->node[depth], "ranges", &length);
    if (ranges == NULL) {
        return false;
    }
    if (length == 0) {
        return true;
    }
    if (!counts_below(p, depth, &child) || !counts_below(p, depth - 1, &parent)) {
        return false;
    }
    const uint32_t entry = child.address + parent.address + child.size;
    for (uint32_t i = 0; i < (uint32_t)length / (4 * entry); i++) {
        const fdt32_t *at = ranges + i * entry;
        const uint64_t from = dt_cells(at, child.address);
        const uint64_t to = dt_cells(at + child.address, parent.address);
        const uint64_t bytes = dt_cells(at + child.address + parent.address, child.size);
        if (*base >= from && *base - from < bytes && size <= bytes - (*base - from)) {
            return !__builtin_add_overflow(to, *base - from, base);
        }
    }
    return false;
}

bool dt_translate(const struct dt_path *p, uint64_t *base, uint64_t size)
{
    for (int depth = p->depth - 1; depth > 0; depth--) {
        if (!translate_once(p, depth, base, size)) {
            return false;
        }
    }
    uint64_t end;
    return !__builtin_add_overflow(*base, size, &end);
}
