/* SPDX-License-Identifier: Apache-2.0 */
#include "dt_cells.h"

#include <stddef.h>

#include "check.h"

/* Cells of an address and of a size among the children of a node. More than
 * two are a bus (PCI) on which nothing lies that the loader wants. */
struct cell_counts {
    uint32_t address;
    uint32_t size;
};

/* Tag by tag: each is looked at once, fdt_next_node() does it twice. */
bool dt_next(struct dt_path *p)
{
    for (;;) {
        const int at = p->next;
        const uint32_t tag = fdt_next_tag(p->fdt, at, &p->next);
        if (tag == FDT_BEGIN_NODE) {
            need(++p->depth <= DT_MAX_DEPTH, "devicetree", "nodes nested too deep; flatten them");
            p->node[p->depth] = at;
            return true;
        }
        if (tag == FDT_END || (tag == FDT_END_NODE && --p->depth < 0)) {
            return false;
        }
    }
}

/* The name of an ancestor: it follows the tag, and fdt_check_full() saw its end. */
static const char *name_at(const struct dt_path *p, int depth)
{
    return fdt_offset_ptr(p->fdt, p->node[depth] + (int)FDT_TAGSIZE, 1);
}

/* Here a name ends, or its unit address begins. */
static bool ends(const char *name)
{
    return *name == '\0' || *name == '@';
}

bool dt_is_named(const struct dt_path *p, const char *name)
{
    const char *actual = name_at(p, p->depth);
    for (; *name != '\0' && *name == *actual; name++) {
        actual++;
    }
    return *name == '\0' && ends(actual);
}

bool dt_is_path(const struct dt_path *p, const char *path, const char *end)
{
    for (int depth = 1; depth <= p->depth; depth++) {
        if (path == end || *path++ != '/') {
            return false;
        }
        const char *name = name_at(p, depth);
        for (; path < end && *path != '/' && *path == *name; path++) {
            name++;
        }
        if ((path < end && *path != '/') || !ends(name)) {
            return false;
        }
    }
    return path == end;
}

uint64_t dt_cells(const fdt32_t *cells, uint32_t count)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++) {
        value = value << 32 | fdt32_ld(&cells[i]);
    }
    return value;
}

uint32_t dt_u32(const void *fdt, int node, const char *property, uint32_t otherwise)
{
    int length;
    const fdt32_t *value = fdt_getprop(fdt, node, property, &length);
    return value != NULL && length == 4 ? fdt32_ld(value) : otherwise;
}

bool dt_has(const void *fdt, int node, const char *property, const char *value)
{
    int length;
    const char *list = fdt_getprop(fdt, node, property, &length);
    return list != NULL && length > 0 && fdt_stringlist_contains(list, length, value) != 0;
}

static bool counts_below(const struct dt_path *p, int depth, struct cell_counts *out)
{
    const int address = fdt_address_cells(p->fdt, p->node[depth]);
    const int size = fdt_size_cells(p->fdt, p->node[depth]);
    *out = (struct cell_counts){.address = (uint32_t)address, .size = (uint32_t)size};
    return address >= 1 && address <= 2 && size >= 0 && size <= 2;
}

bool dt_reg(const struct dt_path *p, uint32_t i, uint64_t *base, uint64_t *size)
{
    struct cell_counts n;
    int length;
    const fdt32_t *reg = fdt_getprop(p->fdt, p->node[p->depth], "reg", &length);
    if (reg == NULL || p->depth < 1 || !counts_below(p, p->depth - 1, &n) ||
        i >= (uint32_t)length / (4 * (n.address + n.size))) {
        return false;
    }
    reg += i * (n.address + n.size);
    *base = dt_cells(reg, n.address);
    *size = dt_cells(reg + n.address, n.size);
    return true;
}

/* One bus up: from the children of node[depth] to its own address space. */
static bool translate(const struct dt_path *p, int depth, uint64_t *base, uint64_t size)
{
    struct cell_counts child, parent;
    int length;
    const fdt32_t *ranges = fdt_getprop(p->fdt, p->node[depth], "ranges", &length);
    if (ranges != NULL && length == 0) {
        return true;
    }
    if (ranges == NULL || !counts_below(p, depth, &child) || !counts_below(p, depth - 1, &parent)) {
        return false;
    }
    const uint32_t entry = child.address + parent.address + child.size;
    for (uint32_t i = 0; i < (uint32_t)length / (4 * entry); i++, ranges += entry) {
        const uint64_t offset = *base - dt_cells(ranges, child.address);
        const uint64_t to = dt_cells(ranges + child.address, parent.address);
        const uint64_t bytes = dt_cells(ranges + child.address + parent.address, child.size);
        if (offset < bytes && size <= bytes - offset) {
            return !__builtin_add_overflow(to, offset, base);
        }
    }
    return false;
}

bool dt_mmio(const struct dt_path *p, uint32_t i, uint64_t *base, uint64_t *size)
{
    uint64_t end;
    bool done = dt_reg(p, i, base, size);
    for (int depth = p->depth - 1; done && depth > 0; depth--) {
        done = translate(p, depth, base, *size);
    }
    return done && !__builtin_add_overflow(*base, *size, &end);
}
