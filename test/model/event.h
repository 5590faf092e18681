/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can happen to a kernel from outside, as a line of text each. Those of the
 * current thread can say which one they mean (its physical address): they do
 * nothing if another runs.
 *
 *   svc x0 x1 .. x8 [<i>=<word> ...] [preempt=<n>] [thread=<address>]
 *               the current thread makes a system call; before it, it writes
 *               words of its IPC buffer (index in 8-byte words; 120..122 are
 *               the capabilities, 123..125 the receive slot). preempt: the
 *               n-th preemption point sees an interrupt
 *   again       the current thread executes its instruction as it stands
 *   advance n   n ticks pass; timer interrupts come when they are due
 *   jump n      n ticks pass, interrupts wait
 *   tick        the timer interrupt comes, if it is due
 *   irq n       the line of a device is raised
 *   vmfault addr fetch esr      of the current thread
 *   exception esr
 *
 * Numbers are hexadecimal. What follows a # is a comment. An event that makes
 * no sense in a state (a call while the core idles) does nothing.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum event_kind {
    EV_SVC,
    EV_AGAIN,
    EV_ADVANCE,
    EV_JUMP,
    EV_TICK,
    EV_IRQ,
    EV_VMFAULT,
    EV_EXCEPTION
};

enum { EVENT_REGS = 9, EVENT_WRITES = 40, EVENT_BUFFER_WORDS = 126 };

struct event_write {
    uint64_t index, value;
};

struct event {
    enum event_kind kind;
    int preempt;     /* EV_SVC, EV_AGAIN: -1 for none */
    uint64_t thread; /* whose event it is: nothing happens if another runs; 0: any */
    uint64_t x[EVENT_REGS];
    unsigned writes;
    struct event_write write[EVENT_WRITES];
    uint64_t a, b, c;
};

struct event_list {
    unsigned count, room;
    struct event *events;
};

/* Set word i of the message that a svc sends; i < 4: a register. */
void event_set_word(struct event *e, unsigned i, uint64_t value);
/* Set word i of the IPC buffer. */
void event_set_buffer(struct event *e, unsigned i, uint64_t value);

void event_print(FILE *out, const struct event *e);
/* False at the end of the file; a line that is none ends the program. */
bool event_read(FILE *in, struct event *e);

void event_list_add(struct event_list *list, const struct event *e);
void event_list_clear(struct event_list *list);
