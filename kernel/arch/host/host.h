/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host fake of the seam (arch.h): what tests can see and set.
 *
 * RAM is one static arena; the kernel sees it at physical HOST_RAM_BASE.
 * Physical addresses outside it map to pointers of the real machine's kernel
 * window, which no host program can dereference, and map back exactly.
 * Everything the kernel asks of the machine is written to host.log.
 *
 * arch_check() is the witness for what only the machine sees: a ghost TLB that
 * holds every translation the tables offer whenever the kernel is left, until
 * it is flushed; memory that is zero and clean since arch_zero(); the lines of
 * the interrupt controller. It also does what takes a table of all objects.
 *
 * A memory byte is poisoned for AddressSanitizer unless it belongs to a live
 * object, see arch_obj_created(). The fake is single-threaded.
 */
#pragma once
#include <setjmp.h>

#include "arch/arch.h"
#include "core/cpu.h"

#define HOST_RAM_BASE  UINT64_C(0x40000000)
#define HOST_RAM_BITS  24
#define HOST_RAM_BYTES (UINT64_C(1) << HOST_RAM_BITS)

/* A device region that tests may hand out as device untyped: not RAM. */
#define HOST_DEVICE_BASE UINT64_C(0x09000000)

enum {
    HOST_LOG_MAX = 8192,
    HOST_CONSOLE_MAX = 8192,
    HOST_IRQS = 256,
    HOST_NEVER = -1,
};

/* What happened, with up to three operands. */
enum host_action {
    HOST_ZERO,                   /* paddr, bytes, whether cleaned */
    HOST_CODE_SYNC,              /* paddr, bytes */
    HOST_CACHE_CLEAN,            /* paddr, bytes */
    HOST_CACHE_INVALIDATE,       /* paddr, bytes */
    HOST_CACHE_CLEAN_INVALIDATE, /* paddr, bytes */
    HOST_CREATED,                /* paddr, bytes */
    HOST_DESTROYED,              /* paddr, bytes */
    HOST_PTE_WRITE,              /* paddr of the entry, new value, old value */
    HOST_TLB_PAGE,               /* asid, vaddr */
    HOST_TLB_ASID,               /* asid */
    HOST_SWITCH,                 /* tcb (host address), paddr of the root or 0, asid */
    HOST_FORGET,                 /* paddr of the root */
    HOST_FP_RELEASE,             /* tcb (host address) */
    HOST_IDLE,
    HOST_IRQ_ACK,     /* irq */
    HOST_IRQ_EOI,     /* irq */
    HOST_IRQ_MASK,    /* irq */
    HOST_IRQ_UNMASK,  /* irq */
    HOST_IRQ_TRIGGER, /* irq, 1 if edge */
    HOST_TIMER_SET,   /* deadline */
    HOST_POWER,       /* 0 off, 1 restart; the fake's firmware refuses */
};

struct host_event {
    enum host_action action;
    uint64_t a, b, c;
};

struct host_log {
    unsigned count;   /* events recorded */
    unsigned dropped; /* events after the log was full */
    struct host_event events[HOST_LOG_MAX];
};

struct host {
    struct host_log log;

    /* Console output since the last reset, NUL-terminated, cut when full. */
    char console[HOST_CONSOLE_MAX];
    unsigned console_length;
    bool echo; /* also to stderr */

    ticks_t now;      /* arch_now() */
    ticks_t step;     /* added to now by each arch_now() */
    ticks_t deadline; /* the timer, UINT64_MAX if never set */

    bool irq_raised[HOST_IRQS];
    bool irq_masked[HOST_IRQS];
    bool irq_edge[HOST_IRQS];
    unsigned irq_active; /* acknowledged and not ended, or ARCH_IRQ_NONE */

    /* arch_irq_pending(): true at call number preempt_at (from 0), and at
     * every preempt_every-th call if that is not 0; else from the lines. */
    long preempt_at;
    long preempt_every;
    long pending_calls;

    /* arch_irq_pending() has said so since no zombie was left (KI-13). */
    bool preempted;

    /* Planted fault: the TLB does not hear of flushes. */
    bool flushes_are_lost;

    /* Where arch_idle() goes if idle_jumps: out of the kernel, which can be
     * entered again by an interrupt. Else it lets time pass until the timer. */
    jmp_buf idle;
    bool idle_jumps;
    unsigned timer_irq;

    /* Where arch_halt() goes if halt_expected, else it aborts. */
    jmp_buf halt;
    bool halt_expected;
};

extern struct host host;
extern struct cpu host_cpu;

/* Power-on: RAM reads zero and is poisoned, no interrupt, time 0, empty log,
 * cpu and everything in struct host as at start. */
void host_reset(void);

/* Poison what died: the kernel is left. Switching threads and idling do this;
 * tests that call into the core directly do it themselves. */
void host_bury(void);

/* Forget recorded events. */
void host_log_clear(void);

/* Events of one kind in the log; the n-th (from 0) of them or NULL. */
unsigned host_count(enum host_action action);
const struct host_event *host_event(enum host_action action, unsigned n);

/* A RAM address, as kernel pointer, at an offset. */
void *host_ram(uint64_t offset);
bool host_is_ram(const void *vaddr);

/* Would a kernel access to [vaddr, +bytes) be an error: dead or never made?
 * Always false without AddressSanitizer. */
bool host_is_poisoned(const void *vaddr, size_t bytes);

/* Raise an interrupt line. Edge and level alike stay raised until the kernel
 * acknowledges them; a masked one waits. */
void host_irq_raise(unsigned irq);

/* Interrupts are looked at: enter the kernel, or, where the core idles, go on in
 * sched_exit(), which is where it sleeps. */
void host_irq(void);

/* Does action(arg) halt the kernel (panic)? If so the kernel's state is broken
 * afterwards: host_reset(). */
bool host_halts(void (*action)(void *arg), void *arg);
