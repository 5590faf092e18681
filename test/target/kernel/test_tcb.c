/* SPDX-License-Identifier: Apache-2.0 */
#include "framework.h"

#include <kaal/broker/mapping.h>

static const struct thread_how stopped = {.priority = 150, .is_stopped = true};

static void count(struct thread *self)
{
    for (;;) {
        self->result[0]++;
        sys_wait(self->arg[0], NULL);
    }
}

static void nothing(struct thread *self)
{
    self->result[0] = 1;
}

/* A thread runs when resumed and not before. */
static void resume_starts(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, nothing, &stopped));
    CHECK(!thread.is_done);
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK(thread.is_done);
}

/* Suspending a waiting thread cancels the wait; resuming begins it again. */
static void suspend_and_resume_restart_a_wait(void)
{
    static struct thread thread;
    thread.arg[0] = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK(thread_start(&thread, count, &(struct thread_how){.priority = 150}));
    CHECK_EQUAL(thread.result[0], 1);
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    sys_signal(thread.arg[0]);
    CHECK_EQUAL(thread.result[0], 1);
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_EQUAL(thread.result[0], 2);
}

/* What was written to the registers is read back, all 35 of them. */
static void registers_read_back(void)
{
    static struct thread thread;
    struct kaal_registers in = {.pc = 0x400100, .sp = 0x1230, .pstate = 0xf0000000, .tls = 77};
    struct kaal_registers out = {0};
    for (unsigned i = 0; i < 31; i++) {
        in.x[i] = 0x1111111111111111 * (i % 16) + i;
    }
    CHECK(thread_start(&thread, nothing, &stopped));
    CHECK_OK(sys_tcb_write_registers(thread.tcb, 0, KAAL_REGISTER_COUNT, &in));
    CHECK_OK(sys_tcb_read_registers(thread.tcb, 0, KAAL_REGISTER_COUNT, &out));
    CHECK_EQUAL(out.pc, in.pc);
    CHECK_EQUAL(out.sp, in.sp);
    CHECK_EQUAL(out.pstate, in.pstate);
    CHECK_EQUAL(out.tls, in.tls);
    for (unsigned i = 0; i < 31; i++) {
        CHECK_EQUAL(out.x[i], in.x[i]);
    }
    CHECK_OK(sys_tcb_set_tls_base(thread.tcb, 99));
    CHECK_OK(sys_tcb_read_registers(thread.tcb, 0, KAAL_REGISTER_COUNT, &out));
    CHECK_EQUAL(out.tls, 99);
}

/* A thread cannot be given a privileged mode or masked interrupts. */
static void pstate_is_harmless(void)
{
    static struct thread thread;
    const struct kaal_registers in = {.pstate = 0xffffffffffffffff};
    struct kaal_registers out = {0};
    CHECK(thread_start(&thread, nothing, &stopped));
    CHECK_OK(sys_tcb_write_registers(thread.tcb, 0, 3, &in));
    CHECK_OK(sys_tcb_read_registers(thread.tcb, 0, 3, &out));
    CHECK_EQUAL(out.pstate & 0x1f, 0);     /* EL0t, AArch64 */
    CHECK_EQUAL(out.pstate & 0x3c0, 0);    /* DAIF clear */
    CHECK_EQUAL(out.pstate & 0x300000, 0); /* no single step, no illegal state */
}

/* A thread cannot write its own registers. */
static void own_registers_are_refused(void)
{
    const struct kaal_registers regs = {0};
    CHECK_EQUAL(sys_tcb_write_registers(KAAL_ROOT_TCB, 0, 1, &regs), KAAL_ERR_ILLEGAL_OPERATION);
}

/* Priorities are bounded by the authority's maximum, not by one's own wishes. */
static void priority_needs_authority(void)
{
    static struct thread thread;
    CHECK(thread_start(&thread, nothing, &stopped));
    CHECK_EQUAL(sys_tcb_set_priority(thread.tcb, KAAL_ROOT_TCB, 256), KAAL_ERR_RANGE);
    CHECK_OK(sys_tcb_set_mcpriority(thread.tcb, KAAL_ROOT_TCB, 90));
    CHECK_EQUAL(sys_tcb_set_priority(thread.tcb, thread.tcb, 91), KAAL_ERR_RANGE);
    CHECK_EQUAL(sys_tcb_set_mcpriority(thread.tcb, thread.tcb, 91), KAAL_ERR_RANGE);
    CHECK_OK(sys_tcb_set_priority(thread.tcb, thread.tcb, 90));
    CHECK_EQUAL(sys_tcb_set_priority(thread.tcb, make(KAAL_OBJ_ENDPOINT, 0), 1),
                KAAL_ERR_INVALID_CAPABILITY);
}

