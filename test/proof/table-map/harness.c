/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mapping a table, for every argument, every capability and whatever the
 * tables hold: an error writes nothing; success fills one empty entry of
 * levels 0 to 2 with this table, and the capability says where.
 */
#include "../space.h"
#include "../walk.h"

#include "object/tcb.h"

static unsigned space_asid, writes;
static const pte_t *written;

void arch_pte_write(pte_t *entry, pte_t value)
{
    __CPROVER_assert(*entry == 0, "the entry was empty");
    writes++;
    written = entry;
    *entry = value;
}

paddr_t arch_virt_to_phys(const void *vaddr)
{
    return (paddr_t)vaddr;
}

void harness(void)
{
    struct tcb caller;
    struct slot slot, vspace;
    slot.cap = nondet_cap();
    vspace.cap = nondet_cap();
    __CPROVER_assume(slot.cap.type == CAP_PAGE_TABLE);
    __CPROVER_assume(((paddr_t)slot.cap.obj & ~(word_t)0x0000fffffffff000) == 0);
    space_asid = any_asid(table);
    __CPROVER_assume(is_asid(&vspace.cap));
    any_tables(caller.regs.x[3]);

    const struct cap before = slot.cap;
    struct invocation inv = {.caller = &caller,
                             .slot = &slot,
                             .cap = slot.cap,
                             .length = 1,
                             .caps = 1,
                             .extra = {&vspace}};
    const enum kaal_err err = pt_inv_map(&inv);

    __CPROVER_assert(slot.cap.obj == before.obj && slot.cap.type == before.type, "the same table");
    if (err != KAAL_OK) {
        __CPROVER_assert(writes == 0, "an error writes nothing");
        __CPROVER_assert(slot.cap.data == before.data && slot.cap.c == before.c &&
                             slot.cap.a == before.a,
                         "an error leaves the capability");
        return;
    }
    const word_t covered = (word_t)1 << (39 - 9 * levels);
    __CPROVER_assert(before.c == 0, "it was not mapped");
    __CPROVER_assert(walked < KAAL_USER_TOP, "an address of user space");
    __CPROVER_assert(writes == 1 && levels <= 2 && written == &table[levels], "one entry");
    __CPROVER_assert((*written & 3) == 3 && pte_paddr(*written) == (paddr_t)before.obj,
                     "that leads to this table");
    __CPROVER_assert(slot.cap.c == space_asid && slot.cap.a == levels + 1, "the level below");
    __CPROVER_assert((slot.cap.data & (covered - 1)) == 0 && walked - slot.cap.data < covered,
                     "the addresses it serves");
}
