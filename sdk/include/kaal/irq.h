/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts: IRQControl hands out one handler per interrupt, a handler turns
 * the interrupt into signals of a notification.
 */
#ifndef KAAL_IRQ_H
#define KAAL_IRQ_H

#include <kaal/cnode.h>

enum kaal_irq_trigger { KAAL_IRQ_LEVEL = 0, KAAL_IRQ_EDGE = 1 };

/*
 * Make the handler of an interrupt, and enable the interrupt.
 * Rights: none; the IRQControl capability is the right.
 * Arguments: control; irq, its number at the interrupt controller; trigger;
 *   dest, an empty slot.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: RANGE (irq, trigger, depth), REVOKE_FIRST (its handler exists),
 *   FAILED_LOOKUP, DELETE_FIRST (dest is full).
 * Notes: the kernel's own timer cannot be had.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_irq_control_get(kaal_cptr_t control, kaal_word_t irq,
                                                             enum kaal_irq_trigger trigger,
                                                             const struct kaal_slot *dest)
{
    struct kaal_msg msg = {.w = {irq, trigger, dest->index, dest->depth}};
    kaal_set_cap(0, dest->root);
    return kaal_invoke(control, KAAL_INV_IRQ_CONTROL_GET, 1, 4, &msg);
}

/*
 * Let the interrupt come again: it is masked from each signal on.
 * Rights: none; having the capability is the right.
 * Arguments: handler.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: none.
 * Notes: acknowledge at the device first.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_irq_handler_ack(kaal_cptr_t handler)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(handler, KAAL_INV_IRQ_HANDLER_ACK, 0, 0, &msg);
}

/*
 * Signal a notification at each interrupt.
 * Rights: Write on the notification.
 * Arguments: handler; ntfn, whose badge is signalled.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: INVALID_CAPABILITY (ntfn).
 * Notes: an interrupt that came before, when there was nobody to signal, is
 *   masked; sys_irq_handler_ack() lets it come again. Preemptible.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_irq_handler_set_notification(kaal_cptr_t handler,
                                                                          kaal_cptr_t ntfn)
{
    struct kaal_msg msg = {0};
    kaal_set_cap(0, ntfn);
    return kaal_invoke(handler, KAAL_INV_IRQ_HANDLER_SET_NOTIFICATION, 1, 0, &msg);
}

/*
 * Signal nobody any more.
 * Rights: none; having the capability is the right.
 * Arguments: handler.
 * Returns: the error, KAAL_OK if it is done.
 * Errors: none.
 * Notes: preemptible.
 */
KAAL_MUST_CHECK static inline kaal_err_t sys_irq_handler_clear(kaal_cptr_t handler)
{
    struct kaal_msg msg = {0};
    return kaal_invoke(handler, KAAL_INV_IRQ_HANDLER_CLEAR, 0, 0, &msg);
}

#endif
