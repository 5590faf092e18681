/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk to any level, for any address, through any tables: it reads the one
 * entry of each table that the address selects, enters only what is a table,
 * and stops at the level asked for, or before it where there is no table.
 */
#include "../walk.h"

void harness(void)
{
    const unsigned level = nondet_unsigned();
    unsigned at;

    __CPROVER_assume(level >= 1 && level <= 3);
    any_tables(nondet_word());
    const pte_t *entry = vspace_walk(table, walked, level, &at);

    __CPROVER_assert(at <= level && at == levels, "the level where it ends");
    __CPROVER_assert(entry == &table[at], "an entry of that level");
    __CPROVER_assert(at == level || (*entry & 3) != 3, "not before it has to end");
}
