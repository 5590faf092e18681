/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that kernels of this kind have had, one by one. */
#include "suite.h"

#define AREA 0x7400000000

static kaal_err_t cache(kaal_cptr_t object, kaal_word_t call, kaal_word_t begin, kaal_word_t end)
{
    const kaal_word_t words[] = {begin, end};
    return suite_invoke(object, call, 0, 2, words, NULL);
}

static kaal_err_t map_here(kaal_cptr_t page, uint64_t vaddr, kaal_word_t rights)
{
    return map_page(&test_arena, page, KAAL_ROOT_VSPACE, vaddr, rights, KAAL_MAP_CACHED);
}

/* A device untyped that holds neither the console nor less than a page; the
 * count of them all if there is none. */
static unsigned some_device(void)
{
    const uint64_t count = test_bootinfo->untyped.end - test_bootinfo->untyped.begin;
    unsigned i = 0;
    for (; i < count; i++) {
        const struct kaal_untyped_desc *desc = &test_bootinfo->untyped_list[i];
        const bool has_console =
            test_bootinfo->console_paddr >> desc->size_bits == desc->paddr >> desc->size_bits;
        if (desc->is_device != 0 && desc->size_bits >= 12 && !has_console) {
            break;
        }
    }
    return i;
}

static kaal_err_t retype_one(kaal_cptr_t ut, enum kaal_object_type type, kaal_word_t bits,
                             kaal_cptr_t slot)
{
    const struct kaal_slots dest = {
        .root = KAAL_ROOT_CNODE, .offset = slot_of(slot).index, .count = 1};
    return sys_retype(ut, type, bits, &dest);
}

/* B01: each cache call on each state of a page. */
static const kaal_word_t page_calls[] = {KAAL_INV_PAGE_CLEAN, KAAL_INV_PAGE_INVALIDATE,
                                         KAAL_INV_PAGE_CLEAN_INVALIDATE, KAAL_INV_PAGE_UNIFY};

static void all_calls(kaal_cptr_t page, kaal_err_t invalidate, kaal_err_t others)
{
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(cache(page, page_calls[i], 0, 4096), i == 1 ? invalidate : others);
    }
}

static void cache_calls_in_all_states(void)
{
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t other = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t read_only = make_badged(page, KAAL_RIGHT_READ, 0);
    const kaal_cptr_t large = make(KAAL_OBJ_PAGE, 21);
    const kaal_cptr_t table = make(KAAL_OBJ_PAGE_TABLE, 0);
    all_calls(page, KAAL_OK, KAAL_OK); /* unmapped */
    CHECK_OK(map_here(other, AREA + 0x200000, READ_WRITE));
    CHECK_OK(sys_pt_map(table, KAAL_ROOT_VSPACE, AREA));
    CHECK_OK(sys_page_map(page, KAAL_ROOT_VSPACE, AREA, READ_WRITE, 1));
    all_calls(page, KAAL_OK, KAAL_OK); /* writable */
    CHECK_OK(sys_pt_unmap(table));
    all_calls(page, KAAL_OK, KAAL_OK); /* its table is gone */
    CHECK_OK(sys_pt_map(table, KAAL_ROOT_VSPACE, AREA));
    CHECK_OK(sys_page_unmap(other));
    CHECK_OK(sys_page_map(other, KAAL_ROOT_VSPACE, AREA, READ_WRITE, 1));
    *at(AREA) = 0x5eed;
    all_calls(page, KAAL_OK, KAAL_OK); /* another page is in its place */
    CHECK_EQUAL(*at(AREA), 0x5eed);
    CHECK_OK(map_here(read_only, AREA + 0x1000, KAAL_RIGHT_READ));
    all_calls(read_only, KAAL_ERR_INVALID_CAPABILITY, KAAL_OK);
    CHECK_OK(map_here(large, AREA + 0x400000, READ_WRITE));
    all_calls(large, KAAL_OK, KAAL_OK);
}

