/* SPDX-License-Identifier: Apache-2.0 */
/* The model against facts that follow from docs/abi.md and docs/scheduling.md by hand. */
#include "model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* One tick is one microsecond: MIN is 100, the root task's budget 5000. */
enum { HZ = 1000000, ROOT_BUDGET = 5000 };
enum {
    RAM = 0x50000000,
    ROOT_TCB = 0x40000000,
    ROOT_CNODE = 0x41000000,
    ROOT_VSPACE = 0x40002000,
    ROOT_SC = 0x40004000,
    IPC_PAGE = 0x40005000,
    ENTRY = 0x400000,
};
#define IPC_VADDR 0x100010000

/* Slots of the root's CNode. */
enum {
    UT = 100,     /* 16 MiB of RAM */
    UT_DEV = 101, /* 1 MiB of device memory */
    UT_4K = 102,
    TABLES = 110,
    EP = 200,
    NTFN,
    REPLY,
    REPLY2,
    SC,
    SC2,
    TCB, /* and three behind it */
    TCB2,
    TCB3,
    TCB4,
    FREE = 300,
};

static struct model *m;

static int start(void **state)
{
    (void)state;
    static const struct model_boot_untyped untyped[] = {
        {RAM, UT, 24, false}, {0x9000000, UT_DEV, 20, true}, {0x60000000, UT_4K, 12, false}};
    static const struct model_boot_page pages[] = {
        {IPC_PAGE, IPC_VADDR, KAAL_ROOT_IPC_BUFFER_PAGE, 12, 3, 3, KAAL_MAP_CACHED, false, true}};
    static const struct model_boot_table tables[] = {{0x40006000, IPC_VADDR, TABLES, 1},
                                                     {0x40007000, IPC_VADDR, TABLES + 1, 2},
                                                     {0x40008000, IPC_VADDR, TABLES + 2, 3}};
    const struct model_boot boot = {.timer_hz = HZ,
                                    .now = 1000,
                                    .irq_last = 127,
                                    .timer_irq = 27,
                                    .tcb_paddr = ROOT_TCB,
                                    .cnode_paddr = ROOT_CNODE,
                                    .vspace_paddr = ROOT_VSPACE,
                                    .asid_pool_paddr = 0x40003000,
                                    .sc_paddr = ROOT_SC,
                                    .entry = ENTRY,
                                    .bootinfo_vaddr = 0x100000000,
                                    .ipc_buffer_vaddr = IPC_VADDR,
                                    .untyped = untyped,
                                    .untyped_count = 3,
                                    .pages = pages,
                                    .page_count = 1,
                                    .tables = tables,
                                    .table_count = 3};
    m = model_new(&boot);
    return m == NULL ? -1 : 0;
}

static int end(void **state)
{
    (void)state;
    const char *why = model_check(m);
    if (why != NULL) {
        print_error("%s\n", why);
    }
    model_free(m);
    return why == NULL ? 0 : -1;
}

/* ---- Calls ---- */

static uint64_t reg(unsigned r)
{
    return model_register(m, model_current(m), r);
}

static void set(unsigned r, uint64_t value)
{
    model_set_register(m, model_current(m), r, value);
}

/* The current thread makes a system call. */
static void svc(uint64_t number, uint64_t x1, uint64_t info, uint64_t x7, uint64_t x8)
{
    set(0, number);
    set(1, x1);
    set(2, info);
    set(7, x7);
    set(8, x8);
    set(31, reg(31) + 4);
    model_syscall(m);
}

struct args {
    unsigned words, caps;
    uint64_t word[8];
    uint64_t cap[3];
};

/* An invocation by the root task, which has the only IPC buffer. */
static uint64_t call(uint64_t cptr, uint64_t label, struct args a)
{
    const uint64_t caller = model_current(m);
    for (unsigned i = 0; i < a.words; i++) {
        if (i < 4) {
            set(3 + i, a.word[i]);
        } else {
            model_write(m, IPC_PAGE + 8 * (uint64_t)i, a.word[i]);
        }
    }
    for (unsigned i = 0; i < a.caps; i++) {
        model_write(m, IPC_PAGE + 8 * (uint64_t)(120 + i), a.cap[i]);
    }
    svc(KAAL_SYS_CALL, cptr, kaal_msginfo(label, a.caps, a.words), 0, 0);
    return model_register(m, caller, 0) >> 12;
}

#define CALL(cptr, label, ...) call(cptr, label, (struct args){__VA_ARGS__})

static uint64_t retype(uint64_t ut, uint64_t type, uint64_t size, uint64_t slot, uint64_t count)
{
    return CALL(ut, KAAL_INV_UNTYPED_RETYPE, 6, 1, {type, size, 0, 0, slot, count},
                {KAAL_ROOT_CNODE});
}

static uint64_t copy(uint64_t to, uint64_t from, uint64_t rights)
{
    return CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_COPY, 5, 1, {to, 64, from, 64, rights},
                {KAAL_ROOT_CNODE});
}

static uint64_t mint(uint64_t to, uint64_t from, uint64_t rights, uint64_t data)
{
    return CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_MINT, 6, 1, {to, 64, from, 64, rights, data},
                {KAAL_ROOT_CNODE});
}

static uint64_t move(uint64_t to, uint64_t from)
{
    return CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_MOVE, 4, 1, {to, 64, from, 64}, {KAAL_ROOT_CNODE});
}

static uint64_t erase(uint64_t slot)
{
    return CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_DELETE, 2, 0, {slot, 64});
}

static uint64_t revoke(uint64_t slot)
{
    return CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_REVOKE, 2, 0, {slot, 64});
}

static struct model_cap cap(uint32_t slot)
{
    struct model_cap c = {0};
    assert_true(model_cap(m, (struct model_slot){ROOT_CNODE, slot}, &c));
    return c;
}

static uint64_t at(uint32_t slot)
{
    return cap(slot).object;
}

static struct model_thread thread(uint64_t tcb)
{
    struct model_thread t = {0};
    assert_true(model_thread(m, tcb, &t));
    return t;
}

static struct model_sc sc(uint32_t slot)
{
    struct model_sc s = {0};
    assert_true(model_sc(m, at(slot), &s));
    return s;
}

static uint64_t configure_sc(uint64_t slot, uint64_t budget, uint64_t period, uint64_t extra)
{
    return CALL(KAAL_ROOT_SCHED_CONTROL, KAAL_INV_SCHED_CONTROL_CONFIGURE, 4, 1,
                {budget, period, extra, 77}, {slot});
}

/* A thread with the root's CSpace and the context, if one is given; it runs at pc 0x1000. */
static uint64_t make_thread(uint32_t tcb, uint64_t priority, uint64_t context, uint64_t fault)
{
    assert_int_equal(
        CALL(tcb, KAAL_INV_TCB_CONFIGURE, 3, 3, {0, 0, 0}, {KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE, 0}),
        0);
    assert_int_equal(CALL(tcb, KAAL_INV_TCB_SET_SCHED_PARAMS, 2, 3, {priority, priority},
                          {KAAL_ROOT_TCB, context, fault}),
                     0);
    assert_int_equal(CALL(tcb, KAAL_INV_TCB_WRITE_REGISTERS, 3, 0, {1, 1, 0x1000}), 0);
    return at(tcb);
}

static void make_objects(void)
{
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, EP, 1), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_NOTIFICATION, 0, NTFN, 1), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_REPLY, 0, REPLY, 2), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_SCHED_CONTEXT, 8, SC, 2), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_TCB, 0, TCB, 4), 0);
    assert_int_equal(configure_sc(SC, 1000, 10000, 0), 0);
    assert_int_equal(configure_sc(SC2, 2000, 10000, 2), 0);
}

/* ---- Boot ---- */

static void test_boot(void **state)
{
    (void)state;
    const struct model_thread t = thread(ROOT_TCB);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(t.priority, 255);
    assert_int_equal(t.x[0], 0x100000000);
    assert_int_equal(t.pc, ENTRY);
    assert_int_equal(cap(KAAL_ROOT_CNODE).guard_bits, 51);
    assert_int_equal(model_deadline(m), 1000 + ROOT_BUDGET);
}

/* ---- Untyped and the tree ---- */

static void test_retype_places(void **state)
{
    (void)state;
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, FREE, 1), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_TCB, 11, FREE + 1, 1), 0);
    assert_int_equal(at(FREE), RAM);
    assert_int_equal(at(FREE + 1), RAM + 2048); /* the next multiple of its size */
    assert_int_equal(cap(UT).watermark, 4096);
    assert_true(cap(FREE).is_original);
    assert_int_equal(cap(FREE).parent.index, UT);
    assert_int_equal(reg(31), ENTRY + 8);
    assert_int_equal(reg(0), 0);
    assert_int_equal(reg(1), 0);
}

static void test_retype_without_children_starts_over(void **state)
{
    (void)state;
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, FREE, 4), 0);
    assert_int_equal(revoke(UT), 0);
    assert_int_equal(cap(FREE).type, MODEL_NULL);
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, FREE, 1), 0);
    assert_int_equal(at(FREE), RAM);
}

static void test_retype_errors(void **state)
{
    (void)state;
    assert_int_equal(retype(UT, 11, 0, FREE, 1), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(reg(3), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE, 11, FREE, 1), KAAL_ERR_RANGE);
    assert_int_equal(reg(3), 1);
    assert_int_equal(reg(4), 12);
    assert_int_equal(reg(5), 30);
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE, 13, FREE, 1), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(reg(3), 1);
    assert_int_equal(retype(UT_DEV, KAAL_OBJ_TCB, 0, FREE, 1), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(reg(3), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, 8192, 1), KAAL_ERR_RANGE);
    assert_int_equal(reg(3), 4);
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, FREE, 257), KAAL_ERR_RANGE);
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, UT, 1), KAAL_ERR_DELETE_FIRST);
    assert_int_equal(retype(UT_4K, KAAL_OBJ_TCB, 0, FREE, 3), KAAL_ERR_NOT_ENOUGH_MEMORY);
    assert_int_equal(reg(3), 4096);
    assert_int_equal(cap(UT_4K).watermark, 0);
}

