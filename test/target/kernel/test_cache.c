/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

#include <kaal/broker/mapping.h>

#define AREA       0x7400000000
#define ALIAS      (AREA + 0x100000)
#define LARGE      (AREA + 0x40000000)
#define READ_WRITE (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)

enum { WORDS = KAAL_PAGE_SIZE / 8 };

static volatile kaal_word_t *at(uint64_t vaddr)
{
    return (volatile kaal_word_t *)vaddr;
}

static kaal_err_t map(kaal_cptr_t page, uint64_t vaddr, kaal_word_t attrs)
{
    return map_page(&test_arena, page, KAAL_ROOT_VSPACE, vaddr, READ_WRITE, attrs);
}

/* B02: what a page held is gone for its next owner, also past the cache. */
static void old_contents_are_gone_from_memory(void)
{
    const kaal_cptr_t untyped = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot slot = slot_of(empty_slot());
    const struct kaal_slots dest = {.root = KAAL_ROOT_CNODE, .offset = slot.index, .count = 1};
    for (unsigned round = 0; round < 4; round++) {
        CHECK_OK(sys_retype(untyped, KAAL_OBJ_PAGE, 12, &dest));
        CHECK_OK(map(slot.index, AREA, round % 2 == 0 ? 0 : KAAL_MAP_CACHED));
        for (unsigned i = 0; i < WORDS; i++) {
            CHECK_EQUAL(at(AREA)[i], 0);
        }
        CHECK_OK(sys_page_unmap(slot.index));
        CHECK_OK(map(slot.index, AREA, KAAL_MAP_CACHED));
        for (unsigned i = 0; i < WORDS; i++) {
            at(AREA)[i] = 0x5ec2e75ec2e7 + i;
        }
        if (round >= 2) {
            CHECK_OK(sys_page_clean(slot.index, 0, KAAL_PAGE_SIZE));
        }
        CHECK_OK(sys_cnode_delete(&slot));
    }
}

/* Cleaned bytes are seen without the cache; what goes past it is seen after
 * invalidating. */
static void clean_and_invalidate_meet_memory(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t copy = make_badged(page, KAAL_RIGHTS_ALL, 0);
    CHECK_OK(map(page, AREA, KAAL_MAP_CACHED));
    CHECK_OK(map(copy, ALIAS, 0));
    at(AREA)[8] = 1;
    CHECK_OK(sys_page_clean(page, 64, 128));
    CHECK_EQUAL(at(ALIAS)[8], 1);
    at(AREA)[9] = 2;
    CHECK_OK(sys_vspace_clean_invalidate(KAAL_ROOT_VSPACE, AREA + 64, AREA + 128));
    CHECK_EQUAL(at(ALIAS)[9], 2);
    at(ALIAS)[8] = 3;
    CHECK_OK(sys_vspace_invalidate(KAAL_ROOT_VSPACE, AREA + 64, AREA + 128));
    CHECK_EQUAL(at(AREA)[8], 3);
    CHECK_EQUAL(at(AREA)[9], 2);
    at(AREA)[100] = 4; /* shares a line with what is invalidated: not lost */
    CHECK_OK(sys_page_invalidate(page, 801, 808));
    CHECK_EQUAL(at(AREA)[100], 4);
    at(ALIAS)[200] = 5;
    CHECK_OK(sys_page_clean_invalidate(page, 1600, 1664));
    CHECK_EQUAL(at(AREA)[200], 5);
}

/* Code written through one mapping runs at another after a unify there. */
static void unified_code_runs(void)
{
    static const uint32_t code[] = {0xd2800560, 0xd65f03c0}; /* mov x0, #43; ret */
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t copy = make_badged(page, KAAL_RIGHT_READ, 0);
    CHECK_OK(map(page, AREA, KAAL_MAP_CACHED));
    CHECK_OK(map_page(&test_arena, copy, KAAL_ROOT_VSPACE, ALIAS, KAAL_RIGHT_READ,
                      KAAL_MAP_CACHED | KAAL_MAP_EXECUTE));
    *at(AREA) = (kaal_word_t)code[1] << 32 | code[0];
    CHECK_OK(sys_vspace_unify(KAAL_ROOT_VSPACE, ALIAS, ALIAS + 8));
    CHECK_EQUAL(((kaal_word_t(*)(void))ALIAS)(), 43);
}

