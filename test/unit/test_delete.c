/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deletion: objects in every relation, CNodes inside each other and inside
 * themselves, interrupted at every point where an interrupt is looked for. All
 * memory must come back: afterwards one retype of the whole untyped succeeds.
 */
#include "support/kt.h"

enum { HIGH = 150, LOW = 110, RADIX = 3, SLOTS = 1 << RADIX };

/* ---- A place of its own for each test ------------------------------------------- */

enum { ARENA_BITS = 16 };
static cptr_t arena; /* an untyped, from which a test makes what it deletes */

static void make_arena(void)
{
    arena = kt_object(CAP_UNTYPED, ARENA_BITS);
}

static cptr_t object(enum cap_type type, word_t size)
{
    const cptr_t slot = kt_new_slot();
    kt_ok(kt_retype_to(arena, type, size, slot, 1));
    return slot;
}

/* Nothing of the arena is in use: it can be had in one piece. */
static void assert_arena_is_whole(void)
{
    assert_null(kt_slot(arena)->first);
    const cptr_t slot = kt_new_slot();
    kt_ok(kt_retype_to(arena, CAP_UNTYPED, ARENA_BITS, slot, 1));
    kt_ok(kt_delete(slot));
}

/* ---- CNodes --------------------------------------------------------------------------- */

/* Put a copy of source (or source itself) into slot i of the CNode at cptr. */
static void put(cptr_t cnode, unsigned i, cptr_t source, bool move)
{
    struct kt_msg msg = {
        .label = move ? KAAL_INV_CNODE_MOVE : KAAL_INV_CNODE_COPY,
        .length = move ? 4 : 5,
        .w = {i, RADIX, source, 64, KAAL_RIGHTS_ALL},
        .caps = 1,
        .cap = {KAAL_ROOT_CNODE},
    };
    kt_call(&kt.root, cnode, &msg);
    kt_ok(kt_label(&kt.root));
}

static struct slot *inside(cptr_t cnode, unsigned i)
{
    return &cap_cnode_slots(kt_cap(cnode))[i];
}

static void test_cnode_with_objects(void **state)
{
    (void)state;
    make_arena();
    const cptr_t cnode = object(CAP_CNODE, RADIX);
    for (unsigned i = 0; i < SLOTS; i++) {
        put(cnode, i, object(i % 2 ? CAP_ENDPOINT : CAP_TCB, 0), true);
    }
    kt_ok(kt_delete(cnode));
    assert_arena_is_whole();
}

static void test_deep_nesting(void **state)
{
    (void)state;
    make_arena();
    cptr_t outer = object(CAP_CNODE, RADIX);
    const cptr_t first = outer;
    cptr_t list[40] = {outer};
    for (unsigned i = 1; i < 40; i++) {
        list[i] = object(CAP_CNODE, RADIX);
    }
    for (unsigned i = 39; i > 0; i--) {
        put(list[i - 1], i % SLOTS, list[i], true);
    }
    kt_ok(kt_delete(first));
    assert_arena_is_whole();
}

static void test_cnode_that_contains_itself(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SLOTS; i++) {
        (void)kt_boot(NULL);
        make_arena();
        const cptr_t cnode = object(CAP_CNODE, RADIX);
        put(cnode, i, cnode, false);
        put(cnode, (i + 1) % SLOTS, object(CAP_ENDPOINT, 0), true);
        kt_ok(kt_delete(cnode)); /* not the last: the other is in it */
        kt_ok(kt_revoke(arena));
        assert_arena_is_whole();
    }
}

/* The last capability to a CNode is in its own slot i, and that is deleted. */
static void test_last_capability_inside_itself(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SLOTS; i++) {
        (void)kt_boot(NULL);
        make_arena();
        const cptr_t cnode = object(CAP_CNODE, RADIX);
        const cptr_t ep = object(CAP_ENDPOINT, 0);
        put(cnode, (i + 3) % SLOTS, ep, true);
        struct slot *slots = cap_cnode_slots(kt_cap(cnode));
        put(cnode, i, cnode, true);
        assert_true(slot_is_final(&slots[i]));
        kt_ok(kt_revoke(arena));
        assert_arena_is_whole();
    }
}

