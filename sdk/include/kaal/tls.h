/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thread-local storage (_Thread_local, and with KaaL::libc also errno). The
 * first thread of a component has its block when main() begins; a component
 * that makes threads gives each a block of its own.
 */
#ifndef KAAL_TLS_H
#define KAAL_TLS_H

#include <kaal/abi/types.h>
#include <stddef.h>

/* Size and alignment of a block. The size is not 0. */
size_t kaal_tls_bytes(void);
size_t kaal_tls_align(void);

/*
 * Fill a block with the initial values.
 * Args: block, of kaal_tls_bytes() bytes, aligned to kaal_tls_align().
 * Returns: TPIDR_EL0 of the thread that the block is for; see sys_tcb_set_tls_base().
 */
kaal_word_t kaal_tls_init(void *block);

#endif
