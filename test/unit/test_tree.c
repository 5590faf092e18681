/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h against a naive sorted array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/tree.h"

enum { NODES = 200, OPS = 120000 };

static struct tree_node nodes[NODES];
static struct tree tree;

/* The model: nodes in queue order. */
static struct tree_node *order[NODES];
static unsigned count;

static uint64_t rng_state;

static uint64_t rng(uint64_t below)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state % below;
}

static int reset(void **state)
{
    (void)state;
    tree = (struct tree){0};
    for (unsigned i = 0; i < NODES; i++) {
        nodes[i] = (struct tree_node){0};
    }
    count = 0;
    rng_state = UINT64_C(0x9e3779b97f4a7c15);
    return 0;
}

static void model_insert(struct tree_node *node, uint64_t key)
{
    unsigned at = count++;
    for (; at > 0 && order[at - 1]->key > key; at--) {
        order[at] = order[at - 1];
    }
    order[at] = node;
}

static void model_remove(const struct tree_node *node)
{
    unsigned at = 0;
    while (order[at] != node) {
        at++;
    }
    for (count--; at < count; at++) {
        order[at] = order[at + 1];
    }
}

static unsigned levels(void)
{
    unsigned most = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned depth = 0;
        for (const struct tree_node *n = order[i]; n != NULL; n = n->parent) {
            depth++;
        }
        most = depth > most ? depth : most;
    }
    return most;
}

/* An AVL tree of h levels has at least fib(h + 2) - 1 nodes. */
static unsigned most_levels(unsigned n)
{
    unsigned least = 1, next = 2, h = 1;
    for (; next <= n; h++) {
        const unsigned sum = least + next + 1;
        least = next;
        next = sum;
    }
    return n == 0 ? 0 : h;
}

static void compare(void)
{
    assert_null(tree_check(&tree));
    assert_int_equal(tree_is_empty(&tree), count == 0);
    const struct tree_node *node = tree_first(&tree);
    for (unsigned i = 0; i < count; i++) {
        assert_ptr_equal(node, order[i]);
        node = tree_next(node);
    }
    assert_null(node);
}

static void insert(struct tree_node *node, uint64_t key)
{
    tree_insert(&tree, node, key);
    model_insert(node, key);
    assert_true(node->linked);
}

static void removal(struct tree_node *node)
{
    tree_remove(&tree, node);
    model_remove(node);
    assert_false(node->linked);
}

static void test_random_against_sorted_list(void **state)
{
    (void)state;
    for (unsigned op = 0; op < OPS; op++) {
        /* Few distinct keys make ties, many make none; swell and shrink. */
        const uint64_t keys = (op / 10000) % 2 == 0 ? 8 : 100000;
        const unsigned fill = (op / 3000) % 2 == 0 ? 70 : 30;
        struct tree_node *node = &nodes[rng(NODES)];
        if (!node->linked && rng(100) < fill) {
            insert(node, rng(keys));
        } else if (node->linked && rng(100) >= fill) {
            removal(node);
        }
        compare();
        if (op % 64 == 0) {
            assert_true(levels() <= most_levels(count));
        }
    }
}

static void test_equal_keys_are_fifo(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NODES; i++) {
        insert(&nodes[i], i % 4);
        compare();
    }
    for (unsigned key = 0; key < 4; key++) {
        for (unsigned i = key; i < NODES; i += 4) {
            assert_ptr_equal(tree_first(&tree), &nodes[i]);
            removal(&nodes[i]);
            compare();
        }
    }
    assert_true(tree_is_empty(&tree));
}

static void test_height_of_sorted_input(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NODES; i++) {
        insert(&nodes[i], i);
        assert_true(levels() <= most_levels(count));
    }
    compare();
    (void)reset(NULL);
    for (unsigned i = 0; i < NODES; i++) {
        insert(&nodes[i], NODES - i);
        assert_true(levels() <= most_levels(count));
    }
    compare();
}

static void test_extreme_keys(void **state)
{
    (void)state;
    insert(&nodes[0], UINT64_MAX);
    insert(&nodes[1], 0);
    insert(&nodes[2], UINT64_MAX);
    insert(&nodes[3], 0);
    compare();
    assert_ptr_equal(tree_first(&tree), &nodes[1]);
}

/* Every shape of up to 7 nodes, then every removal order's first step. */
static void test_remove_each_of_small_trees(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 5040; seed++) {
        for (unsigned victim = 0; victim < 7; victim++) {
            (void)reset(NULL);
            unsigned left[7] = {0, 1, 2, 3, 4, 5, 6}, code = seed;
            for (unsigned n = 7; n > 0; n--) {
                const unsigned pick = code % n;
                code /= n;
                insert(&nodes[left[pick]], left[pick]);
                left[pick] = left[n - 1];
            }
            removal(&nodes[victim]);
            compare();
        }
    }
}

/* The checker must see what it claims to see. */
static void test_check_names_what_is_broken(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        insert(&nodes[i], i * 10);
    }
    assert_null(tree_check(&tree));

    struct tree_node *first = tree.first;
    tree.first = tree_next(first);
    assert_string_equal(tree_check(&tree), "Q3");
    tree.first = first;

    tree.root->key = 0;
    assert_string_equal(tree_check(&tree), "Q1");
    tree.root->key = 30;
    assert_null(tree_check(&tree));

    tree.root->balance = -tree.root->balance + 1;
    assert_string_equal(tree_check(&tree), "Q2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_random_against_sorted_list, reset),
        cmocka_unit_test_setup(test_equal_keys_are_fifo, reset),
        cmocka_unit_test_setup(test_height_of_sorted_input, reset),
        cmocka_unit_test_setup(test_extreme_keys, reset),
        cmocka_unit_test_setup(test_remove_each_of_small_trees, reset),
        cmocka_unit_test_setup(test_check_names_what_is_broken, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
