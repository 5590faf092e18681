/* SPDX-License-Identifier: Apache-2.0 */
#include "vspace.h"

#include "object/asid.h"

#include "core/invocation.h"

inline __attribute__((always_inline)) pte_t *vspace_walk(pte_t *root, vaddr_t vaddr, unsigned level,
                                                         unsigned *at)
{
    pte_t *table = root;
    for (unsigned l = 0;; l++) {
        pte_t *entry = &table[arch_pt_index(vaddr, l)];
        if (l == level || !arch_pte_is_table(*entry, l)) {
            *at = l;
            return entry;
        }
        table = (pte_t *)arch_phys_to_virt(arch_pte_paddr(*entry));
    }
}

void vspace_finalise(const struct cap *vspace)
{
    unsigned asid;
    if (asid_root_of(vspace, &asid) != NULL) {
        asid_free(asid);
    }
}

/* ---- Page tables ------------------------------------------------------------------ */

/* The entry that leads to a mapped table, or NULL if there is none (V1). */
static pte_t *entry_of_table(const struct cap *pt)
{
    unsigned at;
    pte_t *root = asid_lookup(cap_asid(pt));
    if (root == NULL) {
        return NULL;
    }
    const unsigned parent = cap_pt_level(pt) - 1;
    pte_t *entry = vspace_walk(root, cap_mapped_vaddr(pt), parent, &at);
    const bool is_here = at == parent && arch_pte_is_table(*entry, at) &&
                         arch_pte_paddr(*entry) == arch_virt_to_phys(cap_pt(pt));
    return is_here ? entry : NULL;
}

static void clear_table(pte_t *table)
{
    for (unsigned i = 0; i < ARCH_PT_ENTRIES; i += 4) { /* half the time of one by one */
        table[i] = 0;
        table[i + 1] = 0;
        table[i + 2] = 0;
        table[i + 3] = 0;
    }
}

void pt_unmap(struct cap *pt)
{
    if (cap_asid(pt) == 0) {
        return;
    }
    pte_t *entry = entry_of_table(pt);
    if (entry != NULL) {
        arch_pte_write(entry, 0);
        arch_tlb_flush_asid(cap_asid(pt));
    }
    clear_table(cap_pt(pt));
    cap_set_mapping(pt, 0, 0);
    cap_pt_set_level(pt, 0);
}

enum kaal_err pt_inv_map(struct invocation *inv)
{
    enum { ARG_VADDR };
    struct cap *pt = &inv->slot->cap;
    vaddr_t vaddr = inv_arg(inv, ARG_VADDR);
    unsigned asid, at;

    if (cap_asid(pt) != 0) {
        return inv_bad_cap(inv, INV_SELF);
    }
    pte_t *root = asid_root_of(inv_cap(inv, 0), &asid);
    if (root == NULL) {
        return inv_bad_cap(inv, 0);
    }
    if (vaddr >= KAAL_USER_TOP) {
        return inv_bad_arg(inv, ARG_VADDR);
    }
    pte_t *entry = vspace_walk(root, vaddr, ARCH_PT_LEVELS - 2, &at);
    if (*entry != 0) {
        return KAAL_ERR_DELETE_FIRST;
    }

    cap_set_mapping(pt, asid, vaddr >> vspace_level_bits(at) << vspace_level_bits(at));
    cap_pt_set_level(pt, at + 1);
    arch_pte_write(entry, arch_pte_table(arch_virt_to_phys(cap_pt(pt))));
    return KAAL_OK;
}

enum kaal_err pt_inv_unmap(struct invocation *inv)
{
    if (!slot_is_final(inv->slot)) {
        return KAAL_ERR_REVOKE_FIRST;
    }
    pt_unmap(&inv->slot->cap);
    return KAAL_OK;
}
