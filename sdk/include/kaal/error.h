/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors of invocations. Their numbers, causes and cures: abi/errors.def.
 */
#ifndef KAAL_ERROR_H
#define KAAL_ERROR_H

#include <kaal/abi/message.h>

typedef enum kaal_err kaal_err_t;

/* Marks functions whose result must not be dropped. */
#define KAAL_MUST_CHECK __attribute__((warn_unused_result))

/* "FAILED_LOOKUP"; "UNKNOWN" for a number that is no error. */
const char *kaal_err_name(kaal_err_t err);

/* One sentence of cause and cure. */
const char *kaal_err_text(kaal_err_t err);

/*
 * Words 0-3 of the last failed invocation of this thread: which argument, what
 * limits (abi/errors.def says what they mean for each error).
 * Returns: a pointer into the IPC buffer.
 * Notes: valid until the thread's next system call.
 */
const kaal_word_t *kaal_err_detail(void);

#endif
