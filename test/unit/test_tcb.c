/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on threads: configuration, registers, stopping and starting. */
#include "support/kt.h"

enum { HIGH = 150, REGISTERS = 35 }; /* pc, sp, pstate, x0-x30, tls */

static enum kaal_err configure(cptr_t tcb, word_t guard, word_t buffer, cptr_t cspace,
                               cptr_t vspace, cptr_t page)
{
    return kt_invoke(tcb, KAAL_INV_TCB_CONFIGURE, KT_WORDS(guard, 0, buffer),
                     KT_CAPS(cspace, vspace, page));
}

static uint64_t hash_tcb(const struct tcb *t)
{
    const unsigned char *p = (const unsigned char *)t;
    uint64_t hash = 1;
    for (size_t i = 0; i < sizeof(*t); i++) {
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

/* ---- Configure -------------------------------------------------------------------- */

static void test_configure(void **state)
{
    (void)state;
    const cptr_t tcb = kt_object(CAP_TCB, 0), page = kt_object(CAP_PAGE, 12);
    struct tcb *t = kt_tcb_of(tcb);
    kt_ok(configure(tcb, 0, 0x5400, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE, page));
    assert_int_equal(t->slots[TCB_SLOT_CSPACE].cap.type, CAP_CNODE);
    assert_int_equal(t->slots[TCB_SLOT_VSPACE].cap.type, CAP_VSPACE);
    assert_int_equal(t->regs.ipc_buffer, 0x5400);
    assert_ptr_equal(tcb_ipc_buffer(t), (char *)kt_cap(page)->obj + 0x400);
    /* The new one replaces the old one. */
    kt_ok(configure(tcb, 0, 0, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE, page));
    assert_null(tcb_ipc_buffer(t));
    assert_int_equal(t->regs.ipc_buffer, 0);
}

static void test_configure_sets_a_guard(void **state)
{
    (void)state;
    const cptr_t tcb = kt_object(CAP_TCB, 0), cnode = kt_object(CAP_CNODE, 4);
    const struct cap *cap = &kt_tcb_of(tcb)->slots[TCB_SLOT_CSPACE].cap;
    kt_ok(configure(tcb, 60, 0, cnode, KAAL_ROOT_VSPACE, KAAL_ROOT_NULL));
    assert_int_equal(cap_cnode_guard_bits(cap), 60);
    assert_int_equal(cap_cnode_guard(cap), 0);
    kt_ok(configure(tcb, 0x2b << 6 | 6, 0, cnode, KAAL_ROOT_VSPACE, KAAL_ROOT_NULL));
    assert_int_equal(cap_cnode_guard_bits(cap), 6);
    assert_int_equal(cap_cnode_guard(cap), 0x2b);
    assert_int_equal(configure(tcb, 61, 0, cnode, KAAL_ROOT_VSPACE, KAAL_ROOT_NULL),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(cap_cnode_guard_bits(cap), 6);
}

/* Each wrong capability in each place; and nothing changes: KT-1. */
static void test_configure_refuses(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t bare_space = kt_object(CAP_VSPACE, 0), empty = kt_new_slot();
    const cptr_t wrong[] = {ep, kt.untyped, page, empty, KAAL_ROOT_IRQ_CONTROL, KAAL_ROOT_TCB};
    struct kt_thread t = kt_thread(HIGH);
    const uint64_t before = hash_tcb(t.tcb);
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(configure(t.cap, 0, 0x1000, wrong[i], KAAL_ROOT_VSPACE, page),
                         KAAL_ERR_INVALID_CAPABILITY);
        assert_int_equal(kt_word(&kt.root, 0), 1);
        assert_int_equal(configure(t.cap, 0, 0x1000, KAAL_ROOT_CNODE, wrong[i], page),
                         KAAL_ERR_INVALID_CAPABILITY);
        assert_int_equal(kt_word(&kt.root, 0), 2);
        if (wrong[i] != page) {
            assert_int_equal(
                configure(t.cap, 0, 0x1000, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE, wrong[i]),
                KAAL_ERR_INVALID_CAPABILITY);
            assert_int_equal(kt_word(&kt.root, 0), 3);
        }
    }
    assert_int_equal(configure(t.cap, 0, 0x1000, KAAL_ROOT_CNODE, bare_space, page),
                     KAAL_ERR_INVALID_CAPABILITY);
    for (unsigned bit = 0; bit < KAAL_IPC_BUFFER_BITS; bit++) {
        assert_int_equal(configure(t.cap, 0, 0x1000 | UINT64_C(1) << bit, KAAL_ROOT_CNODE,
                                   KAAL_ROOT_VSPACE, page),
                         KAAL_ERR_ALIGNMENT);
        assert_int_equal(kt_word(&kt.root, 0), 2);
    }
    assert_int_equal(kt_invoke(t.cap, KAAL_INV_TCB_CONFIGURE, KT_WORDS(0, 0),
                               KT_CAPS(KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE, page)),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(kt_invoke(t.cap, KAAL_INV_TCB_CONFIGURE, KT_WORDS(0, 0, 0),
                               KT_CAPS(KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(hash_tcb(t.tcb), before);
}

/* B05, B13: the page of an IPC buffer goes: messages are cut, nothing else. */
static void test_ipc_buffer_page_revoked(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t = kt_thread(HIGH);
    const struct kt_msg msg = {.length = 10, .w = {1, 2, 3, 4, 5}};
    kt_unpark(&t);
    kt_wait(&t, ep);
    kt_ok(kt_revoke(t.page));
    kt_ok(kt_delete(t.page));
    assert_null(tcb_ipc_buffer(t.tcb));
    kt_send(&kt.root, ep, &msg);
    assert_int_equal(kt_length(&t), 4);
}

static void test_read_only_page_is_no_buffer(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), read = kt_copy_of(page, KAAL_RIGHT_READ);
    const cptr_t tcb = kt_object(CAP_TCB, 0);
    kt_ok(configure(tcb, 0, 0x1000, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE, read));
    assert_null(tcb_ipc_buffer(kt_tcb_of(tcb)));
}

static void test_set_sched_params(void **state)
{
    (void)state;
    const word_t label = KAAL_INV_TCB_SET_SCHED_PARAMS;
    const cptr_t sc = kt_object(CAP_SCHED_CONTEXT, 8), ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t weak = kt_copy_of(ep, KAAL_RIGHT_READ);
    struct kt_thread t = kt_thread(HIGH), other = kt_thread(HIGH);
    const uint64_t before = hash_tcb(t.tcb);
    assert_int_equal(kt_invoke(t.cap, label, KT_WORDS(256, 1), KT_CAPS(KAAL_ROOT_TCB, t.sc, ep)),
                     KAAL_ERR_RANGE);
    assert_int_equal(kt_word(&kt.root, 0), 0);
    assert_int_equal(kt_invoke(t.cap, label, KT_WORDS(1, 256), KT_CAPS(KAAL_ROOT_TCB, t.sc, ep)),
                     KAAL_ERR_RANGE);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    assert_int_equal(kt_invoke(t.cap, label, KT_WORDS(1, 1), KT_CAPS(ep, t.sc, ep)),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    assert_int_equal(kt_invoke(t.cap, label, KT_WORDS(1, 1), KT_CAPS(KAAL_ROOT_TCB, ep, ep)),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_word(&kt.root, 0), 2);
    assert_int_equal(kt_invoke(t.cap, label, KT_WORDS(1, 1), KT_CAPS(KAAL_ROOT_TCB, t.sc, weak)),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_word(&kt.root, 0), 3);
    assert_int_equal(kt_invoke(t.cap, label, KT_WORDS(1, 1), KT_CAPS(KAAL_ROOT_TCB, other.sc, ep)),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(kt_invoke(t.cap, label, KT_WORDS(1, 1), KT_CAPS(KAAL_ROOT_TCB, sc, ep)),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(hash_tcb(t.tcb), before);

    kt_ok(kt_invoke(t.cap, label, KT_WORDS(7, 5), KT_CAPS(KAAL_ROOT_TCB, KAAL_ROOT_NULL, ep)));
    assert_null(t.tcb->sc);
    assert_int_equal(t.tcb->mcp, 7);
    assert_int_equal(t.tcb->priority, 5);
    assert_ptr_equal(cap_endpoint(&t.tcb->slots[TCB_SLOT_FAULT_HANDLER].cap), kt_endpoint_of(ep));
    kt_ok(kt_invoke(t.cap, label, KT_WORDS(7, 5), KT_CAPS(KAAL_ROOT_TCB, sc, KAAL_ROOT_NULL)));
    assert_ptr_equal(t.tcb->sc, kt_sc_of(sc));
    assert_true(slot_is_empty(&t.tcb->slots[TCB_SLOT_FAULT_HANDLER]));
}

/* ---- Registers ---------------------------------------------------------------------- */

static void write_registers(cptr_t tcb, unsigned count, bool resume, enum kaal_err want)
{
    struct kt_msg msg = {
        .label = KAAL_INV_TCB_WRITE_REGISTERS, .length = 2 + count, .w = {resume, count}};
    for (unsigned i = 0; i < count && i < REGISTERS; i++) {
        msg.w[2 + i] = 0xabc0000000000000 | i;
    }
    kt_call(&kt.root, tcb, &msg);
    if (kt_is_current(&kt.root)) {
        assert_int_equal(kt_label(&kt.root), want);
    }
}

static word_t register_of(const struct tcb *t, unsigned i)
{
    return i == 0    ? t->regs.pc
           : i == 1  ? t->regs.sp
           : i == 2  ? t->regs.pstate
           : i == 34 ? t->regs.tls
                     : t->regs.x[i - 3];
}

/* B16: count says how many, and no other changes. */
static void test_b16_register_count(void **state)
{
    (void)state;
    for (unsigned count = 0; count <= REGISTERS; count++) {
        const cptr_t tcb = kt_object(CAP_TCB, 0);
        write_registers(tcb, count, false, KAAL_OK);
        for (unsigned i = 0; i < REGISTERS; i++) {
            const word_t want = i >= count || i == 2 ? 0 : 0xabc0000000000000 | i;
            assert_int_equal(register_of(kt_tcb_of(tcb), i), want);
        }
        if (count == 0) {
            continue;
        }
        kt_ok(kt_invoke(tcb, KAAL_INV_TCB_READ_REGISTERS, KT_WORDS(0, count), KT_NONE));
        assert_int_equal(kt_length(&kt.root), count);
        for (unsigned i = 0; i < count; i++) {
            assert_int_equal(kt_word(&kt.root, i), register_of(kt_tcb_of(tcb), i));
        }
    }
    const cptr_t tcb = kt_object(CAP_TCB, 0);
    const word_t bad[] = {REGISTERS + 1, 255, UINT64_C(1) << 32, UINT64_C(1) << 63, UINT64_MAX};
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(kt_invoke(tcb, KAAL_INV_TCB_READ_REGISTERS, KT_WORDS(0, bad[i]), KT_NONE),
                         KAAL_ERR_RANGE);
        assert_int_equal(kt_word(&kt.root, 0), 1);
        assert_int_equal(
            kt_invoke(tcb, KAAL_INV_TCB_WRITE_REGISTERS, KT_WORDS(0, bad[i], 1), KT_NONE),
            KAAL_ERR_RANGE);
    }
    assert_int_equal(kt_invoke(tcb, KAAL_INV_TCB_WRITE_REGISTERS, KT_WORDS(0, 5, 1, 2), KT_NONE),
                     KAAL_ERR_TRUNCATED_MESSAGE);
}

/* B15: whatever is asked for, the thread stays in user mode with interrupts
 * enabled. */
static void test_b15_pstate(void **state)
{
    (void)state;
    const cptr_t tcb = kt_object(CAP_TCB, 0);
    for (unsigned bit = 0; bit < 64; bit++) {
        kt_ok(kt_invoke(tcb, KAAL_INV_TCB_WRITE_REGISTERS, KT_WORDS(0, 3, 0, 0, UINT64_C(1) << bit),
                        KT_NONE));
        const word_t want = bit >= 28 && bit <= 31 ? UINT64_C(1) << bit : 0;
        assert_int_equal(kt_tcb_of(tcb)->regs.pstate, want);
    }
}

static void test_own_registers(void **state)
{
    (void)state;
    assert_int_equal(kt_invoke(KAAL_ROOT_TCB, KAAL_INV_TCB_READ_REGISTERS, KT_WORDS(0, 1), KT_NONE),
                     KAAL_ERR_ILLEGAL_OPERATION);
    write_registers(KAAL_ROOT_TCB, 3, false, KAAL_ERR_ILLEGAL_OPERATION);
}

static void test_write_registers_and_resume(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    write_registers(t.cap, 3, true, KAAL_OK);
    assert_true(kt_is_current(&t));
    assert_int_equal(t.tcb->regs.pc, 0xabc0000000000000);
}

static void test_tls_base(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_TLS_BASE, KT_WORDS(0x1122334455667788), KT_NONE));
    assert_int_equal(t.tcb->regs.tls, 0x1122334455667788);
    kt_ok(kt_invoke(KAAL_ROOT_TCB, KAAL_INV_TCB_SET_TLS_BASE, KT_WORDS(42), KT_NONE));
    assert_int_equal(kt.root.tcb->regs.tls, 42);
}

/* ---- Start and stop -------------------------------------------------------------------- */

static void test_suspend_and_resume(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(50);
    kt_nbsend(&kt.root, t.park, NULL);
    assert_true(t.tcb->is_ready_queued);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SUSPEND, KT_NONE, KT_NONE));
    assert_false(t.tcb->is_ready_queued);
    assert_int_equal(t.tcb->state, TCB_INACTIVE);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SUSPEND, KT_NONE, KT_NONE));
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE));
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE));
    assert_true(t.tcb->is_ready_queued);
}

