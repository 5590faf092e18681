/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/fault.h>

const char *kaal_access_name(enum kaal_access access)
{
    switch (access) {
    case KAAL_ACCESS_READ:
        return "data read";
    case KAAL_ACCESS_WRITE:
        return "data write";
    default:
        return "instruction fetch";
    }
}

/* Fault status codes: Arm ARM, ESR_EL1, ISS encoding of data and instruction
 * aborts. Bits 1:0 of most are the level. */
const char *kaal_vm_fault_kind(kaal_word_t esr)
{
    const unsigned status = (unsigned)(esr & 0x3f);
    switch (status >> 2) {
    case 0:
        return "address size";
    case 1:
        return "translation";
    case 2:
        return "access flag";
    case 3:
        return "permission";
    case 4:
    case 5:
        return "external abort";
    default:
        return status == 0x21 ? "alignment" : "other";
    }
}

/* Exception classes: Arm ARM, ESR_EL1.EC. */
const char *kaal_exception_name(kaal_word_t esr)
{
    switch ((esr >> 26) & 0x3f) {
    case 0x00:
        return "undefined instruction";
    case 0x07:
        return "floating point or SIMD is not available";
    case 0x0d:
        return "branch target";
    case 0x0e:
        return "illegal execution state";
    case 0x18:
        return "system register access";
    case 0x22:
        return "misaligned pc";
    case 0x26:
        return "misaligned sp";
    case 0x2c:
        return "floating point";
    case 0x2f:
        return "SError";
    case 0x30:
    case 0x32:
    case 0x34:
    case 0x3c:
        return "breakpoint";
    default:
        return "exception";
    }
}

const char *kaal_fault_name(kaal_word_t label)
{
    switch (label) {
#define KAAL_FAULT(NAME, label, length) \
    case label:                         \
        return #NAME;
#include <kaal/abi/faults.def>
#undef KAAL_FAULT
    default:
        return NULL;
    }
}
