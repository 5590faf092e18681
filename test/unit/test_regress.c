/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults that kernels of this kind have had, one or more tests each: the list is in
 * docs/testing.md. Here are those that are about calls, their arguments and the
 * objects they reach; test_regress_life.c has those about lifetime.
 */
#include "support/kt.h"

#include <kaal/abi/mapping.h>
#include <string.h>

#include "arch/aarch64/pure/pstate.h"
#include "arch/aarch64/pure/pte.h"

enum { RW = KAAL_RIGHT_READ | KAAL_RIGHT_WRITE, RO = KAAL_RIGHT_READ, CACHED = KAAL_MAP_CACHED };
enum { HIGH = 150, LINE = 40 };

#define VA   UINT64_C(0x300000000)
#define VA2M (VA + (UINT64_C(1) << 30))
#define VA1G (UINT64_C(0x4000000000))

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Address spaces to work in ------------------------------------------------------ */

static cptr_t new_space(void)
{
    const cptr_t vspace = kt_object(CAP_VSPACE, 0);
    kt_ok(kt_invoke(KAAL_ROOT_ASID_POOL, KAAL_INV_ASID_POOL_ASSIGN, KT_NONE, KT_CAPS(vspace)));
    return vspace;
}

static enum kaal_err map(cptr_t page, cptr_t vspace, vaddr_t vaddr, word_t rights, word_t attrs)
{
    return kt_invoke(page, KAAL_INV_PAGE_MAP, KT_WORDS(vaddr, rights, attrs), KT_CAPS(vspace));
}

/* The tables that a page of bits at vaddr lacks; returns the lowest. */
static cptr_t make_tables(cptr_t vspace, vaddr_t vaddr, unsigned bits)
{
    cptr_t table = 0;
    const pte_t *entries = kt_cap(vspace)->obj;
    for (unsigned level = 0; level < (39 - bits) / 9; level++) {
        const pte_t *entry = &entries[vaddr >> (39 - 9 * level) & 511];
        if (*entry == 0) {
            table = kt_object(CAP_PAGE_TABLE, 0);
            kt_ok(kt_invoke(table, KAAL_INV_PAGE_TABLE_MAP, KT_WORDS(vaddr), KT_CAPS(vspace)));
        }
        entries = arch_phys_to_virt(pte_paddr(*entry));
    }
    return table;
}

/* A page of 2 MiB, not from the untyped that everything else is made of. */
static cptr_t large_page(void)
{
    const cptr_t slot = kt_new_slot();
    enum kaal_err err = KAAL_ERR_NOT_ENOUGH_MEMORY;
    for (cptr_t ut = kt.info->untyped.begin; ut < kt.info->untyped.end && err != KAAL_OK; ut++) {
        if (!kt.info->untyped_list[ut - kt.info->untyped.begin].is_device && ut != kt.untyped) {
            err = kt_retype_to(ut, CAP_PAGE, 21, slot, 1);
        }
    }
    kt_ok(err);
    return slot;
}

static cptr_t device_page(unsigned bits)
{
    const cptr_t slot = kt_new_slot();
    enum kaal_err err = KAAL_ERR_NOT_ENOUGH_MEMORY;
    for (cptr_t ut = kt.info->untyped.begin; ut < kt.info->untyped.end && err != KAAL_OK; ut++) {
        if (kt.info->untyped_list[ut - kt.info->untyped.begin].is_device) {
            err = kt_retype_to(ut, CAP_PAGE, bits, slot, 1);
        }
    }
    kt_ok(err);
    return slot;
}

static pte_t entry_at(cptr_t vspace, vaddr_t vaddr, unsigned level)
{
    const pte_t *entries = kt_cap(vspace)->obj;
    for (unsigned l = 0; l < level; l++) {
        const pte_t pte = entries[vaddr >> (39 - 9 * l) & 511];
        assert_true(pte_is_table(pte, l));
        entries = arch_phys_to_virt(pte_paddr(pte));
    }
    return entries[vaddr >> (39 - 9 * level) & 511];
}

/* ---- B01: cache maintenance ------------------------------------------------------------ */

enum { CLEAN, INVALIDATE, CLEAN_INVALIDATE, UNIFY, OPERATIONS };
enum { UNMAPPED, TABLE_GONE, OTHER_FRAME, READ_ONLY, WRITABLE, DEVICE, LARGE, CASES };

static const struct {
    word_t page, vspace;
    enum host_action action;
} operations[OPERATIONS] = {
    {KAAL_INV_PAGE_CLEAN, KAAL_INV_VSPACE_CLEAN, HOST_CACHE_CLEAN},
    {KAAL_INV_PAGE_INVALIDATE, KAAL_INV_VSPACE_INVALIDATE, HOST_CACHE_INVALIDATE},
    {KAAL_INV_PAGE_CLEAN_INVALIDATE, KAAL_INV_VSPACE_CLEAN_INVALIDATE, HOST_CACHE_CLEAN_INVALIDATE},
    {KAAL_INV_PAGE_UNIFY, KAAL_INV_VSPACE_UNIFY, HOST_CODE_SYNC},
};

static void assert_operated(unsigned operation, bool is_done, cptr_t page, word_t offset)
{
    unsigned all = 0;
    for (unsigned i = 0; i < OPERATIONS; i++) {
        all += host_count(operations[i].action);
    }
    assert_int_equal(all, is_done);
    if (is_done) {
        const struct host_event *e = host_event(operations[operation].action, 0);
        assert_non_null(e);
        assert_int_equal(e->a, arch_virt_to_phys(kt_cap(page)->obj) + offset);
        assert_int_equal(e->b, 192);
    }
}

/* {clean, invalidate, both, unify} x seven states of a page, through the page and
 * through the address space: 28 cases of each. */
