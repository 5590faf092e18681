/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Untyped memory: the source of every object.
 *
 * U1  objects are made above the watermark, aligned to their size, inside the
 *     region; the watermark is never below the end of one that lives.
 * U2  with no children left, the next retype starts from the bottom again.
 * U3  an object starts out zero. Memory is zeroed when it is used, in chunks,
 *     with the progress kept in the capability.
 */
#pragma once
#include "core/invocation.h"

struct untyped_plan {
    enum cap_type type;
    word_t size;   /* as given to sys_retype */
    unsigned bits; /* log2 of the bytes of one object */
    word_t count;
    word_t start;     /* offset of the first object */
    word_t watermark; /* afterwards */
};

/* Where would count objects go? NOT_ENOUGH_MEMORY leaves *bytes_left. Pure
 * arithmetic: type, size and count are acceptable. */
enum kaal_err untyped_plan(const struct cap *untyped, bool has_children, struct untyped_plan *plan,
                           word_t *bytes_left);
