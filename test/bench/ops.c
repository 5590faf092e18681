/* SPDX-License-Identifier: Apache-2.0 */
/* The operations. Other threads: bench_threads. */
#include "bench.h"

#include <kaal/broker/output.h>

enum { CHILDREN = 100, SCRATCH_BITS = 17, SCRATCH_SLOTS = 24, UART_IRQ = 33 };

static kaal_cptr_t slot_a, slot_b, some_cap, first_child;

/* ---- Messages ------------------------------------------------------------------- */

static void call(unsigned caps, unsigned length)
{
    struct kaal_msg msg = {.info = kaal_msginfo(0, caps, length)};
    sys_call(bench_threads[SERVE].source, &msg);
}

static void call_0(void)
{
    call(0, 0);
}

static void call_4(void)
{
    call(0, 4);
}

static void call_10(void)
{
    call(0, 10);
}

static void call_64(void)
{
    call(0, 64);
}

static void call_120(void)
{
    call(0, 120);
}

static void cap_start(void)
{
    struct kaal_ipc_buffer *buffer = bench_threads[SERVE].buffer;
    some_cap = make(KAAL_OBJ_NOTIFICATION, 0);
    slot_a = empty_slot();
    slot_b = empty_slot();
    buffer->receive_cnode = KAAL_ROOT_CNODE;
    buffer->receive_index = slot_a;
    buffer->receive_depth = KAAL_CPTR_BITS;
    kaal_set_cap(0, some_cap);
}

static void call_cap(void)
{
    call(1, 0);
}

static void delete_a(void)
{
    const struct kaal_slot slot = slot_of(slot_a);
    must(sys_cnode_delete(&slot), "delete");
}

/* What was passed is there to delete. */
static void cap_after(void)
{
    const struct kaal_slot from = slot_of(slot_a), to = slot_of(slot_b);
    must(sys_cnode_move(&to, &from), "capability passed");
    must(sys_cnode_delete(&to), "delete");
}

static void send(void)
{
    const struct kaal_msg msg = {0};
    sys_send(bench_threads[RECEIVE].source, &msg);
}

static void poll(void)
{
    (void)sys_poll(some_cap, NULL);
}

static void make_notification(void)
{
    some_cap = make(KAAL_OBJ_NOTIFICATION, 0);
}

static void signal(void)
{
    sys_signal(some_cap);
}

static void signal_waiter(void)
{
    sys_signal(bench_threads[WAIT].source);
}

/* ---- Threads ----------------------------------------------------------------------- */

static void yielder_on(void)
{
    must(sys_tcb_resume(bench_threads[YIELD].tcb), "resume");
}

static void yielder_off(void)
{
    must(sys_tcb_suspend(bench_threads[YIELD].tcb), "suspend");
}

static void yield(void)
{
    sys_yield();
}

static void fault_start(void)
{
    struct kaal_msg msg;
    (void)sys_recv(bench_threads[FAULT].source, &msg, bench_threads[FAULT].reply);
}

/* Nothing gets mapped, so the answer brings the next fault. */
static void fault(void)
{
    struct kaal_msg msg = {0};
    (void)sys_reply_recv(bench_threads[FAULT].source, &msg, bench_threads[FAULT].reply);
}

static struct kaal_registers registers;

static void read_registers(void)
{
    must(sys_tcb_read_registers(bench_threads[SPIN].tcb, 0, KAAL_REGISTER_COUNT, &registers),
         "registers");
}

static void write_registers(void)
{
    must(sys_tcb_write_registers(bench_threads[SPIN].tcb, 0, KAAL_REGISTER_COUNT, &registers),
         "registers");
}

static void suspend(void)
{
    must(sys_tcb_suspend(bench_threads[SPIN].tcb), "suspend");
}

static void resume(void)
{
    must(sys_tcb_resume(bench_threads[SPIN].tcb), "resume");
}

/* ---- Interrupts: the transmitter's of the PL011, Arm DDI 0183G, 3.3.10 -------------- */

