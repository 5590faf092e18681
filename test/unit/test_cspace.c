/* SPDX-License-Identifier: Apache-2.0 */
/* Capability lookup: named cases with exact failures, then random CSpaces
 * against a resolver that looks at one bit at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/cspace.h"
#include "object/tcb.h"

enum { NODES = 6, MAX_RADIX = 4 };

static struct slot nodes[NODES][1 << MAX_RADIX];
static struct tcb thread;
static int some_endpoint;

static uint64_t rng_state;

static uint64_t rng(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state;
}

static unsigned rng_below(unsigned below)
{
    return (unsigned)((rng() >> 20) % below);
}

static int reset(void **state)
{
    (void)state;
    memset(nodes, 0, sizeof(nodes));
    memset(&thread, 0, sizeof(thread));
    rng_state = UINT64_C(0x853c49e6748fea9b);
    return 0;
}

static struct cap endpoint_cap(void)
{
    return cap_object(CAP_ENDPOINT, &some_endpoint);
}

static struct slot *resolve(const struct cap *root, cptr_t cptr, unsigned depth, unsigned *left,
                            struct lookup_failure *failure)
{
    *left = 999;
    *failure = (struct lookup_failure){0};
    return cspace_resolve(root, cptr, depth, left, failure);
}

static void assert_slot(const struct cap *root, cptr_t cptr, unsigned depth,
                        const struct slot *want, unsigned want_left)
{
    struct lookup_failure failure;
    unsigned left;
    assert_ptr_equal(resolve(root, cptr, depth, &left, &failure), want);
    assert_int_equal(left, want_left);
}

static void assert_failure(const struct cap *root, cptr_t cptr, unsigned depth,
                           enum kaal_lookup_failure kind, unsigned bits_left)
{
    struct lookup_failure failure;
    unsigned left;
    assert_null(resolve(root, cptr, depth, &left, &failure));
    assert_int_equal(failure.kind, kind);
    assert_int_equal(failure.bits_left, bits_left);
}

/* ---- Named cases ------------------------------------------------------------------- */

static void test_one_level_with_guard(void **state)
{
    (void)state;
    const struct cap root = cap_cnode(nodes[0], 4, 0, 60);
    for (unsigned i = 0; i < 16; i++) {
        assert_slot(&root, i, 64, &nodes[0][i], 0);
    }
    assert_failure(&root, 16, 64, KAAL_LOOKUP_GUARD, 64);
    assert_failure(&root, UINT64_C(1) << 63, 64, KAAL_LOOKUP_GUARD, 64);
}

static void test_guard_value_is_compared(void **state)
{
    (void)state;
    const struct cap root = cap_cnode(nodes[0], 4, 0x2d, 6);
    assert_slot(&root, 0x2d3, 10, &nodes[0][3], 0);
    /* Bits above depth do not count. */
    assert_slot(&root, ~UINT64_C(0x3ff) | 0x2d3, 10, &nodes[0][3], 0);
    assert_failure(&root, 0x2c3, 10, KAAL_LOOKUP_GUARD, 10);
    assert_failure(&root, 0x0d3, 10, KAAL_LOOKUP_GUARD, 10);
}

static void test_guard_longer_than_depth(void **state)
{
    (void)state;
    const struct cap root = cap_cnode(nodes[0], 4, 0, 6);
    assert_failure(&root, 0, 5, KAAL_LOOKUP_GUARD, 5);
    assert_failure(&root, 0, 1, KAAL_LOOKUP_GUARD, 1);
}

static void test_radix_longer_than_what_is_left(void **state)
{
    (void)state;
    const struct cap root = cap_cnode(nodes[0], 4, 0, 6);
    assert_failure(&root, 0, 9, KAAL_LOOKUP_DEPTH, 9);
    assert_failure(&root, 0, 6, KAAL_LOOKUP_DEPTH, 6);
    const struct cap no_guard = cap_cnode(nodes[0], 4, 0, 0);
    assert_failure(&no_guard, 0, 3, KAAL_LOOKUP_DEPTH, 3);
}

