/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals and turns that need a rare state: each of the ways through the kernel
 * that no other test goes. What is expected is in docs/abi.md. */
#include "support/kt.h"

#include <kaal/abi/mapping.h>

enum { HIGH = 150, LOW = 50, LINE = 40 };

#define NOWHERE (UINT64_C(1) << 40) /* no guard lets it through */

static void refused(enum kaal_err err, enum kaal_err want, word_t detail)
{
    assert_int_equal(err, want);
    assert_int_equal(kt_word(&kt.root, 0), detail);
}

static void set_handler(const struct kt_thread *t, cptr_t ep)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(ep, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)));
}

static void take_buffer_away(const struct kt_thread *t)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_IPC_BUFFER, KT_WORDS(0), KT_CAPS(KAAL_ROOT_NULL)));
    assert_null(tcb_ipc_buffer(t->tcb));
}

static void set_priority(cptr_t tcb, word_t priority)
{
    kt_ok(kt_invoke(tcb, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(priority), KT_CAPS(KAAL_ROOT_TCB)));
}

static void put(cptr_t cnode, unsigned i, cptr_t source)
{
    kt_ok(kt_invoke(cnode, KAAL_INV_CNODE_MOVE, KT_WORDS(i, 3, source, 64),
                    KT_CAPS(KAAL_ROOT_CNODE)));
}

/* ---- Refusals -------------------------------------------------------------------- */

/* The firmware of this machine refuses. */
static void test_power(void **state)
{
    (void)state;
    assert_int_equal(kt_invoke(KAAL_ROOT_POWER, KAAL_INV_POWER_OFF, KT_NONE, KT_NONE),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(KAAL_ROOT_POWER, KAAL_INV_POWER_RESTART, KT_NONE, KT_NONE),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(host_event(HOST_POWER, 0)->a, 0);
    assert_int_equal(host_event(HOST_POWER, 1)->a, 1);
}

static void test_unbind(void **state)
{
    (void)state;
    const word_t unbind = KAAL_INV_SCHED_CONTEXT_UNBIND;
    const word_t object = KAAL_INV_SCHED_CONTEXT_UNBIND_OBJECT;
    const cptr_t own = KAAL_ROOT_SCHED_CONTEXT, sc = kt_object(CAP_SCHED_CONTEXT, 8);
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), other = kt_object(CAP_NOTIFICATION, 0);
    const struct kt_thread t = kt_thread(HIGH);
    assert_int_equal(kt_invoke(own, unbind, KT_NONE, KT_NONE), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(own, object, KT_NONE, KT_CAPS(KAAL_ROOT_TCB)),
                     KAAL_ERR_ILLEGAL_OPERATION);
    kt_ok(kt_invoke(sc, KAAL_INV_SCHED_CONTEXT_BIND, KT_NONE, KT_CAPS(n)));
    refused(kt_invoke(sc, object, KT_NONE, KT_CAPS(own)), KAAL_ERR_INVALID_CAPABILITY, 1);
    assert_int_equal(kt_invoke(sc, object, KT_NONE, KT_CAPS(other)), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(sc, object, KT_NONE, KT_CAPS(t.cap)), KAAL_ERR_ILLEGAL_OPERATION);
    assert_ptr_equal(kt_ntfn_of(n)->sc, kt_sc_of(sc));
    kt_ok(kt_invoke(sc, object, KT_NONE, KT_CAPS(n)));
    assert_null(kt_ntfn_of(n)->sc);
    kt_ok(kt_invoke(sc, KAAL_INV_SCHED_CONTEXT_BIND, KT_NONE, KT_CAPS(n)));
    kt_ok(kt_delete(sc));
    assert_null(kt_ntfn_of(n)->sc);
}

static void test_own_time_and_registers(void **state)
{
    (void)state;
    const cptr_t tcb = kt_object(CAP_TCB, 0);
    assert_int_equal(kt_invoke(KAAL_ROOT_TCB, KAAL_INV_TCB_SET_SCHED_PARAMS, KT_WORDS(255, 100),
                               KT_CAPS(KAAL_ROOT_TCB, KAAL_ROOT_NULL, KAAL_ROOT_NULL)),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_ptr_equal(kt.root.tcb->sc, kt_sc_of(KAAL_ROOT_SCHED_CONTEXT));
    refused(kt_invoke(tcb, KAAL_INV_TCB_READ_REGISTERS, KT_WORDS(2, 1), KT_NONE), KAAL_ERR_RANGE,
            0);
    assert_int_equal(kt_word(&kt.root, 1), 0);
    assert_int_equal(kt_word(&kt.root, 2), 1);
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_READ_REGISTERS, KT_WORDS(1, 1), KT_NONE));
    assert_int_equal(t.tcb->state, TCB_INACTIVE);
}

