/* SPDX-License-Identifier: Apache-2.0 */
/* Pages, page tables, address spaces, caches, interrupts. abi.md, "Address spaces". */
#include "suite.h"

#include <kaal/broker/output.h>

#define AREA 0x7300000000

static kaal_err_t map_here(kaal_cptr_t page, uint64_t vaddr, kaal_word_t rights)
{
    return map_page(&test_arena, page, KAAL_ROOT_VSPACE, vaddr, rights, KAAL_MAP_CACHED);
}

static kaal_err_t cache(kaal_cptr_t object, kaal_word_t call, kaal_word_t begin, kaal_word_t end)
{
    const kaal_word_t words[] = {begin, end};
    return suite_invoke(object, call, 0, 2, words, NULL);
}

/* The label of the fault of such an access by another thread, 0 if it works. */
static kaal_word_t fault_at(void (*entry)(struct thread *), uint64_t vaddr)
{
    static struct thread thread;
    struct kaal_msg msg;
    thread.arg[0] = vaddr;
    return suite_fault_of(&thread, entry, 0, &msg);
}

static void frame_rights_form_a_matrix(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_here(page, AREA, READ_WRITE)); /* makes the tables */
    CHECK_OK(sys_page_unmap(page));
    for (kaal_word_t have = 0; have < 4; have++) {
        for (kaal_word_t want = 0; want < 4; want++) {
            const struct kaal_slot copy = slot_of(make_badged(page, have, 0));
            CHECK_OK(sys_page_map(copy.index, KAAL_ROOT_VSPACE, AREA, want, KAAL_MAP_CACHED));
            const kaal_word_t rights = have & want;
            const bool is_readable = (rights & KAAL_RIGHT_READ) != 0;
            CHECK_EQUAL(fault_at(suite_read, AREA), is_readable ? 0 : KAAL_FAULT_VM);
            CHECK_EQUAL(fault_at(suite_write, AREA),
                        is_readable && (rights & KAAL_RIGHT_WRITE) != 0 ? 0 : KAAL_FAULT_VM);
            CHECK_OK(sys_cnode_delete(&copy));
        }
    }
}

static void frame_copies_share_memory(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t copy = make_badged(page, 15, 0);
    CHECK_OK(map_here(page, AREA, READ_WRITE));
    CHECK_OK(map_here(copy, AREA + 0x9000, READ_WRITE));
    *at(AREA + 8) = 0x4711;
    CHECK_EQUAL(*at(AREA + 0x9000 + 8), 0x4711);
    CHECK_OK(sys_page_unmap(page));
    CHECK_EQUAL(*at(AREA + 0x9000 + 8), 0x4711);
}

static void frame_rights_can_change(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_here(page, AREA, READ_WRITE));
    *at(AREA) = 1;
    CHECK_OK(sys_page_map(page, KAAL_ROOT_VSPACE, AREA, KAAL_RIGHT_READ, KAAL_MAP_CACHED));
    CHECK_EQUAL(fault_at(suite_write, AREA), KAAL_FAULT_VM);
    CHECK_OK(sys_page_map(page, KAAL_ROOT_VSPACE, AREA, READ_WRITE, KAAL_MAP_CACHED));
    *at(AREA) = 2;
    CHECK_OK(sys_page_map(page, KAAL_ROOT_VSPACE, AREA, 0, KAAL_MAP_CACHED));
    CHECK_EQUAL(fault_at(suite_read, AREA), KAAL_FAULT_VM);
}

