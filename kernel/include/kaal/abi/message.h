/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages: the info word, the IPC buffer, and the detail of an error.
 *
 * Words 0-3 of a message travel in x3-x6, further ones in the IPC buffer.
 * The IPC buffer is one page-aligned-or-less region of sizeof(struct
 * kaal_ipc_buffer), aligned to 1024 bytes, inside a page that the thread can
 * write; TPIDRRO_EL0 of a thread holds its address.
 */
#ifndef KAAL_ABI_MESSAGE_H
#define KAAL_ABI_MESSAGE_H

#define KAAL_MSG_MAX         120 /* words in a message */
#define KAAL_MSG_REGS        4   /* of which in registers */
#define KAAL_MSG_CAPS        3   /* capabilities in a message */
#define KAAL_IPC_BUFFER_BITS 10

/* MessageInfo: label[63:12] caps_unwrapped[11:9] extra_caps[8:7] length[6:0]. */
#define KAAL_MSGINFO_LENGTH_MASK     0x7f
#define KAAL_MSGINFO_CAPS_SHIFT      7
#define KAAL_MSGINFO_CAPS_MASK       0x3
#define KAAL_MSGINFO_UNWRAPPED_SHIFT 9
#define KAAL_MSGINFO_UNWRAPPED_MASK  0x7
#define KAAL_MSGINFO_LABEL_SHIFT     12

#ifndef __ASSEMBLER__
#include <kaal/abi/types.h>

static inline kaal_word_t kaal_msginfo(kaal_word_t label, unsigned caps, unsigned length)
{
    return (label << KAAL_MSGINFO_LABEL_SHIFT) | ((kaal_word_t)caps << KAAL_MSGINFO_CAPS_SHIFT) |
           length;
}

static inline kaal_word_t kaal_msginfo_label(kaal_word_t info)
{
    return info >> KAAL_MSGINFO_LABEL_SHIFT;
}

static inline unsigned kaal_msginfo_length(kaal_word_t info)
{
    return (unsigned)(info & KAAL_MSGINFO_LENGTH_MASK);
}

static inline unsigned kaal_msginfo_caps(kaal_word_t info)
{
    return (unsigned)(info >> KAAL_MSGINFO_CAPS_SHIFT) & KAAL_MSGINFO_CAPS_MASK;
}

static inline unsigned kaal_msginfo_unwrapped(kaal_word_t info)
{
    return (unsigned)(info >> KAAL_MSGINFO_UNWRAPPED_SHIFT) & KAAL_MSGINFO_UNWRAPPED_MASK;
}

/*
 * words: words 4 and up of the message. Words 0-3 are in registers; the kernel
 *   neither reads nor writes them here.
 * caps_or_badges: on send the capability pointers to pass; after a receive
 *   the badges of unwrapped capabilities.
 * receive_cnode, receive_index, receive_depth: where a received capability
 *   goes; depth in bits.
 */
struct kaal_ipc_buffer {
    kaal_word_t words[KAAL_MSG_MAX];
    kaal_word_t caps_or_badges[KAAL_MSG_CAPS];
    kaal_cptr_t receive_cnode;
    kaal_word_t receive_index;
    kaal_word_t receive_depth;
    kaal_word_t user_data;
    kaal_word_t reserved;
};
_Static_assert(sizeof(struct kaal_ipc_buffer) == 1 << KAAL_IPC_BUFFER_BITS, "IPC buffer layout");

/* Why a lookup failed: word 2 of FAILED_LOOKUP, word 3 of a CAP fault. */
enum kaal_lookup_failure {
    KAAL_LOOKUP_INVALID_ROOT = 1, /* the root is not a CNode */
    KAAL_LOOKUP_MISSING_CAP = 2,  /* the slot is empty, or not addressable */
    KAAL_LOOKUP_DEPTH = 3,        /* bits left over, or too few */
    KAAL_LOOKUP_GUARD = 4,        /* a guard did not match */
};

enum kaal_err {
#define KAAL_ERROR(NAME, number, text) KAAL_ERR_##NAME = number,
#include <kaal/abi/errors.def>
#undef KAAL_ERROR
};
#define KAAL_OK KAAL_ERR_OK

enum kaal_syscall {
#define KAAL_SYSCALL(NAME, name, number)       KAAL_SYS_##NAME = number,
#define KAAL_DEBUG_SYSCALL(NAME, name, number) KAAL_SYS_##NAME = number,
#include <kaal/abi/syscalls.def>
#undef KAAL_SYSCALL
#undef KAAL_DEBUG_SYSCALL
};

enum kaal_object_type {
#define KAAL_OBJECT(NAME, prefix, number, min_bits, max_bits, device_ok) KAAL_OBJ_##NAME = number,
#include <kaal/abi/objects.def>
#undef KAAL_OBJECT
};

enum kaal_invocation {
#define KAAL_INVOCATION(OBJECT, NAME, label, nargs, ncaps, handler) \
    KAAL_INV_##OBJECT##_##NAME = label,
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
};

enum kaal_fault {
#define KAAL_FAULT(NAME, label, length) KAAL_FAULT_##NAME = label,
#include <kaal/abi/faults.def>
#undef KAAL_FAULT
};
#endif

#endif
