/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

static kaal_err_t retype(kaal_cptr_t untyped, enum kaal_object_type type, kaal_word_t bits,
                         kaal_cptr_t first, kaal_word_t count)
{
    const struct kaal_slots dest = {.root = KAAL_ROOT_CNODE, .offset = first, .count = count};
    return sys_retype(untyped, type, bits, &dest);
}

/* Every type can be made, several at once. */
static void all_types_can_be_made(void)
{
    static const struct {
        enum kaal_object_type type;
        unsigned bits;
    } kinds[] = {
        {KAAL_OBJ_UNTYPED, 4},  {KAAL_OBJ_UNTYPED, 16},      {KAAL_OBJ_ENDPOINT, 0},
        {KAAL_OBJ_ENDPOINT, 6}, {KAAL_OBJ_NOTIFICATION, 0},  {KAAL_OBJ_REPLY, 0},
        {KAAL_OBJ_TCB, 0},      {KAAL_OBJ_SCHED_CONTEXT, 8}, {KAAL_OBJ_CNODE, 1},
        {KAAL_OBJ_CNODE, 10},   {KAAL_OBJ_VSPACE, 0},        {KAAL_OBJ_PAGE_TABLE, 0},
        {KAAL_OBJ_PAGE, 12},    {KAAL_OBJ_PAGE, 21},
    };
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        CHECK(make(kinds[i].type, kinds[i].bits) != 0);
    }
}

/* Unknown types and sizes out of range are refused. */
static void sizes_are_checked(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 16);
    const kaal_cptr_t slot = empty_slot();
    CHECK_EQUAL(retype(ut, (enum kaal_object_type)99, 12, slot, 1), KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(retype(ut, (enum kaal_object_type)0, 12, slot, 1), KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(retype(ut, KAAL_OBJ_UNTYPED, 3, slot, 1), KAAL_ERR_RANGE);
    CHECK_EQUAL(retype(ut, KAAL_OBJ_UNTYPED, 48, slot, 1), KAAL_ERR_RANGE);
    CHECK_EQUAL(retype(ut, KAAL_OBJ_CNODE, 0, slot, 1), KAAL_ERR_RANGE);
    CHECK_EQUAL(retype(ut, KAAL_OBJ_CNODE, 64, slot, 1), KAAL_ERR_RANGE);
    CHECK(retype(ut, KAAL_OBJ_PAGE, 13, slot, 1) != KAAL_OK);
    CHECK(retype(ut, KAAL_OBJ_ENDPOINT, 7, slot, 1) != KAAL_OK);
    CHECK_EQUAL(retype(ut, KAAL_OBJ_ENDPOINT, 0, slot, 0), KAAL_ERR_RANGE);
    CHECK_EQUAL(retype(ut, KAAL_OBJ_ENDPOINT, 0, slot, 257), KAAL_ERR_RANGE);
    CHECK_EQUAL(retype(ut, KAAL_OBJ_ENDPOINT, 0, (kaal_word_t)-1, 2), KAAL_ERR_RANGE);
    CHECK_OK(retype(ut, KAAL_OBJ_ENDPOINT, 0, slot, 1));
}

/* An untyped holds what fits, to the last byte, and no more. */
static void memory_is_finite(void)
{
    enum { BITS = 14, PAGES = 4 };
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, BITS);
    kaal_cptr_t slots[PAGES + 1];
    for (unsigned i = 0; i <= PAGES; i++) {
        slots[i] = empty_slot();
    }
    CHECK_EQUAL(retype(ut, KAAL_OBJ_PAGE, 12, slots[0], PAGES + 1), KAAL_ERR_NOT_ENOUGH_MEMORY);
    CHECK_OK(retype(ut, KAAL_OBJ_PAGE, 12, slots[0], PAGES));
    CHECK_EQUAL(retype(ut, KAAL_OBJ_ENDPOINT, 0, slots[PAGES], 1), KAAL_ERR_NOT_ENOUGH_MEMORY);
}

/* Objects lie one after the other, aligned to their size. */
static void objects_are_aligned_and_disjoint(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 16);
    const kaal_cptr_t ep = empty_slot();
    const kaal_cptr_t page_a = empty_slot();
    const kaal_cptr_t page_b = empty_slot();
    kaal_word_t a;
    kaal_word_t b;
    CHECK_OK(retype(ut, KAAL_OBJ_ENDPOINT, 0, ep, 1));
    CHECK_OK(retype(ut, KAAL_OBJ_PAGE, 12, page_a, 1));
    CHECK_OK(retype(ut, KAAL_OBJ_PAGE, 12, page_b, 1));
    CHECK_OK(sys_page_get_address(page_a, &a));
    CHECK_OK(sys_page_get_address(page_b, &b));
    CHECK_EQUAL(a % 4096, 0);
    CHECK_EQUAL(b, a + 4096);
}

/* A full destination slot refuses the whole call: nothing is made. */
static void destination_must_be_empty(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 13);
    const kaal_cptr_t first = empty_slot();
    const kaal_cptr_t full = make(KAAL_OBJ_ENDPOINT, 0);
    CHECK_EQUAL(full, first + 1);
    CHECK_EQUAL(retype(ut, KAAL_OBJ_PAGE, 12, first, 2), KAAL_ERR_DELETE_FIRST);
    CHECK_OK(retype(ut, KAAL_OBJ_PAGE, 12, first, 1));
    const kaal_cptr_t second = empty_slot();
    CHECK_OK(retype(ut, KAAL_OBJ_PAGE, 12, second, 1)); /* both pages were still there */
}

