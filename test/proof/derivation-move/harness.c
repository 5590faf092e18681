/* SPDX-License-Identifier: Apache-2.0 */
/* Moving and exchanging capabilities: each keeps its place in the tree. */
enum { NODES = 4 };
#include "../derivation-tree.h"

/* Both may be empty or filled: exchange what the specification says of them. */
static void exchange(int x, int y)
{
    const bool used = spec[x].used, original = spec[x].original;
    const int parent = spec[x].parent, rank = spec[x].rank;
    spec[x].used = spec[y].used;
    spec[x].original = spec[y].original;
    spec[x].parent = spec[y].parent;
    spec[x].rank = spec[y].rank;
    spec[y].used = used;
    spec[y].original = original;
    spec[y].parent = parent;
    spec[y].rank = rank;
    for (int i = 1; i < SLOTS; i++) {
        spec[i].parent = spec[i].parent == x ? y : spec[i].parent == y ? x : spec[i].parent;
    }
}

void harness(void)
{
    const int i = nondet_int(), k = nondet_int();
    any_tree();
    __CPROVER_assume(i >= 1 && i < SLOTS && k >= 1 && k < SLOTS && i != k);
    if (nondet_bool()) {
        __CPROVER_assume(spec[i].used && !spec[k].used);
        slot_move(&pool[i], &pool[k]);
    } else {
        slot_swap(&pool[i], &pool[k]);
    }
    exchange(i, k);
    check_tree();
}
