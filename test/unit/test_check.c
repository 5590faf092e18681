/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checkers themselves: each test breaks one invariant of a valid state by
 * hand and demands that kernel_check() names exactly that one. Every test
 * begins with a state that kernel_check() finds whole.
 */
#include <string.h>

#include "core/cpu.h"
#include "object/asid.h"
#include "object/irq.h"
#include "object/vspace.h"
#include "support/kt.h"

enum { HIGH = 150, LOW = 50, IRQ = 40 };
#define VA UINT64_C(0x100020000)
#define RW (KAAL_RIGHT_READ | KAAL_RIGHT_WRITE)

static void expect(const char *id)
{
    const char *broken = kernel_check();
    assert_non_null(broken);
    if (strncmp(broken, id, strlen(id)) != 0 || broken[strlen(id)] != ' ') {
        fail_msg("%s is named: %s", id, broken);
    }
}

/* Undo, and the state is whole again: nothing else was wrong. */
#define BREAK(id, lvalue, value)                     \
    do {                                             \
        const __typeof__(lvalue) before_ = (lvalue); \
        assert_null(kernel_check());                 \
        (lvalue) = (value);                          \
        expect(id);                                  \
        (lvalue) = before_;                          \
        assert_null(kernel_check());                 \
    } while (0)

static pte_t *entry_of(vaddr_t vaddr)
{
    unsigned at;
    pte_t *entry = vspace_walk(kt_cap(KAAL_ROOT_VSPACE)->obj, vaddr, 3, &at);
    assert_int_equal(at, 3);
    return entry;
}

static cptr_t mapped_page(word_t rights)
{
    const cptr_t page = kt_copy_of(kt_object(CAP_PAGE, 12), rights);
    kt_ok(kt_invoke(page, KAAL_INV_PAGE_MAP, KT_WORDS(VA, rights, 1), KT_CAPS(KAAL_ROOT_VSPACE)));
    return page;
}

/* A thread that is ready, below the root task. */
static struct kt_thread ready_thread(void)
{
    struct kt_thread t = kt_thread(LOW);
    kt_nbsend(&kt.root, t.park, NULL);
    assert_true(t.tcb->is_ready_queued);
    return t;
}

/* ---- Objects and memory ------------------------------------------------------------ */

static void test_ki01(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0), ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t node = kt_object(CAP_CNODE, 4);
    struct kt_thread t = kt_thread(HIGH);
    BREAK("KI-01", kt_cap(node)->c, 5);
    BREAK("KI-01", kt_ntfn_of(n)->bound, host_ram(0x800000));
    BREAK("KI-01", kt_ntfn_of(n)->sc, host_ram(0x800000));
    BREAK("KI-01", t.tcb->sc, host_ram(0x800000));
    BREAK("KI-01", t.tcb->blocked_on, host_ram(0x800000));
    BREAK("KI-01", kt_sc_of(t.sc)->reply, host_ram(0x800000));
    BREAK("KI-01", kt_cap(ep)->type, 40);
    BREAK("KI-01", kt_cap(ep)->type, CAP_ANCHOR);
    BREAK("KI-01", kt_cap(t.sc)->a, 3);
}

static void test_ki02(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), page = kt_object(CAP_PAGE, 12);
    BREAK("KI-02", kt_cap(ep)->obj, (char *)kt_cap(ep)->obj + 8);
    BREAK("KI-02", kt_cap(page)->obj, (char *)kt_cap(page)->obj + 2048);
}

static void test_ki03(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), ep = kt_object(CAP_ENDPOINT, 0);
    BREAK("KI-03", kt_cap(ep)->obj, kt_cap(page)->obj);
    BREAK("KI-03", kt_cap(ep)->obj, (char *)kt_cap(page)->obj + 4032);
}

static void test_ki04(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), device = kt_new_slot();
    kt_ok(kt_retype_to(kt.device_untyped, CAP_PAGE, 12, device, 1));
    BREAK("KI-04", kt_cap(ep)->obj, host_ram(0x3000)); /* the kernel image */
    BREAK("KI-04", kt_cap(ep)->obj, arch_phys_to_virt(HOST_DEVICE_BASE));
    BREAK("KI-04", kt_cap(device)->obj, arch_phys_to_virt(kt_params().gicd.base));
}