static void test_set_space(void **state)
{
    (void)state;
    const cptr_t tcb = kt_object(CAP_TCB, 0), bare = kt_object(CAP_VSPACE, 0);
    const word_t set = KAAL_INV_TCB_SET_SPACE;
    refused(kt_invoke(tcb, set, KT_WORDS(0), KT_CAPS(bare, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)),
            KAAL_ERR_INVALID_CAPABILITY, 1);
    refused(kt_invoke(tcb, set, KT_WORDS(0), KT_CAPS(KAAL_ROOT_NULL, bare, KAAL_ROOT_VSPACE)),
            KAAL_ERR_INVALID_CAPABILITY, 2);
    refused(kt_invoke(tcb, set, KT_WORDS(0), KT_CAPS(KAAL_ROOT_NULL, KAAL_ROOT_CNODE, bare)),
            KAAL_ERR_INVALID_CAPABILITY, 3);
    assert_int_equal(kt_invoke(tcb, set, KT_WORDS(63),
                               KT_CAPS(KAAL_ROOT_NULL, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_true(slot_is_empty(&kt_tcb_of(tcb)->slots[TCB_SLOT_CSPACE]));
}

static void test_retype_into_nowhere(void **state)
{
    (void)state;
    const cptr_t slot = kt_new_slot();
    refused(kt_invoke(kt.untyped, KAAL_INV_UNTYPED_RETYPE,
                      KT_WORDS(KAAL_OBJ_ENDPOINT, 0, NOWHERE, 64, slot, 1),
                      KT_CAPS(KAAL_ROOT_CNODE)),
            KAAL_ERR_FAILED_LOOKUP, 0);
    assert_int_equal(kt_word(&kt.root, 1), 64);
    assert_int_equal(kt_word(&kt.root, 2), KAAL_LOOKUP_GUARD);
}

/* What is left of mappings whose address space is gone is taken back quietly. */
static void test_mappings_of_a_dead_space(void **state)
{
    (void)state;
    const vaddr_t va = UINT64_C(0x300000000);
    const cptr_t space = kt_object(CAP_VSPACE, 0), page = kt_object(CAP_PAGE, 12);
    cptr_t table[3];
    kt_ok(kt_invoke(KAAL_ROOT_ASID_POOL, KAAL_INV_ASID_POOL_ASSIGN, KT_NONE, KT_CAPS(space)));
    for (unsigned i = 0; i < 3; i++) {
        table[i] = kt_object(CAP_PAGE_TABLE, 0);
        kt_ok(kt_invoke(table[i], KAAL_INV_PAGE_TABLE_MAP, KT_WORDS(va), KT_CAPS(space)));
    }
    kt_ok(kt_invoke(page, KAAL_INV_PAGE_MAP, KT_WORDS(va, KAAL_RIGHT_READ, KAAL_MAP_CACHED),
                    KT_CAPS(space)));
    kt_ok(kt_delete(space));
    host_log_clear();
    kt_ok(kt_invoke(page, KAAL_INV_PAGE_UNMAP, KT_NONE, KT_NONE));
    kt_ok(kt_invoke(table[2], KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE));
    kt_ok(kt_delete(table[0]));
    assert_int_equal(host_count(HOST_PTE_WRITE), 0);
    assert_int_equal(cap_asid(kt_cap(page)), 0);
    assert_int_equal(cap_asid(kt_cap(table[2])), 0);
}

/* ---- Messages --------------------------------------------------------------------- */

static void assert_cap_fault(const struct kt_thread *t, cptr_t handler, cptr_t cptr,
                             bool in_receive, word_t kind)
{
    assert_int_equal(t->tcb->state, TCB_BLOCKED_SEND);
    kt_wait(&kt.root, handler);
    assert_int_equal(kt_label(&kt.root), KAAL_FAULT_CAP);
    assert_int_equal(kt_length(&kt.root), 5);
    assert_int_equal(kt_word(&kt.root, 0), KT_SVC);
    assert_int_equal(kt_word(&kt.root, 1), cptr);
    assert_int_equal(kt_word(&kt.root, 2), in_receive);
    assert_int_equal(kt_word(&kt.root, 3), kind);
    assert_int_equal(t->tcb->state, TCB_INACTIVE);
}

enum { SEND_CAP, RECEIVE, RECEIVE_REPLY, RECEIVE_NO_REPLY, PLACES };

static void test_capability_nowhere(void **state)
{
    (void)state;
    for (unsigned place = 0; place < PLACES; place++) {
        (void)kt_boot(NULL);
        const cptr_t handler = kt_object(CAP_ENDPOINT, 0), ep = kt_object(CAP_ENDPOINT, 0);
        const struct kt_msg msg = {.caps = 1, .cap = {NOWHERE}};
        struct kt_thread t = kt_thread(HIGH);
        set_handler(&t, handler);
        kt_unpark(&t);
        switch (place) {
        case SEND_CAP:
            kt_nbsend(&t, ep, &msg); /* dropped */
            assert_true(kt_is_current(&t) && kt_is_done(&t));
            kt_send(&t, ep, &msg);
            break;
        case RECEIVE:
            kt_recv(&t, NOWHERE, 0);
            break;
        case RECEIVE_REPLY:
            kt_recv(&t, ep, NOWHERE);
            break;
        default:
            kt_recv(&t, ep, ep);
            break;
        }
        assert_cap_fault(&t, handler, place == RECEIVE_NO_REPLY ? ep : NOWHERE, place != SEND_CAP,
                         place == RECEIVE_NO_REPLY ? KAAL_LOOKUP_MISSING_CAP : KAAL_LOOKUP_GUARD);
    }
}

static void test_nbrecv_finds_nothing(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    kt_svc(&kt.root, KAAL_SYS_NBRECV, ep, NULL, reply, 0);
    assert_true(kt_is_current(&kt.root) && kt_is_done(&kt.root));
    assert_int_equal(kt.root.tcb->regs.x[0], 0);
    assert_int_equal(kt_badge(&kt.root), 0);
}

/* A capability that is gone when the message is taken, or that was in no buffer,
 * is not passed; the words are. */
static void test_capabilities_that_cannot_be_found(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    const struct kt_msg msg = {.length = 1, .w = {7}, .caps = 1, .cap = {ep}};
    struct kt_thread t = kt_thread(HIGH), bare = kt_thread(HIGH);
    kt_unpark(&t);
    kt_send(&t, ep, &msg);
    t.buffer->caps_or_badges[0] = NOWHERE;
    kt_wait(&kt.root, ep);
    assert_int_equal(kt_length(&kt.root), 1);
    assert_int_equal(kt_caps(&kt.root), 0);
    kt_park(&t);
    take_buffer_away(&bare);
    kt_unpark(&bare);
    kt_send(&bare, ep, &msg);
    kt_wait(&kt.root, ep);
    assert_int_equal(kt_word(&kt.root, 0), 7);
    assert_int_equal(kt_caps(&kt.root), 0);
}

static void test_answer_without_a_buffer(void **state)
{
    (void)state;
    const cptr_t tcb = kt_object(CAP_TCB, 0);
    struct kt_thread t = kt_thread(HIGH);
    take_buffer_away(&t);
    kt_unpark(&t);
    t.buffer->words[4] = 0x77;
    kt_call(&t, tcb,
            &(struct kt_msg){.label = KAAL_INV_TCB_READ_REGISTERS, .length = 2, .w = {0, 10}});
    assert_int_equal(kt_label(&t), KAAL_OK);
    assert_int_equal(kt_length(&t), 4);
    assert_int_equal(t.buffer->words[4], 0x77);
}

/* A handler without a buffer hears and says four words. */
static void test_fault_handler_without_a_buffer(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread t = kt_thread(HIGH), h = kt_thread(HIGH);
    set_handler(&t, ep);
    take_buffer_away(&h);
    kt_unpark(&h);
    kt_recv(&h, ep, reply);
    kt_unpark(&t);
    for (unsigned i = 0; i < 31; i++) {
        t.tcb->regs.x[i] = i * 11;
    }
    t.tcb->regs.x[0] = 200; /* no such call */
    t.tcb->regs.pc = KT_SVC + 4;
    kt_enter(kernel_syscall);
    assert_true(kt_is_current(&h));
    assert_int_equal(kt_label(&h), KAAL_FAULT_UNKNOWN_SYSCALL);
    assert_int_equal(kt_length(&h), 4);
    assert_int_equal(kt_word(&h, 3), 33);
    kt_send(&h, reply, &(struct kt_msg){.length = 20, .w = {1, 2, 3, 4, 5}});
    assert_int_equal(t.tcb->state, TCB_RUNNING);
    assert_int_equal(t.tcb->regs.x[3], 4);
    assert_int_equal(t.tcb->regs.x[4], 44);
    assert_int_equal(t.tcb->regs.pc, KT_SVC);
}

/* ---- Several threads in one kernel entry --------------------------------------------- */

/* Two endpoints die in one call: whoever wakes first, the higher priority runs. */
static void test_two_wake_in_one_entry(void **state)
{
    (void)state;
    for (unsigned turn = 0; turn < 2; turn++) {
        (void)kt_boot(NULL);
        const cptr_t arena = kt_object(CAP_UNTYPED, 12), first = kt_new_slot();
        (void)kt_new_slot();
        kt_ok(kt_retype_to(arena, CAP_ENDPOINT, 0, first, 2));
        struct kt_thread a = kt_thread(HIGH), b = kt_thread(HIGH + 1);
        kt_unpark(&a);
        kt_wait(&a, first + turn);
        kt_unpark(&b);
        kt_wait(&b, first + 1 - turn);
        kt_call(&kt.root, KAAL_ROOT_CNODE,
                &(struct kt_msg){.label = KAAL_INV_CNODE_REVOKE, .length = 2, .w = {arena, 64}});
        assert_true(kt_is_done(&kt.root));
        assert_true(kt_is_current(&b));
        assert_true(a.tcb->is_ready_queued);
        assert_int_equal(b.tcb->regs.pc, KT_SVC);
    }
}

/* One call wakes a thread and then takes it apart. */
static void test_woken_and_deleted_in_one_entry(void **state)
{
    (void)state;
    const cptr_t cnode = kt_object(CAP_CNODE, 3), ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_wait(&t, ep);
    put(cnode, 5, ep); /* emptied from the end */
    put(cnode, 2, t.cap);
    kt_ok(kt_delete(cnode));
    assert_true(kt_is_current(&kt.root));
    assert_null(kt_sc_of(t.sc)->tcb);
}

/* The last call of a thread uses its budget up and deletes the thread. */
static void test_budget_ends_in_the_last_call(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_configure_sc(t.sc, 100, 100000);
    kt_unpark(&t);
    host.now += 150 * KT_US;
    kt_call(&t, KAAL_ROOT_CNODE,
            &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {t.cap, 64}});
    assert_true(kt_is_current(&kt.root));
    assert_null(kt_sc_of(t.sc)->tcb);
    assert_int_equal(sc_ticks_to_us(kt_sc_of(t.sc)->consumed), 150);
}

/* A server answers, gives the client's time back and takes a signal that lends it
 * a context whose time has not come: it waits for that. */
static void test_lent_time_that_has_not_come(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), sc = kt_object(CAP_SCHED_CONTEXT, 8);
    struct kt_thread client = kt_thread(HIGH), server = kt_thread(HIGH);
    kt_configure_sc(sc, 1000, 20000);
    kt_ok(kt_invoke(sc, KAAL_INV_SCHED_CONTEXT_BIND, KT_NONE, KT_CAPS(n)));
    kt_ok(kt_invoke(server.cap, KAAL_INV_TCB_BIND_NOTIFICATION, KT_NONE, KT_CAPS(n)));
    kt_unpark(&server);
    kt_recv(&server, ep, reply);
    kt_ok(kt_invoke(server.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    kt_unpark(&client);
    kt_call(&client, ep, NULL);
    assert_true(kt_is_current(&server));
    assert_ptr_equal(server.tcb->sc, kt_sc_of(client.sc));
    kt_nbsend(&server, n, NULL);
    sc_refill(kt_sc_of(sc), 0)->time = host.now + 10000 * KT_US;
    kt_reply_recv(&server, ep, reply, NULL);
    assert_true(kt_is_current(&client));
    assert_ptr_equal(server.tcb->sc, kt_sc_of(sc));
    assert_true(server.tcb->wait.linked && kt_is_done(&server));
    kt_park(&client);
    kt_advance(10001);
    assert_true(kt_is_current(&server));
}

/* ---- Preempted ------------------------------------------------------------------------- */

/* The last capability to a notification is an interrupt's, and a thread waits. */
static void test_interrupt_loses_a_notification_with_a_waiter(void **state)
{
    (void)state;
    for (unsigned how = 0; how < 3; how++) {
        (void)kt_boot(NULL);
        const cptr_t irq = kt_new_slot(), n = kt_object(CAP_NOTIFICATION, 0);
        const cptr_t next = kt_object(CAP_NOTIFICATION, 0);
        const word_t set = KAAL_INV_IRQ_HANDLER_SET_NOTIFICATION;
        struct kt_thread t = kt_thread(HIGH);
        kt_ok(kt_invoke(KAAL_ROOT_IRQ_CONTROL, KAAL_INV_IRQ_CONTROL_GET, KT_WORDS(LINE, 0, irq, 64),
                        KT_CAPS(KAAL_ROOT_CNODE)));
        kt_ok(kt_invoke(irq, set, KT_NONE, KT_CAPS(n)));
        kt_unpark(&t);
        kt_wait(&t, n);
        set_priority(t.cap, LOW);
        kt_ok(kt_delete(n));
        host.preempt_every = 1;
        switch (how) {
        case 0:
            kt_ok(kt_invoke(irq, set, KT_NONE, KT_CAPS(next)));
            break;
        case 1:
            kt_ok(kt_invoke(irq, KAAL_INV_IRQ_HANDLER_CLEAR, KT_NONE, KT_NONE));
            break;
        default:
            kt_ok(kt_delete(irq));
            break;
        }
        host.preempt_every = 0;
        assert_int_equal(t.tcb->state, TCB_RUNNING);
        assert_int_equal(t.tcb->regs.pc, KT_SVC);
    }
}

/* A thread's CSpace is replaced, and with it goes all that only it held. */
static void test_replaced_cspace_goes_in_steps(void **state)
{
    (void)state;
    const cptr_t cnode = kt_object(CAP_CNODE, 3), tcb = kt_object(CAP_TCB, 0);
    for (unsigned i = 0; i < 8; i++) {
        put(cnode, i, kt_object(CAP_ENDPOINT, 0));
    }
    const word_t set = KAAL_INV_TCB_SET_SPACE;
    kt_ok(kt_invoke(tcb, set, KT_WORDS(0), KT_CAPS(KAAL_ROOT_NULL, cnode, KAAL_ROOT_VSPACE)));
    kt_ok(kt_delete(cnode));
    host_log_clear();
    host.pending_calls = 0;
    host.preempt_every = 1;
    kt_ok(kt_invoke(tcb, set, KT_WORDS(0),
                    KT_CAPS(KAAL_ROOT_NULL, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)));
    host.preempt_every = 0;
    assert_true(host.pending_calls > 5);
    assert_int_equal(host_count(HOST_DESTROYED), 9);
    assert_ptr_equal(kt_tcb_of(tcb)->slots[TCB_SLOT_CSPACE].cap.obj, kt.cnode);
}

/* A runnable thread without time gets some, twice the same. */
static void test_runnable_thread_gets_time(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    const word_t set = KAAL_INV_TCB_SET_SCHED_PARAMS;
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    kt_nbsend(&kt.root, t.park, NULL);
    assert_true(kt_is_current(&kt.root));
    for (unsigned i = 0; i < 2; i++) {
        kt_ok(kt_invoke(t.cap, set, KT_WORDS(255, LOW),
                        KT_CAPS(KAAL_ROOT_TCB, t.sc, KAAL_ROOT_NULL)));
        assert_ptr_equal(t.tcb->sc, kt_sc_of(t.sc));
        assert_true(t.tcb->is_ready_queued);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_power, kt_boot),
        cmocka_unit_test_setup(test_unbind, kt_boot),
        cmocka_unit_test_setup(test_own_time_and_registers, kt_boot),
        cmocka_unit_test_setup(test_set_space, kt_boot),
        cmocka_unit_test_setup(test_retype_into_nowhere, kt_boot),
        cmocka_unit_test_setup(test_mappings_of_a_dead_space, kt_boot),
        cmocka_unit_test_setup(test_capability_nowhere, kt_boot),
        cmocka_unit_test_setup(test_nbrecv_finds_nothing, kt_boot),
        cmocka_unit_test_setup(test_capabilities_that_cannot_be_found, kt_boot),
        cmocka_unit_test_setup(test_answer_without_a_buffer, kt_boot),
        cmocka_unit_test_setup(test_fault_handler_without_a_buffer, kt_boot),
        cmocka_unit_test_setup(test_two_wake_in_one_entry, kt_boot),
        cmocka_unit_test_setup(test_woken_and_deleted_in_one_entry, kt_boot),
        cmocka_unit_test_setup(test_budget_ends_in_the_last_call, kt_boot),
        cmocka_unit_test_setup(test_lent_time_that_has_not_come, kt_boot),
        cmocka_unit_test_setup(test_interrupt_loses_a_notification_with_a_waiter, kt_boot),
        cmocka_unit_test_setup(test_replaced_cspace_goes_in_steps, kt_boot),
        cmocka_unit_test_setup(test_runnable_thread_gets_time, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
