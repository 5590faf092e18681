/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct symbols functions, variables;

FILE *open_file(const char *path, const char *mode)
{
    FILE *f = fopen(path, mode);
    if (f == NULL) {
        fprintf(stderr, "count: cannot open %s\n", path);
        exit(2);
    }
    return f;
}

/* The next symbol of one of the kinds. */
static bool next_symbol(FILE *f, const char *kinds, struct symbol *s)
{
    char line[256], kind;
    while (fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, "%" SCNx64 " %c %63s", &s->address, &kind, s->name) == 3 &&
            strchr(kinds, kind) != NULL && s->name[0] != '$') {
            return true;
        }
    }
    return false;
}

static void read_kinds(const char *path, const char *kinds, struct symbols *to)
{
    FILE *f = open_file(path, "r");
    while (to->count < SYMBOLS_MAX && next_symbol(f, kinds, &to->all[to->count])) {
        to->count++;
    }
    fclose(f);
}

void symbols_read(const char *path)
{
    read_kinds(path, "tT", &functions);
    read_kinds(path, "bBdDrR", &variables);
    if (functions.count == 0 || variables.count == 0) {
        fprintf(stderr, "count: %s has no symbols\n", path);
        exit(2);
    }
}

uint64_t symbol_in(const char *path, const char *name)
{
    FILE *f = open_file(path, "r");
    struct symbol s;
    while (next_symbol(f, "tT", &s)) {
        if (strcmp(s.name, name) == 0) {
            fclose(f);
            return s.address;
        }
    }
    fprintf(stderr, "count: %s has no %s\n", path, name);
    exit(2);
}

struct symbol *symbol_at(struct symbols *symbols, uint64_t address)
{
    int low = 0, high = symbols->count;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        if (symbols->all[middle].address <= address) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &symbols->all[low];
}
