/* SPDX-License-Identifier: Apache-2.0 */
/* Retype, copy, mint: a new capability comes where slot.h says. */
enum { NODES = 5 };
#include "../derivation-tree.h"

static void insert_original(int parent)
{
    const struct cap cap = nondet_cap();
    __CPROVER_assume(cap.type != CAP_NULL);
    slot_insert_original(&pool[parent], &pool[SPARE], cap);
    spec[SPARE].used = spec[SPARE].original = true;
    spec[SPARE].parent = parent;
    spec[SPARE].rank = 0; /* before all others */
}

static void insert_derived(int source)
{
    const struct cap from = pool[source].cap, cap = nondet_cap();
    __CPROVER_assume(cap.type == from.type);
    const bool is_badged =
        (cap.type == CAP_ENDPOINT || cap.type == CAP_NOTIFICATION) && cap.data != from.data;
    slot_insert_derived(&pool[source], &pool[SPARE], cap);
    spec[SPARE].used = true;
    spec[SPARE].original = cap.type == CAP_UNTYPED || is_badged;
    spec[SPARE].parent = spec[source].original ? source : spec[source].parent;
    spec[SPARE].rank = spec[source].original ? 0 : spec[source].rank + 1;
}

void harness(void)
{
    const int i = nondet_int();
    any_tree();
    __CPROVER_assume(i >= ANCHOR && i <= NODES && spec[i].used);
    if (nondet_bool()) {
        __CPROVER_assume(spec[i].original);
        insert_original(i);
    } else {
        __CPROVER_assume(i != ANCHOR);
        insert_derived(i);
    }
    check_tree();
}
