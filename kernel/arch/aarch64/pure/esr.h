/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception syndromes. Arm ARM (DDI 0487) D19.2.40, "ESR_EL1".
 * No system registers: also compiled for the host.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Exception classes, ESR_EL1.EC. */
enum {
    ESR_EC_FP = 0x07,        /* FP or SIMD access trapped by CPACR_EL1.FPEN */
    ESR_EC_SVC64 = 0x15,     /* SVC in AArch64 state */
    ESR_EC_FETCH_EL0 = 0x20, /* instruction abort from EL0 */
    ESR_EC_DATA_EL0 = 0x24,  /* data abort from EL0 */
};

#define ESR_EC_SHIFT 26
#define ESR_FNV      (UINT64_C(1) << 10) /* aborts: FAR_EL1 does not hold the address */

/* What the kernel does about a synchronous exception from EL0. */
enum esr_action {
    ESR_SYSCALL,
    ESR_DATA_FAULT,
    ESR_FETCH_FAULT,
    ESR_FP_TRAP,
    ESR_USER_EXCEPTION,
};

static inline unsigned esr_class(uint64_t esr)
{
    return (unsigned)(esr >> ESR_EC_SHIFT) & 0x3f;
}

static inline enum esr_action esr_action(uint64_t esr)
{
    switch (esr_class(esr)) {
    case ESR_EC_SVC64:
        return ESR_SYSCALL;
    case ESR_EC_DATA_EL0:
        return ESR_DATA_FAULT;
    case ESR_EC_FETCH_EL0:
        return ESR_FETCH_FAULT;
    case ESR_EC_FP:
        return ESR_FP_TRAP;
    default:
        return ESR_USER_EXCEPTION;
    }
}

/* An abort whose FAR_EL1 is unknown, and may be another thread's. */
static inline bool esr_far_is_stale(uint64_t esr)
{
    return (esr & ESR_FNV) != 0;
}
