/* SPDX-License-Identifier: Apache-2.0 */
/* Making objects. abi.md, "Untyped". */
#include "suite.h"

static kaal_err_t retype(kaal_cptr_t ut, kaal_word_t type, kaal_word_t size, kaal_word_t offset,
                         kaal_word_t count)
{
    const struct kaal_slots dest = {.root = KAAL_ROOT_CNODE, .offset = offset, .count = count};
    return sys_retype(ut, (enum kaal_object_type)type, size, &dest);
}

static void sizes_have_bounds(void)
{
    static const struct {
        enum kaal_object_type type;
        kaal_word_t least, most, fixed;
    } limits[] = {
#define KAAL_OBJECT(NAME, prefix, number, min_bits, max_bits, device_ok) \
    {KAAL_OBJ_##NAME, min_bits, max_bits, (min_bits) == (max_bits)},
#include <kaal/abi/objects.def>
#undef KAAL_OBJECT
    };
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const kaal_cptr_t slot = slot_of(empty_slot()).index;
    for (unsigned i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        const kaal_word_t bad[] = {limits[i].least - 1,
                                   limits[i].most + 1,
                                   63,
                                   64,
                                   255,
                                   limits[i].least + ((kaal_word_t)1 << 32),
                                   ~(kaal_word_t)0};
        for (unsigned b = 0; b < 7; b++) {
            if (bad[b] == 0 && limits[i].fixed != 0) {
                continue;
            }
            CHECK_EQUAL(retype(ut, limits[i].type, bad[b], slot, 1), KAAL_ERR_RANGE);
            CHECK_EQUAL(kaal_err_detail()[0], 1);
        }
    }
}

static void page_sizes_are_three(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const kaal_cptr_t slot = slot_of(empty_slot()).index;
    for (kaal_word_t bits = 13; bits < 30; bits++) {
        if (bits != 21) {
            CHECK_EQUAL(retype(ut, KAAL_OBJ_PAGE, bits, slot, 1), KAAL_ERR_INVALID_ARGUMENT);
            CHECK_EQUAL(kaal_err_detail()[0], 1);
        }
    }
    CHECK_EQUAL(retype(ut, KAAL_OBJ_PAGE, 30, slot, 1), KAAL_ERR_NOT_ENOUGH_MEMORY);
}

static void types_are_checked(void)
{
    static const kaal_word_t bad[] = {0, 11, 12, 255, 256, 0x100000001, ~(kaal_word_t)0};
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const kaal_cptr_t slot = empty_slot();
    for (unsigned i = 0; i < 7; i++) {
        const kaal_word_t words[] = {bad[i], 12, 0, 0, slot_of(slot).index, 1};
        kaal_set_cap(0, KAAL_ROOT_CNODE);
        CHECK_EQUAL(suite_invoke(ut, KAAL_INV_UNTYPED_RETYPE, 1, 6, words, NULL),
                    KAAL_ERR_INVALID_ARGUMENT);
        CHECK_EQUAL(kaal_err_detail()[0], 0);
    }
}

static void counts_have_bounds(void)
{
    static const kaal_word_t bad[] = {0, 257, 0x100000001, (kaal_word_t)1 << 63, ~(kaal_word_t)0};
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const kaal_cptr_t slot = slot_of(empty_slot()).index;
    for (unsigned i = 0; i < 5; i++) {
        CHECK_EQUAL(retype(ut, KAAL_OBJ_ENDPOINT, 0, slot, bad[i]), KAAL_ERR_RANGE);
        CHECK_EQUAL(kaal_err_detail()[0], 5);
        CHECK_EQUAL(kaal_err_detail()[1], 1);
    }
}

static void window_is_checked(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 3);
    struct kaal_slots dest = {.root = cnode, .offset = 8, .count = 1};
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 4);
    dest.offset = ~(kaal_word_t)0;
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest), KAAL_ERR_RANGE);
    dest.offset = 5;
    dest.count = 4;
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 5);
    dest.count = 3;
    CHECK_OK(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest));
}

static void destination_is_checked(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    struct kaal_slots dest = {.root = KAAL_ROOT_TCB, .offset = 0, .count = 1};
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(kaal_err_detail()[0], 1);
    dest.depth = 4;
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest), KAAL_ERR_FAILED_LOOKUP);
    dest.root = KAAL_ROOT_CNODE;
    dest.depth = 65;
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest), KAAL_ERR_RANGE);
    CHECK_EQUAL(kaal_err_detail()[0], 3);
    dest.depth = 64;
    dest.index = slot_of(make(KAAL_OBJ_ENDPOINT, 0)).index; /* a slot, and no CNode in it */
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest), KAAL_ERR_FAILED_LOOKUP);
}

static void bytes_left_are_told(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    CHECK_OK(retype(ut, KAAL_OBJ_ENDPOINT, 0, slot_of(empty_slot()).index, 1));
    CHECK_EQUAL(retype(ut, KAAL_OBJ_UNTYPED, 12, slot_of(empty_slot()).index, 1),
                KAAL_ERR_NOT_ENOUGH_MEMORY);
    CHECK_EQUAL(kaal_err_detail()[0], 4096 - 64);
}

