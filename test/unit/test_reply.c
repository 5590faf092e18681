/* SPDX-License-Identifier: Apache-2.0 */
/* Calls and their answers: reply objects, donation of time, call chains. */
#include "support/kt.h"

enum { HIGH = 150, MIDDLE = 130, LOW = 110 };

static const struct kt_msg question = {.label = 5, .length = 1, .w = {50}};
static const struct kt_msg answer = {.label = 6, .length = 1, .w = {60}};

static void assert_got(const struct kt_thread *t, word_t label, word_t word)
{
    assert_true(kt_is_done(t));
    assert_int_equal(kt_label(t), label);
    assert_int_equal(kt_word(t, 0), word);
}

static void delete_as(struct kt_thread *t, cptr_t slot)
{
    kt_svc(t, KAAL_SYS_CALL, KAAL_ROOT_CNODE,
           &(struct kt_msg){.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {slot, 64}}, 0, 0);
}

/* ---- One server with its own time ---------------------------------------------------- */

static void test_call_and_reply(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    const cptr_t badged = kt_badged(ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY, 3);
    struct kt_thread server = kt_thread(HIGH);
    kt_unpark(&server);
    kt_recv(&server, ep, reply);
    kt_call(&kt.root, badged, &question);
    assert_true(kt_is_current(&server));
    assert_got(&server, 5, 50);
    assert_int_equal(kt_badge(&server), 3);
    assert_int_equal(kt.root.tcb->state, TCB_BLOCKED_REPLY);
    assert_ptr_equal(kt_reply_of(reply)->tcb, kt.root.tcb);

    kt_reply_recv(&server, ep, reply, &answer);
    assert_true(kt_is_current(&kt.root));
    assert_got(&kt.root, 6, 60);
    assert_int_equal(kt_badge(&kt.root), 0);
    assert_int_equal(server.tcb->state, TCB_BLOCKED_RECV);
}

static void test_caller_first(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread client = kt_thread(HIGH);
    kt_unpark(&client);
    kt_call(&client, ep, &question);
    assert_int_equal(client.tcb->state, TCB_BLOCKED_SEND);
    kt_recv(&kt.root, ep, reply);
    assert_got(&kt.root, 5, 50);
    assert_int_equal(client.tcb->state, TCB_BLOCKED_REPLY);
    kt_send(&kt.root, reply, &answer);
    assert_true(kt_is_current(&client));
    assert_got(&client, 6, 60);
    assert_true(kt_is_done(&kt.root));
}

static void test_reply_is_used_once(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread client = kt_thread(HIGH);
    kt_unpark(&client);
    kt_call(&client, ep, &question);
    kt_recv(&kt.root, ep, reply);
    kt_send(&kt.root, reply, &answer);
    kt_park(&client);
    const struct arch_regs before = client.tcb->regs;
    kt_send(&kt.root, reply, &answer);
    assert_memory_equal(&before, &client.tcb->regs, sizeof(before));
    assert_int_equal(client.tcb->state, TCB_BLOCKED_NTFN);
}

static void test_call_without_reply_right_stops_the_caller(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    const cptr_t write = kt_copy_of(ep, KAAL_RIGHT_WRITE);
    struct kt_thread a = kt_thread(HIGH), b = kt_thread(HIGH);
    kt_unpark(&a);
    kt_call(&a, write, &question); /* sender first */
    kt_recv(&kt.root, ep, reply);
    assert_got(&kt.root, 5, 50);
    assert_int_equal(a.tcb->state, TCB_INACTIVE);
    assert_null(kt_reply_of(reply)->tcb);

    kt_unpark(&b);
    kt_recv(&b, ep, reply); /* receiver first */
    kt_call(&kt.root, write, &question);
    assert_true(kt_is_current(&b));
    assert_int_equal(kt.root.tcb->state, TCB_INACTIVE);
    assert_null(kt_reply_of(reply)->tcb);
}

static void test_receive_without_reply_object_stops_the_caller(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread client = kt_thread(HIGH);
    kt_unpark(&client);
    kt_call(&client, ep, &question);
    kt_wait(&kt.root, ep);
    assert_got(&kt.root, 5, 50);
    assert_int_equal(client.tcb->state, TCB_INACTIVE);
}

