/* SPDX-License-Identifier: Apache-2.0 */
/* What only debug configurations have. Whatever a thread asks of it changes
 * names alone, and prints: it can neither fail nor harm. */
#pragma once
#include "object/tcb.h"

/* The debug system call in t's x0. False if there is none of this number. */
bool debug_syscall(struct tcb *t);

/* Print t's name in quotes, or its address if it has none. Bytes that are not
 * printable ASCII come out as \xNN: a name cannot forge a line. */
void debug_print_thread(const struct tcb *t);
