/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intrusive ordered queue: a balanced (AVL) tree with its least entry cached.
 *
 * Smaller keys come first, equal keys in order of insertion. Used for waiting
 * threads (key: KAAL_MAX_PRIORITY - priority) and for released-later threads
 * (key: release time).
 *
 * Q1  in-order walk has non-decreasing keys; equal keys are in FIFO order.
 * Q2  the heights of two siblings differ by at most one.
 * Q3  first is the leftmost node, NULL iff the tree is empty.
 * Q4  a node in no tree is zero, but for its key.
 *
 * insert, remove: O(log n), 1.44 log2(n) levels at most. first: O(1).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tree_node {
    struct tree_node *left, *right, *parent;
    uint64_t key;
    int32_t balance; /* height(right) - height(left), -1..1 */
    bool linked;     /* is in a tree */
};

struct tree {
    struct tree_node *root;
    struct tree_node *first;
};

/* Pre: node is in no tree. */
void tree_insert(struct tree *tree, struct tree_node *node, uint64_t key);

/* Pre: node is in this tree. */
void tree_remove(struct tree *tree, struct tree_node *node);

/* The entry after node, or NULL. O(log n). */
struct tree_node *tree_next(const struct tree_node *node);

static inline struct tree_node *tree_first(const struct tree *tree)
{
    return tree->first;
}

static inline bool tree_is_empty(const struct tree *tree)
{
    return tree->first == NULL;
}

/* ---- A tree of one entry, without a call ---- */

/* The only entry, or NULL if there are none or several. */
static inline struct tree_node *tree_only(const struct tree *tree)
{
    struct tree_node *node = tree->first;
    return node != NULL && node->parent == NULL && node->right == NULL ? node : NULL;
}

/* As tree_remove() of tree_only(). */
static inline void tree_remove_only(struct tree *tree, struct tree_node *node)
{
    tree->root = tree->first = NULL;
    node->linked = false;
}

/* As tree_insert() into an empty tree. */
static inline void tree_insert_only(struct tree *tree, struct tree_node *node, uint64_t key)
{
    node->key = key;
    node->linked = true;
    tree->root = tree->first = node;
}

/* Is node in this tree? O(log n). */
bool tree_has(const struct tree *tree, const struct tree_node *node);

/* NULL if Q1..Q3 hold, else the name of the broken one. */
const char *tree_check(const struct tree *tree);