/* seL4: receiving with a reply object that still holds a caller gives it up. */
static void test_reusing_a_reply_gives_up_the_old_caller(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread a = kt_thread(HIGH), b = kt_thread(HIGH);
    kt_unpark(&a);
    kt_call(&a, ep, &question);
    kt_unpark(&b);
    kt_call(&b, ep, &question);
    kt_recv(&kt.root, ep, reply);
    assert_int_equal(a.tcb->state, TCB_BLOCKED_REPLY);
    kt_recv(&kt.root, ep, reply);
    assert_int_equal(a.tcb->state, TCB_INACTIVE);
    assert_ptr_equal(kt_reply_of(reply)->tcb, b.tcb);
    kt_send(&kt.root, reply, &answer);
    assert_got(&b, 6, 60);
}

static void test_deleted_reply_stops_the_caller(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread client = kt_thread(HIGH);
    kt_unpark(&client);
    kt_call(&client, ep, &question);
    kt_recv(&kt.root, ep, reply);
    kt_ok(kt_delete(reply));
    assert_int_equal(client.tcb->state, TCB_INACTIVE);
    assert_null(client.tcb->reply);
}

static void test_reply_of_a_receiver_deleted(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread server = kt_thread(HIGH);
    kt_unpark(&server);
    kt_recv(&server, ep, reply);
    kt_ok(kt_delete(reply));
    assert_int_equal(server.tcb->state, TCB_INACTIVE);
    assert_true(tree_is_empty(&kt_endpoint_of(ep)->waiters));
}

static void test_suspended_caller_loses_its_answer(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread client = kt_thread(HIGH);
    kt_unpark(&client);
    kt_call(&client, ep, &question);
    kt_recv(&kt.root, ep, reply);
    kt_ok(kt_invoke(client.cap, KAAL_INV_TCB_SUSPEND, KT_NONE, KT_NONE));
    assert_null(kt_reply_of(reply)->tcb);
    kt_send(&kt.root, reply, &answer);
    assert_int_equal(client.tcb->state, TCB_INACTIVE);
    /* Resumed, it calls again. */
    kt_ok(kt_invoke(client.cap, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE));
    assert_true(kt_is_current(&client));
    kt_again(&client);
    assert_int_equal(client.tcb->state, TCB_BLOCKED_SEND);
}

/* ---- Capabilities with the answer --------------------------------------------------------- */

static void reply_with_cap(word_t reply_rights, word_t call_rights, bool arrives)
{
    (void)kt_boot(NULL);
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), gift = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t reply = kt_object(CAP_REPLY, 0), place = kt_new_slot();
    const cptr_t weak_reply = kt_copy_of(reply, reply_rights);
    const cptr_t call_ep = kt_copy_of(ep, call_rights);
    const struct kt_msg msg = {.label = 6, .caps = 1, .cap = {gift}};
    struct kt_thread client = kt_thread(HIGH);
    kt_unpark(&client);
    client.buffer->receive_cnode = KAAL_ROOT_CNODE;
    client.buffer->receive_index = place;
    client.buffer->receive_depth = 64;
    kt_call(&client, call_ep, &question);
    kt_recv(&kt.root, ep, weak_reply);
    kt_send(&kt.root, weak_reply, &msg);
    assert_true(kt_is_current(&client));
    assert_int_equal(kt_caps(&client), arrives ? 1 : 0);
    assert_int_equal(slot_is_empty(kt_slot(place)), !arrives);
}

static void test_grant_on_the_reply_passes_capabilities(void **state)
{
    (void)state;
    const word_t call = KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY;
    reply_with_cap(KAAL_RIGHTS_ALL, call, true);
    reply_with_cap(KAAL_RIGHTS_ALL & ~(word_t)KAAL_RIGHT_GRANT, call, false);
}

/* ---- Passive servers ------------------------------------------------------------------------ */

/* A passive server that waits in receive. */
static struct kt_thread passive_server(unsigned priority, cptr_t ep, cptr_t reply)
{
    struct kt_thread t = kt_thread(priority);
    kt_unpark(&t);
    kt_recv(&t, ep, reply);
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    assert_null(t.tcb->sc);
    return t;
}

