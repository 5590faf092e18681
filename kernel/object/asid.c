/* SPDX-License-Identifier: Apache-2.0 */
#include "asid.h"

#include "core/invocation.h"

enum { FREE_PER_STEP = 16 };

static struct asid_pool *pools[ASID_POOLS];

static pte_t **entry_of(unsigned asid)
{
    struct asid_pool *pool = pools[(asid >> ASID_POOL_BITS) % ASID_POOLS];
    return pool == NULL ? NULL : &pool->roots[asid % ASID_POOL_SIZE];
}

pte_t *asid_lookup(unsigned asid)
{
    pte_t **entry = entry_of(asid);
    return asid == 0 || entry == NULL ? NULL : *entry;
}

struct asid_pool *asid_pool_at(unsigned asid)
{
    return pools[asid >> ASID_POOL_BITS];
}

pte_t *asid_root_of(const struct cap *vspace, unsigned *asid)
{
    pte_t *root = cap_vspace(vspace);
    *asid = cap_asid(vspace);
    return root != NULL && asid_lookup(*asid) == root ? root : NULL;
}

struct cap asid_pool_install(struct asid_pool *pool, unsigned index)
{
    struct cap cap = cap_object(CAP_ASID_POOL, pool);
    cap.c = index * ASID_POOL_SIZE;
    pools[index] = pool;
    return cap;
}

unsigned asid_assign(const struct cap *pool_cap, pte_t *root)
{
    struct asid_pool *pool = cap_asid_pool(pool_cap);
    for (unsigned i = 0; i < ASID_POOL_SIZE; i++) {
        const unsigned asid = cap_index(pool_cap) + i;
        if (asid != 0 && pool->roots[i] == NULL) {
            pool->roots[i] = root;
            return asid;
        }
    }
    return 0;
}

void asid_free(unsigned asid)
{
    pte_t **entry = entry_of(asid);
    pte_t *root = *entry;
    *entry = NULL;
    arch_vspace_forget(root);
    arch_tlb_flush_asid(asid); /* A2 */
}

bool asid_pool_finalise_step(struct asid_pool *pool)
{
    unsigned freed = 0;
    unsigned index = 0;
    while (pools[index] != pool) {
        index++;
    }
    for (unsigned i = 0; i < ASID_POOL_SIZE; i++) {
        if (pool->roots[i] != NULL) {
            if (freed == FREE_PER_STEP) {
                return true;
            }
            asid_free(index * ASID_POOL_SIZE + i);
            freed++;
        }
    }
    pools[index] = NULL;
    return false;
}

enum kaal_err asid_inv_assign(struct invocation *inv)
{
    struct cap *cap = &inv->extra[0]->cap;
    if (cap->type != CAP_VSPACE || cap_asid(cap) != 0) {
        return inv_bad_cap(inv, 0);
    }
    const unsigned asid = asid_assign(&inv->cap, cap_vspace(cap));
    if (asid == 0) {
        return KAAL_ERR_DELETE_FIRST;
    }
    cap_set_mapping(cap, asid, 0);
    return KAAL_OK;
}