static void test_b01_cache_calls(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CASES * OPERATIONS; i++) {
        (void)kt_boot(NULL);
        const unsigned what = i / OPERATIONS, operation = i % OPERATIONS;
        const bool is_large = what == LARGE, is_device = what == DEVICE;
        const vaddr_t va = is_large ? VA2M : VA;
        const cptr_t space = new_space();
        const cptr_t original = is_large    ? large_page()
                                : is_device ? device_page(12)
                                            : kt_object(CAP_PAGE, 12);
        const cptr_t page = kt_copy_of(original, what == READ_ONLY ? RO : RW);
        const cptr_t table = make_tables(space, va, is_large ? 21 : 12);
        cptr_t there = page;
        kt_ok(map(page, space, va, RW, is_device ? 0 : CACHED));
        if (what == UNMAPPED) {
            kt_ok(kt_invoke(page, KAAL_INV_PAGE_UNMAP, KT_NONE, KT_NONE));
        } else if (what == TABLE_GONE) {
            kt_ok(kt_invoke(table, KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE));
        } else if (what == OTHER_FRAME) {
            /* page goes on to say that it is mapped there. */
            kt_ok(kt_invoke(table, KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE));
            make_tables(space, va, 12);
            there = kt_object(CAP_PAGE, 12);
            kt_ok(map(there, space, va, RW, CACHED));
        }

        host_log_clear();
        const enum kaal_err by_page =
            kt_invoke(page, operations[operation].page, KT_WORDS(64, 256), KT_NONE);
        const enum kaal_err page_want = operation == INVALIDATE && what == READ_ONLY
                                            ? KAAL_ERR_INVALID_CAPABILITY
                                        : is_device ? KAAL_ERR_ILLEGAL_OPERATION
                                                    : KAAL_OK;
        assert_int_equal(by_page, page_want);
        assert_operated(operation, page_want == KAAL_OK, page, 64);

        host_log_clear();
        const enum kaal_err by_space =
            kt_invoke(space, operations[operation].vspace, KT_WORDS(va + 64, va + 256), KT_NONE);
        const enum kaal_err space_want =
            what == UNMAPPED || what == TABLE_GONE ? KAAL_ERR_FAILED_LOOKUP
            : is_device || (operation == INVALIDATE && what == READ_ONLY)
                ? KAAL_ERR_ILLEGAL_OPERATION
                : KAAL_OK;
        assert_int_equal(by_space, space_want);
        assert_operated(operation, space_want == KAAL_OK, there, 64);
    }
}

/* ---- B02: memory is zero, past the caches, before anybody can see it --------------------- */

static bool is_zeroed(paddr_t base, uint64_t bytes, unsigned before)
{
    uint64_t covered = 0;
    for (unsigned i = 0; i < before; i++) {
        const struct host_event *e = &host.log.events[i];
        if (e->action == HOST_ZERO && e->c && e->a >= base && e->a + e->b <= base + bytes) {
            covered += e->b;
        }
    }
    return covered == bytes;
}

static void test_b02_zero_before_the_first_mapping(void **state)
{
    (void)state;
    const cptr_t space = new_space(), arena = kt_object(CAP_UNTYPED, 16), page = kt_new_slot();
    make_tables(space, VA, 12);
    for (unsigned round = 0; round < 4; round++) {
        host_log_clear();
        host.preempt_every = round < 2 ? 0 : 1;
        kt_ok(kt_retype_to(arena, CAP_PAGE, 12, page, 1));
        host.preempt_every = 0;
        uint64_t *words = kt_cap(page)->obj;
        const paddr_t paddr = arch_virt_to_phys(words);
        for (unsigned i = 0; i < 512; i++) {
            assert_int_equal(words[i], 0);
        }
        kt_ok(map(page, space, VA, RW, round % 2 == 0 ? CACHED : 0));
        unsigned mapped = 0;
        while (host.log.events[mapped].action != HOST_PTE_WRITE) {
            mapped++;
        }
        assert_int_equal(pte_paddr(host.log.events[mapped].b), paddr);
        assert_int_equal(host.log.dropped, 0);
        assert_true(is_zeroed(paddr, KAAL_PAGE_SIZE, mapped));
        memset(words, 0xa5, KAAL_PAGE_SIZE);
        kt_ok(kt_delete(page));
    }
}

/* ---- B06: whose authority ------------------------------------------------------------------ */

static void test_b06_every_priority_and_maximum(void **state)
{
    (void)state;
    const cptr_t authority = kt_object(CAP_TCB, 0), target = kt_object(CAP_TCB, 0);
    struct tcb *a = kt_tcb_of(authority), *t = kt_tcb_of(target);
    for (word_t mcp = 0; mcp <= 255; mcp++) {
        a->mcp = (uint8_t)mcp;
        kt.unchecked = mcp % 16 != 0; /* all 65,536 take a while */
        for (word_t value = 0; value <= 255; value++) {
            const bool is_allowed = value <= mcp;
            t->priority = t->mcp = (uint8_t)(255 - value); /* says nothing */
            const enum kaal_err set =
                kt_invoke(target, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(value), KT_CAPS(authority));
            assert_int_equal(set, is_allowed ? KAAL_OK : KAAL_ERR_RANGE);
            assert_int_equal(t->priority, is_allowed ? value : 255 - value);
            const enum kaal_err max =
                kt_invoke(target, KAAL_INV_TCB_SET_MCPRIORITY, KT_WORDS(value), KT_CAPS(authority));
            assert_int_equal(max, is_allowed ? KAAL_OK : KAAL_ERR_RANGE);
            assert_int_equal(t->mcp, is_allowed ? value : 255 - value);
        }
    }
}

/* ---- B08, B09: what retype makes ------------------------------------------------------------- */

/* At the end of what an address can be: nothing wraps round. */
static void test_b08_top_of_memory(void **state)
{
    (void)state;
    const cptr_t slot = kt_new_slot(), spare = kt_new_slot();
    cptr_t last = 0;
    for (cptr_t ut = kt.info->untyped.begin; ut < kt.info->untyped.end; ut++) {
        const struct kaal_untyped_desc *u = &kt.info->untyped_list[ut - kt.info->untyped.begin];
        last = u->paddr + (UINT64_C(1) << u->size_bits) == UINT64_C(1) << 40 ? ut : last;
    }
    assert_int_not_equal(last, 0);
    const unsigned bits = cap_untyped_bits(kt_cap(last));
    const paddr_t base = arch_virt_to_phys(kt_cap(last)->obj);
    for (unsigned size = 4; size <= 47; size++) {
        const enum kaal_err err = kt_retype_to(last, CAP_UNTYPED, size, slot, 1);
        assert_int_equal(err, size <= bits ? KAAL_OK : KAAL_ERR_NOT_ENOUGH_MEMORY);
        if (err == KAAL_OK) {
            assert_int_equal(arch_virt_to_phys(kt_cap(slot)->obj), base);
            kt_ok(kt_delete(slot));
        }
    }
    /* Half of it, then all but the last page, and no more. */
    kt_ok(kt_retype_to(last, CAP_UNTYPED, bits - 1, slot, 1));
    kt_ok(kt_retype_to(last, CAP_UNTYPED, bits - 1, spare, 1));
    assert_int_equal(arch_virt_to_phys(kt_cap(spare)->obj), base + (UINT64_C(1) << (bits - 1)));
    assert_int_equal(kt_retype_to(last, CAP_PAGE, 12, kt_new_slot(), 1),
                     KAAL_ERR_NOT_ENOUGH_MEMORY);
    assert_int_equal(kt_word(&kt.root, 0), 0);
}