static void test_call_donates_time_and_reply_returns_it(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread server = passive_server(HIGH, ep, reply);
    struct kt_thread client = kt_thread(LOW);
    struct sc *sc = kt_sc_of(client.sc);
    kt_unpark(&client);
    kt_call(&client, ep, &question);
    assert_true(kt_is_current(&server));
    assert_ptr_equal(server.tcb->sc, sc);
    assert_null(client.tcb->sc);
    assert_ptr_equal(sc->reply, kt_reply_of(reply));
    kt_reply_recv(&server, ep, reply, &answer);
    assert_true(kt_is_current(&client));
    assert_got(&client, 6, 60);
    assert_ptr_equal(client.tcb->sc, sc);
    assert_null(server.tcb->sc);
    assert_null(sc->reply);
}

static void test_send_does_not_donate(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread server = passive_server(HIGH, ep, reply);
    kt_send(&kt.root, ep, &question);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(server.tcb->state, TCB_RUNNING);
    assert_null(server.tcb->sc);
}

/* client -> a -> b, all on the client's time. */
struct chain {
    cptr_t ep_a, ep_b, reply_a, reply_b;
    struct kt_thread a, b, client;
    struct sc *sc;
};

static struct chain chain(void)
{
    struct chain c = {
        .ep_a = kt_object(CAP_ENDPOINT, 0),
        .ep_b = kt_object(CAP_ENDPOINT, 0),
        .reply_a = kt_object(CAP_REPLY, 0),
        .reply_b = kt_object(CAP_REPLY, 0),
    };
    c.a = passive_server(MIDDLE, c.ep_a, c.reply_a);
    c.b = passive_server(HIGH, c.ep_b, c.reply_b);
    c.client = kt_thread(LOW);
    c.sc = kt_sc_of(c.client.sc);
    kt_unpark(&c.client);
    kt_call(&c.client, c.ep_a, &question);
    kt_call(&c.a, c.ep_b, &question);
    assert_true(kt_is_current(&c.b));
    assert_ptr_equal(c.b.tcb->sc, c.sc);
    assert_ptr_equal(c.sc->reply, kt_reply_of(c.reply_b));
    return c;
}

static void test_chain_unwinds(void **state)
{
    (void)state;
    struct chain c = chain();
    kt_reply_recv(&c.b, c.ep_b, c.reply_b, &answer);
    assert_true(kt_is_current(&c.a));
    assert_ptr_equal(c.a.tcb->sc, c.sc);
    assert_ptr_equal(c.sc->reply, kt_reply_of(c.reply_a));
    kt_reply_recv(&c.a, c.ep_a, c.reply_a, &answer);
    assert_true(kt_is_current(&c.client));
    assert_ptr_equal(c.client.tcb->sc, c.sc);
}

static void test_chain_with_the_middle_reply_deleted(void **state)
{
    (void)state;
    struct chain c = chain();
    delete_as(&c.b, c.reply_a); /* the client's call is given up */
    assert_true(kt_is_current(&c.b));
    assert_int_equal(c.client.tcb->state, TCB_INACTIVE);
    kt_reply_recv(&c.b, c.ep_b, c.reply_b, &answer);
    assert_true(kt_is_current(&c.a));
    assert_ptr_equal(c.a.tcb->sc, c.sc);
}

static void test_chain_with_the_newest_reply_deleted(void **state)
{
    (void)state;
    struct chain c = chain();
    delete_as(&c.b, c.reply_b);
    /* The context went back to a, which stays stopped; b has no time left. */
    assert_ptr_equal(c.a.tcb->sc, c.sc);
    assert_int_equal(c.a.tcb->state, TCB_INACTIVE);
    assert_null(c.b.tcb->sc);
    assert_true(kt_is_current(&kt.root));
    assert_ptr_equal(c.sc->reply, kt_reply_of(c.reply_a));
}

static void test_chain_with_the_client_deleted(void **state)
{
    (void)state;
    struct chain c = chain();
    delete_as(&c.b, c.client.cap);
    assert_true(kt_is_current(&c.b));
    kt_reply_recv(&c.b, c.ep_b, c.reply_b, &answer);
    assert_true(kt_is_current(&c.a));
    kt_svc(&c.a, KAAL_SYS_SEND, c.reply_a, &answer, 0, 0);
    assert_true(kt_is_current(&c.a)); /* nobody to answer, time stays */
}

