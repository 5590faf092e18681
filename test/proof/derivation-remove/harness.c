/* SPDX-License-Identifier: Apache-2.0 */
/* Deletion: the children of what goes take its place, in their order. */
enum { NODES = 5 };
#include "../derivation-tree.h"

static void clear(int gone)
{
    slot_clear(&pool[gone]);
    for (int i = 1; i < SLOTS; i++) {
        if (spec[i].used && spec[i].parent == gone) {
            spec[i].parent = spec[gone].parent;
            spec[i].rank = spec[gone].rank + i; /* in its place, in their order */
        }
    }
    spec[gone].used = false;
}

void harness(void)
{
    const int i = nondet_int();
    any_tree();
    __CPROVER_assume(i >= 1 && i <= NODES && spec[i].used);
    clear(i);
    check_tree();
}
