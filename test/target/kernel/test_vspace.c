/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

#include <kaal/broker/mapping.h>

#define AREA       0x7200000000
#define READ_WRITE (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)

static volatile kaal_word_t *at(uint64_t vaddr)
{
    return (volatile kaal_word_t *)vaddr;
}

/* A page can be written and read where it is mapped, and moved elsewhere. */
static void page_is_usable(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_page(&test_arena, page, KAAL_ROOT_VSPACE, AREA, READ_WRITE, KAAL_MAP_CACHED));
    *at(AREA + 4088) = 0x1122334455667788;
    CHECK_OK(sys_page_unmap(page));
    CHECK_OK(map_page(&test_arena, page, KAAL_ROOT_VSPACE, AREA + 0x5000, KAAL_RIGHT_READ,
                      KAAL_MAP_CACHED));
    CHECK_EQUAL(*at(AREA + 0x5000 + 4088), 0x1122334455667788);
}

/* A missing table is reported with its level; one table after the other. */
static void missing_tables_are_named(void)
{
    static const kaal_word_t bits[] = {39, 30, 21};
    const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0);
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_EQUAL(sys_page_map(page, vspace, AREA, READ_WRITE, KAAL_MAP_CACHED),
                KAAL_ERR_INVALID_CAPABILITY); /* no identifier yet */
    CHECK_OK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace));
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQUAL(sys_page_map(page, vspace, AREA, READ_WRITE, KAAL_MAP_CACHED),
                    KAAL_ERR_FAILED_LOOKUP);
        CHECK_EQUAL(kaal_err_detail()[1], bits[i]);
        CHECK_OK(sys_pt_map(make(KAAL_OBJ_PAGE_TABLE, 0), vspace, AREA));
    }
    CHECK_OK(sys_page_map(page, vspace, AREA, READ_WRITE, KAAL_MAP_CACHED));
    CHECK_EQUAL(sys_pt_map(make(KAAL_OBJ_PAGE_TABLE, 0), vspace, AREA), KAAL_ERR_DELETE_FIRST);
}

/* No mapping is ever writable and executable. */
static void write_with_execute_is_refused(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_EQUAL(map_page(&test_arena, page, KAAL_ROOT_VSPACE, AREA, READ_WRITE,
                         KAAL_MAP_CACHED | KAAL_MAP_EXECUTE),
                KAAL_ERR_INVALID_ARGUMENT);
    CHECK_OK(map_page(&test_arena, page, KAAL_ROOT_VSPACE, AREA, KAAL_RIGHT_READ,
                      KAAL_MAP_CACHED | KAAL_MAP_EXECUTE));
}

/* Addresses are checked: alignment, and that they are user space's. */
static void addresses_are_checked(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t large = make(KAAL_OBJ_PAGE, 21);
    const kaal_cptr_t vspace = KAAL_ROOT_VSPACE;
    CHECK_EQUAL(sys_page_map(page, vspace, AREA + 8, READ_WRITE, 0), KAAL_ERR_ALIGNMENT);
    CHECK_EQUAL(sys_page_map(large, vspace, AREA + 4096, READ_WRITE, 0), KAAL_ERR_ALIGNMENT);
    CHECK(sys_page_map(page, vspace, KAAL_USER_TOP, READ_WRITE, 0) != KAAL_OK);
    CHECK(sys_page_map(page, vspace, 0xffffffff80000000, READ_WRITE, 0) != KAAL_OK);
    CHECK(sys_pt_map(make(KAAL_OBJ_PAGE_TABLE, 0), vspace, 0xffff000000000000) != KAAL_OK);
}

/* Two pages cannot be at one address. */
static void address_is_taken_once(void)
{
    const kaal_cptr_t a = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t b = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_page(&test_arena, a, KAAL_ROOT_VSPACE, AREA, READ_WRITE, KAAL_MAP_CACHED));
    CHECK_EQUAL(sys_page_map(b, KAAL_ROOT_VSPACE, AREA, READ_WRITE, KAAL_MAP_CACHED),
                KAAL_ERR_DELETE_FIRST);
    /* The same capability at the same address changes its rights. */
    CHECK_OK(sys_page_map(a, KAAL_ROOT_VSPACE, AREA, KAAL_RIGHT_READ, KAAL_MAP_CACHED));
    CHECK(sys_page_map(a, KAAL_ROOT_VSPACE, AREA + 4096, READ_WRITE, KAAL_MAP_CACHED) != KAAL_OK);
}

static void write_it(struct thread *self)
{
    *at(self->arg[0]) = 3;
}

static bool write_faults(uint64_t vaddr)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    thread.arg[0] = vaddr;
    return thread_start(&thread, write_it, &(struct thread_how){.priority = 150, .fault_ep = ep}) &&
           !thread.is_done && (sys_poll(ep, &msg), true) &&
           kaal_msginfo_label(msg.info) == KAAL_FAULT_VM && msg.w[1] == vaddr;
}