static void frame_attributes_are_checked(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK(suite_tables(KAAL_ROOT_VSPACE, AREA));
    for (kaal_word_t attrs = 4; attrs != 0; attrs <<= 1) {
        CHECK_EQUAL(sys_page_map(page, KAAL_ROOT_VSPACE, AREA, READ_WRITE, attrs),
                    KAAL_ERR_INVALID_ARGUMENT);
        CHECK_EQUAL(kaal_err_detail()[0], 2);
    }
    CHECK_EQUAL(sys_page_map(page, KAAL_ROOT_VSPACE, AREA, READ_WRITE, KAAL_MAP_EXECUTE),
                KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
}

static void frame_addresses_are_checked(void)
{
    static const uint64_t bad[] = {KAAL_USER_TOP, KAAL_USER_TOP - 4096 + 0x1000000000000,
                                   0xffff000000000000, 0xfffffffffffff000};
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t large = make(KAAL_OBJ_PAGE, 21);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(sys_page_map(page, KAAL_ROOT_VSPACE, bad[i], READ_WRITE, 1),
                    KAAL_ERR_INVALID_ARGUMENT);
        CHECK_EQUAL(kaal_err_detail()[0], 0);
    }
    CHECK_EQUAL(sys_page_map(page, KAAL_ROOT_VSPACE, AREA + 1, READ_WRITE, 1), KAAL_ERR_ALIGNMENT);
    CHECK_EQUAL(sys_page_map(large, KAAL_ROOT_VSPACE, AREA + 0x100000, READ_WRITE, 1),
                KAAL_ERR_ALIGNMENT);
    CHECK_OK(map_here(page, KAAL_USER_TOP - 4096, READ_WRITE));
    *at(KAAL_USER_TOP - 8) = 3;
    CHECK_EQUAL(*at(KAAL_USER_TOP - 8), 3);
}

static void frame_is_for_one_place(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0);
    CHECK_OK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace));
    CHECK_OK(map_here(page, AREA, READ_WRITE));
    CHECK_EQUAL(sys_page_map(page, KAAL_ROOT_VSPACE, AREA + 4096, READ_WRITE, 1),
                KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(sys_page_map(page, vspace, AREA, READ_WRITE, 1), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_OK(sys_page_unmap(page));
    CHECK_OK(sys_page_unmap(page)); /* nothing to do is no error */
    CHECK_OK(sys_page_map(page, KAAL_ROOT_VSPACE, AREA + 4096, READ_WRITE, 1));
}

static void frame_moves_with_its_capability(void)
{
    const struct kaal_slot src = slot_of(make(KAAL_OBJ_PAGE, 12));
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_OK(map_here(src.index, AREA, READ_WRITE));
    CHECK_OK(sys_cnode_move(&dest, &src));
    *at(AREA) = 9; /* still mapped */
    CHECK_OK(sys_page_unmap(dest.index));
    CHECK_EQUAL(fault_at(suite_read, AREA), KAAL_FAULT_VM);
}

static void frame_copy_is_not_mapped(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_here(page, AREA, READ_WRITE));
    const struct kaal_slot copy = slot_of(make_badged(page, 15, 0));
    CHECK_OK(sys_page_unmap(copy.index));
    *at(AREA) = 1;
    CHECK_OK(sys_cnode_delete(&copy));
    *at(AREA) = 2;
}

static void large_page_excludes_a_table(void)
{
    const uint64_t vaddr = AREA + 0x40000000;
    const kaal_cptr_t large = make(KAAL_OBJ_PAGE, 21);
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_page(&test_arena, large, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, 1));
    CHECK_EQUAL(sys_page_map(page, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, 1), KAAL_ERR_DELETE_FIRST);
    CHECK_EQUAL(sys_pt_map(make(KAAL_OBJ_PAGE_TABLE, 0), KAAL_ROOT_VSPACE, vaddr),
                KAAL_ERR_DELETE_FIRST);
    CHECK_OK(sys_page_unmap(large));
    CHECK_EQUAL(sys_page_map(page, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, 1), KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(kaal_err_detail()[1], 21);
    CHECK_OK(map_here(page, vaddr, READ_WRITE));
    CHECK_EQUAL(sys_page_map(large, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, 1), KAAL_ERR_DELETE_FIRST);
}

static const struct test frame_tests[] = {
    TEST(frame_rights_form_a_matrix, "a mapping has the rights both asked for and held"),
    TEST(frame_copies_share_memory, "two mappings of one page show one memory"),
    TEST(frame_rights_can_change, "mapping again changes rights at once"),
    TEST(frame_attributes_are_checked, "unknown attributes and W with X are refused"),
    TEST(frame_addresses_are_checked, "addresses are aligned and of user space, up to its top"),
    TEST(frame_is_for_one_place, "a page capability is good for one mapping"),
    TEST(frame_moves_with_its_capability, "a moved capability keeps its mapping"),
    TEST(frame_copy_is_not_mapped, "a copy has no part in its source's mapping"),
    TEST(large_page_excludes_a_table, "a large page and a table exclude each other"),
};
const struct group suite_frame_group = GROUP(frame_tests);

