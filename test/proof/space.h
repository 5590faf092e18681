/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For proofs about calls that name an address space: at most one identifier
 * has one, and a capability names any object and any identifier.
 */
#pragma once
#include "object/asid.h"

struct asid_pool *asid_pools[ASID_POOLS];
static struct asid_pool space_pool;

unsigned nondet_unsigned(void);
bool nondet_bool(void);

/* The identifier that root may have: any but 0, which is nobody's. */
static unsigned any_asid(pte_t *root)
{
    const unsigned asid = nondet_unsigned();
    __CPROVER_assume(asid >= 1 && asid < ASID_POOLS * ASID_POOL_SIZE);
    asid_pools[asid / ASID_POOL_SIZE] = nondet_bool() ? &space_pool : NULL;
    space_pool.roots[asid % ASID_POOL_SIZE] = nondet_bool() ? root : NULL;
    return asid;
}

/* What a capability to an address space names is an identifier. */
static bool is_asid(const struct cap *vspace)
{
    return vspace->type != CAP_VSPACE || vspace->c < ASID_POOLS * ASID_POOL_SIZE;
}
