/* SPDX-License-Identifier: Apache-2.0 */
#include "debug.h"

#include "object/sched_context.h"

#include "check.h"
#include "cpu.h"
#include "cspace.h"
#include "lib/fmt.h"

/* ---- Names --------------------------------------------------------------------- */

void debug_print_thread(const struct tcb *t)
{
    if (t == &arch_cpu()->idle) {
        fmt_print("idle");
        return;
    }
    if (t->name[0] == '\0') {
        fmt_print("%p", (const void *)t);
        return;
    }
    fmt_print("'");
    for (unsigned i = 0; i < TCB_NAME_BYTES && t->name[i] != '\0'; i++) {
        const unsigned char c = (unsigned char)t->name[i];
        const bool is_plain = c >= ' ' && c < 0x7f && c != '\'' && c != '\\';
        fmt_print(is_plain ? "%c" : "\\x%02x", c);
    }
    fmt_print("'");
}

static struct tcb *find_thread(const struct tcb *t)
{
    struct lookup_failure failure;
    const struct slot *slot = cspace_lookup(t, t->regs.x[1], &failure);
    return slot == NULL ? NULL : cap_tcb(&slot->cap);
}

/* Four registers of text, lowest byte first. */
static word_t set_name(const struct tcb *caller)
{
    struct tcb *t = find_thread(caller);
    if (t == NULL) {
        return 1;
    }
    for (unsigned i = 0; i < TCB_NAME_BYTES; i++) {
        t->name[i] = (char)(caller->regs.x[3 + i / 8] >> (8 * (i % 8)));
    }
    t->name[TCB_NAME_BYTES - 1] = '\0';
    return 0;
}

/* ---- Capabilities ----------------------------------------------------------------- */

static const char *cap_name(unsigned type)
{
    switch (type) {
#define KAAL_OBJECT(NAME, prefix, number, min_bits, max_bits, device_ok) \
    case number:                                                         \
        return #NAME;
#include <kaal/abi/objects.def>
#undef KAAL_OBJECT
    case CAP_ASID_POOL:
        return "ASID_POOL";
    case CAP_IRQ_CONTROL:
        return "IRQ_CONTROL";
    case CAP_IRQ_HANDLER:
        return "IRQ_HANDLER";
    case CAP_SCHED_CONTROL:
        return "SCHED_CONTROL";
    case CAP_ZOMBIE:
        return "ZOMBIE";
    case CAP_POWER:
        return "POWER";
    case CAP_DOMAIN:
        return "DOMAIN";
    case CAP_ASID_CONTROL:
        return "ASID_CONTROL";
    default:
        return "?";
    }
}

static void print_cap(word_t index, const struct cap *cap)
{
    fmt_print("kernel:   0x%lx: %s %p rights %c%c%c%c", index, cap_name(cap->type), cap->obj,
              (cap->rights & KAAL_RIGHT_READ) != 0 ? 'r' : '-',
              (cap->rights & KAAL_RIGHT_WRITE) != 0 ? 'w' : '-',
              (cap->rights & KAAL_RIGHT_GRANT) != 0 ? 'g' : '-',
              (cap->rights & KAAL_RIGHT_GRANT_REPLY) != 0 ? 'p' : '-');
    if (cap->type == CAP_TCB) {
        fmt_print(" ");
        debug_print_thread(cap_tcb(cap));
    } else {
        fmt_print(" data 0x%lx a %u b %u c %u", cap->data, cap->a, cap->b, cap->c);
    }
    fmt_print("\n");
}

/* The CNode at the root; what further CNodes hold is theirs to show. */
static word_t print_caps(const struct tcb *caller)
{
    const struct tcb *t = find_thread(caller);
    if (t == NULL) {
        return 1;
    }
    const struct cap *root = &t->slots[TCB_SLOT_CSPACE].cap;
    const word_t slots = root->type == CAP_CNODE ? (word_t)1 << cap_cnode_radix(root) : 0;
    fmt_print("kernel: capabilities of ");
    debug_print_thread(t);
    fmt_print(", %lu slots\n", slots);
    for (word_t i = 0; i < slots; i++) {
        const struct slot *slot = &cap_cnode_slots(root)[i];
        if (!slot_is_empty(slot)) {
            print_cap(i, &slot->cap);
        }
    }
    return 0;
}

