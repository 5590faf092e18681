/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts as notifications.
 *
 * I1  a line is unmasked only while a handler capability for it exists: from
 *     its issue, and from each Ack, until the next interrupt.
 * I2  at most one set of handler capabilities per line: issued says so.
 */
#pragma once
#include "object/slot.h"

enum { IRQ_MAX = 1020, IRQ_FIRST = 16 /* below: between cores, the kernel's own */ };

/* The line that ends budgets; never issued. */
void irq_set_timer(unsigned irq);

/* Take one pending interrupt, if there is one, and mask its line; the timer's is
 * acted on. Returns the notification to signal, or NULL. */
const struct cap *irq_take(void);

/* Last handler capability of a line gone: mask it. Returns the slot of its
 * notification, to be emptied before irq_release(). */
struct slot *irq_stop(unsigned irq);

/* The line can be issued again. */
void irq_release(unsigned irq);

/* Checks: slots of lines in use; the handler capability of a line that exists;
 * lines without one (KI-30). */
size_t irq_filled_slots(void);
const char *irq_check(unsigned irq);
const char *irq_check_lines(void);

/* Nothing is issued: for a fresh start. */
void irq_reset(void);
