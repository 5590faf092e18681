/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcb-size <limit> <report.json|-> <name> <file>...
 *
 * Counts the lines of C, headers, tables, assembly and linker scripts that
 * hold something beside blanks and comments, and fails at or above the limit.
 * Comment signs in strings and character constants do not count as such, and
 * the other way round.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum state { CODE, LINE_COMMENT, BLOCK_COMMENT, STRING, CHARACTER };

/* The number of lines with code in it, or -1. */
static long count_lines(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fprintf(stderr, "tcb-size: cannot open %s\n", path);
        return -1;
    }
    enum state state = CODE;
    bool code = false; /* on this line */
    long lines = 0;
    int c = getc(f);
    while (c != EOF) {
        int next = getc(f);
        if (c == '\n') {
            lines += code;
            code = false;
            if (state != BLOCK_COMMENT) {
                state = CODE;
            }
        } else if (state == CODE && c == '/' && (next == '/' || next == '*')) {
            state = next == '/' ? LINE_COMMENT : BLOCK_COMMENT;
            next = getc(f);
        } else if (state == BLOCK_COMMENT && c == '*' && next == '/') {
            state = CODE;
            next = getc(f);
        } else if (state == LINE_COMMENT && c == '\\' && next == '\n') {
            lines += code; /* the comment goes on */
            code = false;
            next = getc(f);
        } else if (state == STRING || state == CHARACTER) {
            code = true;
            if (c == '\\' && next != '\n') {
                next = getc(f);
            } else if (c == '\\') {
                lines += code; /* the string goes on */
                next = getc(f);
            } else if (c == (state == STRING ? '"' : '\'')) {
                state = CODE;
            }
        } else if (state == CODE && c != ' ' && c != '\t' && c != '\r' && c != '\f') {
            code = true;
            state = c == '"' ? STRING : c == '\'' ? CHARACTER : CODE;
        }
        c = next;
    }
    lines += code;
    fclose(f);
    return lines;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    long limit = argc > 1 ? strtol(argv[1], &end, 10) : 0;
    if (argc < 5 || limit <= 0 || *end != '\0') {
        fputs("usage: tcb-size <limit> <report.json|-> <name> <file>...\n", stderr);
        return 2;
    }
    long total = 0, largest = 0;
    const char *largest_path = "";
    for (int i = 4; i < argc; i++) {
        long n = count_lines(argv[i]);
        if (n < 0) {
            return 2;
        }
        total += n;
        if (n > largest) {
            largest = n;
            largest_path = argv[i];
        }
    }
    printf("%s: %ld lines in %d files, limit %ld; largest %s (%ld)\n", argv[3], total, argc - 4,
           limit, largest_path, largest);
    if (strcmp(argv[2], "-") != 0) {
        FILE *f = fopen(argv[2], "wb");
        if (f == NULL) {
            fprintf(stderr, "tcb-size: cannot write %s\n", argv[2]);
            return 2;
        }
        fprintf(f, "{\"name\": \"%s\", \"lines\": %ld, \"files\": %d, \"limit\": %ld}\n", argv[3],
                total, argc - 4, limit);
        fclose(f);
    }
    if (total >= limit) {
        fprintf(stderr, "tcb-size: %s has %ld lines; it must stay below %ld\n", argv[3], total,
                limit);
        return 1;
    }
    return 0;
}
