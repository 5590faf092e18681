/* SPDX-License-Identifier: Apache-2.0 */
/* Processor-dependent parts of kernel objects. */
#pragma once
#include <stdint.h>

typedef uint64_t pte_t;

#define ARCH_ENTRY
#define ARCH_HIDE(p) ((void)(p))

struct arch_regs {
    uint64_t x[31];
    uint64_t sp;         /* SP_EL0 */
    uint64_t pc;         /* ELR_EL1 */
    uint64_t pstate;     /* SPSR_EL1 */
    uint64_t tls;        /* TPIDR_EL0 */
    uint64_t ipc_buffer; /* TPIDRRO_EL0: user address of the IPC buffer */
};
_Static_assert(sizeof(struct arch_regs) == 36 * 8, "same as on aarch64");

struct arch_fp {
    uint64_t q[64]; /* q0-q31 */
    uint32_t fpcr;
    uint32_t fpsr;
    uint32_t used; /* the thread has used FP: its state is worth keeping */
    uint32_t reserved;
};

static inline uint64_t index_nospec(uint64_t index, uint64_t size)
{
    return index < size ? index : 0;
}