static word_t small_size(word_t type)
{
    return type == KAAL_OBJ_UNTYPED         ? 9
           : type == KAAL_OBJ_SCHED_CONTEXT ? 8
           : type == KAAL_OBJ_CNODE         ? 2
           : type == KAAL_OBJ_PAGE          ? 12
                                            : 0;
}

/* Each type after each other, one and several: retype, delete, retype. That no two
 * overlap is KI-03, that none begins below the mark KI-08. */
static void test_b09_each_pair_of_types(void **state)
{
    (void)state;
    const cptr_t arena = kt_object(CAP_UNTYPED, 18), first = kt.next_slot;
    kt.next_slot += 16;
    for (word_t a = KAAL_OBJ_UNTYPED; a <= KAAL_OBJ_PAGE; a++) {
        for (word_t b = KAAL_OBJ_UNTYPED; b <= KAAL_OBJ_PAGE; b++) {
            for (word_t n = 1; n <= 5; n += 2) {
                kt_ok(kt_retype_to(arena, a, small_size(a), first, n));
                kt_ok(kt_delete(first + n / 2));
                kt_ok(kt_retype_to(arena, b, small_size(b), first + n, n));
                kt_ok(kt_retype_to(arena, a, small_size(a), first + n / 2, 1));
                assert_true(kt_cap(first + n / 2)->obj > kt_cap(first + 2 * n - 1)->obj);
                kt_ok(kt_revoke(arena));
                kt_ok(kt_retype_to(arena, b, small_size(b), first, 1));
                assert_ptr_equal(kt_cap(first)->obj, kt_cap(arena)->obj);
                kt_ok(kt_delete(first));
            }
        }
    }
}

/* ---- B12: rights and attributes never make a table ---------------------------------------- */

static void check_mapping(cptr_t page, cptr_t space, vaddr_t va, unsigned bits, bool is_device,
                          word_t cap_rights, word_t rights, word_t attrs)
{
    const unsigned level = (39 - bits) / 9;
    const word_t all = CACHED | KAAL_MAP_EXECUTE, given = cap_rights & rights;
    const bool is_bad = (attrs & ~all) != 0 || (is_device && attrs != 0);
    const bool is_wx = (attrs & KAAL_MAP_EXECUTE) != 0 && (given & KAAL_RIGHT_WRITE) != 0;
    const enum kaal_err err = map(page, space, va, rights, attrs);
    const pte_t pte = entry_at(space, va, level);
    if (is_bad || is_wx) {
        assert_int_equal(err, KAAL_ERR_INVALID_ARGUMENT);
        assert_int_equal(kt_word(&kt.root, 0), is_bad ? 2 : 1);
        assert_int_equal(pte, 0);
        return;
    }
    kt_ok(err);
    assert_true(pte_is_page(pte, level));
    assert_false(pte_is_table(pte, level));
    assert_int_equal(pte_paddr(pte), arch_virt_to_phys(kt_cap(page)->obj));
    assert_int_equal((pte & PTE_AP_EL0) != 0, (given & RO) != 0);
    assert_int_equal(pte_is_writable(pte), (given & RW) == RW);
    assert_int_equal((pte & PTE_UXN) == 0,
                     attrs == all && (given & RO) != 0 && (given & KAAL_RIGHT_WRITE) == 0);
    assert_true((pte & PTE_PXN) != 0);
    assert_int_equal(pte_is_cached(pte), (attrs & CACHED) != 0);
    kt_ok(kt_invoke(page, KAAL_INV_PAGE_UNMAP, KT_NONE, KT_NONE));
}

static void test_b12_all_rights_attributes_and_levels(void **state)
{
    (void)state;
    static const word_t attrs[] = {0, 1, 2, 3, 4, 7, 8, UINT64_C(1) << 31, UINT64_C(1) << 63 | 1};
    const cptr_t space = new_space();
    const struct {
        cptr_t page;
        vaddr_t va;
        unsigned bits;
        bool is_device;
    } pages[] = {
        {kt_object(CAP_PAGE, 12), VA, 12, false}, {large_page(), VA2M, 21, false},
        {device_page(12), VA, 12, true},          {device_page(21), VA2M, 21, true},
        {device_page(30), VA1G, 30, true},
    };
    for (unsigned p = 0; p < COUNT(pages); p++) {
        make_tables(space, pages[p].va, pages[p].bits);
        for (word_t cap_rights = 0; cap_rights <= KAAL_RIGHTS_ALL; cap_rights++) {
            const cptr_t copy = kt_copy_of(pages[p].page, cap_rights);
            for (word_t rights = 0; rights <= KAAL_RIGHTS_ALL; rights++) {
                kt.unchecked = rights % 4 != 3;
                for (unsigned a = 0; a < COUNT(attrs); a++) {
                    check_mapping(copy, space, pages[p].va, pages[p].bits, pages[p].is_device,
                                  cap_rights, rights, attrs[a]);
                }
            }
            kt.unchecked = false;
            kt_ok(kt_delete(copy));
        }
    }
}

/* ---- B13: a page that is somewhere no more -------------------------------------- */

/* A capability that says it is mapped where another page is by now: unmapping or
 * deleting it leaves the other alone. */
static void test_b13_stale_page_leaves_others_alone(void **state)
{
    (void)state;
    const cptr_t space = new_space(), first = kt_object(CAP_PAGE, 12);
    const cptr_t stale[] = {kt_copy_of(first, RW), kt_copy_of(first, RW)};
    const cptr_t other = kt_object(CAP_PAGE, 12);
    for (unsigned i = 0; i < 2; i++) {
        const cptr_t table = make_tables(space, VA, 12);
        kt_ok(map(stale[i], space, VA, RW, CACHED));
        kt_ok(kt_invoke(table, KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE));
    }
    make_tables(space, VA, 12);
    kt_ok(map(other, space, VA, RW, CACHED));
    const pte_t pte = entry_at(space, VA, 3);
    assert_int_equal(map(stale[0], space, VA, RW, CACHED), KAAL_ERR_DELETE_FIRST);
    kt_ok(kt_invoke(stale[0], KAAL_INV_PAGE_UNMAP, KT_NONE, KT_NONE));
    kt_ok(kt_delete(stale[1]));
    assert_int_equal(entry_at(space, VA, 3), pte);
    assert_int_equal(pte_paddr(pte), arch_virt_to_phys(kt_cap(other)->obj));
}

/* ---- B15: no way into privileged state ------------------------------------------------------- */

