/* SPDX-License-Identifier: Apache-2.0 */
/* CopyRegisters, SetIPCBuffer and SetFlags. */
#include "support/kt.h"

#include <string.h>

enum { HIGH = 150, LOW = 50 };
enum { SUSPEND = 1, RESUME = 2, FRAME = 4, INTEGER = 8 }; /* docs/abi.md */

static enum kaal_err copy(cptr_t target, word_t flags, cptr_t source)
{
    return kt_invoke(target, KAAL_INV_TCB_COPY_REGISTERS, KT_WORDS(flags), KT_CAPS(source));
}

static enum kaal_err set_buffer(cptr_t tcb, vaddr_t vaddr, cptr_t page)
{
    return kt_invoke(tcb, KAAL_INV_TCB_SET_IPC_BUFFER, KT_WORDS(vaddr), KT_CAPS(page));
}

static enum kaal_err set_flags(cptr_t tcb, word_t clear, word_t set)
{
    return kt_invoke(tcb, KAAL_INV_TCB_SET_FLAGS, KT_WORDS(clear, set), KT_NONE);
}

/* Registers that all differ, also between threads. */
static void fill(struct tcb *t, word_t seed)
{
    for (unsigned i = 0; i < 31; i++) {
        t->regs.x[i] = seed + i;
    }
    t->regs.pc = seed + 100;
    t->regs.sp = seed + 101;
    t->regs.pstate = (seed & 0xf) << 28;
    t->regs.tls = seed + 102;
}

/* ---- CopyRegisters --------------------------------------------------------------------- */

static void test_copy_errors_in_order(void **state)
{
    (void)state;
    const cptr_t a = kt_object(CAP_TCB, 0), b = kt_object(CAP_TCB, 0);
    const cptr_t wrong[] = {kt_object(CAP_ENDPOINT, 0), kt_new_slot(), KAAL_ROOT_CNODE};
    const word_t label = KAAL_INV_TCB_COPY_REGISTERS;
    fill(kt_tcb_of(a), 1000);
    fill(kt_tcb_of(b), 2000);
    const struct tcb before = *kt_tcb_of(a);
    assert_int_equal(kt_invoke(a, label, KT_NONE, KT_CAPS(b)), KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(kt_invoke(a, label, KT_WORDS(0), KT_NONE), KAAL_ERR_TRUNCATED_MESSAGE);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(copy(KAAL_ROOT_TCB, 16, wrong[i]), KAAL_ERR_INVALID_CAPABILITY);
        assert_int_equal(kt_word(&kt.root, 0), 1);
    }
    assert_int_equal(copy(KAAL_ROOT_TCB, 16, b), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(copy(a, 16, KAAL_ROOT_TCB), KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(copy(KAAL_ROOT_TCB, 0, KAAL_ROOT_TCB), KAAL_ERR_ILLEGAL_OPERATION);
    static const word_t bad[] = {16, 17, UINT64_MAX, UINT64_C(1) << 32};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(copy(a, bad[i], b), KAAL_ERR_RANGE);
        assert_int_equal(kt_word(&kt.root, 0), 0);
        assert_int_equal(kt_word(&kt.root, 1), 0);
        assert_int_equal(kt_word(&kt.root, 2), 15);
    }
    assert_memory_equal(&before, kt_tcb_of(a), sizeof(before));
    kt_ok(copy(a, 15, b));
}

/* Which x register travels with which flag, as docs/abi.md lists them. */
static word_t group_of(unsigned x)
{
    return x <= 8 || (x >= 16 && x <= 18) || x >= 29 ? FRAME : INTEGER;
}

static void test_copy_takes_what_flags_say(void **state)
{
    (void)state;
    const cptr_t a = kt_object(CAP_TCB, 0), b = kt_object(CAP_TCB, 0);
    struct tcb *target = kt_tcb_of(a), *source = kt_tcb_of(b);
    for (word_t flags = 0; flags <= 15; flags++) {
        fill(target, 0x1001);
        fill(source, 0x200a);
        const struct arch_regs before = source->regs;
        kt_ok(copy(a, flags & (FRAME | INTEGER), b));
        assert_memory_equal(&source->regs, &before, sizeof(before));
        const word_t frame = (flags & FRAME) != 0 ? 0x200a : 0x1001;
        const word_t integer = (flags & INTEGER) != 0 ? 0x200a : 0x1001;
        for (unsigned x = 0; x < 31; x++) {
            assert_int_equal(target->regs.x[x], (group_of(x) == FRAME ? frame : integer) + x);
        }
        assert_int_equal(target->regs.pc, frame + 100);
        assert_int_equal(target->regs.sp, frame + 101);
        assert_int_equal(target->regs.pstate, (frame & 0xf) << 28);
        assert_int_equal(target->regs.tls, integer + 102);
    }
}

static void test_copy_of_pstate_is_harmless(void **state)
{
    (void)state;
    const cptr_t a = kt_object(CAP_TCB, 0), b = kt_object(CAP_TCB, 0);
    kt_tcb_of(b)->regs.pstate = UINT64_C(0xffffffffffffffff);
    kt_ok(copy(a, FRAME, b));
    assert_int_equal(kt_tcb_of(a)->regs.pstate, 0xf0000000);
}

static void test_copy_leaves_the_buffer(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH), s = kt_thread(HIGH);
    const vaddr_t buffer = t.tcb->regs.ipc_buffer;
    kt_ok(copy(t.cap, FRAME | INTEGER, s.cap));
    assert_int_equal(t.tcb->regs.ipc_buffer, buffer);
}

