/* SPDX-License-Identifier: Apache-2.0 */
/* Both ends of a ring, and one end against whatever the other may write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <kaal/ring.h>

#include "ring_os.h"

enum { TO_CONSUMER = 1, TO_PRODUCER = 2 };

/* ---- The seam --------------------------------------------------------------------- */

static unsigned signals[3];
static unsigned waits;
static void (*on_wait)(void);

uint32_t ring_os_load(const _Atomic uint32_t *word)
{
    return atomic_load(word);
}

void ring_os_store(_Atomic uint32_t *word, uint32_t value)
{
    atomic_store(word, value);
}

void ring_os_signal(kaal_cptr_t cap)
{
    signals[cap]++;
}

void ring_os_wait(kaal_cptr_t cap)
{
    (void)cap;
    waits++;
    assert_true(waits < 100);
    on_wait();
}

/* ---- Fixture: memory of exactly the ring's size, so that ASan guards it ------------- */

static struct kaal_ring_memory *memory;
static struct kaal_ring producer, consumer;

static void make(uint32_t slots, uint32_t slot_size, uint32_t start)
{
    free(memory);
    memory = aligned_alloc(64, (kaal_ring_bytes(slots, slot_size) + 63) & ~63UL);
    memset(memory, 0, kaal_ring_bytes(slots, slot_size));
    assert_true(kaal_ring_init(&producer, memory, slots, slot_size, true));
    assert_true(kaal_ring_init(&consumer, memory, slots, slot_size, false));
    producer.signal = consumer.wait = TO_CONSUMER;
    consumer.signal = producer.wait = TO_PRODUCER;
    producer.own = producer.peer = consumer.own = consumer.peer = start;
    memory->producer.count = memory->consumer.count = start;
    memset(signals, 0, sizeof(signals));
    waits = 0;
}

static int teardown(void **state)
{
    (void)state;
    free(memory);
    memory = NULL;
    return 0;
}

static size_t push(const uint64_t *items, size_t count)
{
    size_t n = 99;
    assert_true(kaal_ring_push(&producer, items, count, &n));
    return n;
}

static size_t pop(uint64_t *items, size_t count)
{
    size_t n = 99;
    assert_true(kaal_ring_pop(&consumer, items, count, &n));
    return n;
}

/* ---- Tests -------------------------------------------------------------------------- */

static void sizes_have_limits(void **state)
{
    static const struct {
        uint32_t slots, slot_size;
        uint64_t bytes;
    } cases[] = {
        {1, 8, 136},
        {2, 8, 144},
        {64, 256, 128 + 16384},
        {0, 8, 0},
        {3, 8, 0},
        {4, 0, 0},
        {4, 4, 0},
        {4, 12, 0},
        {65536, 8, 524416},
        {131072, 8, 0},
        {65536, 16, 0},
        {1, 65536, 65664},
        {1, 65544, 0},
        {8, 65536, 524416},
        {16, 65536, 0},
        {UINT32_MAX, 8, 0},
        {1U << 31, 8, 0},
        {4, UINT32_MAX, 0},
        {4, 1U << 31, 0},
        {4, UINT32_MAX - 7, 0},
    };
    struct kaal_ring ring;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(kaal_ring_bytes(cases[i].slots, cases[i].slot_size), cases[i].bytes);
        assert_int_equal(kaal_ring_init(&ring, &ring, cases[i].slots, cases[i].slot_size, true),
                         cases[i].bytes != 0);
    }
    assert_false(kaal_ring_init(&ring, NULL, 4, 8, true));
}

