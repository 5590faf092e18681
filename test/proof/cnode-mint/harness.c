/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copy, Mint, Move and Mutate, for every argument and every pair of slots: an
 * error changes no slot; success fills an empty slot with a capability to the
 * source's object that has no right more, a badge only if the source had
 * none, and a guard that leaves bits enough. Copy and Mint keep the source.
 */
#include "core/cspace.h"
#include "core/invocation.h"
#include "object/object.h"
#include "object/tcb.h"

word_t nondet_word(void);
unsigned nondet_unsigned(void);
bool nondet_bool(void);
struct cap nondet_cap(void);

enum { COPY, MINT, MOVE, MUTATE };

static struct slot slots[2], child, root;
static struct tcb caller;
static struct invocation inv;
static unsigned filled;
static struct cap from; /* the source before */
static struct slot *source, *dest;

/* Any of two slots, so that both arguments may name the same one: those of the
 * CNode itself, or where a walk may lead. */
static struct slot *named(const struct cap *cap, cptr_t index, word_t depth)
{
    struct slot *found = NULL;
    if (!cspace_quick_below(cap, index, depth, &found)) {
        found = index == 0 ? &slots[0] : index == 1 ? &slots[1] : NULL;
    }
    return found;
}

struct slot *cspace_lookup_exact(const struct cap *cap, cptr_t index, unsigned depth,
                                 struct lookup_failure *failure)
{
    __CPROVER_assert(cap->type == CAP_CNODE && depth >= 1 && depth <= 64, "as cspace.h asks");
    __CPROVER_assert(cap == &inv.cap || cap == &root.cap, "below a CNode of the caller");
    *failure = (struct lookup_failure){.kind = KAAL_LOOKUP_DEPTH, .bits_left = 1};
    return named(cap, index, depth);
}

void slot_insert_derived(struct slot *s, struct slot *slot, struct cap cap)
{
    __CPROVER_assert(s == source && slot == dest && s != slot, "from source to destination");
    __CPROVER_assert(slot->cap.type == CAP_NULL && s->cap.type != CAP_NULL, "into an empty slot");
    slot->cap = cap;
    filled++;
}

void slot_move(struct slot *s, struct slot *slot)
{
    __CPROVER_assert(s == source && slot == dest && s != slot, "from source to destination");
    __CPROVER_assert(slot->cap.type == CAP_NULL && s->cap.type != CAP_NULL, "into an empty slot");
    slot->cap = s->cap;
    s->cap = cap_null();
    filled++;
}

static struct cap any_node(uint8_t type)
{
    struct cap cap = nondet_cap();
    cap.type = type;
    cap.obj = slots;
    cap.a = 1;
    __CPROVER_assume(cap.b <= 63);
    return cap;
}

static bool same(const struct cap *x, const struct cap *y)
{
    return x->obj == y->obj && x->data == y->data && x->type == y->type && x->rights == y->rights &&
           x->a == y->a && x->b == y->b && x->c == y->c;
}

static void check_copy(bool is_move)
{
    const struct cap *cap = &dest->cap;
    __CPROVER_assert(cap->type == from.type && cap->obj == from.obj && cap->a == from.a,
                     "the same object");
    __CPROVER_assert((cap->rights & ~from.rights) == 0 || cap->type == CAP_CNODE, "no right more");
    __CPROVER_assert(cap->type != CAP_ZOMBIE && cap->type != CAP_NULL, "no zombie");
    __CPROVER_assert(is_move || cap->type != CAP_IRQ_CONTROL, "no copy of control");
    if (cap->type == CAP_ENDPOINT || cap->type == CAP_NOTIFICATION) {
        __CPROVER_assert(cap->data == from.data || (from.data == 0 && !is_move),
                         "a badge is set once");
    }
    if (cap->type == CAP_CNODE) {
        __CPROVER_assert(cap->b <= 64 - cap->a, "guard and radix are at most 64 bits");
        __CPROVER_assert(cap->b >= 64 || cap->data >> cap->b == 0, "a guard of so many bits");
    }
}

void harness(void)
{
    const unsigned call = nondet_unsigned();
    inv = (struct invocation){.caller = &caller, .length = 6, .caps = 1, .extra = {&root}};
    static struct kaal_ipc_buffer buffer;
    inv.buffer = &buffer;
    inv.cap = any_node(CAP_CNODE);
    root.cap = any_node(nondet_bool() ? CAP_CNODE : CAP_ENDPOINT);
    for (unsigned i = 0; i < 2; i++) {
        slots[i].cap = nondet_cap();
        slots[i].first = nondet_bool() ? &child : NULL;
        const struct cap *cap = &slots[i].cap;
        __CPROVER_assume(cap->type != CAP_UNTYPED || cap->a <= 47);
        __CPROVER_assume(
            cap->type != CAP_CNODE ||
            (cap->a >= 1 && cap->a <= 26 && cap->b <= 64 - cap->a && cap->data >> cap->b == 0));
        caller.regs.x[3 + i] = nondet_word();
        caller.regs.x[5 + i] = nondet_word();
        buffer.words[4 + i] = nondet_word();
    }
    const struct cap before[2] = {slots[0].cap, slots[1].cap};
    const word_t rights = buffer.words[4];
    dest = named(&inv.cap, caller.regs.x[3], caller.regs.x[4]);
    source = named(&root.cap, caller.regs.x[5], caller.regs.x[6]);
    from = source == NULL ? cap_null() : source->cap;
    const enum kaal_err err = call == COPY   ? cnode_inv_copy(&inv)
                              : call == MINT ? cnode_inv_mint(&inv)
                              : call == MOVE ? cnode_inv_move(&inv)
                                             : cnode_inv_mutate(&inv);
    if (err != KAAL_OK) {
        __CPROVER_assert(filled == 0 && same(&slots[0].cap, &before[0]) &&
                             same(&slots[1].cap, &before[1]),
                         "an error changes no slot");
        return;
    }
    const bool is_move = call != COPY && call != MINT;
    __CPROVER_assert(filled == 1, "one slot is filled");
    check_copy(is_move);
    __CPROVER_assert(is_move || dest->cap.type != CAP_ENDPOINT || (dest->cap.rights & ~rights) == 0,
                     "as the mask says");
    __CPROVER_assert(call == MINT || from.type != CAP_ENDPOINT || dest->cap.data == from.data,
                     "only Mint sets a badge");
    __CPROVER_assert(is_move ? source->cap.type == CAP_NULL
                             : source->cap.type == from.type && source->cap.obj == from.obj,
                     "what becomes of the source");
    __CPROVER_assert(is_move || from.type != CAP_UNTYPED || source->cap.data == (word_t)1 << from.a,
                     "untyped memory is handed on");
}
