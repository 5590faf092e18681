/* SPDX-License-Identifier: Apache-2.0 */
/*
 * generate OUTPUT HEADER...
 *
 * Write the reference manual to OUTPUT: every system call and invocation of
 * the tables in kaal/abi, from the comment above its C function. Each comment
 * has a purpose and the parts Rights, Arguments, Returns, Errors and Notes.
 * Status 1, and a line for each fault on stderr, if an entry lacks a part, an
 * error that errors.def does not know is named, or a call has no function.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KAAL_DEBUG_SYSCALL(NAME, name, number) KAAL_SYSCALL(NAME, name, number)

enum part { PURPOSE, RIGHTS, ARGUMENTS, RETURNS, ERRORS, NOTES, PARTS };
static const char *const part_name[PARTS] = {"purpose", "Rights", "Arguments",
                                             "Returns", "Errors", "Notes"};

enum { TEXT_MAX = 4096, NAME_MAX_BYTES = 96, ENTRIES_MAX = 256 };

/* A documented C function and the call it makes. */
struct entry {
    char function[NAME_MAX_BYTES];
    char call[NAME_MAX_BYTES]; /* INV_CNODE_COPY, SYS_CALL */
    char signature[TEXT_MAX];
    char part[PARTS][TEXT_MAX];
    const char *header;
};

static struct entry entries[ENTRIES_MAX];
static unsigned entry_count;
static unsigned faults;

static void fault(const char *header, const char *function, const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s: %s%s\n", header, function, what, detail);
    faults++;
}

/* ---- Tables --------------------------------------------------------------------- */

struct row {
    const char *call, *object, *name;
    int number, words, caps;
};

static const struct row syscalls[] = {
#define KAAL_SYSCALL(NAME, name, number) {"SYS_" #NAME, "", #name, number, 0, 0},
#include <kaal/abi/syscalls.def>
#undef KAAL_SYSCALL
};

