/* SPDX-License-Identifier: Apache-2.0 */
/* Retype: sizes, counts, alignment, watermark, device memory, starting over. */
#include <string.h>

#include "support/kt.h"

enum { ARENA_BITS = 16 };
static cptr_t arena;

static int setup(void **state)
{
    (void)kt_boot(state);
    arena = kt_object(CAP_UNTYPED, ARENA_BITS);
    return 0;
}

/* ---- What the reference says ----------------------------------------------------- */

static bool size_is_legal(word_t type, word_t size)
{
    switch (type) {
    case KAAL_OBJ_UNTYPED:
        return size >= 4 && size <= 47;
    case KAAL_OBJ_ENDPOINT:
    case KAAL_OBJ_NOTIFICATION:
    case KAAL_OBJ_REPLY:
        return size == 0 || size == 6;
    case KAAL_OBJ_TCB:
        return size == 0 || size == 11;
    case KAAL_OBJ_SCHED_CONTEXT:
        return size >= 8 && size <= 16;
    case KAAL_OBJ_CNODE:
        return size >= 1 && size <= 26;
    case KAAL_OBJ_VSPACE:
    case KAAL_OBJ_PAGE_TABLE:
        return size == 0 || size == 12;
    case KAAL_OBJ_PAGE:
        return size == 12 || size == 21 || size == 30;
    default:
        return false;
    }
}

static unsigned bits_of(word_t type, word_t size)
{
    static const unsigned fixed[] = {
        [KAAL_OBJ_ENDPOINT] = 6, [KAAL_OBJ_NOTIFICATION] = 6, [KAAL_OBJ_REPLY] = 6,
        [KAAL_OBJ_TCB] = 11,     [KAAL_OBJ_VSPACE] = 12,      [KAAL_OBJ_PAGE_TABLE] = 12,
        [KAAL_OBJ_PAGE] = 0};
    if (type == KAAL_OBJ_CNODE) {
        return (unsigned)size + 6;
    }
    return type < sizeof(fixed) / sizeof(fixed[0]) && fixed[type] != 0 ? fixed[type]
                                                                       : (unsigned)size;
}

/* ---- Nothing may change on an error: KT-1 ------------------------------------------- */

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t bytes)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < bytes; i++) {
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static uint64_t state_hash(void)
{
    return hash_bytes(hash_bytes(1, kt.cnode, 1024 * sizeof(struct slot)), kt_slot(arena),
                      sizeof(struct slot));
}

static void assert_refused(word_t type, word_t size, word_t first, word_t count, enum kaal_err want)
{
    const uint64_t before = state_hash();
    const enum kaal_err err = kt_retype_to(arena, type, size, first, count);
    assert_int_equal(err, want);
    assert_int_equal(state_hash(), before);
}

/* ---- Sizes and counts ------------------------------------------------------------------ */

/* B08: every type with every size from 0 to 255 and some far beyond. */
static void test_b08_every_size(void **state)
{
    (void)state;
    static const word_t far[] = {256, UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 63,
                                 UINT64_MAX};
    const cptr_t slot = kt_new_slot();
    for (word_t type = 0; type <= 16; type++) {
        for (word_t i = 0; i < 256 + 5; i++) {
            const word_t size = i < 256 ? i : far[i - 256];
            const bool is_type = type >= KAAL_OBJ_UNTYPED && type <= KAAL_OBJ_PAGE;
            if (!is_type) {
                assert_refused(type, size, slot, 1, KAAL_ERR_INVALID_ARGUMENT);
                assert_int_equal(kt_word(&kt.root, 0), 0);
            } else if (!size_is_legal(type, size)) {
                const bool is_gap = type == KAAL_OBJ_PAGE && size > 12 && size < 30;
                assert_refused(type, size, slot, 1,
                               is_gap ? KAAL_ERR_INVALID_ARGUMENT : KAAL_ERR_RANGE);
                assert_int_equal(kt_word(&kt.root, 0), 1);
            } else if (bits_of(type, size) > ARENA_BITS) {
                assert_refused(type, size, slot, 1, KAAL_ERR_NOT_ENOUGH_MEMORY);
                assert_int_equal(kt_word(&kt.root, 0), 1 << ARENA_BITS);
            } else {
                kt_ok(kt_retype_to(arena, type, size, slot, 1));
                assert_int_equal(kt_cap(slot)->type, type);
                assert_ptr_equal(kt_cap(slot)->obj, kt_cap(arena)->obj);
                kt_ok(kt_delete(slot));
            }
        }
    }
}

static void test_b08_every_count(void **state)
{
    (void)state;
    static const word_t bad[] = {0,
                                 257,
                                 1 << 16,
                                 UINT64_C(1) << 31,
                                 UINT64_C(1) << 32,
                                 UINT64_C(1) << 58,
                                 UINT64_C(1) << 63,
                                 UINT64_MAX};
    const cptr_t first = kt_new_slot();
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_refused(KAAL_OBJ_ENDPOINT, 0, first, bad[i], KAAL_ERR_RANGE);
        assert_int_equal(kt_word(&kt.root, 0), 5);
        assert_int_equal(kt_word(&kt.root, 1), 1);
        assert_int_equal(kt_word(&kt.root, 2), KAAL_RETYPE_MAX);
    }
    for (word_t count = 255; count <= 256; count++) {
        kt_ok(kt_retype_to(arena, KAAL_OBJ_ENDPOINT, 0, first, count));
        for (word_t i = 0; i < count; i++) {
            assert_ptr_equal(kt_cap(first + i)->obj, (char *)kt_cap(arena)->obj + i * 64);
        }
        assert_true(slot_is_empty(kt_slot(first + count)));
        kt_ok(kt_revoke(arena));
    }
}

