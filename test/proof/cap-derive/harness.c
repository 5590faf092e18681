/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deriving a capability and taking rights away, of every capability and mask:
 * what comes out names the same object with no right more, no other badge,
 * no mapping of a page; control, zombies and untyped memory in use have no
 * copy; and the source is as before.
 */
#include "object/object.h"

word_t nondet_word(void);
struct cap nondet_cap(void);
bool nondet_bool(void);

static bool same(const struct cap *x, const struct cap *y)
{
    return x->obj == y->obj && x->data == y->data && x->type == y->type && x->rights == y->rights &&
           x->a == y->a && x->b == y->b && x->c == y->c;
}

void harness(void)
{
    static struct slot child;
    struct slot source = {.cap = nondet_cap(), .first = nondet_bool() ? &child : NULL};
    const struct cap before = source.cap;
    const word_t mask = nondet_word();
    struct cap cap;

    const enum kaal_err err = cap_derive(&source, &cap);
    __CPROVER_assert(same(&source.cap, &before), "the source is as before");
    __CPROVER_assert(err == KAAL_OK || err == KAAL_ERR_REVOKE_FIRST ||
                         err == KAAL_ERR_ILLEGAL_OPERATION,
                     "errors");
    __CPROVER_assert((err == KAAL_ERR_REVOKE_FIRST) ==
                         (before.type == CAP_UNTYPED && source.first != NULL),
                     "untyped memory in use has no copy");
    __CPROVER_assert(
        (err == KAAL_ERR_ILLEGAL_OPERATION) ==
            ((before.type == CAP_VSPACE || before.type == CAP_PAGE_TABLE) && before.c == 0),
        "nor has a table that is mapped nowhere");
    if (err != KAAL_OK) {
        return;
    }
    if (before.type == CAP_IRQ_CONTROL || before.type == CAP_ZOMBIE || before.type == CAP_NULL) {
        __CPROVER_assert(cap.type == CAP_NULL, "nor have these");
        return;
    }
    cap = cap_mask_rights(cap, mask);
    __CPROVER_assert(cap.type == before.type && cap.obj == before.obj, "the same object");
    __CPROVER_assert((cap.rights & ~before.rights) == 0, "no right more");
    const bool has_rights = before.type == CAP_ENDPOINT || before.type == CAP_NOTIFICATION ||
                            before.type == CAP_REPLY || before.type == CAP_PAGE;
    __CPROVER_assert(!has_rights || (cap.rights & ~mask) == 0, "nor one that is masked");
    __CPROVER_assert(cap.a == before.a && cap.b == before.b, "the same size and kind");
    if (before.type == CAP_PAGE) {
        __CPROVER_assert(cap.c == 0 && cap.data == 0, "a page is mapped nowhere");
    } else {
        __CPROVER_assert(cap.c == before.c && cap.data == before.data, "badge, guard, place");
    }
}