/* A read-only capability gives a read-only mapping, whatever is asked for. */
static void rights_of_the_capability_count(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t read_only = make_badged(page, KAAL_RIGHT_READ, 0);
    const kaal_err_t err =
        map_page(&test_arena, read_only, KAAL_ROOT_VSPACE, AREA, READ_WRITE, KAAL_MAP_CACHED);
    CHECK(err != KAAL_OK || write_faults(AREA));
}

/* What is unmapped, deleted or revoked is gone for running code at once. */
static void unmapped_is_gone_at_once(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t copy = make_badged(page, KAAL_RIGHTS_ALL, 0);
    const struct kaal_slot slot = slot_of(copy);
    CHECK_OK(map_page(&test_arena, page, KAAL_ROOT_VSPACE, AREA, READ_WRITE, KAAL_MAP_CACHED));
    CHECK_OK(sys_page_map(copy, KAAL_ROOT_VSPACE, AREA + 4096, READ_WRITE, KAAL_MAP_CACHED));
    *at(AREA) = 1;
    CHECK_EQUAL(*at(AREA + 4096), 1);
    CHECK_OK(sys_page_unmap(page));
    CHECK(write_faults(AREA));
    *at(AREA + 4096) = 2;
    CHECK_OK(sys_cnode_delete(&slot));
    CHECK(write_faults(AREA + 4096));
}

/* Taking a table out takes what is mapped through it along. */
static void unmapped_table_hides_its_pages(void)
{
    const uint64_t vaddr = AREA + 0x40000000;
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    kaal_cptr_t table = 0;
    kaal_err_t err = sys_page_map(page, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, KAAL_MAP_CACHED);
    for (unsigned i = 0; err == KAAL_ERR_FAILED_LOOKUP && i < 3; i++) {
        table = make(KAAL_OBJ_PAGE_TABLE, 0);
        CHECK_OK(sys_pt_map(table, KAAL_ROOT_VSPACE, vaddr));
        err = sys_page_map(page, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, KAAL_MAP_CACHED);
    }
    CHECK_OK(err);
    CHECK(table != 0);
    *at(vaddr) = 1;
    CHECK_OK(sys_pt_unmap(table));
    CHECK(write_faults(vaddr));
    CHECK_OK(sys_pt_map(table, KAAL_ROOT_VSPACE, vaddr));
}

/* A 2 MiB page works like a small one. */
static void large_page_is_usable(void)
{
    const uint64_t vaddr = AREA + 0x80000000;
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 21);
    kaal_word_t paddr;
    CHECK_OK(map_page(&test_arena, page, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, KAAL_MAP_CACHED));
    CHECK_EQUAL(*at(vaddr + 0x1ffff8), 0);
    *at(vaddr + 0x1ffff8) = 5;
    CHECK_EQUAL(*at(vaddr + 0x1ffff8), 5);
    CHECK_OK(sys_page_get_address(page, &paddr));
    CHECK_EQUAL(paddr % 0x200000, 0);
}

/* Code that was written to a page runs after unify. */
static void written_code_runs(void)
{
    static const uint32_t code[] = {0xd2800540, 0xd65f03c0}; /* mov x0, #42; ret */
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(copy_to_page(page, 64, code, sizeof(code), 1));
    CHECK_OK(map_page(&test_arena, page, KAAL_ROOT_VSPACE, AREA, KAAL_RIGHT_READ,
                      KAAL_MAP_CACHED | KAAL_MAP_EXECUTE));
    CHECK_EQUAL(((kaal_word_t(*)(void))(AREA + 64))(), 42);
    CHECK_EQUAL(sys_page_unify(page, 0, 8192), KAAL_ERR_RANGE);
    CHECK_EQUAL(sys_page_unify(page, 8, 4), KAAL_ERR_RANGE);
}

/* An address space gets its identifier once. */
static void identifier_is_given_once(void)
{
    const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0);
    CHECK_OK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace));
    CHECK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace) != KAAL_OK);
    CHECK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, make(KAAL_OBJ_ENDPOINT, 0)) != KAAL_OK);
}

/* Identifiers come back: far more spaces than there are can follow each other. */
static void identifiers_come_back(void)
{
    const struct kaal_slot slot = slot_of(empty_slot());
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slots dest = {.root = KAAL_ROOT_CNODE, .offset = slot.index, .count = 1};
    for (unsigned i = 0; i < 1200; i++) {
        CHECK_OK(sys_retype(ut, KAAL_OBJ_VSPACE, 0, &dest));
        CHECK_OK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, slot.index));
        CHECK_OK(sys_cnode_delete(&slot));
    }
}

/* svc #0; b . */
static const uint32_t signal_code[] = {0xd4000001, 0x14000000};

