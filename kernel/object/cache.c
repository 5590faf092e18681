/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on pages and address spaces that bring caches and memory together. */
#include "object/asid.h"
#include "object/vspace.h"

#include "core/invocation.h"

/* Bytes that one call may cover: bounds the time with interrupts masked. */
enum { MAX_BYTES = 64 * 1024 };

enum { ARG_START, ARG_END };

enum operation { CLEAN, INVALIDATE, CLEAN_INVALIDATE, UNIFY };

static void perform(enum operation operation, void *vaddr, word_t bytes)
{
    switch (operation) {
    case CLEAN:
        arch_cache_clean(vaddr, bytes);
        break;
    case INVALIDATE:
        arch_cache_invalidate(vaddr, bytes);
        break;
    case CLEAN_INVALIDATE:
        arch_cache_clean_invalidate(vaddr, bytes);
        break;
    default: /* UNIFY */
        arch_code_sync(vaddr, bytes);
        break;
    }
}

/* The end argument, for a start argument below limit: where the page ends. */
static enum kaal_err check_end(struct invocation *inv, word_t limit)
{
    const word_t start = inv_arg(inv, ARG_START);
    const word_t end = inv_arg(inv, ARG_END);
    const word_t max = limit - start < MAX_BYTES ? limit : start + MAX_BYTES;
    return end > start && end <= max ? KAAL_OK : inv_bad_range(inv, ARG_END, start + 1, max);
}

/* ---- Pages: offsets --------------------------------------------------------------- */

static enum kaal_err page_call(struct invocation *inv, enum operation operation)
{
    const word_t start = inv_arg(inv, ARG_START);
    const word_t bytes = (word_t)1 << cap_page_bits(&inv->cap);

    if (operation == INVALIDATE && !cap_has_rights(&inv->cap, KAAL_RIGHT_WRITE)) {
        return inv_bad_cap(inv, INV_SELF);
    }
    if (cap_page_is_device(&inv->cap)) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    if (start >= bytes) {
        return inv_bad_range(inv, ARG_START, 0, bytes - 1);
    }
    const enum kaal_err err = check_end(inv, bytes);
    if (err == KAAL_OK) {
        perform(operation, (char *)inv->cap.obj + start, inv_arg(inv, ARG_END) - start);
    }
    return err;
}

enum kaal_err page_inv_clean(struct invocation *inv)
{
    return page_call(inv, CLEAN);
}

enum kaal_err page_inv_invalidate(struct invocation *inv)
{
    return page_call(inv, INVALIDATE);
}

enum kaal_err page_inv_clean_invalidate(struct invocation *inv)
{
    return page_call(inv, CLEAN_INVALIDATE);
}

enum kaal_err page_inv_unify(struct invocation *inv)
{
    return page_call(inv, UNIFY);
}

/* ---- Address spaces: addresses ------------------------------------------------------ */

static enum kaal_err vspace_call(struct invocation *inv, enum operation operation)
{
    const vaddr_t start = inv_arg(inv, ARG_START);
    unsigned asid, at;

    pte_t *root = asid_root_of(&inv->cap, &asid);
    if (root == NULL) {
        return inv_bad_cap(inv, INV_SELF);
    }
    if (start >= KAAL_USER_TOP) {
        return inv_bad_arg(inv, ARG_START);
    }
    const pte_t pte = *vspace_walk(root, start, ARCH_PT_LEVELS - 1, &at);
    if (!arch_pte_is_page(pte, at)) {
        return inv_bad_lookup(inv, false, vspace_level_bits(at), KAAL_LOOKUP_MISSING_CAP);
    }
    /* Device memory is none of the kernel window's business: not touched there. */
    if (!arch_pte_is_cached(pte) || (operation == INVALIDATE && !arch_pte_is_writable(pte))) {
        return KAAL_ERR_ILLEGAL_OPERATION;
    }
    const word_t offset = start & (((word_t)1 << vspace_level_bits(at)) - 1);
    const enum kaal_err err = check_end(inv, start - offset + ((word_t)1 << vspace_level_bits(at)));
    if (err == KAAL_OK) {
        perform(operation, (char *)arch_phys_to_virt(arch_pte_paddr(pte)) + offset,
                inv_arg(inv, ARG_END) - start);
    }
    return err;
}

enum kaal_err vspace_inv_clean(struct invocation *inv)
{
    return vspace_call(inv, CLEAN);
}

enum kaal_err vspace_inv_invalidate(struct invocation *inv)
{
    return vspace_call(inv, INVALIDATE);
}

enum kaal_err vspace_inv_clean_invalidate(struct invocation *inv)
{
    return vspace_call(inv, CLEAN_INVALIDATE);
}

enum kaal_err vspace_inv_unify(struct invocation *inv)
{
    return vspace_call(inv, UNIFY);
}