/* Two CNodes, each holding the last capability to the other. */
static void test_cycle_of_two(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SLOTS; i++) {
        for (unsigned j = 0; j < SLOTS; j++) {
            (void)kt_boot(NULL);
            make_arena();
            const cptr_t a = object(CAP_CNODE, RADIX), b = object(CAP_CNODE, RADIX);
            put(b, j, a, false);
            put(a, i, b, true);
            kt_ok(kt_delete(a));
            kt_ok(kt_revoke(arena));
            assert_arena_is_whole();
        }
    }
}

/* ---- A thread in every state ------------------------------------------------------------- */

enum situation {
    FRESH,
    PARKED,
    READY,
    SENDING,
    RECEIVING,
    CALLING,
    WAITING_FOR_REPLY,
    HOLDING_CALLER,
    FAULTED,
    BOUND,
    DONATED,
    OUT_OF_BUDGET,
    SITUATIONS,
};

struct scene {
    struct kt_thread t, other;
    cptr_t ep, reply, ntfn;
};

static struct scene scene(enum situation situation)
{
    struct scene s = {
        .ep = kt_object(CAP_ENDPOINT, 0),
        .reply = kt_object(CAP_REPLY, 0),
        .ntfn = kt_object(CAP_NOTIFICATION, 0),
    };
    if (situation == FRESH) {
        s.t.cap = kt_object(CAP_TCB, 0);
        s.t.tcb = kt_tcb_of(s.t.cap);
        return s;
    }
    s.t = kt_thread(HIGH);
    s.other = kt_thread(LOW);
    const struct kt_msg msg = {.label = 1, .length = 1, .w = {1}};
    switch (situation) {
    case READY:
        kt_ok(kt_invoke(s.t.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(10), KT_CAPS(KAAL_ROOT_TCB)));
        kt_nbsend(&kt.root, s.t.park, NULL);
        assert_true(s.t.tcb->is_ready_queued);
        break;
    case SENDING:
        kt_unpark(&s.t);
        kt_send(&s.t, s.ep, &msg);
        break;
    case RECEIVING:
        kt_unpark(&s.t);
        kt_recv(&s.t, s.ep, s.reply);
        break;
    case CALLING:
        kt_unpark(&s.t);
        kt_call(&s.t, s.ep, &msg);
        break;
    case WAITING_FOR_REPLY:
        kt_unpark(&s.t);
        kt_call(&s.t, s.ep, &msg);
        kt_recv(&kt.root, s.ep, s.reply);
        assert_int_equal(s.t.tcb->state, TCB_BLOCKED_REPLY);
        break;
    case HOLDING_CALLER:
        kt_unpark(&s.other);
        kt_call(&s.other, s.ep, &msg);
        kt_unpark(&s.t);
        kt_recv(&s.t, s.ep, s.reply);
        kt_park(&s.t);
        break;
    case FAULTED:
        kt_ok(kt_invoke(s.t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                        KT_CAPS(s.ep, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)));
        kt_unpark(&s.t);
        kernel_vm_fault(0, false, 0);
        kt_check();
        break;
    case BOUND:
        kt_ok(kt_invoke(s.t.cap, KAAL_INV_TCB_BIND_NOTIFICATION, KT_NONE, KT_CAPS(s.ntfn)));
        kt_unpark(&s.t);
        kt_recv(&s.t, s.ep, s.reply);
        break;
    case DONATED:
        kt_unpark(&s.t);
        kt_recv(&s.t, s.ep, s.reply);
        kt_ok(kt_invoke(s.t.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
        kt_unpark(&s.other);
        kt_call(&s.other, s.ep, &msg);
        assert_ptr_equal(s.t.tcb->sc, kt_sc_of(s.other.sc));
        kt_park(&s.t);
        break;
    case OUT_OF_BUDGET:
        kt_configure_sc(s.t.sc, 100, 100000);
        kt_unpark(&s.t);
        kt_advance(200);
        assert_true(s.t.tcb->wait.linked);
        break;
    default:
        break;
    }
    assert_true(kt_is_current(&kt.root));
    return s;
}

/* What may be deleted while a thread is in a situation. */
enum victim { TCB, SC, EP, REPLY, NTFN, PARK, PAGE, OTHER_TCB, OTHER_SC, VICTIMS };

static cptr_t victim(const struct scene *s, enum victim v)
{
    const cptr_t cptr[VICTIMS] = {s->t.cap,  s->t.sc,   s->ep,        s->reply,   s->ntfn,
                                  s->t.park, s->t.page, s->other.cap, s->other.sc};
    return cptr[v];
}

/* Let everybody that became ready run until it blocks again or stops. */
static void settle(void)
{
    for (unsigned i = 0; i < 50 && !kt_is_current(&kt.root); i++) {
        struct tcb *t = kt_current();
        assert_int_not_equal(t->state, TCB_IDLE);
        if (t->regs.pc == KT_SVC) {
            t->regs.pc += 4;
            kernel_syscall();
        } else {
            t->regs.x[0] = KAAL_SYS_WAIT; /* on nothing: faults, stops */
            t->regs.x[1] = KAAL_ROOT_NULL;
            t->regs.pc = KT_SVC + 4;
            kernel_syscall();
        }
        kt_check();
    }
    assert_true(kt_is_current(&kt.root));
}

static void delete_and_settle(cptr_t cptr)
{
    struct kt_msg msg = {.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {cptr, 64}};
    kt_call(&kt.root, KAAL_ROOT_CNODE, &msg);
    settle();
    while (!kt_is_done(&kt.root)) {
        kt_again(&kt.root);
        settle();
    }
}

/* B18: every victim in every situation, then everything else. */
static void test_b18_delete_matrix(void **state)
{
    (void)state;
    for (unsigned s = 0; s < SITUATIONS; s++) {
        for (unsigned v = 0; v < VICTIMS; v++) {
            (void)kt_boot(NULL);
            const struct scene scenery = scene((enum situation)s);
            if (victim(&scenery, (enum victim)v) == 0) {
                continue;
            }
            delete_and_settle(victim(&scenery, (enum victim)v));
            assert_true(slot_is_empty(kt_slot(victim(&scenery, (enum victim)v))));
            for (unsigned w = 0; w < VICTIMS; w++) {
                const cptr_t next = victim(&scenery, (enum victim)((v + w) % VICTIMS));
                if (next != 0) {
                    delete_and_settle(next);
                }
            }
        }
    }
}

/* Revoking the memory of everything at once. */
static void test_revoke_in_every_situation(void **state)
{
    (void)state;
    for (unsigned s = 0; s < SITUATIONS; s++) {
        (void)kt_boot(NULL);
        (void)scene((enum situation)s);
        kt.root.park = 0;
        struct kt_msg msg = {.label = KAAL_INV_CNODE_REVOKE, .length = 2, .w = {kt.untyped, 64}};
        kt_call(&kt.root, KAAL_ROOT_CNODE, &msg);
        settle();
        while (!kt_is_done(&kt.root)) {
            kt_again(&kt.root);
            settle();
        }
        assert_null(kt_slot(kt.untyped)->first);
        kt_ok(kt_retype_to(kt.untyped, CAP_UNTYPED, cap_untyped_bits(kt_cap(kt.untyped)),
                           kt_new_slot(), 1));
    }
}

/* ---- Interrupted everywhere ---------------------------------------------------------------- */

/* A random heap of CNodes, threads and objects, all from the arena, some
 * holding the last capability to others. */
static void random_heap(uint64_t seed)
{
    enum { OBJECTS = 14 };
    cptr_t cap[OBJECTS];
    bool is_cnode[OBJECTS];
    unsigned cnodes = 0;
    (void)kt_boot(NULL);
    kt_seed(seed);
    make_arena();
    for (unsigned i = 0; i < OBJECTS; i++) {
        static const enum cap_type types[] = {CAP_CNODE, CAP_CNODE, CAP_CNODE,
                                              CAP_TCB,   CAP_REPLY, CAP_NOTIFICATION};
        const enum cap_type type = i < 3 ? CAP_CNODE : types[kt_random(6)];
        is_cnode[i] = type == CAP_CNODE;
        cnodes += is_cnode[i] ? 1 : 0;
        cap[i] = object(type, is_cnode[i] ? RADIX : 0);
    }
    for (unsigned i = 0; i < 30; i++) {
        const unsigned into = kt_random(OBJECTS), what = kt_random(OBJECTS);
        const unsigned at = kt_random(SLOTS);
        if (!is_cnode[into] || slot_is_empty(kt_slot(cap[into])) ||
            slot_is_empty(kt_slot(cap[what])) || !slot_is_empty(inside(cap[into], at))) {
            continue;
        }
        put(cap[into], at, cap[what], kt_random(2) == 0);
    }
    for (unsigned i = 0; i < OBJECTS; i++) {
        if (!is_cnode[i] || kt_cap(cap[i])->type != CAP_CNODE) {
            continue;
        }
        for (unsigned t = 0; t < OBJECTS; t++) {
            if (kt_cap(cap[t])->type == CAP_TCB && kt_random(3) == 0) {
                kt_ok(kt_invoke(cap[t], KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                                KT_CAPS(KAAL_ROOT_NULL, cap[i], KAAL_ROOT_VSPACE)));
            }
        }
    }
    assert_true(cnodes >= 3);
    /* Some of what the root task holds itself goes now. */
    for (unsigned i = 0; i < OBJECTS; i++) {
        if (kt_random(3) == 0) {
            kt_ok(kt_delete(cap[i]));
        }
    }
}

static void revoke_arena(unsigned *restarts)
{
    struct kt_msg msg = {.label = KAAL_INV_CNODE_REVOKE, .length = 2, .w = {arena, 64}};
    *restarts = 0;
    kt_call(&kt.root, KAAL_ROOT_CNODE, &msg);
    while (!kt_is_done(&kt.root)) {
        assert_true((*restarts)++ < 10000);
        kt_again(&kt.root);
    }
    kt_ok(kt_label(&kt.root));
}

/* B21: interrupted at every single point, and at all of them. */
static void test_b21_preempted_everywhere(void **state)
{
    (void)state;
    long all_points = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        unsigned restarts;
        random_heap(seed);
        host.pending_calls = 0;
        revoke_arena(&restarts);
        assert_int_equal(restarts, 0);
        const long points = host.pending_calls;
        assert_arena_is_whole();
        all_points += points;
        for (long k = 0; k < points; k += 1 + points / 12) {
            random_heap(seed);
            host.pending_calls = 0;
            host.preempt_at = k;
            revoke_arena(&restarts);
            assert_int_equal(restarts, 1);
            assert_arena_is_whole();
        }
        random_heap(seed);
        host.preempt_every = 1;
        host.pending_calls = 0;
        revoke_arena(&restarts);
        host.preempt_every = 0;
        assert_int_equal(restarts, host.pending_calls);
        assert_true(restarts > 0 && 2 * restarts >= points); /* not in the order of one go */
        assert_arena_is_whole();
    }
    assert_true(all_points > 40 * 10);
}

/* Between two parts of a deletion other calls go on: nothing can be made of
 * a half-deleted object, and what is left of it is deleted by anybody. */
static void test_half_deleted_is_unusable(void **state)
{
    (void)state;
    make_arena();
    const cptr_t cnode = object(CAP_CNODE, RADIX), spare = kt_new_slot();
    for (unsigned i = 0; i < SLOTS; i++) {
        put(cnode, i, object(CAP_ENDPOINT, 0), true);
    }
    host.preempt_at = host.pending_calls + 3;
    kt_call(&kt.root, KAAL_ROOT_CNODE,
            &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {cnode, 64}});
    assert_false(kt_is_done(&kt.root));
    assert_int_equal(kt_cap(cnode)->type, CAP_ZOMBIE);
    host.preempt_at = HOST_NEVER;

