/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel on the fake machine with threads and objects of each kind. What is
 * done to it is done by invocations of the kernel, as if by a thread that is
 * none of them and holds all capabilities: so every state is one that user space
 * can bring about.
 */
#pragma once
#include "core/cpu.h"
#include "host.h"
#include "object/slot.h"

/* Slots of the store, a CNode that holds the first capability to each object. */
enum world_place {
    WORLD_THREADS = 10,
    WORLD_ENDPOINTS = 5,
    WORLD_NTFNS = 5,
    WORLD_REPLIES = 8,
    WORLD_SCS = 10,
    WORLD_SPACES = 3,
    WORLD_NODES = 5,
    WORLD_PAGES = 3,
    WORLD_HANDLERS = 8,
    WORLD_SIGNALS = 8,
    WORLD_LINES = 4,
    WORLD_SMALL = 6,
    AT_THREAD = 0,
    AT_ENDPOINT = AT_THREAD + WORLD_THREADS,
    AT_NTFN = AT_ENDPOINT + WORLD_ENDPOINTS,
    AT_REPLY = AT_NTFN + WORLD_NTFNS,
    AT_SC = AT_REPLY + WORLD_REPLIES,
    AT_SPACE = AT_SC + WORLD_SCS,
    AT_NODE = AT_SPACE + WORLD_SPACES,
    AT_PAGE = AT_NODE + WORLD_NODES,
    AT_READ_ONLY = AT_PAGE + WORLD_PAGES,    /* page without the right to write */
    AT_HANDLER = AT_READ_ONLY + 1,           /* endpoints that take faults, with badges */
    AT_SIGNAL = AT_HANDLER + WORLD_HANDLERS, /* notifications with badges, for lines */
    AT_LINE = AT_SIGNAL + WORLD_SIGNALS,     /* handlers of interrupts */
    AT_SMALL = AT_LINE + WORLD_LINES,        /* untyped memory */
    AT_POOL_MEMORY = AT_SMALL + WORLD_SMALL, /* untyped memory of the identifier pool */
    AT_POOL,
    AT_SPARE,
    WORLD_STORE_RADIX = 7,
    WORLD_TIMER = 27,
    WORLD_FIRST_LINE = 40,
    WORLD_TICKS_PER_US = 10,
    WORLD_SVC_BYTES = 4,
};

struct slot *world_slot(unsigned place);
struct slot *world_store(void);

/* Boot, make the objects, and tell memory.h of all that may change. Once. */
void world_boot(void);

/* Begin anew, with another random configuration of all objects. */
void world_begin(void);

/* What a line signals as far as the world knows, or NULL. */
struct ntfn *world_line_ntfn(unsigned line);
void world_set_line(unsigned line);
void world_clear_line(unsigned line);

/* One random call that changes the configuration. */
void world_disturb(void);

/* The core idles: let time pass, or wake somebody. */
void world_end_idling(void);

/* Run a kernel entry; true if it ended in idling. */
bool world_enter(void (*entry)(void));

/* An interrupt is pending: the slow path. */
void world_irq(void);

/* ---- Calls ---------------------------------------------------------------------- */

enum kaal_err world_invoke(struct slot *slot, word_t label, unsigned words, const word_t *word,
                           unsigned caps, struct slot *const *cap);
#define WORDS(...)                                                     \
    sizeof((word_t[]){__VA_ARGS__}) / sizeof(word_t), (const word_t[]) \
    {                                                                  \
        __VA_ARGS__                                                    \
    }
#define CAPS(...)                                                                   \
    sizeof((struct slot *[]){__VA_ARGS__}) / sizeof(void *), (struct slot *const[]) \
    {                                                                               \
        __VA_ARGS__                                                                 \
    }
#define NO_WORDS 0, NULL
#define NO_CAPS  0, NULL

/* Into slot index of CNode n, from the store; empties it first. */
void world_mint(unsigned node, unsigned index, unsigned place, word_t rights, word_t data);
unsigned world_radix(unsigned node);

/* Random: a capability for a thread's CSpace; a thread's place in time, its
 * handlers, its buffer. */
void world_fill_slot(unsigned node, unsigned index);
void world_set_time(unsigned sc);
void world_set_thread(unsigned thread);
void world_set_space(unsigned thread);
void world_set_buffer(unsigned thread);
unsigned world_priority(void);

struct slot *world_root_slot(unsigned index);
extern struct slot world_empty;