static void test_label_and_length_come_first(void **state)
{
    (void)state;
    assert_int_equal(CALL(UT, KAAL_INV_TCB_SUSPEND, 0, 0, {0}), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(CALL(UT, KAAL_INV_UNTYPED_RETYPE, 5, 1, {99}, {KAAL_ROOT_CNODE}),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(CALL(UT, KAAL_INV_UNTYPED_RETYPE, 6, 0, {99}), KAAL_ERR_TRUNCATED_MESSAGE);
}

static void test_copy_of_copy_survives_first_copy(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(copy(FREE, EP, 15), 0);
    assert_int_equal(copy(FREE + 1, FREE, 15), 0);
    assert_int_equal(cap(FREE).parent.index, EP);
    assert_int_equal(cap(FREE + 1).parent.index, EP); /* a sibling */
    assert_false(cap(FREE).is_original);
    assert_int_equal(revoke(FREE), 0);
    assert_int_equal(cap(FREE + 1).type, KAAL_OBJ_ENDPOINT);
    assert_int_equal(revoke(EP), 0);
    assert_int_equal(cap(FREE + 1).type, MODEL_NULL);
}

static void test_badged_is_original(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(mint(FREE, EP, 15, 7), 0);
    assert_int_equal(copy(FREE + 1, FREE, 15), 0);
    assert_true(cap(FREE).is_original);
    assert_int_equal(cap(FREE + 1).parent.index, FREE);
    assert_int_equal(cap(FREE + 1).badge, 7);
    assert_int_equal(revoke(FREE), 0);
    assert_int_equal(cap(FREE + 1).type, MODEL_NULL);
    assert_int_equal(cap(FREE).type, KAAL_OBJ_ENDPOINT);
}

static void test_badge_is_set_once(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(mint(FREE, EP, 15, 7), 0);
    assert_int_equal(mint(FREE + 1, FREE, 15, 8), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(mint(FREE + 1, EP, 15, 0), 0); /* the badge of its source */
    assert_false(cap(FREE + 1).is_original);
}

static void test_rights_only_shrink(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(copy(FREE, EP, KAAL_RIGHT_READ), 0);
    assert_int_equal(copy(FREE + 1, FREE, 15), 0);
    assert_int_equal(cap(FREE + 1).rights, KAAL_RIGHT_READ);
}

static void test_children_go_to_parent(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(mint(FREE, EP, 15, 7), 0);
    assert_int_equal(copy(FREE + 1, FREE, 15), 0);
    assert_int_equal(erase(FREE), 0);
    assert_int_equal(cap(FREE + 1).parent.index, EP);
}

static void test_untyped_copy_takes_all(void **state)
{
    (void)state;
    assert_int_equal(copy(FREE, UT, 15), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, FREE + 1, 1), KAAL_ERR_NOT_ENOUGH_MEMORY);
    assert_int_equal(reg(3), 0);
    assert_int_equal(copy(FREE + 2, UT, 15), KAAL_ERR_REVOKE_FIRST);
    assert_int_equal(retype(FREE, KAAL_OBJ_ENDPOINT, 0, FREE + 1, 1), 0);
    assert_int_equal(revoke(UT), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, FREE + 1, 1), 0);
}

static void test_what_cannot_be_copied(void **state)
{
    (void)state;
    assert_int_equal(copy(FREE, KAAL_ROOT_IRQ_CONTROL, 15), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(retype(UT, KAAL_OBJ_VSPACE, 0, FREE + 1, 1), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE_TABLE, 0, FREE + 2, 1), 0);
    assert_int_equal(copy(FREE, FREE + 1, 15), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(copy(FREE, FREE + 2, 15), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(copy(FREE, FREE + 3, 15), KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(reg(3), 1);
    assert_int_equal(reg(4), 0);
    assert_int_equal(reg(5), KAAL_LOOKUP_MISSING_CAP);
}

static void test_move_keeps_place(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(mint(FREE, EP, 3, 7), 0);
    assert_int_equal(copy(FREE + 1, FREE, 15), 0);
    assert_int_equal(move(FREE + 2, FREE), 0);
    assert_int_equal(cap(FREE).type, MODEL_NULL);
    assert_int_equal(cap(FREE + 2).rights, 3);
    assert_int_equal(cap(FREE + 1).parent.index, FREE + 2);
    assert_int_equal(cap(FREE + 2).parent.index, EP);
}

static void test_mutate_and_rotate(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(retype(UT, KAAL_OBJ_CNODE, 4, FREE, 2), 0);
    assert_int_equal(CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_MUTATE, 5, 1,
                          {FREE + 2, 64, FREE, 64, (5 << 6) | 8}, {KAAL_ROOT_CNODE}),
                     0);
    assert_int_equal(cap(FREE + 2).guard, 5);
    assert_int_equal(cap(FREE + 2).guard_bits, 8);
    assert_int_equal(CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_MUTATE, 5, 1, {FREE, 64, EP, 64, 0},
                          {KAAL_ROOT_CNODE}),
                     KAAL_ERR_ILLEGAL_OPERATION);
    const uint64_t a = at(FREE + 2);
    const uint64_t b = at(FREE + 1);
    /* Source and destination are one slot: source and pivot trade places. */
    assert_int_equal(CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_ROTATE, 8, 2,
                          {FREE + 1, 64, 0, FREE + 2, 64, 0, FREE + 1, 64},
                          {KAAL_ROOT_CNODE, KAAL_ROOT_CNODE}),
                     0);
    assert_int_equal(at(FREE + 1), a);
    assert_int_equal(at(FREE + 2), b);
    assert_int_equal(cap(FREE + 1).guard_bits, 0);
    assert_int_equal(cap(FREE + 1).parent.index, UT);
}

static void test_guard_too_wide(void **state)
{
    (void)state;
    assert_int_equal(retype(UT, KAAL_OBJ_CNODE, 4, FREE, 1), 0);
    assert_int_equal(mint(FREE + 1, FREE, 15, 61), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(mint(FREE + 1, FREE, 15, 60), 0);
}

static void test_lookup_failures(void **state)
{
    (void)state;
    assert_int_equal(CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_DELETE, 2, 0, {1, 65}), KAAL_ERR_RANGE);
    assert_int_equal(reg(4), 1);
    assert_int_equal(reg(5), 64);
    /* 13 bits do not hold the guard of 51. */
    assert_int_equal(CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_DELETE, 2, 0, {1, 13}),
                     KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(reg(4), 13);
    assert_int_equal(reg(5), KAAL_LOOKUP_GUARD);
    assert_int_equal(CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_COPY, 5, 1, {FREE, 64, EP, 64, 15}, {UT}),
                     KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(reg(3), 1);
    assert_int_equal(reg(5), KAAL_LOOKUP_INVALID_ROOT);
}

static void test_two_level_lookup(void **state)
{
    (void)state;
    struct model_slot found;
    assert_int_equal(retype(UT, KAAL_OBJ_CNODE, 4, FREE, 1), 0);
    /* A root of radix 4 without guard in which slot 3 holds the root CNode (64 bits): too few
     * bits are left for it. */
    assert_int_equal(
        CALL(FREE, KAAL_INV_CNODE_COPY, 5, 1, {3, 4, KAAL_ROOT_CNODE, 64, 15}, {KAAL_ROOT_CNODE}),
        0);
    make_objects();
    assert_int_equal(
        CALL(TCB, KAAL_INV_TCB_CONFIGURE, 3, 3, {0, 0, 0}, {FREE, KAAL_ROOT_VSPACE, 0}), 0);
    assert_false(model_lookup(m, at(TCB), (uint64_t)3 << 60, &found));
    /* The walk ends at the first that is no CNode: an empty slot. */
    assert_true(model_lookup(m, at(TCB), (uint64_t)5 << 60 | 99, &found));
    assert_int_equal(found.index, 5);
}

static void test_cnode_in_itself(void **state)
{
    (void)state;
    assert_int_equal(retype(UT, KAAL_OBJ_CNODE, 4, FREE, 1), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_CNODE, 4, FREE + 1, 1), 0);
    /* FREE holds the last capability to the second, which dies with it. */
    assert_int_equal(CALL(FREE, KAAL_INV_CNODE_MOVE, 4, 1, {2, 4, FREE + 1, 64}, {KAAL_ROOT_CNODE}),
                     0);
    const size_t objects = model_objects(m, NULL, 0);
    assert_int_equal(erase(FREE), 0);
    assert_int_equal(model_objects(m, NULL, 0), objects - 2);
    assert_int_equal(cap(UT).children, 0);
}

/* ---- Threads and messages ---- */

static void test_priorities_are_bounded(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_PRIORITY, 1, 1, {1}, {TCB}), KAAL_ERR_RANGE);
    assert_int_equal(reg(3), 0);
    assert_int_equal(reg(5), 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_MCPRIORITY, 1, 1, {9}, {KAAL_ROOT_TCB}), 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_PRIORITY, 1, 1, {9}, {TCB}), 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_PRIORITY, 1, 1, {9}, {EP}),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(reg(3), 1);
}

static void test_registers(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_WRITE_REGISTERS, 5, 0, {0, 3, 0x1000, 0x2000, ~0ull}),
                     0);
    assert_int_equal(thread(at(TCB)).pstate, 0xf0000000);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_WRITE_REGISTERS, 4, 0, {0, 3, 1, 2}),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_READ_REGISTERS, 2, 0, {0, 3}), 0);
    assert_int_equal(reg(0) & 0x7f, 3);
    assert_int_equal(reg(4), 0x2000);
    assert_int_equal(CALL(TCB2, KAAL_INV_TCB_COPY_REGISTERS, 1, 1, {4}, {TCB}), 0);
    assert_int_equal(thread(at(TCB2)).pc, 0x1000);
    assert_int_equal(CALL(KAAL_ROOT_TCB, KAAL_INV_TCB_READ_REGISTERS, 2, 0, {0, 3}),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_FLAGS, 2, 0, {0, 2}), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(reg(3), 1);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_FLAGS, 2, 0, {1, 1}), 0);
    assert_int_equal(reg(3), 1);
}

static void test_empty_slot_and_bad_pointer(void **state)
{
    (void)state;
    assert_int_equal(CALL(FREE, 1, 0, 0, {0}), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(reg(3), 0);
    set(31, ENTRY);
    svc(KAAL_SYS_CALL, (uint64_t)1 << 63, 0, 0, 0); /* a CAP fault without handler */
    assert_int_equal(model_current(m), 0);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_STOPPED);
    assert_int_equal(thread(ROOT_TCB).pc, ENTRY);
    assert_int_equal(model_deadline(m), UINT64_MAX);
}

/* A server of higher priority than the root cannot exist: the root lowers itself. */
static void lower_root(uint64_t priority)
{
    assert_int_equal(
        CALL(KAAL_ROOT_TCB, KAAL_INV_TCB_SET_PRIORITY, 1, 1, {priority}, {KAAL_ROOT_TCB}), 0);
}

static void test_call_and_reply(void **state)
{
    (void)state;
    make_objects();
    const uint64_t server = make_thread(TCB, 200, 0, 0);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_BIND, 0, 1, {0}, {TCB}), 0);
    assert_int_equal(mint(FREE, EP, 15, 42), 0);
    lower_root(100);
    assert_int_equal(model_current(m), server);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(thread(server).pc, 0x1000);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, {0}), 0);
    const uint64_t pc = reg(31);
    set(3, 11);
    svc(KAAL_SYS_CALL, FREE, kaal_msginfo(5, 0, 1), 0, 0);
    /* The passive server runs on the caller's context. */
    assert_int_equal(model_current(m), server);
    assert_int_equal(model_current_sc(m), ROOT_SC);
    assert_int_equal(reg(0), kaal_msginfo(5, 0, 1));
    assert_int_equal(reg(1), 42);
    assert_int_equal(reg(3), 11);
    assert_int_equal(reg(31), 0x1004);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_REPLYING);
    assert_int_equal(thread(ROOT_TCB).pc, pc);
    struct model_reply r;
    assert_true(model_reply(m, at(REPLY), &r));
    assert_int_equal(r.tcb, ROOT_TCB);
    assert_int_equal(r.sc, ROOT_SC);
    set(3, 12);
    svc(KAAL_SYS_REPLY_RECV, EP, kaal_msginfo(6, 0, 1), REPLY, 0);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(thread(server).sc, 0);
    assert_int_equal(reg(0), kaal_msginfo(6, 0, 1));
    assert_int_equal(reg(3), 12);
    assert_int_equal(reg(31), pc + 4);
}