static void uart_enable(uint32_t bits)
{
    *(volatile uint32_t *)(output_registers() + 0x38) = bits;
}

static void irq_start(void)
{
    const struct kaal_slot handler = slot_of(slot_a = empty_slot());
    must(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, UART_IRQ, KAAL_IRQ_LEVEL, &handler), "irq");
    must(sys_irq_handler_set_notification(slot_a, bench_threads[WAIT].source), "irq");
    must(sys_irq_handler_ack(slot_a), "irq");
}

static void irq(void)
{
    uart_enable(1U << 5);
}

static void irq_quiet(void)
{
    uart_enable(0);
}

static void irq_once(void)
{
    bench_woken->kernel = 0;
    irq();
    irq_quiet();
    must(bench_woken->kernel != 0 ? KAAL_OK : KAAL_ERR_ILLEGAL_OPERATION, "interrupt");
}

static void irq_ack(void)
{
    must(sys_irq_handler_ack(slot_a), "irq");
}

static void irq_after(void)
{
    irq_quiet();
    irq_ack();
}

/* ---- Memory ------------------------------------------------------------------------ */

static unsigned scratch;
static kaal_cptr_t scratch_slots;
static unsigned scratch_used;

static void scratch_start(void)
{
    must(block_alloc(SCRATCH_BITS, &scratch), "memory");
    scratch_slots = slots_alloc(SCRATCH_SLOTS);
    scratch_used = 0;
}

static void scratch_stop(void)
{
    block_free(scratch);
    slots_free(scratch_slots, SCRATCH_SLOTS);
}

static void retype(enum kaal_object_type type, unsigned bits, kaal_cptr_t slot)
{
    const struct kaal_slots dest = {.root = KAAL_ROOT_CNODE, .offset = slot, .count = 1};
    must(sys_retype(block_untyped(scratch), type, bits, &dest), "retype");
}

static void retype_endpoint(void)
{
    retype(KAAL_OBJ_ENDPOINT, 0, scratch_slots + scratch_used++);
}

static void retype_tcb(void)
{
    retype(KAAL_OBJ_TCB, 0, scratch_slots + scratch_used++);
}

static void retype_page(void)
{
    retype(KAAL_OBJ_PAGE, KAAL_PAGE_BITS, scratch_slots + scratch_used++);
}

static void slots_start(void)
{
    some_cap = make(KAAL_OBJ_ENDPOINT, 0);
    slot_a = empty_slot();
    slot_b = empty_slot();
}

static void copy(void)
{
    const struct kaal_slot src = slot_of(some_cap), dest = slot_of(slot_a);
    must(sys_cnode_copy(&dest, &src, KAAL_RIGHTS_ALL), "copy");
}

static void mint(void)
{
    const struct kaal_slot src = slot_of(some_cap), dest = slot_of(slot_a);
    must(sys_cnode_mint(&dest, &src, KAAL_RIGHTS_ALL, 7), "mint");
}

static void move(void)
{
    const struct kaal_slot src = slot_of(slot_a), dest = slot_of(slot_b);
    must(sys_cnode_move(&dest, &src), "move");
}

static void move_after(void)
{
    const struct kaal_slot src = slot_of(slot_b);
    must(sys_cnode_delete(&src), "delete");
}

static void new_start(void)
{
    scratch_start();
    slot_a = scratch_slots;
}

static void new_endpoint(void)
{
    retype(KAAL_OBJ_ENDPOINT, 0, slot_a);
}

static void new_tcb(void)
{
    retype(KAAL_OBJ_TCB, 0, slot_a);
}

static void revoke_start(void)
{
    some_cap = make(KAAL_OBJ_ENDPOINT, 0);
    first_child = slots_alloc(CHILDREN);
}

static void revoke_before(void)
{
    for (unsigned i = 0; i < CHILDREN; i++) {
        const struct kaal_slot src = slot_of(some_cap), dest = slot_of(first_child + i);
        must(sys_cnode_mint(&dest, &src, KAAL_RIGHTS_ALL, i + 1), "mint");
    }
}

