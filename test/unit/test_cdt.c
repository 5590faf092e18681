/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The derivation tree (object/slot.h) against two independent models of what
 * seL4 does, after every one of many random operations:
 *
 *   parents   every slot records its parent; deletion hands children up
 *   list      the published implementation idea of seL4: one flat list, in
 *             which the descendants of a capability are the run behind it
 *             that its region, badge and the marks "revocable" and "first
 *             with this badge" admit
 *
 * Neither looks at the links of struct slot.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "object/slot.h"

enum { SLOTS = 48, OPS = 250000, NONE = -1, ROOT_UNTYPED = 0, ROOT_IRQ = 1 };

#define ROOT_BYTES (UINT64_C(1) << 40)

static struct slot slots[SLOTS];

/* What both models know of a slot. */
struct entry {
    bool used;
    uint8_t type;
    uint64_t base, bytes; /* of the object; an interrupt's number in base */
    uint64_t badge;
    uint64_t watermark; /* of an untyped */
    bool can_retype;    /* an untyped that was copied is used up */

    int parent;
    bool original;

    bool revocable, first_badged;
};
static struct entry model[SLOTS];
static int list[SLOTS];
static int list_length;

/* ---- The list model --------------------------------------------------------- */

static int list_find(int s)
{
    int at = 0;
    while (list[at] != s) {
        at++;
    }
    return at;
}

static void list_insert_after(int s, int new)
{
    const int at = s == NONE ? 0 : list_find(s) + 1;
    memmove(&list[at + 1], &list[at], (size_t)(list_length - at) * sizeof(list[0]));
    list[at] = new;
    list_length++;
}

static void list_remove(int s)
{
    const int at = list_find(s);
    list_length--;
    memmove(&list[at], &list[at + 1], (size_t)(list_length - at) * sizeof(list[0]));
    if (at < list_length && model[s].first_badged) {
        model[list[at]].first_badged = true;
    }
}

static bool is_memory(const struct entry *e)
{
    return e->type != CAP_IRQ_CONTROL && e->type != CAP_IRQ_HANDLER;
}

static bool same_region(const struct entry *a, const struct entry *b)
{
    if (a->type == CAP_UNTYPED) {
        return is_memory(b) && a->base <= b->base && b->base + b->bytes <= a->base + a->bytes;
    }
    if (a->type == CAP_IRQ_CONTROL) {
        return b->type == CAP_IRQ_CONTROL || b->type == CAP_IRQ_HANDLER;
    }
    return a->type == b->type && a->base == b->base;
}

static bool list_is_parent(const struct entry *a, const struct entry *b)
{
    if (!a->revocable || !same_region(a, b)) {
        return false;
    }
    if ((a->type == CAP_ENDPOINT || a->type == CAP_NOTIFICATION) && a->badge != 0) {
        return a->badge == b->badge && !b->first_badged;
    }
    return true;
}

static bool list_is_descendant(int ancestor, int s)
{
    for (int at = list_find(ancestor) + 1; at < list_length; at++) {
        if (!list_is_parent(&model[ancestor], &model[list[at]])) {
            return false;
        }
        if (list[at] == s) {
            return true;
        }
    }
    return false;
}

/* ---- The parent model --------------------------------------------------------- */

static bool parents_is_descendant(int ancestor, int s)
{
    while (s != NONE && s != ancestor) {
        s = model[s].parent;
    }
    return s == ancestor;
}

static bool has_children(int s)
{
    for (int i = 0; i < SLOTS; i++) {
        if (model[i].used && model[i].parent == s) {
            return true;
        }
    }
    return false;
}

static bool is_last_to_object(int s)
{
    for (int i = 0; i < SLOTS; i++) {
        if (i != s && model[i].used && model[i].type == model[s].type &&
            model[i].base == model[s].base) {
            return false;
        }
    }
    return true;
}

/* ---- Both at once --------------------------------------------------------------- */