/* ---- Page tables ------------------------------------------------------------------------ */

static void table_is_mapped_once(void)
{
    const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0);
    const kaal_cptr_t table = make(KAAL_OBJ_PAGE_TABLE, 0);
    CHECK_EQUAL(sys_pt_map(table, vspace, AREA), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_OK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace));
    CHECK_OK(sys_pt_map(table, vspace, AREA));
    CHECK_EQUAL(sys_pt_map(table, vspace, AREA + 0x8000000000), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 0);
    CHECK_OK(sys_pt_unmap(table));
    CHECK_OK(sys_pt_unmap(table));
    CHECK_OK(sys_pt_map(table, vspace, AREA + 0x8000000000));
}

static void table_addresses_are_checked(void)
{
    const kaal_cptr_t table = make(KAAL_OBJ_PAGE_TABLE, 0);
    CHECK_EQUAL(sys_pt_map(table, KAAL_ROOT_VSPACE, KAAL_USER_TOP), KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(kaal_err_detail()[0], 0);
    CHECK_EQUAL(sys_pt_map(table, KAAL_ROOT_VSPACE, ~(kaal_word_t)0), KAAL_ERR_INVALID_ARGUMENT);
}

static void table_with_copies_stays(void)
{
    const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0);
    const kaal_cptr_t table = make(KAAL_OBJ_PAGE_TABLE, 0);
    CHECK_OK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace));
    CHECK_OK(sys_pt_map(table, vspace, AREA));
    const struct kaal_slot copy = slot_of(make_badged(table, 15, 0));
    CHECK_EQUAL(sys_pt_unmap(table), KAAL_ERR_REVOKE_FIRST);
    CHECK_OK(sys_cnode_delete(&copy));
    CHECK_OK(sys_pt_unmap(table));
}

static void deleted_table_takes_its_pages(void)
{
    const uint64_t vaddr = AREA + 0x80000000;
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_here(page, AREA, READ_WRITE)); /* the upper levels */
    CHECK_OK(sys_page_unmap(page));
    const struct kaal_slot middle = slot_of(make(KAAL_OBJ_PAGE_TABLE, 0));
    const kaal_cptr_t table = make(KAAL_OBJ_PAGE_TABLE, 0);
    CHECK_OK(sys_pt_map(middle.index, KAAL_ROOT_VSPACE, vaddr));
    CHECK_OK(sys_pt_map(table, KAAL_ROOT_VSPACE, vaddr));
    CHECK_OK(sys_page_map(page, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, 1));
    *at(vaddr) = 1;
    CHECK_OK(sys_cnode_delete(&middle));
    CHECK_EQUAL(fault_at(suite_read, vaddr), KAAL_FAULT_VM);
}

static void mapped_elsewhere_after_table_is_gone(void)
{
    const uint64_t vaddr = AREA + 0xc0000000;
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t other = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_here(page, AREA, READ_WRITE));
    CHECK_OK(sys_page_unmap(page));
    const kaal_cptr_t middle = make(KAAL_OBJ_PAGE_TABLE, 0);
    const kaal_cptr_t table = make(KAAL_OBJ_PAGE_TABLE, 0);
    CHECK_OK(sys_pt_map(middle, KAAL_ROOT_VSPACE, vaddr));
    CHECK_OK(sys_pt_map(table, KAAL_ROOT_VSPACE, vaddr));
    CHECK_OK(sys_page_map(page, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, 1));
    CHECK_OK(sys_pt_unmap(table));
    CHECK_OK(sys_pt_map(make(KAAL_OBJ_PAGE_TABLE, 0), KAAL_ROOT_VSPACE, vaddr));
    CHECK_OK(sys_page_map(other, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, 1));
    *at(vaddr) = 7;
    CHECK_OK(sys_page_unmap(page)); /* its old mapping is no more: other stays */
    CHECK_EQUAL(*at(vaddr), 7);
}

