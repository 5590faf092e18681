/* SPDX-License-Identifier: Apache-2.0 */
/* Among threads. They have no IPC buffer, and run what helpers.S has. */
#include "scaling.h"

enum { BELOW_ALL = 40, LOW = 50, HIGH = 150, VICTIMS = 8 };

/* In microseconds: no end comes up while the program runs. */
#define BUDGET 1000000ULL
#define PERIOD (1ULL << 39)

static kaal_cptr_t source; /* of those who wait or send */
static kaal_cptr_t tcb, sc;
static kaal_cptr_t cspace, reply;
static unsigned victim;

/* ---- Making them ------------------------------------------------------------------- */

static void make_source(enum kaal_object_type type)
{
    source = empty_slot();
    tcb = empty_slot();
    sc = empty_slot();
    cspace = KAAL_ROOT_CNODE;
    crowd_retype(type, 0, source);
}

/* An endpoint, by a capability with badge 1. */
static void make_badged_source(void)
{
    make_source(KAAL_OBJ_ENDPOINT);
    const struct kaal_slot src = slot_of(source), dest = slot_of(source = empty_slot());
    must(sys_cnode_mint(&dest, &src, KAAL_RIGHTS_ALL, 1), "mint");
}

static void set_time(kaal_word_t budget, kaal_word_t period)
{
    const struct kaal_sched_params params = {.budget_us = budget, .period_us = period};
    must(sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, sc, &params), "budget");
}

/* tcb and sc become a thread that has not begun. */
static void new_thread(const char *entry, kaal_word_t priority, kaal_word_t period)
{
    struct kaal_registers regs = {.pc = bench_entry(entry)};
    regs.x[19] = source;
    regs.x[20] = reply;
    regs.x[21] = (kaal_word_t)bench_woken;
    crowd_retype(KAAL_OBJ_TCB, 0, tcb);
    crowd_retype(KAAL_OBJ_SCHED_CONTEXT, 8, sc);
    set_time(BUDGET, period);
    must(sys_tcb_configure(tcb, cspace, 0, KAAL_ROOT_VSPACE, 0, KAAL_ROOT_NULL), "configure");
    must(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, KAAL_MAX_PRIORITY, priority, sc,
                                  KAAL_ROOT_NULL),
         "priority");
    must(sys_tcb_write_registers(tcb, 0, KAAL_REGISTER_COUNT, &regs), "registers");
}

static void resume(void)
{
    must(sys_tcb_resume(tcb), "resume");
}

static void suspend(void)
{
    must(sys_tcb_suspend(tcb), "suspend");
}

/* One of the crowd: the TCB is at twice its number. */
static void add_thread(const char *entry, kaal_word_t priority, kaal_word_t period, bool begins)
{
    new_thread(entry, priority, period);
    if (begins) {
        resume();
    }
    crowd_add_moved(tcb);
    crowd_add_moved(sc);
}

static void add_threads(unsigned count, const char *entry, kaal_word_t priority)
{
    for (unsigned i = 0; i < count; i++) {
        add_thread(entry, priority, BUDGET, true);
    }
}

/* All of them run until they wait. */
static void let_wait(void)
{
    must(sys_tcb_set_priority(KAAL_ROOT_TCB, KAAL_ROOT_TCB, BELOW_ALL), "priority");
    must(sys_tcb_set_priority(KAAL_ROOT_TCB, KAAL_ROOT_TCB, MAIN_PRIORITY), "priority");
}

static void take_middle(void)
{
    crowd_take(crowd_size / 2 * 2, tcb);
}

/* ---- Threads that do nothing ------------------------------------------------------- */

static void fill_idle(unsigned count)
{
    make_source(KAAL_OBJ_NOTIFICATION);
    for (unsigned i = 0; i < count; i++) {
        add_thread(helper_yield, LOW, BUDGET, false);
    }
}

static const struct scaling_op idle_ops[] = {
    {"yield", .like = "yield"},
    {"call", .like = "call_0"},
    {"irq", .like = "irq"},
    {0},
};

/* ---- Ready, below the measured thread ---------------------------------------------- */

static void fill_ready(unsigned count)
{
    make_source(KAAL_OBJ_NOTIFICATION);
    add_threads(count + VICTIMS, helper_yield, LOW);
    victim = count / 2;
}