static void cache_calls_on_device_memory(void)
{
    unsigned block;
    const kaal_cptr_t page = empty_slot();
    CHECK_OK(block_alloc_device(test_bootinfo->untyped_list[some_device()].paddr, 12, &block));
    const kaal_err_t made = retype_one(block_untyped(block), KAAL_OBJ_PAGE, 12, page);
    kaal_err_t results[4];
    for (unsigned i = 0; i < 4; i++) {
        results[i] = cache(page, page_calls[i], 0, 4096);
    }
    block_free(block);
    CHECK_OK(made);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(results[i], KAAL_ERR_ILLEGAL_OPERATION);
    }
}

static void b01(void)
{
    cache_calls_in_all_states();
    cache_calls_on_device_memory();
}

static void b02(void)
{
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot self = slot_of(ut);
    const kaal_cptr_t page = empty_slot();
    CHECK_OK(retype_one(ut, KAAL_OBJ_PAGE, 12, page));
    CHECK_OK(map_here(page, AREA, READ_WRITE));
    for (unsigned i = 0; i < 4096; i += 8) {
        *at(AREA + i) = 0xdeadbeefcafebabe;
    }
    CHECK_OK(sys_cnode_revoke(&self));
    CHECK_OK(retype_one(ut, KAAL_OBJ_PAGE, 12, page));
    CHECK_OK(map_page(&test_arena, page, KAAL_ROOT_VSPACE, AREA, READ_WRITE, 0)); /* uncached */
    for (unsigned i = 0; i < 4096; i += 8) {
        CHECK_EQUAL(*at(AREA + i), 0);
    }
}

/* B03: threads that enter the kernel in one way each. arg 0: pattern, 1: way,
 * 2: notification for the end. */
static void run_pattern(struct thread *self)
{
    static void (*const ways[])(struct suite_pattern *) = {
        suite_pattern_yield, suite_pattern_unknown, suite_pattern_undefined,
        suite_pattern_interrupt};
    ways[self->arg[1]]((struct suite_pattern *)self->arg[0]);
    sys_signal(self->arg[2]);
}

/* arg 0: endpoint. Answers faults: pc goes on behind the instruction. */
static void skip_faults(struct thread *self)
{
    struct kaal_msg msg;
    sys_recv(self->arg[0], &msg, self->reply);
    for (;;) {
        if (kaal_msginfo_label(msg.info) == KAAL_FAULT_UNKNOWN_SYSCALL) {
            kaal_msg_set(&msg, 31, kaal_msg_get(&msg, 31) + 4);
            msg.info = kaal_msginfo(0, 0, 34);
        } else {
            msg = message(0, 1, msg.w[0] + 4, 0, 0, 0);
        }
        self->result[0]++;
        sys_reply_recv(self->arg[0], &msg, self->reply);
    }
}

static void b03(void)
{
    enum { WAYS = 4, SWITCHES = TEST_LONG ? 100000 : 20000, ROUNDS = SWITCHES / 5 };
    static struct suite_pattern patterns[WAYS];
    static struct thread threads[WAYS];
    static struct thread handler;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t done = make(KAAL_OBJ_NOTIFICATION, 0);
    kaal_word_t arrived = 0;
    handler.arg[0] = ep;
    CHECK(thread_start(&handler, skip_faults, &(struct thread_how){.priority = 60}));
    for (unsigned i = 0; i < WAYS; i++) {
        patterns[i] = (struct suite_pattern){.seed = 0x0123456789abcd00 * (i + 3) + i,
                                             .count = i == 3 ? ROUNDS / 8 : ROUNDS};
        threads[i].arg[0] = (kaal_word_t)&patterns[i];
        threads[i].arg[1] = i;
        threads[i].arg[2] = make_badged(done, KAAL_RIGHT_WRITE, (kaal_word_t)1 << i);
        CHECK(
            thread_start(&threads[i], run_pattern,
                         &(struct thread_how){
                             .priority = 50, .budget_us = 100, .period_us = 100, .fault_ep = ep}));
    }
    while (arrived != 15) {
        arrived |= sys_wait(done, NULL);
    }
    for (unsigned i = 0; i < WAYS; i++) {
        CHECK_EQUAL(patterns[i].wrong, 0);
        CHECK_EQUAL(patterns[i].count, 0);
    }
    CHECK(handler.result[0] >= 2 * ROUNDS);
}

