/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <kaal/abi/bootinfo.h>
#include <kaal/boot_params.h>

#include "object/asid.h"
#include "object/irq.h"
#include "object/tcb.h"

#include "core/invocation.h"
#include "core/syscall.h"
#include "memory.h"
#include "random.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define WORLD_ASAN 1
#endif
#endif

enum { POOL_BITS = 18, SMALL_BITS = 11, PAGE = 4096 };

/* Radix of each CNode that threads use, and the guard that a thread's root has. */
static const uint8_t node_radix[WORLD_NODES] = {5, 4, 4, 6, 3};
static const uint8_t guard_bits[WORLD_NODES] = {59, 60, 9, 7, 3};

static struct slot *root_cnode, *store;
static struct slot *pool;
struct slot world_empty;

/* Of the thread that makes the calls. */
static struct tcb caller;
static struct kaal_ipc_buffer buffer;

extern char kernel_bss_begin[] __asm__("__start_kernel_bss");
extern char kernel_bss_end[] __asm__("__stop_kernel_bss");
extern char kernel_data_begin[] __asm__("__start_kernel_data");
extern char kernel_data_end[] __asm__("__stop_kernel_data");

struct slot *world_slot(unsigned place)
{
    return &cap_cnode_slots(&store->cap)[place];
}

struct slot *world_store(void)
{
    return store;
}

struct slot *world_root_slot(unsigned index)
{
    return &root_cnode[index];
}

unsigned world_radix(unsigned node)
{
    return node_radix[node];
}

/* ---- Entry -------------------------------------------------------------------------- */

bool world_enter(void (*entry)(void))
{
    const bool is_idle = setjmp(host.idle) != 0;
    if (!is_idle) {
        host.idle_jumps = true;
        entry();
    }
    host.idle_jumps = false;
    host_bury();
    return is_idle;
}

void world_irq(void)
{
    const struct cap *line = irq_take();
    if (line == NULL) {
        sched_exit();
    } else {
        slowpath_signal(cap_ntfn(line), cap_badge(line));
    }
}

static struct invocation invocation;
static enum kaal_err invocation_result;

static void invoke(void)
{
    invocation_result = invocation_dispatch(&invocation);
    sched_exit();
}

enum kaal_err world_invoke(struct slot *slot, word_t label, unsigned words, const word_t *word,
                           unsigned caps, struct slot *const *cap)
{
    if (slot_is_empty(slot)) {
        return KAAL_ERR_INVALID_CAPABILITY;
    }
    invocation = (struct invocation){.caller = &caller,
                                     .slot = slot,
                                     .cap = slot->cap,
                                     .label = label,
                                     .length = words,
                                     .caps = caps,
                                     .is_call = true,
                                     .buffer = &buffer};
    for (unsigned i = 0; i < words; i++) {
        *(i < KAAL_MSG_REGS ? &caller.regs.x[3 + i] : &buffer.words[i]) = word[i];
    }
    for (unsigned i = 0; i < caps; i++) {
        invocation.extra[i] = cap[i];
    }
    host.pending_calls = 0;
    host_log_clear();
    host.console_length = 0;
    world_enter(invoke);
    return invocation_result;
}

static void must(enum kaal_err err, const char *what)
{
    if (err != KAAL_OK) {
        fprintf(stderr, "the world cannot be made: %s: error %d\n", what, (int)err);
        abort();
    }
}

/* ---- Objects ---------------------------------------------------------------------- */

static struct kaal_boot_params boot_params(void)
{
    struct kaal_boot_params p = {
        .magic = KAAL_BOOT_MAGIC,
        .version = KAAL_BOOT_VERSION,
        .size = sizeof(p),
        .mem_count = 1,
        .ram_count = 1,
        .kernel = {HOST_RAM_BASE, PAGE},
        .payload = {HOST_RAM_BASE + 0x4000, PAGE},
        .devicetree = {HOST_RAM_BASE + 0x5000, PAGE},
        .devicetree_paddr = HOST_RAM_BASE + 0x5000,
        .devicetree_bytes = PAGE,
        .segment_count = 1,
        .core_count = 1,
        .root_entry = 0x400000,
        .gic_version = KAAL_GIC_V2,
        .gicd = {0x08000000, 0x10000},
        .gicc = {0x08010000, 0x10000},
        .timer_irq = WORLD_TIMER,
        .timer_hz = WORLD_TICKS_PER_US * 1000000,
    };
    p.mem[0] = (struct kaal_range){HOST_RAM_BASE + 0x10000, HOST_RAM_BYTES - 0x10000};
    p.ram[0] = (struct kaal_range){HOST_RAM_BASE, HOST_RAM_BYTES};
    p.segments[0] = (struct kaal_root_segment){
        .vaddr = 0x400000, .paddr = HOST_RAM_BASE + 0x6000, .bytes = PAGE, .flags = 5};
    return p;
}