/* By a handler's answer to a fault. */
static void answer_with_pstate(struct kt_thread *t, cptr_t ep, cptr_t reply, bool is_syscall,
                               word_t pstate)
{
    struct kt_msg msg = {.length = is_syscall ? 34 : 3};
    msg.w[is_syscall ? 31 : 0] = KT_SVC;
    msg.w[is_syscall ? 33 : 2] = pstate;
    if (is_syscall) {
        kt_svc(t, 300, 0, NULL, 0, 0);
    } else {
        kernel_user_exception(1);
    }
    kt_recv(&kt.root, ep, reply);
    kt_send(&kt.root, reply, &msg);
    assert_true(kt_is_current(t));
    assert_int_equal(t->tcb->regs.pstate, pstate & PSTATE_FLAGS);
}

static void test_b15_every_bit_by_every_way(void **state)
{
    (void)state;
    const cptr_t tcb = kt_object(CAP_TCB, 0), copy = kt_object(CAP_TCB, 0);
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    struct kt_thread t = kt_thread(HIGH);
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(ep, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)));
    /* Each bit with each other one, and without each. */
    kt.unchecked = true;
    for (unsigned i = 0; i < 64; i++) {
        for (unsigned k = 0; k < 64; k++) {
            const word_t two = UINT64_C(1) << i | UINT64_C(1) << k;
            for (unsigned n = 0; n < 2; n++) {
                const word_t pstate = n == 0 ? two : ~two;
                kt_ok(kt_invoke(tcb, KAAL_INV_TCB_WRITE_REGISTERS, KT_WORDS(0, 3, 0, 0, pstate),
                                KT_NONE));
                assert_int_equal(kt_tcb_of(tcb)->regs.pstate, pstate & 0xf0000000);
            }
        }
        kt_tcb_of(tcb)->regs.pstate = UINT64_C(1) << i; /* forged */
        kt_ok(
            kt_invoke(copy, KAAL_INV_TCB_COPY_REGISTERS, KT_WORDS(KAAL_COPY_FRAME), KT_CAPS(tcb)));
        assert_int_equal(kt_tcb_of(copy)->regs.pstate, UINT64_C(1) << i & 0xf0000000);
    }
    kt.unchecked = false;
    kt_unpark(&t);
    for (unsigned i = 0; i < 64; i++) {
        answer_with_pstate(&t, ep, reply, true, UINT64_C(1) << i);
        answer_with_pstate(&t, ep, reply, false, UINT64_C(1) << i);
    }
    answer_with_pstate(&t, ep, reply, true, UINT64_MAX);
    answer_with_pstate(&t, ep, reply, false, UINT64_MAX);
}

/* ---- B17: what a fault handler hears ------------------------------------------------------------
 */

enum { F_CAP, F_SYSCALL, F_EXCEPTION, F_VM, F_TIMEOUT, FAULTS };
enum { H_NULL, H_GONE, H_BUFFER, H_NO_BUFFER, HANDLERS };

static void raise(struct kt_thread *t, unsigned fault)
{
    switch (fault) {
    case F_CAP:
        kt_send(t, UINT64_C(1) << 40, NULL);
        break;
    case F_SYSCALL:
        kt_svc(t, 400, 1, NULL, 7, 8);
        break;
    case F_EXCEPTION:
        kernel_user_exception(0x1234);
        break;
    case F_VM:
        kernel_vm_fault(0xdead000, false, 0x96000007);
        break;
    default:
        kt_advance(1000);
        break;
    }
}

/* faults.def says which word is what. */
static void assert_heard(const struct kt_thread *h, const struct kt_thread *t, unsigned fault)
{
    static const unsigned lengths[FAULTS] = {5, 35, 4, 4, 2};
    static const word_t labels[FAULTS] = {KAAL_FAULT_CAP, KAAL_FAULT_UNKNOWN_SYSCALL,
                                          KAAL_FAULT_USER_EXCEPTION, KAAL_FAULT_VM,
                                          KAAL_FAULT_TIMEOUT};
    const bool has_buffer = tcb_ipc_buffer(h->tcb) != NULL;
    const unsigned length = lengths[fault] > 4 && !has_buffer ? 4 : lengths[fault];
    word_t want[35] = {t->tcb->regs.pc};
    switch (fault) {
    case F_CAP:
        want[1] = UINT64_C(1) << 40;
        want[3] = KAAL_LOOKUP_GUARD;
        want[4] = 64;
        break;
    case F_SYSCALL:
        memcpy(want, t->tcb->regs.x, 31 * sizeof(word_t));
        want[31] = t->tcb->regs.pc;
        want[32] = t->tcb->regs.sp;
        want[33] = t->tcb->regs.pstate;
        want[34] = 400;
        break;
    case F_EXCEPTION:
        want[1] = t->tcb->regs.sp;
        want[2] = t->tcb->regs.pstate;
        want[3] = 0x1234;
        break;
    case F_VM:
        want[1] = 0xdead000;
        want[3] = 0x96000007;
        break;
    default:
        want[0] = 0; /* badge of the context */
        want[1] = 100;
        break;
    }
    assert_int_equal(kt_label(h), labels[fault]);
    assert_int_equal(kt_length(h), length);
    assert_int_equal(kt_badge(h), 77);
    for (unsigned i = 0; i < length; i++) {
        assert_int_equal(kt_word(h, i), want[i]);
    }
}

/* Every kind of fault with no handler, one whose endpoint is gone, one with and one
 * without a buffer: the right words, and not one byte beside them. */
static void test_b17_each_fault_and_handler(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FAULTS * HANDLERS; i++) {
        (void)kt_boot(NULL);
        const unsigned fault = i / HANDLERS, handler = i % HANDLERS;
        const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
        const cptr_t badged = kt_badged(ep, KAAL_RIGHTS_ALL, 77);
        struct kt_thread t = kt_thread(HIGH), h = kt_thread(HIGH + 1);
        t.tcb->regs.sp = 0x7000;
        t.tcb->regs.pstate = 0x60000000;
        if (fault == F_TIMEOUT) {
            kt_configure_sc(t.sc, 100, 100000);
        }
        if (handler != H_NULL) {
            kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                            KT_CAPS(badged, KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE)));
            kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, KT_NONE, KT_CAPS(badged)));
        }
        if (handler == H_GONE) {
            kt_ok(kt_revoke(ep));
            kt_ok(kt_delete(ep));
        } else if (handler == H_NO_BUFFER) {
            kt_ok(kt_invoke(h.cap, KAAL_INV_TCB_SET_IPC_BUFFER, KT_WORDS(0),
                            KT_CAPS(KAAL_ROOT_NULL)));
        }
        if (handler >= H_BUFFER) {
            kt_unpark(&h);
            kt_recv(&h, ep, reply);
        }
        unsigned char *page = kt_cap(h.page)->obj;
        memset(page, 0xc3, KAAL_PAGE_SIZE);
        kt_unpark(&t);
        raise(&t, fault);
        kt_check();
        if (handler < H_BUFFER) {
            /* Timeouts nobody is to hear of just wait. */
            assert_int_equal(t.tcb->state, fault == F_TIMEOUT ? TCB_RUNNING : TCB_INACTIVE);
            assert_true(kt_is_current(&kt.root));
        } else {
            assert_true(kt_is_current(&h));
            assert_heard(&h, &t, fault);
        }
        const unsigned written = handler == H_BUFFER && kt_length(&h) > 4 ? kt_length(&h) * 8 : 0;
        for (unsigned b = 0; b < KAAL_PAGE_SIZE; b++) {
            assert_true(page[b] == 0xc3 || (b >= 32 && b < written));
        }
    }
}