static void test_chain_with_the_context_deleted(void **state)
{
    (void)state;
    struct chain c = chain();
    delete_as(&c.b, c.client.sc);
    assert_true(kt_is_current(&kt.root));
    assert_null(c.b.tcb->sc);
    assert_null(kt_reply_of(c.reply_b)->sc);
    /* Time again for b: the answers still go their way, without donation. */
    const cptr_t sc = kt_object(CAP_SCHED_CONTEXT, 8);
    kt_configure_sc(sc, 1000, 1000);
    kt_ok(kt_invoke(sc, KAAL_INV_SCHED_CONTEXT_BIND, KT_NONE, KT_CAPS(c.b.cap)));
    assert_true(kt_is_current(&c.b));
    kt_reply_recv(&c.b, c.ep_b, c.reply_b, &answer);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(c.a.tcb->state, TCB_RUNNING);
    assert_got(&c.a, 6, 60);
    assert_null(c.a.tcb->sc);
}

/* Unbinding the context also takes it out of the call chain. */
static void test_chain_with_the_context_unbound(void **state)
{
    (void)state;
    struct chain c = chain();
    kt_park(&c.b);
    kt_ok(kt_invoke(c.client.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    assert_null(c.sc->tcb);
    assert_null(c.sc->reply);
    assert_null(kt_reply_of(c.reply_b)->sc);
}

static void test_server_dies_with_the_time(void **state)
{
    (void)state;
    struct chain c = chain();
    delete_as(&c.b, c.b.cap);
    assert_true(kt_is_current(&kt.root));
    assert_null(c.sc->tcb);
    assert_int_equal(c.a.tcb->state, TCB_BLOCKED_REPLY);
    /* Somebody else with the reply object can answer and returns the time. */
    kt_send(&kt.root, c.reply_b, &answer);
    assert_true(kt_is_current(&c.a));
    assert_got(&c.a, 6, 60);
    assert_ptr_equal(c.a.tcb->sc, c.sc);
}

/* ---- Faults ------------------------------------------------------------------------------------
 */

static struct kt_thread faulting(cptr_t ep)
{
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(ep, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)));
    kt_unpark(&t);
    return t;
}

static void test_vm_fault_and_resume(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread t = faulting(kt_badged(ep, KAAL_RIGHTS_ALL, 31));
    t.tcb->regs.pc = 0x1234;
    kernel_vm_fault(0xdead000, true, 0x86000006);
    kt_check();
    kt_recv(&kt.root, ep, reply);
    assert_int_equal(kt_label(&kt.root), KAAL_FAULT_VM);
    assert_int_equal(kt_badge(&kt.root), 31);
    assert_int_equal(kt_length(&kt.root), 4);
    assert_int_equal(kt_word(&kt.root, 0), 0x1234);
    assert_int_equal(kt_word(&kt.root, 1), 0xdead000);
    assert_int_equal(kt_word(&kt.root, 2), 1);
    assert_int_equal(kt_word(&kt.root, 3), 0x86000006);
    kt_send(&kt.root, reply, NULL);
    assert_true(kt_is_current(&t));
    assert_int_equal(t.tcb->regs.pc, 0x1234);
}

static void test_fault_is_forgotten_with_its_reply(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread t = faulting(ep);
    kernel_vm_fault(0, false, 0);
    kt_check();
    kt_recv(&kt.root, ep, reply);
    assert_int_equal(kt_label(&kt.root), KAAL_FAULT_VM);
    kt_ok(kt_delete(reply));
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE));
    assert_true(kt_is_current(&t));
    kt_send(&t, ep, &answer);
    kt_recv(&kt.root, ep, kt_object(CAP_REPLY, 0));
    assert_got(&kt.root, 6, 60);
    assert_true(kt_is_done(&t));
}

static void test_fault_reply_with_a_label_leaves_it_stopped(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread t = faulting(ep);
    kernel_vm_fault(0, false, 0);
    kt_recv(&kt.root, ep, reply);
    kt_send(&kt.root, reply, &answer);
    assert_true(kt_is_current(&kt.root));
    assert_int_equal(t.tcb->state, TCB_INACTIVE);
}