static void model_new_original(int parent, int s, struct entry e)
{
    e.used = true;
    e.parent = parent;
    e.original = true;
    e.revocable = true;
    e.first_badged = true;
    model[s] = e;
    list_insert_after(parent, s);
}

static void model_derive(int source, int s, uint64_t badge)
{
    const struct entry *from = &model[source];
    struct entry e = *from;
    e.badge = badge;
    e.original = from->type == CAP_UNTYPED || badge != from->badge;
    e.revocable = e.original;
    e.first_badged = e.original;
    e.parent = from->original ? source : from->parent;
    model[s] = e;
    if (from->type == CAP_UNTYPED) {
        model[source].can_retype = false;
    }
    list_insert_after(source, s);
}

static void model_delete(int s)
{
    list_remove(s);
    for (int i = 0; i < SLOTS; i++) {
        if (model[i].used && model[i].parent == s) {
            model[i].parent = model[s].parent;
        }
    }
    model[s] = (struct entry){0};
}

static void model_move(int from, int to)
{
    list[list_find(from)] = to;
    for (int i = 0; i < SLOTS; i++) {
        if (model[i].used && model[i].parent == from) {
            model[i].parent = to;
        }
    }
    model[to] = model[from];
    model[from] = (struct entry){0};
}

/* ---- The kernel's capabilities ----------------------------------------------- */

static struct cap make_cap(const struct entry *e)
{
    void *obj = (void *)(uintptr_t)(UINT64_C(0xffff000000000000) + e->base);
    switch (e->type) {
    case CAP_UNTYPED:
        return cap_untyped(obj, (unsigned)__builtin_ctzll(e->bytes), false);
    case CAP_IRQ_CONTROL:
    case CAP_IRQ_HANDLER:
        return cap_indexed((enum cap_type)e->type, (unsigned)e->base);
    case CAP_PAGE:
        return cap_page(obj, 12, false);
    default: {
        struct cap cap = cap_object((enum cap_type)e->type, obj);
        cap.data = e->badge;
        return cap;
    }
    }
}

static int number_of(const struct slot *slot)
{
    return slot == &cdt_anchor ? NONE : (int)(slot - slots);
}

static int kernel_parent(const struct slot *slot)
{
    for (unsigned n = 0; (slot->flags & SLOT_FIRST) == 0; n++) {
        assert_true(n < SLOTS);
        slot = slot->prev;
    }
    return number_of(slot->prev);
}

/* ---- Comparison ------------------------------------------------------------------- */

static void compare_children(int s)
{
    unsigned want = 0, have = 0;
    for (int i = 0; i < SLOTS; i++) {
        want += model[i].used && model[i].parent == s ? 1 : 0;
    }
    const struct slot *child = slots[s].first;
    for (; child != NULL; child = child->next) {
        have++;
        assert_true(have <= SLOTS);
        assert_int_equal(model[number_of(child)].parent, s);
        if ((child->flags & SLOT_LAST) != 0) {
            assert_ptr_equal(child->next, &slots[s]);
            break;
        }
    }
    assert_int_equal(have, want);
}

static void compare(void)
{
    for (int i = 0; i < SLOTS; i++) {
        const char *broken = slot_check(&slots[i]);
        if (broken != NULL) {
            fail_msg("slot %d: %s", i, broken);
        }
        assert_int_equal(slot_is_empty(&slots[i]), !model[i].used);
        if (!model[i].used) {
            continue;
        }
        const struct cap want = make_cap(&model[i]);
        assert_int_equal(slots[i].cap.type, want.type);
        assert_ptr_equal(slots[i].cap.obj, want.obj);
        assert_int_equal(slots[i].cap.data, want.data);
        assert_int_equal((slots[i].flags & SLOT_ORIGINAL) != 0, model[i].original);
        assert_int_equal(kernel_parent(&slots[i]), model[i].parent);
        compare_children(i);
        if (model[i].type != CAP_UNTYPED && model[i].type != CAP_IRQ_CONTROL) {
            assert_int_equal(slot_is_final(&slots[i]), is_last_to_object(i));
        }
    }
}