static void test_guard_of_64_bits_leaves_none(void **state)
{
    (void)state;
    const struct cap root = cap_cnode(nodes[0], 1, UINT64_MAX >> 1, 63);
    assert_slot(&root, UINT64_MAX, 64, &nodes[0][1], 0);
    assert_slot(&root, UINT64_MAX - 1, 64, &nodes[0][0], 0);
    assert_failure(&root, 0, 64, KAAL_LOOKUP_GUARD, 64);
}

static void test_root_is_no_cnode(void **state)
{
    (void)state;
    const struct cap none = cap_null();
    const struct cap ep = endpoint_cap();
    assert_failure(&none, 0, 64, KAAL_LOOKUP_INVALID_ROOT, 64);
    assert_failure(&ep, 5, 7, KAAL_LOOKUP_INVALID_ROOT, 7);
    struct lookup_failure failure;
    assert_null(cspace_lookup(&thread, 0, &failure));
    assert_int_equal(failure.kind, KAAL_LOOKUP_INVALID_ROOT);
}

static void test_two_levels(void **state)
{
    (void)state;
    const struct cap root = cap_cnode(nodes[0], 4, 0x5, 4);
    nodes[0][7].cap = cap_cnode(nodes[1], 3, 0x1, 2);
    nodes[1][6].cap = endpoint_cap();
    const cptr_t cptr = 0x5 << 9 | 0x7 << 5 | 0x1 << 3 | 0x6;
    assert_slot(&root, cptr, 13, &nodes[1][6], 0);
    /* Depth ends at the inner CNode's own slot. */
    assert_slot(&root, cptr >> 5, 8, &nodes[0][7], 0);
    /* The inner guard fails with the bits that were left for it. */
    assert_failure(&root, cptr ^ 0x8, 13, KAAL_LOOKUP_GUARD, 5);
    /* Not enough bits for the inner radix. */
    assert_failure(&root, cptr >> 1, 12, KAAL_LOOKUP_DEPTH, 4);
    assert_failure(&root, cptr >> 4, 9, KAAL_LOOKUP_GUARD, 1);
}

static void test_bits_left_at_an_object(void **state)
{
    (void)state;
    const struct cap root = cap_cnode(nodes[0], 4, 0, 4);
    nodes[0][2].cap = endpoint_cap();
    assert_slot(&root, 0x02ab, 16, &nodes[0][2], 8);
    /* An empty slot ends the walk, too. */
    assert_slot(&root, 0x03ab, 16, &nodes[0][3], 8);

    struct lookup_failure failure;
    assert_null(cspace_lookup_exact(&root, 0x02ab, 16, &failure));
    assert_int_equal(failure.kind, KAAL_LOOKUP_DEPTH);
    assert_int_equal(failure.bits_left, 8);
    assert_ptr_equal(cspace_lookup_exact(&root, 0x02, 8, &failure), &nodes[0][2]);

    thread.slots[TCB_SLOT_CSPACE].cap = root;
    assert_ptr_equal(cspace_lookup(&thread, UINT64_C(0x02) << 56, &failure), &nodes[0][2]);
    assert_ptr_equal(cspace_lookup(&thread, UINT64_C(0x02ab) << 48, &failure), &nodes[0][2]);
}

static void test_64_levels(void **state)
{
    (void)state;
    nodes[0][0].cap = cap_cnode(nodes[0], 1, 0, 0);
    nodes[0][1].cap = endpoint_cap();
    const struct cap root = nodes[0][0].cap;
    assert_slot(&root, 0, 64, &nodes[0][0], 0);
    assert_slot(&root, 1, 64, &nodes[0][1], 0);
    assert_slot(&root, 1, 1, &nodes[0][1], 0);
    assert_slot(&root, UINT64_C(1) << 63, 64, &nodes[0][1], 63);
}

