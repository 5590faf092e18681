/* SPDX-License-Identifier: Apache-2.0 */
/* Long operations: others run in between, and the result is the same. */
#include "suite.h"

enum {
    PERIOD_US = 300,
    /* Longest part that nothing interrupts: 10,000 instructions, 8 ns each. */
    LATENCY_US = 80,
    RADIX = 8,
};

/* arg 0: the context of the thread that works. Every period, how long that one
 * ran since: result 0 counts, result 1 is the most. */
static void watch(struct thread *self)
{
    kaal_word_t used;
    for (;;) {
        if (sys_sc_consumed(self->arg[0], &used) == KAAL_OK && self->result[0] > 1 &&
            used > self->result[1]) {
            self->result[1] = used;
        }
        self->result[0]++;
        sys_yield();
    }
}

static bool start_watch(struct thread *thread)
{
    thread->arg[0] = KAAL_ROOT_SCHED_CONTEXT;
    return thread_start(
        thread, watch,
        &(struct thread_how){.priority = 200, .budget_us = 150, .period_us = PERIOD_US});
}

/* It ran in time, several times. */
static bool was_in_time(const struct thread *thread, kaal_word_t before)
{
    return thread->result[0] > before + 2 && thread->result[1] <= PERIOD_US + LATENCY_US;
}

/* cnodes full of badged children of ep. */
static bool fill_cnodes(kaal_cptr_t ep, kaal_cptr_t *cnodes, unsigned count)
{
    const struct kaal_slot src = slot_of(ep);
    for (unsigned c = 0; c < count; c++) {
        cnodes[c] = make(KAAL_OBJ_CNODE, RADIX);
        for (kaal_word_t i = 0; i < 1 << RADIX; i++) {
            const struct kaal_slot dest = {.root = cnodes[c], .index = i, .depth = RADIX};
            if (sys_cnode_mint(&dest, &src, 15, c << RADIX | (i + 1)) != KAAL_OK) {
                return false;
            }
        }
    }
    return true;
}

static void revoke_of_a_large_tree(void)
{
    enum { CNODES = 16 };
    static struct thread thread;
    kaal_cptr_t cnodes[CNODES];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_slot slot = slot_of(ep);
    CHECK(fill_cnodes(ep, cnodes, CNODES));
    CHECK(start_watch(&thread));
    const kaal_word_t before = thread.result[0];
    CHECK_OK(sys_cnode_revoke(&slot));
    CHECK(was_in_time(&thread, before));
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    for (unsigned c = 0; c < CNODES; c++) {
        for (kaal_word_t i = 0; i < 1 << RADIX; i++) {
            const struct kaal_slot child = {.root = cnodes[c], .index = i, .depth = RADIX};
            const struct kaal_slot none = slot_of(empty_slot());
            CHECK_EQUAL(sys_cnode_move(&none, &child), KAAL_ERR_FAILED_LOOKUP);
            if (i == 9) {
                break; /* slots are few; the kernel's own check sees the rest */
            }
        }
    }
    CHECK(!suite_is_empty(ep));
}

static void revoke_of_a_deep_tree(void)
{
    enum { DEPTH = 200 };
    static struct thread thread;
    const kaal_cptr_t top = make(KAAL_OBJ_UNTYPED, 20);
    const struct kaal_slot slot = slot_of(top);
    kaal_cptr_t ut = top;
    for (unsigned i = 0; i < DEPTH; i++) { /* copies of untypeds are each other's children */
        ut = make_badged(ut, 15, 0);
    }
    CHECK(start_watch(&thread));
    CHECK_OK(sys_cnode_revoke(&slot));
    CHECK(thread.result[1] <= PERIOD_US + LATENCY_US);
    CHECK(suite_is_empty(ut));
}

static void delete_of_a_full_cnode(void)
{
    enum { BIG = 12 };
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_slot cnode = slot_of(make(KAAL_OBJ_CNODE, BIG));
    const struct kaal_slot src = slot_of(ep);
    for (kaal_word_t i = 0; i < 1 << BIG; i++) {
        const struct kaal_slot dest = {.root = cnode.index, .index = i, .depth = BIG};
        CHECK_OK(sys_cnode_mint(&dest, &src, 15, i + 1));
    }
    CHECK(start_watch(&thread));
    const kaal_word_t before = thread.result[0];
    CHECK_OK(sys_cnode_delete(&cnode));
    CHECK(was_in_time(&thread, before));
    CHECK(suite_is_empty(cnode.index));
}

