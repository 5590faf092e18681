/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the model share. Objects are numbers into one array, 0 is
 * none; slots are an object and an index. Queues are not lists: each thread
 * knows which queue it is in and a key that says where.
 */
#ifndef MODEL_STATE_H
#define MODEL_STATE_H

#include "model.h"

#define MODEL_TABLE_ENTRIES 512
#define MODEL_POOLS         128
#define MODEL_US_MAX        ((uint64_t)1 << 40)
#define MODEL_US_MIN        100
#define PSTATE_FLAGS        0xf0000000u
#define SYSTEM_CALL_BYTES   4

/* An object type of the model's own: the slots in which interrupts hold
 * their notification. */
#define MODEL_IRQ_NODE MODEL_TYPES

struct ref {
    int object; /* 0: none */
    uint32_t index;
};

struct cap {
    uint8_t type;
    uint8_t rights;
    uint8_t size_bits;  /* untyped */
    uint8_t guard_bits; /* CNode */
    bool device;        /* untyped, page */
    bool original;
    int object;     /* not of untyped, IRQ handlers and controls */
    uint32_t asid;  /* page: where this capability mapped it, 0: nowhere */
    uint64_t where; /* untyped: physical address; IRQ handler: interrupt; page: address */
    uint64_t data;  /* badge, guard, or watermark */
};

struct slot {
    struct cap cap;
    struct ref parent;
    uint32_t at;       /* index among the children of the parent */
    struct ref *child; /* the first child is the last of the array */
    uint32_t children;
    uint32_t room;
};

struct entry {
    int table;      /* a table, or 0 */
    uint64_t paddr; /* of a page */
    bool page;
    uint8_t rights;
    uint8_t attributes;
    bool device;
};

struct tcb {
    uint64_t x[MODEL_REGS];
    uint64_t sp, pc, pstate, tls;
    uint64_t buffer;
    uint8_t state, queue, priority, mcp, domain, flags;
    uint8_t fault;
    uint64_t fault_word[3]; /* what the registers do not say of the fault */
    bool is_call, can_grant, can_grant_reply;
    uint64_t badge;
    int waits_on, reply, sc, ntfn, yield_to;
    int64_t key;     /* place in the ready or release queue, or arrival at what it waits on */
    bool yield_call; /* YieldTo was a call: it gets an answer */
    bool gone;       /* is being deleted */
};

struct sc {
    uint64_t budget, period, badge, consumed;
    int tcb, ntfn, yield_from;
    uint32_t max_refills, refills;
    struct model_refill refill[MODEL_MAX_REFILLS];
    int *reply; /* callers whose context this is; the nearest is the last */
    uint32_t replies;
};

struct object {
    uint8_t type, size_bits;
    bool live, device;
    uint64_t paddr;
    uint32_t caps;
    int next; /* object of the same hash */
    struct slot *slots;
    uint32_t slot_count;
    union {
        struct tcb *tcb;
        struct sc *sc;
        struct {
            bool active;
            uint64_t pending;
            int tcb, sc;
        } ntfn;
        struct {
            int tcb, sc;
        } reply;
        struct { /* VSpace and page table */
            struct entry *entry;
            uint32_t asid; /* VSpace: its own; table: where it is mapped; 0: none */
            uint64_t vaddr;
            unsigned level;
            bool lost; /* VSpace: its identifier went with the pool, it never gets another */
        } table;
        struct {
            int *vspace;
            unsigned index;
        } pool;
    } u;
};

struct window { /* 1 KiB of memory that is not all zero, or once was not */
    uint64_t paddr;
    uint64_t *word;
};

struct irq {
    uint32_t handlers; /* capabilities */
    bool masked, edge;
};

#define WOKEN_MAX 4096
#define HASH_SIZE 1024

struct model {
    struct object *object;
    int objects, objects_room;
    int hash[HASH_SIZE]; /* objects by physical address */
    int *tcb;            /* the live threads */
    int tcbs, tcbs_room;

    uint64_t now, hz, min;
    int current; /* 0: idle */
    int current_sc;
    uint64_t charged_at;
    int used_up; /* the thread whose refill was used up in this entry */
    bool used_by_yield;
    int woken[WOKEN_MAX];
    int wakings;
    int64_t arrivals;
    uint64_t deadline;

    struct model_domains domains;
    int pool[MODEL_POOLS];
    struct irq irq[MODEL_IRQS];
    int irq_node;
    unsigned irq_last, timer_irq;
    bool debug, power_asked;

    struct window *window;
    size_t windows, windows_room;
};

/* ---- model_cap.c: objects, slots, tree, deletion ---- */

int object_new(struct model *m, unsigned type, uint64_t paddr, unsigned size_bits);
int object_find(const struct model *m, uint64_t paddr, unsigned type); /* 0: none */
static inline struct object *object_at(const struct model *m, int id)
{
    return &m->object[id];
}

static inline struct tcb *tcb_at(const struct model *m, int id)
{
    return m->object[id].u.tcb;
}

static inline struct sc *sc_at(const struct model *m, int id)
{
    return m->object[id].u.sc;
}

static inline bool ref_same(struct ref a, struct ref b)
{
    return a.object == b.object && a.index == b.index;
}

/* NULL if its object is gone. */
static inline struct slot *slot_at(const struct model *m, struct ref ref)
{
    const struct object *o = &m->object[ref.object];
    return ref.object != 0 && o->live && ref.index < o->slot_count ? &o->slots[ref.index] : NULL;
}

bool cap_same_object(const struct cap *a, const struct cap *b);

