/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every call on every kind of capability, with all rights, and with boundary
 * values in each word; kernel and model side by side. Their answers and states
 * must be the same, and a call that answers with an error must leave the
 * kernel's state as it was.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kaal/abi/mapping.h>
#include <kaal/abi/rights.h>

#include "generate.h"
#include "kernel.h"
#include "mirror.h"
#include "object/tcb.h"
#include "pair.h"

enum { SEED = 7, WORDS = 8, CAPS = 3, ERRORS = 16, RIGHTS = 16, SHOWN = 12, CELLS_MIN = 20000 };

/* ---- A call that succeeds -------------------------------------------------------- */

/* Slots beyond those that the beginning fills. */
enum {
    SCRATCH = SPARE,
    DEVICE_PAGE,
    BADGED,
    HANDLER,
    MAPPED,
    STALE_MEMORY,
    STALE_POOL,
    STALE_SPACE,
    STALE_TABLE, /* 3 */
    STALE_PAGE = STALE_TABLE + 3,
    FREE,
};

struct base {
    unsigned slot; /* of the capability invoked */
    uint64_t words[WORDS];
    unsigned caps[CAPS];
};

/* Slots: of the root task below ROOT_SLOTS, then those of the beginning. */
enum { ROOT_SLOTS = KAAL_ROOT_FIRST_FREE };
#define AT(slot) (ROOT_SLOTS + (slot))

/* Pointers that lead to no slot: a guard that does not match, whatever bits
 * are left then. */
enum { WRONG_POINTERS = 4, WRONG = 0x10000 };
static const uint64_t wrong_pointers[WRONG_POINTERS] = {
    UINT64_C(1) << KAAL_ROOT_CNODE_RADIX, UINT64_C(1) << 40, UINT64_C(1) << 63, UINT64_MAX};

static uint64_t cptr_of(unsigned slot)
{
    if (slot >= WRONG) {
        return wrong_pointers[slot - WRONG];
    }
    return slot < ROOT_SLOTS ? slot : generate_slot(slot - ROOT_SLOTS);
}

/* Word: the pointer of a slot, known when the kernel has booted. */
#define SLOT(slot) (UINT64_C(0xf100) << 48 | AT(slot))

static uint64_t word_of(uint64_t word)
{
    return word >> 48 == 0xf100 ? cptr_of((unsigned)(word & 0xffff)) : word;
}

#define VADDR UINT64_C(0x200000000)

