/* SPDX-License-Identifier: Apache-2.0 */
/* The capabilities that a thread can name, in up to three levels of CNodes. */
#pragma once
#include "object/tcb.h"

struct path {
    const struct cap *cap;
    cptr_t cptr;
};

typedef bool (*path_wanted)(const struct cap *cap);

/* Look at what t can name. */
void path_find_all(const struct tcb *t);

/* A random one that is wanted, or NULL. */
const struct path *path_find(path_wanted is_wanted);

/* Its pointer; also some that lead nowhere. path_cptr(): likely percent of the
 * time the best (or NULL), else another, seldom any. */
cptr_t path_any_cptr(void);
cptr_t path_cptr(path_wanted best, unsigned likely, path_wanted other);
