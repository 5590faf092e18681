/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Getting an interrupt, for every argument and every controller: an error
 * touches neither controller nor slots; success issues a line that exists, is
 * nobody's yet and not the kernel's timer.
 */
#include "object/irq.h"

/* A few lines stand for all; controllers have fewer, as many, or more. */
_Static_assert(IRQ_FIRST == 16, "the first that is no core's own");
enum { LINES = 5, FIRST = 2 };
#define IRQ_FIRST FIRST
#define IRQ_MAX   LINES
#include "object/irq.c"

#include "object/tcb.h"

unsigned nondet_unsigned(void);
bool nondet_bool(void);
struct cap nondet_cap(void);

static unsigned irqs, unmasked, inserted, trigger, number;
static struct slot place, own, root;

unsigned arch_irq_count(void)
{
    return irqs;
}

void arch_irq_unmask(unsigned irq)
{
    unmasked++;
    number = irq;
}

void arch_irq_set_trigger(unsigned irq, bool edge)
{
    __CPROVER_assert(unmasked == 0, "before it can come");
    trigger = irq * 2 + edge;
}

struct slot *cspace_lookup_exact(const struct cap *cap, cptr_t index, unsigned depth,
                                 struct lookup_failure *failure)
{
    (void)index;
    __CPROVER_assert(cap == &root.cap && depth >= 1 && depth <= 64, "a lookup as cspace.h asks");
    *failure = (struct lookup_failure){.kind = KAAL_LOOKUP_DEPTH, .bits_left = 1};
    return nondet_bool() ? &place : NULL;
}

void slot_insert_original(struct slot *parent, struct slot *slot, struct cap cap)
{
    __CPROVER_assert(parent == &own && slot == &place, "below the control capability");
    __CPROVER_assert(slot->cap.type == CAP_NULL, "the slot is empty");
    __CPROVER_assert(cap.type == CAP_IRQ_HANDLER, "a handler");
    inserted = cap.c;
}

void harness(void)
{
    struct tcb caller;
    const unsigned other = nondet_unsigned();
    irqs = nondet_unsigned();
    timer_irq = nondet_unsigned();
    __CPROVER_assume(irqs >= IRQ_FIRST + 1 && irqs <= 1020);
    const word_t wanted = caller.regs.x[3];
    if (wanted < IRQ_MAX) {
        lines[wanted].issued = nondet_bool();
    }
    const bool was_issued = wanted < IRQ_MAX && lines[wanted].issued;
    place.cap = nondet_cap();
    struct invocation inv = {
        .caller = &caller, .slot = &own, .length = 4, .caps = 1, .extra = {&root}};
    const enum kaal_err err = irq_inv_get(&inv);

    if (err != KAAL_OK) {
        __CPROVER_assert(unmasked == 0 && trigger == 0 && inserted == 0, "an error does nothing");
        __CPROVER_assert(wanted >= IRQ_MAX || lines[wanted].issued == was_issued, "nor issues it");
        return;
    }
    __CPROVER_assert(wanted >= IRQ_FIRST && wanted < irqs && wanted < IRQ_MAX, "a line there is");
    __CPROVER_assert(wanted != timer_irq && !was_issued, "that is nobody's");
    __CPROVER_assert(caller.regs.x[4] <= 1, "edge or level");
    __CPROVER_assert(unmasked == 1 && number == wanted && inserted == wanted &&
                         trigger == wanted * 2 + caller.regs.x[4],
                     "that line in all places");
    __CPROVER_assert(lines[wanted].issued, "it is somebody's now");
    __CPROVER_assert(other >= IRQ_MAX || other == wanted || !lines[other].issued, "no other is");
}