static void test_call_without_grant_stops(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(copy(FREE, EP, KAAL_RIGHT_WRITE), 0);
    const uint64_t server = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    assert_int_equal(model_current(m), server);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    svc(KAAL_SYS_CALL, FREE, 0, 0, 0);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_STOPPED);
    assert_int_equal(model_current(m), server);
}

static void test_waiters_by_priority_then_arrival(void **state)
{
    (void)state;
    make_objects();
    const uint64_t low = make_thread(TCB, 50, SC, 0);
    const uint64_t high = make_thread(TCB2, 60, SC2, 0);
    uint64_t order[2];
    lower_root(10);
    svc(KAAL_SYS_SEND, EP, 0, 0, 0);
    assert_int_equal(model_current(m), low);
    svc(KAAL_SYS_SEND, EP, 0, 0, 0);
    assert_int_equal(model_waiters(m, at(EP), order, 2), 2);
    assert_int_equal(order[0], high);
    assert_int_equal(order[1], low);
    assert_int_equal(thread(high).pc, 0x1000);
    /* The last capability to the endpoint goes: both make the call again. */
    assert_int_equal(erase(EP), 0);
    assert_int_equal(thread(low).state, MODEL_RUNNABLE);
    assert_int_equal(thread(low).pc, 0x1000);
}

static void test_cancel_badged_sends(void **state)
{
    (void)state;
    make_objects();
    const uint64_t a = make_thread(TCB, 50, SC, 0);
    const uint64_t b = make_thread(TCB2, 60, SC2, 0);
    assert_int_equal(mint(FREE, EP, 15, 1), 0);
    assert_int_equal(mint(FREE + 1, EP, 15, 2), 0);
    lower_root(10);
    svc(KAAL_SYS_SEND, FREE, 0, 0, 0);
    svc(KAAL_SYS_SEND, FREE + 1, 0, 0, 0);
    assert_int_equal(CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_CANCEL_BADGED_SENDS, 2, 0, {EP, 64}), 0);
    assert_int_equal(thread(a).state, MODEL_SENDING);
    assert_int_equal(CALL(KAAL_ROOT_CNODE, KAAL_INV_CNODE_CANCEL_BADGED_SENDS, 2, 0, {FREE, 64}),
                     0);
    assert_int_equal(thread(b).state, MODEL_RUNNABLE);
    assert_int_equal(thread(a).state, MODEL_SENDING);
}

static void test_signal(void **state)
{
    (void)state;
    make_objects();
    struct model_ntfn n;
    assert_int_equal(mint(FREE, NTFN, 15, 4), 0);
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0); /* badge 0 is not lost */
    assert_true(model_ntfn(m, at(NTFN), &n));
    assert_true(n.active);
    svc(KAAL_SYS_SEND, FREE, 0, 0, 0);
    svc(KAAL_SYS_POLL, NTFN, 0, 0, 0);
    assert_int_equal(reg(0), 0);
    assert_int_equal(reg(1), 4);
    svc(KAAL_SYS_POLL, NTFN, 0, 0, 0);
    assert_int_equal(reg(1), 0);
}

static void test_bound_notification_wakes_receiver(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    assert_int_equal(mint(FREE, NTFN, 15, 4), 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_BIND_NOTIFICATION, 0, 1, {0}, {NTFN}), 0);
    assert_int_equal(CALL(TCB2, KAAL_INV_TCB_BIND_NOTIFICATION, 0, 1, {0}, {NTFN}),
                     KAAL_ERR_ILLEGAL_OPERATION);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    svc(KAAL_SYS_SEND, FREE, 0, 0, 0);
    assert_int_equal(model_current(m), t);
    assert_int_equal(reg(1), 4);
    struct model_reply r;
    assert_true(model_reply(m, at(REPLY), &r));
    assert_int_equal(r.tcb, 0);
}

static void test_notification_lends_its_context(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    svc(KAAL_SYS_WAIT, NTFN, 0, 0, 0);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, {0}), 0);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_BIND, 0, 1, {0}, {NTFN}), 0);
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0);
    assert_int_equal(model_current(m), t);
    assert_int_equal(model_current_sc(m), at(SC));
    svc(KAAL_SYS_WAIT, NTFN, 0, 0, 0);
    assert_int_equal(thread(t).sc, 0);
    assert_int_equal(sc(SC).tcb, 0);
    assert_int_equal(model_current(m), ROOT_TCB);
}

static void test_caps_in_a_message(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE, 12, FREE + 9, 1), 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_IPC_BUFFER, 1, 1, {0x400}, {FREE + 9}), 0);
    const uint64_t buffer = at(FREE + 9) + 0x400;
    model_write(m, buffer + 123 * 8, KAAL_ROOT_CNODE);
    model_write(m, buffer + 124 * 8, FREE + 5);
    model_write(m, buffer + 125 * 8, 64);
    assert_int_equal(mint(FREE, EP, 15, 9), 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    model_write(m, IPC_PAGE + 120 * 8, FREE);
    model_write(m, IPC_PAGE + 121 * 8, NTFN);
    model_write(m, IPC_PAGE + 122 * 8, NTFN);
    model_write(m, IPC_PAGE + 4 * 8, 1234);
    svc(KAAL_SYS_SEND, EP, kaal_msginfo(1, 3, 5), 0, 0);
    assert_int_equal(model_current(m), t);
    /* One unwrapped, one copied; the third ends the transfer. */
    assert_int_equal(reg(0), kaal_msginfo(1, 2, 5) | (1 << 9));
    assert_int_equal(model_read(m, buffer + 120 * 8), 9);
    assert_int_equal(model_read(m, buffer + 4 * 8), 1234);
    assert_int_equal(at(FREE + 5), at(NTFN));
    assert_int_equal(cap(FREE + 5).parent.index, NTFN);
}

static void test_without_buffer_four_words(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    svc(KAAL_SYS_SEND, EP, kaal_msginfo(1, 0, 50), 0, 0);
    assert_int_equal(model_current(m), t);
    assert_int_equal(reg(0), kaal_msginfo(1, 0, 4));
}

static void test_fault_and_answer(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, EP);
    lower_root(100);
    model_vm_fault(m, 0xdead, true, 0x82000006);
    assert_int_equal(thread(t).fault, KAAL_FAULT_VM);
    assert_int_equal(thread(t).state, MODEL_SENDING);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(reg(0), kaal_msginfo(KAAL_FAULT_VM, 0, 4));
    assert_int_equal(reg(3), 0x1000);
    assert_int_equal(reg(4), 0xdead);
    assert_int_equal(reg(5), 1);
    svc(KAAL_SYS_SEND, REPLY, kaal_msginfo(0, 0, 0), 0, 0);
    assert_int_equal(model_current(m), t);
    assert_int_equal(reg(31), 0x1000);
    svc(999, 0, 0, 0, 0); /* an unknown system call */
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(reg(0), kaal_msginfo(KAAL_FAULT_UNKNOWN_SYSCALL, 0, 35));
    assert_int_equal(model_read(m, IPC_PAGE + 31 * 8), 0x1000);
    assert_int_equal(model_read(m, IPC_PAGE + 34 * 8), 999);
    svc(KAAL_SYS_SEND, REPLY, kaal_msginfo(1, 0, 0), 0, 0);
    assert_int_equal(thread(t).state, MODEL_STOPPED);
}

static void test_suspend_and_resume(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SUSPEND, 0, 0, {0}), 0);
    assert_int_equal(thread(t).state, MODEL_STOPPED);
    assert_int_equal(model_waiters(m, at(EP), NULL, 0), 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_RESUME, 0, 0, {0}), 0);
    assert_int_equal(model_current(m), t);
    assert_int_equal(reg(31), 0x1000);
    svc(KAAL_SYS_CALL, TCB, kaal_msginfo(KAAL_INV_TCB_SUSPEND, 0, 0), 0, 0);
    assert_int_equal(thread(t).pc, 0x1004); /* completed */
}

static void test_reply_object_gives_its_caller_up(void **state)
{
    (void)state;
    make_objects();
    const uint64_t server = make_thread(TCB, 200, SC, 0);
    const uint64_t client = make_thread(TCB2, 150, SC2, 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(model_current(m), client);
    svc(KAAL_SYS_CALL, EP, 0, 0, 0);
    assert_int_equal(model_current(m), server);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0); /* the reply object is named again */
    assert_int_equal(thread(client).state, MODEL_STOPPED);
}

static void test_context_returns_to_nearest_caller(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, FREE, 1), 0);
    const uint64_t b = make_thread(TCB, 200, SC, 0);
    const uint64_t c = make_thread(TCB2, 210, SC2, 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, FREE, 0, REPLY2, 0); /* c */
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);    /* b */
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, {0}), 0);
    assert_int_equal(CALL(SC2, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, {0}), 0);
    svc(KAAL_SYS_CALL, EP, 0, 0, 0); /* root calls b */
    assert_int_equal(model_current(m), b);
    svc(KAAL_SYS_CALL, FREE, 0, 0, 0); /* b calls c */
    assert_int_equal(model_current(m), c);
    assert_int_equal(model_sc_reply(m, ROOT_SC, 0), at(REPLY2));
    assert_int_equal(model_sc_reply(m, ROOT_SC, 1), at(REPLY));
    svc(KAAL_SYS_SEND, REPLY, 0, 0, 0); /* c answers root first */
    assert_int_equal(thread(ROOT_TCB).state, MODEL_RUNNABLE);
    assert_int_equal(thread(ROOT_TCB).sc, 0);
    svc(KAAL_SYS_SEND, REPLY2, 0, 0, 0);
    assert_int_equal(model_current(m), b);
    assert_int_equal(model_current_sc(m), ROOT_SC);
    svc(KAAL_SYS_YIELD, 0, 0, 0, 0);
}

/* Root calls TCB, which calls TCB2, which runs: all on the root's context. */
static void make_chain(void)
{
    make_objects();
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, FREE, 1), 0);
    make_thread(TCB, 200, SC, 0);
    make_thread(TCB2, 210, SC2, 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, FREE, 0, REPLY2, 0);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, {0}), 0);
    assert_int_equal(CALL(SC2, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, {0}), 0);
    svc(KAAL_SYS_CALL, EP, 0, 0, 0);
    svc(KAAL_SYS_CALL, FREE, 0, 0, 0);
    assert_int_equal(model_current(m), at(TCB2));
    assert_int_equal(sc(KAAL_ROOT_SCHED_CONTEXT).replies, 2);
}

static void test_stopped_caller_breaks_the_chain(void **state)
{
    (void)state;
    struct model_reply r;
    make_chain();
    svc(KAAL_SYS_SEND, TCB, kaal_msginfo(KAAL_INV_TCB_SUSPEND, 0, 0), 0, 0);
    assert_int_equal(sc(KAAL_ROOT_SCHED_CONTEXT).replies, 0);
    assert_int_equal(sc(KAAL_ROOT_SCHED_CONTEXT).tcb, at(TCB2));
    assert_true(model_reply(m, at(REPLY), &r));
    assert_int_equal(r.tcb, ROOT_TCB); /* still waits, but gets no context back */
    assert_int_equal(r.sc, 0);
    assert_true(model_reply(m, at(REPLY2), &r));
    assert_int_equal(r.tcb, 0);
    svc(KAAL_SYS_SEND, REPLY, 0, 0, 0);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_RUNNABLE);
    assert_int_equal(thread(ROOT_TCB).sc, 0);
    assert_int_equal(thread(ROOT_TCB).queue, MODEL_NO_QUEUE);
    assert_int_equal(model_current(m), at(TCB2));
}

