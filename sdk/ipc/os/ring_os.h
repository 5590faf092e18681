/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that a ring does to the shared words and to the kernel. Tests on the
 * host have a ring_os.h of their own, and compile the same ring.c.
 *
 * Every load and store of a shared word is sequentially consistent. The two
 * uses that a word has need this much:
 *
 * Data   The producer's slots must be visible before its count, and the
 *        consumer must be done with a slot before its count frees it: release
 *        and acquire on count would do.
 * Sleep  Each side writes one word and then reads another: the producer its
 *        count and then the consumer's sleeps, the consumer its sleeps and
 *        then the producer's count. At least one must see the other's write,
 *        else the consumer sleeps on a full ring. Release and acquire allow
 *        both to miss; a single total order of all four does not.
 *
 * On AArch64 that costs nothing: both kinds of load are LDAR and both kinds of
 * store STLR. No read-modify-write is used: an exclusive pair could be made to
 * fail for ever by a peer that keeps writing to its line.
 */
#pragma once
#include <kaal/syscall.h>
#include <stdatomic.h>

static inline uint32_t ring_os_load(const _Atomic uint32_t *word)
{
    return atomic_load_explicit(word, memory_order_seq_cst);
}

static inline void ring_os_store(_Atomic uint32_t *word, uint32_t value)
{
    atomic_store_explicit(word, value, memory_order_seq_cst);
}

static inline void ring_os_signal(kaal_cptr_t cap)
{
    sys_signal(cap);
}

/* Signals are sticky: one that came before is not lost. */
static inline void ring_os_wait(kaal_cptr_t cap)
{
    (void)sys_wait(cap, NULL);
}