static void test_ki05(void **state)
{
    (void)state;
    const cptr_t a = kt_object(CAP_ENDPOINT, 0), b = kt_object(CAP_ENDPOINT, 0);
    const cptr_t copy = kt_copy_of(a, KAAL_RIGHTS_ALL), empty = kt_new_slot();
    const struct slot copied = {.cap = *kt_cap(a)};
    BREAK("KI-05", kt_slot(a)->prev, kt_slot(KAAL_ROOT_CNODE));
    BREAK("KI-05", kt_slot(b)->next, kt_slot(copy));
    BREAK("KI-05", kt_slot(a)->last, NULL);
    BREAK("KI-05", kt_slot(copy)->flags, SLOT_FIRST);
    BREAK("KI-05", *kt_slot(empty), copied);
    BREAK("KI-05", kt_slot(empty)->flags, SLOT_LAST);
}

/* Take what slot holds out of its family. */
static void orphan(struct slot *slot)
{
    const struct cap cap = slot->cap;
    assert_null(kernel_check());
    slot_clear(slot);
    slot_set_root(slot, cap);
}

static void test_ki06(void **state)
{
    (void)state;
    orphan(kt_slot(kt_object(CAP_ENDPOINT, 0)));
    expect("KI-06");
}

static void test_ki07(void **state)
{
    (void)state;
    const cptr_t untyped = kt_object(CAP_UNTYPED, 12);
    const struct cap *cap = kt_cap(kt.untyped);
    BREAK("KI-07", kt_cap(kt.untyped)->data, cap_untyped_watermark(cap) - 16);
    orphan(kt_slot(untyped));
    expect("KI-07");
}

static void test_ki08(void **state)
{
    (void)state;
    (void)kt_object(CAP_ENDPOINT, 0);
    const word_t watermark = cap_untyped_watermark(kt_cap(kt.untyped));
    BREAK("KI-08", kt_cap(kt.untyped)->data, watermark - 16);
    BREAK("KI-08", kt_cap(kt.untyped)->data, watermark + 8);
    BREAK("KI-08", kt_cap(kt.untyped)->data, ((word_t)1 << kt_cap(kt.untyped)->a) + 16);
}

static void test_ki09(void **state)
{
    (void)state;
    const cptr_t small = kt_object(CAP_UNTYPED, 12), ep = kt_new_slot();
    kt_ok(kt_retype_to(small, CAP_ENDPOINT, 0, ep, 1));
    char *memory = kt_cap(small)->obj;
    BREAK("KI-09", kt_cap(ep)->obj, memory + 4096);
    BREAK("KI-09", kt_cap(ep)->obj, memory - 64);
}

static void test_ki10(void **state)
{
    (void)state;
    const cptr_t a = kt_object(CAP_ENDPOINT, 0), b = kt_object(CAP_ENDPOINT, 0);
    const cptr_t badged = kt_badged(a, KAAL_RIGHTS_ALL, 5);
    const cptr_t copy = kt_copy_of(badged, KAAL_RIGHTS_ALL), other = kt_copy_of(a, KAAL_RIGHTS_ALL);
    BREAK("KI-10", kt_cap(copy)->data, 6);
    BREAK("KI-10", kt_slot(a)->flags, kt_slot(a)->flags & ~(uint32_t)SLOT_ORIGINAL);
    BREAK("KI-10", kt_cap(badged)->obj, kt_cap(b)->obj);
    /* One that is a child of the untyped, away from the rest of its family. */
    const struct cap cap = *kt_cap(other);
    slot_clear(kt_slot(other));
    slot_insert_original(kt_slot(kt.untyped), kt_slot(other), cap);
    expect("KI-10");
}

static void test_ki11(void **state)
{
    (void)state;
    static struct slot stray;
    stray = (struct slot){0};
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    assert_null(kernel_check());
    slot_move(kt_slot(ep), &stray);
    expect("KI-11");
}

static void test_ki12(void **state)
{
    (void)state;
    struct kt_thread waiting = kt_thread(HIGH), ready = ready_thread();
    BREAK("KI-12", *kt_cap(waiting.cap), cap_zombie(waiting.tcb->slots, CAP_TCB, 0, TCB_SLOTS));
    BREAK("KI-12", *kt_cap(ready.cap), cap_zombie(ready.tcb->slots, CAP_TCB, 0, TCB_SLOTS));
}

