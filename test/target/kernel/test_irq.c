/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interrupt is the transmitter's of the console that the tests print on:
 * each board has one, and it can be raised at will.
 */
#include "framework.h"

#include <kaal/broker/output.h>

struct uart {
    unsigned irq;    /* at the interrupt controller */
    unsigned enable; /* byte offset of the register with the enable bit */
    uint32_t bit;    /* enables "ready to transmit" */
    unsigned clear;  /* byte offset of the register to clear it in; 0: none */
};

/* PL011 of qemu-virt; mini UART of the BCM2711; UART2 of the i.MX 8M Plus. */
static const struct uart uarts[] = {
    [KAAL_CONSOLE_PL011] = {.irq = 33, .enable = 0x38, .bit = 1 << 5, .clear = 0x44},
    [KAAL_CONSOLE_MINI_UART] = {.irq = 125, .enable = 0x04, .bit = 1 << 1},
    [KAAL_CONSOLE_IMX_UART] = {.irq = 59, .enable = 0x80, .bit = 1 << 13},
};

static volatile uint32_t *uart_register(unsigned offset)
{
    return (volatile uint32_t *)(output_registers() + offset);
}

static void set_enabled(const struct uart *uart, bool is_enabled)
{
    volatile uint32_t *reg = uart_register(uart->enable);
    *reg = is_enabled ? *reg | uart->bit : *reg & ~uart->bit;
}

static const struct uart *this_uart(void)
{
    return &uarts[test_bootinfo->console_kind];
}

/* An interrupt signals its notification, once until it is acknowledged. */
static void interrupt_signals(void)
{
    const struct uart *uart = this_uart();
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t signal = make_badged(ntfn, KAAL_RIGHT_WRITE, 6);
    const struct kaal_slot handler = slot_of(empty_slot());
    CHECK_OK(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, uart->irq, KAAL_IRQ_LEVEL, &handler));
    CHECK_OK(sys_irq_handler_set_notification(handler.index, signal));
    CHECK_OK(sys_irq_handler_ack(handler.index));
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0);
    set_enabled(uart, true);
    output_write("\n", 1); /* the PL011 asks for more when it has sent */
    const kaal_badge_t first = sys_wait(ntfn, NULL);
    test_sleep_ms(2);
    const kaal_badge_t before_ack = sys_poll(ntfn, NULL);
    /* Still asserted: acknowledged, it comes again. */
    const kaal_err_t ack = sys_irq_handler_ack(handler.index);
    const kaal_badge_t second = sys_wait(ntfn, NULL);
    set_enabled(uart, false);
    CHECK_EQUAL(first, 6);
    CHECK_EQUAL(before_ack, 0);
    CHECK_OK(ack);
    CHECK_EQUAL(second, 6);
    CHECK_OK(sys_irq_handler_ack(handler.index));
    test_sleep_ms(2);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0);
}

/* After clear the interrupt signals nobody. */
static void cleared_handler_is_silent(void)
{
    const struct uart *uart = this_uart();
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t signal = make_badged(ntfn, KAAL_RIGHT_WRITE, 1);
    const struct kaal_slot handler = slot_of(empty_slot());
    CHECK_OK(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, uart->irq, KAAL_IRQ_LEVEL, &handler));
    CHECK_OK(sys_irq_handler_set_notification(handler.index, signal));
    CHECK_OK(sys_irq_handler_ack(handler.index));
    CHECK_OK(sys_irq_handler_clear(handler.index));
    set_enabled(uart, true);
    test_sleep_ms(2);
    set_enabled(uart, false);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0);
}

/* One handler for each interrupt; its number is checked. */
static void interrupt_has_one_handler(void)
{
    const struct kaal_slot a = slot_of(empty_slot());
    const struct kaal_slot b = slot_of(empty_slot());
    const unsigned irq = this_uart()->irq;
    CHECK_OK(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, irq, KAAL_IRQ_LEVEL, &a));
    CHECK_EQUAL(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, irq, KAAL_IRQ_LEVEL, &b),
                KAAL_ERR_REVOKE_FIRST);
    CHECK_EQUAL(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, 100000, KAAL_IRQ_LEVEL, &b),
                KAAL_ERR_RANGE);
    CHECK(sys_irq_handler_set_notification(a.index, make(KAAL_OBJ_ENDPOINT, 0)) != KAAL_OK);
    CHECK_OK(sys_cnode_delete(&a));
    CHECK_OK(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, irq, KAAL_IRQ_LEVEL, &b));
}

/* The kernel's own timer interrupt is not to be had. */
static void timer_interrupt_is_the_kernels(void)
{
    enum { VIRTUAL_TIMER_PPI = 27 };
    const struct kaal_slot slot = slot_of(empty_slot());
    CHECK(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, VIRTUAL_TIMER_PPI, KAAL_IRQ_LEVEL, &slot) !=
          KAAL_OK);
}

static const struct test tests[] = {
    TEST(interrupt_signals, "an interrupt signals its notification, once until it is acknowledged"),
    TEST(cleared_handler_is_silent, "after clear the interrupt signals nobody"),
    TEST(interrupt_has_one_handler, "one handler for each interrupt; its number is checked"),
    TEST(timer_interrupt_is_the_kernels, "the kernel's own timer interrupt is not to be had"),
};
const struct group irq_group = GROUP(tests);
