/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An executable model of the kernel, written from docs/abi.md and
 * docs/scheduling.md alone. It shares nothing with the kernel but the numbers
 * of kernel/include/kaal/abi. A harness applies the same events to both and
 * compares what the queries below answer.
 *
 * Events are atomic: where the kernel is preempted and repeats a call, the
 * harness lets it finish before it compares.
 *
 * Objects are named by type and physical address, slots by the object that
 * holds them (a CNode or a TCB) and an index. Untyped memory is named by its
 * capability, since several untyped objects may share an address.
 */
#ifndef MODEL_H
#define MODEL_H

#include <kaal/abi/bootinfo.h>
#include <kaal/abi/mapping.h>
#include <kaal/abi/message.h>
#include <kaal/abi/rights.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model;

/* Types of capabilities: enum kaal_object_type goes on with what retype cannot make. */
enum model_type {
    MODEL_NULL = 0,
    MODEL_ASID_POOL = 11,
    MODEL_ASID_CONTROL,
    MODEL_IRQ_CONTROL,
    MODEL_IRQ_HANDLER,
    MODEL_SCHED_CONTROL,
    MODEL_DOMAIN,
    MODEL_POWER,
    MODEL_TYPES,
};

/* Slots of a TCB. Each holds a copy, in the derivation tree, of what the call was given. */
enum model_tcb_slot {
    MODEL_TCB_CSPACE,
    MODEL_TCB_VSPACE,
    MODEL_TCB_BUFFER,
    MODEL_TCB_FAULT_ENDPOINT,
    MODEL_TCB_TIMEOUT_ENDPOINT,
    MODEL_TCB_SLOTS,
};

/* struct model_slot.object of the slots in which interrupts hold their
 * notification; the index is the interrupt. */
#define MODEL_IRQ_SLOTS 1

enum {
    MODEL_REGS = 31, /* x0..x30 */
    MODEL_MAX_REFILLS = 256,
    MODEL_DOMAINS = 16, /* also the entries of the schedule */
    MODEL_IRQS = 1024,
};

/* ---- Boot ------------------------------------------------------------- */

struct model_boot_untyped {
    uint64_t paddr;
    uint32_t slot;
    uint8_t size_bits;
    bool is_device;
};

/* A page of the root task: mapped at vaddr with map_rights and attributes,
 * unless `mapped` is false. */
struct model_boot_page {
    uint64_t paddr;
    uint64_t vaddr;
    uint32_t slot;
    uint8_t size_bits;
    uint8_t rights;     /* of the capability */
    uint8_t map_rights; /* of the mapping */
    uint8_t attributes; /* KAAL_MAP_... */
    bool is_device;
    bool mapped;
};

/* A page table of the root task: level 1 hangs in the root table and covers
 * 512 GiB, level 3 holds pages of 4 KiB. */
struct model_boot_table {
    uint64_t paddr;
    uint64_t vaddr;
    uint32_t slot;
    uint8_t level;
};

struct model_boot {
    uint64_t timer_hz;
    uint64_t now;
    uint32_t irq_last;  /* the controller's last interrupt */
    uint32_t timer_irq; /* cannot be had by IRQControl Get */
    bool debug;         /* system calls 64.. exist */
    uint64_t tcb_paddr;
    uint64_t cnode_paddr;
    uint64_t vspace_paddr;
    uint64_t asid_pool_paddr;
    uint64_t sc_paddr;
    uint8_t sc_size_bits;      /* 0: 8 */
    uint64_t entry;            /* pc */
    uint64_t bootinfo_vaddr;   /* x0 */
    uint64_t ipc_buffer_vaddr; /* its page is the one in KAAL_ROOT_IPC_BUFFER_PAGE */
    uint64_t pstate;
    const struct model_boot_untyped *untyped;
    size_t untyped_count;
    const struct model_boot_page *pages; /* bootinfo and IPC buffer page among them */
    size_t page_count;
    const struct model_boot_table *tables; /* of lower levels first: 1, then 2, then 3 */
    size_t table_count;
};

/* NULL if memory is exhausted (the host's) or the description contradicts itself. */
struct model *model_new(const struct model_boot *boot);
void model_free(struct model *m);

/* ---- Events ----------------------------------------------------------- */

/* The time only goes forward. It raises no interrupt by itself. */
uint64_t model_now(const struct model *m);
void model_set_now(struct model *m, uint64_t now);
void model_advance(struct model *m, uint64_t ticks);

