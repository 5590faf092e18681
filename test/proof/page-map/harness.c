/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mapping a page, for every argument, every capability and every state of the
 * entry it leads to: an error writes no entry and leaves the capability as it
 * was; success writes exactly one leaf, of this page, with no right that the
 * capability lacks, never writable and executable, never executable by the
 * kernel, in user space only; and a live entry is invalid and flushed before
 * it becomes another.
 */
#include "arch/aarch64/pure/pte.h"

#include "core/invocation.h"
#include "object/page.h"
#include "object/tcb.h"
#include "object/vspace.h"

#include "../space.h"

word_t nondet_word(void);
unsigned nondet_unsigned(void);
bool nondet_bool(void);
struct cap nondet_cap(void);

/* ---- The rest of the kernel and the machine --------------------------------------- */

static pte_t entry, entry_before;
static unsigned entry_level, space_asid;
static unsigned writes;
static bool is_flushed;
static pte_t root_table;

pte_t *vspace_walk(pte_t *root, vaddr_t vaddr, unsigned level, unsigned *at)
{
    (void)vaddr;
    __CPROVER_assert(root == &root_table && level >= 1 && level <= 3, "a walk in the space");
    __CPROVER_assume(entry_level <= level);
    /* The walk ends early only where there is no table. */
    __CPROVER_assume(entry_level == level || !pte_is_table(entry, entry_level));
    *at = entry_level;
    return &entry;
}

pte_t *asid_lookup(unsigned asid)
{
    return asid == space_asid ? &root_table : NULL;
}

void arch_pte_write(pte_t *slot, pte_t value)
{
    __CPROVER_assert(slot == &entry, "only the entry of the walk is written");
    __CPROVER_assert(value == 0 || *slot == 0, "break before make");
    __CPROVER_assert(value == 0 || entry_before == 0 || is_flushed, "flushed in between");
    writes++;
    *slot = value;
}

void arch_tlb_flush_page(unsigned asid, vaddr_t vaddr)
{
    (void)vaddr;
    __CPROVER_assert(asid == space_asid && entry == 0, "flushed while invalid");
    is_flushed = true;
}

paddr_t arch_virt_to_phys(const void *vaddr)
{
    return (paddr_t)vaddr;
}

/* ---- The proof ----------------------------------------------------------------------- */

static void check_leaf(const struct cap *cap, vaddr_t vaddr)
{
    const word_t bytes = (word_t)1 << cap_page_bits(cap);
    const bool is_writable = (entry & PTE_AP_RO) == 0, is_executable = (entry & PTE_UXN) == 0;

    __CPROVER_assert(pte_is_page(entry, page_level(cap_page_bits(cap))), "a leaf of its level");
    __CPROVER_assert(pte_paddr(entry) == (paddr_t)cap->obj, "this page");
    __CPROVER_assert(!is_writable || cap_has_rights(cap, KAAL_RIGHT_WRITE), "write is had");
    __CPROVER_assert((entry & PTE_AP_EL0) == 0 || cap_has_rights(cap, KAAL_RIGHT_READ),
                     "read is had");
    __CPROVER_assert(!(is_writable && is_executable), "never writable and executable");
    __CPROVER_assert((entry & PTE_PXN) != 0, "the kernel never executes it");
    __CPROVER_assert((entry & PTE_NG) != 0, "one address space only");
    __CPROVER_assert(!cap_page_is_device(cap) ||
                         ((entry & PTE_ATTR_MASK) == PTE_ATTR(PTE_MAIR_DEVICE) && !is_executable),
                     "device memory is uncached and not executable");
    __CPROVER_assert((vaddr & (bytes - 1)) == 0 && vaddr < KAAL_USER_TOP &&
                         bytes <= KAAL_USER_TOP - vaddr,
                     "an aligned address of user space");
}

void harness(void)
{
    struct tcb caller;
    struct slot slot, vspace;
    slot.cap = nondet_cap();
    vspace.cap = nondet_cap();
    const unsigned bits = cap_page_bits(&slot.cap);
    __CPROVER_assume(slot.cap.type == CAP_PAGE);
    __CPROVER_assume(bits == 12 || bits == 21 || bits == 30);
    __CPROVER_assume(((paddr_t)slot.cap.obj & (((word_t)1 << bits) - 1)) == 0);
    __CPROVER_assume((paddr_t)slot.cap.obj < (word_t)1 << 48);
    __CPROVER_assume(cap_asid(&slot.cap) != 0 || cap_mapped_vaddr(&slot.cap) == 0);
    space_asid = any_asid(&root_table);
    __CPROVER_assume(is_asid(&vspace.cap));
    entry = entry_before = nondet_word();
    entry_level = nondet_unsigned();

    const struct cap before = slot.cap;
    struct invocation inv = {.caller = &caller,
                             .slot = &slot,
                             .cap = slot.cap,
                             .length = 3,
                             .caps = 1,
                             .extra = {&vspace}};
    const enum kaal_err err = page_inv_map(&inv);

    if (err != KAAL_OK) {
        __CPROVER_assert(writes == 0 && entry == entry_before, "an error writes nothing");
        __CPROVER_assert(slot.cap.data == before.data && slot.cap.c == before.c &&
                             slot.cap.obj == before.obj && slot.cap.rights == before.rights,
                         "an error leaves the capability");
        return;
    }
    __CPROVER_assert(entry_before == 0 || before.c == space_asid,
                     "an own mapping at most is replaced");
    __CPROVER_assert(cap_asid(&slot.cap) == space_asid &&
                         cap_mapped_vaddr(&slot.cap) == caller.regs.x[3],
                     "the capability knows where");
    check_leaf(&before, caller.regs.x[3]);
}
