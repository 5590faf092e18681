/* SPDX-License-Identifier: Apache-2.0 */
/* What the host checks beyond the kernel: see host.h. */
#include "core/check.h"

#include <stdlib.h>

#include "ghost.h"
#include "host.h"

enum { OBJECTS_MAX = 1 << 16 };

struct object {
    struct extent extent;
    const struct cap *cap;
};

static struct object objects[OBJECTS_MAX];

/* By base; the larger first. */
static int compare(const void *a, const void *b)
{
    const struct extent *x = &((const struct object *)a)->extent;
    const struct extent *y = &((const struct object *)b)->extent;
    if (x->base != y->base) {
        return x->base < y->base ? -1 : 1;
    }
    return x->bytes > y->bytes ? -1 : x->bytes < y->bytes;
}

/* One entry for each run of capabilities to one object. */
static size_t collect(void)
{
    size_t count = 0;
    const struct slot *prev = NULL;
    for (const struct slot *s = check_first(); s != NULL; prev = s, s = check_next(s)) {
        const struct extent e = check_extent(&s->cap);
        const bool is_same = prev != NULL && cap_same_object(&prev->cap, &s->cap);
        if (e.bytes != 0 && s->cap.type != CAP_UNTYPED && !is_same && count < OBJECTS_MAX) {
            objects[count++] = (struct object){.extent = e, .cap = &s->cap};
        }
    }
    qsort(objects, count, sizeof(objects[0]), compare);
    return count;
}

static const char *check_disjoint(void)
{
    const size_t count = collect();
    for (size_t i = 1; i < count; i++) {
        const struct object *x = &objects[i - 1], *y = &objects[i];
        if (x->extent.base + x->extent.bytes <= y->extent.base) {
            continue;
        }
        return cap_same_object(x->cap, y->cap)
                   ? "KI-10 capabilities to one object apart in the derivation tree"
                   : "KI-03 objects overlap";
    }
    return NULL;
}

/* A zombie is left only by a deletion that was preempted. */
static const char *check_zombies(void)
{
    for (const struct slot *s = check_first(); s != NULL; s = check_next(s)) {
        if (s->cap.type == CAP_ZOMBIE) {
            return host.preempted ? NULL : "KI-13 zombie, but nothing was preempted";
        }
    }
    host.preempted = false;
    return NULL;
}

static const char *check_lines(void)
{
    bool has_handler[HOST_IRQS] = {false};
    for (const struct slot *s = check_first(); s != NULL; s = check_next(s)) {
        if (s->cap.type == CAP_IRQ_HANDLER && cap_index(&s->cap) < HOST_IRQS) {
            has_handler[cap_index(&s->cap)] = true;
        }
    }
    for (unsigned irq = 0; irq < HOST_IRQS; irq++) {
        if (!host.irq_masked[irq] && !has_handler[irq] && irq != host.timer_irq) {
            return "KI-30 line without a handler is not masked";
        }
    }
    return NULL;
}

const char *arch_check(void)
{
    const char *broken = check_disjoint();
    broken = broken != NULL ? broken : check_zombies();
    broken = broken != NULL ? broken : check_lines();
    if (broken == NULL && host_cpu.sched.armed != UINT64_MAX &&
        host.deadline != host_cpu.sched.armed) {
        return "KI-35 timer of the machine";
    }
    return broken != NULL ? broken : ghost_check();
}