static const struct test table_tests[] = {
    TEST(table_is_mapped_once, "a table is mapped in one place of a named VSpace"),
    TEST(table_addresses_are_checked, "a table is for user addresses"),
    TEST(table_with_copies_stays, "a table with copies is not unmapped"),
    TEST(deleted_table_takes_its_pages, "with a deleted table its pages are gone"),
    TEST(mapped_elsewhere_after_table_is_gone, "a page behind a lost table unmaps nobody else's"),
};
const struct group suite_table_group = GROUP(table_tests);

/* ---- Address spaces and identifiers ---------------------------------------------------------- */

/* A thread of its own VSpace: code, stack page and thread structure are shared
 * from the test's by mapping nothing: it faults at its first instruction. */
static void empty_space_faults_at_once(void)
{
    static struct thread thread;
    const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg;
    CHECK_OK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace));
    CHECK(thread_start(&thread, suite_spin,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK_OK(sys_tcb_set_space(thread.tcb, ep, KAAL_ROOT_CNODE, 0, vspace));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    sys_poll(ep, &msg);
    CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_VM, 0, 4));
    CHECK_EQUAL(msg.w[0], msg.w[1]);
    CHECK_EQUAL(msg.w[2], 1);
}

/* mov x0, #5; movk x0, #arg...: see code. Counts at AREA + 4096. */
static const uint32_t counter_code[] = {
    0xf9400001, /* 1: ldr x1, [x0] */
    0x91000421, /*    add x1, x1, #1 */
    0xf9000001, /*    str x1, [x0] */
    0x17fffffd, /*    b 1b */
};

/* Code at AREA, data page at AREA + 4096, of that VSpace. */
static kaal_err_t fill_space(kaal_cptr_t vspace, kaal_cptr_t data)
{
    const kaal_cptr_t code = make(KAAL_OBJ_PAGE, 12);
    kaal_err_t err = copy_to_page(code, 0, counter_code, sizeof(counter_code), 1);
    err = err != KAAL_OK ? err : sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace);
    err = err != KAAL_OK ? err
                         : map_page(&test_arena, code, vspace, AREA, KAAL_RIGHT_READ,
                                    KAAL_MAP_CACHED | KAAL_MAP_EXECUTE);
    return err != KAAL_OK
               ? err
               : map_page(&test_arena, data, vspace, AREA + 4096, READ_WRITE, KAAL_MAP_CACHED);
}

static void same_address_other_space(void)
{
    static struct thread threads[2];
    kaal_cptr_t view[2];
    for (unsigned i = 0; i < 2; i++) {
        const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0);
        const kaal_cptr_t data = make(KAAL_OBJ_PAGE, 12);
        const struct kaal_registers regs = {.pc = AREA, .x = {AREA + 4096}};
        view[i] = make_badged(data, 15, 0);
        CHECK_OK(fill_space(vspace, data));
        CHECK_OK(map_here(view[i], AREA + 0x10000 + i * 4096, READ_WRITE));
        *at(AREA + 0x10000 + i * 4096) = 1000000000 * i;
        CHECK(
            thread_start(&threads[i], suite_spin,
                         &(struct thread_how){
                             .priority = 50, .budget_us = 200, .period_us = 200, .is_stopped = 1}));
        CHECK_OK(sys_tcb_set_space(threads[i].tcb, 0, KAAL_ROOT_CNODE, 0, vspace));
        CHECK_OK(sys_tcb_write_registers(threads[i].tcb, 1, 4, &regs));
    }
    test_sleep_ms(10);
    CHECK(*at(AREA + 0x10000) > 0 && *at(AREA + 0x10000) < 1000000000);
    CHECK(*at(AREA + 0x11000) > 1000000000 && *at(AREA + 0x11000) < 2000000000);
}

