/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

static void waiter(struct thread *self)
{
    self->result[0] = sys_wait(self->arg[0], NULL);
}

static const struct thread_how higher = {.priority = 150};

/* Bits of several signals add up until somebody takes them. */
static void signals_add_up(void)
{
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 1));
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 4));
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 4));
    CHECK_EQUAL(sys_wait(ntfn, NULL), 5);
    CHECK_EQUAL(sys_poll(ntfn, NULL), 0);
}

/* A signal wakes a waiter with its badge. */
static void signal_wakes_waiter(void)
{
    static struct thread thread;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    thread.arg[0] = ntfn;
    CHECK(thread_start(&thread, waiter, &higher));
    CHECK(!thread.is_done);
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 0x80));
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], 0x80);
}

/* A signal without a badge is not lost: the next wait returns at once. */
static void unbadged_signal_is_kept(void)
{
    static struct thread thread;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    sys_signal(ntfn);
    thread.arg[0] = ntfn;
    CHECK(thread_start(&thread, waiter, &higher));
    CHECK(thread.is_done);
}

/* Each signal wakes one waiter, the one of highest priority first. */
static void waiters_queue_by_priority(void)
{
    static const unsigned priorities[] = {110, 140, 120};
    static struct thread threads[3];
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t signal = make_badged(ntfn, KAAL_RIGHT_WRITE, 2);
    for (unsigned i = 0; i < 3; i++) {
        threads[i].arg[0] = ntfn;
        CHECK(thread_start(&threads[i], waiter, &(struct thread_how){.priority = priorities[i]}));
    }
    sys_signal(signal);
    CHECK(!threads[0].is_done && threads[1].is_done && !threads[2].is_done);
    sys_signal(signal);
    CHECK(!threads[0].is_done && threads[2].is_done);
    sys_signal(signal);
    CHECK(threads[0].is_done);
}

static void receiver(struct thread *self)
{
    struct kaal_msg msg;
    self->result[0] = sys_recv(self->arg[0], &msg, self->reply);
    self->result[1] = sys_recv(self->arg[0], &msg, self->reply);
}

/* A bound notification wakes its thread from receiving; messages still come. */
static void bound_notification_wakes_receiver(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const struct kaal_msg none = {0};
    thread.arg[0] = ep;
    CHECK(
        thread_start(&thread, receiver, &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK_OK(sys_tcb_bind_notification(thread.tcb, ntfn));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 0x40));
    CHECK_EQUAL(thread.result[0], 0x40);
    CHECK(!thread.is_done);
    sys_send(make_badged(ep, KAAL_RIGHT_WRITE, 3), &none);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[1], 3);
}

/* One thread, one notification; unbinding undoes it. */
static void binding_is_exclusive(void)
{
    static struct thread thread;
    const kaal_cptr_t a = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t b = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK(thread_start(&thread, waiter, &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK(sys_tcb_unbind_notification(thread.tcb) != KAAL_OK);
    CHECK_OK(sys_tcb_bind_notification(thread.tcb, a));
    CHECK(sys_tcb_bind_notification(thread.tcb, b) != KAAL_OK);
    CHECK_OK(sys_tcb_unbind_notification(thread.tcb));
    CHECK_OK(sys_tcb_bind_notification(thread.tcb, b));
    const struct kaal_slot slot = slot_of(b);
    CHECK_OK(sys_cnode_delete(&slot));
    CHECK(sys_tcb_unbind_notification(thread.tcb) != KAAL_OK);
}

static const struct test tests[] = {
    TEST(signals_add_up, "bits of several signals add up until somebody takes them"),
    TEST(signal_wakes_waiter, "a signal wakes a waiter with its badge"),
    TEST(unbadged_signal_is_kept,
         "a signal without a badge is not lost: the next wait returns at once"),
    TEST(waiters_queue_by_priority,
         "each signal wakes one waiter, the one of highest priority first"),
    TEST(bound_notification_wakes_receiver,
         "a bound notification wakes its thread from receiving; messages still come"),
    TEST(binding_is_exclusive, "one thread, one notification; unbinding undoes it"),
};
const struct group notification_group = GROUP(tests);
