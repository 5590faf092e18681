/* SPDX-License-Identifier: Apache-2.0 */
#include "kt.h"

#include <stdlib.h>
#include <string.h>

#include "core/cspace.h"
#include "object/asid.h"
#include "object/irq.h"
#include "transition.h"

struct kt kt;

enum { SVC_BYTES = 4, ROOT_ENTRY = KT_SVC };

/* ---- Boot ---------------------------------------------------------------------- */

struct kaal_boot_params kt_params(void)
{
    struct kaal_boot_params p = {
        .magic = KAAL_BOOT_MAGIC,
        .version = KAAL_BOOT_VERSION,
        .size = sizeof(p),
        .mem_count = 1,
        .ram_count = 1,
        .kernel = {HOST_RAM_BASE, 0x4000},
        .payload = {HOST_RAM_BASE + 0x4000, 0x1000},
        .devicetree = {HOST_RAM_BASE + 0x5000, 0x1000},
        .devicetree_paddr = HOST_RAM_BASE + 0x5000,
        .devicetree_bytes = 0x1000,
        .segment_count = 1,
        .core_count = 1,
        .root_entry = ROOT_ENTRY,
        .gic_version = KAAL_GIC_V2,
        .gicd = {0x08000000, 0x10000},
        .gicc = {0x08010000, 0x10000},
        .timer_irq = KT_TIMER_IRQ,
        .timer_hz = KT_US * 1000000,
    };
    p.mem[0] = (struct kaal_range){HOST_RAM_BASE + 0x10000, HOST_RAM_BYTES - 0x10000};
    p.ram[0] = (struct kaal_range){HOST_RAM_BASE, HOST_RAM_BYTES};
    p.segments[0] = (struct kaal_root_segment){
        .vaddr = ROOT_ENTRY, .paddr = HOST_RAM_BASE + 0x6000, .bytes = 0x1000, .flags = 5};
    return p;
}

static void find_untyped(void)
{
    const struct kaal_bootinfo *info = kt.info;
    unsigned best = 0;
    for (cptr_t slot = info->untyped.begin; slot < info->untyped.end; slot++) {
        const struct kaal_untyped_desc *u = &info->untyped_list[slot - info->untyped.begin];
        if (!u->is_device && u->size_bits > best) {
            best = u->size_bits;
            kt.untyped = slot;
        }
        if (u->is_device && u->paddr <= HOST_DEVICE_BASE &&
            HOST_DEVICE_BASE - u->paddr < UINT64_C(1) << u->size_bits) {
            kt.device_untyped = slot;
        }
    }
}

int kt_boot(void **state)
{
    (void)state;
    struct kaal_boot_params params = kt_params();

    host_reset();
    irq_reset();
    asid_reset();
    cdt_anchor = (struct slot){.cap = {.type = CAP_ANCHOR}, .flags = SLOT_ORIGINAL};
    kernel_boot(&params);

    struct tcb *root = host_cpu.current;
    host.preempted = false;
    memset(&kt, 0, sizeof(kt));
    kt.cnode = cap_cnode_slots(&root->slots[TCB_SLOT_CSPACE].cap);
    kt.info = kt.cnode[KAAL_ROOT_BOOTINFO_PAGE].cap.obj;
    kt.next_slot = kt.info->empty.begin;
    kt.root = (struct kt_thread){
        .tcb = root,
        .buffer = kt.cnode[KAAL_ROOT_IPC_BUFFER_PAGE].cap.obj,
        .cap = KAAL_ROOT_TCB,
        .sc = KAAL_ROOT_SCHED_CONTEXT,
        .page = KAAL_ROOT_IPC_BUFFER_PAGE,
    };
    find_untyped();
    kt_check();
    kt_ok(kt_invoke(KAAL_ROOT_TCB, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(KT_ROOT_PRIORITY),
                    KT_CAPS(KAAL_ROOT_TCB)));
    kt.root.park = kt_object(CAP_NOTIFICATION, 0);
    host_log_clear();
    return 0;
}

void kt_check(void)
{
    const char *broken = kt.unchecked ? NULL : kernel_check();
    if (broken != NULL) {
        fail_msg("invariant broken: %s", broken);
    }
}

/* ---- What is there --------------------------------------------------------------- */

