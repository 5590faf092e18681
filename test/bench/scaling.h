/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the cost of operations grows: each of them is measured in a crowd, among
 * 10, 100, 1,000 and 10,000 objects that have something to do with it.
 *
 * Objects of a crowd are made of one Untyped of their own; their capabilities
 * lie in a CNode of their own, the table, from its first slot on.
 */
#pragma once
#include "bench.h"

struct scaling_op {
    const char *name; /* in scaling-rules.json */
    const char *like; /* an operation of the lists of bench.h, or NULL: op */
    struct bench_op op;
};

struct scaling_crowd {
    void (*fill)(unsigned count);
    const struct scaling_op *ops; /* ends with a NULL name */
};

/* Each ends with a NULL fill. */
extern const struct scaling_crowd object_crowds[], thread_crowds[];

/* How many objects the crowd has. */
extern unsigned crowd_size;

void crowd_begin(unsigned count);
void crowd_end(void);

/* A new object of the crowd's Untyped in slot of the root CNode, or behind what the
 * table holds. */
void crowd_retype(enum kaal_object_type type, unsigned bits, kaal_cptr_t slot);
void crowd_add(enum kaal_object_type type);

/* A capability of a slot of the root CNode goes behind what the table holds, or a
 * copy of it. */
void crowd_add_copy(kaal_cptr_t cap);
void crowd_add_moved(kaal_cptr_t cap);

/* Badged copies of an endpoint fill the first crowd_size slots of the table. */
void crowd_mint(kaal_cptr_t cap);

/* What the table holds at index. */
struct kaal_slot crowd_slot(unsigned index);

/* Take it from there to an empty slot of the root CNode, or put it back. */
void crowd_take(unsigned index, kaal_cptr_t slot);
void crowd_put_back(unsigned index, kaal_cptr_t slot);

/* A CSpace that has the root CNode's slots where they were and the table's at
 * crowd_pointer(index). */
kaal_cptr_t crowd_cspace(void);
kaal_cptr_t crowd_pointer(unsigned index);

kaal_cptr_t crowd_table(void);