static void test_stopped_first_caller_breaks_the_chain(void **state)
{
    (void)state;
    make_chain();
    svc(KAAL_SYS_SEND, KAAL_ROOT_TCB, kaal_msginfo(KAAL_INV_TCB_SUSPEND, 0, 0), 0, 0);
    assert_int_equal(sc(KAAL_ROOT_SCHED_CONTEXT).replies, 1);
    svc(KAAL_SYS_SEND, REPLY2, 0, 0, 0);
    assert_int_equal(model_current(m), at(TCB));
    assert_int_equal(model_current_sc(m), ROOT_SC);
    assert_int_equal(sc(KAAL_ROOT_SCHED_CONTEXT).replies, 0);
}

static void test_answer_from_below_breaks_the_chain(void **state)
{
    (void)state;
    make_chain();
    svc(KAAL_SYS_SEND, REPLY, 0, 0, 0); /* the one at the bottom */
    assert_int_equal(thread(ROOT_TCB).sc, 0);
    assert_int_equal(sc(KAAL_ROOT_SCHED_CONTEXT).replies, 1);
    assert_int_equal(model_sc_reply(m, ROOT_SC, 0), at(REPLY2));
}

/* The current thread deletes a slot of the root's CNode; it has no buffer and needs none. */
static void erase_by_send(uint64_t slot)
{
    set(3, slot);
    set(4, 64);
    svc(KAAL_SYS_SEND, KAAL_ROOT_CNODE, kaal_msginfo(KAAL_INV_CNODE_DELETE, 0, 2), 0, 0);
}

static void test_deleted_reply_gives_the_context_back(void **state)
{
    (void)state;
    make_chain();
    erase_by_send(REPLY2); /* the nearest: TCB has it back, but stays stopped */
    assert_int_equal(thread(at(TCB)).state, MODEL_STOPPED);
    assert_int_equal(thread(at(TCB)).sc, ROOT_SC);
    assert_int_equal(thread(at(TCB2)).sc, 0);
    assert_int_equal(model_current(m), 0);
    assert_int_equal(sc(KAAL_ROOT_SCHED_CONTEXT).replies, 1);
}

static void test_deleted_reply_below_breaks_the_chain(void **state)
{
    (void)state;
    make_chain();
    erase_by_send(REPLY);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_STOPPED);
    assert_int_equal(thread(ROOT_TCB).sc, 0);
    assert_int_equal(model_current(m), at(TCB2));
    svc(KAAL_SYS_SEND, REPLY2, 0, 0, 0);
    assert_int_equal(model_current(m), at(TCB));
    assert_int_equal(model_current_sc(m), ROOT_SC);
}

static void test_deleted_reply_of_a_receiver_stops_it(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(erase(REPLY), 0);
    assert_int_equal(thread(t).state, MODEL_STOPPED);
    assert_int_equal(model_waiters(m, at(EP), NULL, 0), 0);
}

static void test_deleted_context_leaves_callers_waiting(void **state)
{
    (void)state;
    struct model_reply r;
    make_chain();
    erase_by_send(KAAL_ROOT_SCHED_CONTEXT);
    assert_int_equal(model_current(m), 0);
    assert_int_equal(model_current_sc(m), 0);
    assert_int_equal(thread(at(TCB2)).state, MODEL_RUNNABLE);
    assert_int_equal(thread(at(TCB2)).sc, 0);
    assert_int_equal(thread(at(TCB)).state, MODEL_REPLYING);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_REPLYING);
    assert_true(model_reply(m, at(REPLY2), &r));
    assert_int_equal(r.sc, 0);
    assert_true(r.answers);
}

static void test_deleted_server_takes_the_context_with_it(void **state)
{
    (void)state;
    make_chain();
    erase_by_send(TCB2); /* itself: the context is nobody's, the callers wait */
    assert_int_equal(cap(TCB2).type, MODEL_NULL);
    assert_int_equal(model_current(m), 0);
    assert_int_equal(sc(KAAL_ROOT_SCHED_CONTEXT).tcb, 0);
    assert_int_equal(sc(KAAL_ROOT_SCHED_CONTEXT).replies, 2);
    assert_int_equal(thread(at(TCB)).state, MODEL_REPLYING);
}

static void test_deleted_caller_breaks_the_chain(void **state)
{
    (void)state;
    struct model_reply r;
    make_chain();
    erase_by_send(TCB);
    assert_int_equal(cap(TCB).type, MODEL_NULL);
    assert_true(model_reply(m, at(REPLY2), &r));
    assert_int_equal(r.tcb, 0);
    assert_true(model_reply(m, at(REPLY), &r));
    assert_int_equal(r.sc, 0);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_REPLYING);
    assert_int_equal(model_current_sc(m), ROOT_SC);
}

/* ---- Combined calls ---- */

static void test_nbsend_recv(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    assert_int_equal(mint(FREE, EP, 15, 5), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_ENDPOINT, 0, FREE + 1, 1), 0);
    lower_root(100);
    /* Nobody receives: the message is dropped, and it waits on the second. */
    svc(KAAL_SYS_NBSEND_RECV, FREE, kaal_msginfo(3, 0, 1), REPLY, FREE + 1);
    assert_int_equal(thread(t).state, MODEL_RECEIVING);
    assert_int_equal(thread(t).waits_on, at(FREE + 1));
    assert_int_equal(thread(t).reply, at(REPLY));
    assert_int_equal(thread(t).pc, 0x1000);
    assert_int_equal(model_waiters(m, at(EP), NULL, 0), 0);
    svc(KAAL_SYS_SEND, FREE + 1, 0, 0, 0);
    assert_int_equal(model_current(m), t);
    assert_int_equal(reg(31), 0x1004);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    /* The root sends to it, then receives; the thread is not passive. */
    const uint64_t pc = reg(31);
    svc(KAAL_SYS_NBSEND_RECV, FREE, kaal_msginfo(3, 0, 1), REPLY2, FREE + 1);
    assert_int_equal(model_current(m), t);
    assert_int_equal(model_current_sc(m), at(SC));
    assert_int_equal(reg(1), 5);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_RECEIVING);
    assert_int_equal(thread(ROOT_TCB).sc, ROOT_SC);
    assert_int_equal(thread(ROOT_TCB).pc, pc);
}

static void test_nbsend_lends_to_the_passive(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, {0}), 0);
    svc(KAAL_SYS_NBSEND_WAIT, EP, 0, 0, NTFN);
    assert_int_equal(model_current(m), t);
    assert_int_equal(model_current_sc(m), ROOT_SC);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_WAITING);
    assert_int_equal(thread(ROOT_TCB).waits_on, at(NTFN));
    assert_int_equal(thread(ROOT_TCB).sc, 0);
    assert_int_equal(sc(KAAL_ROOT_SCHED_CONTEXT).replies, 0); /* nothing brings it back */
    svc(KAAL_SYS_NBSEND_WAIT, NTFN, 0, 0, EP);                /* a signal lends nothing */
    assert_int_equal(thread(ROOT_TCB).state, MODEL_RUNNABLE);
    assert_int_equal(thread(ROOT_TCB).sc, 0);
    assert_int_equal(thread(t).state, MODEL_RECEIVING);
    assert_int_equal(thread(t).reply, 0);
    assert_int_equal(thread(t).sc, ROOT_SC);
}

static void test_plain_nbsend_lends_nothing(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, {0}), 0);
    svc(KAAL_SYS_NBSEND, EP, 0, 0, 0);
    assert_int_equal(thread(t).state, MODEL_RUNNABLE);
    assert_int_equal(thread(t).sc, 0);
    assert_int_equal(model_current(m), ROOT_TCB);
}

static void test_nbsend_wait_on_its_own_signal(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(mint(FREE, NTFN, 15, 6), 0);
    svc(KAAL_SYS_NBSEND_WAIT, FREE, 0, 0, NTFN);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(reg(1), 6);
    /* The receive phase faults even if nothing was sent. */
    const uint64_t pc = reg(31);
    svc(KAAL_SYS_NBSEND_WAIT, FREE + 1, 0, 0, REPLY);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_STOPPED);
    assert_int_equal(thread(ROOT_TCB).pc, pc);
}

static void test_combined_calls_perform(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 50, SC, 0);
    const uint64_t info = kaal_msginfo(KAAL_INV_TCB_SUSPEND, 0, 0);
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0);
    svc(KAAL_SYS_NBSEND_WAIT, TCB, info, 0, NTFN);
    assert_int_equal(thread(t).state, MODEL_STOPPED);
    assert_int_equal(reg(0), 0);
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0);
    svc(KAAL_SYS_REPLY_RECV, NTFN, kaal_msginfo(KAAL_INV_TCB_RESUME, 0, 0), TCB, 0);
    assert_int_equal(thread(t).state, MODEL_RUNNABLE);
    /* One that stops its caller has no second half. */
    const uint64_t pc = reg(31);
    svc(KAAL_SYS_NBSEND_WAIT, KAAL_ROOT_TCB, info, 0, NTFN);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_STOPPED);
    assert_int_equal(thread(ROOT_TCB).pc, pc + 4);
    assert_int_equal(model_current(m), t);
}

static void test_combined_call_deletes_its_caller(void **state)
{
    (void)state;
    make_objects();
    make_thread(TCB, 200, SC, 0);
    lower_root(100);
    set(3, TCB);
    set(4, 64);
    svc(KAAL_SYS_NBSEND_RECV, KAAL_ROOT_CNODE, kaal_msginfo(KAAL_INV_CNODE_DELETE, 0, 2), REPLY,
        EP);
    assert_int_equal(cap(TCB).type, MODEL_NULL);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(model_waiters(m, at(EP), NULL, 0), 0);
}

static void test_reply_recv_lends_nothing(void **state)
{
    (void)state;
    make_objects();
    /* TCB calls TCB2 on its own context, loses it, and is answered. */
    const uint64_t client = make_thread(TCB, 150, SC, 0);
    const uint64_t server = make_thread(TCB2, 200, SC2, 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    svc(KAAL_SYS_CALL, EP, 0, 0, 0);
    assert_int_equal(model_current(m), server);
    svc(KAAL_SYS_SEND, SC, kaal_msginfo(KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0), 0, 0);
    svc(KAAL_SYS_REPLY_RECV, EP, 0, REPLY, 0);
    assert_int_equal(thread(client).state, MODEL_RUNNABLE);
    assert_int_equal(thread(client).sc, 0);
    assert_int_equal(thread(server).sc, at(SC2));
    assert_int_equal(thread(server).state, MODEL_RECEIVING);
}

static void test_fault_without_right_to_answer_is_forgotten(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, EP);
    lower_root(100);
    model_vm_fault(m, 0xdead, false, 1);
    svc(KAAL_SYS_WAIT, EP, 0, 0, 0); /* without a reply object */
    assert_int_equal(reg(0), kaal_msginfo(KAAL_FAULT_VM, 0, 4));
    assert_int_equal(thread(t).state, MODEL_STOPPED);
    assert_int_equal(thread(t).fault, 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_RESUME, 0, 0, {0}), 0);
    assert_int_equal(model_current(m), t);
    assert_int_equal(reg(31), 0x1000);
}