static void test_copy_suspends_and_resumes(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH), s = kt_thread(HIGH);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(LOW), KT_CAPS(KAAL_ROOT_TCB)));
    assert_int_equal(s.tcb->state, TCB_BLOCKED_NTFN);
    kt_ok(copy(t.cap, FRAME, s.cap));
    assert_int_equal(s.tcb->state, TCB_BLOCKED_NTFN);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_NTFN);
    kt_ok(copy(t.cap, SUSPEND, s.cap));
    assert_int_equal(s.tcb->state, TCB_INACTIVE);
    assert_int_equal(t.tcb->state, TCB_BLOCKED_NTFN);
    kt_ok(copy(t.cap, RESUME, s.cap));
    assert_int_equal(t.tcb->state, TCB_RUNNING);
    /* Source and target may be one: stopped, then started again. */
    kt_ok(copy(t.cap, SUSPEND | RESUME | FRAME, t.cap));
    assert_int_equal(t.tcb->state, TCB_RUNNING);
}

/* ---- SetIPCBuffer ------------------------------------------------------------------------- */

static void test_buffer_errors_in_order(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), device = kt_new_slot(), empty = kt_new_slot();
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(kt_retype_to(kt.device_untyped, CAP_PAGE, 12, device, 1));
    const struct tcb before = *t.tcb;
    const word_t label = KAAL_INV_TCB_SET_IPC_BUFFER;
    assert_int_equal(kt_invoke(t.cap, label, KT_WORDS(1), KT_NONE), KAAL_ERR_TRUNCATED_MESSAGE);
    assert_int_equal(kt_invoke(t.cap, label, KT_NONE, KT_CAPS(page)), KAAL_ERR_TRUNCATED_MESSAGE);
    const cptr_t wrong[] = {device, empty, KAAL_ROOT_VSPACE, kt.untyped, t.cap};
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(set_buffer(t.cap, 1, wrong[i]), KAAL_ERR_INVALID_CAPABILITY);
        assert_int_equal(kt_word(&kt.root, 0), 1);
    }
    for (unsigned bit = 0; bit < 10; bit++) {
        assert_int_equal(set_buffer(t.cap, 0x5000 | 1U << bit, page), KAAL_ERR_ALIGNMENT);
        assert_int_equal(kt_word(&kt.root, 0), 0);
    }
    assert_memory_equal(&before, t.tcb, sizeof(before));
}

static void test_buffer_is_replaced(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    const cptr_t page = kt_object(CAP_PAGE, 12);
    kt_ok(set_buffer(t.cap, 0x5c00, page));
    assert_int_equal(t.tcb->regs.ipc_buffer, 0x5c00);
    assert_ptr_equal(tcb_ipc_buffer(t.tcb), (char *)kt_cap(page)->obj + 0xc00);
    assert_true(slot_is_final(kt_slot(t.page)));
    assert_false(slot_is_final(kt_slot(page)));
    assert_int_equal(cap_asid(&t.tcb->slots[TCB_SLOT_IPC_BUFFER].cap), 0);
    kt_ok(kt_revoke(page));
    assert_null(tcb_ipc_buffer(t.tcb));
}

/* Address 0 takes it away; the capability is not looked at. */
static void test_buffer_is_taken_away(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(set_buffer(t.cap, 0, KAAL_ROOT_NULL));
    assert_null(tcb_ipc_buffer(t.tcb));
    assert_int_equal(t.tcb->regs.ipc_buffer, 0);
    kt_ok(set_buffer(t.cap, 0, KAAL_ROOT_TCB));
}

/* The caller's own: the next call already takes its words from there. */
static void test_own_buffer_counts_at_once(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t slot = kt_new_slot();
    struct kaal_ipc_buffer *old = kt.root.buffer;
    kt_ok(set_buffer(KAAL_ROOT_TCB, 0x7400, page));
    kt.root.buffer = (struct kaal_ipc_buffer *)(void *)((char *)kt_cap(page)->obj + 0x400);
    memset(old, 0xff, sizeof(*old));
    kt_ok(kt_mint(slot, ep, 15, 77)); /* six words and a capability */
    assert_int_equal(cap_badge(kt_cap(slot)), 77);
    assert_int_equal(kt.root.tcb->regs.ipc_buffer, 0x7400);
    /* Without a buffer a call that needs one is cut short. */
    kt_ok(set_buffer(KAAL_ROOT_TCB, 0, KAAL_ROOT_NULL));
    assert_int_equal(kt_copy(kt_new_slot(), ep, 15), KAAL_ERR_TRUNCATED_MESSAGE);
}

