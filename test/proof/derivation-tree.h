/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For proofs about the derivation tree. Its specification: each capability has
 * a parent and a rank among its siblings, nothing else. any_tree() makes both
 * the specification and the kernel's slots any tree of up to NODES capabilities
 * below the anchor; a harness performs one operation on both; check_tree()
 * requires that the slots have exactly the links and flags that follow from
 * the specification.
 */
#pragma once
#include "object/slot.h"

enum { SLOTS = NODES + 2, ANCHOR = 0, SPARE = NODES + 1, NONE = -1 };

/* Ranks are multiples of STEP, so that there is room between two siblings. */
enum { STEP = 16 };

int nondet_int(void);
bool nondet_bool(void);
struct cap nondet_cap(void);

_Noreturn void kernel_panic(const char *fmt, ...)
{
    (void)fmt;
    __CPROVER_assert(false, "kernel_panic");
    __CPROVER_assume(false);
}

static struct slot pool[SLOTS]; /* pool[ANCHOR] stands for the anchor */

/* The specification. */
static struct {
    bool used, original;
    int parent, rank;
} spec[SLOTS];

static struct slot *at(int i)
{
    return i == NONE ? NULL : &pool[i];
}

/* Of parent's children the one with the least rank above from, or NONE. */
static int child_after(int parent, int from)
{
    int best = NONE;
    for (int i = 1; i < SLOTS; i++) {
        if (spec[i].used && spec[i].parent == parent && spec[i].rank > from &&
            (best == NONE || spec[i].rank < spec[best].rank)) {
            best = i;
        }
    }
    return best;
}

static int child_before(int parent, int from)
{
    int best = NONE;
    for (int i = 1; i < SLOTS; i++) {
        if (spec[i].used && spec[i].parent == parent && spec[i].rank < from &&
            (best == NONE || spec[i].rank > spec[best].rank)) {
            best = i;
        }
    }
    return best;
}

enum { LEAST = -1, MOST = 10000 };

/* The links that slot i has by the specification. */
static struct slot expected(int i)
{
    struct slot s = {0};
    s.first = at(child_after(i, LEAST));
    s.last = at(child_before(i, MOST));
    s.flags = spec[i].original ? SLOT_ORIGINAL : 0;
    if (i == ANCHOR) {
        return s;
    }
    const int left = child_before(spec[i].parent, spec[i].rank);
    const int right = child_after(spec[i].parent, spec[i].rank);
    s.prev = at(left == NONE ? spec[i].parent : left);
    s.next = at(right == NONE ? spec[i].parent : right);
    s.flags |=
        (left == NONE ? (uint32_t)SLOT_FIRST : 0) | (right == NONE ? (uint32_t)SLOT_LAST : 0);
    return s;
}

/* Any tree: parents have smaller numbers; S3: a parent is an original. */
static void any_tree(void)
{
    const int nodes = nondet_int();
    spec[ANCHOR].used = spec[ANCHOR].original = true;
    for (int i = 1; i <= NODES; i++) {
        spec[i].used = i <= nodes;
        spec[i].original = nondet_bool();
        spec[i].parent = nondet_int();
        spec[i].rank = STEP * i;
        __CPROVER_assume(spec[i].parent >= 0 && spec[i].parent < i);
        __CPROVER_assume(spec[spec[i].parent].original);
    }
    for (int i = 0; i < SLOTS; i++) {
        if (spec[i].used) {
            pool[i] = expected(i);
            pool[i].cap = nondet_cap();
            __CPROVER_assume(pool[i].cap.type != CAP_NULL);
        }
    }
}

static void check_tree(void)
{
    for (int i = 0; i < SLOTS; i++) {
        const struct slot want = spec[i].used ? expected(i) : (struct slot){0};
        __CPROVER_assert(pool[i].first == want.first && pool[i].last == want.last, "children");
        __CPROVER_assert(pool[i].prev == want.prev && pool[i].next == want.next, "siblings");
        __CPROVER_assert(pool[i].flags == want.flags, "flags");
        __CPROVER_assert((pool[i].cap.type == CAP_NULL) == !spec[i].used, "filled");
    }
}
