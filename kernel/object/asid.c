/* SPDX-License-Identifier: Apache-2.0 */
#include "asid.h"

#include "core/cspace.h"
#include "core/invocation.h"

enum { FREE_PER_STEP = 16 };

struct asid_pool *asid_pools[ASID_POOLS];

pte_t *asid_lookup(unsigned asid)
{
    pte_t **entry = asid_entry(asid);
    return asid == 0 || entry == NULL ? NULL : *entry;
}

struct asid_pool *asid_pool_at(unsigned asid)
{
    return asid_pools[asid >> ASID_POOL_BITS];
}

void asid_reset(void)
{
    for (unsigned i = 0; i < ASID_POOLS; i++) {
        asid_pools[i] = NULL;
    }
}

struct cap asid_pool_install(struct asid_pool *pool, unsigned index)
{
    struct cap cap = cap_object(CAP_ASID_POOL, pool);
    cap.c = index * ASID_POOL_SIZE;
    asid_pools[index] = pool;
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
    pte_t **entry = asid_entry(asid);
    pte_t *root = *entry;
    *entry = NULL;
    arch_vspace_forget(root);
    arch_tlb_flush_asid(asid); /* A2 */
}

bool asid_pool_finalise_step(struct asid_pool *pool)
{
    unsigned freed = 0;
    unsigned index = 0;
    while (asid_pools[index] != pool) {
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
    asid_pools[index] = NULL;
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

/* The first number without a pool, or ASID_POOLS. */
static unsigned free_pool(void)
{
    unsigned index = 0;
    while (index < ASID_POOLS && asid_pools[index] != NULL) {
        index++;
    }
    return index;
}

enum kaal_err asid_inv_make_pool(struct invocation *inv)
{
    enum { ARG_INDEX, ARG_DEPTH };
    struct slot *untyped = inv->extra[0];
    const word_t depth = inv_arg(inv, ARG_DEPTH);
    const unsigned index = free_pool();
    struct lookup_failure failure;

    if (index == ASID_POOLS) {
        return KAAL_ERR_DELETE_FIRST;
    }
    if (untyped->cap.type != CAP_UNTYPED || cap_untyped_bits(&untyped->cap) != KAAL_PAGE_BITS ||
        cap_untyped_is_device(&untyped->cap)) {
        return inv_bad_cap(inv, 0);
    }
    if (untyped->first != NULL) {
        return KAAL_ERR_REVOKE_FIRST;
    }
    if (depth < 1 || depth > KAAL_CPTR_BITS) {
        return inv_bad_range(inv, ARG_DEPTH, 1, KAAL_CPTR_BITS);
    }
    struct slot *dest =
        cspace_lookup_exact(inv_cap(inv, 1), inv_arg(inv, ARG_INDEX), (unsigned)depth, &failure);
    if (dest == NULL) {
        return inv_bad_lookup(inv, false, failure.bits_left, failure.kind);
    }
    if (!slot_is_empty(dest)) {
        return KAAL_ERR_DELETE_FIRST;
    }

    struct asid_pool *pool = (struct asid_pool *)untyped->cap.obj;
    cap_untyped_set_watermark(&untyped->cap, KAAL_PAGE_SIZE);
    arch_zero(pool, sizeof(*pool), false);
    arch_obj_created(pool, sizeof(*pool));
    slot_insert_original(untyped, dest, asid_pool_install(pool, index));
    return KAAL_OK;
}
