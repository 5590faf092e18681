/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel under test: boots the shipped kernel on the host machine and speaks
 * to it as user space does, by system calls alone. After every kernel entry
 * the whole kernel state is checked (kernel_check()).
 *
 * All threads share the root task's CSpace and VSpace. Each has an IPC buffer
 * page of its own, a scheduling context, and a notification to park on. A
 * thread acts when it is current; the root task (priority KT_ROOT_PRIORITY)
 * is current whenever every thread of a higher priority is blocked.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <kaal/abi/bootinfo.h>
#include <kaal/boot_params.h>

#include "core/check.h"
#include "host.h"
#include "object/endpoint.h"
#include "object/notification.h"
#include "object/object.h"
#include "object/reply.h"
#include "object/sched_context.h"
#include "object/tcb.h"

enum {
    KT_ROOT_PRIORITY = 100,
    KT_TIMER_IRQ = 27,
    KT_US = 10,        /* ticks in a microsecond */
    KT_SVC = 0x400000, /* where every thread's system call instruction is */
    KT_RADIX = KAAL_ROOT_CNODE_RADIX,
};

struct kt_thread {
    struct tcb *tcb;
    struct kaal_ipc_buffer *buffer;
    cptr_t cap, sc, park, page;
};

struct kt {
    struct kt_thread root;
    const struct kaal_bootinfo *info;
    struct slot *cnode;    /* the root task's */
    cptr_t untyped;        /* the largest of RAM */
    cptr_t device_untyped; /* the one at HOST_DEVICE_BASE */
    cptr_t next_slot;
    bool transitions; /* check what each kernel entry changes (transition.h) */
    bool unchecked;   /* a test has forged state: kt_check() lets it pass */
};
extern struct kt kt;

/* CMocka set-up: a freshly booted kernel, current is the root task. */
int kt_boot(void **state);

/* The parameters kt_boot() uses. */
struct kaal_boot_params kt_params(void);

/* Fail the test unless every invariant holds. */
void kt_check(void);

/* ---- What is there ----------------------------------------------------------- */

struct slot *kt_slot(cptr_t cptr);
struct cap *kt_cap(cptr_t cptr);
cptr_t kt_new_slot(void);
struct tcb *kt_current(void);
bool kt_is_current(const struct kt_thread *t);

#define kt_endpoint_of(cptr) ((struct endpoint *)kt_cap(cptr)->obj)
#define kt_ntfn_of(cptr)     ((struct ntfn *)kt_cap(cptr)->obj)
#define kt_reply_of(cptr)    ((struct reply *)kt_cap(cptr)->obj)
#define kt_sc_of(cptr)       ((struct sc *)kt_cap(cptr)->obj)
#define kt_tcb_of(cptr)      ((struct tcb *)kt_cap(cptr)->obj)

/* ---- System calls of the current thread ---------------------------------------- */

/* Registers before: as the call takes them (words: w[4..] go to the buffer). */
struct kt_msg {
    word_t label;
    unsigned length, caps;
    word_t w[KAAL_MSG_MAX];
    cptr_t cap[KAAL_MSG_CAPS];
};

/* Enter the kernel (kernel_syscall, host_irq). Returns also when nobody can
 * run; then the idle thread is current. */
void kt_enter(void (*entry)(void));

/* Execute the system call instruction once, t being current. */
void kt_svc(struct kt_thread *t, word_t number, cptr_t cap, const struct kt_msg *msg, cptr_t reply,
            cptr_t second);

/* Is the call of t that kt_svc() started complete: pc behind the instruction? */
bool kt_is_done(const struct kt_thread *t);

/* A thread whose call was interrupted or restarted executes it again. */
void kt_again(struct kt_thread *t);

void kt_send(struct kt_thread *t, cptr_t ep, const struct kt_msg *msg);
void kt_nbsend(struct kt_thread *t, cptr_t ep, const struct kt_msg *msg);
void kt_call(struct kt_thread *t, cptr_t ep, const struct kt_msg *msg);
void kt_recv(struct kt_thread *t, cptr_t ep, cptr_t reply);
void kt_reply_recv(struct kt_thread *t, cptr_t ep, cptr_t reply, const struct kt_msg *msg);
void kt_wait(struct kt_thread *t, cptr_t ntfn);
void kt_poll(struct kt_thread *t, cptr_t ntfn);
void kt_yield(struct kt_thread *t);

/* What t has received. */
word_t kt_label(const struct kt_thread *t);
unsigned kt_length(const struct kt_thread *t);
unsigned kt_caps(const struct kt_thread *t);
unsigned kt_unwrapped(const struct kt_thread *t);
badge_t kt_badge(const struct kt_thread *t);
word_t kt_word(const struct kt_thread *t, unsigned i);

/* ---- Invocations by the root task: the error; detail in kt_word(&kt.root, i) ------ */

enum kaal_err kt_invoke(cptr_t cptr, word_t label, unsigned words, const word_t *w, unsigned caps,
                        const cptr_t *cap);
#define KT_WORDS(...)                                              \
    (sizeof((word_t[]){__VA_ARGS__}) / sizeof(word_t)), (word_t[]) \
    {                                                              \
        __VA_ARGS__                                                \
    }
#define KT_CAPS(...)                                               \
    (sizeof((cptr_t[]){__VA_ARGS__}) / sizeof(cptr_t)), (cptr_t[]) \
    {                                                              \
        __VA_ARGS__                                                \
    }
#define KT_NONE 0, NULL

enum kaal_err kt_retype_to(cptr_t untyped, word_t type, word_t size, cptr_t first, word_t count);
enum kaal_err kt_copy(cptr_t dest, cptr_t source, word_t rights);
enum kaal_err kt_mint(cptr_t dest, cptr_t source, word_t rights, word_t data);
enum kaal_err kt_move(cptr_t dest, cptr_t source);
enum kaal_err kt_delete(cptr_t slot);
enum kaal_err kt_revoke(cptr_t slot);

#define kt_ok(call) assert_int_equal((call), KAAL_OK)

/* An object in a new slot. */
cptr_t kt_object(enum cap_type type, word_t size);
/* A copy in a new slot. */
cptr_t kt_copy_of(cptr_t source, word_t rights);
cptr_t kt_badged(cptr_t source, word_t rights, badge_t badge);

/* ---- Threads ------------------------------------------------------------------------ */

/* A thread with everything, parked. Passive: without scheduling context. */
struct kt_thread kt_thread(unsigned priority);
struct kt_thread kt_passive_thread(unsigned priority);

/* Give sc a budget and period in microseconds. */
void kt_configure_sc(cptr_t sc, word_t budget, word_t period);

/* By the root task: let a parked thread be current. Its priority must be
 * above the root task's. */
void kt_unpark(struct kt_thread *t);

/* t, current, goes back to its parking place. */
void kt_park(struct kt_thread *t);

/* ---- Machine -------------------------------------------------------------------------- */

/* Let time pass; the timer interrupt comes when it is due. */
void kt_advance(word_t us);
void kt_irq(unsigned irq);

/* ---- Random ----------------------------------------------------------------------------- */

/* How often to repeat what is random: a little when only counting what runs, in
 * every build, in a nightly one. KT_EFFORT is 0, 1 or 2. */
#ifndef KT_EFFORT
#define KT_EFFORT 1
#endif
#define KT_ROUNDS(gate, nightly) \
    (KT_EFFORT == 0 ? (gate) / 100U : KT_EFFORT == 1 ? (gate) + 0U : (nightly) + 0U)

void kt_seed(uint64_t seed);
unsigned kt_random(unsigned below);