static struct base base_of(unsigned label)
{
    const unsigned tcb = AT(TCB + 4), page = AT(PAGE + THREADS + 1);
    switch (label) {
    case KAAL_INV_UNTYPED_RETYPE:
        return (struct base){AT(SMALL), {2, 0, 0, 0, SLOT(FREE), 1}, {KAAL_ROOT_CNODE}};
    case KAAL_INV_CNODE_COPY:
    case KAAL_INV_CNODE_MINT:
        return (struct base){
            KAAL_ROOT_CNODE, {SLOT(FREE), 64, SLOT(EP), 64, 15, 5}, {KAAL_ROOT_CNODE}};
    case KAAL_INV_CNODE_MOVE:
    case KAAL_INV_CNODE_MUTATE:
        return (struct base){
            KAAL_ROOT_CNODE, {SLOT(FREE), 64, SLOT(REPLY), 64, 0}, {KAAL_ROOT_CNODE}};
    case KAAL_INV_CNODE_ROTATE:
        return (struct base){KAAL_ROOT_CNODE,
                             {SLOT(FREE), 64, 0, SLOT(REPLY), 64, 0, SLOT(REPLY + 1), 64},
                             {KAAL_ROOT_CNODE, KAAL_ROOT_CNODE}};
    case KAAL_INV_CNODE_DELETE:
    case KAAL_INV_CNODE_REVOKE:
    case KAAL_INV_CNODE_CANCEL_BADGED_SENDS:
        return (struct base){KAAL_ROOT_CNODE, {SLOT(EP), 64}, {0}};
    case KAAL_INV_TCB_CONFIGURE:
        return (struct base){
            tcb, {0, 0, VADDR}, {KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE, AT(PAGE + THREADS)}};
    case KAAL_INV_TCB_SET_SPACE:
        return (struct base){tcb, {0}, {AT(EP), KAAL_ROOT_CNODE, KAAL_ROOT_VSPACE}};
    case KAAL_INV_TCB_SET_SCHED_PARAMS:
        return (struct base){tcb, {100, 100}, {KAAL_ROOT_TCB, AT(SC + 4), AT(EP)}};
    case KAAL_INV_TCB_SET_PRIORITY:
    case KAAL_INV_TCB_SET_MCPRIORITY:
        return (struct base){tcb, {100}, {KAAL_ROOT_TCB}};
    case KAAL_INV_TCB_WRITE_REGISTERS:
        return (struct base){tcb, {0, 2, 1, 1}, {0}};
    case KAAL_INV_TCB_READ_REGISTERS:
        return (struct base){tcb, {0, 2}, {0}};
    case KAAL_INV_TCB_BIND_NOTIFICATION:
        return (struct base){tcb, {0}, {AT(NTFN)}};
    case KAAL_INV_TCB_COPY_REGISTERS:
        return (struct base){tcb, {15}, {AT(TCB + 5)}};
    case KAAL_INV_TCB_SET_IPC_BUFFER:
        return (struct base){tcb, {VADDR}, {AT(PAGE + THREADS)}};
    case KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT:
        return (struct base){tcb, {0}, {AT(EP)}};
    case KAAL_INV_TCB_SUSPEND:
    case KAAL_INV_TCB_RESUME:
    case KAAL_INV_TCB_UNBIND_NOTIFICATION:
    case KAAL_INV_TCB_SET_TLS_BASE:
    case KAAL_INV_TCB_SET_FLAGS:
        return (struct base){tcb, {0, 1}, {0}};
    case KAAL_INV_SCHED_CONTEXT_BIND:
    case KAAL_INV_SCHED_CONTEXT_UNBIND_OBJECT:
        return (struct base){AT(SC + 4), {0}, {tcb}};
    case KAAL_INV_SCHED_CONTEXT_UNBIND:
    case KAAL_INV_SCHED_CONTEXT_CONSUMED:
    case KAAL_INV_SCHED_CONTEXT_YIELD_TO:
        return (struct base){AT(SC + 4), {0}, {0}};
    case KAAL_INV_SCHED_CONTROL_CONFIGURE:
        return (struct base){KAAL_ROOT_SCHED_CONTROL, {1000, 2000, 1, 3}, {AT(SC + 4)}};
    case KAAL_INV_PAGE_TABLE_MAP:
        return (struct base){AT(TABLE + 5), {VADDR + (1 << 21)}, {KAAL_ROOT_VSPACE}};
    case KAAL_INV_PAGE_TABLE_UNMAP:
        return (struct base){AT(TABLE), {0}, {0}};
    case KAAL_INV_PAGE_MAP:
        return (struct base){page, {VADDR, 3, KAAL_MAP_CACHED}, {KAAL_ROOT_VSPACE}};
    case KAAL_INV_VSPACE_CLEAN:
    case KAAL_INV_VSPACE_INVALIDATE:
    case KAAL_INV_VSPACE_CLEAN_INVALIDATE:
    case KAAL_INV_VSPACE_UNIFY:
        return (struct base){KAAL_ROOT_VSPACE, {VADDR + 4096, VADDR + 4100}, {0}};
    case KAAL_INV_PAGE_UNMAP:
    case KAAL_INV_PAGE_GET_ADDRESS:
    case KAAL_INV_PAGE_UNIFY:
    case KAAL_INV_PAGE_CLEAN:
    case KAAL_INV_PAGE_INVALIDATE:
    case KAAL_INV_PAGE_CLEAN_INVALIDATE:
        return (struct base){page, {0, 64}, {0}};
    case KAAL_INV_ASID_CONTROL_MAKE_POOL:
        return (struct base){
            KAAL_ROOT_ASID_CONTROL, {SLOT(FREE), 64}, {AT(SMALL + 1), KAAL_ROOT_CNODE}};
    case KAAL_INV_ASID_POOL_ASSIGN:
        return (struct base){KAAL_ROOT_ASID_POOL, {0}, {AT(SPACE + 2)}};
    case KAAL_INV_IRQ_CONTROL_GET:
        return (struct base){KAAL_ROOT_IRQ_CONTROL, {40, 1, SLOT(FREE), 64}, {KAAL_ROOT_CNODE}};
    case KAAL_INV_IRQ_HANDLER_ACK:
    case KAAL_INV_IRQ_HANDLER_CLEAR:
    case KAAL_INV_IRQ_HANDLER_SET_NOTIFICATION:
        return (struct base){AT(HANDLER), {0}, {AT(NTFN)}};
    case KAAL_INV_POWER_OFF:
    case KAAL_INV_POWER_RESTART:
        return (struct base){KAAL_ROOT_POWER, {0}, {0}};
    default:
        return (struct base){KAAL_ROOT_DOMAIN, {0, 1, 1000}, {tcb}};
    }
}