static void make(unsigned type, unsigned size, unsigned place, unsigned count)
{
    must(world_invoke(pool, KAAL_INV_UNTYPED_RETYPE, WORDS(type, size, 0, 0, place, count),
                      CAPS(store)),
         "retype");
}

static struct slot *biggest_untyped(const struct kaal_bootinfo *info)
{
    uint64_t best = info->untyped.begin;
    unsigned bits = 0;
    for (uint64_t s = best; s < info->untyped.end; s++) {
        const struct kaal_untyped_desc *u = &info->untyped_list[s - info->untyped.begin];
        if (u->is_device == 0 && u->size_bits > bits) {
            best = s;
            bits = u->size_bits;
        }
    }
    return &root_cnode[best];
}

static void copy_in_store(unsigned to, unsigned from, word_t rights, word_t badge)
{
    must(world_invoke(store, KAAL_INV_CNODE_MINT,
                      WORDS(to, WORLD_STORE_RADIX, from, WORLD_STORE_RADIX, rights, badge),
                      CAPS(store)),
         "mint");
}

static void make_objects(void)
{
    make(CAP_UNTYPED, SMALL_BITS, AT_SMALL, WORLD_SMALL);
    make(CAP_UNTYPED, KAAL_PAGE_BITS, AT_POOL_MEMORY, 1);
    must(world_invoke(world_root_slot(KAAL_ROOT_ASID_CONTROL), KAAL_INV_ASID_CONTROL_MAKE_POOL,
                      WORDS(AT_POOL, WORLD_STORE_RADIX), CAPS(world_slot(AT_POOL_MEMORY), store)),
         "pool of identifiers");
    make(CAP_VSPACE, 0, AT_SPACE, WORLD_SPACES);
    make(CAP_PAGE, 12, AT_PAGE, WORLD_PAGES);
    make(CAP_TCB, 0, AT_THREAD, WORLD_THREADS);
    for (unsigned i = 0; i < WORLD_NODES; i++) {
        make(CAP_CNODE, node_radix[i], AT_NODE + i, 1);
    }
    for (unsigned i = 0; i < WORLD_SCS; i++) {
        make(CAP_SCHED_CONTEXT, 8 + i % 2, AT_SC + i, 1);
    }
    make(CAP_ENDPOINT, 0, AT_ENDPOINT, WORLD_ENDPOINTS);
    make(CAP_NOTIFICATION, 0, AT_NTFN, WORLD_NTFNS);
    make(CAP_REPLY, 0, AT_REPLY, WORLD_REPLIES);
    for (unsigned i = 0; i < WORLD_SPACES; i++) {
        struct slot *ids = i == 0 ? world_root_slot(KAAL_ROOT_ASID_POOL) : world_slot(AT_POOL);
        must(world_invoke(ids, KAAL_INV_ASID_POOL_ASSIGN, NO_WORDS, CAPS(world_slot(AT_SPACE + i))),
             "assign");
    }
    for (unsigned i = 0; i < WORLD_HANDLERS; i++) {
        const word_t grant = i % 2 == 0 ? KAAL_RIGHT_GRANT : KAAL_RIGHT_GRANT_REPLY;
        copy_in_store(AT_HANDLER + i, AT_ENDPOINT + i % WORLD_ENDPOINTS,
                      i < 4 ? KAAL_RIGHTS_ALL : KAAL_RIGHT_WRITE | grant, 0x100 + i);
    }
    for (unsigned i = 0; i < WORLD_SIGNALS; i++) {
        copy_in_store(AT_SIGNAL + i, AT_NTFN + i % WORLD_NTFNS, KAAL_RIGHTS_ALL,
                      i == 0 ? 0 : (word_t)1 << (8 + i));
    }
    copy_in_store(AT_READ_ONLY, AT_PAGE, KAAL_RIGHT_READ, 0);
    for (unsigned i = 0; i < WORLD_LINES; i++) {
        must(world_invoke(world_root_slot(KAAL_ROOT_IRQ_CONTROL), KAAL_INV_IRQ_CONTROL_GET,
                          WORDS(WORLD_FIRST_LINE + i, i % 2, AT_LINE + i, WORLD_STORE_RADIX),
                          CAPS(store)),
             "line");
    }
}