static void test_buffer_words_of_registers_stay(void **state)
{
    (void)state;
    make_objects();
    make_thread(TCB, 200, SC, EP);
    lower_root(100);
    for (uint64_t i = 0; i < 4; i++) {
        model_write(m, IPC_PAGE + 8 * i, 1000 + i);
    }
    svc(999, 0, 0, 0, 0);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(reg(0), kaal_msginfo(KAAL_FAULT_UNKNOWN_SYSCALL, 0, 35));
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_READ_REGISTERS, 2, 0, {0, 35}), 0);
    assert_int_equal(reg(0) & 0x7f, 35);
    for (uint64_t i = 0; i < 4; i++) {
        assert_int_equal(model_read(m, IPC_PAGE + 8 * i), 1000 + i);
    }
}

static void test_reply_recv_to_an_endpoint_lends(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0, {0}), 0);
    svc(KAAL_SYS_REPLY_RECV, NTFN, 0, EP, 0);
    assert_int_equal(model_current(m), t);
    assert_int_equal(model_current_sc(m), ROOT_SC);
    assert_int_equal(thread(ROOT_TCB).state, MODEL_WAITING);
    assert_int_equal(thread(ROOT_TCB).sc, 0);
}

static void test_second_signal_wakes_nobody(void **state)
{
    (void)state;
    make_objects();
    struct model_ntfn n;
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    assert_int_equal(mint(FREE, NTFN, 15, 4), 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_BIND_NOTIFICATION, 0, 1, {0}, {NTFN}), 0);
    svc(KAAL_SYS_SEND, FREE, 0, 0, 0);
    assert_int_equal(thread(t).state, MODEL_RECEIVING);
    assert_true(model_ntfn(m, at(NTFN), &n));
    assert_true(n.active);
    assert_int_equal(n.pending, 4);
}

static void test_set_space(void **state)
{
    (void)state;
    struct model_slot found;
    make_objects();
    assert_int_equal(retype(UT, KAAL_OBJ_CNODE, 4, FREE, 1), 0);
    assert_int_equal(copy(FREE + 1, EP, KAAL_RIGHT_READ | KAAL_RIGHT_GRANT), 0);
    const uint64_t wide = 61; /* with a radix of 4 too many bits */
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_SPACE, 1, 3, {wide}, {FREE + 1, EP, TCB}),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(reg(3), 1); /* a fault endpoint without Write */
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_SPACE, 1, 3, {wide}, {EP, EP, TCB}),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(reg(3), 2);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_SPACE, 1, 3, {wide}, {EP, FREE, TCB}),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_SPACE, 1, 3, {60}, {EP, FREE, TCB}),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(reg(3), 3);
    assert_int_equal(
        CALL(TCB, KAAL_INV_TCB_SET_SPACE, 1, 3, {0xabc << 6 | 12}, {EP, FREE, KAAL_ROOT_VSPACE}),
        0);
    struct model_cap c;
    assert_true(model_cap(m, (struct model_slot){at(TCB), MODEL_TCB_CSPACE}, &c));
    assert_int_equal(c.guard, 0xabc);
    assert_int_equal(c.guard_bits, 12);
    assert_int_equal(c.parent.index, FREE);
    assert_int_equal(cap(FREE).guard_bits, 0); /* the copy alone has it */
    assert_true(model_lookup(m, at(TCB), 0xabc5ull << 48, &found));
    assert_int_equal(found.object, at(FREE));
    assert_int_equal(found.index, 5);
    assert_false(model_lookup(m, at(TCB), 0xabd5ull << 48, &found));
    /* Guard 0 keeps the one that the capability has. */
    assert_int_equal(mint(FREE + 2, FREE, 15, 3 << 6 | 8), 0);
    assert_int_equal(
        CALL(TCB, KAAL_INV_TCB_SET_SPACE, 1, 3, {0}, {FREE + 9, FREE + 2, KAAL_ROOT_VSPACE}), 0);
    assert_true(model_cap(m, (struct model_slot){at(TCB), MODEL_TCB_CSPACE}, &c));
    assert_int_equal(c.guard, 3);
    assert_int_equal(c.guard_bits, 8);
    assert_true(model_cap(m, (struct model_slot){at(TCB), MODEL_TCB_FAULT_ENDPOINT}, &c));
    assert_int_equal(c.type, MODEL_NULL);
}

/* ---- Time ---- */

static void test_charge_splits(void **state)
{
    (void)state;
    make_objects();
    make_thread(TCB, 200, SC2, 0); /* 2000 of 10000, four refills */
    lower_root(100);
    const uint64_t t0 = model_now(m);
    assert_int_equal(sc(SC2).refill[0].time, t0);
    assert_int_equal(model_deadline(m), t0 + 2000);
    model_advance(m, 500);
    model_timer(m);
    const struct model_sc s = sc(SC2);
    assert_int_equal(s.consumed, 500);
    assert_int_equal(s.refills, 2);
    assert_int_equal(s.refill[0].time, t0 + 500);
    assert_int_equal(s.refill[0].amount, 1500);
    assert_int_equal(s.refill[1].time, t0 + 10000);
    assert_int_equal(s.refill[1].amount, 500);
    model_advance(m, 300); /* goes on where the last refill ends: one refill */
    model_timer(m);
    assert_int_equal(sc(SC2).refills, 2);
    assert_int_equal(sc(SC2).refill[1].amount, 800);
}

static void test_used_up_waits_in_release_queue(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    const uint64_t t0 = model_now(m);
    model_advance(m, 1000);
    model_timer(m);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(thread(t).queue, MODEL_RELEASE);
    assert_int_equal(sc(SC).refill[0].time, t0 + 10000);
    model_advance(m, 8999);
    model_timer(m);
    assert_int_equal(thread(t).queue, MODEL_RELEASE);
    assert_int_equal(model_deadline(m), t0 + 10000);
    model_advance(m, 1);
    model_timer(m);
    assert_int_equal(model_current(m), t);
}

static void test_less_than_min_is_used_up(void **state)
{
    (void)state;
    make_objects();
    make_thread(TCB, 200, SC, 0);
    lower_root(100);
    const uint64_t t0 = model_now(m);
    model_advance(m, 901); /* 99 are left: merged into the second */
    model_timer(m);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(sc(SC).refills, 1);
    assert_int_equal(sc(SC).refill[0].amount, 1000);
    assert_int_equal(sc(SC).refill[0].time, t0 + 10000 - 99);
}

static void test_round_robin(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(configure_sc(SC, 1000, 1000, 0), 0);
    const uint64_t t = make_thread(TCB, 255, SC, 0);
    assert_int_equal(model_current(m), ROOT_TCB); /* the current thread goes on */
    svc(KAAL_SYS_YIELD, 0, 0, 0, 0);
    assert_int_equal(model_current(m), t);
    model_advance(m, 400);
    model_timer(m);
    assert_int_equal(sc(SC).refill[0].amount, 600);
    model_advance(m, 600);
    model_timer(m);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(sc(SC).refill[0].amount, 1000);
    assert_int_equal(sc(SC).consumed, 1000);
}

static void test_yield_consumes_nothing(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    const uint64_t t0 = model_now(m);
    model_advance(m, 300);
    svc(KAAL_SYS_YIELD, 0, 0, 0, 0);
    assert_int_equal(thread(t).queue, MODEL_RELEASE);
    assert_int_equal(sc(SC).consumed, 300);
    /* 300 come back at t0 + 10000, 700 behind them: they are contiguous. */
    assert_int_equal(sc(SC).refill[0].time, t0 + 10000);
    assert_int_equal(sc(SC).refill[0].amount, 1000);
}

static void test_configure_updates(void **state)
{
    (void)state;
    make_objects();
    make_thread(TCB, 50, SC, 0);
    const uint64_t now = model_now(m);
    assert_int_equal(configure_sc(SC, 1500, 20000, 1), 0);
    const struct model_sc s = sc(SC);
    assert_int_equal(s.max_refills, 3);
    assert_int_equal(s.refills, 2);
    assert_int_equal(s.refill[0].amount, 1000);
    assert_int_equal(s.refill[1].time, now + 20000);
    assert_int_equal(s.refill[1].amount, 500);
    assert_int_equal(configure_sc(SC, 99, 20000, 0), KAAL_ERR_RANGE);
    assert_int_equal(configure_sc(SC, 100, 99, 0), KAAL_ERR_RANGE);
    assert_int_equal(reg(4), 100);
    assert_int_equal(configure_sc(SC, 100, 100, 7), KAAL_ERR_RANGE); /* (256 - 128) / 16 - 2 */
    assert_int_equal(reg(5), 6);
}

static void test_timeout_fault(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, 0, 1, {0}, {EP}), 0);
    lower_root(100);
    model_advance(m, 1000);
    model_timer(m);
    assert_int_equal(thread(t).fault, KAAL_FAULT_TIMEOUT);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(reg(0), kaal_msginfo(KAAL_FAULT_TIMEOUT, 0, 2));
    assert_int_equal(reg(3), 77);
    assert_int_equal(reg(4), 1000);
    assert_int_equal(thread(t).sc, at(SC)); /* stays with it */
    assert_int_equal(sc(SC).consumed, 0);
    svc(KAAL_SYS_SEND, REPLY, kaal_msginfo(0, 0, 0), 0, 0);
    assert_int_equal(thread(t).queue, MODEL_RELEASE);
}

static void test_yield_to(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 255, SC, 0);
    assert_int_equal(CALL(KAAL_ROOT_SCHED_CONTEXT, KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0, {0}),
                     KAAL_ERR_ILLEGAL_OPERATION);
    svc(KAAL_SYS_CALL, SC, kaal_msginfo(KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0), 0, 0);
    assert_int_equal(model_current(m), t);
    assert_int_equal(thread(ROOT_TCB).yield_to, at(SC));
    model_advance(m, 250);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(reg(0), kaal_msginfo(0, 0, 1));
    assert_int_equal(reg(3), 250);
}

static void test_order_of_equals(void **state)
{
    (void)state;
    make_objects();
    const uint64_t a = make_thread(TCB, 50, SC, 0);
    const uint64_t b = make_thread(TCB2, 50, SC2, 0);
    uint64_t order[2];
    assert_int_equal(model_ready(m, 0, 50, order, 2), 2);
    assert_int_equal(order[0], a);
    assert_int_equal(order[1], b);
    lower_root(10);
    assert_int_equal(model_current(m), a);
    svc(KAAL_SYS_WAIT, NTFN, 0, 0, 0);
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0); /* b goes on, a is behind its equals */
    assert_int_equal(model_current(m), b);
    assert_int_equal(model_ready(m, 0, 50, order, 2), 1);
}

static void test_domains(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 5, SC, 0);
    assert_int_equal(CALL(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_START, 1, 0, {0}),
                     KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(CALL(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_SET, 1, 1, {3}, {TCB}), 0);
    assert_int_equal(CALL(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_SET_SCHEDULE, 3, 0, {0, 0, 1000}), 0);
    assert_int_equal(CALL(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_SET_SCHEDULE, 3, 0, {1, 3, 500}), 0);
    assert_int_equal(CALL(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_SET_SCHEDULE, 3, 0, {1, 3, 99}),
                     KAAL_ERR_RANGE);
    assert_int_equal(CALL(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_START, 1, 0, {0}), 0);
    const uint64_t t0 = model_now(m);
    assert_int_equal(model_deadline(m), t0 + 1000);
    model_advance(m, 1000);
    model_timer(m);
    assert_int_equal(model_current(m), t);
    model_advance(m, 500);
    model_timer(m);
    assert_int_equal(model_current(m), ROOT_TCB);
}

