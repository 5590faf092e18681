/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps that a fast path is made for, and those that miss one by a single
 * condition. What a fast path takes is not asked, nor told to it: this only
 * makes the random steps better ones.
 */
#pragma once
#include "object/tcb.h"

/* Registers of a system call of t, which path_find_all() has looked at. False
 * if the state allows none of those tried. */
bool aim_syscall(struct tcb *t);

/* Can t's fault be passed on? */
bool aim_fault(const struct tcb *t);