static void fill_fp(struct thread *self)
{
    suite_fp_fill(0xa5a5a5a5a5a5a5a5);
    self->result[0] = 1;
}

static void use_fp(struct thread *self)
{
    self->result[0] = suite_fp_bits();
    suite_fp_fill(0x77);
    self->result[1] = 1;
}

static void b04(void)
{
    static struct thread owner;
    static struct thread other;
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot self = slot_of(ut);
    const kaal_cptr_t tcb = empty_slot();
    const kaal_cptr_t page = empty_slot();
    struct kaal_registers regs;
    /* The owner's TCB is made of memory that we can look at afterwards. */
    CHECK(thread_start(&owner, fill_fp, &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK_OK(sys_tcb_read_registers(owner.tcb, 0, KAAL_REGISTER_COUNT, &regs));
    CHECK_OK(sys_sc_unbind(owner.sc));
    CHECK_OK(retype_one(ut, KAAL_OBJ_TCB, 0, tcb));
    const kaal_cptr_t buffer = make(KAAL_OBJ_PAGE, 12);
    CHECK_OK(map_here(buffer, AREA + 0x8000, READ_WRITE));
    CHECK_OK(sys_tcb_configure(tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE, AREA + 0x8000, buffer));
    CHECK_OK(sys_tcb_set_sched_params(tcb, KAAL_ROOT_TCB, 0, 150, owner.sc, KAAL_ROOT_NULL));
    owner.tcb = tcb;
    CHECK_OK(sys_tcb_write_registers(tcb, 1, KAAL_REGISTER_COUNT, &regs));
    CHECK_EQUAL(owner.result[0], 1);
    CHECK_OK(sys_cnode_revoke(&self));
    CHECK_OK(retype_one(ut, KAAL_OBJ_PAGE, 12, page));
    CHECK_OK(map_here(page, AREA, READ_WRITE));
    for (unsigned i = 0; i < 4096; i += 8) {
        *at(AREA + i) = i;
    }
    CHECK(thread_start(&other, use_fp, ABOVE));
    CHECK_EQUAL(other.result[1], 1);
    CHECK_EQUAL(other.result[0], 0);
    for (unsigned i = 0; i < 4096; i += 8) {
        CHECK_EQUAL(*at(AREA + i), i);
    }
}

/* B05: a thread's setters on itself. result: TPIDRRO_EL0, TPIDR_EL0, 1 before
 * its first FP instruction, 1 behind it. */
static void set_own(struct thread *self)
{
    struct kaal_msg msg = {.w = {self->arg[0]}};
    kaal_word_t value;
    kaal_set_cap(0, self->arg[1]);
    (void)!kaal_invoke(self->tcb, KAAL_INV_TCB_SET_IPC_BUFFER, 1, 1, &msg);
    __asm__ volatile("mrs %0, tpidrro_el0" : "=r"(value));
    self->result[0] = value;
    (void)!sys_tcb_set_tls_base(self->tcb, 0x7700);
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(value));
    self->result[1] = value;
    suite_fp_fill(1);
    msg = (struct kaal_msg){.w = {0, 1}};
    (void)!kaal_invoke(self->tcb, KAAL_INV_TCB_SET_FLAGS, 0, 2, &msg);
    self->result[2] = 1;
    suite_fp_fill(2);
    self->result[3] = 1;
}

static void b05(void)
{
    static struct thread thread;
    static struct thread spinner;
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    struct kaal_msg msg;
    CHECK_OK(map_here(page, AREA, READ_WRITE));
    thread.arg[0] = AREA + 0x400;
    thread.arg[1] = page;
    CHECK_EQUAL(suite_fault_of(&thread, set_own, 0, &msg), KAAL_FAULT_USER_EXCEPTION);
    CHECK_EQUAL(thread.result[0], AREA + 0x400);
    CHECK_EQUAL(thread.result[1], 0x7700);
    CHECK_EQUAL(thread.result[2], 1);
    CHECK_EQUAL(thread.result[3], 0);
    CHECK(thread_start(&spinner, suite_spin,
                       &(struct thread_how){.priority = 50, .budget_us = 300, .period_us = 90000}));
    CHECK_OK(sys_tcb_set_priority(spinner.tcb, KAAL_ROOT_TCB, 101));
    CHECK(spinner.result[0] > 0);
}

static void b07(void)
{
    static struct thread thread;
    static struct thread receiver;
    const kaal_cptr_t ntfn = make(KAAL_OBJ_NOTIFICATION, 0);
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_msg msg = message(0, 0, 0, 0, 0, 0);
    thread.arg[0] = ntfn;
    receiver.arg[0] = ep;
    CHECK(thread_start(&thread, suite_wait_loop, BELOW));
    CHECK(thread_start(&receiver, suite_wait_loop, BELOW));
    test_sleep_ms(1); /* both wait */
    sys_signal(make_badged(ntfn, KAAL_RIGHT_WRITE, 0x21));
    sys_nbsend(make_badged(ep, KAAL_RIGHT_WRITE, 0x22), &msg);
    CHECK_EQUAL(thread.result[1], 0); /* woken, not run */
    for (unsigned i = 0; i < 3; i++) {
        CHECK_OK(sys_tcb_suspend(thread.tcb));
        CHECK_OK(sys_tcb_suspend(receiver.tcb));
        CHECK_OK(sys_tcb_resume(thread.tcb));
        CHECK_OK(sys_tcb_resume(receiver.tcb));
    }
    test_sleep_ms(1);
    CHECK_EQUAL(thread.result[1], 1);
    CHECK_EQUAL(thread.result[0], 0x21);
    CHECK_EQUAL(receiver.result[1], 1);
    CHECK_EQUAL(receiver.result[0], 0x22);
}

/* Code for a VSpace of its own: svc; str x1, [x9]; b . */
static const uint32_t wait_code[] = {0xd4000001, 0xf9000121, 0x14000000};

/* A thread with code at AREA and, if data is not 0, that page at AREA + 4096. */
static bool start_elsewhere(struct thread *thread, kaal_cptr_t vspace, kaal_cptr_t ep,
                            kaal_cptr_t data, const struct kaal_registers *regs)
{
    const kaal_cptr_t code = make(KAAL_OBJ_PAGE, 12);
    return copy_to_page(code, 0, wait_code, sizeof(wait_code), 1) == KAAL_OK &&
           sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, vspace) == KAAL_OK &&
           map_page(&test_arena, code, vspace, AREA, KAAL_RIGHT_READ,
                    KAAL_MAP_CACHED | KAAL_MAP_EXECUTE) == KAAL_OK &&
           (data == 0 || map_page(&test_arena, data, vspace, AREA + 4096, READ_WRITE,
                                  KAAL_MAP_CACHED) == KAAL_OK) &&
           thread_start(thread, suite_spin,
                        &(struct thread_how){.priority = 150, .is_stopped = true}) &&
           sys_tcb_set_space(thread->tcb, ep, KAAL_ROOT_CNODE, 0, vspace) == KAAL_OK &&
           sys_tcb_write_registers(thread->tcb, 1, 13, regs) == KAAL_OK;
}

