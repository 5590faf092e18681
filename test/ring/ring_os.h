/* SPDX-License-Identifier: Apache-2.0 */
/* The seam of sdk/ipc/os/ring_os.h on the host: each test brings its own. */
#pragma once
#include <kaal/abi/types.h>
#include <stdatomic.h>

uint32_t ring_os_load(const _Atomic uint32_t *word);
void ring_os_store(_Atomic uint32_t *word, uint32_t value);
void ring_os_signal(kaal_cptr_t cap);
void ring_os_wait(kaal_cptr_t cap);
