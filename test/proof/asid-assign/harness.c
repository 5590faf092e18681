/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assigning an address space identifier, for every capability: an error
 * changes nothing; success gives one that was nobody's, never 0, to an address
 * space that had none; and it leads to that address space from then on. Of a
 * pool the first three identifiers and the last may be free, all others
 * are taken.
 */
#include "core/invocation.h"
#include "object/asid.h"

unsigned nondet_unsigned(void);
bool nondet_bool(void);
struct cap nondet_cap(void);

void harness(void)
{
    static struct asid_pool pool;
    static pte_t root, other;
    struct slot extra = {.cap = nondet_cap()};
    const unsigned index = nondet_unsigned(), any = nondet_unsigned();

    for (unsigned i = 0; i < ASID_POOL_SIZE; i++) {
        const bool may_be_free = i <= 2 || i == ASID_POOL_SIZE - 1;
        pool.roots[i] = may_be_free && nondet_bool() ? NULL : &other;
    }
    __CPROVER_assume(index < ASID_POOLS && any < ASID_POOLS * ASID_POOL_SIZE);
    extra.cap.obj = &root;
    struct invocation inv = {.caps = 1, .extra = {&extra}};
    inv.cap = asid_pool_install(&pool, index);
    const struct cap before = extra.cap;
    const pte_t *any_before = asid_lookup(any);
    const pte_t *const entry_before = pool.roots[any % ASID_POOL_SIZE];

    const enum kaal_err err = asid_inv_assign(&inv);

    if (err != KAAL_OK) {
        __CPROVER_assert(extra.cap.c == before.c && extra.cap.data == before.data, "the same");
        __CPROVER_assert(asid_lookup(any) == any_before &&
                             pool.roots[any % ASID_POOL_SIZE] == entry_before,
                         "nobody gets one");
        return;
    }
    const unsigned asid = cap_asid(&extra.cap);
    unsigned found;
    __CPROVER_assert(before.type == CAP_VSPACE && before.c == 0, "an address space without one");
    __CPROVER_assert(asid != 0 && asid / ASID_POOL_SIZE == index, "one of the pool, not 0");
    __CPROVER_assert(asid_root_of(&extra.cap, &found) == &root && found == asid, "leads there");
    __CPROVER_assert(any != asid || any_before == NULL, "it was nobody's");
    __CPROVER_assert(any == asid || asid_lookup(any) == any_before, "all others as before");
}