static void b10(void)
{
    enum { SPACES = TEST_LONG ? 70000 : 700 };
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t ut = make(KAAL_OBJ_UNTYPED, 12);
    const struct kaal_slot slot = slot_of(empty_slot());
    const struct kaal_slot first = slot_of(make(KAAL_OBJ_VSPACE, 0));
    const struct kaal_registers regs = {.pc = AREA, .x = {KAAL_SYS_WAIT, ep}};
    struct kaal_msg msg;
    CHECK(start_elsewhere(&thread, first.index, ep, 0, &regs)); /* AREA is in the TLB */
    CHECK_OK(sys_tcb_suspend(thread.tcb));
    CHECK_OK(sys_cnode_revoke(&first));
    CHECK_OK(sys_cnode_delete(&first));
    for (unsigned i = 0; i < SPACES; i++) {
        CHECK_OK(retype_one(ut, KAAL_OBJ_VSPACE, 0, slot.index));
        CHECK_OK(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, slot.index));
        CHECK_OK(sys_tcb_set_space(thread.tcb, ep, KAAL_ROOT_CNODE, 0, slot.index));
        CHECK_OK(sys_tcb_write_registers(thread.tcb, 1, 3, &regs));
        sys_poll(ep, &msg);
        CHECK_EQUAL(msg.info, kaal_msginfo(KAAL_FAULT_VM, 0, 4));
        CHECK_EQUAL(msg.w[1], AREA);
        CHECK_OK(sys_cnode_revoke(&slot));
        CHECK_OK(sys_cnode_delete(&slot));
    }
}

