/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instead of the kernel's fast paths: all messages, signals, faults and interrupts by the
 * slow path, which is the same by definition, and then the fault that the
 * environment's KAAL_PLANT names. The comparison has to see each of them, and
 * nothing without one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "core/cspace.h"
#include "core/syscall.h"
#include "object/irq.h"
#include "world.h"

/* ---- Faults ---------------------------------------------------------------------------- */

static struct tcb *entered; /* who was current */

static void plant_register(void)
{
    entered->regs.x[20] ^= 1;
}

static void plant_buffer(void)
{
    struct kaal_ipc_buffer *buffer = tcb_ipc_buffer(entered);
    if (buffer != NULL) {
        buffer->reserved ^= 1;
    }
}

static void plant_badge(void)
{
    world_slot(AT_SIGNAL)->cap.data ^= 1;
}

static void plant_variable(void)
{
    irq_set_timer(WORLD_TIMER + 1);
}

static void plant_fp_owner(void)
{
    host_cpu.fp_owner = host_cpu.fp_owner == NULL ? entered : NULL;
}

static void plant_bitmap(void)
{
    host_cpu.sched.bitmap[15][3] ^= 1;
}

static void plant_timer(void)
{
    arch_timer_set(host_cpu.sched.armed);
}

static void plant_deadline(void)
{
    host.deadline ^= 1;
}

static void plant_mask(void)
{
    arch_irq_mask(WORLD_FIRST_LINE);
}

static void plant_switch(void)
{
    arch_switch_to(host_cpu.current, NULL, 0);
}

static void plant_time(void)
{
    arch_now();
}

static void plant_console(void)
{
    arch_putc('x');
}

/* Bytes that no kernel entry of the test changes. */
static void plant_elsewhere(void)
{
    *(volatile char *)host_ram(0) ^= 1;
}

static void plant_refused(void)
{
    entered->regs.x[20] ^= 1;
}

static const struct {
    const char *name;
    void (*act)(void);
} plants[] = {
    {"register", plant_register},   {"buffer", plant_buffer},     {"badge", plant_badge},
    {"variable", plant_variable},   {"fp-owner", plant_fp_owner}, {"bitmap", plant_bitmap},
    {"timer", plant_timer},         {"deadline", plant_deadline}, {"mask", plant_mask},
    {"switch", plant_switch},       {"time", plant_time},         {"console", plant_console},
    {"elsewhere", plant_elsewhere}, {"refused", plant_refused}};
enum { PLANTS = sizeof(plants) / sizeof(plants[0]) };

static void (*planted(void))(void)
{
    const char *name = getenv("KAAL_PLANT");
    for (unsigned i = 0; name != NULL && i < PLANTS; i++) {
        if (strcmp(name, plants[i].name) == 0) {
            return plants[i].act;
        }
    }
    if (name != NULL) {
        fprintf(stderr, "no fault '%s'\n", name);
        abort();
    }
    return NULL;
}

static enum fastpath plant(enum fastpath taken)
{
    void (*act)(void) = planted();
    if (act != NULL) {
        act();
    }
    return taken;
}

/* ---- Entries ---------------------------------------------------------------------------- */

static bool leads_to_message(const struct tcb *t, cptr_t cptr)
{
    struct lookup_failure failure;
    const struct slot *slot = cspace_lookup(t, cptr, &failure);
    return slot != NULL && (slot->cap.type == CAP_ENDPOINT || slot->cap.type == CAP_NOTIFICATION ||
                            slot->cap.type == CAP_REPLY);
}

static enum fastpath kind(const struct tcb *t)
{
    static const uint8_t kinds[] = {
        [KAAL_SYS_CALL] = FASTPATH_CALL,   [KAAL_SYS_REPLY_RECV] = FASTPATH_REPLY_RECV,
        [KAAL_SYS_SEND] = FASTPATH_SEND,   [KAAL_SYS_NBSEND] = FASTPATH_SIGNAL,
        [KAAL_SYS_RECV] = FASTPATH_RECV,   [KAAL_SYS_NBRECV] = FASTPATH_RECV,
        [KAAL_SYS_WAIT] = FASTPATH_WAIT,   [KAAL_SYS_POLL] = FASTPATH_POLL,
        [KAAL_SYS_YIELD] = FASTPATH_YIELD,
    };
    const word_t *x = t->regs.x;
    const bool is_message =
        x[0] == KAAL_SYS_YIELD || leads_to_message(t, x[0] == KAAL_SYS_REPLY_RECV ? x[7] : x[1]);
    return is_message && x[0] < sizeof(kinds) ? (enum fastpath)kinds[x[0]] : FASTPATH_NONE;
}

static enum fastpath planted_syscall(void)
{
    entered = host_cpu.current;
    const enum fastpath taken = kind(entered);
    if (planted() == plant_refused) {
        return plant(FASTPATH_NONE);
    }
    if (taken == FASTPATH_NONE) {
        return FASTPATH_NONE;
    }
    slowpath_syscall();
    return plant(taken);
}

static enum fastpath planted_fault(const struct fault *fault)
{
    entered = host_cpu.current;
    slowpath_fault(fault);
    return plant(FASTPATH_FAULT);
}

static enum fastpath planted_signal(struct ntfn *n, badge_t badge)
{
    entered = host_cpu.current;
    slowpath_signal(n, badge);
    return plant(FASTPATH_SIGNAL);
}

const struct ways compare_ways = {planted_syscall, planted_fault, planted_signal};

/* The fake machine names it; world_irq() stands in for it here. */
void kernel_irq(void)
{
    abort();
}