struct slot *kt_slot(cptr_t cptr)
{
    return &kt.cnode[cptr];
}

struct cap *kt_cap(cptr_t cptr)
{
    return &kt.cnode[cptr].cap;
}

cptr_t kt_new_slot(void)
{
    assert_true(kt.next_slot < kt.info->empty.end);
    return kt.next_slot++;
}

struct tcb *kt_current(void)
{
    return host_cpu.current;
}

bool kt_is_current(const struct kt_thread *t)
{
    return host_cpu.current == t->tcb;
}

/* ---- System calls ------------------------------------------------------------------ */

/* When nobody can run the kernel sleeps: come back with the idle thread
 * current. */
/* A call on an object, and not a message to a thread? */
static bool calls_kernel(const struct tcb *t)
{
    struct lookup_failure failure;
    const struct slot *slot = cspace_lookup(t, t->regs.x[1], &failure);
    return t->regs.x[0] == KAAL_SYS_CALL && slot != NULL && slot->cap.type != CAP_ENDPOINT &&
           slot->cap.type != CAP_NOTIFICATION && slot->cap.type != CAP_REPLY;
}

void kt_enter(void (*entry)(void))
{
    struct tcb *t = host_cpu.current;
    const bool is_call = kt.transitions && entry == kernel_syscall && calls_kernel(t);
    struct snapshot *before =
        kt.transitions ? snapshot_take(entry == kernel_syscall ? t : NULL) : NULL;
    if (setjmp(host.idle) == 0) {
        host.idle_jumps = true;
        entry();
    }
    host.idle_jumps = false;
    kt_check();
    if (before != NULL) {
        struct snapshot *after = snapshot_take(entry == kernel_syscall ? t : NULL);
        const bool is_error = is_call && host_cpu.current == t &&
                              t->regs.pc == KT_SVC + SVC_BYTES &&
                              kaal_msginfo_label(t->regs.x[0]) != KAAL_OK;
        const char *broken = transition_check(before, after, is_error);
        snapshot_free(before);
        snapshot_free(after);
        if (broken != NULL) {
            fail_msg("transition broken: %s", broken);
        }
    }
}

static void enter(struct tcb *t)
{
    assert_ptr_equal(host_cpu.current, t);
    assert_int_equal(t->regs.pc, KT_SVC);
    t->regs.pc = KT_SVC + SVC_BYTES;
    kt_enter(kernel_syscall);
}

void kt_svc(struct kt_thread *t, word_t number, cptr_t cap, const struct kt_msg *msg, cptr_t reply,
            cptr_t second)
{
    static const struct kt_msg empty;
    msg = msg == NULL ? &empty : msg;
    word_t *x = t->tcb->regs.x;
    x[0] = number;
    x[1] = cap;
    x[2] = kaal_msginfo(msg->label, msg->caps, msg->length);
    x[7] = reply;
    x[8] = second;
    for (unsigned i = 0; i < KAAL_MSG_REGS; i++) {
        x[3 + i] = msg->w[i];
    }
    for (unsigned i = KAAL_MSG_REGS; i < msg->length && i < KAAL_MSG_MAX; i++) {
        t->buffer->words[i] = msg->w[i];
    }
    for (unsigned i = 0; i < msg->caps; i++) {
        t->buffer->caps_or_badges[i] = msg->cap[i];
    }
    t->tcb->regs.pc = KT_SVC;
    enter(t->tcb);
}

bool kt_is_done(const struct kt_thread *t)
{
    return t->tcb->regs.pc == KT_SVC + SVC_BYTES;
}

void kt_again(struct kt_thread *t)
{
    enter(t->tcb);
}

void kt_send(struct kt_thread *t, cptr_t ep, const struct kt_msg *msg)
{
    kt_svc(t, KAAL_SYS_SEND, ep, msg, 0, 0);
}

void kt_nbsend(struct kt_thread *t, cptr_t ep, const struct kt_msg *msg)
{
    kt_svc(t, KAAL_SYS_NBSEND, ep, msg, 0, 0);
}

void kt_call(struct kt_thread *t, cptr_t ep, const struct kt_msg *msg)
{
    kt_svc(t, KAAL_SYS_CALL, ep, msg, 0, 0);
}