static void deleted_space_stops_its_thread(void)
{
    static struct thread thread;
    const struct kaal_slot vspace = slot_of(make(KAAL_OBJ_VSPACE, 0));
    const kaal_cptr_t data = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_registers regs = {.pc = AREA, .x = {AREA + 4096}};
    struct kaal_msg msg;
    const kaal_cptr_t view = make_badged(data, 15, 0);
    CHECK_OK(fill_space(vspace.index, data));
    CHECK_OK(map_here(view, AREA + 0x10000, READ_WRITE));
    CHECK(thread_start(&thread, suite_spin,
                       &(struct thread_how){.priority = 50, .is_stopped = true}));
    CHECK_OK(sys_tcb_set_space(thread.tcb, ep, KAAL_ROOT_CNODE, 0, vspace.index));
    CHECK_OK(sys_tcb_write_registers(thread.tcb, 1, 4, &regs));
    test_sleep_ms(1);
    CHECK(*at(AREA + 0x10000) > 0);
    CHECK_OK(sys_cnode_revoke(&vspace));
    CHECK_OK(sys_cnode_delete(&vspace));
    const kaal_word_t count = *at(AREA + 0x10000);
    test_sleep_ms(1);
    CHECK_EQUAL(*at(AREA + 0x10000), count);
    sys_poll(ep, &msg);
}

static kaal_err_t make_pool(kaal_cptr_t untyped, const struct kaal_slot *dest)
{
    const kaal_word_t words[] = {dest->index, dest->depth};
    kaal_set_cap(0, untyped);
    kaal_set_cap(1, dest->root);
    return suite_invoke(KAAL_ROOT_ASID_CONTROL, KAAL_INV_ASID_CONTROL_MAKE_POOL, 2, 2, words, NULL);
}

static void pool_can_be_made(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot dest = slot_of(empty_slot());
    const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0);
    CHECK_OK(make_pool(ut, &dest));
    CHECK_OK(sys_asid_pool_assign(dest.index, vspace));
    CHECK(suite_tables(vspace, AREA));
    CHECK_OK(sys_page_map(make(KAAL_OBJ_PAGE, 12), vspace, AREA, READ_WRITE, 1));
}

static void pool_is_checked(void)
{
    const struct kaal_slot dest = slot_of(empty_slot());
    const struct kaal_slot full = slot_of(make(KAAL_OBJ_ENDPOINT, 0));
    const struct kaal_slot bad = {.root = KAAL_ROOT_CNODE, .index = 1, .depth = 65};
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const kaal_cptr_t used = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slots child = {
        .root = KAAL_ROOT_CNODE, .offset = slot_of(empty_slot()).index, .count = 1};
    CHECK_OK(sys_retype(used, KAAL_OBJ_ENDPOINT, 0, &child));
    CHECK_EQUAL(make_pool(make(KAAL_OBJ_UNTYPED, 13), &dest), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(make_pool(make(KAAL_OBJ_PAGE, 12), &dest), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(make_pool(used, &dest), KAAL_ERR_REVOKE_FIRST);
    CHECK_EQUAL(make_pool(ut, &bad), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(make_pool(ut, &full), KAAL_ERR_DELETE_FIRST);
    CHECK_OK(make_pool(ut, &dest));
}

static void pool_uses_its_untyped_up(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot dest = slot_of(empty_slot());
    const struct kaal_slot self = slot_of(ut);
    const struct kaal_slots other = {
        .root = KAAL_ROOT_CNODE, .offset = slot_of(empty_slot()).index, .count = 1};
    CHECK_OK(make_pool(ut, &dest));
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &other), KAAL_ERR_NOT_ENOUGH_MEMORY);
    CHECK_OK(sys_cnode_revoke(&self)); /* the pool is its child */
    CHECK(suite_is_empty(dest.index));
    CHECK_OK(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &other));
}

static void pool_takes_identifiers_along(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot dest = slot_of(empty_slot());
    const kaal_cptr_t vspace = make(KAAL_OBJ_VSPACE, 0);
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(make_pool(ut, &dest));
    CHECK_OK(sys_asid_pool_assign(dest.index, vspace));
    CHECK(suite_tables(vspace, AREA));
    CHECK_OK(sys_page_map(page, vspace, AREA, READ_WRITE, 1));
    CHECK_OK(sys_cnode_delete(&dest));
    CHECK_EQUAL(sys_page_map(page, vspace, AREA, READ_WRITE, 1), KAAL_ERR_INVALID_CAPABILITY);
    /* What is mapped in it would come back to life: it gets no other. */
    CHECK_EQUAL(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace), KAAL_ERR_INVALID_CAPABILITY);
}

