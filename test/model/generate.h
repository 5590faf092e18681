/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random events for the kernel as it is. About half of the calls are meant to
 * succeed: their capabilities, slots and numbers fit. The others are such calls
 * with something spoilt, or wild.
 */
#pragma once
#include "event.h"

struct generator {
    uint64_t rng;
    unsigned setup; /* how far the beginning is */
};

void generate_start(struct generator *g, uint64_t seed);

/* The next event; the first ones make threads, spaces and objects. */
struct event generate_next(struct generator *g);

/* How many events the beginning has; until its last the root task runs alone. */
unsigned generate_setup_length(void);

/* Is all that the beginning makes made? */
bool generate_is_set_up(const struct generator *g);

/* Nothing can happen any more. */
bool generate_is_over(void);

/* Slots of the root task's CNode, from the first empty one on, that the
 * beginning fills. */
enum generate_slot {
    THREADS = 10,
    POOL = 0,   /* untyped for the objects of the beginning */
    SMALL = 1,  /* untyped memory to play with: 3 */
    DEVICE = 4, /* device untyped */
    NODE = 5,   /* CNodes: 3 */
    SPACE = 8,  /* VSpaces: 3 */
    EP = 11,    /* 4 */
    NTFN = 15,  /* 4 */
    REPLY = 19, /* 4 */
    SC = 23,    /* THREADS */
    TCB = 33,   /* THREADS */
    PAGE = 43,  /* THREADS + 6 */
    TABLE = 59, /* 6 */
    SPARE = 65,
    NODES = 3,
    NODE_RADIX = 4, /* of the first; each has one bit more than the one before */
};

uint64_t generate_slot(unsigned slot);
