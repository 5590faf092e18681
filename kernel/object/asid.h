/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address space identifiers. An address space can be used once a pool has
 * given it one; the identifier is the processor's ASID.
 *
 * A1  no two address spaces have one ASID; ASID 0 is nobody's.
 * A2  a freed ASID has no translations left in any TLB.
 */
#pragma once
#include "lib/inline.h"
#include "object/slot.h"

enum { ASID_POOL_BITS = 9, ASID_POOL_SIZE = 1 << ASID_POOL_BITS, ASID_POOLS = 128 };

struct asid_pool {
    pte_t *roots[ASID_POOL_SIZE];
};
_Static_assert(sizeof(struct asid_pool) == KAAL_PAGE_SIZE, "an ASID pool is a page");

/* The address space of asid, or NULL. */
pte_t *asid_lookup(unsigned asid);

/* The pool whose first identifier is asid, or NULL. */
struct asid_pool *asid_pool_at(unsigned asid);

/* By number; NULL where there is no pool. */
extern struct asid_pool *asid_pools[ASID_POOLS];

/* Where the address space of asid stands, or NULL without a pool. Masked, not
 * compared: also in speculation it is an entry of some pool. */
ALWAYS_INLINE pte_t **asid_entry(unsigned asid)
{
    struct asid_pool *pool = asid_pools[(asid >> ASID_POOL_BITS) % ASID_POOLS];
    return pool == NULL ? NULL : &pool->roots[asid % ASID_POOL_SIZE];
}

/* Is it the address space of asid? */
ALWAYS_INLINE bool asid_is_of(unsigned asid, const pte_t *root)
{
    const struct asid_pool *pool = asid_pools[(asid >> ASID_POOL_BITS) % ASID_POOLS];
    return pool != NULL && root != NULL && pool->roots[asid % ASID_POOL_SIZE] == root;
}

/* The root table a VSPACE capability leads to and its ASID, or NULL if the
 * capability is another, has no ASID, or the ASID is no longer its own. */
ALWAYS_INLINE pte_t *asid_root_of(const struct cap *vspace, unsigned *asid)
{
    *asid = cap_asid(vspace);
    pte_t **entry = vspace->type == CAP_VSPACE ? asid_entry(*asid) : NULL;
    return entry != NULL && *entry == (pte_t *)vspace->obj ? *entry : NULL;
}

/* The pool, which is all zero, serves the identifiers from index *
 * ASID_POOL_SIZE on. Pre: no pool has this index. */
struct cap asid_pool_install(struct asid_pool *pool, unsigned index);

/* Give the address space of a VSPACE capability the next free identifier.
 * Returns 0 if the pool is full. */
unsigned asid_assign(const struct cap *pool, pte_t *root);

/* asid is its owner's no longer. */
void asid_free(unsigned asid);

/* Last capability to a pool gone: free a part of it; false when all is. */
bool asid_pool_finalise_step(struct asid_pool *pool);

/* There is no pool: for a fresh start. */
void asid_reset(void);