/* ---- B24: the ends of every range
 * ---------------------------------------------------------------- */

/* word arg of a call that has all the others right; it has to be in min .. max. */
struct bound {
    const char *name;
    cptr_t cptr;
    word_t label;
    unsigned arg;
    word_t min, max;
    unsigned words;
    word_t w[8];
    unsigned caps;
    cptr_t cap[3];
};

static void check_bound(const struct bound *b)
{
    const word_t values[] = {0,
                             1,
                             b->min - 1,
                             b->min,
                             b->max - 1,
                             b->max,
                             b->max + 1,
                             UINT64_C(1) << 31,
                             UINT64_C(1) << 32 | b->min,
                             UINT64_C(1) << 63,
                             UINT64_MAX};
    for (unsigned i = 0; i < COUNT(values); i++) {
        word_t w[8];
        memcpy(w, b->w, sizeof(w));
        w[b->arg] = values[i];
        const enum kaal_err err = kt_invoke(b->cptr, b->label, b->words, w, b->caps, b->cap);
        const bool is_range = err == KAAL_ERR_RANGE && kt_word(&kt.root, 0) == b->arg;
        const bool is_inside = values[i] >= b->min && values[i] <= b->max;
        if (is_range == is_inside) {
            fail_msg("%s: word %u = %#lx gives %d", b->name, b->arg, (unsigned long)values[i], err);
        }
        if (is_range) {
            assert_int_equal(kt_word(&kt.root, 1), b->min);
            assert_int_equal(kt_word(&kt.root, 2), b->max);
        }
    }
}

#define W(...)                                          \
    (sizeof((word_t[]){__VA_ARGS__}) / sizeof(word_t)), \
    {                                                   \
        __VA_ARGS__                                     \
    }

static void test_b24_every_bounded_argument(void **state)
{
    (void)state;
    const cptr_t cnode = kt_object(CAP_CNODE, 4), tcb = kt_object(CAP_TCB, 0);
    const cptr_t page = kt_object(CAP_PAGE, 12), sc = kt_object(CAP_SCHED_CONTEXT, 8);
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), pool = kt_object(CAP_UNTYPED, 12);
    const cptr_t root = KAAL_ROOT_CNODE, control = KAAL_ROOT_SCHED_CONTROL,
                 domain = KAAL_ROOT_DOMAIN;
    const word_t us = UINT64_C(1) << 40;
    struct tcb *t = kt_tcb_of(tcb);
    const cptr_t authority = kt_object(CAP_TCB, 0);
    kt_tcb_of(authority)->mcp = 99;
    /* Places that lead nowhere, behind the words in question: nothing is done. */
    const word_t off = UINT64_C(1) << 50;
