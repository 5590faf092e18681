/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coverage <percent> <report.json> <exempt.txt> <lines.lcov> <regions.json> <root> <file>...
 *
 * Fails if fewer than percent of the lines of the files (paths below root) ran,
 * or if one that makes an error never did: a KAAL_ERR_*, inv_bad_*() or
 * inv_no_memory() that is not compared with. Counts lines as "llvm-cov export
 * -format=lcov" does; whether an error was made says the region that its name
 * stands in ("llvm-cov export"), so that both arms of a ?: count.
 *
 * A line of exempt.txt is "<file> | <part of the source line> | <reason>": lines
 * that have the part need not run. There are few, and each is needed.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINES = 2000, MAX_EXEMPT = 12, MAX_LINE = 512, MAX_FILES = 128 };

struct exempt {
    char *file, *part;
    unsigned used;
};

struct source {
    const char *path; /* below root */
    char *text;
    char *line[MAX_LINES + 1];  /* from 1 */
    long long count[MAX_LINES]; /* -1: no code */
    unsigned lines;
};

static struct exempt exempts[MAX_EXEMPT];
static unsigned exempt_count;

static void die(const char *what, const char *name)
{
    fprintf(stderr, "coverage: %s %s\n", what, name);
    exit(2);
}

/* Kept to the end: the names and lines of the rest point into it. */
static char *read_file(const char *path)
{
    static char *kept[MAX_FILES + 3];
    static unsigned kept_count;
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
        die("cannot read", path);
    }
    const long size = ftell(f);
    char *text = size < 0 ? NULL : calloc(1, (size_t)size + 1);
    rewind(f);
    if (text == NULL || fread(text, 1, (size_t)size, f) != (size_t)size) {
        die("cannot read", path);
    }
    fclose(f);
    kept[kept_count++] = text;
    return text;
}

/* ---- Lines that need not run -------------------------------------------------------- */

static char *trim(char *s)
{
    while (isspace((unsigned char)*s)) {
        s++;
    }
    for (char *end = s + strlen(s); end > s && isspace((unsigned char)end[-1]);) {
        *--end = '\0';
    }
    return s;
}

static void read_exempts(const char *path)
{
    char *text = read_file(path);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (*trim(line) == '\0' || *trim(line) == '#') {
            continue;
        }
        char *part = strstr(line, " | ");
        char *reason = part == NULL ? NULL : strstr(part + 3, " | ");
        if (reason == NULL || *trim(reason + 3) == '\0') {
            die("no '<file> | <part> | <reason>':", line);
        }
        if (exempt_count == MAX_EXEMPT) {
            die("too many exempt lines in", path);
        }
        *part = *reason = '\0';
        exempts[exempt_count++] = (struct exempt){.file = trim(line), .part = trim(part + 3)};
    }
}

static bool is_exempt(const struct source *s, unsigned line)
{
    for (unsigned i = 0; i < exempt_count; i++) {
        if (strcmp(exempts[i].file, s->path) == 0 &&
            strstr(s->line[line], exempts[i].part) != NULL) {
            exempts[i].used++;
            return true;
        }
    }
    return false;
}

/* ---- Source --------------------------------------------------------------------------- */

static void read_source(struct source *s, const char *root)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", root, s->path);
    s->text = read_file(path);
    char *at = s->text;
    while (*at != '\0') {
        if (++s->lines >= MAX_LINES) {
            die("too many lines in", s->path);
        }
        s->line[s->lines] = at;
        s->count[s->lines] = -1;
        char *end = strchr(at, '\n');
        if (end == NULL) {
            break;
        }
        *end = '\0';
        at = end + 1;
    }
}

/* Blank out comments and strings: names in them make nothing. */
static void blank(struct source *s)
{
    bool in_comment = false;
    for (unsigned l = 1; l <= s->lines; l++) {
        char in_string = 0;
        for (char *c = s->line[l]; *c != '\0'; c++) {
            if (in_comment && c[0] == '*' && c[1] == '/') {
                in_comment = false;
                *c++ = ' ';
                *c = ' ';
            } else if (in_comment) {
                *c = ' ';
            } else if (in_string != 0) {
                if (*c == '\\' && c[1] != '\0') {
                    *c++ = ' ';
                }
                in_string = *c == in_string ? (char)0 : in_string;
                *c = ' ';
            } else if (c[0] == '/' && c[1] == '*') {
                in_comment = true;
                *c++ = ' ';
                *c = ' ';
            } else if (*c == '"' || *c == '\'') {
                in_string = *c;
                *c = ' ';
            }
        }
    }
}

