/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State of one core. Reached through arch_cpu() alone.
 *
 * current and stack_top are at fixed offsets: the entry code uses them.
 */
#pragma once
#include "object/tcb.h"

#include "sched.h"

enum { KERNEL_STACK_SIZE = 4096 };

struct cpu {
    struct tcb *current;  /* never NULL once the core is up; &idle if nothing runs */
    uintptr_t stack_top;  /* of this core's kernel stack, 16-byte aligned */
    struct tcb *fp_owner; /* whose state the FP unit holds, or NULL */
    struct sched sched;   /* what each call needs of it is in the same cache line */
    unsigned id;
    struct tcb idle; /* state TCB_IDLE; no capability, no binding (KI-22) */
};

_Static_assert(offsetof(struct cpu, current) == 0, "vectors.S loads cpu->current");
_Static_assert(offsetof(struct cpu, stack_top) == 8, "vectors.S loads cpu->stack_top");
_Static_assert(offsetof(struct tcb, regs) == 0, "vectors.S stores registers at the tcb");
