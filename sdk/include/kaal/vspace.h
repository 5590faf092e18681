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
 * Rights: none; having the capability is the right.
 * Arguments: pool; vspace.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (no VSpace, or it has one), DELETE_FIRST (the
 *   pool is full).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_asid_pool_assign(kaal_cptr_t pool, kaal_cptr_t vspace)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, vspace);
    return kaal_invoke(pool, KAAL_INV_ASID_POOL_ASSIGN, 1, 0, &msg);
}

/*
 * Install a page table at the highest level that vaddr lacks.
 * Rights: none; having the capability is the right.
 * Arguments: table; vspace; vaddr, any address that the table shall cover.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (table is mapped; vspace without identifier),
 *   INVALID_ARGUMENT (vaddr not of user space), DELETE_FIRST (nothing is
 *   missing).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_pt_map(kaal_cptr_t table, kaal_cptr_t vspace,
                                                    kaal_word_t vaddr)
{
    struct kaal_msg msg = {.w = {vaddr}};
    kaal_set_cap(0, vspace);
    return kaal_invoke(table, KAAL_INV_PAGE_TABLE_MAP, 1, 1, &msg);
}

/*
 * Take a page table out, and with it everything mapped through it.
 * Rights: none; having the capability is the right.
 * Arguments: table.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: REVOKE_FIRST (there are copies of the capability).
 * Notes: not being mapped is no error.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_pt_unmap(kaal_cptr_t table)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(table, KAAL_INV_PAGE_TABLE_UNMAP, 0, 0, &msg);
}

/*
 * Map a page, or change rights and attributes where this capability mapped it.
 * Rights: the mapping gets those of rights (KAAL_RIGHT_READ, _WRITE) that the
 *   page capability has too.
 * Arguments: page; vspace; vaddr, a multiple of the page's size; rights; attrs
 *   (KAAL_MAP_*).
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (vspace; mapped in another), INVALID_ARGUMENT
 *   (vaddr not of user space, or mapped at another; attrs; write and execute
 *   together), ALIGNMENT (vaddr), FAILED_LOOKUP (a table is missing; detail
 *   word 1 is log2 of the bytes it covers), DELETE_FIRST (something else is
 *   there).
 * Notes: each capability to a page is good for one mapping; copy it for more.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_page_map(kaal_cptr_t page, kaal_cptr_t vspace,
                                                      kaal_word_t vaddr, kaal_word_t rights,
                                                      kaal_word_t attrs)
{
    struct kaal_msg msg = {.w = {vaddr, rights, attrs}};
    kaal_set_cap(0, vspace);
    return kaal_invoke(page, KAAL_INV_PAGE_MAP, 1, 3, &msg);
}

/*
 * Unmap a page.
 * Rights: none; having the capability is the right.
 * Arguments: page.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: none.
 * Notes: not being mapped is no error.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_page_unmap(kaal_cptr_t page)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(page, KAAL_INV_PAGE_UNMAP, 0, 0, &msg);
}

/*
 * The physical address of a page.
 * Rights: none; having the capability is the right.
 * Arguments: page; paddr, filled.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: none.
 * Notes: for devices that access memory; a DMA device can reach all of it.
 */
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
 * Rights: none; having the capability is the right.
 * Arguments: page; begin, end: byte offsets in the page, at most 64 KiB apart.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (begin, end), ILLEGAL_OPERATION (device memory).
 * Notes: cleans to the point of unification and invalidates the instruction
 *   cache. The page need not be mapped.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_page_unify(kaal_cptr_t page, kaal_word_t begin,
                                                        kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(page, KAAL_INV_PAGE_UNIFY, 0, 2, &msg);
}