static void test_ki13(void **state)
{
    (void)state;
    const cptr_t node = kt_object(CAP_CNODE, 2);
    const struct cap zombie = cap_zombie(kt_cap(node)->obj, CAP_CNODE, 2, 4);
    BREAK("KI-13", *kt_cap(node), zombie);
    /* That another capability leads to its memory cannot be the only thing
     * wrong: a zombie is no family of a CNode or TCB (KI-10), and anything
     * else would overlap it (KI-03, KI-06). */
    host.preempted = true;
    *kt_cap(node) = zombie;
    assert_null(kernel_check());
}

/* ---- Threads, queues, bindings -------------------------------------------------------- */

static void test_ki14(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    BREAK("KI-14", t.tcb->ipc_buffer_vaddr, t.tcb->ipc_buffer_vaddr + 8);
    struct slot *handler = &t.tcb->slots[TCB_SLOT_FAULT_HANDLER];
    assert_null(kernel_check());
    slot_insert_derived(kt_slot(t.park), handler, *kt_cap(t.park));
    expect("KI-14");
}

static void test_ki15(void **state)
{
    (void)state;
    const cptr_t other = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread t = kt_thread(HIGH);
    BREAK("KI-15", t.tcb->blocked_on, kt_cap(other)->obj);
    BREAK("KI-15", t.tcb->blocked_on, NULL);
    struct kt_thread idle = kt_thread(HIGH);
    kt_ok(kt_invoke(idle.cap, KAAL_INV_TCB_SUSPEND, KT_NONE, KT_NONE));
    BREAK("KI-15", idle.tcb->blocked_on, kt_cap(other)->obj);
    struct ntfn *park = kt_cap(t.park)->obj;
    BREAK("KI-15", park->waiters, (struct tree){0});
    BREAK("KI-15", t.tcb->fault.kind, KAAL_FAULT_VM);
}

static void test_ki16(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_unpark(&t);
    kt_send(&t, ep, NULL);
    BREAK("KI-16", kt_endpoint_of(ep)->is_receiving, true);
    BREAK("KI-16", t.tcb->priority, HIGH + 1);
    BREAK("KI-16", kt_endpoint_of(ep)->waiters.first, NULL);
    BREAK("KI-16", kt_endpoint_of(ep)->lone, t.tcb); /* it sends */
}

static void test_ki16_lone_receiver(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t reply = kt_object(CAP_REPLY, 0), other = kt_object(CAP_REPLY, 0);
    struct kt_thread first = kt_thread(HIGH), second = kt_thread(HIGH);
    BREAK("KI-16", kt_endpoint_of(ep)->lone, first.tcb);
    kt_unpark(&first);
    kt_recv(&first, ep, reply);
    assert_ptr_equal(kt_endpoint_of(ep)->lone, first.tcb);
    BREAK("KI-16", kt_endpoint_of(ep)->lone, NULL);
    BREAK("KI-16", kt_endpoint_of(ep)->lone, second.tcb);
    kt_unpark(&second);
    kt_recv(&second, ep, other);
    assert_null(kt_endpoint_of(ep)->lone);
    BREAK("KI-16", kt_endpoint_of(ep)->lone, first.tcb);
}

static void test_ki17(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread t = kt_thread(HIGH);
    BREAK("KI-17", kt_ntfn_of(n)->pending, 4);
    BREAK("KI-17", kt_ntfn_of(t.park)->active, true);
    BREAK("KI-17", t.tcb->wait.balance, 1);
}

static void test_ki18(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread t = kt_thread(HIGH);
    BREAK("KI-18", kt_ntfn_of(n)->bound, t.tcb);
    BREAK("KI-18", t.tcb->bound_ntfn, kt_cap(n)->obj);
}

static void test_ki19(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    const cptr_t other = kt_object(CAP_REPLY, 0);
    struct kt_thread server = kt_thread(HIGH), client = kt_thread(HIGH + 1);
    BREAK("KI-19", kt_reply_of(reply)->prev, kt_cap(other)->obj);
    BREAK("KI-19", kt_reply_of(reply)->tcb, client.tcb);
    kt_unpark(&server);
    kt_recv(&server, ep, reply);
    kt_ok(kt_invoke(server.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE));
    kt_unpark(&client);
    kt_call(&client, ep, NULL);
    assert_int_equal(client.tcb->state, TCB_BLOCKED_REPLY);
    assert_ptr_equal(kt_sc_of(client.sc)->reply, kt_cap(reply)->obj);
    BREAK("KI-19", client.tcb->reply, NULL);
    BREAK("KI-19", kt_sc_of(client.sc)->reply, NULL);
    BREAK("KI-19", kt_reply_of(reply)->next, kt_cap(other)->obj);
    struct reply *r = kt_cap(reply)->obj;
    const struct reply whole = *r;
    r->next = r->prev = r; /* a stack of one that has no top */
    r->sc = NULL;
    kt_sc_of(client.sc)->reply = NULL;
    expect("KI-19");
    *r = whole;
}

