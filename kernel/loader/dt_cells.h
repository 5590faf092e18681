/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A position in a devicetree with its ancestors, and numbers read there.
 * Devicetree Specification v0.4, sections 2.3.5 (#address-cells), 2.3.6 (reg)
 * and 2.3.8 (ranges). Every function bears any devicetree that libfdt's
 * fdt_check_full() accepts.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <libfdt.h>

#define DT_MAX_DEPTH     16
#define DT_MAX_GIC_BYTES (64U << 20)

struct dt_path {
    const void *fdt;
    int depth;                  /* of the current node; 0 is the root */
    int node[DT_MAX_DEPTH + 1]; /* offsets of root, ..., current node */
};

static inline int dt_node(const struct dt_path *p)
{
    return p->node[p->depth];
}

/* Goes on to the next node in the order of the blob. Returns false at the end
 * and when nodes are nested too deep, then with a depth of -1. */
bool dt_next(struct dt_path *p);

/* Is the parent of the current node the root's child of this name? */
bool dt_parent_is(const struct dt_path *p, const char *name);

/* A number of count big-endian cells (at most the last two count). */
uint64_t dt_cells(const fdt32_t *cells, uint32_t count);

/* A property of one cell of the current node; otherwise when it has none. */
uint32_t dt_u32(const struct dt_path *p, const char *property, uint32_t otherwise);

/* The i-th pair of "reg" of the current node, as its parent counts cells; size
 * is 0 where the parent says that there are none. False: there is no such. */
bool dt_reg(const struct dt_path *p, uint32_t i, uint64_t *base, uint64_t *size);

/* Translates size bytes at *base from the current node's bus to the processor's
 * addresses. False: some bus on the way does not pass them on. */
bool dt_translate(const struct dt_path *p, uint64_t *base, uint64_t size);