/* The two models must agree on every revoke scope, else the test is wrong. */
static void compare_models(int ancestor)
{
    for (int i = 0; i < SLOTS; i++) {
        if (model[i].used && i != ancestor) {
            assert_int_equal(list_is_descendant(ancestor, i), parents_is_descendant(ancestor, i));
        }
    }
}

/* ---- Operations -------------------------------------------------------------------- */

static uint64_t rng_state;

static unsigned rng(unsigned below)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return (unsigned)((rng_state >> 20) % below);
}

static uint64_t next_irq;

static int reset(void **state)
{
    (void)state;
    memset(slots, 0, sizeof(slots));
    cdt_anchor = (struct slot){.cap = {.type = CAP_ANCHOR}, .flags = SLOT_ORIGINAL};
    memset(model, 0, sizeof(model));
    list_length = 0;
    next_irq = 0;
    rng_state = UINT64_C(0x2545f4914f6cdd1d);
    const struct entry untyped = {.type = CAP_UNTYPED, .bytes = ROOT_BYTES, .can_retype = true};
    const struct entry control = {.type = CAP_IRQ_CONTROL};
    model_new_original(NONE, ROOT_IRQ, control);
    model_new_original(NONE, ROOT_UNTYPED, untyped);
    slot_set_root(&slots[ROOT_UNTYPED], make_cap(&untyped));
    slot_set_root(&slots[ROOT_IRQ], make_cap(&control));
    return 0;
}

static void do_retype(int untyped, int s, uint8_t type)
{
    struct entry *u = &model[untyped];
    const uint64_t bytes = type == CAP_UNTYPED ? u->bytes >> 6 : 4096;
    if (!has_children(untyped)) {
        u->watermark = 0;
        u->can_retype = true;
    }
    if (!u->can_retype || bytes < 4096 || u->watermark + bytes > u->bytes) {
        return;
    }
    const uint64_t base = u->base + ((u->watermark + bytes - 1) & ~(bytes - 1));
    if (base + bytes > u->base + u->bytes) {
        return;
    }
    u->watermark = base + bytes - u->base;
    const struct entry e = {.type = type, .base = base, .bytes = bytes, .can_retype = true};
    model_new_original(untyped, s, e);
    slot_insert_original(&slots[untyped], &slots[s], make_cap(&e));
}

static void do_issue(int control, int s)
{
    const struct entry e = {.type = CAP_IRQ_HANDLER, .base = next_irq++};
    model_new_original(control, s, e);
    slot_insert_original(&slots[control], &slots[s], make_cap(&e));
}

static void do_derive(int source, int s, uint64_t badge)
{
    model_derive(source, s, badge);
    slot_insert_derived(&slots[source], &slots[s], make_cap(&model[s]));
}

static void do_delete(int s)
{
    model_delete(s);
    slot_clear(&slots[s]);
}

static void do_move(int from, int to)
{
    model_move(from, to);
    slot_move(&slots[from], &slots[to]);
}

/* Revoke: delete a child until there is none. */
static void do_revoke(int s)
{
    bool doomed[SLOTS] = {false};
    for (int i = 0; i < SLOTS; i++) {
        doomed[i] = model[i].used && i != s && list_is_descendant(s, i);
    }
    for (unsigned n = 0; slots[s].first != NULL; n++) {
        assert_true(n < SLOTS);
        const int child = number_of(slots[s].first);
        assert_true(doomed[child]);
        doomed[child] = false;
        do_delete(child);
    }
    for (int i = 0; i < SLOTS; i++) {
        assert_false(doomed[i]);
    }
}

static int random_used(void)
{
    return list[rng((unsigned)list_length)];
}