/* ---- Scheduling ------------------------------------------------------------------------- */

static void test_ki20(void **state)
{
    (void)state;
    struct kt_thread t = ready_thread();
    BREAK("KI-20", host_cpu.sched.bitmap[0][0], host_cpu.sched.bitmap[0][0] ^ 1);
    BREAK("KI-20", t.tcb->is_ready_queued, false);
    BREAK("KI-20", t.tcb->priority, LOW + 1);
    BREAK("KI-20", host_cpu.sched.ready[0][LOW].tail, NULL);
    BREAK("KI-20", host_cpu.sched.top, LOW + 1);
    BREAK("KI-20", host_cpu.sched.top, LOW - 1);
    BREAK("KI-20", host_cpu.sched.top, 1U << 16 | LOW); /* of another domain */
    BREAK("KI-20", host_cpu.sched.top, (uint32_t)-1);   /* nobody */
    /* Linked nowhere although it can run. */
    struct sched *s = &host_cpu.sched;
    s->ready[0][LOW] = (struct sched_queue){0};
    s->bitmap[0][0] = 0;
    t.tcb->is_ready_queued = false;
    expect("KI-20");
}

static void test_ki21(void **state)
{
    (void)state;
    struct kt_thread t = ready_thread();
    (void)t;
    BREAK("KI-21", kt.root.tcb->priority, LOW - 1);
}

static void test_ki22(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SUSPEND, KT_NONE, KT_NONE));
    BREAK("KI-22", host_cpu.idle.state, TCB_RUNNING);
    BREAK("KI-22", host_cpu.idle.sc, kt_cap(t.sc)->obj);
    BREAK("KI-22", t.tcb->state, TCB_IDLE);
}

static void test_ki31(void **state)
{
    (void)state;
    BREAK("KI-31", host_cpu.fp_owner, &host_cpu.idle);
}

static void test_ki33(void **state)
{
    (void)state;
    const cptr_t spare = kt_object(CAP_SCHED_CONTEXT, 8), n = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread t = kt_thread(HIGH), ready = ready_thread();
    BREAK("KI-33", kt_sc_of(spare)->tcb, t.tcb);
    BREAK("KI-33", kt_sc_of(t.sc)->tcb, NULL);
    BREAK("KI-33", kt_ntfn_of(n)->sc, kt_cap(spare)->obj);
    BREAK("KI-33", kt_sc_of(spare)->yield_from, t.tcb);
    (void)ready;
}

static void test_ki34(void **state)
{
    (void)state;
    const cptr_t sc = kt_object(CAP_SCHED_CONTEXT, 8);
    kt_configure_sc(sc, 1000, 5000);
    struct refill *head = sc_refill(kt_sc_of(sc), 0);
    BREAK("KI-34", head->amount, head->amount + 1);
    BREAK("KI-34", head->amount, 0);
    BREAK("KI-34", kt_sc_of(sc)->refill_count, 0);
    BREAK("KI-34", kt_sc_of(sc)->refill_first, 200);
    BREAK("KI-34", kt_sc_of(sc)->budget, kt_sc_of(sc)->period + 1);
}

static void test_ki35(void **state)
{
    (void)state;
    BREAK("KI-35", host_cpu.sched.armed, host_cpu.sched.armed + 1);
    BREAK("KI-35", host.deadline, host.deadline + 1);
}

static void test_ki36(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    BREAK("KI-36", kt_sc_of(t.sc)->core, 1);
    const ticks_t armed = host_cpu.sched.armed;
    host_cpu.sched.charged = kt_cap(t.sc)->obj;
    host_cpu.sched.armed = host.deadline =
        host_cpu.sched.charge_start + sc_head(kt_cap(t.sc)->obj)->amount;
    expect("KI-36");
    (void)armed;
}

/* ---- Address spaces, devices, interrupts --------------------------------------------------- */

