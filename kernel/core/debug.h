/* SPDX-License-Identifier: Apache-2.0 */
/* What only debug configurations have. */
#pragma once
#include "object/tcb.h"

/* The debug system call in t's x0. False if there is none of this number. */
bool debug_syscall(struct tcb *t);
