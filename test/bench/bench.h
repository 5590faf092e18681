/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many instructions operations of the kernel take, measured by a root task
 * with the counters of the bench kernel: event 8, at EL1 and at EL0.
 */
#pragma once
#include <kaal/bootinfo.h>
#include <kaal/kaal.h>

#include <kaal/broker/memory.h>

/* Counters around an operation, as bench_measure() stores them. */
struct bench_counts {
    uint32_t kernel, user;
};
struct bench_sample {
    struct bench_counts begin, end;
};
void bench_measure(void (*run)(void), struct bench_sample *sample);

/* An operation. All but run may be NULL. */
struct bench_op {
    const char *name;
    void (*start)(void);  /* once */
    void (*before)(void); /* each time, not measured */
    void (*run)(void);
    void (*after)(void); /* each time, not measured */
    void (*stop)(void);  /* once */
    bool until_wait;     /* up to where helper_wait woke, else up to the return of run */
};

/* What measuring nothing costs; one run of op without that. */
extern struct bench_counts bench_overhead;
struct bench_counts bench_once(const struct bench_op *op);

/* Where the operation's other thread runs and how deep the CSpaces are. */
struct bench_place {
    const char *suffix; /* of the operation's name */
    bool is_across;     /* in an address space of its own */
    unsigned levels;    /* of CNodes, in the CSpaces of both */
    bool is_sporadic;   /* contexts are sporadic servers, not in turn */
};

/* The other threads, by what they run (helpers.S). */
enum bench_helper { SERVE, RECEIVE, WAIT, YIELD, FAULT, SPIN, HELPER_COUNT };

extern const char helper_serve[], helper_receive[], helper_wait[], helper_yield[], helper_send[],
    helper_tick[], helper_chain[], helper_chain_begin[], helper_fault[], helper_spin[];

/* Where that is mapped for the threads. */
kaal_word_t bench_entry(const char *helper);

enum { MAIN_PRIORITY = 100 };

/* What a place has, made by place_enter(). */
extern struct bench_thread {
    kaal_cptr_t tcb, sc;
    kaal_cptr_t source; /* an endpoint, or WAIT's notification */
    kaal_cptr_t reply;
    struct kaal_ipc_buffer *buffer;
} bench_threads[HELPER_COUNT];
extern struct arena bench_arena;
extern volatile struct bench_counts *bench_woken; /* helper_wait stores them here */

void place_init(const struct kaal_bootinfo *bootinfo);
void place_enter(const struct bench_place *place);
void place_leave(void);

/* Stops the program unless err is KAAL_OK. */
void must(kaal_err_t err, const char *what);

/* A new object of the arena; an empty slot of it. */
kaal_cptr_t make(enum kaal_object_type type, unsigned size_bits);
kaal_cptr_t empty_slot(void);

/* Operations that involve another thread, those that do not, and those that are
 * measured with deeper CSpaces, or as two contexts take turns. Each list ends with a
 * NULL name. */
extern const struct bench_op thread_ops[], object_ops[], lookup_ops[], context_ops[];

/* An address with tables and nothing mapped. */
#define BENCH_FREE_PAGE 0x7200010000