#define BOUND(c, L, a, lo, hi, words, ...) {#L, c, KAAL_INV_##L, a, lo, hi, words, __VA_ARGS__}
    const struct bound bounds[] = {
        BOUND(root, CNODE_COPY, 1, 1, 64, W(off, 0, ep, 64, 15), 1, {root}),
        BOUND(cnode, CNODE_COPY, 3, 1, 64, W(0, 4, off, 0, 15), 1, {root}),
        BOUND(root, CNODE_MINT, 1, 1, 64, W(off, 0, ep, 64, 15, 0), 1, {root}),
        BOUND(cnode, CNODE_MINT, 3, 1, 64, W(0, 4, off, 0, 15, 0), 1, {root}),
        BOUND(root, CNODE_MOVE, 1, 1, 64, W(off, 0, ep, 64), 1, {root}),
        BOUND(cnode, CNODE_MOVE, 3, 1, 64, W(0, 4, off, 0), 1, {root}),
        BOUND(root, CNODE_MUTATE, 1, 1, 64, W(off, 0, ep, 64, 0), 1, {root}),
        BOUND(cnode, CNODE_MUTATE, 3, 1, 64, W(0, 4, off, 0, 0), 1, {root}),
        BOUND(root, CNODE_DELETE, 1, 1, 64, W(off, 0), 0, {0}),
        BOUND(root, CNODE_REVOKE, 1, 1, 64, W(off, 0), 0, {0}),
        BOUND(root, CNODE_CANCEL_BADGED_SENDS, 1, 1, 64, W(off, 0), 0, {0}),
        BOUND(root, CNODE_ROTATE, 1, 1, 64, W(off, 0, 0, off, 64, 0, off, 64), 2, {root, root}),
        BOUND(cnode, CNODE_ROTATE, 7, 1, 64, W(0, 4, 0, off, 64, 0, off, 0), 2, {root, root}),
        BOUND(cnode, CNODE_ROTATE, 4, 1, 64, W(0, 4, 0, off, 0, 0, ep, 64), 2, {root, root}),
        BOUND(kt.untyped, UNTYPED_RETYPE, 3, 0, 64, W(2, 0, off, 0, 9999, 1), 1, {root}),
        BOUND(kt.untyped, UNTYPED_RETYPE, 4, 0, 15, W(2, 0, 0, 0, 0, 0), 1, {cnode}),
        BOUND(kt.untyped, UNTYPED_RETYPE, 1, 8, 16, W(KAAL_OBJ_SCHED_CONTEXT, 0, 0, 0, 99, 1), 1,
              {cnode}),
        BOUND(kt.untyped, UNTYPED_RETYPE, 1, 1, 26, W(KAAL_OBJ_CNODE, 0, 0, 0, 99, 1), 1, {cnode}),
        BOUND(kt.untyped, UNTYPED_RETYPE, 1, 4, 47, W(KAAL_OBJ_UNTYPED, 0, 0, 0, 99, 1), 1,
              {cnode}),
        BOUND(tcb, TCB_SET_PRIORITY, 0, 0, 99, W(0), 1, {authority}),
        BOUND(tcb, TCB_SET_MCPRIORITY, 0, 0, 99, W(0), 1, {authority}),
        BOUND(tcb, TCB_SET_SCHED_PARAMS, 0, 0, 99, W(0, 0), 3, {authority, 0, 0}),
        BOUND(tcb, TCB_SET_SCHED_PARAMS, 1, 0, 99, W(0, 0), 3, {authority, 0, 0}),
        BOUND(tcb, TCB_WRITE_REGISTERS, 0, 0, 1, W(0, 1, 0), 0, {0}),
        BOUND(tcb, TCB_WRITE_REGISTERS, 1, 0, 35, W(0, 0, 0), 0, {0}),
        BOUND(tcb, TCB_READ_REGISTERS, 0, 0, 1, W(0, 1), 0, {0}),
        BOUND(tcb, TCB_READ_REGISTERS, 1, 1, 35, W(0, 0), 0, {0}),
        BOUND(tcb, TCB_COPY_REGISTERS, 0, 0, 15, W(0), 1, {authority}),
        BOUND(control, SCHED_CONTROL_CONFIGURE, 0, 100, us, W(0, us, 0, 0), 1, {sc}),
        BOUND(control, SCHED_CONTROL_CONFIGURE, 1, 1000, us, W(1000, 0, 0, 0), 1, {sc}),
        BOUND(control, SCHED_CONTROL_CONFIGURE, 2, 0, (256 - 128) / 16 - 2, W(1000, 1000, 0, 0), 1,
              {sc}),
        BOUND(page, PAGE_CLEAN, 0, 0, 4095, W(0, 4096), 0, {0}),
        BOUND(page, PAGE_CLEAN, 1, 101, 4096, W(100, 0), 0, {0}),
        BOUND(page, PAGE_UNIFY, 1, 1, 4096, W(0, 0), 0, {0}),
        BOUND(KAAL_ROOT_VSPACE, VSPACE_CLEAN, 1, KT_SVC + 1, KT_SVC + 4096, W(KT_SVC, 0), 0, {0}),
        BOUND(KAAL_ROOT_ASID_CONTROL, ASID_CONTROL_MAKE_POOL, 1, 1, 64, W(off, 0), 2, {pool, root}),
        BOUND(KAAL_ROOT_IRQ_CONTROL, IRQ_CONTROL_GET, 0, 16, HOST_IRQS - 1, W(0, 0, off, 64), 1,
              {root}),
        BOUND(KAAL_ROOT_IRQ_CONTROL, IRQ_CONTROL_GET, 1, 0, 1, W(LINE, 0, off, 64), 1, {root}),
        BOUND(KAAL_ROOT_IRQ_CONTROL, IRQ_CONTROL_GET, 3, 1, 64, W(LINE, 0, off, 0), 1, {root}),
        BOUND(domain, DOMAIN_SET, 0, 0, 15, W(0), 1, {authority}),
        BOUND(domain, DOMAIN_SET_SCHEDULE, 0, 0, 15, W(0, 0, 0), 0, {0}),
        BOUND(domain, DOMAIN_SET_SCHEDULE, 1, 0, 15, W(1, 0, 0), 0, {0}),
        BOUND(domain, DOMAIN_START, 0, 0, 15, W(0), 0, {0}),
    };
    for (unsigned i = 0; i < COUNT(bounds); i++) {
        check_bound(&bounds[i]);
        if (t->state != TCB_INACTIVE) {
            kt_ok(kt_invoke(tcb, KAAL_INV_TCB_SUSPEND, KT_NONE, KT_NONE));
        }
    }
    assert_true(slot_is_empty(&cap_cnode_slots(kt_cap(cnode))[0]));
    /* 0 takes an entry away, else 100 us .. 2^40 us. */
    static const word_t bad[] = {1, 99, (UINT64_C(1) << 40) + 1, UINT64_C(1) << 63, UINT64_MAX};
    for (unsigned i = 0; i < COUNT(bad); i++) {
        assert_int_equal(
            kt_invoke(domain, KAAL_INV_DOMAIN_SET_SCHEDULE, KT_WORDS(3, 0, bad[i]), KT_NONE),
            KAAL_ERR_RANGE);
        assert_int_equal(kt_word(&kt.root, 0), 2);
    }
    kt_ok(kt_invoke(domain, KAAL_INV_DOMAIN_SET_SCHEDULE, KT_WORDS(3, 0, 100), KT_NONE));
    kt_ok(kt_invoke(domain, KAAL_INV_DOMAIN_SET_SCHEDULE, KT_WORDS(3, 0, us), KT_NONE));
    kt_ok(kt_invoke(domain, KAAL_INV_DOMAIN_SET_SCHEDULE, KT_WORDS(3, 0, 0), KT_NONE));
}

/* The end of user space, which no page may cross. */
static void test_b24_top_of_user_space(void **state)
{
    (void)state;
    const cptr_t space = new_space(), page = kt_object(CAP_PAGE, 12), large = large_page();
    make_tables(space, KAAL_USER_TOP - 4096, 12);
    static const vaddr_t bad[] = {KAAL_USER_TOP, KAAL_USER_TOP + 4096, UINT64_C(1) << 63,
                                  UINT64_MAX - 4095, UINT64_MAX};
    for (unsigned i = 0; i < COUNT(bad); i++) {
        assert_int_equal(map(page, space, bad[i], RW, 0), KAAL_ERR_INVALID_ARGUMENT);
        assert_int_equal(kt_word(&kt.root, 0), 0);
        assert_int_equal(
            kt_invoke(space, KAAL_INV_VSPACE_CLEAN, KT_WORDS(bad[i], bad[i] + 1), KT_NONE),
            KAAL_ERR_INVALID_ARGUMENT);
        assert_int_equal(kt_invoke(kt_object(CAP_PAGE_TABLE, 0), KAAL_INV_PAGE_TABLE_MAP,
                                   KT_WORDS(bad[i]), KT_CAPS(space)),
                         KAAL_ERR_INVALID_ARGUMENT);
    }
    assert_int_equal(map(large, space, KAAL_USER_TOP - 4096, RW, 0), KAAL_ERR_INVALID_ARGUMENT);
    kt_ok(map(page, space, KAAL_USER_TOP - 4096, RW, CACHED));
    kt_ok(kt_invoke(space, KAAL_INV_VSPACE_CLEAN, KT_WORDS(KAAL_USER_TOP - 1, KAAL_USER_TOP),
                    KT_NONE));
    assert_int_equal(kt_invoke(space, KAAL_INV_VSPACE_CLEAN,
                               KT_WORDS(KAAL_USER_TOP - 1, KAAL_USER_TOP + 1), KT_NONE),
                     KAAL_ERR_RANGE);
}