/* ---- Random, against one bit at a time -------------------------------------------- */

struct answer {
    const struct slot *slot;
    unsigned left;
    enum kaal_lookup_failure kind;
};

static unsigned bit(cptr_t cptr, unsigned place)
{
    return (unsigned)(cptr >> place) & 1;
}

static struct answer naive(const struct cap *node, cptr_t cptr, unsigned left)
{
    if (node->type != CAP_CNODE) {
        return (struct answer){NULL, left, KAAL_LOOKUP_INVALID_ROOT};
    }
    for (;;) {
        const unsigned at_entry = left;
        const unsigned guard_bits = cap_cnode_guard_bits(node);
        for (unsigned i = guard_bits; i > 0; i--) {
            if (left == 0 || bit(cptr, left - 1) != bit(cap_cnode_guard(node), i - 1)) {
                return (struct answer){NULL, at_entry, KAAL_LOOKUP_GUARD};
            }
            left--;
        }
        unsigned index = 0;
        for (unsigned i = 0; i < cap_cnode_radix(node); i++) {
            if (left == 0) {
                return (struct answer){NULL, at_entry, KAAL_LOOKUP_DEPTH};
            }
            index = index * 2 + bit(cptr, --left);
        }
        const struct slot *slot = cap_cnode_slots(node) + index;
        if (left == 0 || slot->cap.type != CAP_CNODE) {
            return (struct answer){slot, left, 0};
        }
        node = &slot->cap;
    }
}

static struct cap random_cnode(unsigned node)
{
    const unsigned guard_bits = rng_below(3) == 0 ? rng_below(60) : rng_below(4);
    const word_t guard =
        rng() & ((UINT64_C(1) << guard_bits) - 1) & (rng_below(2) ? UINT64_MAX : 0);
    return cap_cnode(nodes[node], 1 + node % MAX_RADIX, guard, guard_bits);
}

static void test_random_against_bitwise(void **state)
{
    (void)state;
    unsigned found = 0, kinds[5] = {0};
    for (unsigned round = 0; round < 3000; round++) {
        for (unsigned n = 0; n < NODES; n++) {
            for (unsigned i = 0; i < 1U << (1 + n % MAX_RADIX); i++) {
                const unsigned what = rng_below(10);
                nodes[n][i].cap = what < 6   ? random_cnode(rng_below(NODES))
                                  : what < 8 ? endpoint_cap()
                                             : cap_null();
            }
        }
        const struct cap root = random_cnode(0);
        for (unsigned i = 0; i < 100; i++) {
            const cptr_t cptr = rng() & (rng_below(2) ? rng() & rng() & rng() : 0);
            const unsigned depth = 1 + rng_below(64);
            const struct answer want = naive(&root, cptr, depth);
            if (want.slot != NULL) {
                assert_slot(&root, cptr, depth, want.slot, want.left);
                found++;
            } else {
                assert_failure(&root, cptr, depth, want.kind, want.left);
                kinds[want.kind]++;
            }
        }
    }
    assert_true(found > 1000 && kinds[KAAL_LOOKUP_GUARD] > 1000 && kinds[KAAL_LOOKUP_DEPTH] > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_one_level_with_guard, reset),
        cmocka_unit_test_setup(test_guard_value_is_compared, reset),
        cmocka_unit_test_setup(test_guard_longer_than_depth, reset),
        cmocka_unit_test_setup(test_radix_longer_than_what_is_left, reset),
        cmocka_unit_test_setup(test_guard_of_64_bits_leaves_none, reset),
        cmocka_unit_test_setup(test_root_is_no_cnode, reset),
        cmocka_unit_test_setup(test_two_levels, reset),
        cmocka_unit_test_setup(test_bits_left_at_an_object, reset),
        cmocka_unit_test_setup(test_64_levels, reset),
        cmocka_unit_test_setup(test_random_against_bitwise, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