/* In a large page any 64 KiB can be reached, and no more at once. */
static void large_page_in_parts(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 21);
    const kaal_word_t vspace = KAAL_ROOT_VSPACE;
    CHECK_OK(map(page, LARGE, KAAL_MAP_CACHED));
    at(LARGE)[0x1ffff8 / 8] = 6;
    CHECK_OK(sys_vspace_clean(vspace, LARGE + 0x1f0000, LARGE + 0x200000));
    CHECK_OK(sys_page_clean_invalidate(page, 0x1f0000, 0x200000));
    CHECK_EQUAL(at(LARGE)[0x1ffff8 / 8], 6);
    CHECK_EQUAL(sys_vspace_clean(vspace, LARGE, LARGE + 0x10001), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[2], LARGE + 0x10000);
    CHECK_EQUAL(sys_page_clean(page, 0, 0x10001), KAAL_ERR_RANGE);
    CHECK_EQUAL(sys_vspace_clean(vspace, LARGE + 0x1fffff, LARGE + 0x200001), KAAL_ERR_RANGE);
}

/* What is refused: no mapping, device memory, throwing away without Write. */
static void cache_calls_are_checked(void)
{
    const kaal_word_t vspace = KAAL_ROOT_VSPACE;
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t weak = make_badged(page, KAAL_RIGHT_READ, 0);
    CHECK_OK(map(page, AREA, KAAL_MAP_CACHED));
    CHECK_EQUAL(sys_page_invalidate(weak, 0, 64), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_OK(sys_page_clean(weak, 0, 64));
    CHECK_EQUAL(sys_vspace_clean(vspace, AREA + KAAL_PAGE_SIZE, AREA + KAAL_PAGE_SIZE + 8),
                KAAL_ERR_FAILED_LOOKUP);
    CHECK_EQUAL(kaal_err_detail()[1], 12);
    CHECK_EQUAL(sys_vspace_clean(vspace, KAAL_USER_TOP, KAAL_USER_TOP + 8),
                KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(sys_vspace_clean(vspace, 0xffff000000000000, 0xffff000000000008),
                KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(sys_vspace_clean(vspace, AREA, AREA), KAAL_ERR_RANGE);
    CHECK_OK(sys_page_map(page, vspace, AREA, KAAL_RIGHT_READ, KAAL_MAP_CACHED));
    CHECK_EQUAL(sys_vspace_invalidate(vspace, AREA, AREA + 8), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_OK(sys_vspace_clean(vspace, AREA, AREA + 8));
    CHECK_OK(sys_page_map(page, vspace, AREA, READ_WRITE, 0));
    CHECK_EQUAL(sys_vspace_clean(vspace, AREA, AREA + 8), KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_vspace_clean(make(KAAL_OBJ_VSPACE, 0), AREA, AREA + 8),
                KAAL_ERR_INVALID_CAPABILITY);
}

static const struct test tests[] = {
    TEST(old_contents_are_gone_from_memory,
         "B02: what a page held is gone for its next owner, also past the cache"),
    TEST(clean_and_invalidate_meet_memory,
         "cleaned bytes are seen without the cache; what goes past it is seen after invalidating"),
    TEST(unified_code_runs, "code written through one mapping runs at another after a unify there"),
    TEST(large_page_in_parts, "in a large page any 64 KiB can be reached, and no more at once"),
    TEST(cache_calls_are_checked,
         "what is refused: no mapping, device memory, throwing away without Write"),
};
const struct group cache_group = GROUP(tests);