/* Configure checks that each capability is what it should be. */
static void configure_checks_capabilities(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK_EQUAL(sys_tcb_configure(tcb, ep, 0, KAAL_ROOT_VSPACE, 0x1000, page),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(sys_tcb_configure(tcb, KAAL_ROOT_CNODE, 0, ep, 0x1000, page),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(sys_tcb_configure(tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE, 0x1000, ep),
                KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(sys_tcb_configure(tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE, 0x1010, page),
                KAAL_ERR_ALIGNMENT);
    CHECK_OK(sys_tcb_configure(tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE, 0x1400, page));
}

/* A deleted thread is gone, whatever it was doing. */
static void delete_stops(void)
{
    static struct thread thread;
    thread.arg[0] = make(KAAL_OBJ_NOTIFICATION, 0);
    CHECK(thread_start(&thread, count, &(struct thread_how){.priority = 150}));
    const struct kaal_slot slot = slot_of(thread.tcb);
    CHECK_OK(sys_cnode_delete(&slot));
    sys_signal(make_badged(thread.arg[0], KAAL_RIGHT_WRITE, 1));
    CHECK_EQUAL(thread.result[0], 1);
    CHECK_EQUAL(sys_poll(thread.arg[0], NULL), 1);
}

static void note_and_stop(struct thread *self)
{
    self->result[0] = 1;
    while (sys_tcb_suspend(self->arg[0]) == KAAL_OK) {
    }
}

/* A thread that gets another's frame goes on where that one was to begin. */
static void copied_frame_runs(void)
{
    static struct thread source, target;
    CHECK(thread_start(&source, note_and_stop, &stopped));
    CHECK(thread_start(&target, nothing, &stopped));
    source.arg[0] = target.tcb;
    CHECK_OK(
        sys_tcb_copy_registers(target.tcb, source.tcb, KAAL_COPY_FRAME | KAAL_COPY_RESUME_TARGET));
    CHECK_EQUAL(source.result[0], 1);
    CHECK_EQUAL(target.result[0], 0);
    CHECK_EQUAL(sys_tcb_copy_registers(KAAL_ROOT_TCB, source.tcb, KAAL_COPY_FRAME),
                KAAL_ERR_ILLEGAL_OPERATION);
    CHECK_EQUAL(sys_tcb_copy_registers(target.tcb, source.tcb, 16), KAAL_ERR_RANGE);
}

/* Frame and integer registers travel each for themselves. */
static void copied_registers_are_those_asked_for(void)
{
    static struct thread source, target;
    struct kaal_registers in = {.pc = 0x400100, .sp = 0x1230, .tls = 77};
    struct kaal_registers out = {0};
    const struct kaal_registers zero = {0};
    for (unsigned i = 0; i < 31; i++) {
        in.x[i] = i + 1;
    }
    CHECK(thread_start(&source, nothing, &stopped));
    CHECK(thread_start(&target, nothing, &stopped));
    CHECK_OK(sys_tcb_write_registers(source.tcb, 0, KAAL_REGISTER_COUNT, &in));
    CHECK_OK(sys_tcb_write_registers(target.tcb, 0, KAAL_REGISTER_COUNT, &zero));
    CHECK_OK(sys_tcb_copy_registers(target.tcb, source.tcb, KAAL_COPY_INTEGER));
    CHECK_OK(sys_tcb_read_registers(target.tcb, 0, KAAL_REGISTER_COUNT, &out));
    CHECK_EQUAL(out.pc, 0);
    CHECK_EQUAL(out.tls, 77);
    for (unsigned i = 0; i < 31; i++) {
        const bool is_frame = i <= 8 || (i >= 16 && i <= 18) || i >= 29;
        CHECK_EQUAL(out.x[i], is_frame ? 0 : i + 1);
    }
    CHECK_OK(sys_tcb_copy_registers(target.tcb, source.tcb, KAAL_COPY_FRAME));
    CHECK_OK(sys_tcb_read_registers(target.tcb, 0, KAAL_REGISTER_COUNT, &out));
    CHECK_EQUAL(out.pc, in.pc);
    CHECK_EQUAL(out.sp, in.sp);
    for (unsigned i = 0; i < 31; i++) {
        CHECK_EQUAL(out.x[i], i + 1);
    }
}

/* The caller's own IPC buffer: the next words go through the new one. */
static void own_ipc_buffer_counts_at_once(void)
{
    const kaal_word_t vaddr = 0x7300000000;
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    struct kaal_ipc_buffer *old = kaal_ipc_buffer();
    CHECK_OK(map_page(&test_arena, page, KAAL_ROOT_VSPACE, vaddr,
                      KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, KAAL_MAP_CACHED));
    CHECK_EQUAL(sys_tcb_set_ipc_buffer(KAAL_ROOT_TCB, vaddr + 8, page), KAAL_ERR_ALIGNMENT);
    CHECK_EQUAL(sys_tcb_set_ipc_buffer(KAAL_ROOT_TCB, vaddr, ntfn), KAAL_ERR_INVALID_CAPABILITY);
    CHECK_OK(sys_tcb_set_ipc_buffer(KAAL_ROOT_TCB, vaddr + 1024, page));
    const struct kaal_ipc_buffer *now = kaal_ipc_buffer();
    const kaal_cptr_t badged = make_badged(ntfn, KAAL_RIGHT_WRITE, 5); /* six words */
    sys_signal(badged);
    const kaal_badge_t badge = sys_poll(ntfn, NULL);
    const kaal_err_t back =
        sys_tcb_set_ipc_buffer(KAAL_ROOT_TCB, test_bootinfo->ipc_buffer, KAAL_ROOT_IPC_BUFFER_PAGE);
    CHECK_OK(back);
    CHECK_EQUAL((kaal_word_t)now, vaddr + 1024);
    CHECK_EQUAL(badge, 5);
    CHECK(kaal_ipc_buffer() == old);
}

/* A flag that the kernel does not know changes nothing. */
static void unknown_flags_are_refused(void)
{
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    kaal_word_t now = 7;
    CHECK_EQUAL(sys_tcb_set_flags(tcb, 0, 3, &now), KAAL_ERR_INVALID_ARGUMENT);
    CHECK_EQUAL(sys_tcb_set_flags(tcb, 2, 0, &now), KAAL_ERR_INVALID_ARGUMENT);
    CHECK_OK(sys_tcb_set_flags(tcb, 0, 0, &now));
    CHECK_EQUAL(now, 0);
    CHECK_OK(sys_tcb_set_flags(tcb, KAAL_TCB_FPU_DISABLED, KAAL_TCB_FPU_DISABLED, &now));
    CHECK_EQUAL(now, KAAL_TCB_FPU_DISABLED);
}

static const struct test tests[] = {
    TEST(resume_starts, "a thread runs when resumed and not before"),
    TEST(suspend_and_resume_restart_a_wait,
         "suspending a waiting thread cancels the wait; resuming begins it again"),
    TEST(registers_read_back, "what was written to the registers is read back, all 35 of them"),
    TEST(pstate_is_harmless, "a thread cannot be given a privileged mode or masked interrupts"),
    TEST(own_registers_are_refused, "a thread cannot write its own registers"),
    TEST(priority_needs_authority,
         "priorities are bounded by the authority's maximum, not by one's own wishes"),
    TEST(configure_checks_capabilities,
         "configure checks that each capability is what it should be"),
    TEST(delete_stops, "a deleted thread is gone, whatever it was doing"),
    TEST(copied_frame_runs,
         "a thread that gets another's frame goes on where that one was to begin"),
    TEST(copied_registers_are_those_asked_for,
         "frame and integer registers travel each for themselves"),
    TEST(own_ipc_buffer_counts_at_once,
         "the caller's own IPC buffer: the next words go through the new one"),
    TEST(unknown_flags_are_refused, "a flag that the kernel does not know changes nothing"),
};
const struct group tcb_group = GROUP(tests);
