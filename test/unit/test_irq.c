/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts: handlers, notifications, masking. */
#include "object/irq.h"

#include "support/kt.h"

enum { HIGH = 150, LINE = 40 };

static enum kaal_err get(word_t irq, word_t edge, cptr_t dest, word_t depth)
{
    return kt_invoke(KAAL_ROOT_IRQ_CONTROL, KAAL_INV_IRQ_CONTROL_GET,
                     KT_WORDS(irq, edge, dest, depth), KT_CAPS(KAAL_ROOT_CNODE));
}

static cptr_t handler_of(unsigned irq)
{
    const cptr_t slot = kt_new_slot();
    kt_ok(get(irq, 0, slot, 64));
    return slot;
}

static enum kaal_err ack(cptr_t handler)
{
    return kt_invoke(handler, KAAL_INV_IRQ_HANDLER_ACK, KT_NONE, KT_NONE);
}

static enum kaal_err set_notification(cptr_t handler, cptr_t ntfn)
{
    return kt_invoke(handler, KAAL_INV_IRQ_HANDLER_SET_NOTIFICATION, KT_NONE, KT_CAPS(ntfn));
}

static badge_t poll(cptr_t ntfn)
{
    kt_poll(&kt.root, ntfn);
    return kt_badge(&kt.root);
}

static void test_interrupt_becomes_a_signal(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t badged = kt_badged(n, KAAL_RIGHT_WRITE, 0x40), handler = handler_of(LINE);
    assert_false(host.irq_masked[LINE]); /* enabled once issued */
    kt_ok(set_notification(handler, badged));
    kt_irq(LINE);
    assert_true(host.irq_masked[LINE]);
    assert_int_equal(host.irq_active, ARCH_IRQ_NONE);
    assert_int_equal(poll(n), 0x40);
    /* Masked until the acknowledgement: no second signal. */
    kt_irq(LINE);
    assert_true(host.irq_raised[LINE]);
    assert_int_equal(poll(n), 0);
    kt_ok(ack(handler));
    kernel_irq();
    kt_check();
    assert_int_equal(poll(n), 0x40);
}

static void test_interrupt_wakes_a_driver(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), handler = handler_of(LINE);
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(set_notification(handler, n));
    kt_unpark(&t);
    kt_wait(&t, n);
    kt_irq(LINE);
    assert_true(kt_is_current(&t) && kt_is_done(&t));
}

static void test_interrupt_wakes_a_sleeping_core(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), handler = handler_of(LINE);
    kt_ok(set_notification(handler, n));
    kt_wait(&kt.root, n);
    assert_ptr_equal(kt_current(), &host_cpu.idle);
    kt_irq(LINE);
    assert_true(kt_is_current(&kt.root) && kt_is_done(&kt.root));
}

static void test_unbound_interrupt_is_masked(void **state)
{
    (void)state;
    (void)handler_of(LINE);
    kt_irq(LINE);
    assert_true(host.irq_masked[LINE]);
    assert_true(kt_is_current(&kt.root));
}

static void test_spurious_interrupt(void **state)
{
    (void)state;
    kt_enter(host_irq);
    assert_true(kt_is_current(&kt.root));
}

static void test_one_handler_per_line(void **state)
{
    (void)state;
    const cptr_t handler = handler_of(LINE), slot = kt_new_slot();
    assert_int_equal(get(LINE, 0, slot, 64), KAAL_ERR_REVOKE_FIRST);
    const cptr_t copy = kt_copy_of(handler, 15);
    kt_ok(kt_delete(handler));
    assert_int_equal(get(LINE, 0, slot, 64), KAAL_ERR_REVOKE_FIRST);
    kt_ok(kt_delete(copy));
    assert_true(host.irq_masked[LINE]);
    kt_ok(get(LINE, 1, slot, 64));
    assert_true(host.irq_edge[LINE]);
    kt_ok(kt_revoke(KAAL_ROOT_IRQ_CONTROL));
    assert_true(slot_is_empty(kt_slot(slot)));
    kt_ok(get(LINE, 0, slot, 64));
    assert_false(host.irq_edge[LINE]);
}

/* B24: every bounded argument at and around its bounds. */
static void test_b24_arguments(void **state)
{
    (void)state;
    const cptr_t slot = kt_new_slot(), full = kt_object(CAP_ENDPOINT, 0);
    static const word_t bad[] = {0,
                                 1,
                                 15,
                                 HOST_IRQS,
                                 HOST_IRQS + 1,
                                 1020,
                                 1023,
                                 UINT64_C(1) << 31,
                                 UINT64_C(1) << 32 | LINE,
                                 UINT64_C(1) << 63,
                                 UINT64_MAX};
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(get(bad[i], 0, slot, 64), KAAL_ERR_RANGE);
        assert_int_equal(kt_word(&kt.root, 0), 0);
        assert_int_equal(kt_word(&kt.root, 1), 16);
        assert_int_equal(kt_word(&kt.root, 2), HOST_IRQS - 1);
    }
    assert_int_equal(get(LINE, 2, slot, 64), KAAL_ERR_RANGE);
    assert_int_equal(get(LINE, 0, slot, 0), KAAL_ERR_RANGE);
    assert_int_equal(get(LINE, 0, slot, 65), KAAL_ERR_RANGE);
    assert_int_equal(get(LINE, 0, slot, 63), KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(get(LINE, 0, full, 64), KAAL_ERR_DELETE_FIRST);
    assert_true(slot_is_empty(kt_slot(slot)));
    assert_true(host.irq_masked[LINE]);
    kt_ok(get(HOST_IRQS - 1, 0, slot, 64));
    kt_ok(kt_delete(slot));
    kt_ok(get(16, 0, slot, 64));
}