/* ---- What ran ---------------------------------------------------------------------------- */

/* The name in lcov and JSON is absolute. */
static bool is_file(const char *name, size_t length, const struct source *s)
{
    const size_t n = strlen(s->path);
    return length > n && name[length - n - 1] == '/' && strncmp(name + length - n, s->path, n) == 0;
}

static bool read_lines(struct source *s, const char *lcov)
{
    bool found = false;
    for (const char *at = lcov; at != NULL; at = strchr(at, '\n')) {
        at += *at == '\n' ? 1 : 0;
        unsigned line;
        long long count;
        if (strncmp(at, "SF:", 3) == 0) {
            found = is_file(at + 3, strcspn(at + 3, "\n"), s);
        } else if (found && strncmp(at, "end_of_record", 13) == 0) {
            return true;
        } else if (found && sscanf(at, "DA:%u,%lld", &line, &count) == 2 && line <= s->lines) {
            s->count[line] = count;
        }
    }
    return false;
}

/* The segments of the file: [[line, column, count, has count, ...], ...] */
static const char *find_segments(const struct source *s, const char *json)
{
    static const char key[] = "\"filename\":\"";
    for (const char *at = strstr(json, key); at != NULL; at = strstr(at, key)) {
        at += sizeof(key) - 1;
        const char *segments = strstr(at, "\"segments\":[");
        if (is_file(at, strcspn(at, "\""), s) && segments != NULL) {
            return segments + strlen("\"segments\":[");
        }
    }
    return NULL;
}

/* How often the code at this place ran; -1 if no region has it. */
static long long count_at(const char *segments, unsigned line, unsigned column)
{
    long long count = -1, n;
    unsigned l, c;
    char has_count[6];
    for (const char *at = segments; *at == '[';) {
        if (sscanf(at, "[%u,%u,%lld,%5[a-z]", &l, &c, &n, has_count) != 4) {
            die("cannot understand", at);
        }
        if (l > line || (l == line && c > column)) {
            break;
        }
        count = strcmp(has_count, "true") == 0 ? n : -1;
        at += strcspn(at, "]") + 1;
        at += *at == ',' ? 1 : 0;
    }
    return count;
}

/* ---- Errors -------------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Is the name here an error that is made: not compared with, not defined? */
static bool makes_error(const char *line, const char *name)
{
    const size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");
    const bool is_call =
        strncmp(name, "inv_bad_", 8) == 0 || strncmp(name, "inv_no_memory", 13) == 0;
    if (!is_call && strncmp(name, "KAAL_ERR_", 9) != 0) {
        return false;
    }
    if (is_call && name[length] != '(') {
        return false;
    }
    const char *before = name;
    while (before > line && before[-1] == ' ') {
        before--;
    }
    if (before - line >= 2 && before[-1] == '=' && strchr("=!", before[-2]) != NULL) {
        return false;
    }
    const bool is_declared = before > line && is_word(before[-1]);
    return !is_declared || (before - line >= 6 && strncmp(before - 6, "return", 6) == 0);
}

