/* SPDX-License-Identifier: Apache-2.0 */
/* Range lists against a map with one flag per page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loader/memory.h"
#include "loader_fail.h"

enum { PAGES = 200, ROUNDS = 20000 };
#define BASE UINT64_C(0x40000000)

static uint64_t random_state = 1;

static uint64_t pick(uint64_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (random_state >> 33) % limit;
}

/* M1 and M2. */
static void check_list(const struct range_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct kaal_range *r = &list->range[i];
        assert_true(r->size > 0);
        assert_int_equal((r->base | r->size) & PAGE_MASK, 0);
        assert_true(r->base + r->size <= MEMORY_LIMIT);
        assert_true(i == 0 || r[-1].base + r[-1].size < r->base);
    }
}

static void check_equal(const struct range_list *list, const bool *model)
{
    uint64_t pages = 0;
    check_list(list);
    for (unsigned page = 0; page < PAGES; page++) {
        const uint64_t at = BASE + page * (uint64_t)KAAL_PAGE_SIZE;
        assert_int_equal(range_room(list, at) > 0, model[page]);
        assert_int_equal(range_room(list, at + PAGE_MASK) > 0, model[page]);
        pages += model[page];
    }
    assert_int_equal(range_total(list), pages * KAAL_PAGE_SIZE);
}

/* Sets the pages of bytes [from, to), of which partial ones only if outward. */
static void mark(bool *model, uint64_t from, uint64_t to, bool outward, bool value)
{
    for (unsigned page = 0; page < PAGES && from < to; page++) {
        const uint64_t first = page * (uint64_t)KAAL_PAGE_SIZE, end = first + KAAL_PAGE_SIZE;
        const bool touched = from < end && to > first;
        const bool covered = from <= first && to >= end;
        if (outward ? touched : covered) {
            model[page] = value;
        }
    }
}

static void random_maps(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct range_list list = {.count = 0};
        bool model[PAGES] = {false};
        const unsigned adds = 1 + (unsigned)pick(6), removes = (unsigned)pick(8);
        for (unsigned i = 0; i < adds + removes; i++) {
            uint64_t from = pick(PAGES * (uint64_t)KAAL_PAGE_SIZE);
            uint64_t size = pick(4) == 0 ? 0 : pick(60 * (uint64_t)KAAL_PAGE_SIZE);
            if (pick(2) == 0) {
                from &= ~PAGE_MASK;
                size &= ~PAGE_MASK;
            }
            const uint64_t end = from + size;
            if (end > PAGES * (uint64_t)KAAL_PAGE_SIZE) {
                continue;
            }
            const bool outward = pick(2) == 0;
            if (i < adds) {
                range_add(&list, BASE + from, size, outward ? RANGE_OUTWARD : RANGE_INWARD);
                mark(model, from, end, outward, true);
            } else {
                range_remove(&list, BASE + from, size);
                mark(model, from, end, true, false);
            }
            check_equal(&list, model);
        }
    }
}

/* The place is free, aligned, the lowest such, and gone afterwards. */
static void take(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct range_list list = {.count = 0}, before;
        for (unsigned i = 0; i < 5; i++) {
            range_add(&list, BASE + pick(PAGES) * KAAL_PAGE_SIZE, pick(30) * KAAL_PAGE_SIZE,
                      RANGE_INWARD);
        }
        before = list;
        const uint64_t size = (1 + pick(20)) * KAAL_PAGE_SIZE;
        const uint64_t align = (uint64_t)KAAL_PAGE_SIZE << pick(5);
        uint64_t lowest = 0;
        for (uint64_t at = BASE; lowest == 0 && at < BASE + 256 * KAAL_PAGE_SIZE; at += align) {
            lowest = range_room(&before, at) >= size ? at : 0;
        }
        volatile uint64_t at = 0;
        ATTEMPT(at = range_take(&list, size, align));
        assert_int_equal(at, lowest);
        assert_int_equal(loader_error != NULL, lowest == 0);
        check_list(&list);
        assert_int_equal(range_total(&before) - range_total(&list), lowest == 0 ? 0 : size);
        assert_int_equal(range_room(&list, lowest), 0);
    }
}

static void limits(void **state)
{
    (void)state;
    struct range_list list = {.count = 0};
    ATTEMPT(range_add(&list, UINT64_MAX - 10, 100, RANGE_OUTWARD));
    assert_non_null(loader_error);
    ATTEMPT(range_remove(&list, 1, UINT64_MAX));
    assert_non_null(loader_error);
    ATTEMPT(range_add(&list, MEMORY_LIMIT - KAAL_PAGE_SIZE, 1 << 20, RANGE_OUTWARD));
    assert_null(loader_error);
    assert_int_equal(range_total(&list), KAAL_PAGE_SIZE);
    range_add(&list, MEMORY_LIMIT, 1 << 20, RANGE_OUTWARD);
    range_add(&list, UINT64_MAX - 4095, 4095, RANGE_OUTWARD);
    assert_int_equal(range_total(&list), KAAL_PAGE_SIZE);

    list.count = 0;
    for (uint64_t i = 0; i < MEMORY_MAX_RANGES; i++) {
        ATTEMPT(range_add(&list, i * 0x2000, 0x1000, RANGE_OUTWARD));
        assert_null(loader_error);
    }
    ATTEMPT(range_add(&list, UINT64_C(1) << 32, 0x1000, RANGE_OUTWARD));
    assert_non_null(loader_error);
    assert_int_equal(list.count, MEMORY_MAX_RANGES);
    check_list(&list);

    struct kaal_range out[KAAL_BOOT_MAX_RANGES];
    ATTEMPT(range_export(&list, out));
    assert_non_null(loader_error);
    list.count = KAAL_BOOT_MAX_RANGES;
    ATTEMPT(assert_int_equal(range_export(&list, out), KAAL_BOOT_MAX_RANGES));
    assert_null(loader_error);
    assert_memory_equal(out, list.range, sizeof(out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_maps),
        cmocka_unit_test(take),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