static void test_suspending_oneself(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_call(&t, t.cap, &(struct kt_msg){.label = KAAL_INV_TCB_SUSPEND});
    assert_true(kt_is_current(&kt.root));
    kt_svc(&kt.root, KAAL_SYS_CALL, t.cap, &(struct kt_msg){.label = KAAL_INV_TCB_RESUME}, 0, 0);
    assert_true(kt_is_current(&t) && kt_is_done(&t));
    kt_ok(kt_label(&t));
}

static void test_fresh_thread_cannot_do_harm(void **state)
{
    (void)state;
    const cptr_t tcb = kt_object(CAP_TCB, 0), sc = kt_object(CAP_SCHED_CONTEXT, 8);
    kt_configure_sc(sc, 1000, 1000);
    kt_ok(kt_invoke(sc, KAAL_INV_SCHED_CONTEXT_BIND, KT_NONE, KT_CAPS(tcb)));
    kt_ok(kt_invoke(tcb, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE));
    kt_ok(kt_invoke(tcb, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(50), KT_CAPS(KAAL_ROOT_TCB)));
    kt_wait(&kt.root, kt.root.park);
    struct tcb *t = kt_tcb_of(tcb);
    assert_ptr_equal(kt_current(), t);
    t->regs.x[0] = KAAL_SYS_CALL; /* no CSpace at all */
    t->regs.pc = KT_SVC + 4;
    kt_enter(kernel_syscall);
    assert_int_equal(t->state, TCB_INACTIVE);
}

