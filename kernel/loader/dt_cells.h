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

#define DT_MAX_DEPTH 16

struct dt_path {
    const void *fdt;
    int next;                   /* offset of the tag to go on with */
    int depth;                  /* of the current node; 0 is the root, -1 none yet */
    int node[DT_MAX_DEPTH + 1]; /* offsets of root, ..., current node */
};

/* Goes on to the next node in the order of the blob, from {.depth = -1} to the
 * root. False: there is none. Nodes nested deeper than DT_MAX_DEPTH are
 * refused, see check.h. */
bool dt_next(struct dt_path *p);

/* Is this the name of the current node, its unit address left out? */
bool dt_is_named(const struct dt_path *p, const char *name);

/* Does the path, from '/' up to end, lead to the current node? Unit addresses
 * may be left out. */
bool dt_is_path(const struct dt_path *p, const char *path, const char *end);

/* A number of count big-endian cells; of more than two the last two count. */
uint64_t dt_cells(const fdt32_t *cells, uint32_t count);

/* A property of one cell of a node; otherwise when it has none such. */
uint32_t dt_u32(const void *fdt, int node, const char *property, uint32_t otherwise);

/* Has the node this property as a list of strings, and value among them? */
bool dt_has(const void *fdt, int node, const char *property, const char *value);

/* The i-th pair of "reg" of the current node, as its parent counts cells; size
 * is 0 where the parent says that there are none. False: there is no such. */
bool dt_reg(const struct dt_path *p, uint32_t i, uint64_t *base, uint64_t *size);

/* The same in the processor's address space. False also when some bus on the
 * way does not pass it on, or when it wraps around. */
bool dt_mmio(const struct dt_path *p, uint32_t i, uint64_t *base, uint64_t *size);