static void stale_identifier_unmaps_nothing(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot pool = slot_of(empty_slot());
    const kaal_cptr_t spaces[2] = {make(KAAL_OBJ_VSPACE, 0), make(KAAL_OBJ_VSPACE, 0)};
    const kaal_cptr_t pages[2] = {make(KAAL_OBJ_PAGE, 12), make(KAAL_OBJ_PAGE, 12)};
    for (unsigned i = 0; i < 2; i++) { /* both get the first identifier of such a pool */
        CHECK_OK(make_pool(ut, &pool));
        CHECK_OK(sys_asid_pool_assign(pool.index, spaces[i]));
        CHECK(suite_tables(spaces[i], AREA));
        CHECK_OK(sys_page_map(pages[i], spaces[i], AREA, READ_WRITE, 1));
        if (i == 0) {
            CHECK_OK(sys_cnode_delete(&pool));
        }
    }
    CHECK_OK(sys_page_unmap(pages[0]));
    CHECK_EQUAL(sys_page_map(make(KAAL_OBJ_PAGE, 12), spaces[1], AREA, READ_WRITE, 1),
                KAAL_ERR_DELETE_FIRST); /* the second one is still there */
    const struct kaal_slot old = slot_of(spaces[0]);
    CHECK_OK(sys_cnode_delete(&old));
    CHECK_OK(cache(spaces[1], KAAL_INV_VSPACE_CLEAN, AREA, AREA + 64)); /* has its name still */
}

static const struct test vspace_tests[] = {
    TEST(empty_space_faults_at_once, "a thread of an empty VSpace faults at its first fetch"),
    TEST(same_address_other_space, "one address is two memories in two VSpaces"),
    TEST(deleted_space_stops_its_thread, "without its VSpace a thread writes nothing more"),
    TEST(pool_can_be_made, "MakePool makes a pool that names VSpaces"),
    TEST(pool_is_checked, "MakePool checks untyped and slot"),
    TEST(pool_uses_its_untyped_up, "a pool uses its untyped up and is its child"),
    TEST(pool_takes_identifiers_along, "a deleted pool takes its VSpaces' identifiers along"),
    TEST(stale_identifier_unmaps_nothing, "a lost identifier that another has does it no harm"),
};
const struct group suite_vspace_group = GROUP(vspace_tests);

/* ---- Caches --------------------------------------------------------------------------------- */

static const kaal_word_t page_calls[] = {KAAL_INV_PAGE_CLEAN, KAAL_INV_PAGE_INVALIDATE,
                                         KAAL_INV_PAGE_CLEAN_INVALIDATE, KAAL_INV_PAGE_UNIFY};
static const kaal_word_t space_calls[] = {KAAL_INV_VSPACE_CLEAN, KAAL_INV_VSPACE_INVALIDATE,
                                          KAAL_INV_VSPACE_CLEAN_INVALIDATE, KAAL_INV_VSPACE_UNIFY};

static void page_ranges_are_checked(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t large = make(KAAL_OBJ_PAGE, 21);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(cache(page, page_calls[i], 4096, 4097), KAAL_ERR_RANGE);
        CHECK_EQUAL(kaal_err_detail()[0], 0);
        CHECK_EQUAL(cache(page, page_calls[i], 0, 0), KAAL_ERR_RANGE);
        CHECK_EQUAL(kaal_err_detail()[0], 1);
        CHECK_EQUAL(cache(page, page_calls[i], 64, 64), KAAL_ERR_RANGE);
        CHECK_EQUAL(cache(page, page_calls[i], 0, 4097), KAAL_ERR_RANGE);
        CHECK_EQUAL(cache(page, page_calls[i], 0, ~(kaal_word_t)0), KAAL_ERR_RANGE);
        CHECK_EQUAL(cache(large, page_calls[i], 0, 0x10001), KAAL_ERR_RANGE);
        CHECK_OK(cache(large, page_calls[i], 0, 0x10000));
        CHECK_OK(cache(page, page_calls[i], 4095, 4096));
    }
}

static void page_calls_keep_memory(void)
{
    static const unsigned order[] = {0, 2, 3};
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_here(page, AREA, READ_WRITE));
    for (unsigned i = 0; i < 3; i++) {
        *at(AREA + 64) = 0x1234 + i;
        CHECK_OK(cache(page, page_calls[order[i]], 0, 4096));
        CHECK_EQUAL(*at(AREA + 64), 0x1234 + i);
    }
}

