/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults that kernels of this kind have had with objects that go while they are in
 * use: B18, every object in every live relation, and B21, operations interrupted at
 * every point. docs/testing.md has the list; test_delete.c more of both.
 */
#include "core/check.h"
#include "support/kt.h"

#include <kaal/abi/mapping.h>
#include <string.h>

enum { LOW = 110, HIGH = 150, LINE = 40 };

#define VA UINT64_C(0x300000000)

/* ---- B18: relations ----------------------------------------------------------------- */

enum { VICTIMS = 9 };
static struct scene {
    cptr_t victims[VICTIMS]; /* 0: no more */
    struct kt_thread a, b, c;
    struct kt_thread *actor; /* who is current and deletes */
} s;

static void set_handler(const struct kt_thread *t, cptr_t ep)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(ep, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)));
}

static void victims(unsigned count, const cptr_t *cptr)
{
    for (unsigned i = 0; i < count; i++) {
        s.victims[i] = cptr[i];
    }
}
#define VICTIMS_ARE(...) victims(KT_CAPS(__VA_ARGS__))

static const struct kt_msg long_msg = {.label = 1, .length = 20, .w = {1, 2, 3, 4, 5}};

static void waits_for_its_fault_handler(void)
{
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    s.a = kt_thread(HIGH);
    set_handler(&s.a, ep);
    kt_unpark(&s.a);
    kernel_vm_fault(0, false, 0);
    VICTIMS_ARE(ep, s.a.cap, s.a.sc);
}

static void is_handled(void)
{
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    s.a = kt_thread(HIGH);
    set_handler(&s.a, ep);
    kt_unpark(&s.a);
    kernel_user_exception(1);
    kt_recv(&kt.root, ep, reply);
    VICTIMS_ARE(ep, reply, s.a.cap, s.a.sc);
}

static void waits_for_its_timeout_handler(void)
{
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    s.a = kt_thread(HIGH);
    kt_configure_sc(s.a.sc, 100, 100000);
    kt_ok(kt_invoke(s.a.cap, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, KT_NONE, KT_CAPS(ep)));
    kt_unpark(&s.a);
    kt_advance(200);
    assert_int_equal(s.a.tcb->state, TCB_BLOCKED_SEND);
    VICTIMS_ARE(ep, s.a.cap, s.a.sc);
}

static void has_a_cspace_of_its_own(void)
{
    const cptr_t cnode = kt_object(CAP_CNODE, 3);
    s.a = kt_thread(HIGH);
    const cptr_t guarded = kt_badged(cnode, KAAL_RIGHTS_ALL, 61);
    kt_ok(kt_invoke(cnode, KAAL_INV_CNODE_COPY, KT_WORDS(2, 3, s.a.cap, 64, 15),
                    KT_CAPS(KAAL_ROOT_CNODE)));
    kt_ok(kt_invoke(cnode, KAAL_INV_CNODE_COPY, KT_WORDS(3, 3, guarded, 64, 15),
                    KT_CAPS(KAAL_ROOT_CNODE)));
    kt_ok(kt_invoke(s.a.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(KAAL_ROOT_NULL, guarded, KAAL_ROOT_VSPACE)));
    VICTIMS_ARE(cnode, guarded, s.a.cap, s.a.park);
}

static void runs_in_a_space_of_its_own(void)
{
    const cptr_t memory = kt_object(CAP_UNTYPED, 12), pool = kt_new_slot();
    const cptr_t space = kt_object(CAP_VSPACE, 0), page = kt_object(CAP_PAGE, 12);
    cptr_t table = 0;
    kt_ok(kt_invoke(KAAL_ROOT_ASID_CONTROL, KAAL_INV_ASID_CONTROL_MAKE_POOL, KT_WORDS(pool, 64),
                    KT_CAPS(memory, KAAL_ROOT_CNODE)));
    kt_ok(kt_invoke(pool, KAAL_INV_ASID_POOL_ASSIGN, KT_NONE, KT_CAPS(space)));
    for (unsigned i = 0; i < 3; i++) {
        table = kt_object(CAP_PAGE_TABLE, 0);
        kt_ok(kt_invoke(table, KAAL_INV_PAGE_TABLE_MAP, KT_WORDS(VA), KT_CAPS(space)));
    }
    kt_ok(kt_invoke(page, KAAL_INV_PAGE_MAP, KT_WORDS(VA, 3, KAAL_MAP_CACHED), KT_CAPS(space)));
    s.a = kt_thread(HIGH);
    kt_ok(kt_invoke(s.a.cap, KAAL_INV_TCB_CONFIGURE, KT_WORDS(0, 0, VA),
                    KT_CAPS(KAAL_ROOT_CNODE, space, page)));
    kt_unpark(&s.a);
    s.actor = &s.a;
    VICTIMS_ARE(pool, space, memory, page, table, s.a.cap);
}