/* ---- B25: the order of table writes and flushes
 * ------------------------------------------------------ */

/* The log, event by event: a live entry only ever becomes nothing, and what it
 * translated is flushed before anything else is written or anybody runs. */
static void assert_log_in_order(void)
{
    bool is_open = false; /* an entry went, and nothing is flushed yet */
    assert_int_equal(host.log.dropped, 0);
    for (unsigned i = 0; i < host.log.count; i++) {
        const struct host_event *e = &host.log.events[i];
        switch (e->action) {
        case HOST_PTE_WRITE:
            assert_false(is_open);
            assert_true(e->b == 0 || e->c == 0);
            is_open = e->c != 0;
            break;
        case HOST_TLB_PAGE:
        case HOST_TLB_ASID:
            is_open = false;
            break;
        case HOST_SWITCH:
        case HOST_IDLE:
            assert_false(is_open);
            break;
        default:
            break;
        }
    }
    assert_false(is_open);
}

static void test_b25_break_before_make(void **state)
{
    (void)state;
    enum { PAGES = 6 };
    const cptr_t space = new_space();
    cptr_t page[PAGES];
    const cptr_t low = make_tables(space, VA, 12);
    unsigned done[5] = {0};
    for (unsigned i = 0; i < PAGES; i++) {
        page[i] = kt_copy_of(kt_object(CAP_PAGE, 12), RW);
    }
    kt_seed(25);
    for (unsigned op = 0; op < 4000; op++) {
        const cptr_t p = page[kt_random(PAGES)];
        const vaddr_t va = cap_asid(kt_cap(p)) != 0 && kt_random(2) == 0
                               ? cap_mapped_vaddr(kt_cap(p))
                               : VA + kt_random(4) * 4096;
        host_log_clear();
        const unsigned what = kt_random(20);
        if (what < 12) { /* also again, with other rights */
            done[0] += map(p, space, va, kt_random(2) == 0 ? RW : RO, CACHED) == KAAL_OK;
            done[4] += host_count(HOST_PTE_WRITE) == 2; /* away, and there */
        } else if (what < 17) {
            kt_ok(kt_invoke(p, KAAL_INV_PAGE_UNMAP, KT_NONE, KT_NONE));
            done[1] += host_count(HOST_PTE_WRITE);
        } else if (what == 17) {
            kt_ok(kt_invoke(low, KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE));
            done[2] += host_count(HOST_PTE_WRITE);
        } else {
            done[3] +=
                kt_invoke(low, KAAL_INV_PAGE_TABLE_MAP, KT_WORDS(VA), KT_CAPS(space)) == KAAL_OK;
        }
        assert_log_in_order();
    }
    for (unsigned i = 0; i < COUNT(done); i++) {
        assert_true(done[i] > 50);
    }
}

/* ---- B27: a call reaches the object it was made on
 * ------------------------------------------------------ */

struct pair {
    cptr_t tcb, sc, ntfn, ep, space, page, table, irq, cnode, reply;
};

static struct pair pair(unsigned line)
{
    struct pair p = {
        .tcb = kt_object(CAP_TCB, 0),
        .sc = kt_object(CAP_SCHED_CONTEXT, 8),
        .ntfn = kt_object(CAP_NOTIFICATION, 0),
        .ep = kt_object(CAP_ENDPOINT, 0),
        .space = new_space(),
        .page = kt_object(CAP_PAGE, 12),
        .irq = kt_new_slot(),
        .cnode = kt_object(CAP_CNODE, 3),
        .reply = kt_object(CAP_REPLY, 0),
    };
    p.table = make_tables(p.space, VA, 12);
    kt_ok(kt_invoke(KAAL_ROOT_IRQ_CONTROL, KAAL_INV_IRQ_CONTROL_GET, KT_WORDS(line, 0, p.irq, 64),
                    KT_CAPS(KAAL_ROOT_CNODE)));
    kt_configure_sc(p.sc, 1000, 2000);
    return p;
}