static void invalidate_needs_write(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t read_only = make_badged(page, KAAL_RIGHT_READ, 0);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(cache(read_only, page_calls[i], 0, 4096),
                    i == 1 ? KAAL_ERR_INVALID_CAPABILITY : KAAL_OK);
    }
}

static void space_calls_are_checked(void)
{
    const kaal_cptr_t nameless = make(KAAL_OBJ_VSPACE, 0);
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_here(page, AREA, READ_WRITE));
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(cache(nameless, space_calls[i], AREA, AREA + 64), KAAL_ERR_INVALID_CAPABILITY);
        CHECK_EQUAL(kaal_err_detail()[0], 0);
        CHECK_EQUAL(cache(KAAL_ROOT_VSPACE, space_calls[i], KAAL_USER_TOP, KAAL_USER_TOP + 64),
                    KAAL_ERR_INVALID_ARGUMENT);
        CHECK_EQUAL(cache(KAAL_ROOT_VSPACE, space_calls[i], AREA + 4096, AREA + 4160),
                    KAAL_ERR_FAILED_LOOKUP);
        CHECK_EQUAL(kaal_err_detail()[1], 12);
        CHECK_EQUAL(cache(KAAL_ROOT_VSPACE, space_calls[i], AREA, AREA), KAAL_ERR_RANGE);
        CHECK_EQUAL(cache(KAAL_ROOT_VSPACE, space_calls[i], AREA, AREA + 4097), KAAL_ERR_RANGE);
        CHECK_EQUAL(kaal_err_detail()[0], 1);
        CHECK_OK(cache(KAAL_ROOT_VSPACE, space_calls[i], AREA, AREA + 4096));
    }
}

static void space_invalidate_needs_write(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_here(page, AREA, KAAL_RIGHT_READ));
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(cache(KAAL_ROOT_VSPACE, space_calls[i], AREA, AREA + 4096),
                    i == 1 ? KAAL_ERR_ILLEGAL_OPERATION : KAAL_OK);
    }
}

static void uncached_mapping_is_refused(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_page(&test_arena, page, KAAL_ROOT_VSPACE, AREA, READ_WRITE, 0));
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(cache(KAAL_ROOT_VSPACE, space_calls[i], AREA, AREA + 64),
                    KAAL_ERR_ILLEGAL_OPERATION);
    }
}

static const struct test cache_tests[] = {
    TEST(page_ranges_are_checked, "cache calls on a page check their range"),
    TEST(page_calls_keep_memory, "clean and unify change no memory"),
    TEST(invalidate_needs_write, "Invalidate takes Write"),
    TEST(space_calls_are_checked, "cache calls on a VSpace check address and range"),
    TEST(space_invalidate_needs_write, "VSpace Invalidate takes a writable mapping"),
    TEST(uncached_mapping_is_refused, "device mappings are refused"),
};
const struct group suite_cache_group = GROUP(cache_tests);

/* ---- Interrupts ------------------------------------------------------------------------------ */

enum { SPARE_IRQ = 77 }; /* of no device that does anything here */

static void interrupt_numbers_are_checked(void)
{
    static const kaal_word_t bad[] = {
        0, 1, 15, 1020, 100000, (kaal_word_t)1 << 32 | SPARE_IRQ, ~(kaal_word_t)0};
    const struct kaal_slot dest = slot_of(empty_slot());
    for (unsigned i = 0; i < 7; i++) {
        CHECK_EQUAL(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, bad[i], KAAL_IRQ_EDGE, &dest),
                    KAAL_ERR_RANGE);
        CHECK_EQUAL(kaal_err_detail()[0], 0);
        CHECK_EQUAL(kaal_err_detail()[1], 16);
    }
}