static void waits_for_an_interrupt(void)
{
    const cptr_t irq = kt_new_slot(), n = kt_object(CAP_NOTIFICATION, 0);
    s.a = kt_thread(HIGH);
    kt_ok(kt_invoke(KAAL_ROOT_IRQ_CONTROL, KAAL_INV_IRQ_CONTROL_GET, KT_WORDS(LINE, 0, irq, 64),
                    KT_CAPS(KAAL_ROOT_CNODE)));
    kt_ok(kt_invoke(irq, KAAL_INV_IRQ_HANDLER_SET_NOTIFICATION, KT_NONE, KT_CAPS(n)));
    kt_unpark(&s.a);
    kt_wait(&s.a, n);
    VICTIMS_ARE(irq, n, s.a.cap);
}

/* a has called b, b has called c, on a's time. */
static void is_in_a_chain_of_calls(void)
{
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), ep2 = kt_object(CAP_ENDPOINT, 0);
    const cptr_t reply = kt_object(CAP_REPLY, 0), reply2 = kt_object(CAP_REPLY, 0);
    s.a = kt_thread(HIGH);
    s.b = kt_thread(HIGH);
    s.c = kt_thread(HIGH);
    kt_unpark(&s.c);
    kt_recv(&s.c, ep2, reply2);
    kt_unpark(&s.b);
    kt_recv(&s.b, ep, reply);
    kt_ok(kt_invoke(s.b.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    kt_ok(kt_invoke(s.c.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    kt_unpark(&s.a);
    kt_call(&s.a, ep, &long_msg);
    kt_call(&s.b, ep2, &long_msg);
    assert_true(kt_is_current(&s.c));
    assert_ptr_equal(s.c.tcb->sc, kt_sc_of(s.a.sc));
    s.actor = &s.c;
    VICTIMS_ARE(s.a.cap, s.b.cap, s.c.cap, s.a.sc, reply, reply2, ep, ep2);
}

static void yields_to_another(void)
{
    s.a = kt_thread(HIGH);
    s.b = kt_thread(HIGH);
    kt_ok(
        kt_invoke(s.b.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(LOW - 20), KT_CAPS(KAAL_ROOT_TCB)));
    kt_nbsend(&kt.root, s.b.park, NULL);
    kt_unpark(&s.a);
    kt_call(&s.a, s.b.cap,
            &(struct kt_msg){.label = KAAL_INV_TCB_SET_PRIORITY,
                             .length = 1,
                             .w = {HIGH},
                             .caps = 1,
                             .cap = {KAAL_ROOT_TCB}});
    kt_call(&s.a, s.b.sc, &(struct kt_msg){.label = KAAL_INV_SCHED_CONTEXT_YIELD_TO});
    assert_true(kt_is_current(&s.b));
    assert_ptr_equal(s.a.tcb->yield_to, kt_sc_of(s.b.sc));
    s.actor = &s.b;
    VICTIMS_ARE(s.a.cap, s.a.sc, s.b.cap, s.b.sc);
}

static void runs_on_lent_time(void)
{
    s.a = kt_passive_thread(HIGH);
    kt_unpark(&s.a);
    assert_ptr_equal(s.a.tcb->sc, kt_sc_of(s.a.sc));
    s.actor = &s.a;
    VICTIMS_ARE(s.a.cap, s.a.park, s.a.sc, s.a.page);
}

static void sends_from_its_buffer(void)
{
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    s.a = kt_thread(HIGH);
    kt_unpark(&s.a);
    kt_send(&s.a, ep, &long_msg);
    VICTIMS_ARE(s.a.page, ep, s.a.cap);
}

/* The receive slot is in a CNode that goes, and so does what is sent. */
static void passes_a_capability(void)
{
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), gift = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t cnode = kt_object(CAP_CNODE, 3);
    const struct kt_msg msg = {.length = 1, .caps = 1, .cap = {gift}};
    s.a = kt_thread(HIGH);
    s.b = kt_thread(HIGH);
    s.b.buffer->receive_cnode = cnode;
    s.b.buffer->receive_index = 1;
    s.b.buffer->receive_depth = 3;
    kt_unpark(&s.b);
    kt_wait(&s.b, ep);
    kt_unpark(&s.a);
    kt_send(&s.a, ep, &msg);
    kt_send(&s.a, ep, &msg);
    assert_int_equal(kt_caps(&s.b), 1);
    kt_park(&s.b);
    VICTIMS_ARE(cnode, gift, ep, s.a.cap, s.b.cap, s.b.page);
}

static void is_current(void)
{
    s.a = kt_thread(HIGH);
    kt_unpark(&s.a);
    host_cpu.fp_owner = s.a.tcb;
    s.actor = &s.a;
    VICTIMS_ARE(s.a.cap, s.a.sc, s.a.park, s.a.page);
}

static void is_bound_and_holds_a_caller(void)
{
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), reply2 = kt_object(CAP_REPLY, 0);
    s.a = kt_thread(HIGH);
    s.b = kt_thread(HIGH);
    kt_ok(kt_invoke(s.a.cap, KAAL_INV_TCB_BIND_NOTIFICATION, KT_NONE, KT_CAPS(n)));
    kt_unpark(&s.a);
    kt_recv(&s.a, ep, reply);
    kt_unpark(&s.b);
    kt_call(&s.b, ep, &long_msg);
    kt_recv(&s.a, ep, reply2);
    VICTIMS_ARE(n, ep, reply, reply2, s.a.cap, s.b.cap, s.b.sc);
}

static void (*const relations[])(void) = {
    waits_for_its_fault_handler,
    is_handled,
    waits_for_its_timeout_handler,
    has_a_cspace_of_its_own,
    runs_in_a_space_of_its_own,
    waits_for_an_interrupt,
    is_in_a_chain_of_calls,
    yields_to_another,
    runs_on_lent_time,
    sends_from_its_buffer,
    passes_a_capability,
    is_current,
    is_bound_and_holds_a_caller,
};

/* Let everybody but the root task run until it blocks or stops. */
static void settle(void)
{
    for (unsigned i = 0; i < 50 && !kt_is_current(&kt.root); i++) {
        struct tcb *t = kt_current();
        assert_int_not_equal(t->state, TCB_IDLE);
        if (t->regs.pc != KT_SVC) {
            t->regs.x[0] = KAAL_SYS_WAIT; /* on nothing */
            t->regs.x[1] = KAAL_ROOT_NULL;
        }
        t->regs.pc = KT_SVC + 4;
        kt_enter(kernel_syscall);
    }
    assert_true(kt_is_current(&kt.root));
}

static void remove_by(struct kt_thread *t, cptr_t cptr, word_t label)
{
    kt_call(t, KAAL_ROOT_CNODE, &(struct kt_msg){.label = label, .length = 2, .w = {cptr, 64}});
    for (unsigned i = 0; i < 100 && kt_is_current(t) && !kt_is_done(t); i++) {
        kt_again(t);
    }
}

static void remove_and_settle(cptr_t cptr, word_t label)
{
    if (!kt_is_current(&kt.root)) {
        settle();
    }
    remove_by(&kt.root, cptr, label);
    settle();
    while (!kt_is_done(&kt.root)) {
        kt_again(&kt.root);
        settle();
    }
    kt_ok(kt_label(&kt.root));
}

/* Each pair of victims, in both orders, by delete and by revoke first, at once and
 * with an interrupt at every point; then all the memory. */
static void one_of_the_matrix(unsigned relation, unsigned first, unsigned second, unsigned how)
{
    const word_t label = how % 2 == 0 ? KAAL_INV_CNODE_DELETE : KAAL_INV_CNODE_REVOKE;
    (void)kt_boot(NULL);
    memset(&s, 0, sizeof(s));
    s.actor = &kt.root;
    relations[relation]();
    kt_check();
    host.preempt_every = how < 2 ? 0 : 1;
    remove_by(s.actor, s.victims[first], label);
    host.preempt_every = 0;
    if (kt_is_current(s.actor)) {
        remove_by(s.actor, s.victims[first], KAAL_INV_CNODE_DELETE);
    }
    host_irq_raise(LINE);
    kt_enter(host_irq);
    settle();
    remove_and_settle(s.victims[first], KAAL_INV_CNODE_DELETE);
    remove_and_settle(s.victims[second], label);
    remove_and_settle(s.victims[second], KAAL_INV_CNODE_DELETE);
    remove_and_settle(kt.untyped, KAAL_INV_CNODE_REVOKE);
    assert_null(kt_slot(kt.untyped)->first);
    kt_ok(kt_retype_to(kt.untyped, CAP_UNTYPED, cap_untyped_bits(kt_cap(kt.untyped)), kt_new_slot(),
                       1));
}

static void test_b18_pairs_in_every_relation(void **state)
{
    (void)state;
    for (unsigned r = 0; r < sizeof(relations) / sizeof(relations[0]); r++) {
        one_of_the_matrix(r, 0, 1, 0); /* also tells how many there are */
        unsigned count = 0;
        while (count < VICTIMS && s.victims[count] != 0) {
            count++;
        }
        for (unsigned pair = 0; pair < count * count; pair++) {
            for (unsigned how = 0; how < (KT_EFFORT == 0 ? 1 : 4); how++) {
                one_of_the_matrix(r, pair / count, pair % count, how);
            }
        }
    }
}

/* ---- B21: interrupted at every point ---------------------------------------------------- */

enum { RADIX = 2, NODES = 1 << RADIX, OBJECTS = 9, ARENA_BITS = 15 };

static cptr_t arena, first_slot;
static cptr_t top; /* a CNode of the heap that the root task has a capability to */

static cptr_t object(enum cap_type type)
{
    const cptr_t slot = kt_new_slot();
    kt_ok(kt_retype_to(arena, type, type == CAP_CNODE ? RADIX : 0, slot, 1));
    return slot;
}

static void put(cptr_t cnode, unsigned at, cptr_t what, bool move)
{
    kt_ok(kt_invoke(cnode, move ? KAAL_INV_CNODE_MOVE : KAAL_INV_CNODE_COPY, move ? 4 : 5,
                    (word_t[]){at, RADIX, what, 64, KAAL_RIGHTS_ALL}, 1,
                    (cptr_t[]){KAAL_ROOT_CNODE}));
}

/* A random heap of CNodes, threads and others, out of the arena alone: some hold
 * the last capability to others, or to themselves. */
static void grow(uint64_t seed)
{
    static const enum cap_type types[] = {CAP_CNODE, CAP_CNODE,    CAP_TCB,
                                          CAP_REPLY, CAP_ENDPOINT, CAP_NOTIFICATION};
    cptr_t cap[OBJECTS];
    kt.next_slot = first_slot;
    kt.unchecked = true;
    kt_seed(seed);
    for (unsigned i = 0; i < OBJECTS; i++) {
        cap[i] = object(i < 3 ? CAP_CNODE : types[kt_random(6)]);
    }
    top = cap[0];
    for (unsigned i = 0; i < 16; i++) {
        const cptr_t into = cap[kt_random(OBJECTS)], what = cap[kt_random(OBJECTS)];
        const unsigned at = kt_random(NODES);
        if (kt_cap(into)->type == CAP_CNODE && kt_cap(what)->type != CAP_NULL &&
            slot_is_empty(&cap_cnode_slots(kt_cap(into))[at])) {
            put(into, at, what, what != top && kt_random(2) == 0);
        }
    }
    for (unsigned i = 0; i < OBJECTS; i++) {
        for (unsigned t = 0; t < OBJECTS && kt_cap(cap[i])->type == CAP_CNODE; t++) {
            if (kt_cap(cap[t])->type == CAP_TCB && kt_random(3) == 0) {
                kt_ok(kt_invoke(cap[t], KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                                KT_CAPS(KAAL_ROOT_NULL, cap[i], KAAL_ROOT_VSPACE)));
            }
        }
    }
    for (unsigned i = 1; i < OBJECTS; i++) {
        if (kt_random(3) == 0) {
            kt_ok(kt_delete(cap[i]));
        }
    }
    kt.unchecked = false;
    kt_check();
}

enum { REVOKE, DELETE, RETYPE, OPERATIONS };

static struct kt_msg message(unsigned operation)
{
    if (operation == RETYPE) {
        return (struct kt_msg){.label = KAAL_INV_UNTYPED_RETYPE,
                               .length = 6,
                               .w = {CAP_PAGE, 12, 0, 0, first_slot, 8},
                               .caps = 1,
                               .cap = {KAAL_ROOT_CNODE}};
    }
    return (struct kt_msg){.label =
                               operation == REVOKE ? KAAL_INV_CNODE_REVOKE : KAAL_INV_CNODE_DELETE,
                           .length = 2,
                           .w = {operation == REVOKE ? arena : top, 64}};
}

/* All capabilities that there are, in any order; the heap is gone, or what is
 * left of it. */
static uint64_t all_capabilities(unsigned *zombies)
{
    uint64_t sum = 0;
    *zombies = 0;
    for (const struct slot *slot = check_first(); slot != NULL; slot = check_next(slot)) {
        const struct cap *cap = &slot->cap;
        const uint64_t one = (uintptr_t)cap->obj * UINT64_C(0x9e3779b97f4a7c15) + cap->data * 31 +
                             cap->type * 7U + cap->rights;
        sum += one * (one >> 29 | 1);
        *zombies += cap->type == CAP_ZOMBIE ? 1 : 0;
    }
    return sum;
}

/* Returns how often it was interrupted. */
static unsigned operate(unsigned operation)
{
    const struct kt_msg msg = message(operation);
    unsigned restarts = 0;
    host.pending_calls = 0;
    kt_call(&kt.root, operation == RETYPE ? arena : (cptr_t)KAAL_ROOT_CNODE, &msg);
    while (!kt_is_done(&kt.root)) {
        assert_true(restarts++ < 10000);
        kt_again(&kt.root);
    }
    kt_ok(kt_label(&kt.root));
    return restarts;
}

static void prepare(unsigned operation, uint64_t seed)
{
    if (operation == RETYPE) {
        kt.next_slot = first_slot;
        kt_ok(kt_retype_to(arena, CAP_CNODE, 1 + seed % 6, first_slot, 1));
        kt_ok(kt_delete(first_slot));
    } else {
        grow(seed);
    }
}

static void clean_up(void)
{
    host.preempt_at = HOST_NEVER;
    host.preempt_every = 0;
    kt_ok(kt_revoke(arena));
    assert_null(kt_slot(arena)->first);
    kt_ok(kt_retype_to(arena, CAP_UNTYPED, ARENA_BITS, first_slot, 1));
    kt_ok(kt_delete(first_slot));
}

static long one_tree(unsigned operation, uint64_t seed)
{
    unsigned zombies;
    prepare(operation, seed);
    assert_int_equal(operate(operation), 0);
    const long points = host.pending_calls;
    const uint64_t result = all_capabilities(&zombies);
    assert_int_equal(zombies, 0);
    clean_up();
    for (long k = 0; k <= points; k++) {
        prepare(operation, seed);
        if (k == points) {
            host.preempt_every = 1;
            assert_true(operate(operation) > 0 || points == 0);
        } else {
            host.preempt_at = k;
            assert_int_equal(operate(operation), 1);
        }
        assert_int_equal(all_capabilities(&zombies), result);
        assert_int_equal(zombies, 0);
        clean_up();
    }
    return points;
}

static void test_b21_every_point_of_random_trees(void **state)
{
    (void)state;
    long points = 0;
    arena = kt_object(CAP_UNTYPED, ARENA_BITS);
    first_slot = kt.next_slot;
    for (uint64_t seed = 1; seed <= KT_ROUNDS(2000, 10000); seed++) {
        points += one_tree(seed % 8 == 7 ? RETYPE : seed % 2 == 0 ? DELETE : REVOKE, seed);
    }
    assert_true(points > 5 * (long)KT_ROUNDS(2000, 10000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_b18_pairs_in_every_relation, kt_boot),
        cmocka_unit_test_setup(test_b21_every_point_of_random_trees, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