static void delete_victim(void)
{
    const struct kaal_slot slot = crowd_slot(2 * victim++);
    must(sys_cnode_delete(&slot), "delete");
}

static const struct scaling_op ready_ops[] = {
    {"yield_ready", .like = "yield"},
    {"delete_ready", .op = {.run = delete_victim}},
    {0},
};

/* ---- Ready, of equal priority ------------------------------------------------------ */

static void fill_equal(unsigned count)
{
    make_source(KAAL_OBJ_NOTIFICATION);
    add_threads(count, helper_yield, MAIN_PRIORITY);
    take_middle();
}

static void yield(void)
{
    sys_yield();
}

static const struct scaling_op equal_ops[] = {
    {"call_equal", .like = "call_0"},
    {"yield_round", .op = {.run = yield}},
    {"suspend_ready", .op = {.run = suspend, .after = resume}},
    {0},
};

/* ---- In the release queue: each has used its budget up at once --------------------- */

static void fill_released(unsigned count)
{
    make_source(KAAL_OBJ_NOTIFICATION);
    for (unsigned i = 0; i < count; i++) {
        add_thread(helper_yield, HIGH, PERIOD * (1 + i % 2), true);
    }
    new_thread(helper_yield, HIGH, PERIOD + PERIOD / 2);
}

/* Stopped, with its budget whole again. */
static void refresh(void)
{
    suspend();
    set_time(BUDGET, PERIOD + PERIOD / 2);
}

static void whole_again(void)
{
    set_time(BUDGET, PERIOD + PERIOD / 2);
}

/* ---- A thread that runs once in each of its periods -------------------------------- */

static const struct kaal_sched_params soon = {.budget_us = 100, .period_us = 200};
static kaal_cptr_t ticker, ticker_sc;

static uint64_t ticks(void)
{
    return *(const volatile uint64_t *)bench_woken;
}

static void start_ticker(void)
{
    must(sys_tcb_resume(ticker), "resume");
}

static void stop_ticker(void)
{
    must(sys_tcb_suspend(ticker), "suspend");
    must(sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, ticker_sc, &soon), "budget");
}

static void make_ticker(void)
{
    tcb = empty_slot();
    sc = empty_slot();
    new_thread(helper_tick, HIGH, PERIOD);
    ticker = tcb;
    ticker_sc = sc;
    stop_ticker();
}

/* A timer interrupt releases it, and its budget is gone again. */
static void tick(void)
{
    const uint64_t before = ticks();
    start_ticker();
    while (ticks() == before) {
    }
}

static const struct scaling_op released_ops[] = {
    {"yield_released", .like = "yield"},
    {"call_released", .like = "call_0"},
    {"release", .op = {.run = resume, .after = refresh}},
    {"suspend_released", .op = {.before = resume, .run = suspend, .after = whole_again}},
    {"tick", .op = {.start = make_ticker, .run = tick, .after = stop_ticker}},
    {0},
};

/* ---- Waiting ----------------------------------------------------------------------- */

static void fill_waiters(unsigned count)
{
    make_source(KAAL_OBJ_NOTIFICATION);
    add_threads(count + VICTIMS, helper_wait, HIGH);
    take_middle();
    victim = count / 2 + 1;
}

static void signal_source(void)
{
    sys_signal(source);
}

static void set_priority(kaal_word_t priority)
{
    must(sys_tcb_set_priority(tcb, KAAL_ROOT_TCB, priority), "priority");
}

static void lower(void)
{
    set_priority(HIGH - 1);
}

static void raise(void)
{
    set_priority(HIGH);
}

static const struct scaling_op waiters_ops[] = {
    {"signal_waiters", .op = {.run = signal_source}},
    {"set_priority_waiter", .op = {.run = lower, .after = raise}},
    {"delete_waiter", .op = {.run = delete_victim}},
    {0},
};

static void fill_receivers(unsigned count)
{
    make_source(KAAL_OBJ_ENDPOINT);
    add_threads(count, helper_wait, HIGH);
}

static void send(void)
{
    const struct kaal_msg msg = {0};
    sys_send(source, &msg);
}

static const struct scaling_op receivers_ops[] = {
    {"send_receivers", .op = {.run = send}},
    {0},
};

static void fill_senders(unsigned count)
{
    make_source(KAAL_OBJ_ENDPOINT);
    add_threads(count, helper_send, HIGH);
}

