/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces: a root table, page tables below it, pages at the leaves.
 *
 * V1  a table or page is where its capability says, or the capability is
 *     stale and no operation through it changes anything.
 * V2  tables form a tree: no table is entered twice.
 */
#pragma once
#include "object/slot.h"

/*
 * Walk towards level (1..3) for vaddr. Returns the entry where the walk ends
 * and in *at its level: level itself, or less if a table is missing or a
 * larger page is in the way.
 */
pte_t *vspace_walk(pte_t *root, vaddr_t vaddr, unsigned level, unsigned *at);

/* log2 of the bytes one entry of a level covers. */
static inline unsigned vspace_level_bits(unsigned level)
{
    return 39 - 9 * level;
}

/* The address space is going away. */
void vspace_finalise(const struct cap *vspace);

/* Take a table out of its address space, if it is in one, and empty it. */
void pt_unmap(struct cap *pt);