static uint64_t hash_of(uint64_t hash, const void *memory, size_t bytes)
{
    const unsigned char *p = memory;
    for (size_t i = 0; i < bytes; i++) {
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

/* All that belongs to the objects of a pair. */
static uint64_t hash_pair(const struct pair *p)
{
    uint64_t hash = 1;
    hash = hash_of(hash, kt_cap(p->tcb)->obj, sizeof(struct tcb));
    hash = hash_of(hash, kt_cap(p->sc)->obj, 256);
    hash = hash_of(hash, kt_cap(p->ntfn)->obj, sizeof(struct ntfn));
    hash = hash_of(hash, kt_cap(p->ep)->obj, sizeof(struct endpoint));
    hash = hash_of(hash, kt_cap(p->reply)->obj, sizeof(struct reply));
    hash = hash_of(hash, kt_cap(p->space)->obj, KAAL_PAGE_SIZE);
    hash = hash_of(hash, kt_cap(p->table)->obj, KAAL_PAGE_SIZE);
    hash = hash_of(hash, kt_cap(p->page)->obj, KAAL_PAGE_SIZE);
    const cptr_t caps[] = {p->tcb,  p->sc,    p->ntfn, p->ep,    p->space,
                           p->page, p->table, p->irq,  p->reply, p->cnode};
    for (unsigned i = 0; i < COUNT(caps); i++) {
        hash = hash_of(hash, kt_cap(caps[i]), sizeof(struct cap));
    }
    for (unsigned i = 0; i < 8; i++) {
        hash = hash_of(hash, &cap_cnode_slots(kt_cap(p->cnode))[i].cap, sizeof(struct cap));
    }
    return hash;
}

static uint64_t bystanders;
static struct pair bystander;

static void on(cptr_t cptr, word_t label, unsigned words, const word_t *w, unsigned caps,
               const cptr_t *cap)
{
    kt_ok(kt_invoke(cptr, label, words, w, caps, cap));
    assert_int_equal(hash_pair(&bystander), bystanders);
}

static void test_b27_only_the_invoked_object(void **state)
{
    (void)state;
    const struct pair a = pair(LINE);
    bystander = pair(LINE + 1);
    bystanders = hash_pair(&bystander);
    const cptr_t root = KAAL_ROOT_CNODE, tcb = KAAL_ROOT_TCB, none = KAAL_ROOT_NULL;
    on(a.tcb, KAAL_INV_TCB_CONFIGURE, KT_WORDS(0, 0, 0x1000), KT_CAPS(root, a.space, a.page));
    on(a.tcb, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0), KT_CAPS(a.ep, root, a.space));
    on(a.tcb, KAAL_INV_TCB_SET_PRIORITY, KT_WORDS(9), KT_CAPS(tcb));
    on(a.tcb, KAAL_INV_TCB_SET_MCPRIORITY, KT_WORDS(9), KT_CAPS(tcb));
    on(a.tcb, KAAL_INV_TCB_SET_SCHED_PARAMS, KT_WORDS(5, 5), KT_CAPS(tcb, a.sc, none));
    on(a.tcb, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, KT_NONE, KT_CAPS(a.ep));
    on(a.tcb, KAAL_INV_TCB_SET_IPC_BUFFER, KT_WORDS(0x1400), KT_CAPS(a.page));
    on(a.tcb, KAAL_INV_TCB_WRITE_REGISTERS, KT_WORDS(0, 3, 1, 2, 3), KT_NONE);
    on(a.tcb, KAAL_INV_TCB_COPY_REGISTERS, KT_WORDS(12), KT_CAPS(bystander.tcb));
    on(a.tcb, KAAL_INV_TCB_SET_TLS_BASE, KT_WORDS(5), KT_NONE);
    on(a.tcb, KAAL_INV_TCB_SET_FLAGS, KT_WORDS(0, KAAL_TCB_FPU_DISABLED), KT_NONE);
    on(a.tcb, KAAL_INV_TCB_BIND_NOTIFICATION, KT_NONE, KT_CAPS(a.ntfn));
    on(a.tcb, KAAL_INV_TCB_UNBIND_NOTIFICATION, KT_NONE, KT_NONE);
    on(a.tcb, KAAL_INV_TCB_RESUME, KT_NONE, KT_NONE);
    on(a.sc, KAAL_INV_SCHED_CONTEXT_YIELD_TO, KT_NONE, KT_NONE);
    on(a.tcb, KAAL_INV_TCB_SUSPEND, KT_NONE, KT_NONE);
    on(a.sc, KAAL_INV_SCHED_CONTEXT_CONSUMED, KT_NONE, KT_NONE);
    on(a.sc, KAAL_INV_SCHED_CONTEXT_UNBIND, KT_NONE, KT_NONE);
    on(a.sc, KAAL_INV_SCHED_CONTEXT_BIND, KT_NONE, KT_CAPS(a.ntfn));
    on(a.sc, KAAL_INV_SCHED_CONTEXT_UNBIND_OBJECT, KT_NONE, KT_CAPS(a.ntfn));
    on(KAAL_ROOT_SCHED_CONTROL, KAAL_INV_SCHED_CONTROL_CONFIGURE, KT_WORDS(500, 600, 0, 3),
       KT_CAPS(a.sc));
    on(KAAL_ROOT_DOMAIN, KAAL_INV_DOMAIN_SET, KT_WORDS(3), KT_CAPS(a.tcb));
    on(a.page, KAAL_INV_PAGE_MAP, KT_WORDS(VA, RW, CACHED), KT_CAPS(a.space));
    on(a.space, KAAL_INV_VSPACE_CLEAN, KT_WORDS(VA, VA + 64), KT_NONE);
    on(a.page, KAAL_INV_PAGE_INVALIDATE, KT_WORDS(0, 64), KT_NONE);
    on(a.page, KAAL_INV_PAGE_UNMAP, KT_NONE, KT_NONE);
    on(a.table, KAAL_INV_PAGE_TABLE_UNMAP, KT_NONE, KT_NONE);
    on(a.table, KAAL_INV_PAGE_TABLE_MAP, KT_WORDS(VA), KT_CAPS(a.space));
    on(a.irq, KAAL_INV_IRQ_HANDLER_SET_NOTIFICATION, KT_NONE, KT_CAPS(a.ntfn));
    on(a.irq, KAAL_INV_IRQ_HANDLER_ACK, KT_NONE, KT_NONE);
    on(a.irq, KAAL_INV_IRQ_HANDLER_CLEAR, KT_NONE, KT_NONE);
    on(a.cnode, KAAL_INV_CNODE_COPY, KT_WORDS(1, 3, bystander.ntfn, 64, RO), KT_CAPS(root));
    on(a.cnode, KAAL_INV_CNODE_REVOKE, KT_WORDS(1, 3), KT_NONE);
    on(a.cnode, KAAL_INV_CNODE_DELETE, KT_WORDS(1, 3), KT_NONE);
    assert_true(host.irq_masked[LINE] == false);

    /* Operands of one address space with the capability to another. */
    kt_ok(map(bystander.page, bystander.space, VA, RW, CACHED));
    bystanders = hash_pair(&bystander);
    host_log_clear();
    for (unsigned i = 0; i < OPERATIONS; i++) {
        assert_int_equal(kt_invoke(a.space, operations[i].vspace, KT_WORDS(VA, VA + 64), KT_NONE),
                         KAAL_ERR_FAILED_LOOKUP);
        assert_operated(i, false, a.page, 0);
    }
    assert_int_equal(map(bystander.page, a.space, VA, RW, CACHED), KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(
        kt_invoke(bystander.table, KAAL_INV_PAGE_TABLE_MAP, KT_WORDS(VA), KT_CAPS(a.space)),
        KAAL_ERR_INVALID_CAPABILITY);
    assert_int_equal(
        kt_invoke(a.sc, KAAL_INV_SCHED_CONTEXT_UNBIND_OBJECT, KT_NONE, KT_CAPS(bystander.tcb)),
        KAAL_ERR_ILLEGAL_OPERATION);
    assert_int_equal(host_count(HOST_PTE_WRITE), 0);
    assert_int_equal(hash_pair(&bystander), bystanders);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_b01_cache_calls, kt_boot),
        cmocka_unit_test_setup(test_b02_zero_before_the_first_mapping, kt_boot),
        cmocka_unit_test_setup(test_b06_every_priority_and_maximum, kt_boot),
        cmocka_unit_test_setup(test_b08_top_of_memory, kt_boot),
        cmocka_unit_test_setup(test_b09_each_pair_of_types, kt_boot),
        cmocka_unit_test_setup(test_b12_all_rights_attributes_and_levels, kt_boot),
        cmocka_unit_test_setup(test_b13_stale_page_leaves_others_alone, kt_boot),
        cmocka_unit_test_setup(test_b15_every_bit_by_every_way, kt_boot),
        cmocka_unit_test_setup(test_b17_each_fault_and_handler, kt_boot),
        cmocka_unit_test_setup(test_b24_every_bounded_argument, kt_boot),
        cmocka_unit_test_setup(test_b24_top_of_user_space, kt_boot),
        cmocka_unit_test_setup(test_b25_break_before_make, kt_boot),
        cmocka_unit_test_setup(test_b27_only_the_invoked_object, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