static void b11(void)
{
    static struct thread thread;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t fault_ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct kaal_slot vspace = slot_of(make(KAAL_OBJ_VSPACE, 0));
    const kaal_cptr_t data = make(KAAL_OBJ_PAGE, 12);
    const kaal_cptr_t view = make_badged(data, 15, 0);
    const struct kaal_registers regs = {.pc = AREA, .x = {KAAL_SYS_WAIT, ep, [9] = AREA + 4096}};
    const struct kaal_msg sent = {0};
    struct kaal_msg msg;
    CHECK(start_elsewhere(&thread, vspace.index, fault_ep, data, &regs));
    CHECK_OK(map_here(view, AREA + 0x10000, READ_WRITE));
    /* The same addresses hold a writable page in this space: a receiver that ran
     * here would be seen. */
    CHECK_OK(map_here(make(KAAL_OBJ_PAGE, 12), AREA + 4096, READ_WRITE));
    CHECK_OK(sys_cnode_revoke(&vspace));
    CHECK_OK(sys_cnode_delete(&vspace));
    sys_nbsend(make_badged(ep, KAAL_RIGHT_WRITE, 0x1234), &sent);
    CHECK_EQUAL(*at(AREA + 0x10000), 0);
    CHECK_EQUAL(*at(AREA + 4096), 0);
    sys_poll(fault_ep, &msg);
    CHECK_EQUAL(kaal_msginfo_label(msg.info), KAAL_FAULT_VM);
    CHECK_EQUAL(msg.w[1], AREA + 4);
    CHECK_EQUAL(msg.w[2], 1);
}

/* result 0: info of what it received. */
static void receive_info(struct thread *self)
{
    struct kaal_msg msg = {0};
    const kaal_word_t badge = kaal_svc(KAAL_SYS_WAIT, self->arg[0], &msg, 0, 0);
    self->result[0] = msg.info;
    self->result[1] = badge;
}

static void b13(void)
{
    static struct thread thread;
    const struct kaal_slot page = slot_of(make(KAAL_OBJ_PAGE, 12));
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    struct kaal_msg msg = message(3, 8, 1, 2, 3, 4);
    const struct kaal_slot copy = slot_of(make_badged(page.index, 15, 0));
    CHECK_OK(map_here(copy.index, AREA, READ_WRITE));
    CHECK_OK(map_here(page.index, AREA + 0x1000, READ_WRITE));
    thread.arg[0] = ep;
    CHECK(thread_start(&thread, receive_info,
                       &(struct thread_how){.priority = 150, .is_stopped = true}));
    CHECK_OK(sys_tcb_configure(thread.tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE, AREA, copy.index));
    CHECK_OK(sys_tcb_resume(thread.tcb));
    CHECK_OK(sys_cnode_revoke(&page)); /* the buffer goes while it receives */
    sys_send(ep, &msg);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], kaal_msginfo(3, 0, 4));
    *at(AREA + 0x1000) = 1; /* the other mapping stays */
    static struct thread reader;
    reader.arg[0] = AREA;
    CHECK_EQUAL(suite_fault_of(&reader, suite_read, 0, &msg), KAAL_FAULT_VM);
}