/* Reports each site; returns those never taken. */
static unsigned check_errors(FILE *report, const struct source *s, const char *segments,
                             unsigned *sites)
{
    unsigned untaken = 0;
    for (unsigned l = 1; l <= s->lines; l++) {
        const char *line = s->line[l];
        for (const char *c = line; *c != '\0'; c++) {
            if ((c > line && is_word(c[-1])) || !makes_error(line, c)) {
                continue;
            }
            const bool taken = count_at(segments, l, (unsigned)(c - line) + 1) > 0;
            const bool is_excused = !taken && is_exempt(s, l);
            const int length =
                (int)strspn(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");
            fprintf(report, "%s\n    {\"at\": \"%s:%u\", \"error\": \"%.*s\", \"taken\": %s}",
                    (*sites)++ == 0 ? "" : ",", s->path, l, length, c,
                    taken        ? "true"
                    : is_excused ? "\"exempt\""
                                 : "false");
            if (!taken && !is_excused) {
                fprintf(stderr, "coverage: %s:%u: %.*s is never made\n", s->path, l, length, c);
                untaken++;
            }
        }
    }
    return untaken;
}

/* ---- Lines ---------------------------------------------------------------------------------- */

struct total {
    unsigned lines, covered, exempt;
};

static void check_lines(FILE *report, const struct source *s, struct total *total, bool is_first)
{
    struct total t = {0};
    char list[64 * 1024] = "";
    size_t used = 0;
    for (unsigned l = 1; l <= s->lines; l++) {
        if (s->count[l] < 0) {
            continue;
        }
        if (s->count[l] == 0 && is_exempt(s, l)) {
            t.exempt++;
            continue;
        }
        t.lines++;
        t.covered += s->count[l] > 0 ? 1 : 0;
        if (s->count[l] == 0 && used + MAX_LINE < sizeof(list)) {
            used += (size_t)snprintf(list + used, MAX_LINE, "%s\"%s:%u\"", used == 0 ? "" : ", ",
                                     s->path, l);
        }
    }
    fprintf(report,
            "%s\n    {\"file\": \"%s\", \"lines\": %u, \"covered\": %u, \"exempt\": %u, "
            "\"uncovered\": [%s]}",
            is_first ? "" : ",", s->path, t.lines, t.covered, t.exempt, list);
    total->lines += t.lines;
    total->covered += t.covered;
    total->exempt += t.exempt;
}

int main(int argc, char **argv)
{
    if (argc < 8) {
        fputs("usage: coverage <percent> <report.json> <exempt.txt> <lines.lcov> <regions.json> "
              "<root> <file>...\n",
              stderr);
        return 2;
    }
    static struct source sources[MAX_FILES];
    const unsigned percent = (unsigned)strtoul(argv[1], NULL, 10), count = (unsigned)argc - 7;
    if (count > MAX_FILES) {
        die("too many files for", argv[0]);
    }
    read_exempts(argv[3]);
    const char *lcov = read_file(argv[4]), *json = read_file(argv[5]);
    FILE *report = fopen(argv[2], "w");
    if (report == NULL) {
        die("cannot write", argv[2]);
    }
    struct total total = {0};
    unsigned untaken = 0, sites = 0, files = 0;
    fputs("{\n  \"files\": [", report);
    for (unsigned i = 0; i < count; i++) {
        sources[i].path = argv[7 + i];
        read_source(&sources[i], argv[6]);
        if (read_lines(&sources[i], lcov)) {
            check_lines(report, &sources[i], &total, files++ == 0);
        } else if (strstr(sources[i].path, ".c") != NULL) {
            die("no line is counted in", sources[i].path);
        }
    }
    fputs("\n  ],\n  \"errors\": [", report);
    for (unsigned i = 0; i < count; i++) {
        const char *segments = find_segments(&sources[i], json);
        blank(&sources[i]);
        if (segments != NULL) {
            untaken += check_errors(report, &sources[i], segments, &sites);
        }
    }
    fprintf(report,
            "\n  ],\n  \"total\": {\"lines\": %u, \"covered\": %u, \"exempt\": %u, "
            "\"error_sites\": %u, \"errors_never_made\": %u}\n}\n",
            total.lines, total.covered, total.exempt, sites, untaken);
    fclose(report);

    bool is_good = untaken == 0;
    for (unsigned i = 0; i < exempt_count; i++) {
        if (exempts[i].used == 0) {
            fprintf(stderr, "coverage: nothing to exempt: %s | %s\n", exempts[i].file,
                    exempts[i].part);
            is_good = false;
        }
    }
    if (total.lines == 0 ||
        (unsigned long)total.covered * 100 < (unsigned long)total.lines * percent) {
        fprintf(stderr, "coverage: less than %u %% of the lines\n", percent);
        is_good = false;
    }
    printf("coverage: %u of %u lines in %u files, %u exempt; %u of %u errors made\n", total.covered,
           total.lines, files, total.exempt, sites - untaken, sites);
    return is_good ? 0 : 1;
}