void kt_recv(struct kt_thread *t, cptr_t ep, cptr_t reply)
{
    kt_svc(t, KAAL_SYS_RECV, ep, NULL, reply, 0);
}

void kt_reply_recv(struct kt_thread *t, cptr_t ep, cptr_t reply, const struct kt_msg *msg)
{
    kt_svc(t, KAAL_SYS_REPLY_RECV, ep, msg, reply, 0);
}

void kt_wait(struct kt_thread *t, cptr_t ntfn)
{
    kt_svc(t, KAAL_SYS_WAIT, ntfn, NULL, 0, 0);
}

void kt_poll(struct kt_thread *t, cptr_t ntfn)
{
    kt_svc(t, KAAL_SYS_POLL, ntfn, NULL, 0, 0);
}

void kt_yield(struct kt_thread *t)
{
    kt_svc(t, KAAL_SYS_YIELD, 0, NULL, 0, 0);
}

word_t kt_label(const struct kt_thread *t)
{
    return kaal_msginfo_label(t->tcb->regs.x[0]);
}

unsigned kt_length(const struct kt_thread *t)
{
    return kaal_msginfo_length(t->tcb->regs.x[0]);
}

unsigned kt_caps(const struct kt_thread *t)
{
    return kaal_msginfo_caps(t->tcb->regs.x[0]);
}

unsigned kt_unwrapped(const struct kt_thread *t)
{
    return kaal_msginfo_unwrapped(t->tcb->regs.x[0]);
}

badge_t kt_badge(const struct kt_thread *t)
{
    return t->tcb->regs.x[1];
}

word_t kt_word(const struct kt_thread *t, unsigned i)
{
    return i < KAAL_MSG_REGS ? t->tcb->regs.x[3 + i] : t->buffer->words[i];
}

/* ---- Invocations ---------------------------------------------------------------------- */

enum kaal_err kt_invoke(cptr_t cptr, word_t label, unsigned words, const word_t *w, unsigned caps,
                        const cptr_t *cap)
{
    struct kt_msg msg = {.label = label, .length = words, .caps = caps};
    for (unsigned i = 0; i < words; i++) {
        msg.w[i] = w[i];
    }
    for (unsigned i = 0; i < caps; i++) {
        msg.cap[i] = cap[i];
    }
    kt_call(&kt.root, cptr, &msg);
    while (kt_is_current(&kt.root) && !kt_is_done(&kt.root)) {
        kt_again(&kt.root);
    }
    return (enum kaal_err)kt_label(&kt.root);
}

enum kaal_err kt_retype_to(cptr_t untyped, word_t type, word_t size, cptr_t first, word_t count)
{
    return kt_invoke(untyped, KAAL_INV_UNTYPED_RETYPE, KT_WORDS(type, size, 0, 0, first, count),
                     KT_CAPS(KAAL_ROOT_CNODE));
}

enum kaal_err kt_copy(cptr_t dest, cptr_t source, word_t rights)
{
    return kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_COPY, KT_WORDS(dest, 64, source, 64, rights),
                     KT_CAPS(KAAL_ROOT_CNODE));
}

enum kaal_err kt_mint(cptr_t dest, cptr_t source, word_t rights, word_t data)
{
    return kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_MINT,
                     KT_WORDS(dest, 64, source, 64, rights, data), KT_CAPS(KAAL_ROOT_CNODE));
}

enum kaal_err kt_move(cptr_t dest, cptr_t source)
{
    return kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_MOVE, KT_WORDS(dest, 64, source, 64),
                     KT_CAPS(KAAL_ROOT_CNODE));
}

enum kaal_err kt_delete(cptr_t slot)
{
    return kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_DELETE, KT_WORDS(slot, 64), KT_NONE);
}

enum kaal_err kt_revoke(cptr_t slot)
{
    return kt_invoke(KAAL_ROOT_CNODE, KAAL_INV_CNODE_REVOKE, KT_WORDS(slot, 64), KT_NONE);
}

cptr_t kt_object(enum cap_type type, word_t size)
{
    const cptr_t slot = kt_new_slot();
    kt_ok(kt_retype_to(kt.untyped, type, size, slot, 1));
    return slot;
}

cptr_t kt_copy_of(cptr_t source, word_t rights)
{
    const cptr_t slot = kt_new_slot();
    kt_ok(kt_copy(slot, source, rights));
    return slot;
}