/* result: of the store after each way into the kernel; 0 after none. */
static void try_exclusives(struct thread *self)
{
    kaal_word_t word = 0;
    self->result[0] = 1;
    for (unsigned i = 0; i < 100 && self->result[0] != 0; i++) {
        self->result[0] = suite_exclusive_none(&word, 0);
    }
    self->result[1] = suite_exclusive_svc(&word, KAAL_SYS_YIELD);
    self->result[2] = suite_exclusive_undefined(&word, 0);
    self->result[3] = suite_exclusive_svc(&word, 4711) + 2 * suite_exclusive_spin(&word, 200000);
}

static void b14(void)
{
    static struct thread handler;
    static struct thread thread;
    static struct thread other;
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const struct thread_how how = {
        .priority = 50, .budget_us = 100, .period_us = 100, .fault_ep = ep};
    handler.arg[0] = ep;
    CHECK(thread_start(&handler, skip_faults, &(struct thread_how){.priority = 60}));
    CHECK(thread_start(&thread, try_exclusives, &how));
    CHECK(thread_start(&other, suite_spin, &how));
    test_sleep_ms(20);
    CHECK(thread.is_done);
    CHECK_EQUAL(thread.result[0], 0);
    CHECK_EQUAL(thread.result[1], 1);
    CHECK_EQUAL(thread.result[2], 1);
    CHECK_EQUAL(thread.result[3], 3);
}

/* B16: what answers a call answers no send. */
static bool send_changes_nothing(kaal_cptr_t object, kaal_word_t label, kaal_word_t w0,
                                 kaal_word_t w1)
{
    struct suite_registers before;
    for (unsigned i = 0; i < 31; i++) {
        before.x[i] = 0x4000 + i;
    }
    before.x[0] = KAAL_SYS_SEND;
    before.x[1] = object;
    before.x[2] = kaal_msginfo(label, 0, 2);
    before.x[3] = w0;
    before.x[4] = w1;
    struct suite_registers after = before;
    suite_svc(&after);
    bool is_same = true;
    for (unsigned i = 0; i < 31; i++) {
        is_same = is_same && before.x[i] == after.x[i];
    }
    return is_same;
}

static void b16(void)
{
    static struct thread thread;
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, 12);
    CHECK(thread_start(&thread, suite_spin,
                       &(struct thread_how){.priority = 50, .budget_us = 500, .period_us = 900}));
    CHECK(send_changes_nothing(thread.tcb, KAAL_INV_TCB_READ_REGISTERS, 1, 35));
    CHECK(send_changes_nothing(thread.sc, KAAL_INV_SCHED_CONTEXT_CONSUMED, 0, 0));
    CHECK(send_changes_nothing(thread.sc, KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0));
    CHECK_OK(sys_tcb_set_priority(thread.tcb, KAAL_ROOT_TCB, TEST_PRIORITY));
    CHECK(send_changes_nothing(thread.sc, KAAL_INV_SCHED_CONTEXT_YIELD_TO, 0, 0));
    CHECK(send_changes_nothing(page, KAAL_INV_PAGE_GET_ADDRESS, 0, 0));
    CHECK(send_changes_nothing(thread.tcb, KAAL_INV_TCB_SET_FLAGS, 0, 0));
    CHECK(send_changes_nothing(thread.tcb, 999, 0, 0)); /* nor an error */
}