/* The current thread has executed svc #0: its pc is behind the svc. */
void model_syscall(struct model *m);
/* A device interrupt. Those that are not enabled do nothing. */
void model_irq(struct model *m, unsigned irq);
/* The timer's interrupt, at model_now(). */
void model_timer(struct model *m);
/* Faults of the current thread; its pc is that of the instruction. */
void model_vm_fault(struct model *m, uint64_t address, bool fetch, uint64_t esr);
void model_user_exception(struct model *m, uint64_t esr);

/* True once power off or restart would have been asked for. The model refuses
 * both, as a machine without PSCI does. */
bool model_power_asked(const struct model *m);

/* ---- Memory ----------------------------------------------------------- */

/* Doublewords of physical memory, paddr a multiple of 8. Memory never written
 * reads as zero; retype zeroes what it uses. */
uint64_t model_read(const struct model *m, uint64_t paddr);
void model_write(struct model *m, uint64_t paddr, uint64_t value);

/* ---- Threads ---------------------------------------------------------- */

enum model_thread_state {
    MODEL_STOPPED,
    MODEL_RUNNABLE,
    MODEL_SENDING, /* also with a fault, see fault */
    MODEL_RECEIVING,
    MODEL_REPLYING, /* waits for the answer */
    MODEL_WAITING,  /* on a notification */
};

enum model_queue { MODEL_NO_QUEUE, MODEL_READY, MODEL_RELEASE };

struct model_thread {
    uint64_t paddr;
    uint64_t x[MODEL_REGS];
    uint64_t sp, pc, pstate, tls;
    uint64_t buffer; /* virtual address of the IPC buffer, 0: none */
    uint8_t state;   /* enum model_thread_state */
    uint8_t queue;   /* enum model_queue; the current thread is in none */
    uint8_t priority, mcp, domain, flags;
    uint8_t fault;                   /* enum kaal_fault, of a thread that waits with one */
    bool is_call;                    /* SENDING: wants an answer */
    bool can_grant, can_grant_reply; /* SENDING */
    uint64_t badge;                  /* SENDING */
    uint64_t waits_on;               /* the endpoint or notification; 0: none */
    uint64_t reply;                  /* RECEIVING, REPLYING: the reply object; 0: none */
    uint64_t sc;                     /* 0: none */
    uint64_t bound_ntfn;             /* 0: none */
    uint64_t yield_to;               /* the context whose YieldTo it waits in; 0: none */
};

/* The physical address of the current thread; 0: the core idles. */
uint64_t model_current(const struct model *m);
bool model_thread(const struct model *m, uint64_t tcb, struct model_thread *out);
/* User space changes its registers (harness). False: no such thread. */
bool model_set_registers(struct model *m, uint64_t tcb, const uint64_t x[MODEL_REGS], uint64_t sp,
                         uint64_t pc, uint64_t pstate, uint64_t tls);
/* One register; 0..30 are x0..x30, 31 is pc, 32 sp, 33 pstate, 34 TPIDR_EL0. */
uint64_t model_register(const struct model *m, uint64_t tcb, unsigned reg);
void model_set_register(struct model *m, uint64_t tcb, unsigned reg, uint64_t value);

/* Queues in the order in which they are served: physical addresses of TCBs.
 * At most `max` are stored; the number there are is returned. */
size_t model_waiters(const struct model *m, uint64_t endpoint_or_ntfn, uint64_t *out, size_t max);
size_t model_ready(const struct model *m, unsigned domain, unsigned priority, uint64_t *out,
                   size_t max);
size_t model_release(const struct model *m, uint64_t *out, size_t max);

/* ---- Capabilities ----------------------------------------------------- */

struct model_slot {
    uint64_t object; /* physical address of the CNode or TCB; 0: none */
    uint32_t index;  /* for a TCB: enum model_tcb_slot */
};

struct model_cap {
    uint8_t type;      /* enum kaal_object_type or enum model_type; MODEL_NULL: empty */
    uint8_t rights;    /* KAAL_RIGHT_..., those that mean something for the type */
    uint8_t size_bits; /* untyped, page, CNode (radix), SC; else as objects.def says */
    uint8_t guard_bits;
    bool is_device;     /* untyped, page */
    bool is_original;   /* copies of it are its children */
    uint64_t object;    /* physical address; IRQ handler: the interrupt; 0 for controls */
    uint64_t badge;     /* endpoint, notification */
    uint64_t guard;     /* CNode */
    uint64_t watermark; /* untyped: bytes used */
    bool mapped;        /* page, page table; VSpace: has an identifier */
    uint32_t asid;      /* of the VSpace it is mapped in, or of the VSpace itself */
    uint64_t vspace;    /* physical address of the former */
    uint64_t vaddr;
    struct model_slot parent; /* object 0: a root of the forest */
    uint32_t children;        /* how many direct children */
    uint32_t place;           /* index among its parent's children, 0 is revoked first */
};

