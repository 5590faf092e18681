/* SPDX-License-Identifier: Apache-2.0 */
#include "generate.h"

#include <string.h>

#include <kaal/abi/mapping.h>
#include <kaal/abi/message.h>
#include <kaal/abi/rights.h>

#include "object/tcb.h"

#include "kernel.h"

/* ---- Random numbers ------------------------------------------------------------- */

static struct generator *gen;

static uint64_t random64(void)
{
    gen->rng ^= gen->rng << 13;
    gen->rng ^= gen->rng >> 7;
    gen->rng ^= gen->rng << 17;
    return gen->rng * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned below(unsigned n)
{
    return (unsigned)((random64() >> 33) % n);
}

static bool percent(unsigned p)
{
    return below(100) < p;
}

static uint64_t wild(void)
{
    static const uint64_t numbers[] = {
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        11,
        12,
        13,
        15,
        16,
        17,
        21,
        27,
        30,
        35,
        36,
        46,
        47,
        48,
        51,
        63,
        64,
        65,
        99,
        100,
        101,
        120,
        127,
        254,
        255,
        256,
        257,
        4095,
        4096,
        4097,
        65536,
        65537,
        HOST_RAM_BASE,
        UINT64_C(0x7ffffffff000),
        UINT64_C(0x800000000000),
        UINT64_C(1) << 40,
        (UINT64_C(1) << 40) + 1,
        UINT64_C(1) << 48,
        UINT64_C(1) << 62,
        UINT64_C(1) << 63,
        UINT64_MAX - 1,
        UINT64_MAX,
    };
    return percent(80) ? numbers[below(sizeof(numbers) / sizeof(numbers[0]))] : random64();
}

/* ---- What the current thread can reach --------------------------------------------- */

enum { PATHS = 1024, PATH_DEPTH = 3 };

struct path {
    const struct slot *slot;
    uint64_t index;
    unsigned bits;
};

static struct path paths[PATHS];
static unsigned path_count;

static uint64_t low_bits(uint64_t value, unsigned bits)
{
    return bits >= 64 ? value : value & ((UINT64_C(1) << bits) - 1);
}

static uint64_t shifted(uint64_t value, unsigned bits)
{
    return bits >= 64 ? 0 : value << bits;
}

/* Filled slots below a CNode capability that is index, bits deep. */
static void find_paths(const struct cap *node, uint64_t index, unsigned bits, unsigned depth)
{
    const uint64_t paddr = arch_virt_to_phys(node->obj);
    const unsigned radix = cap_cnode_radix(node), guard_bits = cap_cnode_guard_bits(node);
    if (bits + guard_bits + radix > 64) {
        return;
    }
    const uint64_t prefix =
        shifted(index, guard_bits) | low_bits(cap_cnode_guard(node), guard_bits);
    bits += guard_bits + radix;
    for (unsigned i = 0; i < kernel.slot_count && path_count < PATHS; i++) {
        if (kernel.places[i].object != paddr) {
            continue;
        }
        const struct slot *slot = kernel.slots[i];
        const uint64_t here = shifted(prefix, radix) | kernel.places[i].index;
        paths[path_count++] = (struct path){slot, here, bits};
        if (slot->cap.type == CAP_CNODE && bits < 64 && depth < PATH_DEPTH) {
            find_paths(&slot->cap, here, bits, depth + 1);
        }
    }
}

static void find_current_paths(void)
{
    const struct cap *cspace = &host_cpu.current->slots[TCB_SLOT_CSPACE].cap;
    path_count = 0;
    if (cspace->type == CAP_CNODE) {
        find_paths(cspace, 0, 0, 0);
    }
}

/* Can it be named as the capability to invoke? A CNode is only found when no
 * bits are left. */
static bool is_invokable(const struct path *p)
{
    return p->slot->cap.type != CAP_CNODE || p->bits == 64;
}

static uint64_t cptr_of(const struct path *p)
{
    return shifted(p->index, 64 - p->bits);
}

/* It makes the others go on: it seldom does what stops it. */
static bool is_root_task(void)
{
    return host_cpu.current == kernel.root;
}

/* Is one capability worth picking as another? */
static bool is_welcome(const struct cap *cap)
{
    if (cap->type != CAP_TCB || !is_root_task()) {
        return true;
    }
    const struct tcb *t = cap_tcb(cap);
    return t == host_cpu.current ? percent(5) : t->state != TCB_RUNNING || percent(50);
}

/* A random capability of a type that fits, else NULL. */
static const struct path *path_of(enum cap_type type)
{
    const struct path *found = NULL;
    unsigned count = 0;
    for (unsigned i = 0; i < path_count; i++) {
        const struct cap *cap = &paths[i].slot->cap;
        if (cap->type == type && is_invokable(&paths[i]) && is_welcome(cap) &&
            below(++count) == 0) {
            found = &paths[i];
        }
    }
    return found;
}

static uint64_t any_cptr(void)
{
    return path_count == 0 || percent(is_root_task() ? 1 : 10) ? wild()
                                                               : cptr_of(&paths[below(path_count)]);
}

static uint64_t cptr_of_type(enum cap_type type)
{
    const struct path *p = path_of(type);
    return p == NULL ? any_cptr() : cptr_of(p);
}

static const struct path *some_cnode(void)
{
    return path_of(CAP_CNODE);
}

/* ---- Slots by index and depth --------------------------------------------------------- */

struct place {
    uint64_t index;
    unsigned depth;
};

enum { ROOT_WORK_SLOTS = 96 };

static struct place in_cnode(const struct cap *cnode, uint64_t slot)
{
    const unsigned radix = cap_cnode_radix(cnode), guard_bits = cap_cnode_guard_bits(cnode);
    const uint64_t guard = low_bits(cap_cnode_guard(cnode), guard_bits);
    return (struct place){shifted(guard, radix) | slot, radix + guard_bits};
}

static bool is_root_cnode(const struct cap *cnode)
{
    return cap_cnode_slots(cnode) == kernel.root_cnode;
}

static uint64_t random_index(const struct cap *cnode)
{
    if (is_root_cnode(cnode)) {
        return kernel.info.empty.begin + below(ROOT_WORK_SLOTS);
    }
    return below(1U << cap_cnode_radix(cnode));
}

static struct place empty_slot(const struct cap *cnode)
{
    uint64_t slot = random_index(cnode);
    for (unsigned i = 0; i < 8 && !slot_is_empty(&cap_cnode_slots(cnode)[slot]); i++) {
        slot = random_index(cnode);
    }
    return in_cnode(cnode, slot);
}

/* A slot with something in it, of the type if it is not CAP_NULL. */
static struct place filled_slot(const struct cap *cnode, enum cap_type type)
{
    const uint64_t paddr = arch_virt_to_phys(cnode->obj);
    unsigned count = 0;
    uint64_t found = random_index(cnode);
    for (unsigned i = 0; i < kernel.slot_count; i++) {
        const struct cap *cap = &kernel.slots[i]->cap;
        if (kernel.places[i].object != paddr || (type != CAP_NULL && cap->type != type) ||
            (is_root_cnode(cnode) && kernel.places[i].index < kernel.info.empty.begin &&
             !percent(4)) ||
            (is_root_cnode(cnode) && kernel.places[i].index < kernel.info.empty.begin + 4 &&
             !percent(20))) {
            continue;
        }
        if (below(++count) == 0) {
            found = kernel.places[i].index;
        }
    }
    return in_cnode(cnode, found);
}

/* ---- Messages --------------------------------------------------------------------------- */

static uint64_t random_badge(void)
{
    return percent(30) ? 0 : percent(90) ? below(16) : random64();
}

static uint64_t random_rights(void)
{
    return percent(50) ? KAAL_RIGHTS_ALL : below(16);
}

static uint64_t guard_word(unsigned radix)
{
    if (percent(60)) {
        return 0;
    }
    const unsigned bits = percent(70) ? 64 - radix : below(64);
    return bits | low_bits(percent(50) ? 0 : random64(), bits) << 6;
}

static uint64_t random_vaddr(void)
{
    const uint64_t base = UINT64_C(0x200000000);
    switch (below(8)) {
    case 0:
        return base + ((uint64_t)below(4) << 30);
    case 1:
        return base + ((uint64_t)below(4) << 21);
    case 2:
        return UINT64_C(0x7ffffffff000);
    default:
        return base + ((uint64_t)(percent(80) ? 0 : below(3)) << 21) + ((uint64_t)below(6) << 12);
    }
}

static uint64_t random_us(void)
{
    static const uint64_t times[] = {100, 100, 150, 200, 500, 1000, 5000};
    return times[below(sizeof(times) / sizeof(times[0]))];
}

struct message {
    uint64_t cptr, label, words[64], caps[3];
    unsigned length, cap_count;
};

static void put_message(struct event *e, const struct message *m)
{
    e->x[1] = m->cptr;
    e->x[2] =
        m->label << KAAL_MSGINFO_LABEL_SHIFT | m->cap_count << KAAL_MSGINFO_CAPS_SHIFT | m->length;
    for (unsigned i = 0; i < m->length && i < 64; i++) {
        event_set_word(e, i, m->words[i]);
    }
    for (unsigned i = 0; i < m->cap_count; i++) {
        event_set_buffer(e, KAAL_MSG_MAX + i, m->caps[i]);
    }
}

/* ---- Invocations -------------------------------------------------------------------------- */

/*
 * What the words and capabilities of a call are, a letter each.
 * Words: g guard, b buffer address, p priority, f flag 0..1, F flags 0..31,
 * v address, r rights, a attributes, o offset, O offset behind it, w
 * watermark-sized end, q interrupt, u budget, U period, x refills, B badge,
 * d domain, t entry of the schedule, T duration, c count of registers, 1 one,
 * i d-eep slot: index and depth of an empty slot of the last capability.
 * Capabilities: C CNode, V VSpace, P page, E handler endpoint, T thread,
 * S scheduling context, N notification, U untyped, M thread or notification,
 * 0 an empty slot.
 */
static const struct {
    uint16_t label;
    uint8_t type;
    uint8_t weight;
    const char *words, *caps;
} calls[] = {
    {KAAL_INV_TCB_CONFIGURE, CAP_TCB, 4, "g0b", "CVP"},
    {KAAL_INV_TCB_SET_SPACE, CAP_TCB, 4, "g", "ECV"},
    {KAAL_INV_TCB_SET_SCHED_PARAMS, CAP_TCB, 6, "pp", "TSE"},
    {KAAL_INV_TCB_SET_PRIORITY, CAP_TCB, 4, "p", "T"},
    {KAAL_INV_TCB_SET_MCPRIORITY, CAP_TCB, 2, "m", "T"},
    {KAAL_INV_TCB_SUSPEND, CAP_TCB, 3, "", ""},
    {KAAL_INV_TCB_RESUME, CAP_TCB, 16, "", ""},
    {KAAL_INV_TCB_WRITE_REGISTERS, CAP_TCB, 3, "fc123456789", ""},
    {KAAL_INV_TCB_READ_REGISTERS, CAP_TCB, 3, "zc", ""},
    {KAAL_INV_TCB_BIND_NOTIFICATION, CAP_TCB, 4, "", "N"},
    {KAAL_INV_TCB_UNBIND_NOTIFICATION, CAP_TCB, 2, "", ""},
    {KAAL_INV_TCB_SET_TLS_BASE, CAP_TCB, 1, "v", ""},
    {KAAL_INV_TCB_COPY_REGISTERS, CAP_TCB, 2, "F", "T"},
    {KAAL_INV_TCB_SET_IPC_BUFFER, CAP_TCB, 2, "b", "P"},
    {KAAL_INV_TCB_SET_TIMEOUT_ENDPOINT, CAP_TCB, 4, "", "E"},
    {KAAL_INV_TCB_SET_FLAGS, CAP_TCB, 2, "ff", ""},
    {KAAL_INV_SCHED_CONTEXT_BIND, CAP_SCHED_CONTEXT, 6, "", "M"},
    {KAAL_INV_SCHED_CONTEXT_UNBIND, CAP_SCHED_CONTEXT, 5, "", ""},
    {KAAL_INV_SCHED_CONTEXT_UNBIND_OBJECT, CAP_SCHED_CONTEXT, 2, "", "M"},
    {KAAL_INV_SCHED_CONTEXT_CONSUMED, CAP_SCHED_CONTEXT, 3, "", ""},
    {KAAL_INV_SCHED_CONTEXT_YIELD_TO, CAP_SCHED_CONTEXT, 6, "", ""},
    {KAAL_INV_SCHED_CONTROL_CONFIGURE, CAP_SCHED_CONTROL, 8, "uUxB", "S"},
    {KAAL_INV_PAGE_TABLE_MAP, CAP_PAGE_TABLE, 6, "v", "V"},
    {KAAL_INV_PAGE_TABLE_UNMAP, CAP_PAGE_TABLE, 2, "", ""},
    {KAAL_INV_PAGE_MAP, CAP_PAGE, 10, "vra", "V"},
    {KAAL_INV_PAGE_UNMAP, CAP_PAGE, 3, "", ""},
    {KAAL_INV_PAGE_GET_ADDRESS, CAP_PAGE, 1, "", ""},
    {KAAL_INV_PAGE_UNIFY, CAP_PAGE, 1, "oO", ""},
    {KAAL_INV_PAGE_CLEAN, CAP_PAGE, 1, "oO", ""},
    {KAAL_INV_PAGE_INVALIDATE, CAP_PAGE, 1, "oO", ""},
    {KAAL_INV_PAGE_CLEAN_INVALIDATE, CAP_PAGE, 1, "oO", ""},
    {KAAL_INV_VSPACE_CLEAN, CAP_VSPACE, 1, "vV", ""},
    {KAAL_INV_VSPACE_INVALIDATE, CAP_VSPACE, 1, "vV", ""},
    {KAAL_INV_VSPACE_CLEAN_INVALIDATE, CAP_VSPACE, 1, "vV", ""},
    {KAAL_INV_VSPACE_UNIFY, CAP_VSPACE, 1, "vV", ""},
    {KAAL_INV_ASID_CONTROL_MAKE_POOL, CAP_ASID_CONTROL, 2, "i", "UC"},
    {KAAL_INV_ASID_POOL_ASSIGN, CAP_ASID_POOL, 4, "", "V"},
    {KAAL_INV_IRQ_CONTROL_GET, CAP_IRQ_CONTROL, 3, "qfi", "C"},
    {KAAL_INV_IRQ_HANDLER_ACK, CAP_IRQ_HANDLER, 3, "", ""},
    {KAAL_INV_IRQ_HANDLER_SET_NOTIFICATION, CAP_IRQ_HANDLER, 4, "", "N"},
    {KAAL_INV_IRQ_HANDLER_CLEAR, CAP_IRQ_HANDLER, 1, "", ""},
    {KAAL_INV_POWER_OFF, CAP_POWER, 1, "", ""},
    {KAAL_INV_DOMAIN_SET, CAP_DOMAIN, 2, "d", "T"},
    {KAAL_INV_DOMAIN_SET_SCHEDULE, CAP_DOMAIN, 2, "tdT", ""},
    {KAAL_INV_DOMAIN_START, CAP_DOMAIN, 1, "t", ""},
};
enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

static const struct cap *last_cnode;
static uint64_t last_word;

static uint64_t make_cap(char letter)
{
    const struct path *p;
    switch (letter) {
    case 'C':
        p = some_cnode();
        last_cnode = p == NULL ? NULL : &p->slot->cap;
        return p == NULL ? wild() : cptr_of(p);
    case 'V':
        return cptr_of_type(CAP_VSPACE);
    case 'P':
        return cptr_of_type(CAP_PAGE);
    case 'E':
        return percent(25) ? 0 : cptr_of_type(CAP_ENDPOINT);
    case 'T':
        return cptr_of_type(CAP_TCB);
    case 'S':
        return percent(10) ? 0 : cptr_of_type(CAP_SCHED_CONTEXT);
    case 'N':
        return cptr_of_type(CAP_NOTIFICATION);
    case 'U':
        return cptr_of_type(CAP_UNTYPED);
    case 'M':
        return cptr_of_type(percent(60) ? CAP_TCB : CAP_NOTIFICATION);
    default:
        return 0;
    }
}

static uint64_t make_number(char letter)
{
    switch (letter) {
    case 'g':
        return guard_word(5);
    case 'b':
        return percent(15) ? 0 : random_vaddr() + ((uint64_t)below(4) << 10);
    case 'p':
        return 96 + below(8);
    case 'm':
        return percent(80) ? 255 : 90 + below(20);
    case 'f':
        return below(2);
    case 'z':
        return percent(20);
    case 'F':
        return below(16);
    case 'v':
        return random_vaddr();
    case 'V':
        return last_word + (1U << below(18));
    case 'r':
        return percent(60) ? KAAL_RIGHT_READ | KAAL_RIGHT_WRITE : below(4);
    case 'a':
        return percent(60) ? KAAL_MAP_CACHED : below(4);
    case 'o':
        return below(4096);
    case 'O':
        return last_word + 1 + below(4096);
    case 'q':
        return 30 + below(4);
    case 'u':
        return random_us();
    case 'U':
        return percent(25) ? last_word : last_word + random_us();
    case 'x':
        return below(9);
    case 'B':
        return random_badge();
    case 'd':
        return percent(70) ? 0 : below(3);
    case 't':
        return below(4);
    case 'T':
        return percent(20) ? 0 : random_us();
    case 'c':
        return 1 + below(9);
    default:
        return random64();
    }
}

static void add_word(struct message *m, uint64_t word)
{
    m->words[m->length++] = word;
    last_word = word;
}

static void add_place(struct message *m, struct place place)
{
    add_word(m, place.index);
    add_word(m, place.depth);
}

static void make_listed_call(struct message *m)
{
    unsigned total = 0, i = 0;
    for (unsigned c = 0; c < CALLS; c++) {
        total += calls[c].weight;
    }
    for (unsigned r = below(total); r >= calls[i].weight; i++) {
        r -= calls[i].weight;
    }
    m->label = calls[i].label;
    m->cptr = cptr_of_type((enum cap_type)calls[i].type);
    last_cnode = NULL;
    for (const char *c = calls[i].caps; *c != '\0'; c++) {
        m->caps[m->cap_count++] = make_cap(*c);
    }
    for (const char *w = calls[i].words; *w != '\0'; w++) {
        if (*w == 'i') {
            add_place(m, last_cnode == NULL ? (struct place){wild(), below(65)}
                                            : empty_slot(last_cnode));
        } else {
            add_word(m, make_number(*w));
        }
    }
}

/* Often one that has been used and is free again. */
static uint64_t untyped_cptr(void)
{
    const struct path *p = path_of(CAP_UNTYPED);
    for (unsigned i = 0; i < 8 && p != NULL && percent(80) &&
                         (p->slot->first != NULL || cap_untyped_watermark(&p->slot->cap) == 0);
         i++) {
        p = path_of(CAP_UNTYPED);
    }
    return p == NULL ? any_cptr() : cptr_of(p);
}

static void make_retype(struct message *m)
{
    static const uint8_t types[] = {CAP_UNTYPED, CAP_ENDPOINT, CAP_ENDPOINT,   CAP_NOTIFICATION,
                                    CAP_REPLY,   CAP_REPLY,    CAP_TCB,        CAP_SCHED_CONTEXT,
                                    CAP_CNODE,   CAP_VSPACE,   CAP_PAGE_TABLE, CAP_PAGE,
                                    CAP_PAGE};
    const struct path *node = some_cnode();
    const unsigned type = types[below(sizeof(types))];
    uint64_t size = 0;
    m->label = KAAL_INV_UNTYPED_RETYPE;
    m->cptr = untyped_cptr();
    m->caps[m->cap_count++] = node == NULL ? wild() : cptr_of(node);
    if (type == CAP_UNTYPED) {
        size = 6 + below(9);
    } else if (type == CAP_SCHED_CONTEXT) {
        size = 8 + below(2);
    } else if (type == CAP_CNODE) {
        size = 1 + below(5);
    } else if (type == CAP_PAGE) {
        size = percent(90) ? 12 : percent(50) ? 21 : 30;
    }
    add_word(m, type);
    add_word(m, size);
    if (node == NULL) {
        add_place(m, (struct place){wild(), 0});
        add_word(m, below(8));
        add_word(m, 1);
        return;
    }
    const struct cap *cnode = &node->slot->cap;
    const struct place empty = empty_slot(cnode);
    add_place(m, (struct place){0, 0});
    add_word(m, low_bits(empty.index, cap_cnode_radix(cnode)));
    add_word(m, percent(80) ? 1 : 1 + below(4));
}

/* Often memory that can be used anew then. */
static struct place revoked_slot(const struct cap *cnode)
{
    if (percent(70)) {
        return filled_slot(cnode, CAP_NULL);
    }
    return is_root_cnode(cnode) ? in_cnode(cnode, generate_slot(SMALL + below(3)))
                                : filled_slot(cnode, CAP_UNTYPED);
}

/* Calls on CNodes, all with slots that exist. */
static void make_cnode_call(struct message *m)
{
    static const uint8_t labels[] = {
        KAAL_INV_CNODE_COPY,   KAAL_INV_CNODE_COPY,   KAAL_INV_CNODE_MINT,
        KAAL_INV_CNODE_MINT,   KAAL_INV_CNODE_MINT,   KAAL_INV_CNODE_MOVE,
        KAAL_INV_CNODE_DELETE, KAAL_INV_CNODE_DELETE, KAAL_INV_CNODE_REVOKE,
        KAAL_INV_CNODE_MUTATE, KAAL_INV_CNODE_ROTATE, KAAL_INV_CNODE_CANCEL_BADGED_SENDS};
    const struct path *dest = some_cnode(), *source = some_cnode(), *pivot = some_cnode();
    m->label = labels[below(sizeof(labels))];
    if (dest == NULL) {
        m->cptr = wild();
        return;
    }
    const struct cap *to = &dest->slot->cap, *from = &source->slot->cap;
    m->cptr = cptr_of(dest);
    switch (m->label) {
    case KAAL_INV_CNODE_DELETE:
        add_place(m, filled_slot(to, CAP_NULL));
        return;
    case KAAL_INV_CNODE_REVOKE:
        add_place(m, revoked_slot(to));
        return;
    case KAAL_INV_CNODE_CANCEL_BADGED_SENDS:
        add_place(m, filled_slot(to, CAP_ENDPOINT));
        return;
    case KAAL_INV_CNODE_ROTATE:
        add_place(m, percent(50) ? empty_slot(to) : filled_slot(to, CAP_NULL));
        add_word(m, guard_word(4));
        add_place(m, filled_slot(&pivot->slot->cap, CAP_NULL));
        add_word(m, guard_word(4));
        add_place(m, filled_slot(from, CAP_NULL));
        m->caps[m->cap_count++] = cptr_of(pivot);
        break;
    default:
        add_place(m, empty_slot(to));
        add_place(m, filled_slot(from, percent(25) ? CAP_ENDPOINT : CAP_NULL));
        add_word(m, m->label == KAAL_INV_CNODE_MUTATE ? guard_word(4) : random_rights());
        add_word(m, percent(70) ? random_badge() : guard_word(4));
        break;
    }
    m->caps[m->cap_count++] = cptr_of(source);
}

static void spoil(struct message *m)
{
    switch (below(7)) {
    case 0:
        m->label = percent(80) ? below(90) : wild();
        break;
    case 1:
        m->cptr = any_cptr();
        break;
    case 2:
        m->length = below(m->length + 1);
        break;
    case 3:
        m->cap_count = below(4);
        m->caps[0] = any_cptr();
        break;
    case 4:
        m->caps[below(3)] = any_cptr();
        break;
    default:
        if (m->length > 0) {
            m->words[below(m->length)] = wild();
        }
        break;
    }
}

/* Only where the way to the slot stays: see do_syscall() of pair.c. */
static int random_preempt(const struct message *m)
{
    const struct cap *cspace = &host_cpu.current->slots[TCB_SLOT_CSPACE].cap;
    const bool is_simple = cspace->type == CAP_CNODE && is_root_cnode(cspace) &&
                           (m->label == KAAL_INV_UNTYPED_RETYPE ||
                            (m->cptr == KAAL_ROOT_CNODE && (m->label == KAAL_INV_CNODE_DELETE ||
                                                            m->label == KAAL_INV_CNODE_REVOKE)));
    return is_simple && percent(30) ? (int)below(percent(50) ? 3 : 20) : -1;
}

static void make_invocation(struct event *e)
{
    struct message m = {0};
    const unsigned kind = below(100);
    if (kind < 12) {
        make_retype(&m);
    } else if (kind < 45) {
        make_cnode_call(&m);
    } else {
        make_listed_call(&m);
    }
    if (percent(30)) {
        for (unsigned n = 1 + below(2); n > 0; n--) {
            spoil(&m);
        }
    }
    e->x[0] = percent(95) ? KAAL_SYS_CALL : KAAL_SYS_SEND;
    put_message(e, &m);
    e->preempt = random_preempt(&m);
}

/* ---- Messages between threads -------------------------------------------------------------- */

static uint64_t ipc_cptr(void)
{
    const unsigned r = below(20);
    return r < 11   ? cptr_of_type(CAP_ENDPOINT)
           : r < 17 ? cptr_of_type(CAP_NOTIFICATION)
           : r < 19 ? cptr_of_type(CAP_REPLY)
                    : any_cptr();
}

/* Of the root task, which shall not stand still for long. */
static unsigned quick_number(void)
{
    const unsigned r = below(200);
    return r < 150   ? KAAL_SYS_NBSEND
           : r < 196 ? KAAL_SYS_YIELD
           : r < 198 ? KAAL_SYS_POLL
                     : KAAL_SYS_NBRECV;
}

static void make_ipc(struct event *e)
{
    static const uint8_t numbers[] = {
        KAAL_SYS_CALL,        KAAL_SYS_CALL,        KAAL_SYS_CALL,       KAAL_SYS_CALL,
        KAAL_SYS_SEND,        KAAL_SYS_NBSEND,      KAAL_SYS_RECV,       KAAL_SYS_RECV,
        KAAL_SYS_RECV,        KAAL_SYS_NBRECV,      KAAL_SYS_REPLY_RECV, KAAL_SYS_REPLY_RECV,
        KAAL_SYS_NBSEND_RECV, KAAL_SYS_NBSEND_WAIT, KAAL_SYS_WAIT,       KAAL_SYS_POLL,
        KAAL_SYS_YIELD,       KAAL_SYS_NBSEND,      KAAL_SYS_RECV,       KAAL_SYS_REPLY_RECV};
    const unsigned length = percent(70) ? below(8) : below(128);
    const unsigned caps = percent(65) ? 0 : below(4);
    e->x[0] = percent(98) ? numbers[below(sizeof(numbers))] : wild() + 100;
    if (is_root_task() && below(200) != 0) {
        e->x[0] = quick_number();
    }
    e->x[1] = ipc_cptr();
    if (is_root_task() && e->x[0] != KAAL_SYS_NBSEND && percent(97)) {
        e->x[1] = cptr_of_type(percent(50) ? CAP_ENDPOINT : CAP_NOTIFICATION);
    }
    e->x[2] =
        (uint64_t)below(3) << KAAL_MSGINFO_LABEL_SHIFT | caps << KAAL_MSGINFO_CAPS_SHIFT | length;
    for (unsigned i = 0; i < length && i < 12; i++) {
        event_set_word(e, i, random64());
    }
    for (unsigned i = 0; i < caps; i++) {
        event_set_buffer(e, KAAL_MSG_MAX + i,
                         percent(40) ? cptr_of_type(CAP_ENDPOINT) : any_cptr());
    }
    e->x[7] = percent(92) ? cptr_of_type(CAP_REPLY) : any_cptr();
    e->x[8] = ipc_cptr();
    const struct path *node = some_cnode();
    if (node != NULL && percent(40)) {
        const struct place place = empty_slot(&node->slot->cap);
        event_set_buffer(e, KAAL_MSG_MAX + 3, cptr_of(node));
        event_set_buffer(e, KAAL_MSG_MAX + 4, place.index);
        event_set_buffer(e, KAAL_MSG_MAX + 5, percent(90) ? place.depth : below(66));
    }
}

/* ---- Events ------------------------------------------------------------------------------------
 */

static struct event no_event(enum event_kind kind)
{
    return (struct event){.kind = kind, .preempt = -1};
}

static struct event time_event(void)
{
    struct event e = no_event(EV_ADVANCE);
    const unsigned r = below(10);
    e.a = r < 4 ? below(600) : r < 8 ? below(4000) : below(60000);
    if (r == 9 && percent(50)) {
        e.kind = EV_JUMP;
        e.a = below(3000);
    }
    return e;
}

static struct event irq_event(void)
{
    struct event e = no_event(EV_IRQ);
    e.a = 30 + below(4);
    return e;
}

static struct event fault_event(void)
{
    struct event e = no_event(percent(60) ? EV_VMFAULT : EV_EXCEPTION);
    e.a = random64();
    e.b = below(2);
    e.c = random64() >> 32;
    return e;
}

static struct event idle_event(void)
{
    struct event e = irq_event();
    if (host.deadline != UINT64_MAX && percent(90)) {
        e = no_event(EV_ADVANCE);
        e.a = host.deadline > host.now ? host.deadline - host.now : 0;
    }
    return e;
}

static struct event random_event(void)
{
    const unsigned r = below(100);
    if (kernel_is_idle()) {
        return idle_event();
    }
    if (r < 8) {
        return time_event();
    }
    if (r < 10) {
        return irq_event();
    }
    if (r < 12 && (!is_root_task() || percent(5))) {
        return fault_event();
    }
    if (r < 13) {
        return no_event(EV_TICK);
    }
    if (kernel_is_at_svc() && percent(60)) {
        return no_event(EV_AGAIN);
    }
    struct event e = no_event(EV_SVC);
    find_current_paths();
    for (unsigned i = 0; i < EVENT_REGS; i++) {
        e.x[i] = below(100);
    }
    if (percent(50)) {
        make_invocation(&e);
    } else {
        make_ipc(&e);
    }
    return e;
}

/* ---- The beginning
 * ------------------------------------------------------------------------------- */

static uint64_t at(unsigned slot)
{
    return kernel.info.empty.begin + slot;
}

uint64_t generate_slot(unsigned slot)
{
    return at(slot);
}

static struct event call(uint64_t cptr, uint64_t label, const char *format,
                         const uint64_t *operands)
{
    struct event e = no_event(EV_SVC);
    struct message m = {.cptr = cptr, .label = label};
    for (; *format != '\0'; format++) {
        if (*format == 'c') {
            m.caps[m.cap_count++] = *operands++;
        } else {
            m.words[m.length++] = *operands++;
        }
    }
    e.x[0] = KAAL_SYS_CALL;
    put_message(&e, &m);
    return e;
}
#define CALL(cptr, label, format, ...) \
    call(cptr, KAAL_INV_##label, format, (const uint64_t[]){__VA_ARGS__})

static struct event retype(uint64_t untyped, unsigned type, unsigned size, unsigned slot,
                           unsigned count)
{
    return CALL(untyped, UNTYPED_RETYPE, "cwwwwww", KAAL_ROOT_CNODE, type, size, 0, 0, at(slot),
                count);
}

static uint64_t big_untyped(bool is_device)
{
    uint64_t slot = kernel.info.untyped.begin;
    unsigned best = 0;
    for (uint64_t s = slot; s < kernel.info.untyped.end; s++) {
        const struct kaal_untyped_desc *u =
            &kernel.info.untyped_list[s - kernel.info.untyped.begin];
        if ((u->is_device != 0) == is_device && u->size_bits > best) {
            best = u->size_bits;
            slot = s;
        }
    }
    return slot;
}

static const struct {
    uint8_t type, size, slot, count;
} objects[] = {
    {CAP_CNODE, NODE_RADIX, NODE, 1},
    {CAP_CNODE, NODE_RADIX + 1, NODE + 1, 1},
    {CAP_CNODE, NODE_RADIX + 2, NODE + 2, 1},
    {CAP_VSPACE, 0, SPACE, 3},
    {CAP_ENDPOINT, 0, EP, 4},
    {CAP_NOTIFICATION, 0, NTFN, 4},
    {CAP_REPLY, 0, REPLY, 4},
    {CAP_SCHED_CONTEXT, 8, SC, THREADS},
    {CAP_TCB, 0, TCB, THREADS},
    {CAP_PAGE, 12, PAGE, THREADS + 6},
    {CAP_PAGE_TABLE, 0, TABLE, 6},
};
enum { OBJECTS = sizeof(objects) / sizeof(objects[0]) };

/* Where a thread of the beginning finds what: 0 the root task's CNode, else
 * CNode n - 1. */
static unsigned cspace_of(unsigned thread)
{
    return thread < 4 ? 0 : 1 + thread % NODES;
}

static struct event setup_thread(unsigned thread, unsigned step)
{
    const unsigned space = cspace_of(thread);
    const unsigned radix = NODE_RADIX + space - 1;
    const uint64_t node = space == 0 ? KAAL_ROOT_CNODE : at(NODE + space - 1);
    /* The second CNode is used with a short guard: a capability below it is
     * found before all bits are used up. */
    const unsigned guard_bits = space == 0 ? 0 : space == 2 ? 7 : 64 - radix;
    switch (step) {
    case 0: {
        const uint64_t us = random_us();
        return CALL(KAAL_ROOT_SCHED_CONTROL, SCHED_CONTROL_CONFIGURE, "cwwww", at(SC + thread), us,
                    percent(40) ? us : us + random_us(), below(8), thread);
    }
    case 1:
        return CALL(at(TCB + thread), TCB_CONFIGURE, "cccwww", node,
                    percent(50) ? KAAL_ROOT_VSPACE : at(SPACE + below(3)), at(PAGE + thread),
                    guard_bits, 0, UINT64_C(0x300000000) + thread * KAAL_PAGE_SIZE);
    case 2:
        return CALL(at(TCB + thread), TCB_SET_SCHED_PARAMS, "cccww", KAAL_ROOT_TCB,
                    percent(85) ? at(SC + thread) : 0, percent(70) ? at(EP + below(4)) : 0,
                    percent(70) ? 255 : 100, 97 + below(6));
    default:
        return CALL(at(TCB + thread), TCB_RESUME, "", 0);
    }
}

/* A CNode cannot be reached by index and depth through the root task's, whose
 * guard uses up all bits: invoke it. */
static struct event setup_fill(unsigned node, unsigned slot)
{
    static const uint8_t shared[] = {EP,        EP + 1,   EP + 2,  NTFN,   NTFN + 1, REPLY,
                                     REPLY + 1, TCB,      TCB + 5, SC + 1, PAGE,     NODE,
                                     NODE + 1,  NODE + 2, SMALL,   SPACE};
    const uint64_t source = percent(70)   ? at(shared[below(sizeof(shared))])
                            : percent(70) ? at(below(SPARE))
                                          : (uint64_t)below(KAAL_ROOT_DOMAIN + 1);
    const unsigned radix = NODE_RADIX + node;
    const bool is_node = source >= at(NODE) && source < at(NODE + NODES);
    const uint64_t data = is_node ? guard_word(radix) : percent(40) ? random_badge() : 0;
    return CALL(at(NODE + node), CNODE_MINT, "cwwwwww", KAAL_ROOT_CNODE, slot, radix, source, 64,
                percent(70) ? KAAL_RIGHTS_ALL : random_rights(), data);
}

enum {
    SETUP_MEMORY = 3,
    SETUP_OBJECTS = SETUP_MEMORY + OBJECTS,
    SETUP_ASIDS = SETUP_OBJECTS + 2,
    SETUP_TABLES = SETUP_ASIDS + 5,
    SETUP_FILL = SETUP_TABLES + 36,
    SETUP_THREADS = SETUP_FILL + 4 * THREADS,
    SETUP_END = SETUP_THREADS + 1,
};

static struct event setup_event(unsigned n)
{
    if (n == 0) {
        return retype(big_untyped(false), CAP_UNTYPED, 18, POOL, 1);
    }
    if (n == 1) {
        return retype(big_untyped(false), CAP_UNTYPED, 13, SMALL, 3);
    }
    if (n == 2) {
        return retype(big_untyped(true), CAP_UNTYPED, 31, DEVICE, 1);
    }
    if (n < SETUP_OBJECTS) {
        const unsigned i = n - SETUP_MEMORY;
        return retype(at(POOL), objects[i].type, objects[i].size, objects[i].slot,
                      objects[i].count);
    }
    if (n < SETUP_ASIDS) {
        return CALL(KAAL_ROOT_ASID_POOL, ASID_POOL_ASSIGN, "c", at(SPACE + n - SETUP_OBJECTS));
    }
    if (n < SETUP_TABLES) {
        const unsigned i = n - SETUP_ASIDS;
        return CALL(at(TABLE + i), PAGE_TABLE_MAP, "cw", i < 2 ? KAAL_ROOT_VSPACE : at(SPACE),
                    UINT64_C(0x200000000));
    }
    if (n < SETUP_FILL) {
        const unsigned i = n - SETUP_TABLES;
        return setup_fill(i % NODES, i / NODES + 1);
    }
    if (n < SETUP_THREADS) {
        return setup_thread((n - SETUP_FILL) / 4, (n - SETUP_FILL) % 4);
    }
    return CALL(KAAL_ROOT_TCB, TCB_SET_PRIORITY, "cw", KAAL_ROOT_TCB, 99);
}

void generate_start(struct generator *g, uint64_t seed)
{
    *g = (struct generator){.rng = view_mix(seed * 2 + 1) | 1};
}

unsigned generate_setup_length(void)
{
    return SETUP_END;
}

bool generate_is_set_up(const struct generator *g)
{
    return g->setup >= SETUP_END;
}

struct event generate_next(struct generator *g)
{
    gen = g;
    struct event e = g->setup < SETUP_END ? setup_event(g->setup++) : random_event();
    e.thread = kernel_is_idle() ? 0 : arch_virt_to_phys(host_cpu.current);
    return e;
}

bool generate_is_over(void)
{
    if (!kernel_is_idle() || host.deadline != UINT64_MAX) {
        return false;
    }
    for (unsigned irq = 0; irq < HOST_IRQS; irq++) {
        if (!host.irq_masked[irq] && irq != KERNEL_TIMER_IRQ && kernel_irq_is_issued(irq) &&
            !slot_is_empty(kernel_irq_slot(irq))) {
            return false;
        }
    }
    return true;
}