/* 256 objects of 2^8 fill the arena exactly, of 2^9 overfill it. */
static void test_exactly_full(void **state)
{
    (void)state;
    const cptr_t first = kt_new_slot();
    kt_ok(kt_retype_to(arena, KAAL_OBJ_SCHED_CONTEXT, 8, first, 256));
    assert_refused(KAAL_OBJ_UNTYPED, 4, first + 300, 1, KAAL_ERR_NOT_ENOUGH_MEMORY);
    assert_int_equal(kt_word(&kt.root, 0), 0);
    kt_ok(kt_revoke(arena));
    assert_refused(KAAL_OBJ_SCHED_CONTEXT, 9, first, 129, KAAL_ERR_NOT_ENOUGH_MEMORY);
    kt_ok(kt_retype_to(arena, KAAL_OBJ_SCHED_CONTEXT, 9, first, 128));
}

static void test_destination(void **state)
{
    (void)state;
    const cptr_t full = kt_object(CAP_ENDPOINT, 0), end = 1 << KT_RADIX;
    const word_t retype = KAAL_INV_UNTYPED_RETYPE;
    assert_refused(KAAL_OBJ_ENDPOINT, 0, end, 1, KAAL_ERR_RANGE);
    assert_int_equal(kt_word(&kt.root, 0), 4);
    assert_refused(KAAL_OBJ_ENDPOINT, 0, UINT64_MAX, 1, KAAL_ERR_RANGE);
    assert_refused(KAAL_OBJ_ENDPOINT, 0, end - 1, 2, KAAL_ERR_RANGE);
    assert_int_equal(kt_word(&kt.root, 0), 5);
    assert_int_equal(kt_word(&kt.root, 2), 1);
    assert_refused(KAAL_OBJ_ENDPOINT, 0, full, 1, KAAL_ERR_DELETE_FIRST);
    assert_refused(KAAL_OBJ_ENDPOINT, 0, full - 1, 3, KAAL_ERR_DELETE_FIRST);
    kt_ok(kt_retype_to(arena, KAAL_OBJ_ENDPOINT, 0, end - 1, 1));
    assert_int_equal(kt_invoke(arena, retype, KT_WORDS(2, 0, 0, 0, 100, 1), KT_CAPS(full)),
                     KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(
        kt_invoke(arena, retype, KT_WORDS(2, 0, full, 64, 100, 1), KT_CAPS(KAAL_ROOT_CNODE)),
        KAAL_ERR_FAILED_LOOKUP);
    assert_int_equal(
        kt_invoke(arena, retype, KT_WORDS(2, 0, full, 65, 100, 1), KT_CAPS(KAAL_ROOT_CNODE)),
        KAAL_ERR_RANGE);
    assert_int_equal(kt_invoke(arena, retype, KT_WORDS(2, 0, 0, 0, 100), KT_CAPS(full)),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(kt_invoke(arena, retype, KT_WORDS(2, 0, 0, 0, 100, 1), KT_NONE),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(
        kt_invoke(arena, KAAL_INV_CNODE_COPY, KT_WORDS(2, 0, 0, 0, 100, 1), KT_CAPS(full)),
        KAAL_ERR_ILLEGAL_OPERATION);
}

static void test_destination_in_another_cnode(void **state)
{
    (void)state;
    const cptr_t cnode = kt_object(CAP_CNODE, 2);
    kt_ok(kt_invoke(arena, KAAL_INV_UNTYPED_RETYPE, KT_WORDS(2, 0, cnode, 64, 1, 3),
                    KT_CAPS(KAAL_ROOT_CNODE)));
    const struct slot *slots = cap_cnode_slots(kt_cap(cnode));
    assert_true(slot_is_empty(&slots[0]));
    for (unsigned i = 1; i < 4; i++) {
        assert_int_equal(slots[i].cap.type, CAP_ENDPOINT);
    }
}

/* ---- Where objects come to lie ----------------------------------------------------------- */

static void test_watermark_and_alignment(void **state)
{
    (void)state;
    char *base = kt_cap(arena)->obj;
    const cptr_t a = kt_new_slot(), b = kt_new_slot(), c = kt_new_slot();
    kt_ok(kt_retype_to(arena, KAAL_OBJ_ENDPOINT, 0, a, 1));
    kt_ok(kt_retype_to(arena, KAAL_OBJ_TCB, 0, b, 1));
    kt_ok(kt_retype_to(arena, KAAL_OBJ_ENDPOINT, 0, c, 1));
    assert_ptr_equal(kt_cap(a)->obj, base);
    assert_ptr_equal(kt_cap(b)->obj, base + 2048);
    assert_ptr_equal(kt_cap(c)->obj, base + 4096);
    /* With children left the watermark stays, whoever goes. */
    kt_ok(kt_delete(b));
    kt_ok(kt_delete(c));
    kt_ok(kt_retype_to(arena, KAAL_OBJ_ENDPOINT, 0, b, 1));
    assert_ptr_equal(kt_cap(b)->obj, base + 4096 + 64);
    /* Without, everything is free again: U2. */
    kt_ok(kt_delete(a));
    kt_ok(kt_delete(b));
    kt_ok(kt_retype_to(arena, KAAL_OBJ_ENDPOINT, 0, a, 1));
    assert_ptr_equal(kt_cap(a)->obj, base);
}

/* Random objects come and go; a naive list of ranges says what may be. B09. */
static void test_b09_random_objects_never_overlap(void **state)
{
    (void)state;
    enum { SLOTS = 24 };
    struct {
        uint64_t start, end;
        bool used;
    } range[SLOTS] = {0};
    const cptr_t first = kt.next_slot;
    uint64_t watermark = 0;
    unsigned made = 0, refused = 0;
    kt_seed(7);
    for (unsigned op = 0; op < 20000; op++) {
        const unsigned i = kt_random(SLOTS);
        if (range[i].used) {
            kt_ok(kt_delete(first + i));
            range[i].used = false;
            continue;
        }
        bool any = false;
        for (unsigned k = 0; k < SLOTS; k++) {
            any |= range[k].used;
        }
        watermark = any ? watermark : 0;
        const word_t type = 1 + kt_random(10);
        const word_t size = type == KAAL_OBJ_CNODE           ? 1 + kt_random(6)
                            : type == KAAL_OBJ_UNTYPED       ? 4 + kt_random(10)
                            : type == KAAL_OBJ_SCHED_CONTEXT ? 8 + kt_random(4)
                            : type == KAAL_OBJ_PAGE          ? 12
                                                             : 0;
        const uint64_t bytes = UINT64_C(1) << bits_of(type, size);
        const uint64_t start = (watermark + bytes - 1) / bytes * bytes;
        const bool fits = start + bytes <= UINT64_C(1) << ARENA_BITS;
        const enum kaal_err err = kt_retype_to(arena, type, size, first + i, 1);
        assert_int_equal(err, fits ? KAAL_OK : KAAL_ERR_NOT_ENOUGH_MEMORY);
        refused += fits ? 0 : 1;
        if (!fits) {
            assert_int_equal(kt_word(&kt.root, 0), (UINT64_C(1) << ARENA_BITS) - watermark);
            continue;
        }
        made++;
        range[i].start = start;
        range[i].end = watermark = start + bytes;
        range[i].used = true;
        assert_ptr_equal(kt_cap(first + i)->obj, (char *)kt_cap(arena)->obj + start);
        for (unsigned k = 0; k < SLOTS; k++) {
            assert_true(k == i || !range[k].used || range[k].end <= start ||
                        range[k].start >= start + bytes);
        }
    }
    assert_true(made > 1000 && refused > 1000);
}

static void test_nested_untyped(void **state)
{
    (void)state;
    const cptr_t inner = kt_new_slot(), object = kt_new_slot(), copy = kt_new_slot();
    kt_ok(kt_retype_to(arena, KAAL_OBJ_UNTYPED, 12, inner, 1));
    kt_ok(kt_retype_to(inner, KAAL_OBJ_TCB, 0, object, 1));
    assert_int_equal(kt_copy(copy, inner, KAAL_RIGHTS_ALL), KAAL_ERR_REVOKE_FIRST);
    kt_ok(kt_revoke(arena));
    assert_true(slot_is_empty(kt_slot(inner)) && slot_is_empty(kt_slot(object)));
}

/* A copy takes over the memory; the source is used up while the copy lives. */
static void test_copied_untyped(void **state)
{
    (void)state;
    const cptr_t copy = kt_new_slot(), a = kt_new_slot();
    kt_ok(kt_copy(copy, arena, KAAL_RIGHTS_ALL));
    assert_int_equal(kt_retype_to(arena, KAAL_OBJ_ENDPOINT, 0, a, 1), KAAL_ERR_NOT_ENOUGH_MEMORY);
    kt_ok(kt_retype_to(copy, KAAL_OBJ_ENDPOINT, 0, a, 1));
    kt_ok(kt_delete(copy));
    assert_int_equal(kt_retype_to(arena, KAAL_OBJ_ENDPOINT, 0, copy, 1),
                     KAAL_ERR_NOT_ENOUGH_MEMORY);
    kt_ok(kt_delete(a));
    kt_ok(kt_retype_to(arena, KAAL_OBJ_ENDPOINT, 0, a, 1));
}

/* ---- Fresh objects are zero: U3, KI-32, B02 ----------------------------------------------- */

static void test_reused_memory_is_zero(void **state)
{
    (void)state;
    const cptr_t slot = kt_new_slot();
    kt_ok(kt_retype_to(arena, KAAL_OBJ_PAGE, 12, slot, 4));
    char *memory = kt_cap(slot)->obj;
    memset(memory, 0xa5, 4 * 4096);
    for (unsigned i = 0; i < 4; i++) {
        kt_ok(kt_delete(slot + i));
    }
    host_log_clear();
    kt_ok(kt_retype_to(arena, KAAL_OBJ_PAGE, 12, slot, 4));
    for (unsigned i = 0; i < 4 * 4096; i++) {
        assert_int_equal(memory[i], 0);
    }
    uint64_t zeroed = 0;
    for (unsigned i = 0; i < host_count(HOST_ZERO); i++) {
        const struct host_event *e = host_event(HOST_ZERO, i);
        assert_int_equal(e->a, arch_virt_to_phys(memory) + zeroed);
        assert_true(e->b <= 1024);
        zeroed += e->b;
    }
    assert_int_equal(zeroed, 4 * 4096);
}

/* Interrupted after every chunk, then changed its mind: still zero. */
static void test_preempted_zeroing(void **state)
{
    (void)state;
    const cptr_t slot = kt_new_slot();
    struct kt_msg msg = {.label = KAAL_INV_UNTYPED_RETYPE,
                         .length = 6,
                         .w = {KAAL_OBJ_PAGE, 12, 0, 0, slot, 4},
                         .caps = 1,
                         .cap = {KAAL_ROOT_CNODE}};
    kt_ok(kt_retype_to(arena, KAAL_OBJ_PAGE, 12, slot, 8));
    char *memory = kt_cap(slot)->obj;
    memset(memory, 0xa5, 8 * 4096);
    kt_ok(kt_revoke(arena));

    host.preempt_every = 1;
    kt_call(&kt.root, arena, &msg);
    for (unsigned i = 0; i < 7; i++) {
        assert_false(kt_is_done(&kt.root));
        assert_true(slot_is_empty(kt_slot(slot)));
        kt_again(&kt.root);
    }
    host.preempt_every = 0;
    kt_ok(kt_retype_to(arena, KAAL_OBJ_TCB, 0, slot, 3));
    kt_ok(kt_revoke(arena));
    host.preempt_every = 1;
    kt_call(&kt.root, arena, &msg);
    unsigned restarts = 0;
    while (!kt_is_done(&kt.root)) {
        restarts++;
        kt_again(&kt.root);
    }
    assert_int_equal(restarts, 15); /* 16 chunks, none looks after the last */
    for (unsigned i = 0; i < 4 * 4096; i++) {
        assert_int_equal(memory[i], 0);
    }
}

/* ---- Device memory: KI-29, B20 -------------------------------------------------------------- */

static void test_b20_device_untyped(void **state)
{
    (void)state;
    const cptr_t slot = kt_new_slot(), inner = kt_new_slot();
    assert_true(cap_untyped_is_device(kt_cap(kt.device_untyped)));
    host_log_clear();
    for (word_t type = 1; type <= 10; type++) {
        const word_t size = type == KAAL_OBJ_CNODE ? 4 : type == KAAL_OBJ_SCHED_CONTEXT ? 8 : 12;
        const bool fixed = type != KAAL_OBJ_UNTYPED && type != KAAL_OBJ_PAGE &&
                           type != KAAL_OBJ_CNODE && type != KAAL_OBJ_SCHED_CONTEXT;
        const enum kaal_err err = kt_retype_to(kt.device_untyped, type, fixed ? 0 : size, slot, 1);
        if (type == KAAL_OBJ_UNTYPED || type == KAAL_OBJ_PAGE) {
            kt_ok(err);
            kt_ok(kt_delete(slot));
        } else {
            assert_int_equal(err, KAAL_ERR_INVALID_ARGUMENT);
        }
    }
    kt_ok(kt_retype_to(kt.device_untyped, KAAL_OBJ_UNTYPED, 14, inner, 1));
    assert_true(cap_untyped_is_device(kt_cap(inner)));
    assert_int_equal(kt_retype_to(inner, KAAL_OBJ_ENDPOINT, 0, slot, 1), KAAL_ERR_INVALID_ARGUMENT);
    kt_ok(kt_retype_to(inner, KAAL_OBJ_PAGE, 12, slot, 1));
    assert_true(cap_page_is_device(kt_cap(slot)));
    assert_int_equal(host_count(HOST_ZERO), 0);
    /* Not an IPC buffer. */
    const cptr_t tcb = kt_object(CAP_TCB, 0);
    assert_int_equal(kt_invoke(tcb, KAAL_INV_TCB_CONFIGURE, KT_WORDS(0, 0, 0x1000),
                               KT_CAPS(KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE, slot)),
                     KAAL_ERR_INVALID_CAPABILITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_b08_every_size, setup),
        cmocka_unit_test_setup(test_b08_every_count, setup),
        cmocka_unit_test_setup(test_exactly_full, setup),
        cmocka_unit_test_setup(test_destination, setup),
        cmocka_unit_test_setup(test_destination_in_another_cnode, setup),
        cmocka_unit_test_setup(test_watermark_and_alignment, setup),
        cmocka_unit_test_setup(test_b09_random_objects_never_overlap, setup),
        cmocka_unit_test_setup(test_nested_untyped, setup),
        cmocka_unit_test_setup(test_copied_untyped, setup),
        cmocka_unit_test_setup(test_reused_memory_is_zero, setup),
        cmocka_unit_test_setup(test_preempted_zeroing, setup),
        cmocka_unit_test_setup(test_b20_device_untyped, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