/* ---- Threads ------------------------------------------------------------------------ */

static void print_thread(const struct tcb *t)
{
    static const char *const states[] = {"inactive", "running", "in send", "in receive",
                                         "in call",  "in wait", "idle"};
    fmt_print("kernel:   ");
    debug_print_thread(t);
    fmt_print(": %s, priority %u, domain %u, pc 0x%lx",
              t->state < sizeof(states) / sizeof(states[0]) ? states[t->state] : "?", t->priority,
              t->domain, t->regs.pc);
    if (t->blocked_on != NULL) {
        fmt_print(", on %p", t->blocked_on);
    }
    if (t->fault.kind != KAAL_FAULT_NONE) {
        fmt_print(", fault %u", (unsigned)t->fault.kind);
    }
    if (t->sc != NULL) {
        fmt_print(", %lu of %lu us", sc_ticks_to_us(t->sc->budget), sc_ticks_to_us(t->sc->period));
    }
    fmt_print("\n");
}

static word_t print_threads(void)
{
    const struct slot *prev = NULL;
    fmt_print("kernel: threads\n");
    for (const struct slot *s = check_first(); s != NULL; prev = s, s = check_next(s)) {
        if (s->cap.type == CAP_TCB && (prev == NULL || !cap_same_object(&prev->cap, &s->cap))) {
            print_thread(cap_tcb(&s->cap));
        }
    }
    return 0;
}

static void print_queue(unsigned domain, unsigned priority)
{
    const struct tcb *t = arch_cpu()->sched.ready[domain][priority].head;
    if (t == NULL) {
        return;
    }
    fmt_print("kernel:   ready, domain %u, priority %u:", domain, priority);
    for (; t != NULL; t = t->ready_next) {
        fmt_print(" ");
        debug_print_thread(t);
    }
    fmt_print("\n");
}

static word_t print_sched(void)
{
    const struct sched *s = &arch_cpu()->sched;
    fmt_print("kernel: core %u, domain %u, now %lu us, timer at %lu us, current ", arch_cpu()->id,
              s->domains.current, sc_ticks_to_us(arch_now()), sc_ticks_to_us(s->armed));
    debug_print_thread(arch_cpu()->current);
    fmt_print("\n");
    for (unsigned d = 0; d < DOMAINS; d++) {
        for (unsigned p = SCHED_PRIORITIES; p-- > 0;) {
            print_queue(d, p);
        }
    }
    for (struct tree_node *n = tree_first(&s->release); n != NULL; n = tree_next(n)) {
        fmt_print("kernel:   released at %lu us: ", sc_ticks_to_us(n->key));
        debug_print_thread(tcb_of_wait(n));
        fmt_print("\n");
    }
    return 0;
}

/* ---- System calls -------------------------------------------------------------------- */

static word_t check_all(void)
{
    const char *broken = kernel_check();
    if (broken != NULL) {
        fmt_print("kernel: invariant broken: %s\n", broken);
    }
    return broken != NULL;
}

bool debug_syscall(struct tcb *t)
{
    switch (t->regs.x[0]) {
    case KAAL_SYS_DEBUG_PUTC:
        arch_putc((char)t->regs.x[1]);
        return true;
    case KAAL_SYS_DEBUG_CHECK:
        t->regs.x[0] = check_all();
        return true;
    case KAAL_SYS_DEBUG_NAME:
        t->regs.x[0] = set_name(t);
        return true;
    case KAAL_SYS_DEBUG_CAPS:
        t->regs.x[0] = print_caps(t);
        return true;
    case KAAL_SYS_DEBUG_THREADS:
        t->regs.x[0] = print_threads();
        return true;
    case KAAL_SYS_DEBUG_SCHED:
        t->regs.x[0] = print_sched();
        return true;
    default:
        return false;
    }
}
