/* SPDX-License-Identifier: Apache-2.0 */
/* Address spaces and their identifiers: KI-23, 24, 25, 27. */
#include <kaal/abi/mapping.h>

#include "object/asid.h"
#include "object/page.h"
#include "object/vspace.h"

#include "check.h"

/* Where an entry was found. */
struct place {
    unsigned asid;
    vaddr_t vaddr;
    unsigned level;
};

/* ---- One entry ---------------------------------------------------------------------- */

/* Is pte what the seam makes of this page with some of the rights of cap? */
static bool is_permitted(pte_t pte, const struct cap *cap, unsigned level)
{
    const word_t attrs_max =
        cap_page_is_device(cap) ? 0 : (word_t)(KAAL_MAP_CACHED | KAAL_MAP_EXECUTE);
    for (word_t rights = 0; rights <= (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE); rights++) {
        for (word_t attrs = 0; attrs <= attrs_max; attrs++) {
            if ((rights & ~(word_t)cap->rights) == 0 &&
                pte == arch_pte_page(arch_pte_paddr(pte), level, rights, attrs)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_mapped_at(const struct cap *cap, const struct place *at)
{
    return cap_asid(cap) == at->asid && cap_mapped_vaddr(cap) == at->vaddr;
}

static const char *check_page(pte_t pte, const struct place *at)
{
    const void *page = arch_phys_to_virt(arch_pte_paddr(pte));
    bool is_page = false, is_here = false;
    for (const struct slot *s = check_first(); s != NULL; s = check_next(s)) {
        const struct cap *cap = &s->cap;
        if (cap->obj == page && cap->type == CAP_PAGE &&
            page_level(cap_page_bits(cap)) == at->level) {
            is_page = true;
            is_here |= is_mapped_at(cap, at);
            if (is_mapped_at(cap, at) && is_permitted(pte, cap, at->level)) {
                return NULL;
            }
        }
    }
    return !is_page  ? "KI-23 entry leads to no page of this size"
           : is_here ? "KI-25 mapping with more than the capability gives"
                     : "KI-24 mapping without a capability for it";
}

static const char *check_table(pte_t pte, const struct place *at)
{
    const void *table = arch_phys_to_virt(arch_pte_paddr(pte));
    for (const struct slot *s = check_first(); s != NULL; s = check_next(s)) {
        const struct cap *cap = &s->cap;
        if (cap->obj == table && cap->type == CAP_PAGE_TABLE) {
            if (cap_pt_level(cap) != at->level + 1 || !is_mapped_at(cap, at)) {
                return "KI-24 table that is elsewhere by its capability";
            }
            return pte == arch_pte_table(arch_pte_paddr(pte)) ? NULL
                                                              : "KI-25 form of a table entry";
        }
    }
    return "KI-23 entry leads to no page table";
}

static const char *check_entry(pte_t pte, const struct place *at)
{
    if (arch_pte_is_table(pte, at->level)) {
        return check_table(pte, at);
    }
    return arch_pte_is_page(pte, at->level) ? check_page(pte, at) : "KI-25 entry of no known form";
}

/* ---- One address space ---------------------------------------------------------------- */

/* Depth first, without recursion: index[l] is the entry looked at of level l. */
static const char *check_tables(const pte_t *root, unsigned asid)
{
    const pte_t *table[ARCH_PT_LEVELS] = {root};
    unsigned index[ARCH_PT_LEVELS] = {0};
    unsigned level = 0;
    for (;;) {
        if (index[level] == ARCH_PT_ENTRIES) {
            if (level == 0) {
                return NULL;
            }
            index[--level]++;
            continue;
        }
        const pte_t pte = table[level][index[level]];
        if (pte == 0) {
            index[level]++;
            continue;
        }
        struct place at = {.asid = asid, .level = level};
        for (unsigned l = 0; l <= level; l++) {
            at.vaddr |= (vaddr_t)index[l] << vspace_level_bits(l);
        }
        const char *broken = check_entry(pte, &at);
        if (broken != NULL) {
            return broken;
        }
        if (arch_pte_is_table(pte, level)) {
            table[++level] = (const pte_t *)arch_phys_to_virt(arch_pte_paddr(pte));
            index[level] = 0;
        } else {
            index[level]++;
        }
    }
}

/* ---- Identifiers ------------------------------------------------------------------------- */

static bool has_asid(const pte_t *root, unsigned asid)
{
    for (const struct slot *s = check_first(); s != NULL; s = check_next(s)) {
        if (cap_vspace(&s->cap) == root && cap_asid(&s->cap) == asid) {
            return true;
        }
    }
    return false;
}

static const char *check_pool(const struct cap *cap)
{
    const struct asid_pool *pool = cap_asid_pool(cap);
    if (asid_pool_at(cap_index(cap)) != pool) {
        return "KI-27 pool is not where its capability says";
    }
    for (unsigned i = 0; i < ASID_POOL_SIZE; i++) {
        const unsigned asid = cap_index(cap) + i;
        const pte_t *root = pool->roots[i];
        if (root != NULL && (asid == 0 || !has_asid(root, asid))) {
            return "KI-27 identifier without an address space";
        }
        const char *broken = root == NULL ? NULL : check_tables(root, asid);
        if (broken != NULL) {
            return broken;
        }
    }
    return NULL;
}

static bool is_empty(const pte_t *table)
{
    for (unsigned i = 0; i < ARCH_PT_ENTRIES; i++) {
        if (table[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Copies of a capability to a table or space say the same of it. */
static const char *check_copies(const struct slot *prev, const struct slot *slot)
{
    const struct cap *cap = &slot->cap;
    if (prev == NULL || !cap_same_object(&prev->cap, cap)) {
        const pte_t *table = cap_pt(cap);
        return table == NULL || cap_asid(cap) != 0 || is_empty(table)
                   ? NULL
                   : "KI-24 unmapped table with entries";
    }
    if (cap->type == CAP_VSPACE && cap_asid(cap) != cap_asid(&prev->cap)) {
        return "KI-27 address space with two identifiers";
    }
    if (cap->type == CAP_PAGE_TABLE && (cap_asid(cap) != cap_asid(&prev->cap) ||
                                        cap_mapped_vaddr(cap) != cap_mapped_vaddr(&prev->cap) ||
                                        cap_pt_level(cap) != cap_pt_level(&prev->cap))) {
        return "KI-24 table in two places";
    }
    return NULL;
}

const char *check_vspaces(void)
{
    const struct slot *prev = NULL;
    for (const struct slot *s = check_first(); s != NULL; prev = s, s = check_next(s)) {
        const char *broken = check_copies(prev, s);
        if (broken == NULL && s->cap.type == CAP_ASID_POOL &&
            (prev == NULL || !cap_same_object(&prev->cap, &s->cap))) {
            broken = check_pool(&s->cap);
        }
        if (broken != NULL) {
            return broken;
        }
    }
    return NULL;
}
