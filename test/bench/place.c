/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <kaal/broker/mapping.h>
#include <kaal/broker/output.h>

enum { ARENA_BYTES = 4 * 1024 * 1024, ARENA_SLOTS = 400, READ_WRITE = 3, ROOT_GUARD_BITS = 51 };

/* Virtual addresses, the same in both address spaces. */
#define CODE    0x7200000000
#define SHARED  0x7200001000
#define BUFFERS 0x7200002000

extern const char helpers_begin[], helpers_end[];

struct bench_thread bench_threads[HELPER_COUNT];
struct arena bench_arena;
volatile struct bench_counts *bench_woken = (volatile struct bench_counts *)SHARED;

static kaal_cptr_t place_vspace, place_cspace;

void must(kaal_err_t err, const char *what)
{
    if (err != KAAL_OK) {
        output_printf("BENCH FAILED %s: %s\n", what, kaal_err_name(err));
        __builtin_trap();
    }
}

kaal_cptr_t make(enum kaal_object_type type, unsigned size_bits)
{
    kaal_cptr_t cap = 0;
    must(arena_object(&bench_arena, type, size_bits, &cap), "object");
    return cap;
}

kaal_cptr_t empty_slot(void)
{
    return arena_slot(&bench_arena);
}

static kaal_cptr_t copy_of(kaal_cptr_t cap)
{
    const struct kaal_slot src = slot_of(cap), dest = slot_of(empty_slot());
    must(sys_cnode_copy(&dest, &src, KAAL_RIGHTS_ALL), "copy");
    return dest.index;
}

/* Map page in the place's address space, and, unless that is the root task's
 * own, there too. */
static void map_both(kaal_cptr_t page, uint64_t vaddr, kaal_word_t rights, kaal_word_t attrs)
{
    must(map_page(&bench_arena, page, KAAL_ROOT_VSPACE, vaddr, rights, attrs), "map");
    if (place_vspace != KAAL_ROOT_VSPACE) {
        must(map_page(&bench_arena, copy_of(page), place_vspace, vaddr, rights, attrs), "map");
    }
}

kaal_word_t bench_entry(const char *helper)
{
    return CODE + (kaal_word_t)(helper - helpers_begin);
}

/* Of every thread from here on. */
static struct kaal_sched_params place_time;

static void take_time(bool is_sporadic)
{
    place_time = (struct kaal_sched_params){.budget_us = 1000000, .period_us = 1000000};
    place_time.period_us *= is_sporadic ? 2 : 1;
    must(sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, KAAL_ROOT_SCHED_CONTEXT, &place_time),
         "budget");
}

static void thread_make(enum bench_helper kind, const char *entry, kaal_word_t priority)
{
    const uint64_t vaddr = BUFFERS + (uint64_t)kind * KAAL_PAGE_SIZE;
    struct bench_thread *t = &bench_threads[kind];
    struct kaal_registers regs = {.pc = bench_entry(entry)};
    const kaal_cptr_t page = make(KAAL_OBJ_PAGE, KAAL_PAGE_BITS);
    *t = (struct bench_thread){
        .tcb = make(KAAL_OBJ_TCB, 0),
        .sc = make(KAAL_OBJ_SCHED_CONTEXT, 8),
        .source = make(kind == WAIT ? KAAL_OBJ_NOTIFICATION : KAAL_OBJ_ENDPOINT, 0),
        .reply = make(KAAL_OBJ_REPLY, 0),
        .buffer = (struct kaal_ipc_buffer *)vaddr,
    };
    map_both(page, vaddr, READ_WRITE, KAAL_MAP_CACHED);
    regs.x[19] = t->source;
    regs.x[20] = t->reply;
    regs.x[21] = kind == FAULT ? BENCH_FREE_PAGE : SHARED;
    must(sys_sched_control_configure(KAAL_ROOT_SCHED_CONTROL, t->sc, &place_time), "budget");
    must(sys_tcb_configure(t->tcb, place_cspace, 0, place_vspace, vaddr, page), "configure");
    must(sys_tcb_set_sched_params(t->tcb, KAAL_ROOT_TCB, KAAL_MAX_PRIORITY, priority, t->sc,
                                  kind == FAULT ? t->source : KAAL_ROOT_NULL),
         "priority");
    /* Those above run at once, up to where they wait. */
    must(sys_tcb_write_registers(t->tcb, priority > MAIN_PRIORITY || kind == FAULT,
                                 KAAL_REGISTER_COUNT, &regs),
         "registers");
}