static void test_ki23(void **state)
{
    (void)state;
    (void)mapped_page(RW);
    const cptr_t table = kt_object(CAP_PAGE_TABLE, 0), big = kt_object(CAP_PAGE, 21);
    const paddr_t paddr = arch_virt_to_phys(kt_cap(big)->obj);
    pte_t *entry = entry_of(VA + 0x1000);
    BREAK("KI-23", *entry, arch_pte_page(paddr, 3, RW, 1));
    BREAK("KI-23", *entry, arch_pte_page(arch_virt_to_phys(kt_cap(table)->obj), 3, RW, 1));
    unsigned at;
    pte_t *upper = vspace_walk(kt_cap(KAAL_ROOT_VSPACE)->obj, VA + (UINT64_C(1) << 38), 1, &at);
    BREAK("KI-23", *upper, arch_pte_table(paddr));
}

static void test_ki24(void **state)
{
    (void)state;
    const cptr_t page = mapped_page(RW), table = kt_object(CAP_PAGE_TABLE, 0);
    BREAK("KI-24", kt_cap(page)->c, 0);
    BREAK("KI-24", kt_cap(page)->data, VA + 0x1000);
    BREAK("KI-24", *entry_of(VA + 0x1000), *entry_of(VA));
    BREAK("KI-24", kt_cap((cptr_t)kt.info->page_tables.begin)->data, UINT64_C(1) << 40);
    pte_t *entries = kt_cap(table)->obj;
    BREAK("KI-24", entries[3], *entry_of(VA));
}

static void test_ki25(void **state)
{
    (void)state;
    (void)mapped_page(KAAL_RIGHT_READ);
    pte_t *entry = entry_of(VA);
    BREAK("KI-25", *entry, arch_pte_page(arch_pte_paddr(*entry), 3, RW, 1));
    BREAK("KI-25", *entry, *entry & ~(UINT64_C(1) << 53)); /* EL1 may execute */
    BREAK("KI-25", *entry, *entry & ~(UINT64_C(1) << 11)); /* global */
    BREAK("KI-25", *entry_of(VA + 0x1000), 2);
}

/* Writable and executable, although the capability would give both. */
static void test_ki25_wx(void **state)
{
    (void)state;
    (void)mapped_page(RW);
    BREAK("KI-25", *entry_of(VA), *entry_of(VA) & ~(UINT64_C(1) << 54));
}

__attribute__((no_sanitize("address"))) static void scribble(volatile char *byte)
{
    *byte = (char)(*byte + 1);
}

static void test_ki26(void **state)
{
    (void)state;
    assert_null(kernel_check());
    scribble(host_ram(0x1234));
    expect("KI-26");
}

static void test_ki27(void **state)
{
    (void)state;
    struct asid_pool *pool = kt_cap(KAAL_ROOT_ASID_POOL)->obj;
    BREAK("KI-27", pool->roots[7], kt_cap(KAAL_ROOT_VSPACE)->obj);
    BREAK("KI-27", pool->roots[0], kt_cap(KAAL_ROOT_VSPACE)->obj);
    BREAK("KI-27", kt_cap(KAAL_ROOT_ASID_POOL)->c, ASID_POOL_SIZE);
}

/* An entry is taken away, and the TLB not told. */
static void test_ki28_no_flush(void **state)
{
    (void)state;
    (void)mapped_page(RW);
    assert_null(kernel_check());
    arch_pte_write(entry_of(VA), 0);
    expect("KI-28");
    arch_tlb_flush_page(cap_asid(kt_cap(KAAL_ROOT_VSPACE)), VA);
    assert_null(kernel_check());
}

static void test_ki28_wrong_flush(void **state)
{
    (void)state;
    (void)mapped_page(RW);
    arch_pte_write(entry_of(VA), 0);
    arch_tlb_flush_page(cap_asid(kt_cap(KAAL_ROOT_VSPACE)), VA + 0x1000);
    arch_tlb_flush_asid(cap_asid(kt_cap(KAAL_ROOT_VSPACE)) + 1);
    expect("KI-28");
}

static void test_ki28_no_break(void **state)
{
    (void)state;
    (void)mapped_page(RW);
    pte_t *entry = entry_of(VA);
    assert_null(kernel_check());
    arch_pte_write(entry, arch_pte_page(arch_pte_paddr(*entry), 3, KAAL_RIGHT_READ, 1));
    arch_tlb_flush_page(cap_asid(kt_cap(KAAL_ROOT_VSPACE)), VA);
    expect("KI-28");
}