/* Put a capability into an empty slot: as child of `parent`, or as a root. */
void slot_fill(struct model *m, struct ref ref, const struct cap *cap, struct ref parent);
/* Put a copy made by cap_derive() there, in its place next to or below the source. */
void slot_copy(struct model *m, struct ref to, struct cap cap, struct ref from);
void slot_move(struct model *m, struct ref to, struct ref from);
void slot_swap(struct model *m, struct ref a, struct ref b);
void slot_delete(struct model *m, struct ref ref);
void slot_revoke(struct model *m, struct ref ref);
/* What a copy of the capability in the slot is. May refuse. */
enum kaal_err cap_derive(const struct model *m, struct ref ref, struct cap *out);
bool cap_set_guard(const struct model *m, struct cap *cap, uint64_t word);

struct lookup {
    struct ref ref; /* object 0: failed */
    unsigned kind;  /* enum kaal_lookup_failure */
    uint64_t bits;
};
/* The walk. `exact`: every bit must be used. */
struct lookup cspace_walk(const struct model *m, const struct cap *root, uint64_t pointer,
                          uint64_t depth, bool exact);
struct lookup cspace_lookup(const struct model *m, int tcb, uint64_t pointer);

/* ---- model_vspace.c ---- */

void page_unmap(struct model *m, struct cap *cap);
void table_unmap(struct model *m, int table);
void vspace_forget(struct model *m, int vspace);
void pool_forget(struct model *m, int pool);
int vspace_of(const struct model *m, uint32_t asid);
/* Walk to the entry that covers vaddr at `level` or the first that is no table above it. */
struct entry *vspace_walk(const struct model *m, int vspace, uint64_t vaddr, unsigned *level);

/* ---- model_sched.c ---- */

uint64_t us_to_ticks(const struct model *m, uint64_t us);
uint64_t ticks_to_us(const struct model *m, uint64_t ticks);
bool sc_round_robin(const struct sc *sc);
bool sc_due(const struct model *m, const struct sc *sc);
void sched_wake(struct model *m, int tcb);   /* file a thread that has become able to run */
void sched_unfile(struct model *m, int tcb); /* out of the ready or release queue */
void sched_front(struct model *m, int tcb);
void sched_refile(struct model *m, int tcb); /* priority, domain or context have changed */
void sched_charge(struct model *m);          /* the context in use, up to now */
void sched_give_up(struct model *m);
void sched_timer(struct model *m);
void sched_exit(struct model *m);
bool sched_can_run(const struct model *m, int tcb);
void sc_configure(struct model *m, int sc, uint64_t budget, uint64_t period, uint32_t refills,
                  uint64_t badge);
void sc_donate(struct model *m, int sc, int to);
void sc_bind_tcb(struct model *m, int sc, int tcb);
void sc_unbind_tcb(struct model *m, int sc);
void sc_unbind_ntfn(struct model *m, int sc);
void sc_break(struct model *m, int reply);
uint64_t sc_take_consumed(struct model *m, int sc); /* microseconds */
void yield_to_complete(struct model *m, int tcb);
void domain_start(struct model *m, unsigned entry);

/* ---- model_ipc.c ---- */

struct message { /* what an invocation is given */
    uint64_t label;
    unsigned words, caps;
    struct ref cap[KAAL_MSG_CAPS];
};
bool buffer_of(const struct model *m, int tcb, uint64_t *paddr);
uint64_t message_word(const struct model *m, int tcb, unsigned index);
/* Store a word for a thread; words behind the fourth need a buffer. */
void message_set(struct model *m, int tcb, unsigned index, uint64_t value);
void answer(struct model *m, int tcb, uint64_t label, unsigned words, const uint64_t *word);
void thread_cancel(struct model *m, int tcb);
void thread_stop(struct model *m, int tcb);
void thread_resume(struct model *m, int tcb);
void thread_fault(struct model *m, int tcb, unsigned fault, uint64_t w0, uint64_t w1, uint64_t w2);
void thread_timeout(struct model *m, int tcb);
size_t waiters_of(const struct model *m, int object, int *out, size_t max);
void endpoint_cancel_all(struct model *m, int endpoint);
void endpoint_cancel_badged(struct model *m, int endpoint, uint64_t badge);
void ntfn_cancel_all(struct model *m, int ntfn);
void ntfn_signal(struct model *m, int ntfn, uint64_t badge);
void ntfn_unbind(struct model *m, int ntfn);
void reply_destroy(struct model *m, int reply);
void system_call(struct model *m);

/* ---- model_invoke.c, model_invoke_tcb.c ---- */

/* What an invocation gives back. */
struct result {
    enum kaal_err err;
    unsigned words;
    uint64_t word[4];
    bool later;       /* the answer comes when the caller runs again */
    int registers_of; /* the words are registers of this thread */
};
uint64_t *tcb_register(const struct model *m, int tcb, unsigned i); /* 0: pc, sp, pstate, x0.. */
struct result result_ok(void);
struct result result_ok1(uint64_t word);
struct result result_err(enum kaal_err err);
struct result result_err1(enum kaal_err err, uint64_t word);
struct result result_range(uint64_t index, uint64_t least, uint64_t greatest);
struct result result_lookup(bool source, uint64_t bits, uint64_t kind);
struct result invoke(struct model *m, int caller, struct ref target, const struct message *msg);
struct result invoke_tcb(struct model *m, int caller, struct ref target, const struct message *msg);
struct result invoke_vspace(struct model *m, int caller, struct ref target,
                            const struct message *msg);

/* ---- model.c ---- */

void memory_zero(struct model *m, uint64_t paddr, uint64_t bytes);
void *model_grow(void *array, size_t *room, size_t want, size_t size);

#endif
