/* SPDX-License-Identifier: Apache-2.0 */
#include "path.h"

#include "random.h"

enum { PATHS = 1024, DEPTH = 3, CPTR_BITS = 64 };

static struct path paths[PATHS];
static unsigned path_count;

static uint64_t low_bits(uint64_t value, unsigned bits)
{
    return bits >= 64 ? value : value & ((UINT64_C(1) << bits) - 1);
}

static uint64_t shifted(uint64_t value, unsigned bits)
{
    return bits >= 64 ? 0 : value << bits;
}

/* All below a CNode capability whose own address is the bits first of prefix. */
static void find_paths(const struct cap *node, uint64_t prefix, unsigned bits, unsigned depth)
{
    const unsigned radix = cap_cnode_radix(node), guard_bits = cap_cnode_guard_bits(node);
    if (node->type != CAP_CNODE || bits + guard_bits + radix > CPTR_BITS) {
        return;
    }
    bits += guard_bits + radix;
    prefix = shifted(prefix, guard_bits) | low_bits(cap_cnode_guard(node), guard_bits);
    for (unsigned i = 0; i < 1U << radix && path_count < PATHS; i++) {
        const struct cap *cap = &cap_cnode_slots(node)[i].cap;
        const uint64_t here = shifted(prefix, radix) | i;
        if (cap->type == CAP_CNODE && bits < CPTR_BITS && depth < DEPTH) {
            find_paths(cap, here, bits, depth + 1);
        } else if (cap->type != CAP_NULL) {
            const unsigned left = CPTR_BITS - bits;
            paths[path_count++] =
                (struct path){cap, shifted(here, left) | low_bits(random_state, left)};
        }
    }
}

void path_find_all(const struct tcb *t)
{
    path_count = 0;
    find_paths(&t->slots[TCB_SLOT_CSPACE].cap, 0, 0, 0);
}

const struct path *path_find(path_wanted is_wanted)
{
    const struct path *found = NULL;
    const unsigned start = path_count == 0 ? 0 : below(path_count);
    for (unsigned i = 0; i < path_count && found == NULL; i++) {
        const struct path *p = &paths[(start + i) % path_count];
        found = is_wanted(p->cap) ? p : NULL;
    }
    return found;
}

cptr_t path_any_cptr(void)
{
    return path_count == 0 || percent(50) ? percent(50) ? random64() : below(64)
                                          : paths[below(path_count)].cptr;
}

cptr_t path_cptr(path_wanted best, unsigned likely, path_wanted other)
{
    const struct path *p = best != NULL && percent(likely) ? path_find(best) : NULL;
    p = p != NULL ? p : path_find(other);
    return p == NULL || percent(4) ? path_any_cptr() : p->cptr;
}