/*
 * Write cached bytes of a page to memory, so that a device sees them.
 * Rights: none; having the capability is the right.
 * Arguments: page; begin, end: byte offsets in the page, at most 64 KiB apart.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (begin, end), ILLEGAL_OPERATION (device memory).
 * Notes: to the point of coherency. The page need not be mapped.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_page_clean(kaal_cptr_t page, kaal_word_t begin,
                                                        kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(page, KAAL_INV_PAGE_CLEAN, 0, 2, &msg);
}

/*
 * Drop cached bytes of a page, so that what a device wrote is seen.
 * Rights: Write.
 * Arguments: page; begin, end: byte offsets in the page, at most 64 KiB apart.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (without Write), RANGE (begin, end),
 *   ILLEGAL_OPERATION (device memory).
 * Notes: bytes that were not cleaned are lost, also those beside begin and end
 *   in the same cache line.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_page_invalidate(kaal_cptr_t page, kaal_word_t begin,
                                                             kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(page, KAAL_INV_PAGE_INVALIDATE, 0, 2, &msg);
}

/*
 * sys_page_clean(), then sys_page_invalidate().
 * Rights: none; having the capability is the right.
 * Arguments: page; begin, end: byte offsets in the page, at most 64 KiB apart.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (begin, end), ILLEGAL_OPERATION (device memory).
 * Notes: nothing is lost.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_page_clean_invalidate(kaal_cptr_t page, kaal_word_t begin, kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(page, KAAL_INV_PAGE_CLEAN_INVALIDATE, 0, 2, &msg);
}

/*
 * As sys_page_clean(), of what is mapped at an address.
 * Rights: none; having the capability is the right.
 * Arguments: vspace; begin, end: addresses in one page that is mapped there,
 *   at most 64 KiB apart.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (no identifier), INVALID_ARGUMENT (begin not of
 *   user space), FAILED_LOOKUP (nothing is mapped there), ILLEGAL_OPERATION
 *   (mapped as device memory), RANGE (end).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_vspace_clean(kaal_cptr_t vspace, kaal_word_t begin,
                                                          kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(vspace, KAAL_INV_VSPACE_CLEAN, 0, 2, &msg);
}

/*
 * As sys_page_invalidate(), of what is mapped at an address.
 * Rights: the mapping is writable.
 * Arguments: vspace; begin, end: addresses in one page that is mapped there,
 *   at most 64 KiB apart.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (no identifier), INVALID_ARGUMENT (begin not of
 *   user space), FAILED_LOOKUP (nothing is mapped there), ILLEGAL_OPERATION
 *   (mapped as device memory), RANGE (end); ILLEGAL_OPERATION also if it is
 *   mapped without Write.
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_vspace_invalidate(kaal_cptr_t vspace,
                                                               kaal_word_t begin, kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(vspace, KAAL_INV_VSPACE_INVALIDATE, 0, 2, &msg);
}

/*
 * As sys_page_clean_invalidate(), of what is mapped at an address.
 * Rights: none; having the capability is the right.
 * Arguments: vspace; begin, end: addresses in one page that is mapped there,
 *   at most 64 KiB apart.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (no identifier), INVALID_ARGUMENT (begin not of
 *   user space), FAILED_LOOKUP (nothing is mapped there), ILLEGAL_OPERATION
 *   (mapped as device memory), RANGE (end).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t
sys_vspace_clean_invalidate(kaal_cptr_t vspace, kaal_word_t begin, kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(vspace, KAAL_INV_VSPACE_CLEAN_INVALIDATE, 0, 2, &msg);
}

/*
 * As sys_page_unify(), of what is mapped at an address.
 * Rights: none; having the capability is the right.
 * Arguments: vspace; begin, end: addresses in one page that is mapped there,
 *   at most 64 KiB apart.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (no identifier), INVALID_ARGUMENT (begin not of
 *   user space), FAILED_LOOKUP (nothing is mapped there), ILLEGAL_OPERATION
 *   (mapped as device memory), RANGE (end).
 * Notes: none.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_vspace_unify(kaal_cptr_t vspace, kaal_word_t begin,
                                                          kaal_word_t end)
{
    struct kaal_msg msg = {.w = {begin, end}};
    return kaal_invoke(vspace, KAAL_INV_VSPACE_UNIFY, 0, 2, &msg);
}

/*
 * Make a pool of 512 address space identifiers.
 * Rights: none; the ASIDControl capability is the right.
 * Arguments: control; untyped, 4 KiB of normal memory without children, used
 *   up; dest, an empty slot.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: DELETE_FIRST (all 128 pools exist, or dest is full),
 *   INVALID_CAPABILITY (untyped), REVOKE_FIRST (untyped has children), RANGE
 *   (depth), FAILED_LOOKUP (dest).
 * Notes: when the last capability to the pool goes, its address spaces lose
 *   their identifiers.
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