static int random_empty(void)
{
    if (list_length == SLOTS) {
        return NONE;
    }
    int s;
    do {
        s = (int)rng(SLOTS);
    } while (model[s].used);
    return s;
}

static void random_derive(int source, int s)
{
    const uint8_t type = model[source].type;
    if (type == CAP_IRQ_CONTROL || (type == CAP_UNTYPED && has_children(source))) {
        return; /* refused by the kernel's derivation rules */
    }
    uint64_t badge = model[source].badge;
    if ((type == CAP_ENDPOINT || type == CAP_NOTIFICATION) && badge == 0 && rng(2) == 0) {
        badge = 1 + rng(3);
    }
    do_derive(source, s, badge);
}

static void random_create(int source, int s)
{
    static const uint8_t types[] = {CAP_UNTYPED, CAP_ENDPOINT, CAP_NOTIFICATION, CAP_ENDPOINT,
                                    CAP_TCB,     CAP_PAGE,     CAP_CNODE,        CAP_REPLY};
    if (model[source].type == CAP_UNTYPED) {
        do_retype(source, s, types[rng(sizeof(types))]);
    } else if (model[source].type == CAP_IRQ_CONTROL) {
        do_issue(source, s);
    }
}

static void random_swap(int x, int y)
{
    slot_swap(&slots[x], &slots[y]);
    if (x == y || (!model[x].used && !model[y].used)) {
        return;
    }
    if (!model[y].used) {
        model_move(x, y);
    } else if (!model[x].used) {
        model_move(y, x);
    } else {
        const int at_x = list_find(x), at_y = list_find(y);
        list[at_x] = y;
        list[at_y] = x;
        const struct entry e = model[x];
        model[x] = model[y];
        model[y] = e;
        for (int i = 0; i < SLOTS; i++) {
            const int parent = model[i].parent;
            model[i].parent = !model[i].used ? parent : parent == x ? y : parent == y ? x : parent;
        }
    }
}

static bool is_root(int s)
{
    return model[s].parent == NONE;
}

static void test_random_against_models(void **state)
{
    (void)state;
    unsigned most = 0;
    for (unsigned op = 0; op < OPS; op++) {
        const int used = random_used(), empty = random_empty();
        const unsigned dice = rng(100);
        if (dice < 30 && empty != NONE) {
            random_derive(used, empty);
        } else if (dice < 50 && empty != NONE) {
            random_create(used, empty);
        } else if (dice < 62 && empty != NONE) {
            do_move(used, empty);
        } else if (dice < 68) {
            random_swap((int)rng(SLOTS), (int)rng(SLOTS));
        } else if (dice < 97) {
            if (!is_root(used)) {
                do_delete(used);
            }
        } else if (!is_root(used) || rng(50) == 0) {
            do_revoke(used);
        }
        most = (unsigned)list_length > most ? (unsigned)list_length : most;
        compare();
        compare_models(random_used());
    }
    assert_true(most > SLOTS / 2);
}

/* ---- Named cases -------------------------------------------------------------------- */

enum { EP = 2, A = 3, B = 4, C = 5, D = 6 };

static void endpoint(void)
{
    do_retype(ROOT_UNTYPED, EP, CAP_ENDPOINT);
    compare();
}

static void assert_parent(int s, int parent)
{
    compare();
    assert_int_equal(kernel_parent(&slots[s]), parent);
}

static void test_copy_of_original_is_child(void **state)
{
    (void)state;
    endpoint();
    do_derive(EP, A, 0);
    assert_parent(A, EP);
}

static void test_copy_of_copy_is_sibling(void **state)
{
    (void)state;
    endpoint();
    do_derive(EP, A, 0);
    do_derive(A, B, 0);
    assert_parent(B, EP);
    do_revoke(A);
    assert_true(model[B].used);
    do_revoke(EP);
    assert_false(model[A].used || model[B].used);
}