static void test_becomes_round_robin(void **state)
{
    (void)state;
    make_objects();
    make_thread(TCB, 200, SC, 0);
    lower_root(100);
    model_advance(m, 1000); /* used up: the next is due 10000 after the first */
    model_timer(m);
    assert_int_equal(configure_sc(SC, 500, 500, 0), 0);
    const struct model_sc s = sc(SC);
    assert_true(s.round_robin);
    assert_int_equal(s.refills, 1);
    assert_int_equal(s.refill[0].time, model_now(m));
    assert_int_equal(s.refill[0].amount, 500);
    assert_int_equal(model_current(m), at(TCB));
}

static void test_woken_together(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(configure_sc(SC, 1000, 1000, 0), 0);
    assert_int_equal(configure_sc(SC2, 1000, 1000, 0), 0);
    const uint64_t a = make_thread(TCB, 50, SC, 0);
    const uint64_t b = make_thread(TCB2, 50, SC2, 0);
    uint64_t order[2];
    lower_root(10);
    svc(KAAL_SYS_WAIT, NTFN, 0, 0, 0);
    svc(KAAL_SYS_WAIT, NTFN, 0, 0, 0);
    lower_root(50);
    /* Both wake, the root goes on: the first of them is filed last. */
    assert_int_equal(erase(NTFN), 0);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(model_ready(m, 0, 50, order, 2), 2);
    assert_int_equal(order[0], b);
    assert_int_equal(order[1], a);
}

static void test_sixteen_are_released_at_once(void **state)
{
    (void)state;
    enum { MANY = 18 };
    assert_int_equal(retype(UT, KAAL_OBJ_TCB, 0, FREE, MANY), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_SCHED_CONTEXT, 8, FREE + 100, MANY), 0);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(configure_sc(FREE + 100 + i, 200, 100000, 0), 0);
        make_thread(FREE + i, 200, FREE + 100 + i, 0);
    }
    lower_root(100);
    for (unsigned i = 0; i < MANY; i++) {
        model_advance(m, 200);
        model_timer(m);
    }
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(model_release(m, NULL, 0), MANY);
    model_advance(m, 200000);
    model_timer(m);
    assert_int_equal(model_release(m, NULL, 0), MANY - 16);
    assert_true(model_deadline(m) <= model_now(m));
    model_timer(m);
    assert_int_equal(model_release(m, NULL, 0), 0);
}

static void test_yield_to_ends_before_a_timeout(void **state)
{
    (void)state;
    make_objects();
    const uint64_t a = make_thread(TCB, 200, SC, 0);
    const uint64_t b = make_thread(TCB2, 200, SC2, 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, 0, 1, {0}, {EP}), 0);
    lower_root(100);
    assert_int_equal(model_current(m), a);
    model_advance(m, 950); /* 50 are left: used up when the core changes to the other */
    svc(KAAL_SYS_CALL, SC2, kaal_msginfo(KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0), 0, 0);
    assert_int_equal(model_current(m), b);
    assert_int_equal(thread(a).fault, KAAL_FAULT_TIMEOUT);
    assert_int_equal(thread(a).yield_to, 0);
    assert_int_equal(thread(a).x[0], kaal_msginfo(0, 0, 1));
}

static void test_yield_too_late_is_a_timeout(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, 0, 1, {0}, {EP}), 0);
    lower_root(100);
    model_advance(m, 300);
    svc(KAAL_SYS_YIELD, 0, 0, 0, 0);
    assert_int_equal(thread(t).fault, 0);
    assert_int_equal(thread(t).queue, MODEL_RELEASE);
    model_advance(m, 10000);
    model_timer(m);
    assert_int_equal(model_current(m), t);
    model_advance(m, 950); /* running has used it up */
    svc(KAAL_SYS_YIELD, 0, 0, 0, 0);
    assert_int_equal(thread(t).fault, KAAL_FAULT_TIMEOUT);
}

/* ---- Contexts: binding and deletion ---- */

static uint64_t unbind_object(uint64_t context, uint64_t object)
{
    return CALL(context, KAAL_INV_SCHED_CONTEXT_UNBIND_OBJECT, 0, 1, {0}, {object});
}

static void test_unbind_object(void **state)
{
    (void)state;
    make_objects();
    struct model_ntfn n;
    const uint64_t t = make_thread(TCB, 50, SC, 0);
    assert_int_equal(unbind_object(SC, EP), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(reg(3), 1);
    assert_int_equal(unbind_object(SC, TCB2), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(unbind_object(SC, NTFN), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(unbind_object(SC2, TCB), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(unbind_object(KAAL_ROOT_SCHED_CONTEXT, KAAL_ROOT_TCB),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(unbind_object(SC, TCB), 0);
    assert_int_equal(thread(t).sc, 0);
    assert_int_equal(thread(t).state, MODEL_RUNNABLE);
    assert_int_equal(thread(t).queue, MODEL_NO_QUEUE);
    assert_int_equal(unbind_object(SC, TCB), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_BIND, 0, 1, {0}, {NTFN}), 0);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_BIND, 0, 1, {0}, {TCB}),
                     KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(unbind_object(SC, NTFN), 0);
    assert_true(model_ntfn(m, at(NTFN), &n));
    assert_int_equal(n.sc, 0);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_BIND, 0, 1, {0}, {TCB}), 0);
    assert_int_equal(thread(t).queue, MODEL_READY);
}

/* A thread that waits on the notification, which has its context. */
static uint64_t make_passive(void)
{
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    lower_root(100);
    svc(KAAL_SYS_WAIT, NTFN, 0, 0, 0);
    assert_int_equal(unbind_object(SC, TCB), 0);
    assert_int_equal(CALL(SC, KAAL_INV_SCHED_CONTEXT_BIND, 0, 1, {0}, {NTFN}), 0);
    return t;
}

static void test_unbind_object_while_lent(void **state)
{
    (void)state;
    const uint64_t t = make_passive();
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0);
    assert_int_equal(model_current(m), t);
    /* It is bound to both now, and the caller may lose the notification's hold only. */
    svc(KAAL_SYS_SEND, SC, kaal_msginfo(KAAL_INV_SCHED_CONTEXT_UNBIND, 0, 0), 0, 0);
    assert_int_equal(thread(t).sc, at(SC));
    assert_int_equal(sc(SC).ntfn, at(NTFN));
    svc(KAAL_SYS_WAIT, EP, 0, 0, 0); /* not bound to the notification: it keeps the context */
    assert_int_equal(thread(t).sc, at(SC));
    assert_int_equal(unbind_object(SC, TCB), 0);
    assert_int_equal(sc(SC).ntfn, at(NTFN));
    assert_int_equal(sc(SC).tcb, 0);
}

static void test_bound_receiver_gives_the_context_back(void **state)
{
    (void)state;
    const uint64_t t = make_passive();
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0);
    assert_int_equal(model_current(m), t);
    /* Bound: a receive that blocks gives the context back. */
    svc(KAAL_SYS_SEND, TCB, kaal_msginfo(KAAL_INV_TCB_UNBIND_NOTIFICATION, 0, 0), 0, 0);
    svc(KAAL_SYS_WAIT, NTFN, 0, 0, 0);
    assert_int_equal(sc(SC).tcb, 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SUSPEND, 0, 0, {0}), 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_BIND_NOTIFICATION, 0, 1, {0}, {NTFN}), 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_RESUME, 0, 0, {0}), 0);
    assert_int_equal(model_current(m), ROOT_TCB); /* it has no time */
    assert_int_equal(CALL(SC2, KAAL_INV_SCHED_CONTEXT_BIND, 0, 1, {0}, {TCB}), 0);
    assert_int_equal(model_current(m), t);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(thread(t).sc, at(SC2)); /* not the notification's: stays */
    assert_int_equal(unbind_object(SC2, TCB), 0);
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0);
    assert_int_equal(model_current(m), t);
    assert_int_equal(model_current_sc(m), at(SC));
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(thread(t).state, MODEL_RECEIVING);
    assert_int_equal(thread(t).sc, 0);
}

static void test_delete_lent_context(void **state)
{
    (void)state;
    struct model_ntfn n;
    const uint64_t t = make_passive();
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0);
    erase_by_send(SC);
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(thread(t).state, MODEL_RUNNABLE);
    assert_int_equal(thread(t).sc, 0);
    assert_true(model_ntfn(m, at(NTFN), &n));
    assert_int_equal(n.sc, 0);
}

static void test_delete_notification_that_lent(void **state)
{
    (void)state;
    const uint64_t t = make_passive();
    svc(KAAL_SYS_SEND, NTFN, 0, 0, 0);
    assert_int_equal(model_current(m), t);
    erase_by_send(NTFN);
    assert_int_equal(model_current(m), t);
    assert_int_equal(sc(SC).ntfn, 0);
    assert_int_equal(thread(t).sc, at(SC));
}

static void test_delete_notification_of_receiver(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    const uint64_t w = make_thread(TCB2, 150, SC2, 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_BIND_NOTIFICATION, 0, 1, {0}, {NTFN}), 0);
    lower_root(100);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    svc(KAAL_SYS_RECV, EP, 0, REPLY2, 0);
    assert_int_equal(erase(NTFN), 0);
    assert_int_equal(thread(t).bound_ntfn, 0);
    assert_int_equal(thread(t).state, MODEL_RECEIVING); /* it did not wait there */
    assert_int_equal(thread(w).state, MODEL_RECEIVING);
    assert_int_equal(erase(EP), 0); /* both run their call again; the reply objects are free */
    assert_int_equal(thread(t).state, MODEL_RUNNABLE);
    assert_int_equal(thread(w).state, MODEL_RUNNABLE);
    struct model_reply r;
    assert_true(model_reply(m, at(REPLY), &r));
    assert_int_equal(r.tcb, 0);
}

static void test_delete_context_in_the_queues(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, 0);
    const uint64_t low = make_thread(TCB2, 50, SC2, 0);
    lower_root(100);
    model_advance(m, 1000);
    model_timer(m);
    assert_int_equal(thread(t).queue, MODEL_RELEASE);
    assert_int_equal(thread(low).queue, MODEL_READY);
    assert_int_equal(erase(SC), 0);
    assert_int_equal(erase(SC2), 0);
    assert_int_equal(model_release(m, NULL, 0), 0);
    assert_int_equal(model_ready(m, 0, 50, NULL, 0), 0);
    assert_int_equal(model_deadline(m),
                     model_now(m) + sc(KAAL_ROOT_SCHED_CONTEXT).refill[0].amount);
}

static void test_delete_context_of_yield_to(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 255, SC, 0);
    svc(KAAL_SYS_CALL, SC, kaal_msginfo(KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0), 0, 0);
    assert_int_equal(model_current(m), t);
    model_advance(m, 300);
    erase_by_send(SC); /* of the running thread */
    assert_int_equal(model_current(m), ROOT_TCB);
    assert_int_equal(reg(0), kaal_msginfo(0, 0, 1));
    assert_int_equal(reg(3), 300);
    assert_int_equal(thread(ROOT_TCB).yield_to, 0);
}

