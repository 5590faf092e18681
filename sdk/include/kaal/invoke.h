/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the typed invocations are made of. Programs use those, not this.
 */
#ifndef KAAL_INVOKE_H
#define KAAL_INVOKE_H

#include <kaal/error.h>
#include <kaal/syscall.h>

/*
 * Call obj with an invocation's label. msg holds the words, the IPC buffer
 * what is beyond; both are replaced by the answer.
 * Returns: the label of the answer. On an error its detail is left where
 *   kaal_err_detail() finds it.
 */
KAAL_MUST_CHECK static inline kaal_err_t kaal_invoke(kaal_cptr_t obj, enum kaal_invocation label,
                                                     unsigned caps, unsigned length,
                                                     struct kaal_msg *msg)
{
    msg->info = kaal_msginfo(label, caps, length);
    sys_call(obj, msg);
    const kaal_err_t err = (kaal_err_t)kaal_msginfo_label(msg->info);
    if (err != KAAL_OK) {
        for (unsigned i = 0; i < KAAL_MSG_REGS; i++) {
            kaal_ipc_buffer()->words[i] = msg->w[i];
        }
    }
    return err;
}

/* Extra capability i of the next message. */
static inline void kaal_set_cap(unsigned i, kaal_cptr_t cap)
{
    kaal_ipc_buffer()->caps_or_badges[i] = cap;
}

#endif