static void test_unknown_syscall_fault(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread t = faulting(ep);
    kt_svc(&t, 999, 1, NULL, 7, 8);
    kt_recv(&kt.root, ep, reply);
    assert_int_equal(kt_label(&kt.root), KAAL_FAULT_UNKNOWN_SYSCALL);
    assert_int_equal(kt_length(&kt.root), 35);
    assert_int_equal(kt_word(&kt.root, 0), 999);
    assert_int_equal(kt_word(&kt.root, 7), 7);
    assert_int_equal(kt_word(&kt.root, 31), KT_SVC);
    assert_int_equal(kt_word(&kt.root, 34), 999);
    struct kt_msg msg = {.length = 34};
    for (unsigned i = 0; i < 34; i++) {
        msg.w[i] = 0xf000000000000000 | i;
    }
    kt_send(&kt.root, reply, &msg);
    for (unsigned i = 0; i < 31; i++) {
        assert_int_equal(t.tcb->regs.x[i], 0xf000000000000000 | i);
    }
    assert_int_equal(t.tcb->regs.pc, 0xf000000000000000 | 31);
    assert_int_equal(t.tcb->regs.sp, 0xf000000000000000 | 32);
    /* Only the condition flags of a pstate that user space gives count: B15. */
    assert_int_equal(t.tcb->regs.pstate, 0);
}

static void test_user_exception(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread t = faulting(ep);
    t.tcb->regs.sp = 0x8888;
    t.tcb->regs.pstate = 0x60000000;
    kernel_user_exception(0x2000000);
    kt_recv(&kt.root, ep, reply);
    assert_int_equal(kt_label(&kt.root), KAAL_FAULT_USER_EXCEPTION);
    assert_int_equal(kt_length(&kt.root), 4);
    assert_int_equal(kt_word(&kt.root, 1), 0x8888);
    assert_int_equal(kt_word(&kt.root, 2), 0x60000000);
    assert_int_equal(kt_word(&kt.root, 3), 0x2000000);
    kt_send(&kt.root, reply, &(struct kt_msg){.length = 3, .w = {0x9000, 0x7777, 0xffffffff}});
    assert_int_equal(t.tcb->regs.pc, 0x9000);
    assert_int_equal(t.tcb->regs.sp, 0x7777);
    assert_int_equal(t.tcb->regs.pstate, 0xf0000000);
    assert_true(kt_is_current(&t));
}

static void test_handler_needs_rights(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t = kt_thread(HIGH);
    for (word_t rights = 0; rights <= KAAL_RIGHTS_ALL; rights++) {
        const cptr_t copy = kt_copy_of(ep, rights);
        const bool is_fit = (rights & KAAL_RIGHT_WRITE) != 0 &&
                            (rights & (KAAL_RIGHT_GRANT | KAAL_RIGHT_GRANT_REPLY)) != 0;
        assert_int_equal(kt_invoke(t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                                   KT_CAPS(copy, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)),
                         is_fit ? KAAL_OK : KAAL_ERR_INVALID_CAPABILITY);
    }
}

/* ---- Combined calls
 * ------------------------------------------------------------------------------ */

static void test_nbsend_wait(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), m = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_svc(&t, KAAL_SYS_NBSEND_WAIT, n, NULL, 0, m);
    assert_true(kt_ntfn_of(n)->active);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_NTFN);
    kt_nbsend(&kt.root, m, NULL);
    assert_true(kt_is_current(&t) && kt_is_done(&t));
}

static void test_nbsend_recv_donates(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    const cptr_t other = kt_object(CAP_ENDPOINT, 0), own_reply = kt_object(CAP_REPLY, 0);
    struct kt_thread server = passive_server(HIGH, ep, reply);
    struct kt_thread t = kt_thread(LOW);
    kt_unpark(&t);
    kt_svc(&t, KAAL_SYS_NBSEND_RECV, ep, &question, own_reply, other);
    assert_true(kt_is_current(&server));
    assert_got(&server, 5, 50);
    assert_ptr_equal(server.tcb->sc, kt_sc_of(t.sc));
    assert_null(t.tcb->sc);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_RECV);
}