/* ---- SetFlags ----------------------------------------------------------------------------------
 */

static void test_flags_errors_in_order(void **state)
{
    (void)state;
    const cptr_t tcb = kt_object(CAP_TCB, 0);
    kt_ok(set_flags(tcb, 0, 1));
    assert_int_equal(kt_invoke(tcb, KAAL_INV_TCB_SET_FLAGS, KT_WORDS(0), KT_NONE),
                     KAAL_ERR_TRUNCATED_MESSAGE);
    for (unsigned bit = 1; bit < 64; bit++) {
        const word_t unknown = UINT64_C(1) << bit;
        assert_int_equal(set_flags(tcb, unknown | 1, unknown), KAAL_ERR_INVALID_ARGUMENT);
        assert_int_equal(kt_word(&kt.root, 0), 0);
        assert_int_equal(set_flags(tcb, 1, unknown | 1), KAAL_ERR_INVALID_ARGUMENT);
        assert_int_equal(kt_word(&kt.root, 0), 1);
        assert_int_equal(kt_tcb_of(tcb)->flags, 1);
    }
}

/* Clear, then set; the answer is what they are then. */
static void test_flags_values(void **state)
{
    (void)state;
    static const struct {
        word_t clear, set, now;
    } steps[] = {{0, 0, 0}, {0, 1, 1}, {0, 0, 1}, {1, 1, 1}, {1, 0, 0}, {1, 0, 0}, {1, 1, 1}};
    const cptr_t tcb = kt_object(CAP_TCB, 0);
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        kt_ok(set_flags(tcb, steps[i].clear, steps[i].set));
        assert_int_equal(kt_length(&kt.root), 1);
        assert_int_equal(kt_word(&kt.root, 0), steps[i].now);
        assert_int_equal(kt_tcb_of(tcb)->flags, steps[i].now);
    }
}

/* Who has the unit loses it with its state saved; nobody else does. */
static void test_disabled_owner_leaves_the_unit(void **state)
{
    (void)state;
    struct kt_thread owner = kt_thread(HIGH), other = kt_thread(HIGH);
    host_cpu.fp_owner = owner.tcb;
    kt_ok(set_flags(other.cap, 0, 1));
    assert_ptr_equal(host_cpu.fp_owner, owner.tcb);
    kt_ok(set_flags(owner.cap, 0, 0));
    assert_ptr_equal(host_cpu.fp_owner, owner.tcb);
    kt_ok(set_flags(owner.cap, 1, 0));
    assert_ptr_equal(host_cpu.fp_owner, owner.tcb);
    host_log_clear();
    kt_ok(set_flags(owner.cap, 0, 1));
    assert_null(host_cpu.fp_owner);
    assert_int_equal(host_event(HOST_FP_RELEASE, 0)->a, (uintptr_t)owner.tcb);
    kt_ok(set_flags(KAAL_ROOT_TCB, 0, 1)); /* the caller's own */
    assert_int_equal(kt.root.tcb->flags, 1);
}

/* KI-31: kernel_check() sees each way to break it. */
static void test_ki31_check(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    assert_null(kernel_check());
    host_cpu.fp_owner = t.tcb;
    assert_null(kernel_check());
    t.tcb->flags = 1;
    assert_string_equal(kernel_check(), "KI-31 FP unit is disabled");
    t.tcb->flags = 0;
    host_cpu.fp_owner = &host_cpu.idle; /* of no capability */
    assert_string_equal(kernel_check(), "KI-31 FP unit of a dead thread");
    host_cpu.fp_owner = NULL;
    assert_null(kernel_check());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_copy_errors_in_order, kt_boot),
        cmocka_unit_test_setup(test_copy_takes_what_flags_say, kt_boot),
        cmocka_unit_test_setup(test_copy_of_pstate_is_harmless, kt_boot),
        cmocka_unit_test_setup(test_copy_leaves_the_buffer, kt_boot),
        cmocka_unit_test_setup(test_copy_suspends_and_resumes, kt_boot),
        cmocka_unit_test_setup(test_buffer_errors_in_order, kt_boot),
        cmocka_unit_test_setup(test_buffer_is_replaced, kt_boot),
        cmocka_unit_test_setup(test_buffer_is_taken_away, kt_boot),
        cmocka_unit_test_setup(test_own_buffer_counts_at_once, kt_boot),
        cmocka_unit_test_setup(test_flags_errors_in_order, kt_boot),
        cmocka_unit_test_setup(test_flags_values, kt_boot),
        cmocka_unit_test_setup(test_disabled_owner_leaves_the_unit, kt_boot),
        cmocka_unit_test_setup(test_ki31_check, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
