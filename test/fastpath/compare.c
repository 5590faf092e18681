/* SPDX-License-Identifier: Apache-2.0 */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/check.h"
#include "core/cpu.h"
#include "core/syscall.h"
#include "memory.h"
#include "object/irq.h"
#include "place.h"
#include "world.h"

enum { EVENTS = 64, REPORT_WORDS = 32 };

/* What one run did that is not in memory. */
struct effects {
    bool is_idle;
    enum fastpath taken;
    ticks_t now;
    unsigned event_count;
    struct host_event events[EVENTS];
    unsigned console_length;
    char console[HOST_CONSOLE_MAX];
};

static struct effects fast, slow;
static const struct step *current;

/* ---- The two ways ------------------------------------------------------------------------- */

/* The notification of an interrupt that has been taken already, or NULL. */
static const struct cap *line;

static enum fastpath signal_line(void)
{
    return line == NULL ? FASTPATH_NONE : compare_ways.signal(cap_ntfn(line), cap_badge(line));
}

static void take_fast(void)
{
    fast.taken = current->kind == STEP_SYSCALL ? compare_ways.syscall()
                 : current->kind == STEP_FAULT ? compare_ways.fault(&current->fault)
                                               : signal_line();
}

static void take_slow(void)
{
    if (current->kind == STEP_SYSCALL) {
        slowpath_syscall();
    } else if (current->kind == STEP_FAULT) {
        slowpath_fault(&current->fault);
    } else if (line != NULL) {
        slowpath_signal(cap_ntfn(line), cap_badge(line));
    } else {
        sched_exit();
    }
}

/* Not told to the machine: what it does already. */
static bool is_news(const struct host_event *event, const struct tcb *running, ticks_t deadline)
{
    return !(event->action == HOST_SWITCH && event->a == (uintptr_t)running) &&
           !(event->action == HOST_TIMER_SET && event->a == deadline);
}

static void run(void (*entry)(void), struct effects *effects)
{
    host_log_clear();
    host.console_length = 0;
    host.console[0] = '\0';
    const struct tcb *running = host_cpu.current;
    const ticks_t deadline = host.deadline;
    effects->taken = FASTPATH_NONE;
    effects->is_idle = world_enter(entry);
    effects->now = host.now;
    effects->event_count = 0;
    for (unsigned i = 0; i < host.log.count; i++) {
        const struct host_event *event = &host.log.events[i];
        if (effects->event_count < EVENTS && is_news(event, running, deadline)) {
            effects->events[effects->event_count++] = *event;
        }
    }
    effects->console_length = host.console_length;
    memcpy(effects->console, host.console, host.console_length);
}

/* ---- Reports ----------------------------------------------------------------------------------
 */

static void print_words(const char *first, const char *second)
{
    static struct memory_word words[REPORT_WORDS];
    const unsigned count = memory_differences(words, REPORT_WORDS);
    for (unsigned i = 0; i < count; i++) {
        char name[128];
        place_name(words[i].at, name, sizeof(name));
        printf("  %-44s before %16" PRIx64 "  %s %16" PRIx64 "  %s %16" PRIx64 "\n", name,
               words[i].before, first, words[i].kept, second, words[i].now);
    }
    if (count == REPORT_WORDS) {
        printf("  ... and perhaps more\n");
    }
}

static const char *action_name(enum host_action action)
{
    static const char *const names[] = {
        [HOST_SWITCH] = "switch to",
        [HOST_FORGET] = "forget space",
        [HOST_FP_RELEASE] = "release FP of",
        [HOST_IDLE] = "idle",
        [HOST_IRQ_ACK] = "take line",
        [HOST_IRQ_EOI] = "end line",
        [HOST_IRQ_MASK] = "mask line",
        [HOST_IRQ_UNMASK] = "unmask line",
        [HOST_TIMER_SET] = "set timer to",
        [HOST_PTE_WRITE] = "write table entry",
        [HOST_ZERO] = "zero",
        [HOST_CREATED] = "object made at",
        [HOST_DESTROYED] = "object gone at",
        [HOST_TLB_PAGE] = "flush page",
        [HOST_TLB_ASID] = "flush identifier",
    };
    const unsigned count = sizeof(names) / sizeof(names[0]);
    return (unsigned)action < count && names[action] != NULL ? names[action] : "other action";
}