static void revoke(void)
{
    const struct kaal_slot slot = slot_of(some_cap);
    must(sys_cnode_revoke(&slot), "revoke");
}

static void revoke_stop(void)
{
    slots_free(first_child, CHILDREN);
}

static void make_page(void)
{
    some_cap = make(KAAL_OBJ_PAGE, KAAL_PAGE_BITS);
}

static void map(void)
{
    must(sys_page_map(some_cap, KAAL_ROOT_VSPACE, BENCH_FREE_PAGE,
                      KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, KAAL_MAP_CACHED),
         "map");
}

static void unmap(void)
{
    must(sys_page_unmap(some_cap), "unmap");
}

/* ---- Lists ---------------------------------------------------------------------------- */

#define CALLS                                                                       \
    {.name = "call_0", .run = call_0}, {.name = "call_4", .run = call_4},           \
        {.name = "call_10", .run = call_10}, {.name = "call_64", .run = call_64},   \
        {.name = "call_120", .run = call_120},                                      \
    {                                                                               \
        .name = "call_cap", .start = cap_start, .run = call_cap, .after = cap_after \
    }

/* clang-format off */
#define CONTEXTS \
    {.name = "send_higher", .run = send}, \
    {.name = "signal_waiter", .run = signal_waiter}, \
    {.name = "yield", .before = yielder_on, .run = yield, .after = yielder_off}, \
    {.name = "fault", .start = fault_start, .run = fault}, \
    {.name = "irq", .start = irq_start, .run = irq, .after = irq_after, .stop = delete_a, .until_wait = true}

const struct bench_op thread_ops[] = {
    CALLS,
    CONTEXTS,
    {0},
};

const struct bench_op context_ops[] = {CONTEXTS, {0}};

const struct bench_op object_ops[] = {
    {.name = "poll", .start = make_notification, .run = poll},
    {.name = "signal", .start = make_notification, .run = signal, .after = poll},
    {.name = "irq_ack", .start = irq_start, .before = irq_once, .run = irq_ack, .stop = delete_a},
    {.name = "retype_endpoint", .start = scratch_start, .run = retype_endpoint, .stop = scratch_stop},
    {.name = "retype_tcb", .start = scratch_start, .run = retype_tcb, .stop = scratch_stop},
    {.name = "retype_page", .start = scratch_start, .run = retype_page, .stop = scratch_stop},
    {.name = "copy", .start = slots_start, .run = copy, .after = delete_a},
    {.name = "mint", .start = slots_start, .run = mint, .after = delete_a},
    {.name = "move", .start = slots_start, .before = copy, .run = move, .after = move_after},
    {.name = "delete_copy", .start = slots_start, .before = copy, .run = delete_a},
    {.name = "delete_endpoint", .start = new_start, .before = new_endpoint, .run = delete_a, .stop = scratch_stop},
    {.name = "delete_tcb", .start = new_start, .before = new_tcb, .run = delete_a, .stop = scratch_stop},
    {.name = "revoke_100", .start = revoke_start, .before = revoke_before, .run = revoke, .stop = revoke_stop},
    {.name = "map", .start = make_page, .run = map, .after = unmap},
    {.name = "unmap", .start = make_page, .before = map, .run = unmap},
    {.name = "write_registers", .start = read_registers, .run = write_registers},
    {.name = "read_registers", .run = read_registers},
    {.name = "suspend", .before = resume, .run = suspend},
    {.name = "resume", .run = resume, .after = suspend},
    {0},
};

const struct bench_op lookup_ops[] = {
    {.name = "poll", .start = make_notification, .run = poll},
    {.name = "call_0", .run = call_0},
    {.name = "call_4", .run = call_4},
    {.name = "call_cap", .start = cap_start, .run = call_cap, .after = cap_after},
    {.name = "signal", .start = make_notification, .run = signal, .after = poll},
    {.name = "signal_waiter", .run = signal_waiter},
    {.name = "copy", .start = slots_start, .run = copy, .after = delete_a},
    {.name = "map", .start = make_page, .run = map, .after = unmap},
    {0},
};
/* clang-format on */