static void test_delete_caller_of_yield_to(void **state)
{
    (void)state;
    make_objects();
    const uint64_t a = make_thread(TCB, 200, SC, 0);
    const uint64_t b = make_thread(TCB2, 200, SC2, 0);
    lower_root(100);
    assert_int_equal(model_current(m), a);
    svc(KAAL_SYS_CALL, SC2, kaal_msginfo(KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0), 0, 0);
    assert_int_equal(model_current(m), b);
    assert_int_equal(sc(SC2).yield_from, a);
    erase_by_send(TCB);
    assert_int_equal(sc(SC2).yield_from, 0);
    assert_int_equal(sc(SC2).consumed, 0);
    assert_int_equal(sc(SC).tcb, 0);
    assert_int_equal(model_current(m), b);
}

static void test_suspended_caller_of_yield_to_has_its_answer(void **state)
{
    (void)state;
    make_objects();
    const uint64_t a = make_thread(TCB, 200, SC, 0);
    const uint64_t b = make_thread(TCB2, 200, SC2, 0);
    lower_root(100);
    svc(KAAL_SYS_CALL, SC2, kaal_msginfo(KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0), 0, 0);
    assert_int_equal(model_current(m), b);
    model_advance(m, 250);
    svc(KAAL_SYS_SEND, TCB, kaal_msginfo(KAAL_INV_TCB_SUSPEND, 0, 0), 0, 0);
    assert_int_equal(thread(a).state, MODEL_STOPPED);
    assert_int_equal(thread(a).yield_to, 0);
    assert_int_equal(thread(a).x[0], kaal_msginfo(0, 0, 1));
    assert_int_equal(thread(a).x[3], 250);
}

static void test_yield_to_is_answered_once_each(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(retype(UT, KAAL_OBJ_SCHED_CONTEXT, 8, FREE, 1), 0);
    assert_int_equal(configure_sc(FREE, 1000, 10000, 0), 0);
    const uint64_t a = make_thread(TCB, 200, SC, 0);
    const uint64_t b = make_thread(TCB2, 200, SC2, 0);
    const uint64_t c = make_thread(TCB3, 200, FREE, 0);
    lower_root(100);
    assert_int_equal(model_current(m), a);
    svc(KAAL_SYS_CALL, SC2, kaal_msginfo(KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0), 0, 0);
    assert_int_equal(model_current(m), b);
    model_advance(m, 110);
    /* b gives way to c, which yields to b: the call of a is completed first. */
    svc(KAAL_SYS_CALL, FREE, kaal_msginfo(KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0), 0, 0);
    assert_int_equal(model_current(m), c);
    svc(KAAL_SYS_CALL, SC2, kaal_msginfo(KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0), 0, 0);
    assert_int_equal(thread(a).yield_to, 0);
    assert_int_equal(thread(a).x[3], 110);
    assert_int_equal(sc(SC2).yield_from, c);
    assert_int_equal(model_current(m), b);
}

/* ---- Threads in every relation, deleted ---- */

static void test_delete_waiting_threads(void **state)
{
    (void)state;
    make_objects();
    struct model_ntfn n;
    struct model_reply r;
    make_thread(TCB, 200, SC, 0);
    make_thread(TCB2, 190, SC2, 0);
    lower_root(100);
    svc(KAAL_SYS_WAIT, NTFN, 0, 0, 0);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(erase(TCB), 0);
    assert_int_equal(model_waiters(m, at(NTFN), NULL, 0), 0);
    assert_int_equal(sc(SC).tcb, 0);
    assert_int_equal(CALL(TCB3, KAAL_INV_TCB_BIND_NOTIFICATION, 0, 1, {0}, {NTFN}), 0);
    assert_int_equal(erase(TCB3), 0);
    assert_true(model_ntfn(m, at(NTFN), &n));
    assert_int_equal(n.bound_tcb, 0);
    assert_int_equal(erase(TCB2), 0);
    assert_int_equal(model_waiters(m, at(EP), NULL, 0), 0);
    assert_true(model_reply(m, at(REPLY), &r));
    assert_int_equal(r.tcb, 0);
    assert_int_equal(cap(KAAL_ROOT_CNODE).children, 1); /* the root's own CSpace */
}

static void test_delete_thread_with_last_capabilities(void **state)
{
    (void)state;
    make_objects();
    assert_int_equal(retype(UT, KAAL_OBJ_CNODE, 4, FREE, 1), 0);
    assert_int_equal(CALL(TCB, KAAL_INV_TCB_SET_SPACE, 1, 3, {0}, {EP, FREE, KAAL_ROOT_VSPACE}), 0);
    /* Its own capability lies in its own CSpace, and nobody else has either. */
    assert_int_equal(CALL(FREE, KAAL_INV_CNODE_MOVE, 4, 1, {1, 4, TCB, 64}, {KAAL_ROOT_CNODE}), 0);
    const size_t objects = model_objects(m, NULL, 0);
    assert_int_equal(erase(FREE), 0);
    assert_int_equal(model_objects(m, NULL, 0), objects); /* they hold each other */
    assert_int_equal(revoke(UT), 0);
    assert_int_equal(cap(UT).children, 0);
    assert_int_equal(cap(EP).type, MODEL_NULL);
}

static void test_delete_faulted_thread(void **state)
{
    (void)state;
    make_objects();
    make_thread(TCB, 200, SC, EP);
    const uint64_t b = make_thread(TCB2, 190, SC2, EP);
    lower_root(100);
    model_vm_fault(m, 1, false, 1);
    model_vm_fault(m, 2, false, 1);
    assert_int_equal(model_waiters(m, at(EP), NULL, 0), 2);
    assert_int_equal(erase(TCB), 0);
    assert_int_equal(model_waiters(m, at(EP), NULL, 0), 1);
    svc(KAAL_SYS_RECV, EP, 0, REPLY, 0);
    assert_int_equal(reg(4), 2);
    assert_int_equal(thread(b).state, MODEL_REPLYING);
    assert_int_equal(thread(b).sc, at(SC2)); /* the root has a context of its own */
    assert_int_equal(erase(REPLY), 0);
    assert_int_equal(thread(b).state, MODEL_STOPPED);
    assert_int_equal(thread(b).fault, 0);
}

static void test_delete_endpoint_with_a_fault(void **state)
{
    (void)state;
    make_objects();
    const uint64_t t = make_thread(TCB, 200, SC, EP);
    const uint64_t s = make_thread(TCB2, 190, SC2, 0);
    lower_root(100);
    model_vm_fault(m, 1, false, 1);
    svc(KAAL_SYS_SEND, EP, 0, 0, 0);
    assert_int_equal(model_waiters(m, at(EP), NULL, 0), 2);
    assert_int_equal(revoke(EP), 0); /* the copy that the thread holds */
    assert_int_equal(thread(t).state, MODEL_SENDING);
    assert_int_equal(erase(EP), 0);
    assert_int_equal(thread(t).state, MODEL_STOPPED);
    assert_int_equal(thread(t).fault, 0);
    assert_int_equal(model_current(m), s); /* makes its call again */
    assert_int_equal(reg(31), 0x1000);
}

/* ---- Address spaces ---- */

static uint64_t map(uint64_t page, uint64_t vaddr, uint64_t rights, uint64_t attributes)
{
    return CALL(page, KAAL_INV_PAGE_MAP, 3, 1, {vaddr, rights, attributes}, {KAAL_ROOT_VSPACE});
}

static void test_page_map(void **state)
{
    (void)state;
    struct model_mapping got;
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE, 12, FREE, 2), 0);
    assert_int_equal(map(FREE, 0x8000000000, 3, 1), KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(reg(4), 39);
    assert_int_equal(map(FREE, 0x140000000, 3, 1), KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(reg(4), 30);
    assert_int_equal(map(FREE, IPC_VADDR, 3, 1), KAAL_ERR_DELETE_FIRST);
    assert_int_equal(map(FREE, IPC_VADDR + 4096, 3, 3), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(reg(3), 1);
    assert_int_equal(map(FREE, IPC_VADDR + 1, 3, 1), KAAL_ERR_ALIGNMENT);
    assert_int_equal(map(FREE, KAAL_USER_TOP, 3, 1), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(map(FREE, IPC_VADDR + 4096, 3, 1), 0);
    assert_int_equal(map(FREE, IPC_VADDR + 8192, 3, 1), KAAL_ERR_INVALID_ARGUMENT);
    assert_int_equal(map(FREE, IPC_VADDR + 4096, 1, 1), 0); /* other rights */
    assert_true(model_mapping(m, ROOT_VSPACE, IPC_VADDR + 4096, &got));
    assert_int_equal(got.rights, KAAL_RIGHT_READ);
    assert_int_equal(copy(FREE + 4, FREE, 15), 0);
    assert_false(cap(FREE + 4).mapped);
    assert_int_equal(erase(FREE), 0);
    assert_false(model_mapping(m, ROOT_VSPACE, IPC_VADDR + 4096, &got));
}

static void test_page_tables(void **state)
{
    (void)state;
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE_TABLE, 0, FREE, 2), 0);
    assert_int_equal(CALL(FREE, KAAL_INV_PAGE_TABLE_MAP, 1, 1, {IPC_VADDR}, {KAAL_ROOT_VSPACE}),
                     KAAL_ERR_DELETE_FIRST);
    assert_int_equal(CALL(FREE, KAAL_INV_PAGE_TABLE_MAP, 1, 1, {0x140200000}, {KAAL_ROOT_VSPACE}),
                     0);
    assert_int_equal(model_table(m, ROOT_VSPACE, 0x140200000, 2), at(FREE));
    assert_int_equal(copy(FREE + 2, FREE, 15), 0);
    assert_int_equal(CALL(FREE, KAAL_INV_PAGE_TABLE_UNMAP, 0, 0, {0}), KAAL_ERR_REVOKE_FIRST);
    assert_int_equal(revoke(FREE), 0);
    assert_int_equal(CALL(FREE, KAAL_INV_PAGE_TABLE_UNMAP, 0, 0, {0}), 0);
    assert_int_equal(model_table(m, ROOT_VSPACE, 0x140200000, 2), 0);
}

static void test_cache_calls(void **state)
{
    (void)state;
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE, 21, FREE, 1), 0);
    assert_int_equal(CALL(FREE, KAAL_INV_PAGE_UNIFY, 2, 0, {0, 65536}), 0);
    assert_int_equal(CALL(FREE, KAAL_INV_PAGE_UNIFY, 2, 0, {0, 65537}), KAAL_ERR_RANGE);
    assert_int_equal(reg(4), 1);
    assert_int_equal(reg(5), 65536);
    assert_int_equal(
        CALL(KAAL_ROOT_VSPACE, KAAL_INV_VSPACE_CLEAN, 2, 0, {IPC_VADDR, IPC_VADDR + 8}), 0);
    assert_int_equal(
        CALL(KAAL_ROOT_VSPACE, KAAL_INV_VSPACE_CLEAN, 2, 0, {0x100000000, 0x100000008}),
        KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(reg(4), 12);
}