cptr_t kt_badged(cptr_t source, word_t rights, badge_t badge)
{
    const cptr_t slot = kt_new_slot();
    kt_ok(kt_mint(slot, source, rights, badge));
    return slot;
}

/* ---- Threads ----------------------------------------------------------------------------- */

void kt_configure_sc(cptr_t sc, word_t budget, word_t period)
{
    kt_ok(kt_invoke(KAAL_ROOT_SCHED_CONTROL, KAAL_INV_SCHED_CONTROL_CONFIGURE,
                    KT_WORDS(budget, period, 0, 0), KT_CAPS(sc)));
}

static void configure(const struct kt_thread *t, unsigned priority)
{
    const vaddr_t buffer = 0x200000000 + t->page * KAAL_PAGE_SIZE;
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_CONFIGURE, KT_WORDS(0, 0, buffer),
                    KT_CAPS(KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE, t->page)));
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_SCHED_PARAMS, KT_WORDS(255, priority),
                    KT_CAPS(KAAL_ROOT_TCB, t->sc, KAAL_ROOT_NULL)));
}

/* Started with a system call that waits at its parking place. */
static void start(struct kt_thread *t)
{
    t->tcb->regs.pc = KT_SVC;
    t->tcb->regs.x[0] = KAAL_SYS_WAIT;
    t->tcb->regs.x[1] = t->park;
}

static struct kt_thread make_thread(unsigned priority)
{
    struct kt_thread t = {
        .cap = kt_object(CAP_TCB, 0),
        .park = kt_object(CAP_NOTIFICATION, 0),
        .page = kt_object(CAP_PAGE, KAAL_PAGE_4K_BITS),
    };
    t.tcb = kt_tcb_of(t.cap);
    t.buffer = kt_cap(t.page)->obj;
    t.sc = kt_object(CAP_SCHED_CONTEXT, 8);
    kt_configure_sc(t.sc, 5000, 5000);
    configure(&t, priority);
    start(&t);
    return t;
}

/* Runs until it has parked: lends the scheduler a high priority for it. */
static void go_and_park(struct kt_thread *t, unsigned priority)
{
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(255), KT_CAPS(KAAL_ROOT_TCB)));
    (void)kt_invoke(t->cap, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE);
    assert_true(kt_is_current(t));
    enter(t->tcb);
    assert_true(kt_is_current(&kt.root));
    kt_ok(kt_label(&kt.root));
    kt_ok(kt_invoke(t->cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(priority), KT_CAPS(KAAL_ROOT_TCB)));
}

struct kt_thread kt_thread(unsigned priority)
{
    struct kt_thread t = make_thread(priority);
    go_and_park(&t, priority);
    return t;
}

struct kt_thread kt_passive_thread(unsigned priority)
{
    struct kt_thread t = make_thread(priority);
    go_and_park(&t, priority);
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    kt_ok(kt_invoke(t.sc, KAAL_INV_SCHED_CONTEXT_BIND, KT_NONE, KT_CAPS(t.park)));
    return t;
}

void kt_unpark(struct kt_thread *t)
{
    assert_true(kt_is_current(&kt.root));
    kt_nbsend(&kt.root, t->park, NULL);
    assert_true(kt_is_current(t));
    assert_true(kt_is_done(t));
}

void kt_park(struct kt_thread *t)
{
    kt_wait(t, t->park);
    assert_false(kt_is_done(t));
}

/* ---- Machine -------------------------------------------------------------------------------- */

void kt_irq(unsigned irq)
{
    host_irq_raise(irq);
    kt_enter(host_irq);
}

void kt_advance(word_t us)
{
    const ticks_t end = host.now + us * KT_US;
    while (host.deadline <= end) {
        host.now = host.deadline > host.now ? host.deadline : host.now;
        host.deadline = UINT64_MAX;
        kt_irq(KT_TIMER_IRQ);
    }
    host.now = end;
}

/* ---- Random -----------------------------------------------------------------------------------
 */

static uint64_t rng_state = 1;

void kt_seed(uint64_t seed)
{
    rng_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

unsigned kt_random(unsigned below)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return (unsigned)((rng_state >> 24) % below);
}