static void test_combined_call_deletes_its_caller(void **state)
{
    (void)state;
    static const word_t number[] = {KAAL_SYS_NBSEND_RECV, KAAL_SYS_NBSEND_WAIT,
                                    KAAL_SYS_REPLY_RECV};
    for (unsigned i = 0; i < 3; i++) {
        (void)kt_boot(NULL);
        const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
        struct kt_thread t = kt_thread(HIGH);
        const struct kt_msg msg = {.label = KAAL_INV_CNODE_DELETE, .length = 2, .w = {t.cap, 64}};
        kt_unpark(&t);
        if (number[i] == KAAL_SYS_REPLY_RECV) {
            kt_svc(&t, number[i], ep, &msg, KAAL_ROOT_CNODE, 0);
        } else {
            kt_svc(&t, number[i], KAAL_ROOT_CNODE, &msg, reply, ep);
        }
        assert_true(kt_is_current(&kt.root));
        assert_true(slot_is_empty(kt_slot(t.cap)));
        assert_true(tree_is_empty(&kt_endpoint_of(ep)->waiters));
    }
}

/* The first half is interrupted: the whole call starts again. */
static void test_combined_call_preempted(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread t = kt_thread(HIGH);
    for (unsigned i = 0; i < 4; i++) {
        (void)kt_copy_of(n, KAAL_RIGHTS_ALL);
    }
    const struct kt_msg msg = {.label = KAAL_INV_CNODE_REVOKE, .length = 2, .w = {n, 64}};
    kt_unpark(&t);
    host.preempt_at = host.pending_calls;
    kt_svc(&t, KAAL_SYS_NBSEND_RECV, KAAL_ROOT_CNODE, &msg, reply, ep);
    assert_true(kt_is_current(&t));
    assert_int_equal(t.tcb->regs.pc, KT_SVC);
    assert_int_equal(t.tcb->state, TCB_RUNNING);
    kt_again(&t);
    assert_null(kt_slot(n)->first);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_RECV);
    assert_int_equal(t.tcb->regs.pc, KT_SVC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_call_and_reply, kt_boot),
        cmocka_unit_test_setup(test_caller_first, kt_boot),
        cmocka_unit_test_setup(test_reply_is_used_once, kt_boot),
        cmocka_unit_test_setup(test_call_without_reply_right_stops_the_caller, kt_boot),
        cmocka_unit_test_setup(test_receive_without_reply_object_stops_the_caller, kt_boot),
        cmocka_unit_test_setup(test_reusing_a_reply_gives_up_the_old_caller, kt_boot),
        cmocka_unit_test_setup(test_deleted_reply_stops_the_caller, kt_boot),
        cmocka_unit_test_setup(test_reply_of_a_receiver_deleted, kt_boot),
        cmocka_unit_test_setup(test_suspended_caller_loses_its_answer, kt_boot),
        cmocka_unit_test_setup(test_grant_on_the_reply_passes_capabilities, kt_boot),
        cmocka_unit_test_setup(test_call_donates_time_and_reply_returns_it, kt_boot),
        cmocka_unit_test_setup(test_send_does_not_donate, kt_boot),
        cmocka_unit_test_setup(test_chain_unwinds, kt_boot),
        cmocka_unit_test_setup(test_chain_with_the_middle_reply_deleted, kt_boot),
        cmocka_unit_test_setup(test_chain_with_the_newest_reply_deleted, kt_boot),
        cmocka_unit_test_setup(test_chain_with_the_client_deleted, kt_boot),
        cmocka_unit_test_setup(test_chain_with_the_context_deleted, kt_boot),
        cmocka_unit_test_setup(test_chain_with_the_context_unbound, kt_boot),
        cmocka_unit_test_setup(test_server_dies_with_the_time, kt_boot),
        cmocka_unit_test_setup(test_vm_fault_and_resume, kt_boot),
        cmocka_unit_test_setup(test_fault_is_forgotten_with_its_reply, kt_boot),
        cmocka_unit_test_setup(test_fault_reply_with_a_label_leaves_it_stopped, kt_boot),
        cmocka_unit_test_setup(test_unknown_syscall_fault, kt_boot),
        cmocka_unit_test_setup(test_user_exception, kt_boot),
        cmocka_unit_test_setup(test_handler_needs_rights, kt_boot),
        cmocka_unit_test_setup(test_nbsend_wait, kt_boot),
        cmocka_unit_test_setup(test_nbsend_recv_donates, kt_boot),
        cmocka_unit_test_setup(test_combined_call_deletes_its_caller, kt_boot),
        cmocka_unit_test_setup(test_combined_call_preempted, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
