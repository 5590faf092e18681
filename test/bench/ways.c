/* SPDX-License-Identifier: Apache-2.0 */
#include "ways.h"

#include <inttypes.h>

#include "symbols.h"

/* Of a struct tcb: its alignment, and the registers it begins with. */
enum { TCB_BYTES = 2048, FRAME_BYTES = 288 };

/* The first access of all is the entry's, to the thread's registers. */
void way_touch(struct way *w, uint64_t word, uint64_t by, bool is_store)
{
    unsigned i = 0;
    if (w->count == 0) {
        w->tcb = word & ~(uint64_t)(TCB_BYTES - 1);
    }
    while (i < w->count && w->lines[i].number != word / LINE_BYTES) {
        i++;
    }
    if (i == WAY_LINES_MAX) {
        w->is_full = true;
        return;
    }
    if (i == w->count) {
        w->lines[w->count++] = (struct line){.number = word / LINE_BYTES, .by = by};
    }
    w->lines[i].used |= (uint8_t)(1U << (word % LINE_BYTES / 8));
    w->lines[i].is_written |= is_store;
}

bool ways_are_two(const struct way ways[WAYS])
{
    return ways[0].count > 0 && ways[1].count > 0 && ways[0].tcb != ways[1].tcb &&
           !ways[0].is_full && !ways[1].is_full;
}

/* A line of registers is touched anyway, whatever else is in it. */
static bool is_counted(const struct way ways[WAYS], const struct line *line)
{
    const uint64_t address = line->number * LINE_BYTES;
    return address - ways[0].tcb >= FRAME_BYTES && address - ways[1].tcb >= FRAME_BYTES;
}

/* Its first word that is used tells what the line is. */
static uint64_t first_word(const struct line *line)
{
    uint64_t word = line->number * LINE_BYTES;
    for (unsigned used = line->used; (used & 1) == 0; used >>= 1) {
        word += 8;
    }
    return word;
}

static void write_place(FILE *f, const struct way ways[WAYS], const struct line *line)
{
    const uint64_t address = line->number * LINE_BYTES, last = first_word(line) + 7;
    for (unsigned i = 0; i < WAYS; i++) {
        if (address - ways[i].tcb < TCB_BYTES) {
            fprintf(f, "TCB %u + %" PRIu64, i + 1, address - ways[i].tcb);
            return;
        }
    }
    if (last < variables.all[0].address) {
        fprintf(f, "object at %#" PRIx64, address);
        return;
    }
    const struct symbol *s = symbol_at(&variables, last);
    fprintf(f, "%s + %" PRIu64, s->name, address > s->address ? address - s->address : 0);
}

static void write_lines(FILE *f, const struct way ways[WAYS], const struct way *w)
{
    const char *comma = "";
    for (unsigned i = 0; i < w->count; i++) {
        const struct line *line = &w->lines[i];
        if (is_counted(ways, line)) {
            fprintf(f, "%s\n    {\"what\": \"", comma);
            write_place(f, ways, line);
            fprintf(f, "\", \"by\": \"%s\", \"is_written\": %s}",
                    symbol_at(&functions, line->by)->name, line->is_written ? "true" : "false");
            comma = ",";
        }
    }
}

void ways_write(FILE *f, const struct way ways[WAYS])
{
    for (unsigned i = 0; i < WAYS; i++) {
        const struct way *w = &ways[i];
        fprintf(f, "%s{\"instructions\": %u, \"isb\": %u, \"tlbi\": %u, \"lines\": [",
                i == 0 ? "[\n   " : ",\n   ", w->instructions, w->isb, w->tlbi);
        write_lines(f, ways, w);
        fprintf(f, "]}");
    }
    fprintf(f, "]");
}