static void retype_of_large_memory(void)
{
    static struct thread thread;
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 21);
    const struct kaal_slots dest = {
        .root = KAAL_ROOT_CNODE, .offset = slot_of(empty_slot()).index, .count = 1};
    CHECK(start_watch(&thread));
    const kaal_word_t before = thread.result[0];
    CHECK_OK(sys_retype(ut, KAAL_OBJ_PAGE, 21, &dest));
    CHECK(was_in_time(&thread, before));
}

/* arg 0: a slot. Revokes what is in it. */
static void revoke_it(struct thread *self)
{
    const struct kaal_slot slot = slot_of(self->arg[0]);
    self->result[0] = sys_cnode_revoke(&slot);
}

static void two_revokes_at_once(void)
{
    enum { CNODES = 4 };
    static struct thread threads[2];
    kaal_cptr_t cnodes[CNODES];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    CHECK(fill_cnodes(ep, cnodes, CNODES));
    for (unsigned i = 0; i < 2; i++) {
        threads[i].arg[0] = ep;
        CHECK(
            thread_start(&threads[i], revoke_it,
                         &(struct thread_how){.priority = 50, .budget_us = 100, .period_us = 100}));
    }
    test_sleep_ms(60);
    CHECK(threads[0].is_done && threads[1].is_done);
    CHECK_EQUAL(threads[0].result[0], KAAL_OK);
    CHECK_EQUAL(threads[1].result[0], KAAL_OK);
    const struct kaal_slot child = {.root = cnodes[3], .index = 200, .depth = RADIX};
    const struct kaal_slot none = slot_of(empty_slot());
    CHECK_EQUAL(sys_cnode_move(&none, &child), KAAL_ERR_FAILED_LOOKUP);
}

static void suspended_revoke_can_go_on(void)
{
    enum { CNODES = 4 };
    static struct thread thread;
    kaal_cptr_t cnodes[CNODES];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    CHECK(fill_cnodes(ep, cnodes, CNODES));
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, revoke_it,
                       &(struct thread_how){.priority = 50, .budget_us = 100, .period_us = 2000}));
    test_sleep_ms(1); /* it is in the middle: its budget is used up */
    const struct kaal_slot last = {.root = cnodes[3], .index = 255, .depth = RADIX};
    const struct kaal_slot none = slot_of(empty_slot());
    CHECK(!thread.is_done);
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    test_sleep_ms(60);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], KAAL_OK);
    CHECK_EQUAL(sys_cnode_move(&none, &last), KAAL_ERR_FAILED_LOOKUP);
}

static void revoked_caller_of_revoke(void)
{
    /* The thread that revokes is made of what it revokes. */
    enum { CNODES = 2 };
    static struct thread thread;
    kaal_cptr_t cnodes[CNODES];
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    CHECK(fill_cnodes(ep, cnodes, CNODES));
    thread.arg[0] = block_untyped(test_arena.block);
    CHECK(thread_start(&thread, revoke_it, ABOVE));
    CHECK_EQUAL(thread.result[0], 0); /* it is gone, with everything else */
    CHECK(suite_is_empty(ep));
}

static const struct test tests[] = {
    TEST(revoke_of_a_large_tree, "revoking 4096 capabilities delays nobody by 10,000 instructions"),
    TEST(revoke_of_a_deep_tree, "revoking a chain of 200 neither"),
    TEST(delete_of_a_full_cnode, "deleting a CNode of 4096 slots neither"),
    TEST(retype_of_large_memory, "making a 2 MiB page neither"),
    TEST(two_revokes_at_once, "two threads revoke the same tree"),
    TEST(suspended_revoke_can_go_on, "a suspended revoke goes on when resumed"),
    TEST(revoked_caller_of_revoke, "a thread can revoke the memory it is made of"),
};
const struct group suite_preempt_group = GROUP(tests);