/* ---- Kinds of capabilities ------------------------------------------------------------ */

static const unsigned kinds[] = {
    KAAL_ROOT_NULL,
    KAAL_ROOT_TCB,
    KAAL_ROOT_CNODE,
    KAAL_ROOT_VSPACE,
    KAAL_ROOT_ASID_POOL,
    KAAL_ROOT_IRQ_CONTROL,
    KAAL_ROOT_SCHED_CONTROL,
    KAAL_ROOT_SCHED_CONTEXT,
    KAAL_ROOT_BOOTINFO_PAGE,
    KAAL_ROOT_IPC_BUFFER_PAGE,
    KAAL_ROOT_POWER,
    KAAL_ROOT_ASID_CONTROL,
    KAAL_ROOT_DOMAIN,
    AT(POOL), /* with children */
    AT(SMALL),
    AT(DEVICE),
    AT(NODE),
    AT(SPACE),
    AT(SPACE + 2), /* without an identifier */
    AT(EP),
    AT(BADGED),
    AT(NTFN),
    AT(REPLY),
    AT(SC + 4),
    AT(TCB + 4),
    AT(PAGE + THREADS),
    AT(MAPPED),
    AT(TABLE),
    AT(TABLE + 5),
    AT(DEVICE_PAGE),
    AT(HANDLER),
    AT(STALE_SPACE),
    AT(STALE_TABLE),
    AT(STALE_PAGE),
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const uint64_t boundaries[] = {
    0,
    1,
    2,
    3,
    4,
    5,
    12,
    13,
    15,
    16,
    17,
    21,
    27,
    31,
    35,
    36,
    63,
    64,
    65,
    99,
    100,
    255,
    256,
    257,
    4095,
    4096,
    4097,
    65536,
    65537,
    VADDR,
    VADDR + 512,
    VADDR + 4096,
    UINT64_C(0x7ffffffff000),
    UINT64_C(0x800000000000),
    UINT64_C(1) << 40,
    (UINT64_C(1) << 40) + 1,
    UINT64_C(1) << 63,
    UINT64_MAX,
    SLOT(EP),
    SLOT(FREE),
    SLOT(SPACE + 2),
    SLOT(POOL),
};
enum { BOUNDARIES = sizeof(boundaries) / sizeof(boundaries[0]) };

/* ---- Cells ------------------------------------------------------------------------------ */

/* What children leave behind. */
static struct shared {
    uint64_t cells, errors[ERRORS], failures;
    unsigned next; /* cell of the label that is to be done */
    bool is_done;
} *shared;

static unsigned position; /* cell of the label that is looked at */

/*
 * The parent has the prepared state. A child does cells until one of them
 * changes the state, then the next child goes on behind it.
 */
static _Noreturn void leave(void)
{
    fflush(NULL);
    _exit(0);
}

struct call {
    unsigned label, words, caps;
    struct base base;
};

static struct event event_of(const struct call *c)
{
    struct event e = {.kind = EV_SVC, .preempt = -1};
    e.x[0] = KAAL_SYS_CALL;
    e.x[1] = cptr_of(c->base.slot);
    e.x[2] = (uint64_t)c->label << KAAL_MSGINFO_LABEL_SHIFT | c->caps << KAAL_MSGINFO_CAPS_SHIFT |
             c->words;
    for (unsigned i = 0; i < c->words; i++) {
        event_set_word(&e, i, word_of(c->base.words[i]));
    }
    for (unsigned i = 0; i < c->caps; i++) {
        event_set_buffer(&e, KAAL_MSG_MAX + i, cptr_of(c->base.caps[i]));
    }
    return e;
}

static void apply(const struct event *e)
{
    if (pair_apply(e, stdout)) {
        return;
    }
    event_print(stdout, e);
    shared->failures++;
    leave();
}

static void apply_call(unsigned label, unsigned words, unsigned caps, struct base base)
{
    const struct call c = {label, words, caps, base};
    const struct event e = event_of(&c);
    apply(&e);
}

/* An address space whose pool is deleted, and what was mapped in it. */
static void prepare_stale(void)
{
    static const struct {
        unsigned type, size, slot, count;
    } made[] = {{CAP_UNTYPED, 12, STALE_MEMORY, 1},
                {CAP_VSPACE, 0, STALE_SPACE, 1},
                {CAP_PAGE_TABLE, 0, STALE_TABLE, 3},
                {CAP_PAGE, 12, STALE_PAGE, 1}};
    for (unsigned i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        apply_call(
            KAAL_INV_UNTYPED_RETYPE, 6, 1,
            (struct base){AT(POOL),
                          {made[i].type, made[i].size, 0, 0, SLOT(made[i].slot), made[i].count},
                          {KAAL_ROOT_CNODE}});
    }
    apply_call(KAAL_INV_ASID_CONTROL_MAKE_POOL, 2, 2,
               (struct base){KAAL_ROOT_ASID_CONTROL,
                             {SLOT(STALE_POOL), 64},
                             {AT(STALE_MEMORY), KAAL_ROOT_CNODE}});
    apply_call(KAAL_INV_ASID_POOL_ASSIGN, 0, 1,
               (struct base){AT(STALE_POOL), {0}, {AT(STALE_SPACE)}});
    for (unsigned i = 0; i < 3; i++) {
        apply_call(KAAL_INV_PAGE_TABLE_MAP, 1, 1,
                   (struct base){AT(STALE_TABLE + i), {VADDR}, {AT(STALE_SPACE)}});
    }
    apply_call(KAAL_INV_PAGE_MAP, 3, 1,
               (struct base){AT(STALE_PAGE), {VADDR, 3, KAAL_MAP_CACHED}, {AT(STALE_SPACE)}});
    if (!pair_result.is_ok) {
        printf("no page that could become stale\n");
        shared->failures++;
    }
    apply_call(KAAL_INV_CNODE_DELETE, 2, 0,
               (struct base){KAAL_ROOT_CNODE, {SLOT(STALE_POOL), 64}, {0}});
}

static void prepare(void)
{
    struct generator g;
    generate_start(&g, SEED);
    if (!pair_start(stdout)) {
        shared->failures++;
    }
    for (unsigned i = 0; i + 1 < generate_setup_length(); i++) {
        const struct event e = generate_next(&g);
        apply(&e);
    }
    apply_call(KAAL_INV_UNTYPED_RETYPE, 6, 1,
               (struct base){AT(DEVICE), {10, 12, 0, 0, SLOT(DEVICE_PAGE), 1}, {KAAL_ROOT_CNODE}});
    apply_call(KAAL_INV_CNODE_MINT, 6, 1,
               (struct base){KAAL_ROOT_CNODE,
                             {SLOT(BADGED), 64, SLOT(EP + 1), 64, 15, 9},
                             {KAAL_ROOT_CNODE}});
    apply_call(KAAL_INV_IRQ_CONTROL_GET, 4, 1,
               (struct base){KAAL_ROOT_IRQ_CONTROL, {33, 0, SLOT(HANDLER), 64}, {KAAL_ROOT_CNODE}});
    apply_call(KAAL_INV_CNODE_COPY, 5, 1,
               (struct base){KAAL_ROOT_CNODE,
                             {SLOT(MAPPED), 64, SLOT(PAGE + THREADS + 2), 64, 15},
                             {KAAL_ROOT_CNODE}});
    apply_call(KAAL_INV_PAGE_MAP, 3, 1,
               (struct base){AT(MAPPED), {VADDR + 4096, 3, KAAL_MAP_CACHED}, {KAAL_ROOT_VSPACE}});
    prepare_stale();
}

static uint64_t kernel_hash(void)
{
    struct view v = {.unseen = arch_virt_to_phys(kernel.root)};
    kernel_view(&v, true);
    return v.hash;
}

/* Is this cell behind us already? */
static bool skip(void)
{
    if (position++ < shared->next) {
        return true;
    }
    shared->next = position;
    return false;
}

static void do_cell(const struct call *c)
{
    const struct event e = event_of(c);
    /* What the sender itself writes is no change by the call. */
    kernel_set_message(&e);
    const uint64_t before = kernel_hash();
    shared->cells++;
    apply(&e);
    if (host_cpu.current != kernel.root || !pair_result.is_invocation || pair_result.is_ok) {
        shared->errors[KAAL_OK] += pair_result.is_ok;
        leave();
    }
    shared->errors[pair_result.error % ERRORS]++;
    if (kernel_hash() != before) {
        printf("error %u has changed the kernel's state:\n", pair_result.error);
        event_print(stdout, &e);
        shared->failures++;
        leave();
    }
}

static void cell(const struct call *c)
{
    if (!skip()) {
        do_cell(c);
    }
}

/* The same call with a kind of capability in place of *slot, with rights. */
static void cell_with(const struct call *c, unsigned *slot, unsigned kind, unsigned rights)
{
    struct base mint = {KAAL_ROOT_CNODE, {SLOT(SCRATCH), 64, 0, 64, rights}, {KAAL_ROOT_CNODE}};
    struct base remove = {KAAL_ROOT_CNODE, {SLOT(SCRATCH), 64}, {0}};
    if (skip()) {
        return;
    }
    *slot = kind;
    if (rights != KAAL_RIGHTS_ALL) {
        mint.words[2] = cptr_of(kind);
        apply_call(KAAL_INV_CNODE_COPY, 5, 1, mint);
        if (pair_result.is_ok) {
            *slot = AT(SCRATCH);
        }
    }
    do_cell(c);
    if (*slot == AT(SCRATCH)) {
        apply_call(KAAL_INV_CNODE_DELETE, 2, 0, remove);
    }
}

static void do_call(unsigned label, unsigned words, unsigned caps)
{
    struct call c = {label, words, caps, base_of(label)};
    cell(&c);
    for (unsigned rights = 0; rights < RIGHTS; rights++) {
        for (unsigned k = 0; k < KINDS; k++) {
            c.base = base_of(label);
            cell_with(&c, &c.base.slot, kinds[k], rights);
            for (unsigned i = 0; i < caps; i++) {
                c.base = base_of(label);
                cell_with(&c, &c.base.caps[i], kinds[k], rights);
            }
        }
    }
    for (unsigned p = 0; p < WRONG_POINTERS; p++) {
        c.base = base_of(label);
        c.base.slot = WRONG + p;
        cell(&c);
        for (unsigned i = 0; i < caps; i++) {
            c.base = base_of(label);
            c.base.caps[i] = WRONG + p;
            cell(&c);
        }
    }
    for (unsigned w = 0; w < words; w++) {
        for (unsigned b = 0; b < BOUNDARIES; b++) {
            c.base = base_of(label);
            c.base.words[w] = boundaries[b];
            cell(&c);
        }
    }
    c.base = base_of(label);
    for (unsigned n = 0; n < words; n++) {
        c.words = n;
        cell(&c);
    }
    c.words = words;
    for (unsigned n = 0; n < caps; n++) {
        c.caps = n;
        cell(&c);
    }
    shared->is_done = true;
}

static void do_label(unsigned label, unsigned words, unsigned caps)
{
    int status;
    const uint64_t failures = shared->failures;
    shared->next = 0;
    shared->is_done = false;
    while (!shared->is_done && shared->failures < SHOWN) {
        fflush(NULL);
        const pid_t child = fork();
        if (child == 0) {
            position = 0;
            do_call(label, words, caps);
            leave();
        }
        if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
            WEXITSTATUS(status) != 0) {
            printf("crash\n");
            shared->failures++;
        }
    }
    if (shared->failures > failures) {
        printf("in the cells of label %u\n", label);
    }
}

int main(void)
{
    bool all_seen = true;
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        return 2;
    }
    prepare();
#define KAAL_INVOCATION(OBJECT, NAME, label, nargs, ncaps, handler) do_label(label, nargs, ncaps);
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
    printf("%" PRIu64 " cells, %" PRIu64 " failures\n", shared->cells, shared->failures);
#define KAAL_ERROR(NAME, number, text)                               \
    printf("  %-20s %8" PRIu64 "\n", #NAME, shared->errors[number]); \
    all_seen &= shared->errors[number] > 0;
#include <kaal/abi/errors.def>
#undef KAAL_ERROR
    if (!all_seen) {
        printf("not every error was seen\n");
    }
    return shared->failures == 0 && all_seen && shared->cells >= CELLS_MIN ? 0 : 1;
}