static void test_asids(void **state)
{
    (void)state;
    assert_int_equal(retype(UT, KAAL_OBJ_VSPACE, 0, FREE, 1), 0);
    assert_int_equal(CALL(KAAL_ROOT_ASID_CONTROL, KAAL_INV_ASID_CONTROL_MAKE_POOL, 2, 2,
                          {FREE + 1, 64}, {UT, KAAL_ROOT_CNODE}),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(CALL(KAAL_ROOT_ASID_CONTROL, KAAL_INV_ASID_CONTROL_MAKE_POOL, 2, 2,
                          {FREE + 1, 64}, {UT_4K, KAAL_ROOT_CNODE}),
                     0);
    assert_int_equal(cap(FREE + 1).parent.index, UT_4K);
    assert_true(cap(FREE + 1).is_original);
    assert_int_equal(copy(FREE + 2, FREE + 1, 15), 0);
    assert_int_equal(cap(FREE + 2).parent.index, FREE + 1);
    assert_int_equal(revoke(FREE + 1), 0);
    assert_int_equal(cap(FREE + 2).type, MODEL_NULL);
    assert_int_equal(CALL(FREE + 1, KAAL_INV_ASID_POOL_ASSIGN, 0, 1, {0}, {FREE}), 0);
    assert_int_equal(cap(FREE).asid, 512);
    assert_int_equal(CALL(FREE + 1, KAAL_INV_ASID_POOL_ASSIGN, 0, 1, {0}, {FREE}),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(erase(FREE + 1), 0);
    assert_int_equal(cap(FREE).asid, 0);
    /* For good; but the capability can still be copied. */
    assert_int_equal(CALL(KAAL_ROOT_ASID_POOL, KAAL_INV_ASID_POOL_ASSIGN, 0, 1, {0}, {FREE}),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(reg(3), 1);
    assert_int_equal(copy(FREE + 2, FREE, 15), 0);
}

static void test_identifiers_are_used_again(void **state)
{
    (void)state;
    struct model_mapping got;
    assert_int_equal(retype(UT, KAAL_OBJ_VSPACE, 0, FREE, 3), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE, 30, FREE + 9, 1), KAAL_ERR_NOT_ENOUGH_MEMORY);
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE_TABLE, 0, FREE + 10, 6), 0);
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE, 12, FREE + 20, 2), 0);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(
            CALL(KAAL_ROOT_ASID_POOL, KAAL_INV_ASID_POOL_ASSIGN, 0, 1, {0}, {FREE + i}), 0);
    }
    assert_int_equal(cap(FREE).asid, 2); /* 1 is the root task's */
    assert_int_equal(cap(FREE + 2).asid, 4);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(CALL(FREE + 10 + i, KAAL_INV_PAGE_TABLE_MAP, 1, 1, {0x400000}, {FREE}), 0);
    }
    assert_int_equal(CALL(FREE + 20, KAAL_INV_PAGE_MAP, 3, 1, {0x400000, 3, 1}, {FREE}), 0);
    assert_int_equal(CALL(FREE + 20, KAAL_INV_PAGE_MAP, 3, 1, {0x400000, 3, 1}, {FREE + 1}),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(reg(3), 1);
    const uint64_t gone = at(FREE);
    assert_int_equal(erase(FREE), 0);
    assert_int_equal(model_asid(m, 2), 0);
    assert_false(model_mapping(m, gone, 0x400000, &got));
    /* The lowest that is free is given again. */
    assert_int_equal(retype(UT, KAAL_OBJ_VSPACE, 0, FREE, 1), 0);
    assert_int_equal(CALL(KAAL_ROOT_ASID_POOL, KAAL_INV_ASID_POOL_ASSIGN, 0, 1, {0}, {FREE}), 0);
    assert_int_equal(cap(FREE).asid, 2);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(CALL(FREE + 13 + i, KAAL_INV_PAGE_TABLE_MAP, 1, 1, {0x400000}, {FREE}), 0);
    }
    /* What the old address space had does not reach the new one's mappings. */
    assert_int_equal(CALL(FREE + 21, KAAL_INV_PAGE_MAP, 3, 1, {0x400000, 3, 1}, {FREE}), 0);
    assert_int_equal(CALL(FREE + 20, KAAL_INV_PAGE_UNMAP, 0, 0, {0}), 0);
    assert_int_equal(CALL(FREE + 12, KAAL_INV_PAGE_TABLE_UNMAP, 0, 0, {0}), 0);
    assert_int_equal(erase(FREE + 11), 0);
    assert_true(model_mapping(m, at(FREE), 0x400000, &got));
    assert_int_equal(got.paddr, at(FREE + 21));
    assert_int_equal(model_table(m, at(FREE), 0x400000, 3), at(FREE + 15));
}

static void test_table_goes_with_its_pages(void **state)
{
    (void)state;
    struct model_mapping got;
    assert_int_equal(retype(UT, KAAL_OBJ_PAGE, 12, FREE, 1), 0);
    assert_int_equal(map(FREE, IPC_VADDR + 4096, 3, 1), 0);
    assert_int_equal(erase(TABLES + 2), 0); /* the last level of the root task's */
    assert_false(model_mapping(m, ROOT_VSPACE, IPC_VADDR + 4096, &got));
    assert_int_equal(CALL(FREE, KAAL_INV_PAGE_UNMAP, 0, 0, {0}), 0); /* no error */
    assert_false(cap(FREE).mapped);
    assert_int_equal(map(FREE, IPC_VADDR, 3, 1), KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(reg(4), 21);
}

/* ---- Interrupts ---- */

static void test_interrupts(void **state)
{
    (void)state;
    struct model_irq_line line;
    struct model_ntfn n;
    make_objects();
    const struct args get = {4, 1, {40, 0, FREE, 64}, {KAAL_ROOT_CNODE}};
    const struct args timer = {4, 1, {27, 0, FREE, 64}, {KAAL_ROOT_CNODE}};
    const struct args low = {4, 1, {15, 0, FREE, 64}, {KAAL_ROOT_CNODE}};
    assert_int_equal(call(KAAL_ROOT_IRQ_CONTROL, KAAL_INV_IRQ_CONTROL_GET, timer),
                     KAAL_ERR_REVOKE_FIRST);
    assert_int_equal(call(KAAL_ROOT_IRQ_CONTROL, KAAL_INV_IRQ_CONTROL_GET, low), KAAL_ERR_RANGE);
    assert_int_equal(call(KAAL_ROOT_IRQ_CONTROL, KAAL_INV_IRQ_CONTROL_GET, get), 0);
    assert_int_equal(call(KAAL_ROOT_IRQ_CONTROL, KAAL_INV_IRQ_CONTROL_GET, get),
                     KAAL_ERR_REVOKE_FIRST);
    assert_int_equal(mint(FREE + 1, NTFN, 15, 8), 0);
    assert_int_equal(CALL(FREE, KAAL_INV_IRQ_HANDLER_SET_NOTIFICATION, 0, 1, {0}, {FREE + 1}), 0);
    model_irq(m, 40);
    model_irq(m, 40); /* masked */
    assert_true(model_ntfn(m, at(NTFN), &n));
    assert_int_equal(n.pending, 8);
    assert_true(model_irq_line(m, 40, &line));
    assert_true(line.masked);
    assert_int_equal(CALL(FREE, KAAL_INV_IRQ_HANDLER_ACK, 0, 0, {0}), 0);
    assert_int_equal(revoke(FREE + 1), 0); /* takes the interrupt's copy, too */
    assert_true(model_irq_line(m, 40, &line));
    assert_false(line.masked);
    assert_int_equal(line.ntfn, 0);
    assert_int_equal(erase(FREE), 0);
    assert_true(model_irq_line(m, 40, &line));
    assert_false(line.issued);
}

static void test_power_is_refused(void **state)
{
    (void)state;
    assert_int_equal(CALL(KAAL_ROOT_POWER, KAAL_INV_POWER_OFF, 0, 0, {0}),
                     KAAL_ERR_ILLEGAL_OPERATION);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_boot),
        T(test_retype_places),
        T(test_retype_without_children_starts_over),
        T(test_retype_errors),
        T(test_label_and_length_come_first),
        T(test_copy_of_copy_survives_first_copy),
        T(test_badged_is_original),
        T(test_badge_is_set_once),
        T(test_rights_only_shrink),
        T(test_children_go_to_parent),
        T(test_untyped_copy_takes_all),
        T(test_what_cannot_be_copied),
        T(test_move_keeps_place),
        T(test_mutate_and_rotate),
        T(test_guard_too_wide),
        T(test_lookup_failures),
        T(test_two_level_lookup),
        T(test_cnode_in_itself),
        T(test_priorities_are_bounded),
        T(test_registers),
        T(test_empty_slot_and_bad_pointer),
        T(test_call_and_reply),
        T(test_call_without_grant_stops),
        T(test_waiters_by_priority_then_arrival),
        T(test_cancel_badged_sends),
        T(test_signal),
        T(test_bound_notification_wakes_receiver),
        T(test_notification_lends_its_context),
        T(test_caps_in_a_message),
        T(test_without_buffer_four_words),
        T(test_fault_and_answer),
        T(test_suspend_and_resume),
        T(test_reply_object_gives_its_caller_up),
        T(test_context_returns_to_nearest_caller),
        T(test_stopped_caller_breaks_the_chain),
        T(test_stopped_first_caller_breaks_the_chain),
        T(test_answer_from_below_breaks_the_chain),
        T(test_deleted_reply_gives_the_context_back),
        T(test_deleted_reply_below_breaks_the_chain),
        T(test_deleted_reply_of_a_receiver_stops_it),
        T(test_deleted_context_leaves_callers_waiting),
        T(test_deleted_server_takes_the_context_with_it),
        T(test_deleted_caller_breaks_the_chain),
        T(test_nbsend_recv),
        T(test_nbsend_lends_to_the_passive),
        T(test_plain_nbsend_lends_nothing),
        T(test_nbsend_wait_on_its_own_signal),
        T(test_combined_calls_perform),
        T(test_combined_call_deletes_its_caller),
        T(test_reply_recv_lends_nothing),
        T(test_reply_recv_to_an_endpoint_lends),
        T(test_second_signal_wakes_nobody),
        T(test_set_space),
        T(test_fault_without_right_to_answer_is_forgotten),
        T(test_buffer_words_of_registers_stay),
        T(test_charge_splits),
        T(test_used_up_waits_in_release_queue),
        T(test_less_than_min_is_used_up),
        T(test_round_robin),
        T(test_yield_consumes_nothing),
        T(test_configure_updates),
        T(test_timeout_fault),
        T(test_yield_to),
        T(test_order_of_equals),
        T(test_domains),
        T(test_yield_too_late_is_a_timeout),
        T(test_becomes_round_robin),
        T(test_woken_together),
        T(test_sixteen_are_released_at_once),
        T(test_yield_to_ends_before_a_timeout),
        T(test_page_map),
        T(test_page_tables),
        T(test_cache_calls),
        T(test_asids),
        T(test_identifiers_are_used_again),
        T(test_table_goes_with_its_pages),
        T(test_interrupts),
        T(test_power_is_refused),
        T(test_unbind_object),
        T(test_unbind_object_while_lent),
        T(test_bound_receiver_gives_the_context_back),
        T(test_delete_lent_context),
        T(test_delete_notification_that_lent),
        T(test_delete_notification_of_receiver),
        T(test_delete_context_in_the_queues),
        T(test_delete_context_of_yield_to),
        T(test_delete_caller_of_yield_to),
        T(test_suspended_caller_of_yield_to_has_its_answer),
        T(test_yield_to_is_answered_once_each),
        T(test_delete_waiting_threads),
        T(test_delete_thread_with_last_capabilities),
        T(test_delete_faulted_thread),
        T(test_delete_endpoint_with_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