    assert_int_equal(kt_copy(spare, cnode, KAAL_RIGHTS_ALL), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_mint(spare, cnode, KAAL_RIGHTS_ALL, 1), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_move(spare, cnode), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(cnode, KAAL_INV_CNODE_DELETE, KT_WORDS(0, RADIX), KT_NONE),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_true(slot_is_empty(kt_slot(spare)));
    kt_ok(kt_delete(cnode));
    assert_arena_is_whole();
}

/* ---- Oneself -----------------------------------------------------------------------------------
 */

static void test_thread_deletes_itself(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_call(&t, KAAL_ROOT_CNODE,
            &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {t.cap, 64}});
    assert_true(kt_is_current(&kt.root));
    assert_true(slot_is_empty(kt_slot(t.cap)));
}

/* B04: the FP unit must not write to a dead thread. */
static void test_b04_fp_owner_deleted(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    host_cpu.fp_owner = t.tcb;
    kt_ok(kt_delete(t.cap));
    assert_null(host_cpu.fp_owner);
    assert_int_equal(host_event(HOST_FP_RELEASE, 0)->a, (uintptr_t)t.tcb);
}

static void test_thread_revokes_its_own_memory(void **state)
{
    (void)state;
    for (long k = HOST_NEVER; k < 40; k++) {
        (void)kt_boot(NULL);
        struct kt_thread t = kt_thread(HIGH);
        kt_unpark(&t);
        host.pending_calls = 0;
        host.preempt_at = k;
        kt_call(
            &t, KAAL_ROOT_CNODE,
            &(struct kt_msg){.label = KAAL_INV_CNODE_REVOKE, .length = 2, .w = {kt.untyped, 64}});
        host.preempt_at = HOST_NEVER;
        if (kt_is_current(&t)) {
            kt_again(&t); /* interrupted before it was its turn */
        }
        assert_true(kt_is_current(&kt.root));
        kt_ok(kt_revoke(kt.untyped));
        assert_null(kt_slot(kt.untyped)->first);
    }
}

