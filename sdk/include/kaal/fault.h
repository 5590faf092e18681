/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fault messages, taken apart. Their layout: abi/faults.def.
 */
#ifndef KAAL_FAULT_H
#define KAAL_FAULT_H

#include <kaal/syscall.h>

enum kaal_access { KAAL_ACCESS_READ, KAAL_ACCESS_WRITE, KAAL_ACCESS_FETCH };

struct kaal_vm_fault {
    kaal_word_t pc;
    kaal_word_t address;
    enum kaal_access access;
    kaal_word_t esr; /* ESR_EL1 */
};

/* Pre: the label of msg is KAAL_FAULT_VM. */
static inline struct kaal_vm_fault kaal_fault_vm(const struct kaal_msg *msg)
{
    /* ISS.WnR (bit 6) says write, but not for cache maintenance (CM, bit 8),
     * which faults as a write and needs only to read. Arm ARM D24.2.40. */
    const kaal_word_t esr = msg->w[3];
    const int write = (esr & (1U << 6)) != 0 && (esr & (1U << 8)) == 0;
    return (struct kaal_vm_fault){
        .pc = msg->w[0],
        .address = msg->w[1],
        .access =
            msg->w[2] != 0 ? KAAL_ACCESS_FETCH : (write ? KAAL_ACCESS_WRITE : KAAL_ACCESS_READ),
        .esr = esr,
    };
}

/* "data read", "data write", "instruction fetch". */
const char *kaal_access_name(enum kaal_access access);

/* The fault status code of ESR_EL1 as a word: "translation", "permission",
 * "access flag", "address size", "alignment", "external abort", "other". */
const char *kaal_vm_fault_kind(kaal_word_t esr);

/* The exception class of ESR_EL1 as words: "undefined instruction",
 * "breakpoint", ... */
const char *kaal_exception_name(kaal_word_t esr);

/* "CAP", "UNKNOWN_SYSCALL", ...; NULL for a label that is no fault. */
const char *kaal_fault_name(kaal_word_t label);

#endif