static void receive(void)
{
    (void)sys_wait(source, NULL);
}

static const struct scaling_op senders_ops[] = {
    {"receive_senders", .op = {.run = receive}},
    {0},
};

/* ---- Each called by the one before, all on the time of the first ------------------- */

static void add_passive_server(unsigned index)
{
    reply = crowd_pointer(3 * index + 2);
    new_thread(helper_chain, HIGH, BUDGET);
    crowd_add_moved(tcb);
    crowd_add_moved(sc);
    crowd_add(KAAL_OBJ_REPLY);
    crowd_take(3 * index, tcb);
    crowd_take(3 * index + 1, sc);
    resume();
    must(sys_sc_unbind(sc), "passive");
    crowd_put_back(3 * index, tcb);
    crowd_put_back(3 * index + 1, sc);
}

static void fill_chain(unsigned count)
{
    make_badged_source();
    cspace = crowd_cspace();
    for (unsigned i = 0; i < count; i++) {
        add_passive_server(i);
    }
    new_thread(helper_chain_begin, HIGH, BUDGET);
    resume();
    /* Nobody is left to take the last call. */
    must(sys_poll(source, NULL) == 1 ? KAAL_OK : KAAL_ERR_ILLEGAL_OPERATION, "chain");
    tcb = empty_slot();
    victim = count / 2;
}

/* The chain is broken there, too, then. */
static void take_caller(void)
{
    crowd_take(3 * victim, tcb);
}

static void next_caller(void)
{
    crowd_put_back(3 * victim++, tcb);
}

static const struct scaling_op chain_ops[] = {
    {"suspend_caller", .op = {.before = take_caller, .run = suspend, .after = next_caller}},
    {0},
};

/* ---- Waking all at once
 * --------------------------------------------------------------------------- */

static void fill_badged(unsigned count)
{
    make_badged_source();
    add_threads(count, helper_send, LOW);
    let_wait();
}

static void cancel(void)
{
    const struct kaal_slot slot = slot_of(source);
    must(sys_cnode_cancel_badged_sends(&slot), "cancel");
}

static const struct scaling_op badged_ops[] = {
    {"cancel_badged", .op = {.run = cancel, .after = let_wait}},
    {0},
};

static void fill_low_waiters(unsigned count)
{
    make_source(KAAL_OBJ_NOTIFICATION);
    add_threads(count, helper_wait, LOW);
    let_wait();
}

static void delete_source(void)
{
    const struct kaal_slot slot = slot_of(source);
    must(sys_cnode_delete(&slot), "delete");
}

/* They make their call again, on a new notification in the same slot. */
static void restore_source(void)
{
    crowd_retype(KAAL_OBJ_NOTIFICATION, 0, source);
    let_wait();
}

static const struct scaling_op low_waiters_ops[] = {
    {"delete_waiters", .op = {.run = delete_source, .after = restore_source}},
    {0},
};

/* ---- Preempted by that thread: what that takes is counted, too
 * ------------------------------------ */

static uint64_t ticks_before;

static void fill_preempted(unsigned count)
{
    (void)count;
    make_source(KAAL_OBJ_ENDPOINT);
    make_ticker();
}

static void mint_and_start(void)
{
    crowd_mint(source);
    ticks_before = ticks();
    start_ticker();
}

static void revoke(void)
{
    const struct kaal_slot slot = slot_of(source);
    must(sys_cnode_revoke(&slot), "revoke");
}

/* 10,000 take longer than its period. */
static void stop_preempting(void)
{
    stop_ticker();
    must(crowd_size < 10000 || ticks() != ticks_before ? KAAL_OK : KAAL_ERR_ILLEGAL_OPERATION,
         "preempted");
}

static const struct scaling_op preempted_ops[] = {
    {"revoke_preempted", .op = {.before = mint_and_start, .run = revoke, .after = stop_preempting}},
    {0},
};

const struct scaling_crowd thread_crowds[] = {
    {fill_idle, idle_ops},           {fill_ready, ready_ops},
    {fill_equal, equal_ops},         {fill_released, released_ops},
    {fill_waiters, waiters_ops},     {fill_receivers, receivers_ops},
    {fill_senders, senders_ops},     {fill_chain, chain_ops},
    {fill_badged, badged_ops},       {fill_low_waiters, low_waiters_ops},
    {fill_preempted, preempted_ops}, {0},
};