static void test_calls_of_other_objects(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12);
    static const word_t labels[] = {0, 1, 9, 29, 40, 50, 54, 1000, UINT64_MAX >> 12};
    for (unsigned i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        assert_int_equal(kt_invoke(KAAL_ROOT_TCB, labels[i], KT_WORDS(1, 2, 3, 4, 5, 6, 7),
                                   KT_CAPS(page, page, page)),
                         KAAL_ERR_ILLEGAL_OPERATION);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_configure, kt_boot),
        cmocka_unit_test_setup(test_configure_sets_a_guard, kt_boot),
        cmocka_unit_test_setup(test_configure_refuses, kt_boot),
        cmocka_unit_test_setup(test_ipc_buffer_page_revoked, kt_boot),
        cmocka_unit_test_setup(test_read_only_page_is_no_buffer, kt_boot),
        cmocka_unit_test_setup(test_set_sched_params, kt_boot),
        cmocka_unit_test_setup(test_b16_register_count, kt_boot),
        cmocka_unit_test_setup(test_b15_pstate, kt_boot),
        cmocka_unit_test_setup(test_own_registers, kt_boot),
        cmocka_unit_test_setup(test_write_registers_and_resume, kt_boot),
        cmocka_unit_test_setup(test_tls_base, kt_boot),
        cmocka_unit_test_setup(test_suspend_and_resume, kt_boot),
        cmocka_unit_test_setup(test_suspending_oneself, kt_boot),
        cmocka_unit_test_setup(test_fresh_thread_cannot_do_harm, kt_boot),
        cmocka_unit_test_setup(test_calls_of_other_objects, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