static void interrupt_arguments_are_checked(void)
{
    const struct kaal_slot dest = slot_of(empty_slot());
    const struct kaal_slot deep = {.root = KAAL_ROOT_CNODE, .index = 1, .depth = 65};
    const struct kaal_slot full = slot_of(make(KAAL_OBJ_ENDPOINT, 0));
    const struct kaal_slot nowhere = {.root = KAAL_ROOT_TCB, .index = 1, .depth = 64};
    const kaal_cptr_t control = KAAL_ROOT_IRQ_CONTROL;
    CHECK_EQUAL(sys_irq_control_get(control, SPARE_IRQ, (enum kaal_irq_trigger)2, &dest),
                KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    CHECK_EQUAL(sys_irq_control_get(control, SPARE_IRQ, KAAL_IRQ_EDGE, &deep), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 3);
    CHECK_EQUAL(sys_irq_control_get(control, SPARE_IRQ, KAAL_IRQ_EDGE, &nowhere),
                KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(sys_irq_control_get(control, SPARE_IRQ, KAAL_IRQ_EDGE, &full),
                KAAL_ERR_DELETE_FIRST);
    CHECK_OK(sys_irq_control_get(control, SPARE_IRQ, KAAL_IRQ_EDGE, &dest));
    CHECK_EQUAL(sys_irq_control_get(control, SPARE_IRQ, KAAL_IRQ_EDGE, &dest),
                KAAL_ERR_REVOKE_FIRST);
}

static void handler_needs_a_notification(void)
{
    const struct kaal_slot handler = slot_of(empty_slot());
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK_OK(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, SPARE_IRQ, KAAL_IRQ_EDGE, &handler));
    for (kaal_word_t rights = 0; rights < 16; rights++) {
        CHECK_EQUAL(sys_irq_handler_set_notification(handler.index, make_badged(ntfn, rights, 1)),
                    (rights & KAAL_RIGHT_WRITE) != 0 ? KAAL_OK : KAAL_ERR_INVALID_CAPABILITY);
    }
    CHECK_OK(sys_irq_handler_ack(handler.index));
    CHECK_OK(sys_irq_handler_clear(handler.index));
    CHECK_OK(sys_irq_handler_clear(handler.index));
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0);
}

static void handler_survives_its_notification(void)
{
    const struct kaal_slot handler = slot_of(empty_slot());
    const struct kaal_slot ntfn = slot_of(make(KAAL_OBJ_NOTIFICATION, 0));
    CHECK_OK(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, SPARE_IRQ, KAAL_IRQ_EDGE, &handler));
    CHECK_OK(sys_irq_handler_set_notification(handler.index, ntfn.index));
    CHECK_OK(sys_cnode_revoke(&ntfn));
    CHECK_OK(sys_cnode_delete(&ntfn));
    CHECK_OK(sys_irq_handler_ack(handler.index));
    CHECK_OK(sys_irq_handler_set_notification(handler.index, make(KAAL_OBJ_NOTIFICATION, 0)));
}

static void handler_copies_are_one(void)
{
    const struct kaal_slot handler = slot_of(empty_slot());
    const struct kaal_slot other = slot_of(empty_slot());
    CHECK_OK(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, SPARE_IRQ, KAAL_IRQ_EDGE, &handler));
    const struct kaal_slot copy = slot_of(make_badged(handler.index, 15, 0));
    CHECK_OK(sys_cnode_delete(&handler));
    CHECK_EQUAL(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, SPARE_IRQ, KAAL_IRQ_EDGE, &other),
                KAAL_ERR_REVOKE_FIRST);
    CHECK_OK(sys_irq_handler_ack(copy.index));
    CHECK_OK(sys_cnode_delete(&copy));
    CHECK_OK(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, SPARE_IRQ, KAAL_IRQ_EDGE, &other));
}

static void timer_has_no_handler(void)
{
    /* 27 is the kernel's timer. */
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_EQUAL(sys_irq_control_get(KAAL_ROOT_IRQ_CONTROL, 27, KAAL_IRQ_LEVEL, &dest),
                KAAL_ERR_REVOKE_FIRST);
}

static const struct test interrupt_tests[] = {
    TEST(interrupt_numbers_are_checked, "interrupts 0..15 and beyond the last are refused"),
    TEST(interrupt_arguments_are_checked, "Get checks trigger, depth and slot"),
    TEST(handler_needs_a_notification, "a handler signals through Write"),
    TEST(handler_survives_its_notification, "a handler outlives its notification"),
    TEST(handler_copies_are_one, "an interrupt is free when all its handlers are gone"),
    TEST(timer_has_no_handler, "the kernel's timer is not given away"),
};
const struct group suite_interrupt_group = GROUP(interrupt_tests);
