/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel lock: held from kernel entry to exit, so that one core at a time
 * is in the kernel. Single-core configurations compile it away.
 */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct kernel_lock {
    _Atomic uint32_t next;    /* ticket to take */
    _Atomic uint32_t serving; /* ticket whose turn it is */
};

extern struct kernel_lock kernel_lock;

static inline void kernel_lock_acquire(void)
{
    if (KAAL_CFG_SMP) {
        const uint32_t mine = atomic_fetch_add_explicit(&kernel_lock.next, 1, memory_order_relaxed);
        while (atomic_load_explicit(&kernel_lock.serving, memory_order_acquire) != mine) {
        }
    }
}

static inline void kernel_lock_release(void)
{
    if (KAAL_CFG_SMP) {
        const uint32_t mine = atomic_load_explicit(&kernel_lock.serving, memory_order_relaxed);
        atomic_store_explicit(&kernel_lock.serving, mine + 1, memory_order_release);
    }
}
