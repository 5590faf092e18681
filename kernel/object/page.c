/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"

#include <kaal/abi/mapping.h>

#include "object/asid.h"
#include "object/vspace.h"

#include "core/invocation.h"

/* 12, 21 and 30 bits: 3, 2 and 1. */
unsigned page_level(unsigned bits)
{
    return -(bits / 8) & 3;
}

/* Is this, found at the level where a walk ended, the entry of cap's mapping? */
static bool is_entry_of(const struct cap *cap, pte_t entry, unsigned at)
{
    const unsigned level = page_level(cap_page_bits(cap));
    return at == level && arch_pte_is_page(entry, level) &&
           arch_pte_paddr(entry) == arch_virt_to_phys(cap->obj);
}

/* The entry of the mapping that cap stands for, or NULL (stale or none). */
static pte_t *entry_of_page(const struct cap *cap)
{
    unsigned at;
    pte_t *root = asid_lookup(cap_asid(cap));
    if (root == NULL) {
        return NULL;
    }
    pte_t *entry = vspace_walk(root, cap_mapped_vaddr(cap), page_level(cap_page_bits(cap)), &at);
    return is_entry_of(cap, *entry, at) ? entry : NULL;
}

void page_unmap_if_mapped(struct slot *slot)
{
    struct cap *cap = &slot->cap;
    if (cap->type != CAP_PAGE || cap_asid(cap) == 0) {
        return;
    }
    pte_t *entry = entry_of_page(cap);
    if (entry != NULL) {
        arch_pte_write(entry, 0);
        arch_tlb_flush_page(cap_asid(cap), cap_mapped_vaddr(cap));
    }
    cap_set_mapping(cap, 0, 0);
}

/* ---- Map ------------------------------------------------------------------------- */

enum { ARG_VADDR, ARG_RIGHTS, ARG_ATTRS };

static enum kaal_err check_attributes(struct invocation *inv, word_t rights, word_t attrs)
{
    const bool is_executable = (attrs & KAAL_MAP_EXECUTE) != 0;

    if ((attrs & ~(word_t)(KAAL_MAP_CACHED | KAAL_MAP_EXECUTE)) != 0) {
        return inv_bad_arg(inv, ARG_ATTRS);
    }
    if (cap_page_is_device(&inv->slot->cap) && attrs != 0) {
        return inv_bad_arg(inv, ARG_ATTRS);
    }
    if (KAAL_CFG_WXN && is_executable && (rights & KAAL_RIGHT_WRITE) != 0) {
        return inv_bad_arg(inv, ARG_RIGHTS);
    }
    return KAAL_OK;
}

static enum kaal_err check_address(struct invocation *inv, unsigned asid)
{
    const struct cap *cap = &inv->slot->cap;
    const vaddr_t vaddr = inv_arg(inv, ARG_VADDR);
    const word_t offset_mask = ~(~(word_t)0 << cap_page_bits(cap));

    /* An aligned page that begins below the top ends there, too. */
    if (vaddr >= KAAL_USER_TOP || (vaddr & offset_mask) != 0) {
        return vaddr >= KAAL_USER_TOP || offset_mask >= KAAL_USER_TOP - vaddr
                   ? inv_bad_arg(inv, ARG_VADDR)
                   : inv_bad_alignment(inv, ARG_VADDR);
    }
    if (cap_asid(cap) != 0) {
        if (cap_asid(cap) != asid) {
            return inv_bad_cap(inv, 0);
        }
        if (cap_mapped_vaddr(cap) != vaddr) {
            return inv_bad_arg(inv, ARG_VADDR);
        }
    }
    return KAAL_OK;
}

/* May cap's page come where the walk for it ended? A live entry must be its own. */
static enum kaal_err check_entry(struct invocation *inv, pte_t entry, unsigned at)
{
    const struct cap *cap = &inv->slot->cap;
    if (entry != 0) {
        const bool is_remap = cap_asid(cap) != 0 && is_entry_of(cap, entry, at);
        return is_remap ? KAAL_OK : KAAL_ERR_DELETE_FIRST;
    }
    if (at < page_level(cap_page_bits(cap))) {
        return inv_bad_lookup(inv, false, vspace_level_bits(at), KAAL_LOOKUP_MISSING_CAP);
    }
    return KAAL_OK;
}

/* Break before make: the old translation is gone before the new one is. */
static void replace_entry(pte_t *entry, pte_t old, pte_t value, unsigned asid, vaddr_t vaddr)
{
    if (old != 0) {
        arch_pte_write(entry, 0);
        arch_tlb_flush_page(asid, vaddr);
    }
    arch_pte_write(entry, value);
}

enum kaal_err page_inv_map(struct invocation *inv)
{
    struct cap *cap = &inv->slot->cap;
    const vaddr_t vaddr = inv_arg(inv, ARG_VADDR);
    const word_t rights = inv_arg(inv, ARG_RIGHTS) & cap->rights;
    const word_t attrs = inv_arg(inv, ARG_ATTRS);
    const unsigned level = page_level(cap_page_bits(cap));
    unsigned asid, at;

    pte_t *root = asid_root_of(inv_cap(inv, 0), &asid);
    if (root == NULL) {
        return inv_bad_cap(inv, 0);
    }
    enum kaal_err err = check_address(inv, asid);
    if (err != KAAL_OK) {
        return err;
    }
    err = check_attributes(inv, rights, attrs);
    if (err != KAAL_OK) {
        return err;
    }
    pte_t *entry = vspace_walk(root, vaddr, level, &at);
    const pte_t old = *entry;
    err = check_entry(inv, old, at);
    if (err != KAAL_OK) {
        return err;
    }

    cap_set_mapping(cap, asid, vaddr);
    const pte_t value = arch_pte_page(arch_virt_to_phys(cap->obj), level, rights, attrs);
    replace_entry(entry, old, value, asid, vaddr);
    return KAAL_OK;
}

/* ---- Other invocations --------------------------------------------------------------- */

enum kaal_err page_inv_unmap(struct invocation *inv)
{
    page_unmap_if_mapped(inv->slot);
    return KAAL_OK;
}

enum kaal_err page_inv_get_address(struct invocation *inv)
{
    inv_result(inv, arch_virt_to_phys(inv->cap.obj));
    return KAAL_OK;
}
