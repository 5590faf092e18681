/* SPDX-License-Identifier: Apache-2.0 */
/* Processor-dependent parts of kernel objects. Offsets are used by vectors.S. */
#pragma once
#include <stdint.h>

typedef uint64_t pte_t;

struct arch_regs {
    uint64_t x[31];
    uint64_t sp;         /* SP_EL0 */
    uint64_t pc;         /* ELR_EL1 */
    uint64_t pstate;     /* SPSR_EL1 */
    uint64_t tls;        /* TPIDR_EL0 */
    uint64_t ipc_buffer; /* TPIDRRO_EL0: user address of the IPC buffer */
};
_Static_assert(sizeof(struct arch_regs) == 36 * 8, "vectors.S");

struct arch_fp {
    uint64_t q[64]; /* q0-q31 */
    uint32_t fpcr;
    uint32_t fpsr;
    uint32_t used; /* the thread has used FP: its state is worth keeping */
    uint32_t reserved;
};

/* A function that the entry code branches to, by name: every register is saved,
 * so that it need not save any, and it is no target of indirect branches. */
#define ARCH_ENTRY __attribute__((preserve_none, target("branch-protection=none")))

/* The compiler forgets where the pointer came from. */
#define ARCH_HIDE(p) __asm__("" : "+r"(p))

/* The mask does not depend on a predicted branch, nor, behind CSDB, on a
 * predicted value. Arm ARM (DDI 0487) C6.2, "CSDB". */
static inline uint64_t index_nospec(uint64_t index, uint64_t size)
{
    uint64_t mask;
    __asm__ volatile("cmp %1, %2\n sbc %0, xzr, xzr\n hint #20" /* csdb */
                     : "=r"(mask)
                     : "r"(index), "r"(size)
                     : "cc");
    return index & mask;
}
