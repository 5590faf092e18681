/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's invariants, checked on the whole state. Debug kernels only:
 * release kernels contain none of this.
 *
 * Each is named by an id and its statement is in docs/debugging.md. What can
 * only be seen from outside is checked by arch_check() of the host fake.
 */
#pragma once
#include <kaal/boot_params.h>

#include "object/slot.h"

/* NULL if every invariant holds, else the id of a broken one and what is wrong
 * ("KI-07 untyped ranges overlap"). Holds at every kernel exit. Time: tables
 * and slots, and capabilities times references. */
const char *kernel_check(void);

/* Boot: what is RAM, and what is the kernel's own. */
void check_init(const struct kaal_boot_params *params);

/* ---- For the checks themselves ----------------------------------------------- */

/* The capabilities in pre-order of the derivation tree; NULL at the end. */
static inline const struct slot *check_first(void)
{
    return cdt_anchor.first;
}
const struct slot *check_next(const struct slot *slot);

/* The one after slot and all that is derived from it. */
const struct slot *check_next_outside(const struct slot *slot);

/* Is there a capability of this type to obj? */
bool check_is_live(enum cap_type type, const void *obj);

/* The memory a capability stands for; bytes 0: none. */
struct extent {
    uintptr_t base;
    uint64_t bytes;
};
struct extent check_extent(const struct cap *cap);

/* KI-01, 02, 04, 06-10, 13, 29: capabilities and the memory they stand for. */
const char *check_caps(void);

/* KI-23-25, 27: address spaces and their identifiers. */
const char *check_vspaces(void);