/* B17: each kind of fault. arg 0: which. */
static void fault_somehow(struct thread *self)
{
    switch (self->arg[0]) {
    case 0:
        *at(0) = 1;
        break;
    case 1:
        sys_wait(KAAL_ROOT_TCB, NULL);
        break;
    case 2:
        (void)suite_exclusive_svc((kaal_word_t *)&self->result[0], 4711);
        break;
    default:
        __asm__ volatile("udf #0");
        break;
    }
    self->result[1] = 1;
}

static void b17(void)
{
    static const struct {
        kaal_word_t label;
        unsigned length;
    } kinds[] = {{KAAL_FAULT_VM, 4},
                 {KAAL_FAULT_CAP, 5},
                 {KAAL_FAULT_UNKNOWN_SYSCALL, 35},
                 {KAAL_FAULT_USER_EXCEPTION, 4}};
    static struct thread threads[12];
    struct kaal_ipc_buffer *buffer = kaal_ipc_buffer();
    struct kaal_msg msg;
    for (unsigned i = 0; i < 12; i++) {
        const unsigned kind = i % 4;
        const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
        const struct kaal_slot handler = slot_of(make_badged(ep, 15, 0x60 + i));
        threads[i].arg[0] = kind;
        CHECK(thread_start(&threads[i], fault_somehow,
                           &(struct thread_how){.priority = 150,
                                                .fault_ep = i < 4 ? 0 : handler.index,
                                                .is_stopped = 1}));
        if (i >= 8) { /* its endpoint is dead */
            const struct kaal_slot object = slot_of(ep);
            CHECK_OK(sys_cnode_revoke(&object));
            CHECK_OK(sys_cnode_delete(&object));
        }
        for (unsigned w = 0; w < KAAL_MSG_MAX; w++) {
            buffer->words[w] = 0xcccc0000 + w;
        }
        buffer->user_data = 0xdddd;
        buffer->reserved = 0xeeee;
        CHECK_OK(sys_tcb_resume(threads[i].tcb));
        CHECK_EQUAL(threads[i].result[1], 0);
        if (i >= 4 && i < 8) {
            CHECK_EQUAL(sys_poll(ep, &msg), 0x60 + i);
            CHECK_EQUAL(msg.info, kaal_msginfo(kinds[kind].label, 0, kinds[kind].length));
            for (unsigned w = kinds[kind].length; w < KAAL_MSG_MAX; w++) {
                CHECK_EQUAL(buffer->words[w], 0xcccc0000 + w);
            }
        }
        CHECK_EQUAL(buffer->user_data, 0xdddd);
        CHECK_EQUAL(buffer->reserved, 0xeeee);
    }
}

/* B20: nothing of the kernel's is made of device memory, or is to be had. */
static void device_memory_is_no_buffer(void)
{
    unsigned block;
    const kaal_cptr_t page = empty_slot();
    const kaal_cptr_t tcb = make(KAAL_OBJ_TCB, 0);
    const kaal_cptr_t slot = empty_slot();
    CHECK_OK(block_alloc_device(test_bootinfo->untyped_list[some_device()].paddr, 12, &block));
    const kaal_cptr_t ut = block_untyped(block);
    kaal_err_t made[KAAL_OBJ_PAGE + 1] = {0};
    for (unsigned type = KAAL_OBJ_ENDPOINT; type < KAAL_OBJ_PAGE; type++) {
        made[type] = retype_one(ut, (enum kaal_object_type)type,
                                type == KAAL_OBJ_CNODE           ? 4
                                : type == KAAL_OBJ_SCHED_CONTEXT ? 8
                                                                 : 0,
                                slot);
    }
    const kaal_err_t as_page = retype_one(ut, KAAL_OBJ_PAGE, 12, page);
    const kaal_err_t as_buffer =
        sys_tcb_configure(tcb, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE, 0x4000, page);
    const kaal_word_t detail = kaal_err_detail()[0];
    block_free(block);
    for (unsigned type = KAAL_OBJ_ENDPOINT; type < KAAL_OBJ_PAGE; type++) {
        CHECK_EQUAL(made[type], KAAL_ERR_INVALID_ARGUMENT);
    }
    CHECK_OK(as_page);
    CHECK_EQUAL(as_buffer, KAAL_ERR_INVALID_CAPABILITY);
    CHECK_EQUAL(detail, 3);
}