/* A CSpace that finds all slots of the root CNode where they were, through more
 * CNodes: of one bit each, which takes one off the root CNode's guard. */
static kaal_cptr_t cspace_of(unsigned levels)
{
    kaal_cptr_t top = KAAL_ROOT_CNODE;
    kaal_cptr_t inner = empty_slot();
    const struct kaal_slot root = slot_of(KAAL_ROOT_CNODE), copy = slot_of(inner);
    if (levels == 1) {
        return top;
    }
    must(sys_cnode_mint(&copy, &root, KAAL_RIGHTS_ALL,
                        kaal_guard(0, ROOT_GUARD_BITS - (levels - 1))),
         "guard");
    for (unsigned i = 1; i < levels; i++) {
        top = make(KAAL_OBJ_CNODE, 1);
        const struct kaal_slot src = slot_of(inner);
        const struct kaal_slot dest = {.root = top, .index = 0, .depth = 1};
        must(sys_cnode_copy(&dest, &src, KAAL_RIGHTS_ALL), "CSpace");
        inner = top;
    }
    return top;
}

void place_init(const struct kaal_bootinfo *bootinfo)
{
    static struct arena own;
    const uint64_t window = (bootinfo->free_vaddr + KAAL_PAGE_SIZE - 1) & ~(KAAL_PAGE_SIZE - 1ULL);
    memory_init(bootinfo);
    if (arena_create(&own, 256 * 1024, 64) != KAAL_OK ||
        output_init(bootinfo, &own, window) != KAAL_OK) {
        __builtin_trap();
    }
    copy_init(&own, window + KAAL_PAGE_SIZE);
    take_time(false);
    must(sys_tcb_set_priority(KAAL_ROOT_TCB, KAAL_ROOT_TCB, MAIN_PRIORITY), "priority");
}

void place_enter(const struct bench_place *place)
{
    must(arena_create(&bench_arena, ARENA_BYTES, ARENA_SLOTS), "arena");
    const kaal_cptr_t code = make(KAAL_OBJ_PAGE, KAAL_PAGE_BITS);
    take_time(place->is_sporadic);
    place_vspace = KAAL_ROOT_VSPACE;
    if (place->is_across) {
        place_vspace = make(KAAL_OBJ_VSPACE, 0);
        must(sys_asid_pool_assign(KAAL_ROOT_ASID_POOL, place_vspace), "ASID");
    }
    place_cspace = cspace_of(place->levels);
    if (place->levels > 1) {
        must(sys_tcb_set_space(KAAL_ROOT_TCB, KAAL_ROOT_NULL, place_cspace, 0, KAAL_ROOT_VSPACE),
             "CSpace");
    }
    must(copy_to_page(code, 0, helpers_begin, (uint64_t)(helpers_end - helpers_begin), 1), "code");
    map_both(code, CODE, KAAL_RIGHT_READ, KAAL_MAP_CACHED | KAAL_MAP_EXECUTE);
    map_both(make(KAAL_OBJ_PAGE, KAAL_PAGE_BITS), SHARED, READ_WRITE, KAAL_MAP_CACHED);
    thread_make(SERVE, helper_serve, 150);
    must(sys_sc_unbind(bench_threads[SERVE].sc), "passive");
    thread_make(RECEIVE, helper_receive, 150);
    thread_make(WAIT, helper_wait, 150);
    thread_make(YIELD, helper_yield, MAIN_PRIORITY);
    thread_make(FAULT, helper_fault, 60);
    thread_make(SPIN, helper_spin, 50);
}

void place_leave(void)
{
    must(sys_tcb_set_space(KAAL_ROOT_TCB, KAAL_ROOT_NULL, KAAL_ROOT_CNODE, 0, KAAL_ROOT_VSPACE),
         "CSpace");
    arena_destroy(&bench_arena);
}