/* False: no such slot. An empty slot is of type MODEL_NULL. */
bool model_cap(const struct model *m, struct model_slot slot, struct model_cap *out);
/* The slot of child number `place`; object 0: there is none. */
struct model_slot model_child(const struct model *m, struct model_slot slot, uint32_t place);
/* Where the walk of docs/abi.md from a thread's CSpace ends. False: nowhere. */
bool model_lookup(const struct model *m, uint64_t tcb, uint64_t cptr, struct model_slot *out);

/* Slots of a CNode or TCB; 0: no such object. */
uint32_t model_slot_count(const struct model *m, uint64_t object);

/* All live objects, untyped memory and interrupt handlers left out, in no
 * particular order. Returns how many there are. */
struct model_object {
    uint64_t paddr;
    uint8_t type;
    uint8_t size_bits;
    uint32_t caps; /* capabilities to it */
};
size_t model_objects(const struct model *m, struct model_object *out, size_t max);

/* ---- Other objects ---------------------------------------------------- */

struct model_refill {
    uint64_t time;
    uint64_t amount;
};

struct model_sc {
    uint64_t paddr;
    uint64_t budget, period; /* ticks; 0: not configured */
    uint64_t badge;
    uint64_t consumed;   /* ticks */
    uint64_t tcb;        /* 0: none */
    uint64_t ntfn;       /* 0: none */
    uint64_t yield_from; /* the thread that waits in YieldTo; 0: none */
    uint32_t max_refills;
    uint32_t refills;
    bool round_robin;
    struct model_refill refill[MODEL_MAX_REFILLS];
    uint32_t replies; /* depth of the stack of callers */
};
bool model_sc(const struct model *m, uint64_t sc, struct model_sc *out);
/* Reply object number `depth` of a context's stack, 0 is the nearest. 0: none. */
uint64_t model_sc_reply(const struct model *m, uint64_t sc, uint32_t depth);
/* The context in use; 0: none. */
uint64_t model_current_sc(const struct model *m);

struct model_ntfn {
    bool active; /* a signal is pending, also one with badge 0 */
    uint64_t pending;
    uint64_t bound_tcb;
    uint64_t sc;
};
bool model_ntfn(const struct model *m, uint64_t ntfn, struct model_ntfn *out);

struct model_reply {
    uint64_t tcb;   /* the caller, or the receiver that has named it; 0: none */
    bool answers;   /* tcb is a caller that waits for the answer */
    uint64_t sc;    /* the context that an answer brings back; 0: none */
    uint32_t depth; /* in that context's stack */
};
bool model_reply(const struct model *m, uint64_t reply, struct model_reply *out);

struct model_irq_line {
    bool issued; /* its handler exists */
    bool masked;
    bool edge;
    uint64_t ntfn; /* 0: none */
    uint64_t badge;
};
bool model_irq_line(const struct model *m, unsigned irq, struct model_irq_line *out);

/* What a VSpace maps at an address: false if nothing. */
struct model_mapping {
    uint64_t paddr; /* of the page */
    uint8_t size_bits;
    uint8_t rights;
    uint8_t attributes;
};
bool model_mapping(const struct model *m, uint64_t vspace, uint64_t vaddr,
                   struct model_mapping *out);
/* The page table of level 1..3 that covers an address; 0: none. */
uint64_t model_table(const struct model *m, uint64_t vspace, uint64_t vaddr, unsigned level);

/* The pool number `index` of 0..127 by physical address; 0: none. */
uint64_t model_asid_pool(const struct model *m, unsigned index);
/* The VSpace with an identifier; 0: none. */
uint64_t model_asid(const struct model *m, uint32_t asid);

struct model_domains {
    unsigned current; /* domain that runs */
    unsigned entry;   /* of the schedule; meaningless if not started */
    unsigned start;
    bool started;
    uint64_t end; /* when it goes on; UINT64_MAX: never */
    unsigned domain[MODEL_DOMAINS];
    uint64_t duration[MODEL_DOMAINS]; /* ticks; 0: empty */
};
void model_domains(const struct model *m, struct model_domains *out);

/* When the timer is to interrupt next; UINT64_MAX: never. */
uint64_t model_deadline(const struct model *m);

/* ---- The model about itself ------------------------------------------- */

/* NULL, or what is inconsistent in it. */
const char *model_check(const struct model *m);

#endif