static void *page_of(const void *at)
{
    return (void *)((uintptr_t)at & ~(uintptr_t)(PAGE - 1));
}

/* Pages of the RAM: what else there is must not be written. */
static void add_pages(void *first, size_t bytes)
{
    const size_t length = (bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
    memory_add(first, length);
    if (mprotect(first, length, PROT_READ | PROT_WRITE) != 0) {
        perror("mprotect");
        abort();
    }
}

static void add_memory(struct tcb *root)
{
    const size_t pool_bytes = cap_untyped_watermark(&pool->cap);
    mprotect(host_ram(0), HOST_RAM_BYTES, PROT_READ);
    add_pages(root_cnode, (KAAL_ROOT_FIRST_FREE + 64) * sizeof(struct slot));
    add_pages(asid_pool_at(0), sizeof(struct asid_pool));
    add_pages(page_of(root), PAGE);
    if (page_of(root->sc) != page_of(root)) {
        add_pages(page_of(root->sc), PAGE);
    }
    add_pages(pool->cap.obj, pool_bytes);
    memory_add(kernel_bss_begin, (size_t)(kernel_bss_end - kernel_bss_begin) & ~(size_t)7);
    memory_add(kernel_data_begin, (size_t)(kernel_data_end - kernel_data_begin) & ~(size_t)7);
    memory_add(&host_cpu, sizeof(host_cpu));
    for (unsigned i = 0; i < WORLD_THREADS; i++) {
        const struct tcb *t = cap_tcb(&world_slot(AT_THREAD + i)->cap);
        memory_ignore(&t->fault, ~(uint64_t)UINT32_MAX); /* behind fault.kind */
    }
    memory_add(&host.now, offsetof(struct host, idle) - offsetof(struct host, now));
}

/* All objects live again; what is untyped is nobody's. */
static void guard_memory(void)
{
#ifdef WORLD_ASAN
    __asan_unpoison_memory_region(pool->cap.obj, cap_untyped_watermark(&pool->cap));
    __asan_poison_memory_region(world_slot(AT_SMALL)->cap.obj, (size_t)WORLD_SMALL << SMALL_BITS);
#endif
}

void world_boot(void)
{
    struct kaal_boot_params params = boot_params();
    host_reset();
    host.step = 1;
    kernel_boot(&params);
    struct tcb *root = host_cpu.current;
    root_cnode = cap_cnode_slots(&root->slots[TCB_SLOT_CSPACE].cap);
    const struct kaal_bootinfo *info = root_cnode[KAAL_ROOT_BOOTINFO_PAGE].cap.obj;
    const uint64_t free = info->empty.begin;
    pool = &root_cnode[free];
    must(world_invoke(biggest_untyped(info), KAAL_INV_UNTYPED_RETYPE,
                      WORDS(CAP_UNTYPED, POOL_BITS, 0, 0, free, 1),
                      CAPS(world_root_slot(KAAL_ROOT_CNODE))),
         "pool");
    must(world_invoke(pool, KAAL_INV_UNTYPED_RETYPE,
                      WORDS(CAP_CNODE, WORLD_STORE_RADIX, 0, 0, free + 1, 1),
                      CAPS(world_root_slot(KAAL_ROOT_CNODE))),
         "store");
    store = &root_cnode[free + 1];
    make_objects();
    world_invoke(world_root_slot(KAAL_ROOT_TCB), KAAL_INV_TCB_SUSPEND, NO_WORDS, NO_CAPS);
    add_memory(root);
    memory_save();
}

/* ---- Configuration ------------------------------------------------------------------ */

void world_mint(unsigned node, unsigned index, unsigned place, word_t rights, word_t data)
{
    struct slot *to = world_slot(AT_NODE + node);
    world_invoke(to, KAAL_INV_CNODE_DELETE, WORDS(index, node_radix[node]), NO_CAPS);
    world_invoke(to, KAAL_INV_CNODE_MINT,
                 WORDS(index, node_radix[node], place, WORLD_STORE_RADIX, rights, data),
                 CAPS(store));
}

static word_t random_guard(unsigned radix)
{
    const unsigned bits = percent(70) ? below(8) : 59 - radix;
    return bits | (word_t)below(4) << 6;
}

void world_fill_slot(unsigned node, unsigned index)
{
    static const uint8_t weights[] = {42, 22, 20, 6, 4, 4, 4};
    const word_t rights = percent(75) ? KAAL_RIGHTS_ALL : below(16);
    const word_t badge = percent(30) ? 0 : percent(90) ? (word_t)1 << below(12) : random64();
    unsigned n;
    switch (weighted(weights, sizeof(weights))) {
    case 0:
        world_mint(node, index, AT_ENDPOINT + below(WORLD_ENDPOINTS), rights, badge);
        break;
    case 1:
        world_mint(node, index, AT_NTFN + below(WORLD_NTFNS), rights, badge);
        break;
    case 2:
        world_mint(node, index, AT_REPLY + below(WORLD_REPLIES), rights, 0);
        break;
    case 3:
        world_mint(node, index, AT_SC + below(WORLD_SCS), rights, 0);
        break;
    case 4:
        world_mint(node, index, AT_THREAD + below(WORLD_THREADS), rights, 0);
        break;
    case 5:
        world_mint(node, index, AT_SMALL + below(WORLD_SMALL), rights, 0);
        break;
    default:
        n = below(WORLD_NODES);
        world_mint(node, index, AT_NODE + n, rights, random_guard(node_radix[n]));
        break;
    }
}

unsigned world_priority(void)
{
    return percent(90) ? 100 + below(3) : below(256);
}

void world_set_time(unsigned sc)
{
    static const uint16_t times[] = {100, 150, 200, 500, 1000, 2000, 5000};
    const word_t budget = times[percent(25) ? below(7) : 2 + below(5)];
    const word_t period = percent(45) ? budget : budget + times[below(7)];
    world_invoke(world_root_slot(KAAL_ROOT_SCHED_CONTROL), KAAL_INV_SCHED_CONTROL_CONFIGURE,
                 WORDS(budget, period, below(7), random64()), CAPS(world_slot(AT_SC + sc)));
}

void world_set_buffer(unsigned thread)
{
    const unsigned r = below(20);
    const unsigned page = r == 0 ? AT_READ_ONLY : AT_PAGE + thread % WORLD_PAGES;
    const word_t address = r == 1 ? 0 : UINT64_C(0x300000000) + (thread / WORLD_PAGES) * 1024;
    world_invoke(world_slot(AT_THREAD + thread), KAAL_INV_TCB_SET_IPC_BUFFER, WORDS(address),
                 CAPS(world_slot(page)));
}

void world_set_space(unsigned thread)
{
    const unsigned node = below(WORLD_NODES);
    const unsigned bits = percent(92) ? KAAL_CPTR_BITS - node_radix[node] : guard_bits[node];
    const word_t guard = percent(60) ? 0 : random64() & (((word_t)1 << bits) - 1);
    struct slot *handler =
        percent(30) ? &world_empty : world_slot(AT_HANDLER + below(WORLD_HANDLERS));
    world_invoke(
        world_slot(AT_THREAD + thread), KAAL_INV_TCB_SET_SPACE, WORDS(bits | (guard & 0xffff) << 6),
        CAPS(handler, world_slot(AT_NODE + node), world_slot(AT_SPACE + below(WORLD_SPACES))));
}

/* 2 of 10 threads have no time of their own: passive servers. */
void world_set_thread(unsigned thread)
{
    struct slot *t = world_slot(AT_THREAD + thread);
    struct slot *sc = percent(80) ? world_slot(AT_SC + thread) : &world_empty;
    world_invoke(t, KAAL_INV_TCB_SET_SCHED_PARAMS,
                 WORDS(percent(80) ? 255 : below(256), world_priority()),
                 CAPS(world_root_slot(KAAL_ROOT_TCB), sc,
                      percent(60) ? world_slot(AT_HANDLER + below(WORLD_HANDLERS)) : &world_empty));
    if (percent(25)) {
        world_invoke(t, KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, NO_WORDS,
                     CAPS(world_slot(AT_HANDLER + below(WORLD_HANDLERS))));
    }
    if (percent(30)) {
        world_invoke(t, KAAL_INV_TCB_BIND_NOTIFICATION, NO_WORDS,
                     CAPS(world_slot(AT_NTFN + below(WORLD_NTFNS))));
    }
}

static unsigned line_signals[WORLD_LINES]; /* slot of what it signals, or 0 */

void world_set_line(unsigned line)
{
    line_signals[line] = AT_SIGNAL + below(WORLD_SIGNALS);
    world_invoke(world_slot(AT_LINE + line), KAAL_INV_IRQ_HANDLER_SET_NOTIFICATION, NO_WORDS,
                 CAPS(world_slot(line_signals[line])));
}

void world_clear_line(unsigned line)
{
    line_signals[line] = 0;
    world_invoke(world_slot(AT_LINE + line), KAAL_INV_IRQ_HANDLER_CLEAR, NO_WORDS, NO_CAPS);
}

struct ntfn *world_line_ntfn(unsigned line)
{
    return line_signals[line] == 0 ? NULL : cap_ntfn(&world_slot(line_signals[line])->cap);
}

static void set_domains(void)
{
    for (unsigned i = 0; i < 3; i++) {
        world_invoke(world_root_slot(KAAL_ROOT_DOMAIN), KAAL_INV_DOMAIN_SET_SCHEDULE,
                     WORDS(i, i % 2, percent(70) ? 100 + below(3000) : 0), NO_CAPS);
    }
    world_invoke(world_root_slot(KAAL_ROOT_DOMAIN), KAAL_INV_DOMAIN_START, WORDS(below(2)),
                 NO_CAPS);
    for (unsigned i = 0; i < WORLD_THREADS; i++) {
        world_invoke(world_root_slot(KAAL_ROOT_DOMAIN), KAAL_INV_DOMAIN_SET, WORDS(below(2)),
                     CAPS(world_slot(AT_THREAD + i)));
    }
}

static void scramble_registers(struct tcb *t)
{
    for (unsigned i = 0; i < 31; i++) {
        t->regs.x[i] = random64();
    }
    t->regs.pc = 0x400000 + 4 * below(1 << 16);
    t->regs.sp = random64();
    t->regs.tls = random64();
}

void world_begin(void)
{
    memory_restore();
    guard_memory();
    host.now = 1000 + below(100000);
    for (unsigned n = 0; n < WORLD_NODES; n++) {
        for (unsigned i = 1; i < 1U << node_radix[n]; i++) {
            if (percent(85)) {
                world_fill_slot(n, i);
            }
        }
    }
    for (unsigned i = 0; i < WORLD_SCS; i++) {
        if (i + 1 < WORLD_SCS || percent(30)) {
            world_set_time(i);
        }
    }
    for (unsigned i = 0; i < WORLD_THREADS; i++) {
        scramble_registers(world_slot(AT_THREAD + i)->cap.obj);
        world_set_space(i);
        world_set_buffer(i);
        world_set_thread(i);
    }
    for (unsigned i = 0; i < WORLD_LINES; i++) {
        world_set_line(i);
    }
    if (percent(30)) {
        set_domains();
    }
    if (percent(10)) {
        world_invoke(store, KAAL_INV_CNODE_DELETE, WORDS(AT_POOL, WORLD_STORE_RADIX), NO_CAPS);
    }
    for (unsigned i = 0; i < WORLD_THREADS; i++) {
        if (percent(90)) {
            world_invoke(world_slot(AT_THREAD + i), KAAL_INV_TCB_RESUME, NO_WORDS, NO_CAPS);
        }
    }
    memory_follow();
}
