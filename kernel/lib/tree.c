/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

/* Which child: -1 left, +1 right. */
static int32_t side_of(const struct tree_node *parent, const struct tree_node *child)
{
    return parent != NULL && parent->left == child ? -1 : 1;
}

/* Hang child (or NULL) where old hung below parent (or at the root). */
static void replace_child(struct tree *tree, struct tree_node *parent, const struct tree_node *old,
                          struct tree_node *child)
{
    if (parent == NULL) {
        tree->root = child;
    } else if (parent->left == old) {
        parent->left = child;
    } else {
        parent->right = child;
    }
    if (child != NULL) {
        child->parent = parent;
    }
}

static void rotate_left(struct tree *tree, struct tree_node *node)
{
    struct tree_node *up = node->right;
    replace_child(tree, node->parent, node, up);
    node->right = up->left;
    if (node->right != NULL) {
        node->right->parent = node;
    }
    up->left = node;
    node->parent = up;
}

static void rotate_right(struct tree *tree, struct tree_node *node)
{
    struct tree_node *up = node->left;
    replace_child(tree, node->parent, node, up);
    node->left = up->right;
    if (node->left != NULL) {
        node->left->parent = node;
    }
    up->right = node;
    node->parent = up;
}

/* node leans by two to one side: restore Q2 below, return the subtree's root. */
static struct tree_node *rebalance(struct tree *tree, struct tree_node *node)
{
    const int32_t side = node->balance > 0 ? 1 : -1;
    struct tree_node *child = side > 0 ? node->right : node->left;

    if (child->balance != -side) {
        if (side > 0) {
            rotate_left(tree, node);
        } else {
            rotate_right(tree, node);
        }
        /* A child that leaned to neither side (removal only) leans back now. */
        node->balance = child->balance == 0 ? side : 0;
        child->balance = child->balance == 0 ? -side : 0;
        return child;
    }

    struct tree_node *inner;
    if (side > 0) {
        inner = child->left;
        rotate_right(tree, child);
        rotate_left(tree, node);
    } else {
        inner = child->right;
        rotate_left(tree, child);
        rotate_right(tree, node);
    }
    node->balance = inner->balance == side ? -side : 0;
    child->balance = inner->balance == -side ? side : 0;
    inner->balance = 0;
    return inner;
}

/* The subtree at child has grown by one level. */
static void grown(struct tree *tree, struct tree_node *child)
{
    for (struct tree_node *p = child->parent; p != NULL; child = p, p = p->parent) {
        p->balance += side_of(p, child);
        if (p->balance == 0) {
            return;
        }
        if (p->balance < -1 || p->balance > 1) {
            (void)rebalance(tree, p);
            return;
        }
    }
}

/* The subtree on that side of p has shrunk by one level. */
static void shrunk(struct tree *tree, struct tree_node *p, int32_t side)
{
    while (p != NULL) {
        p->balance -= side;
        if (p->balance == 1 || p->balance == -1) {
            return;
        }
        if (p->balance != 0) {
            p = rebalance(tree, p);
            if (p->balance != 0) {
                return;
            }
        }
        side = side_of(p->parent, p);
        p = p->parent;
    }
}

static struct tree_node *leftmost(struct tree_node *node)
{
    while (node->left != NULL) {
        node = node->left;
    }
    return node;
}

void tree_insert(struct tree *tree, struct tree_node *node, uint64_t key)
{
    struct tree_node *parent = NULL;
    struct tree_node **link = &tree->root;
    while (*link != NULL) {
        parent = *link;
        /* Equal keys go right: Q1. */
        link = key < parent->key ? &parent->left : &parent->right;
    }
    node->parent = parent; /* the rest is zero: Q4 */
    node->key = key;
    node->linked = true;
    *link = node;
    if (tree->first == NULL || key < tree->first->key) {
        tree->first = node; /* Q3 */
    }
    grown(tree, node);
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
    if (tree->first == node) {
        tree->first = tree_next(node); /* Q3 */
    }

    struct tree_node *from = node->parent; /* lowest node that loses a level */
    int32_t side = side_of(from, node);
    if (node->left == NULL || node->right == NULL) {
        struct tree_node *child = node->left != NULL ? node->left : node->right;
        replace_child(tree, from, node, child);
    } else {
        /* The successor has no left child: unhook it, then let it stand in. */
        struct tree_node *next = leftmost(node->right);
        side = side_of(next->parent, next);
        from = next->parent != node ? next->parent : next;
        replace_child(tree, next->parent, next, next->right);
        next->left = node->left;
        next->right = node->right;
        next->balance = node->balance;
        next->left->parent = next;
        if (next->right != NULL) {
            next->right->parent = next;
        }
        replace_child(tree, node->parent, node, next);
    }
    shrunk(tree, from, side);
    node->left = NULL;
    node->right = NULL;
    node->parent = NULL;
    node->balance = 0;
    node->linked = false;
}

struct tree_node *tree_next(const struct tree_node *node)
{
    if (node->right != NULL) {
        return leftmost(node->right);
    }
    struct tree_node *up = node->parent;
    while (up != NULL && up->right == node) {
        node = up;
        up = up->parent;
    }
    return up;
}

bool tree_has(const struct tree *tree, const struct tree_node *node)
{
    while (node->parent != NULL) {
        node = node->parent;
    }
    return tree->root == node && node->linked;
}

/* Levels of a subtree, if the balances below it are right. */
static int32_t height(const struct tree_node *node)
{
    int32_t levels = 0;
    for (; node != NULL; node = node->balance < 0 ? node->left : node->right) {
        levels++;
    }
    return levels;
}

static bool links_are_symmetric(const struct tree_node *node)
{
    return node->linked && (node->left == NULL || node->left->parent == node) &&
           (node->right == NULL || node->right->parent == node);
}

const char *tree_check(const struct tree *tree)
{
    if (tree->root == NULL) {
        return tree->first == NULL ? NULL : "Q3";
    }
    if (tree->root->parent != NULL) {
        return "links";
    }
    const struct tree_node *node = leftmost(tree->root);
    if (tree->first != node) {
        return "Q3";
    }
    /* Every node is checked, so by induction from the leaves up each height()
     * is the true one. */
    while (node != NULL) {
        if (!links_are_symmetric(node)) {
            return "links";
        }
        if (node->balance < -1 || node->balance > 1 ||
            height(node->right) - height(node->left) != node->balance) {
            return "Q2";
        }
        const struct tree_node *next = tree_next(node);
        if (next != NULL && next->key < node->key) {
            return "Q1";
        }
        node = next;
    }
    return NULL;
}