static const struct row invocations[] = {
#define KAAL_INVOCATION(OBJECT, NAME, label, nargs, ncaps, handler) \
    {"INV_" #OBJECT "_" #NAME, #OBJECT, #NAME, label, nargs, ncaps},
#include <kaal/abi/invocations.def>
#undef KAAL_INVOCATION
};

static const struct {
    const char *name, *text;
    int number;
} errors[] = {
#define KAAL_ERROR(NAME, number, text) {#NAME, text, number},
#include <kaal/abi/errors.def>
#undef KAAL_ERROR
};

static const struct {
    const char *name;
    int label, length;
} fault_table[] = {
#define KAAL_FAULT(NAME, label, length) {#NAME, label, length},
#include <kaal/abi/faults.def>
#undef KAAL_FAULT
};

static const struct {
    const char *name;
    int number, min, max, device;
} objects[] = {
#define KAAL_OBJECT(NAME, prefix, number, min_bits, max_bits, device_ok) \
    {#NAME, number, min_bits, max_bits, device_ok},
#include <kaal/abi/objects.def>
#undef KAAL_OBJECT
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Reading headers ------------------------------------------------------------- */

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    const long size = ftell(f);
    char *text = calloc((size_t)size + 1, 1);
    rewind(f);
    if (text == NULL || fread(text, 1, (size_t)size, f) != (size_t)size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    fclose(f);
    return text;
}

static void append(char text[TEXT_MAX], const char *words, size_t length)
{
    const size_t used = strlen(text);
    if (length == 0) {
        return;
    }
    if (used + length + 2 > TEXT_MAX) {
        fprintf(stderr, "a comment is longer than %d characters\n", TEXT_MAX);
        exit(2);
    }
    if (used > 0) {
        strcat(text, " ");
    }
    strncat(text, words, length);
}

/* The part that a line begins, or PARTS; *rest is behind the colon. */
static enum part begins_part(const char *line, const char **rest)
{
    for (int p = RIGHTS; p < PARTS; p++) {
        const size_t length = strlen(part_name[p]);
        if (strncmp(line, part_name[p], length) == 0 && line[length] == ':') {
            *rest = line + length + 1;
            return (enum part)p;
        }
    }
    return PARTS;
}

static void parse_comment(struct entry *e, const char *begin, const char *end)
{
    enum part part = PURPOSE;
    for (const char *line = begin; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const char *next = stop == NULL ? end : stop + 1;
        stop = stop == NULL ? end : stop;
        while (line < stop && (isspace((unsigned char)*line) || *line == '*' || *line == '/')) {
            line++;
        }
        const char *rest = line;
        const enum part begun = begins_part(line, &rest);
        if (begun != PARTS) {
            part = begun;
            line = rest;
        }
        while (line < stop && isspace((unsigned char)*line)) {
            line++;
        }
        while (stop > line && (isspace((unsigned char)stop[-1]))) {
            stop--;
        }
        append(e->part[part], line, (size_t)(stop - line));
        line = next;
    }
}

static void copy_name(char out[NAME_MAX_BYTES], const char *from)
{
    size_t n = 0;
    while (n + 1 < NAME_MAX_BYTES && (isalnum((unsigned char)from[n]) || from[n] == '_')) {
        out[n] = from[n];
        n++;
    }
    out[n] = '\0';
}

static void parse_signature(struct entry *e, const char *begin, const char *end)
{
    static const char attribute[] = "KAAL_MUST_CHECK ";
    static const char storage[] = "static inline ";
    if (strncmp(begin, attribute, sizeof(attribute) - 1) == 0) {
        begin += sizeof(attribute) - 1;
    }
    if (strncmp(begin, storage, sizeof(storage) - 1) == 0) {
        begin += sizeof(storage) - 1;
    }
    for (const char *p = begin; p < end;) {
        const char *word = p;
        while (p < end && !isspace((unsigned char)*p)) {
            p++;
        }
        append(e->signature, word, (size_t)(p - word));
        while (p < end && isspace((unsigned char)*p)) {
            p++;
        }
    }
    const char *open = memchr(begin, '(', (size_t)(end - begin));
    const char *name = open;
    while (name != NULL && name > begin && (isalnum((unsigned char)name[-1]) || name[-1] == '_')) {
        name--;
    }
    if (name != NULL) {
        copy_name(e->function, name);
    }
}

/* One function: comment, signature, body. Kept if it makes a call. */
static void parse_function(const char *header, const char *comment, const char *comment_end,
                           const char *begin, const char *body, const char *end)
{
    static const char *const prefixes[] = {"KAAL_INV_", "KAAL_SYS_"};
    const char *call = NULL;
    for (const char *p = body; p + 9 < end && call == NULL; p++) {
        for (unsigned i = 0; i < COUNT(prefixes); i++) {
            if (strncmp(p, prefixes[i], strlen(prefixes[i])) == 0) {
                call = p + strlen("KAAL_");
            }
        }
    }
    if (call == NULL) {
        return;
    }
    if (entry_count == ENTRIES_MAX) {
        fprintf(stderr, "more than %d functions\n", ENTRIES_MAX);
        exit(2);
    }
    struct entry *e = &entries[entry_count];
    *e = (struct entry){.header = header};
    copy_name(e->call, call);
    parse_signature(e, begin, body);
    if (strncmp(e->function, "sys_", 4) != 0 && strncmp(e->function, "kaal_debug_", 11) != 0) {
        return;
    }
    parse_comment(e, comment, comment_end);
    entry_count++;
}

static void parse_header(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *header = slash == NULL ? path : slash + 1;
    char *text = read_file(path);

    for (const char *p = strstr(text, "\n{\n"); p != NULL; p = strstr(p + 1, "\n{\n")) {
        const char *end = strstr(p, "\n}\n");
        const char *begin = p;
        while (begin > text && !(begin[-1] == '\n' &&
                                 (begin == text + 1 || begin[-2] == '\n' || begin[-2] == '/'))) {
            begin--;
        }
        const char *comment_end = begin;
        const char *comment = begin;
        if (begin - text > 3 && begin[-2] == '/' && begin[-3] == '*') {
            comment_end = begin - 3;
            comment = comment_end;
            while (comment > text && strncmp(comment, "/*", 2) != 0) {
                comment--;
            }
        }
        if (end != NULL) {
            parse_function(header, comment, comment_end, begin, p, end);
        }
    }
    free(text);
}

/* ---- Checking --------------------------------------------------------------------- */

static bool is_error(const char *name)
{
    for (size_t i = 0; i < COUNT(errors); i++) {
        if (strcmp(errors[i].name, name) == 0) {
            return true;
        }
    }
    return strcmp(name, "CAP") == 0;
}

/* Words in capitals in Errors are names of errors, or CAP of the fault. */
static void check_errors(const struct entry *e)
{
    const char *p = e->part[ERRORS];
    while (*p != '\0') {
        char word[NAME_MAX_BYTES];
        copy_name(word, p);
        const size_t length = strlen(word);
        bool capitals = length > 3;
        for (size_t i = 0; i < length; i++) {
            capitals = capitals && (isupper((unsigned char)word[i]) || word[i] == '_');
        }
        const bool is_other = strncmp(word, "KAAL_", 5) == 0 || strcmp(word, "PSCI") == 0;
        if (capitals && !is_other && !is_error(word)) {
            fault(e->header, e->function, "errors.def has no ", word);
        }
        p += length > 0 ? length : 1;
    }
}

static void check_entry(const struct entry *e)
{
    for (int p = 0; p < PARTS; p++) {
        if (e->part[p][0] == '\0') {
            fault(e->header, e->function, "lacks the part ", part_name[p]);
        }
    }
    check_errors(e);
}

static unsigned functions_of(const char *call)
{
    unsigned count = 0;
    for (unsigned i = 0; i < entry_count; i++) {
        count += strcmp(entries[i].call, call) == 0 ? 1 : 0;
    }
    return count;
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (functions_of(rows[i].call) == 0) {
            fault("kaal/abi", rows[i].call, "has no C function", "");
        }
    }
}

/* ---- Writing ---------------------------------------------------------------------- */

static void write_entry(FILE *out, const struct entry *e)
{
    fprintf(out, "```c\n%s;\n```\n\n%s\n\n", e->signature, e->part[PURPOSE]);
    for (int p = RIGHTS; p < PARTS; p++) {
        fprintf(out, "- **%s**: %s\n", part_name[p], e->part[p]);
    }
    fprintf(out, "\nHeader: `kaal/%s`\n\n", e->header);
}

static void write_rows(FILE *out, const struct row *rows, size_t count, bool are_invocations)
{
    const char *object = "";
    for (size_t i = 0; i < count; i++) {
        if (are_invocations && strcmp(object, rows[i].object) != 0) {
            object = rows[i].object;
            fprintf(out, "## %s\n\n", object);
        }
        fprintf(out, "### %s%s%s\n\n", rows[i].object, are_invocations ? " " : "", rows[i].name);
        if (are_invocations) {
            fprintf(out, "Label %d, at least %d words and %d capabilities.\n\n", rows[i].number,
                    rows[i].words, rows[i].caps);
        } else {
            fprintf(out, "Number %d.\n\n", rows[i].number);
        }
        for (unsigned k = 0; k < entry_count; k++) {
            if (strcmp(entries[k].call, rows[i].call) == 0) {
                write_entry(out, &entries[k]);
            }
        }
    }
}

static void write_tables(FILE *out)
{
    fprintf(out, "## Errors\n\n| Error | Number | Meaning |\n|---|---|---|\n");
    for (size_t i = 0; i < COUNT(errors); i++) {
        fprintf(out, "| %s | %d | %s |\n", errors[i].name, errors[i].number, errors[i].text);
    }
    fprintf(out, "\n## Faults\n\n| Fault | Label | Words |\n|---|---|---|\n");
    for (size_t i = 0; i < COUNT(fault_table); i++) {
        fprintf(out, "| %s | %d | %d |\n", fault_table[i].name, fault_table[i].label,
                fault_table[i].length);
    }
    fprintf(out, "\n## Objects\n\n| Object | Number | Least size (bits) | Greatest | From device "
                 "memory |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < COUNT(objects); i++) {
        fprintf(out, "| %s | %d | %d | %d | %s |\n", objects[i].name, objects[i].number,
                objects[i].min, objects[i].max, objects[i].device ? "yes" : "no");
    }
}

static void write_all(FILE *out)
{
    fprintf(out,
            "# Reference: system calls and invocations\n\n"
            "Made from `kernel/include/kaal/abi/*.def` and the comments in `sdk/include/kaal/*.h` "
            "by the target `reference`;\ndo not edit. What objects, rights, messages and lookups "
            "are: [abi.md](../abi.md).\n\n"
            "Every invocation can also return ILLEGAL_OPERATION (unknown label, or another "
            "object's)\nand TRUNCATED_MESSAGE (fewer words or capabilities than it takes).\n\n"
            "# System calls\n\n");
    write_rows(out, syscalls, COUNT(syscalls), false);
    fprintf(out, "# Invocations\n\n");
    write_rows(out, invocations, COUNT(invocations), true);
    fprintf(out, "# Tables\n\n");
    write_tables(out);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: generate OUTPUT HEADER...\n");
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        parse_header(argv[i]);
    }
    for (unsigned i = 0; i < entry_count; i++) {
        check_entry(&entries[i]);
    }
    check_rows(syscalls, COUNT(syscalls));
    check_rows(invocations, COUNT(invocations));

    FILE *out = fopen(argv[1], "wb");
    if (out == NULL) {
        fprintf(stderr, "%s: cannot be written\n", argv[1]);
        return 2;
    }
    write_all(out);
    if (fclose(out) != 0) {
        return 2;
    }
    printf("reference: %zu system calls, %zu invocations, %u functions, %u faults\n",
           COUNT(syscalls), COUNT(invocations), entry_count, faults);
    return faults == 0 ? 0 : 1;
}
