/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/abi/message.h>

static const struct {
    const char *name;
    unsigned operands;
} kinds[] = {
    [EV_SVC] = {"svc", 0},         [EV_AGAIN] = {"again", 0},         [EV_ADVANCE] = {"advance", 1},
    [EV_JUMP] = {"jump", 1},       [EV_TICK] = {"tick", 0},           [EV_IRQ] = {"irq", 1},
    [EV_VMFAULT] = {"vmfault", 3}, [EV_EXCEPTION] = {"exception", 1},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

void event_set_buffer(struct event *e, unsigned i, uint64_t value)
{
    if (i < EVENT_BUFFER_WORDS && e->writes < EVENT_WRITES) {
        e->write[e->writes++] = (struct event_write){i, value};
    }
}

void event_set_word(struct event *e, unsigned i, uint64_t value)
{
    if (i < KAAL_MSG_REGS) {
        e->x[3 + i] = value;
    } else {
        event_set_buffer(e, i, value);
    }
}

void event_print(FILE *out, const struct event *e)
{
    const uint64_t operand[] = {e->a, e->b, e->c};
    const bool is_of_thread = e->kind == EV_SVC || e->kind == EV_AGAIN || e->kind == EV_VMFAULT ||
                              e->kind == EV_EXCEPTION;
    fprintf(out, "%s", kinds[e->kind].name);
    for (unsigned i = 0; i < kinds[e->kind].operands; i++) {
        fprintf(out, " %" PRIx64, operand[i]);
    }
    for (unsigned i = 0; e->kind == EV_SVC && i < EVENT_REGS; i++) {
        fprintf(out, " %" PRIx64, e->x[i]);
    }
    for (unsigned i = 0; i < e->writes; i++) {
        fprintf(out, " %" PRIx64 "=%" PRIx64, e->write[i].index, e->write[i].value);
    }
    if (e->preempt >= 0) {
        fprintf(out, " preempt=%x", (unsigned)e->preempt);
    }
    if (e->thread != 0 && is_of_thread) {
        fprintf(out, " thread=%" PRIx64, e->thread);
    }
    fprintf(out, "\n");
}

static _Noreturn void bad_line(const char *line)
{
    fprintf(stderr, "no event: %s\n", line);
    exit(2);
}

static void read_word(struct event *e, const char *word, unsigned position)
{
    char *end;
    if (strncmp(word, "preempt=", 8) == 0) {
        e->preempt = (int)strtol(word + 8, &end, 16);
        return;
    }
    if (strncmp(word, "thread=", 7) == 0) {
        e->thread = strtoull(word + 7, &end, 16);
        return;
    }
    const uint64_t number = strtoull(word, &end, 16);
    if (*end == '=') {
        event_set_buffer(e, (unsigned)number, strtoull(end + 1, &end, 16));
    } else if (e->kind == EV_SVC && position < EVENT_REGS) {
        e->x[position] = number;
    } else if (position < 3) {
        *(position == 0 ? &e->a : position == 1 ? &e->b : &e->c) = number;
    }
    if (*end != '\0') {
        bad_line(word);
    }
}

static void read_event(struct event *e, char *line)
{
    char *word = strtok(line, " \n");
    *e = (struct event){.preempt = -1};
    unsigned kind = 0;
    while (kind < KINDS && strcmp(kinds[kind].name, word) != 0) {
        kind++;
    }
    if (kind == KINDS) {
        bad_line(word);
    }
    e->kind = (enum event_kind)kind;
    for (unsigned i = 0; (word = strtok(NULL, " \n")) != NULL; i++) {
        read_word(e, word, i);
    }
}

bool event_read(FILE *in, struct event *e)
{
    char line[4096];
    while (fgets(line, sizeof(line), in) != NULL) {
        line[strcspn(line, "#")] = '\0';
        if (line[strspn(line, " \n")] != '\0') {
            read_event(e, line);
            return true;
        }
    }
    return false;
}

void event_list_add(struct event_list *list, const struct event *e)
{
    if (list->count == list->room) {
        list->room = list->room == 0 ? 256 : list->room * 2;
        list->events = realloc(list->events, list->room * sizeof(*e));
        if (list->events == NULL) {
            fprintf(stderr, "out of memory\n");
            exit(2);
        }
    }
    list->events[list->count++] = *e;
}

void event_list_clear(struct event_list *list)
{
    list->count = 0;
}
