/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cache calls on pages and on address spaces, for every argument and every
 * page: what is touched lies in that page, is at most 64 KiB, no device
 * memory, and is thrown away only where the caller may write.
 */
#include "arch/aarch64/pure/pte.h"

#include <stdlib.h>

#include "core/invocation.h"
#include "object/tcb.h"
#include "object/vspace.h"

#include "../space.h"

word_t nondet_word(void);
unsigned nondet_unsigned(void);
bool nondet_bool(void);
struct cap nondet_cap(void);

static pte_t entry, root_table;
static unsigned entry_level;
static bool is_done, is_thrown_away;
static void *page; /* exactly its bytes */
static const void *start;
static size_t size;

pte_t *vspace_walk(pte_t *root, vaddr_t vaddr, unsigned level, unsigned *at)
{
    __CPROVER_assert(root == &root_table && vaddr < KAAL_USER_TOP, "a walk in user space");
    __CPROVER_assert(level == 3, "to the last level");
    *at = entry_level;
    return &entry;
}

void *arch_phys_to_virt(paddr_t paddr)
{
    __CPROVER_assert(paddr == (entry & 0x0000fffffffff000), "the page that is mapped");
    return page;
}

static void touch(const void *vaddr, size_t bytes)
{
    __CPROVER_assert(!is_done, "once");
    is_done = true;
    start = vaddr;
    size = bytes;
}

void arch_cache_clean(const void *vaddr, size_t bytes)
{
    touch(vaddr, bytes);
}

void arch_cache_invalidate(void *vaddr, size_t bytes)
{
    is_thrown_away = true;
    touch(vaddr, bytes);
}

void arch_cache_clean_invalidate(const void *vaddr, size_t bytes)
{
    touch(vaddr, bytes);
}

void arch_code_sync(const void *vaddr, size_t bytes)
{
    touch(vaddr, bytes);
}

static enum kaal_err call(struct invocation *inv)
{
    const bool is_page = inv->cap.type == CAP_PAGE;
    switch (nondet_unsigned() % 4) {
    case 0:
        return is_page ? page_inv_clean(inv) : vspace_inv_clean(inv);
    case 1:
        return is_page ? page_inv_invalidate(inv) : vspace_inv_invalidate(inv);
    case 2:
        return is_page ? page_inv_clean_invalidate(inv) : vspace_inv_clean_invalidate(inv);
    default:
        return is_page ? page_inv_unify(inv) : vspace_inv_unify(inv);
    }
}

void harness(void)
{
    struct tcb caller;
    struct invocation inv = {.caller = &caller, .cap = nondet_cap(), .length = 2};
    const unsigned bits = cap_page_bits(&inv.cap);

    __CPROVER_assume(inv.cap.type == CAP_PAGE || inv.cap.type == CAP_VSPACE);
    __CPROVER_assume(inv.cap.type != CAP_PAGE || bits == 12 || bits == 21 || bits == 30);
    entry = nondet_word();
    entry_level = nondet_unsigned();
    __CPROVER_assume(entry_level <= 3 && (entry_level == 3 || !pte_is_table(entry, entry_level)));
    page = malloc((size_t)1 << (inv.cap.type == CAP_PAGE ? bits : 39 - 9 * entry_level));
    __CPROVER_assume(page != NULL);
    if (inv.cap.type == CAP_PAGE) {
        inv.cap.obj = page;
    }
    any_asid(&root_table);
    __CPROVER_assume(is_asid(&inv.cap));
    const word_t first = caller.regs.x[3], end = caller.regs.x[4];
    const enum kaal_err err = call(&inv);

    __CPROVER_assert(is_done == (err == KAAL_OK), "an error touches nothing");
    if (!is_done) {
        return;
    }
    __CPROVER_assert(size == end - first && size >= 1 && size <= 65536, "as many bytes as asked");
    if (inv.cap.type == CAP_PAGE) {
        __CPROVER_assert(start == (char *)page + first, "where it was asked for");
        __CPROVER_assert(end <= (word_t)1 << bits, "in the page");
        __CPROVER_assert(inv.cap.b == 0, "no device memory");
        __CPROVER_assert(!is_thrown_away || (inv.cap.rights & KAAL_RIGHT_WRITE) != 0, "writable");
    } else {
        const word_t bytes = (word_t)1 << (39 - 9 * entry_level), offset = first & (bytes - 1);
        __CPROVER_assert(entry_level >= 1 && pte_is_page(entry, entry_level), "of a page");
        __CPROVER_assert(start == (char *)page + offset, "where it was asked for");
        __CPROVER_assert(offset + size <= bytes, "in the page");
        __CPROVER_assert((entry & PTE_ATTR_MASK) == PTE_ATTR(PTE_MAIR_NORMAL), "no device memory");
        __CPROVER_assert(!is_thrown_away || (entry & (PTE_AP_EL0 | PTE_AP_RO)) == PTE_AP_EL0,
                         "writable");
    }
}