/* A thread whose CSpace holds the last capability to itself and to its own
 * CNode deletes that CNode. */
static void test_thread_deletes_its_cspace(void **state)
{
    (void)state;
    make_arena();
    const cptr_t cnode = object(CAP_CNODE, RADIX);
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(kt_mint(kt_new_slot(), cnode, KAAL_RIGHTS_ALL, 64 - RADIX));
    const cptr_t guarded = kt.next_slot - 1;
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(KAAL_ROOT_NULL, guarded, KAAL_ROOT_VSPACE)));
    put(cnode, 1, guarded, true);
    put(cnode, 2, t.cap, false);
    put(cnode, 3, t.park, false);
    kt_ok(kt_delete(cnode));
    kt_unpark(&t);
    /* By its own pointers: slot 1 is its CNode, delete slot 1 in it. */
    kt_call(&t, 1, &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {1, 64}});
    assert_true(kt_is_current(&t) && kt_is_done(&t));
    /* Its TCB's own slot keeps the CNode alive. */
    assert_int_equal(t.tcb->slots[TCB_SLOT_CSPACE].cap.type, CAP_CNODE);
    kt_wait(&t, 3);
    kt_ok(kt_delete(t.cap));
    kt_ok(kt_revoke(arena));
    assert_arena_is_whole();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_cnode_with_objects, kt_boot),
        cmocka_unit_test_setup(test_deep_nesting, kt_boot),
        cmocka_unit_test_setup(test_cnode_that_contains_itself, kt_boot),
        cmocka_unit_test_setup(test_last_capability_inside_itself, kt_boot),
        cmocka_unit_test_setup(test_cycle_of_two, kt_boot),
        cmocka_unit_test_setup(test_b18_delete_matrix, kt_boot),
        cmocka_unit_test_setup(test_revoke_in_every_situation, kt_boot),
        cmocka_unit_test_setup(test_b21_preempted_everywhere, kt_boot),
        cmocka_unit_test_setup(test_half_deleted_is_unusable, kt_boot),
        cmocka_unit_test_setup(test_thread_deletes_itself, kt_boot),
        cmocka_unit_test_setup(test_b04_fp_owner_deleted, kt_boot),
        cmocka_unit_test_setup(test_thread_revokes_its_own_memory, kt_boot),
        cmocka_unit_test_setup(test_thread_deletes_its_cspace, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