/* When all children are gone the memory can be used again, and reads zero. */
static void memory_is_reused_and_zeroed(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot self = slot_of(ut);
    const kaal_cptr_t page = empty_slot();
    static const kaal_word_t pattern = 0x5a5a5a5a5a5a5a5a;
    const uint64_t vaddr = 0x7000000000;
    kaal_cptr_t tables[3];
    CHECK_OK(retype(ut, KAAL_OBJ_PAGE, 12, page, 1));
    for (unsigned i = 0; i < 3; i++) {
        tables[i] = make(KAAL_OBJ_PAGE_TABLE, 0);
        const kaal_err_t err = sys_pt_map(tables[i], KAAL_ROOT_VSPACE, vaddr);
        CHECK(err == KAAL_OK || err == KAAL_ERR_DELETE_FIRST);
    }
    const kaal_word_t rights = KAAL_RIGHT_READ | KAAL_RIGHT_WRITE;
    CHECK_OK(sys_page_map(page, KAAL_ROOT_VSPACE, vaddr, rights, KAAL_MAP_CACHED));
    *(volatile kaal_word_t *)(vaddr + 8) = pattern;
    CHECK_EQUAL(retype(ut, KAAL_OBJ_PAGE, 12, empty_slot(), 1), KAAL_ERR_NOT_ENOUGH_MEMORY);
    CHECK_OK(sys_cnode_revoke(&self));
    CHECK_OK(retype(ut, KAAL_OBJ_PAGE, 12, page, 1));
    CHECK_OK(sys_page_map(page, KAAL_ROOT_VSPACE, vaddr, rights, KAAL_MAP_CACHED));
    CHECK_EQUAL(*(volatile kaal_word_t *)(vaddr + 8), 0);
}

/* An untyped with children cannot be copied: both could make things of it. */
static void used_untyped_cannot_be_copied(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot src = slot_of(ut);
    const struct kaal_slot dest = slot_of(empty_slot());
    CHECK_OK(retype(ut, KAAL_OBJ_ENDPOINT, 0, empty_slot(), 1));
    CHECK_EQUAL(sys_cnode_copy(&dest, &src, KAAL_RIGHTS_ALL), KAAL_ERR_REVOKE_FIRST);
}

/* Device memory becomes pages and untypeds, never kernel objects. */
static void device_memory_holds_no_objects(void)
{
    unsigned block;
    unsigned found = KAAL_BOOTINFO_MAX_UNTYPED;
    const uint64_t count = test_bootinfo->untyped.end - test_bootinfo->untyped.begin;
    for (unsigned i = 0; i < count && found == KAAL_BOOTINFO_MAX_UNTYPED; i++) {
        const struct kaal_untyped_desc *desc = &test_bootinfo->untyped_list[i];
        const bool has_console =
            test_bootinfo->console_paddr >> desc->size_bits == desc->paddr >> desc->size_bits;
        if (desc->is_device != 0 && desc->size_bits >= 12 && !has_console) {
            found = i;
        }
    }
    CHECK(found != KAAL_BOOTINFO_MAX_UNTYPED);
    CHECK_OK(block_alloc_device(test_bootinfo->untyped_list[found].paddr, 12, &block));
    const kaal_cptr_t ut = block_untyped(block);
    const kaal_cptr_t slot = empty_slot();
    const kaal_err_t as_tcb = retype(ut, KAAL_OBJ_TCB, 0, slot, 1);
    const kaal_err_t as_cnode = retype(ut, KAAL_OBJ_CNODE, 4, slot, 1);
    const kaal_err_t as_page = retype(ut, KAAL_OBJ_PAGE, 12, slot, 1);
    block_free(block);
    CHECK_EQUAL(as_tcb, KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(as_cnode, KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(as_page, KAAL_OK);
}

/* Retype can fill a CNode that is reached through another. */
static void retype_into_inner_cnode(void)
{
    const kaal_cptr_t outer = make(KAAL_OBJ_CNODE, 4);
    const struct kaal_slot inner = {.root = outer, .index = 9, .depth = 4};
    const struct kaal_slot src = slot_of(make(KAAL_OBJ_CNODE, 5));
    CHECK_OK(sys_cnode_copy(&inner, &src, KAAL_RIGHTS_ALL));
    const struct kaal_slots dest = {
        .root = outer, .index = 9, .depth = 4, .offset = 30, .count = 2};
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    CHECK_OK(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest));
    const struct kaal_slot made = {.root = src.index, .index = 31, .depth = 5};
    const struct kaal_slot back = slot_of(empty_slot());
    CHECK_OK(sys_cnode_copy(&back, &made, KAAL_RIGHTS_ALL));
    const struct kaal_slots beyond = {
        .root = outer, .index = 9, .depth = 4, .offset = 31, .count = 2};
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &beyond), KAAL_ERR_RANGE);
}

static const struct test tests[] = {
    TEST(all_types_can_be_made, "every type can be made, several at once"),
    TEST(sizes_are_checked, "unknown types and sizes out of range are refused"),
    TEST(memory_is_finite, "an untyped holds what fits, to the last byte, and no more"),
    TEST(objects_are_aligned_and_disjoint,
         "objects lie one after the other, aligned to their size"),
    TEST(destination_must_be_empty,
         "a full destination slot refuses the whole call: nothing is made"),
    TEST(memory_is_reused_and_zeroed,
         "when all children are gone the memory can be used again, and reads zero"),
    TEST(used_untyped_cannot_be_copied,
         "an untyped with children cannot be copied: both could make things of it"),
    TEST(device_memory_holds_no_objects,
         "device memory becomes pages and untypeds, never kernel objects"),
    TEST(retype_into_inner_cnode, "retype can fill a CNode that is reached through another"),
};
const struct group untyped_group = GROUP(tests);