/* A pool made at run time serves: a thread runs in a space of its own. */
static void space_of_a_new_pool_runs(void)
{
    const kaal_cptr_t pool = empty_slot();
    const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0);
    const kaal_cptr_t code = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t sc = make(KAAL_OBJ_SCHED_CONTEXT, 8);
    const struct kaal_sched_params params = {.budget_us = 1000, .period_us = 1000};
    const struct kaal_registers regs = {
        .pc = 0x10000, .x = {KAAL_SYS_SEND, make_badged(ntfn, KAAL_RIGHT_WRITE, 0x51)}};
    CHECK_OK(sys_asid_control_make_pool(KAAL_ROOT_ASID_CONTROL, make(KAAL_OBJ_UNTYPED, 12),
                                        KAAL_ROOT_CNODE, pool, 64));
    CHECK_OK(sys_asid_pool_assign(pool, vspace));
    CHECK_OK(copy_to_page(code, 0, signal_code, sizeof(signal_code), 1));
    CHECK_OK(map_page(&test_arena, code, vspace, 0x10000, KAAL_RIGHT_READ,
                      KAAL_MAP_CACHED | KAAL_MAP_EXECUTE));
    CHECK_OK(sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, sc, &params));
    CHECK_OK(sys_tcb_configure(tcb, KAAL_ROOT_CNODE, 0, vspace, 0, 0));
    CHECK_OK(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, 0, TEST_PRIORITY - 10, sc, 0));
    CHECK_OK(sys_tcb_write_registers(tcb, 1, KAAL_REGISTER_COUNT, &regs));
    CHECK_EQUAL(sys_wait(ntfn, NULL), 0x51);
    /* Without the pool the space is nobody's any more. */
    const struct kaal_slot slot = slot_of(pool);
    CHECK_OK(sys_cnode_delete(&slot));
    CHECK_EQUAL(sys_pt_map(make(KAAL_OBJ_PAGE_TABLE, 0), vspace, AREA),
                KAAL_ERR_INVALID_CAPABILITY);
    test_sleep_ms(2); /* it stops: not even its code is there */
    kaal_word_t consumed;
    CHECK_OK(sys_sc_consumed(sc, &consumed));
    test_sleep_ms(2);
    CHECK_OK(sys_sc_consumed(sc, &consumed));
    CHECK_EQUAL(consumed, 0);
}

/* MakePool wants an unused untyped of one page, and an empty slot. */
static void make_pool_checks_its_arguments(void)
{
    const kaal_cptr_t control = KAAL_ROOT_ASID_CONTROL;
    const kaal_cptr_t root = KAAL_ROOT_CNODE;
    const kaal_cptr_t untyped = make(KAAL_OBJ_UNTYPED, 12);
    const kaal_cptr_t large = make(KAAL_OBJ_UNTYPED, 13);
    const kaal_cptr_t slot = empty_slot();
    CHECK_EQUAL(sys_asid_control_make_pool(control, large, root, slot, 64),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(sys_asid_control_make_pool(control, untyped, root, slot, 0), KAAL_ERR_RANGE);
    CHECK_EQUAL(sys_asid_control_make_pool(control, untyped, root, large, 64),
                KAAL_ERR_DELETE_FIRST);
    CHECK_EQUAL(sys_asid_control_make_pool(control, untyped, untyped, slot, 64),
                KAAL_ERR_FAILED_LOOKUP);
    CHECK_OK(sys_asid_control_make_pool(control, untyped, root, slot, 64));
    CHECK_EQUAL(sys_asid_control_make_pool(control, untyped, root, empty_slot(), 64),
                KAAL_ERR_REVOKE_FIRST);
}

static const struct test tests[] = {
    TEST(page_is_usable, "a page can be written and read where it is mapped, and moved elsewhere"),
    TEST(missing_tables_are_named,
         "a missing table is reported with its level; one table after the other"),
    TEST(write_with_execute_is_refused, "no mapping is ever writable and executable"),
    TEST(addresses_are_checked, "addresses are checked: alignment, and that they are user space's"),
    TEST(address_is_taken_once, "two pages cannot be at one address"),
    TEST(rights_of_the_capability_count,
         "a read-only capability gives a read-only mapping, whatever is asked for"),
    TEST(unmapped_is_gone_at_once,
         "what is unmapped, deleted or revoked is gone for running code at once"),
    TEST(unmapped_table_hides_its_pages,
         "taking a table out takes what is mapped through it along"),
    TEST(large_page_is_usable, "A 2 MiB page works like a small one"),
    TEST(written_code_runs, "code that was written to a page runs after unify"),
    TEST(identifier_is_given_once, "an address space gets its identifier once"),
    TEST(identifiers_come_back,
         "identifiers come back: far more spaces than there are can follow each other"),
    TEST(space_of_a_new_pool_runs,
         "a pool made at run time serves: a thread runs in a space of its own"),
    TEST(make_pool_checks_its_arguments,
         "MakePool wants an unused untyped of one page, and an empty slot"),
};
const struct group vspace_group = GROUP(tests);