static void test_ki28_make_before_flush(void **state)
{
    (void)state;
    (void)mapped_page(RW);
    pte_t *entry = entry_of(VA);
    const paddr_t paddr = arch_pte_paddr(*entry);
    arch_pte_write(entry, 0);
    arch_pte_write(entry, arch_pte_page(paddr, 3, KAAL_RIGHT_READ, 1));
    arch_tlb_flush_page(cap_asid(kt_cap(KAAL_ROOT_VSPACE)), VA);
    expect("KI-28");
}

/* The kernel as it is, on a machine that loses flushes: each call that takes
 * translations away is seen to need one. */
static void test_ki28_twin(void **state)
{
    for (unsigned how = 0; how < 3; how++) {
        kt_boot(state);
        const cptr_t page = mapped_page(RW);
        const cptr_t space = kt_object(CAP_VSPACE, 0), table = kt_object(CAP_PAGE_TABLE, 0);
        kt_ok(kt_invoke(KAAL_ROOT_ASID_POOL, KAAL_INV_ASID_POOL_ASSIGN, KT_NONE, KT_CAPS(space)));
        kt_ok(kt_invoke(table, KAAL_INV_PAGE_TABLE_MAP, KT_WORDS(VA), KT_CAPS(space)));
        host.flushes_are_lost = kt.unchecked = true;
        if (how == 0) {
            kt_ok(kt_invoke(page, KAAL_INV_PAGE_UNMAP, KT_NONE, KT_NONE));
        } else if (how == 1) {
            kt_ok(kt_invoke(table, KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE));
        } else {
            kt_ok(kt_delete(space)); /* its identifier becomes free */
        }
        expect("KI-28");
    }
}

static void test_ki29(void **state)
{
    (void)state;
    const cptr_t page = kt_object(CAP_PAGE, 12), device = kt_new_slot();
    kt_ok(kt_retype_to(kt.device_untyped, CAP_PAGE, 12, device, 1));
    BREAK("KI-29", kt_cap(page)->b, 1);
    BREAK("KI-29", kt_cap(kt.untyped)->b, 1);
}

static cptr_t handler_of(unsigned irq)
{
    const cptr_t slot = kt_new_slot();
    kt_ok(kt_invoke(KAAL_ROOT_IRQ_CONTROL, KAAL_INV_IRQ_CONTROL_GET, KT_WORDS(irq, 0, slot, 64),
                    KT_CAPS(KAAL_ROOT_CNODE)));
    return slot;
}

static void test_ki30(void **state)
{
    (void)state;
    const cptr_t handler = handler_of(IRQ);
    BREAK("KI-30", kt_cap(handler)->c, IRQ + 1);
    BREAK("KI-30", host.irq_masked[IRQ + 1], false);
    assert_null(kernel_check());
    slot_clear(kt_slot(handler)); /* issued, but nobody has it */
    expect("KI-30");
}

static void test_ki32(void **state)
{
    (void)state;
    assert_null(kernel_check());
    arch_obj_created(host_ram(0xc00000), 4096); /* never zeroed */
    expect("KI-32");
}

static void test_ki32_written_after(void **state)
{
    (void)state;
    volatile char *memory = host_ram(0xc00000);
    arch_zero(host_ram(0xc00000), 4096, true);
    scribble(memory + 4095);
    arch_obj_created(host_ram(0xc00000), 4096);
    expect("KI-32");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, kt_boot)
    const struct CMUnitTest tests[] = {
        T(test_ki01),
        T(test_ki02),
        T(test_ki03),
        T(test_ki04),
        T(test_ki05),
        T(test_ki06),
        T(test_ki07),
        T(test_ki08),
        T(test_ki09),
        T(test_ki10),
        T(test_ki11),
        T(test_ki12),
        T(test_ki13),
        T(test_ki14),
        T(test_ki15),
        T(test_ki16),
        T(test_ki16_lone_receiver),
        T(test_ki17),
        T(test_ki18),
        T(test_ki19),
        T(test_ki20),
        T(test_ki21),
        T(test_ki22),
        T(test_ki23),
        T(test_ki24),
        T(test_ki25),
        T(test_ki25_wx),
        T(test_ki26),
        T(test_ki27),
        T(test_ki28_no_flush),
        T(test_ki28_wrong_flush),
        T(test_ki28_no_break),
        T(test_ki28_make_before_flush),
        T(test_ki28_twin),
        T(test_ki29),
        T(test_ki30),
        T(test_ki31),
        T(test_ki32),
        T(test_ki32_written_after),
        T(test_ki33),
        T(test_ki34),
        T(test_ki35),
        T(test_ki36),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
