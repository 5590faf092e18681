/* SPDX-License-Identifier: Apache-2.0 */
#include "view.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *const what_names[] = {
    [V_MACHINE] = "machine",       [V_SLOT] = "slot",        [V_ENDPOINT] = "endpoint",
    [V_NTFN] = "notification",     [V_REPLY] = "reply",      [V_TCB] = "thread",
    [V_SC] = "scheduling context", [V_TABLE] = "page table", [V_MEMORY] = "memory",
    [V_IRQ] = "interrupt",         [V_WAITERS] = "queue of",
};

static const char *const field_names[] = {
#define X(name, text) [name] = text,
    VIEW_FIELDS(X)
#undef X
};

void view_begin(struct view *v, bool is_kept)
{
    v->hash = 0;
    v->is_kept = is_kept;
    v->count = 0;
}

void view_keep(struct view *v, const struct view_record *record)
{
    if (v->count == v->room) {
        v->room = v->room == 0 ? 4096 : v->room * 2;
        v->records = realloc(v->records, v->room * sizeof(*record));
        if (v->records == NULL) {
            fprintf(stderr, "out of memory\n");
            exit(2);
        }
    }
    v->records[v->count++] = *record;
}

static int compare_keys(const struct view_record *x, const struct view_record *y)
{
    if (x->what != y->what) {
        return x->what < y->what ? -1 : 1;
    }
    if (x->id != y->id) {
        return x->id < y->id ? -1 : 1;
    }
    if (x->field != y->field) {
        return x->field < y->field ? -1 : 1;
    }
    return x->index == y->index ? 0 : x->index < y->index ? -1 : 1;
}

static int compare_records(const void *x, const void *y)
{
    return compare_keys(x, y);
}

static void print(FILE *out, const struct view_record *r, const char *x_name, uint64_t x,
                  const char *y_name, uint64_t y)
{
    fprintf(out, "  %s 0x%" PRIx64 ", %s [0x%" PRIx64 "]: %s 0x%" PRIx64 ", %s 0x%" PRIx64 "\n",
            what_names[r->what], r->id, field_names[r->field], r->index, x_name, x, y_name, y);
}

bool view_compare_as(FILE *out, struct view *x, const char *x_name, struct view *y,
                     const char *y_name, unsigned limit)
{
    unsigned i = 0, j = 0, different = 0;
    qsort(x->records, x->count, sizeof(*x->records), compare_records);
    qsort(y->records, y->count, sizeof(*y->records), compare_records);
    while (i < x->count || j < y->count) {
        const int order = i == x->count   ? 1
                          : j == y->count ? -1
                                          : compare_keys(&x->records[i], &y->records[j]);
        const struct view_record *r = order <= 0 ? &x->records[i] : &y->records[j];
        const uint64_t a = order <= 0 ? x->records[i].value : 0;
        const uint64_t b = order >= 0 ? y->records[j].value : 0;
        i += order <= 0 ? 1 : 0;
        j += order >= 0 ? 1 : 0;
        if (a != b && different++ < limit) {
            print(out, r, x_name, a, y_name, b);
        }
    }
    if (different > limit) {
        fprintf(out, "  ... and %u more\n", different - limit);
    }
    return different == 0;
}

bool view_compare(FILE *out, struct view *kernel, struct view *model, unsigned limit)
{
    return view_compare_as(out, kernel, "kernel", model, "model", limit);
}