static void test_new_badge_is_original(void **state)
{
    (void)state;
    endpoint();
    do_derive(EP, A, 0);
    do_derive(A, B, 7); /* minted from a copy: that copy's sibling */
    assert_parent(B, EP);
    do_derive(B, C, 7); /* copy of a badged original: its child */
    assert_parent(C, B);
    do_revoke(B);
    compare();
    assert_false(model[C].used);
}

/* Two mints with one badge stay two families: deleting the head of the second
 * must not make its copies the first one's. */
static void test_b26_same_badge_families_stay_apart(void **state)
{
    (void)state;
    endpoint();
    do_derive(EP, A, 7);
    do_derive(EP, B, 7);
    do_derive(A, C, 7);
    do_derive(B, D, 7);
    compare();
    do_delete(A);
    assert_parent(C, EP);
    do_revoke(B);
    compare();
    assert_true(model[C].used);
    assert_false(model[D].used);
    do_delete(B);
    do_revoke(EP);
    assert_false(model[C].used);
}

static void test_delete_hands_children_to_parent(void **state)
{
    (void)state;
    endpoint();
    do_derive(EP, A, 0);
    do_derive(EP, B, 0);
    do_derive(EP, C, 9);
    do_derive(C, D, 9);
    do_delete(EP);
    assert_parent(A, ROOT_UNTYPED);
    assert_parent(B, ROOT_UNTYPED);
    assert_parent(C, ROOT_UNTYPED);
    assert_parent(D, C);
    assert_false(slot_is_final(&slots[A]));
    do_revoke(ROOT_UNTYPED);
    compare();
    assert_null(slots[ROOT_UNTYPED].first);
}

static void test_move_keeps_place(void **state)
{
    (void)state;
    endpoint();
    do_derive(EP, A, 0);
    do_derive(EP, B, 3);
    do_derive(B, C, 3);
    do_move(B, D);
    assert_parent(C, D);
    assert_parent(D, EP);
    do_move(EP, B);
    assert_parent(A, B);
    assert_parent(D, B);
    do_revoke(D);
    compare();
    assert_false(model[C].used);
}

static void test_swap_of_parent_and_child(void **state)
{
    (void)state;
    endpoint();
    do_derive(EP, A, 5);
    do_derive(A, B, 5);
    random_swap(EP, A);
    compare();
    assert_parent(EP, A);
    assert_parent(B, EP);
    random_swap(A, A);
    compare();
}

static void test_copied_untyped_is_child_and_original(void **state)
{
    (void)state;
    do_derive(ROOT_UNTYPED, EP, 0);
    assert_parent(EP, ROOT_UNTYPED);
    do_retype(EP, A, CAP_TCB);
    assert_parent(A, EP);
    do_delete(EP);
    assert_parent(A, ROOT_UNTYPED);
}

static void test_interrupt_handlers_are_children_of_control(void **state)
{
    (void)state;
    do_issue(ROOT_IRQ, A);
    do_issue(ROOT_IRQ, B);
    do_derive(A, C, 0);
    assert_parent(C, A);
    assert_false(slot_is_final(&slots[A]));
    assert_true(slot_is_final(&slots[B]));
    do_revoke(ROOT_IRQ);
    compare();
    assert_int_equal(list_length, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_copy_of_original_is_child, reset),
        cmocka_unit_test_setup(test_copy_of_copy_is_sibling, reset),
        cmocka_unit_test_setup(test_new_badge_is_original, reset),
        cmocka_unit_test_setup(test_b26_same_badge_families_stay_apart, reset),
        cmocka_unit_test_setup(test_delete_hands_children_to_parent, reset),
        cmocka_unit_test_setup(test_move_keeps_place, reset),
        cmocka_unit_test_setup(test_swap_of_parent_and_child, reset),
        cmocka_unit_test_setup(test_copied_untyped_is_child_and_original, reset),
        cmocka_unit_test_setup(test_interrupt_handlers_are_children_of_control, reset),
        cmocka_unit_test_setup(test_random_against_models, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