static void test_the_timer_is_the_kernels(void **state)
{
    (void)state;
    assert_int_equal(get(KT_TIMER_IRQ, 0, kt_new_slot(), 64), KAAL_ERR_REVOKE_FIRST);
    assert_false(host.irq_masked[KT_TIMER_IRQ]);
}

static void test_notification_needs_write(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), handler = handler_of(LINE);
    const cptr_t read = kt_copy_of(n, KAAL_RIGHT_READ), ep = kt_object(CAP_ENDPOINT, 0);
    assert_int_equal(set_notification(handler, read), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(set_notification(handler, ep), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(kt_word(&kt.root, 0), 1);
    assert_int_equal(kt_invoke(handler, KAAL_INV_IRQ_HANDLER_SET_NOTIFICATION, KT_NONE, KT_NONE),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(ack(KAAL_ROOT_IRQ_CONTROL), KAAL_ERR_ILLEGAL_OPERATION);
}

static void test_replaced_and_cleared(void **state)
{
    (void)state;
    const cptr_t a = kt_object(CAP_NOTIFICATION, 0), b = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t handler = handler_of(LINE);
    kt_ok(set_notification(handler, a));
    kt_ok(set_notification(handler, b));
    kt_ok(set_notification(handler, b)); /* replaced by itself */
    kt_irq(LINE);
    assert_false(kt_ntfn_of(a)->active);
    assert_true(kt_ntfn_of(b)->active);
    kt_ok(ack(handler));
    (void)poll(b);
    kt_ok(kt_invoke(handler, KAAL_INV_IRQ_HANDLER_CLEAR, KT_NONE, KT_NONE));
    kt_ok(kt_invoke(handler, KAAL_INV_IRQ_HANDLER_CLEAR, KT_NONE, KT_NONE));
    kt_irq(LINE);
    assert_false(kt_ntfn_of(b)->active);
}

/* Either end of the connection goes. */
static void test_deleted_ends(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), handler = handler_of(LINE);
    kt_ok(set_notification(handler, n));
    kt_ok(kt_revoke(n)); /* takes the line's own copy */
    kt_ok(kt_delete(n));
    kt_irq(LINE);
    assert_true(host.irq_masked[LINE]);

    const cptr_t m = kt_object(CAP_NOTIFICATION, 0);
    kt_ok(set_notification(handler, m));
    kt_ok(kt_delete(m)); /* the line's copy is the last one now */
    kt_ok(ack(handler));
    kt_irq(LINE);
    kt_ok(kt_delete(handler)); /* and goes with the handler */
    kt_ok(kt_revoke(kt.untyped));
    assert_null(kt_slot(kt.untyped)->first);
}

/* An interrupt that comes in a long operation is taken before it goes on. */
static void test_interrupt_preempts_revoke(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), handler = handler_of(LINE);
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(set_notification(handler, n));
    for (unsigned i = 0; i < 20; i++) {
        (void)kt_badged(ep, 15, i + 1);
    }
    kt_unpark(&t);
    kt_wait(&t, n);
    host_irq_raise(LINE);
    kt_call(&kt.root, KAAL_ROOT_CNODE,
            &(struct kt_msg){.label = KAAL_INV_CNODE_REVOKE, .length = 2, .w = {ep, 64}});
    assert_false(kt_is_done(&kt.root));
    kt_enter(host_irq);
    assert_true(kt_is_current(&t));
    kt_park(&t);
    kt_again(&kt.root);
    kt_ok(kt_label(&kt.root));
    assert_null(kt_slot(ep)->first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_interrupt_becomes_a_signal, kt_boot),
        cmocka_unit_test_setup(test_interrupt_wakes_a_driver, kt_boot),
        cmocka_unit_test_setup(test_interrupt_wakes_a_sleeping_core, kt_boot),
        cmocka_unit_test_setup(test_unbound_interrupt_is_masked, kt_boot),
        cmocka_unit_test_setup(test_spurious_interrupt, kt_boot),
        cmocka_unit_test_setup(test_one_handler_per_line, kt_boot),
        cmocka_unit_test_setup(test_b24_arguments, kt_boot),
        cmocka_unit_test_setup(test_the_timer_is_the_kernels, kt_boot),
        cmocka_unit_test_setup(test_notification_needs_write, kt_boot),
        cmocka_unit_test_setup(test_replaced_and_cleared, kt_boot),
        cmocka_unit_test_setup(test_deleted_ends, kt_boot),
        cmocka_unit_test_setup(test_interrupt_preempts_revoke, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
