/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry into the kernel: a system call, a fault, or an interrupt. Often one
 * that fits the state: the endpoint has a receiver, the reply a caller.
 */
#pragma once
#include "object/tcb.h"

enum step_kind { STEP_SYSCALL, STEP_FAULT, STEP_IRQ };

enum { STEP_REGISTERS = 9 };

struct step {
    enum step_kind kind;
    struct fault fault;

    /* For reports: the state before. */
    unsigned thread;
    word_t x[STEP_REGISTERS];
    ticks_t now, deadline;
    uint64_t lines; /* those of the world that are pending; bit 63: the timer */
};

/* Make one up; the current thread's registers, its IPC buffer and the machine
 * are as it needs, and the copy in memory.h follows. Pre: not idle. */
struct step step_random(void);

/* Where a step is counted: a system call's number, or one of these. */
enum { STEP_ROW_OTHER = 12, STEP_ROW_VM_FAULT, STEP_ROW_EXCEPTION, STEP_ROW_IRQ, STEP_ROWS };
unsigned step_row(const struct step *step);
const char *step_row_name(unsigned row);

/* On standard output. */
void step_print(const struct step *step);