static void full_and_empty(void **state)
{
    const uint64_t in[6] = {11, 12, 13, 14, 15, 16};
    uint64_t out[6] = {0};
    (void)state;
    make(4, 8, 0);
    assert_int_equal(pop(out, 6), 0);
    assert_int_equal(push(in, 0), 0);
    assert_int_equal(push(in, 6), 4);
    assert_int_equal(push(in, 1), 0);
    assert_int_equal(pop(out, 1), 1);
    assert_int_equal(out[0], 11);
    assert_int_equal(push(in + 4, 2), 1);
    assert_int_equal(pop(out, 6), 4);
    assert_memory_equal(out, in + 1, 4 * 8);
    assert_int_equal(pop(out, 6), 0);
    assert_int_equal(pop(out, 0), 0);
}

static void one_slot_is_enough(void **state)
{
    uint64_t out;
    (void)state;
    make(1, 8, UINT32_MAX);
    for (uint64_t i = 0; i < 5; i++) {
        assert_int_equal(push(&i, 1), 1);
        assert_int_equal(push(&i, 1), 0);
        assert_int_equal(pop(&out, 1), 1);
        assert_int_equal(out, i);
        assert_int_equal(pop(&out, 1), 0);
    }
}

/* Every item arrives once, in order, over both wrap-arounds: of the slots and
 * of the counts. */
static void counts_wrap_around(void **state)
{
    (void)state;
    for (uint32_t slots = 1; slots <= 8; slots *= 2) {
        make(slots, 24, UINT32_MAX - 20);
        uint64_t sent = 0, received = 0, in[8 * 3], out[8 * 3];
        for (unsigned round = 0; round < 50; round++) {
            for (unsigned i = 0; i < 24; i++) {
                in[i] = sent * 3 + i;
            }
            sent += push(in, round % 9);
            const size_t n = pop(out, (round * 5) % 9);
            for (size_t i = 0; i < n * 3; i++) {
                assert_int_equal(out[i], received * 3 + i);
            }
            received += n;
        }
        assert_in_range(sent - received, 0, slots);
        assert_true(sent > 20);
    }
}

static void signals_only_a_sleeper_and_once(void **state)
{
    const uint64_t item = 1;
    (void)state;
    make(8, 8, 0);
    assert_int_equal(push(&item, 1), 1);
    assert_int_equal(signals[TO_CONSUMER], 0);
    memory->consumer.sleeps = 7;
    assert_int_equal(push(&item, 1), 1);
    assert_int_equal(push(&item, 1), 1);
    assert_int_equal(signals[TO_CONSUMER], 1);
    memory->consumer.sleeps = 8;
    assert_int_equal(push(&item, 1), 1);
    assert_int_equal(push(&item, 0), 0);
    assert_int_equal(signals[TO_CONSUMER], 2);
    memory->consumer.sleeps = 0;
    assert_int_equal(push(&item, 1), 1);
    assert_int_equal(signals[TO_CONSUMER], 2);
    assert_int_equal(signals[TO_PRODUCER], 0);
}

static void send_one_at_third_wake(void)
{
    const uint64_t item = 5;
    assert_int_not_equal(memory->consumer.sleeps, 0);
    if (waits == 3) {
        assert_int_equal(push(&item, 1), 1);
    }
}

static void sleeps_through_needless_signals(void **state)
{
    uint64_t out;
    (void)state;
    make(4, 8, 0);
    on_wait = send_one_at_third_wake;
    consumer.ticket = UINT32_MAX - 1; /* 0 would say that it is awake */
    assert_true(kaal_ring_wait(&consumer));
    assert_int_equal(waits, 3);
    assert_int_equal(memory->consumer.sleeps, 0);
    assert_int_equal(signals[TO_CONSUMER], 1);
    assert_int_equal(pop(&out, 1), 1);
    assert_int_equal(out, 5);
}

static void take_one(void)
{
    uint64_t out;
    assert_int_equal(pop(&out, 1), 1);
}

static void producer_waits_for_room(void **state)
{
    const uint64_t items[4] = {1, 2, 3, 4};
    (void)state;
    make(4, 8, 0);
    on_wait = take_one;
    assert_true(kaal_ring_wait(&producer));
    assert_int_equal(waits, 0);
    assert_int_equal(push(items, 4), 4);
    assert_true(kaal_ring_wait(&producer));
    assert_int_equal(waits, 1);
    assert_int_equal(signals[TO_PRODUCER], 1);
    assert_int_equal(push(items, 4), 1);
}