static void print_effects(const char *path, const struct effects *e)
{
    printf("  %s path: time at its end %" PRIu64 "%s\n", path, e->now,
           e->is_idle ? ", the core idles" : "");
    for (unsigned i = 0; i < e->event_count && i < EVENTS; i++) {
        const struct host_event *event = &e->events[i];
        char name[128] = "";
        if (event->action == HOST_SWITCH) {
            place_name((const void *)event->a, name, sizeof(name));
        }
        printf("    %s %" PRIx64 " %" PRIx64 " %" PRIx64 " %s\n", action_name(event->action),
               event->a, event->b, event->c, name);
    }
}

/* ---- Comparing
 * ------------------------------------------------------------------------------------ */

/* Those that the fake machine remembers where memory.h does not look. */
static bool is_of_fast_path(enum host_action action)
{
    return action != HOST_ZERO && action != HOST_CREATED && action != HOST_DESTROYED &&
           action != HOST_PTE_WRITE && action != HOST_TLB_PAGE && action != HOST_TLB_ASID;
}

static const char *effects_difference(ticks_t before)
{
    if (fast.event_count == EVENTS || fast.event_count != slow.event_count ||
        memcmp(fast.events, slow.events, fast.event_count * sizeof(fast.events[0])) != 0) {
        return "the machine was told something else";
    }
    for (unsigned i = 0; i < fast.event_count; i++) {
        if (!is_of_fast_path(fast.events[i].action)) {
            return "a fast path makes or destroys nothing";
        }
    }
    if (fast.is_idle != slow.is_idle) {
        return "the core idles after one of them";
    }
    if (fast.console_length != slow.console_length ||
        memcmp(fast.console, slow.console, fast.console_length) != 0) {
        return "the console shows something else";
    }
    return fast.now - before > host.step ? "the time was read more than once" : NULL;
}

static bool compare_taken(ticks_t before)
{
    memory_take_back();
    run(take_slow, &slow);
    const char *difference = effects_difference(before);
    const bool is_same = memory_is_as_kept();
    if (difference == NULL && is_same) {
        return true;
    }
    printf("DIFFERENCE: %s\n", difference != NULL ? difference : "memory");
    print_effects("fast", &fast);
    print_effects("slow", &slow);
    print_words("fast", "slow");
    return false;
}

static bool compare_refused(bool has_changed)
{
    if (has_changed || fast.event_count > 0 || fast.console_length > 0) {
        printf("DIFFERENCE: no fast path was taken, but something was done\n");
        print_effects("fast", &fast);
        memory_keep_nothing();
        print_words("expected", "now");
        return false;
    }
    run(take_slow, &slow);
    return true;
}

/* A refusal may have read the time. */
static bool has_changed_but_time(bool was_read, ticks_t before)
{
    struct sched *s = &host_cpu.sched;
    const ticks_t read = s->now, now = host.now;
    const bool is_read = !was_read && fast.taken == FASTPATH_NONE && read != 0;
    if (is_read) {
        s->now = 0;
        host.now = before;
    }
    const bool has_changed = memory_has_changed();
    if (is_read) {
        s->now = read;
        host.now = now;
    }
    return has_changed;
}

struct compared compare_step(const struct step *step, bool with_check)
{
    current = step;
    if (step->kind == STEP_IRQ) {
        line = irq_take();
        memory_follow();
    }
    const ticks_t before = host.now;
    const bool was_read = host_cpu.sched.now != 0;
    run(take_fast, &fast);
    const bool has_changed = has_changed_but_time(was_read, before);
    const bool is_taken = fast.taken != FASTPATH_NONE || fast.is_idle;
    struct compared result = {.is_taken = is_taken, .fastpath = fast.taken};
    result.is_same = is_taken ? compare_taken(before) : compare_refused(has_changed);

    const char *broken = result.is_same && with_check ? kernel_check() : NULL;
    if (broken != NULL) {
        printf("DIFFERENCE: invariant broken after the slow path, too: %s\n", broken);
        result.is_same = false;
    }
    if (!is_taken || with_check) {
        memory_follow();
    }
    return result;
}