static void many_at_once(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 14);
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 8);
    const struct kaal_slots dest = {.root = cnode, .offset = 0, .count = 256};
    CHECK_OK(sys_retype(ut, KAAL_OBJ_NOTIFICATION, 0, &dest));
    const struct kaal_slot back = slot_of(empty_slot());
    for (kaal_word_t i = 0; i < 256; i += 51) {
        const struct kaal_slot made = {.root = cnode, .index = i, .depth = 8};
        CHECK_OK(sys_cnode_mint(&back, &made, 15, i + 1));
        sys_signal(back.index);
        CHECK_EQUAL(sys_poll(back.index, NULL), i + 1);
        CHECK_OK(sys_cnode_delete(&back));
    }
}

static void one_full_slot_stops_all(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const kaal_cptr_t cnode = make(KAAL_OBJ_CNODE, 3);
    const struct kaal_slot inside = {.root = cnode, .index = 5, .depth = 3};
    const struct kaal_slot src = slot_of(make(KAAL_OBJ_ENDPOINT, 0));
    CHECK_OK(sys_cnode_copy(&inside, &src, 15));
    const struct kaal_slots dest = {.root = cnode, .offset = 0, .count = 8};
    CHECK_EQUAL(sys_retype(ut, KAAL_OBJ_ENDPOINT, 0, &dest), KAAL_ERR_DELETE_FIRST);
    for (kaal_word_t i = 0; i < 8; i++) {
        const struct kaal_slot from = {.root = cnode, .index = i, .depth = 3};
        const struct kaal_slot to = slot_of(empty_slot());
        CHECK_EQUAL(sys_cnode_move(&to, &from), i == 5 ? KAAL_OK : KAAL_ERR_FAILED_LOOKUP);
    }
}

static void memory_goes_on_behind_the_last(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 13);
    const struct kaal_slot first = slot_of(empty_slot());
    const struct kaal_slot second = slot_of(empty_slot());
    kaal_word_t paddr;
    kaal_word_t next;
    CHECK_OK(retype(ut, KAAL_OBJ_PAGE, 12, first.index, 1));
    CHECK_OK(sys_page_get_address(first.index, &paddr));
    CHECK_OK(retype(ut, KAAL_OBJ_PAGE, 12, second.index, 1));
    CHECK_OK(sys_page_get_address(second.index, &next));
    CHECK_EQUAL(next, paddr + 4096);
    CHECK_OK(sys_cnode_delete(&first)); /* a hole is not used again ... */
    CHECK_EQUAL(retype(ut, KAAL_OBJ_PAGE, 12, first.index, 1), KAAL_ERR_NOT_ENOUGH_MEMORY);
    CHECK_OK(sys_cnode_delete(&second)); /* ... until all are gone */
    CHECK_OK(retype(ut, KAAL_OBJ_PAGE, 12, first.index, 1));
    CHECK_OK(sys_page_get_address(first.index, &next));
    CHECK_EQUAL(next, paddr);
}

static void untypeds_nest(void)
{
    kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 16);
    const struct kaal_slot top = slot_of(ut);
    kaal_cptr_t last = 0;
    for (kaal_word_t bits = 15; bits >= 4; bits--) {
        last = empty_slot();
        CHECK_OK(retype(ut, KAAL_OBJ_UNTYPED, bits, slot_of(last).index, 1));
        ut = last;
    }
    CHECK_EQUAL(retype(ut, KAAL_OBJ_ENDPOINT, 0, slot_of(empty_slot()).index, 1),
                KAAL_ERR_NOT_ENOUGH_MEMORY);
    CHECK_OK(sys_cnode_revoke(&top));
    CHECK(suite_is_empty(last));
}

static void objects_begin_as_zero(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot self = slot_of(ut);
    const kaal_cptr_t slot = empty_slot();
    static struct kaal_registers regs;
    CHECK_OK(retype(ut, KAAL_OBJ_TCB, 0, slot_of(slot).index, 1));
    regs = (struct kaal_registers){.pc = 1234, .x = {5, 6, 7}, .tls = 9};
    CHECK_OK(sys_tcb_write_registers(slot, 0, KAAL_REGISTER_COUNT, &regs));
    CHECK_OK(sys_cnode_revoke(&self));
    CHECK_OK(retype(ut, KAAL_OBJ_TCB, 0, slot_of(slot).index, 1));
    CHECK_OK(sys_tcb_read_registers(slot, 0, KAAL_REGISTER_COUNT, &regs));
    CHECK_EQUAL(regs.pc, 0);
    CHECK_EQUAL(regs.x[2], 0);
    CHECK_EQUAL(regs.tls, 0);
}

static const struct test tests[] = {
    TEST(sizes_have_bounds, "every type refuses sizes beyond its bounds, up to 2^64 - 1"),
    TEST(page_sizes_are_three, "pages of other sizes do not exist"),
    TEST(types_are_checked, "numbers that are no type are refused"),
    TEST(counts_have_bounds, "1 to 256 objects at a time"),
    TEST(window_is_checked, "the slots must be in the CNode"),
    TEST(destination_is_checked, "the destination must be a CNode, found exactly"),
    TEST(bytes_left_are_told, "out of memory says how much is left"),
    TEST(many_at_once, "256 objects at once, each of its own"),
    TEST(one_full_slot_stops_all, "one full slot: nothing is made"),
    TEST(memory_goes_on_behind_the_last, "memory is used in order, and anew when all is gone"),
    TEST(untypeds_nest, "untypeds in untypeds, down to 16 bytes"),
    TEST(objects_begin_as_zero, "a reused TCB has nothing of the old one"),
};
const struct group suite_retype_group = GROUP(tests);