static void break_it(void)
{
    memory->producer.count = 100;
}

static void a_break_ends_the_wait(void **state)
{
    (void)state;
    make(4, 8, 0);
    on_wait = break_it;
    assert_false(kaal_ring_wait(&consumer));
    assert_int_equal(memory->consumer.sleeps, 0);
}

/* What the other side may have written, told by 64-bit numbers that do not wrap. */
static void try_count(bool is_producer, uint32_t slots, uint32_t own, uint32_t in_use,
                      uint32_t written)
{
    enum { BASE = 1 }; /* counts as if the ring had been round once already */
    const uint64_t self = ((uint64_t)BASE << 32) + own;
    const uint64_t low = is_producer ? self - in_use : self + in_use;
    const uint64_t high = is_producer ? self : self + slots;
    uint64_t items[8] = {0};
    size_t n = 99;
    bool is_honest = false;
    uint64_t honest = 0;
    for (uint64_t c = low; c <= high; c++) {
        if ((uint32_t)c == written) {
            is_honest = true;
            honest = c;
        }
    }
    make(slots, 8, own);
    struct kaal_ring *ring = is_producer ? &producer : &consumer;
    ring->peer = (uint32_t)low;
    *(is_producer ? &memory->consumer.count : &memory->producer.count) = written;
    /* As many as there are slots: the count has to be read unless all are free. */
    const bool ok = is_producer ? kaal_ring_push(ring, items, slots, &n)
                                : kaal_ring_pop(ring, items, slots, &n);
    const uint64_t known = is_producer ? slots - in_use : in_use;
    if (known == slots) {
        assert_true(ok && n == slots);
        return;
    }
    assert_int_equal(ok, is_honest);
    if (!is_honest) {
        assert_int_equal(n, 0);
        *(is_producer ? &memory->consumer.count : &memory->producer.count) = (uint32_t)low;
        const bool again =
            is_producer ? kaal_ring_push(ring, items, 1, &n) : kaal_ring_pop(ring, items, 1, &n);
        assert_false(again || n != 0 || kaal_ring_wait(ring)); /* for ever */
        return;
    }
    assert_int_equal(n, is_producer ? slots - (self - honest) : honest - self);
}

static void hostile_counts_break_the_ring(void **state)
{
    (void)state;
    for (uint32_t slots = 1; slots <= 8; slots *= 2) {
        static const uint32_t owns[] = {0,          1,          5,          0x7fffffff,
                                        0x80000000, 0xfffffffb, 0xffffffff, 1000};
        for (unsigned o = 0; o < sizeof(owns) / sizeof(owns[0]); o++) {
            for (uint32_t in_use = 0; in_use <= slots; in_use++) {
                for (unsigned bit = 0; bit < 32; bit++) {
                    for (int near = -2; near <= 2; near++) {
                        const uint32_t value = (1U << bit) + (uint32_t)near;
                        for (int side = 0; side < 2; side++) {
                            try_count(side, slots, owns[o], in_use, value);
                            try_count(side, slots, owns[o], in_use, owns[o] + value);
                            try_count(side, slots, owns[o], in_use, owns[o] - value);
                        }
                    }
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_have_limits),
        cmocka_unit_test(full_and_empty),
        cmocka_unit_test(one_slot_is_enough),
        cmocka_unit_test(counts_wrap_around),
        cmocka_unit_test(signals_only_a_sleeper_and_once),
        cmocka_unit_test(sleeps_through_needless_signals),
        cmocka_unit_test(producer_waits_for_room),
        cmocka_unit_test(a_break_ends_the_wait),
        cmocka_unit_test(hostile_counts_break_the_ring),
    };
    return cmocka_run_group_tests_name("ring", tests, NULL, teardown);
}