static void b20(void)
{
    /* The interrupt controller's distributor, by the board's console. */
    static const uint64_t distributors[] = {[KAAL_CONSOLE_PL011] = 0x08000000,
                                            [KAAL_CONSOLE_MINI_UART] = 0xff841000,
                                            [KAAL_CONSOLE_IMX_UART] = 0x38800000};
    const uint64_t address = distributors[test_bootinfo->console_kind];
    const uint64_t count = test_bootinfo->untyped.end - test_bootinfo->untyped.begin;
    for (unsigned i = 0; i < count; i++) {
        const struct kaal_untyped_desc *desc = &test_bootinfo->untyped_list[i];
        CHECK(desc->paddr >> desc->size_bits != address >> desc->size_bits);
    }
    device_memory_is_no_buffer();
}

/* arg 0: period in yields. Runs in between. */
static void tick(struct thread *self)
{
    for (;;) {
        self->result[0]++;
        sys_yield();
    }
}

static void b21(void)
{
    enum { RADIX = 9 };
    static struct thread ticker;
    const struct kaal_slot ut = slot_of(make(KAAL_OBJ_UNTYPED, 17));
    const struct kaal_slot cnode = slot_of(empty_slot());
    /* The CNode that holds what is revoked is made of it, and holds the
     * revoked capability itself. */
    CHECK_OK(retype_one(ut.index, KAAL_OBJ_CNODE, RADIX, cnode.index));
    for (kaal_word_t i = 0; i < (1 << RADIX) - 1; i++) {
        const struct kaal_slots dest = {.root = cnode.index, .offset = i, .count = 1};
        CHECK_OK(sys_retype(ut.index, KAAL_OBJ_ENDPOINT, 0, &dest));
    }
    const struct kaal_slot inside = {
        .root = cnode.index, .index = (1 << RADIX) - 1, .depth = RADIX};
    CHECK_OK(sys_cnode_move(&inside, &ut));
    CHECK(thread_start(&ticker, tick,
                       &(struct thread_how){.priority = 200, .budget_us = 100, .period_us = 200}));
    const kaal_word_t before = ticker.result[0];
    CHECK_OK(sys_cnode_revoke(&inside));
    CHECK(ticker.result[0] > before);
    CHECK(suite_is_empty(cnode.index));
}

static const struct test tests[] = {
    TEST_NAMED("B01", b01, "four cache calls on pages in seven states: right answer, kernel alive"),
    TEST_NAMED("B02", b02, "reused memory is zero for uncached eyes too"),
    TEST_NAMED("B03", b03, "no register of another thread, over 20,000 switches of all kinds"),
    TEST_NAMED("B04", b04, "the FP unit of a deleted thread is not written to its old memory"),
    TEST_NAMED("B05", b05, "a thread's setters on itself take effect at the next instruction"),
    TEST_NAMED("B07", b07, "woken, suspended and resumed, a thread gets its message once"),
    TEST_NAMED("B10", b10, "a reused address space identifier shows nothing of the old space"),
    TEST_NAMED("B11", b11, "a receiver whose VSpace is gone faults and runs nowhere"),
    TEST_NAMED("B13", b13, "an IPC buffer deleted in a receive: four words, no mapping left"),
    TEST_NAMED("B14", b14, "a store-exclusive fails after every way through the kernel"),
    TEST_NAMED("B16", b16, "an invocation by send answers nothing, in no register"),
    TEST_NAMED("B17", b17, "every fault with no, a live and a dead endpoint; buffers stay whole"),
    TEST_NAMED("B20", b20, "device memory is no kernel object; the interrupt controller is none's"),
    TEST_NAMED("B21", b21, "a preempted revoke of the CNode it was called through is complete"),
};
const struct group suite_regress_group = GROUP(tests);
