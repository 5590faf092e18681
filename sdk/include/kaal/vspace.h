/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces: VSpace (the root table), page tables, pages, ASID pools.
 */
#ifndef KAAL_VSPACE_H
#define KAAL_VSPACE_H

#include <kaal/abi/mapping.h>
#include <kaal/abi/rights.h>
#include <kaal/invoke.h>

/*
 * Give a VSpace its identifier; before that nothing can be mapped in it.
 * Errors: INVALID_CAPABILITY (it has one), DELETE_FIRST (the pool is full).
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_asid_pool_assign(kaal_cptr_t pool, kaal_cptr_t vspace)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, vspace);
    return kaal_invoke(pool, KAAL_INV_ASID_POOL_ASSIGN, 1, 0, &msg);
}

/*
 * Install a page table at the highest level that vaddr lacks.
 * Errors: DELETE_FIRST (nothing is missing), INVALID_CAPABILITY (mapped, or
 *   vspace without identifier), INVALID_ARGUMENT (vaddr not of user space).
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_pt_map(kaal_cptr_t table, kaal_cptr_t vspace,
                                                    kaal_word_t vaddr)
{
    struct kaal_msg msg = {.w = {vaddr}};
    kaal_set_cap(0, vspace);
    return kaal_invoke(table, KAAL_INV_PAGE_TABLE_MAP, 1, 1, &msg);
}

/* Take a page table out, and with it everything mapped through it. Errors:
 * REVOKE_FIRST if there are copies of the capability. */
KAAL_MUST_CHECK static inline kaal_err_t sys_pt_unmap(kaal_cptr_t table)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(table, KAAL_INV_PAGE_TABLE_UNMAP, 0, 0, &msg);
}

/*
 * Map a page, or change rights and attributes where this capability mapped it.
 * Rights: the mapping has rights (KAAL_RIGHT_READ, _WRITE) that the page
 *   capability has too.
 * Args: vaddr, a multiple of the page's size; attrs (KAAL_MAP_*).
 * Errors: FAILED_LOOKUP (a table is missing; detail word 1 is log2 of the
 *   bytes it covers), DELETE_FIRST (something else is there), ALIGNMENT,
 *   INVALID_ARGUMENT (write and execute together; vaddr not of user space),
 *   INVALID_CAPABILITY.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_page_map(kaal_cptr_t page, kaal_cptr_t vspace,
                                                      kaal_word_t vaddr, kaal_word_t rights,
                                                      kaal_word_t attrs)
{
    struct kaal_msg msg = {.w = {vaddr, rights, attrs}};
    kaal_set_cap(0, vspace);
    return kaal_invoke(page, KAAL_INV_PAGE_MAP, 1, 3, &msg);
}

/* Unmap a page; not being mapped is no error. */
KAAL_MUST_CHECK static inline kaal_err_t sys_page_unmap(kaal_cptr_t page)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(page, KAAL_INV_PAGE_UNMAP, 0, 0, &msg);
}

/* The physical address of a page. */
KAAL_MUST_CHECK static inline kaal_err_t sys_page_get_address(kaal_cptr_t page, kaal_word_t *paddr)
{
    struct kaal_msg msg = {0};
    const kaal_err_t err = kaal_invoke(page, KAAL_INV_PAGE_GET_ADDRESS, 0, 0, &msg);
    if (err == KAAL_OK) {
        *paddr = msg.w[0];
    }
    return err;
}

/*
 * Make bytes written to a page fetchable as instructions.
 * Args: begin, end: byte offsets in the page, at most 64 KiB apart.
 * Errors: RANGE, ILLEGAL_OPERATION (device memory).
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_page_unify(kaal_cptr_t page, kaal_word_t begin,
                                                        kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(page, KAAL_INV_PAGE_UNIFY, 0, 2, &msg);
}

/*
 * Bring cache and memory of a page together: clean writes what is cached to
 * memory, invalidate throws it away, clean_invalidate does both in this order.
 * Rights: invalidate needs Write.
 * Args, Errors: as sys_page_unify(); INVALID_CAPABILITY (without Write).
 * Notes: whether or not it is mapped. What shares a cache line with an end of
 *   the range is written, not thrown away.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_page_clean(kaal_cptr_t page, kaal_word_t begin,
                                                        kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(page, KAAL_INV_PAGE_CLEAN, 0, 2, &msg);
}

KAAL_MUST_CHECK static inline kaal_err_t sys_page_invalidate(kaal_cptr_t page, kaal_word_t begin,
                                                             kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(page, KAAL_INV_PAGE_INVALIDATE, 0, 2, &msg);
}

KAAL_MUST_CHECK static inline kaal_err_t
sys_page_clean_invalidate(kaal_cptr_t page, kaal_word_t begin, kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(page, KAAL_INV_PAGE_CLEAN_INVALIDATE, 0, 2, &msg);
}

/*
 * The same for what is mapped in an address space.
 * Rights: invalidate needs a mapping with Write.
 * Args: begin, end: addresses in one page, at most 64 KiB apart.
 * Errors: INVALID_CAPABILITY (vspace without identifier), INVALID_ARGUMENT
 *   (begin is not of user space), FAILED_LOOKUP (nothing is mapped there; detail
 *   word 1 is log2 of the bytes that are empty), ILLEGAL_OPERATION (mapped as
 *   device memory; invalidate: or without Write), RANGE (end).
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_vspace_clean(kaal_cptr_t vspace, kaal_word_t begin,
                                                          kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(vspace, KAAL_INV_VSPACE_CLEAN, 0, 2, &msg);
}

KAAL_MUST_CHECK static inline kaal_err_t sys_vspace_invalidate(kaal_cptr_t vspace,
                                                               kaal_word_t begin, kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(vspace, KAAL_INV_VSPACE_INVALIDATE, 0, 2, &msg);
}

KAAL_MUST_CHECK static inline kaal_err_t
sys_vspace_clean_invalidate(kaal_cptr_t vspace, kaal_word_t begin, kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(vspace, KAAL_INV_VSPACE_CLEAN_INVALIDATE, 0, 2, &msg);
}

/* Make bytes written there fetchable as instructions. As sys_vspace_clean(). */
KAAL_MUST_CHECK static inline kaal_err_t sys_vspace_unify(kaal_cptr_t vspace, kaal_word_t begin,
                                                          kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(vspace, KAAL_INV_VSPACE_UNIFY, 0, 2, &msg);
}

/*
 * Make a pool of 512 identifiers out of an untyped of 4 KiB, which it uses up.
 * Rights: none.
 * Args: control, ASID control; untyped, of normal memory, without children;
 *   the empty slot for the pool.
 * Errors: DELETE_FIRST (all 128 pools exist, or the slot is full),
 *   INVALID_CAPABILITY, REVOKE_FIRST (the untyped has children), RANGE,
 *   FAILED_LOOKUP.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_asid_control_make_pool(kaal_cptr_t control, kaal_cptr_t untyped, kaal_cptr_t root,
                           kaal_word_t index, kaal_word_t depth)
{
    struct kaal_msg msg = {.w = {index, depth}};
    kaal_set_cap(0, untyped);
    kaal_set_cap(1, root);
    return kaal_invoke(control, KAAL_INV_ASID_CONTROL_MAKE_POOL, 2, 2, &msg);
}

#endif
