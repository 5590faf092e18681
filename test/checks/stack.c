/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack LIMIT REPORT DISASSEMBLY
 *
 * The deepest use of stack in a linked program, from the output of
 * "llvm-objdump -d --no-show-raw-insn --no-leading-addr": the frames of the
 * functions (what they subtract from sp) along every chain of calls. Prints
 * the worst chain, writes REPORT (JSON). Status 1 if it exceeds LIMIT bytes,
 * if functions call each other in a circle, or if a frame or a callee is not
 * known before the program runs (sp less a register, blr). A br is a switch:
 * it stays in its function. An exception taken in the kernel ends it, so that
 * chains do not nest.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FUNCTIONS_MAX = 4096, CALLS_MAX = 32768, NAME_BYTES = 96, LINE_BYTES = 512 };

struct function {
    char name[NAME_BYTES];
    unsigned frame; /* bytes of its own */
    unsigned depth; /* bytes with the deepest callee */
    int deepest;    /* that callee, or -1 */
    enum { NEW, OPEN, DONE } visit;
};

struct call {
    int from;
    char to[NAME_BYTES];
};

static struct function functions[FUNCTIONS_MAX];
static int function_count;
static struct call calls[CALLS_MAX];
static int call_count;
static int faults;

static void fault(int function, const char *what, const char *detail)
{
    fprintf(stderr, "stack: %s: %s%s\n", function < 0 ? "?" : functions[function].name, what,
            detail);
    faults++;
}

/* ---- Reading ------------------------------------------------------------------- */

/* "<name>" or "<name+0x10>" in text: the name. */
static bool symbol_in(const char *text, char name[NAME_BYTES])
{
    const char *open = strchr(text, '<');
    size_t n = 0;
    if (open == NULL) {
        return false;
    }
    for (const char *p = open + 1; *p != '\0' && *p != '>' && *p != '+'; p++) {
        if (n + 1 < NAME_BYTES) {
            name[n++] = *p;
        }
    }
    name[n] = '\0';
    return true;
}

static void begin_function(const char *line)
{
    if (function_count == FUNCTIONS_MAX) {
        fprintf(stderr, "stack: more than %d functions\n", FUNCTIONS_MAX);
        exit(2);
    }
    functions[function_count] = (struct function){.deepest = -1};
    symbol_in(line, functions[function_count].name);
    function_count++;
}

static void add_call(const char *operands)
{
    struct call *c = &calls[call_count];
    if (call_count + 1 == CALLS_MAX) {
        fprintf(stderr, "stack: more than %d calls\n", CALLS_MAX);
        exit(2);
    }
    if (!symbol_in(operands, c->to)) {
        fault(function_count - 1, "calls nothing that has a name: ", operands);
        return;
    }
    if (strcmp(c->to, functions[function_count - 1].name) == 0 && strchr(operands, '+') != NULL) {
        return; /* a jump within */
    }
    c->from = function_count - 1;
    call_count++;
}

static void parse_instruction(char *line)
{
    struct function *f = &functions[function_count - 1];
    char mnemonic[16];
    int used = 0;
    if (sscanf(line, " %15s%n", mnemonic, &used) != 1) {
        return;
    }
    const char *operands = line + used;
    while (isspace((unsigned char)*operands)) {
        operands++;
    }
    const char *decrement = strstr(operands, "[sp, #-");
    if (strcmp(mnemonic, "sub") == 0 && strncmp(operands, "sp, sp, #", 9) == 0) {
        f->frame += (unsigned)strtoul(operands + 9, NULL, 0);
    } else if (strcmp(mnemonic, "sub") == 0 && strncmp(operands, "sp, ", 4) == 0) {
        fault(function_count - 1, "has a frame of no fixed size: ", operands);
    } else if (decrement != NULL && strchr(operands, '!') != NULL) {
        f->frame += (unsigned)strtoul(decrement + 7, NULL, 0);
    } else if (strcmp(mnemonic, "blr") == 0) {
        fault(function_count - 1, "calls through a pointer: ", operands);
    } else if (strcmp(mnemonic, "bl") == 0 || mnemonic[0] == 'b' ||
               strncmp(mnemonic, "cb", 2) == 0 || strncmp(mnemonic, "tb", 2) == 0) {
        if (strchr(operands, '<') != NULL) {
            add_call(operands);
        }
    }
}

static void read_disassembly(const char *path)
{
    char line[LINE_BYTES];
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        fprintf(stderr, "stack: %s cannot be read\n", path);
        exit(2);
    }
    while (fgets(line, sizeof(line), f) != NULL) {
        const size_t length = strcspn(line, "\r\n");
        line[length] = '\0';
        if (line[0] == '<' && length > 1 && line[length - 1] == ':') {
            begin_function(line);
        } else if (function_count > 0 && isspace((unsigned char)line[0])) {
            parse_instruction(line);
        }
    }
    fclose(f);
}

/* ---- The deepest chain ------------------------------------------------------------ */

static int find(const char *name)
{
    for (int i = 0; i < function_count; i++) {
        if (strcmp(functions[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static void visit(int index)
{
    struct function *f = &functions[index];
    f->visit = OPEN;
    unsigned below = 0;
    for (int i = 0; i < call_count; i++) {
        const int callee = calls[i].from == index ? find(calls[i].to) : -1;
        /* A jump back to the own first instruction is a loop or a tail call. */
        if (callee < 0 || callee == index) {
            continue;
        }
        if (functions[callee].visit == OPEN) {
            fault(index, "is part of a recursion, it calls ", functions[callee].name);
            continue;
        }
        if (functions[callee].visit == NEW) {
            visit(callee);
        }
        if (functions[callee].depth > below || f->deepest < 0) {
            below = functions[callee].depth;
            f->deepest = callee;
        }
    }
    f->depth = f->frame + below;
    f->visit = DONE;
}

static int worst(void)
{
    int deepest = 0;
    for (int i = 0; i < function_count; i++) {
        if (functions[i].visit == NEW) {
            visit(i);
        }
        if (functions[i].depth > functions[deepest].depth) {
            deepest = i;
        }
    }
    return deepest;
}

static void write_report(const char *path, int deepest, unsigned limit)
{
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        fprintf(stderr, "stack: %s cannot be written\n", path);
        exit(2);
    }
    fprintf(f, "{\"limit\": %u, \"worst\": %u, \"functions\": %d, \"chain\": [", limit,
            functions[deepest].depth, function_count);
    for (int i = deepest; i >= 0; i = functions[i].deepest) {
        fprintf(f, "%s{\"function\": \"%s\", \"frame\": %u}", i == deepest ? "" : ", ",
                functions[i].name, functions[i].frame);
    }
    fprintf(f, "]}\n");
    fclose(f);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: stack LIMIT REPORT DISASSEMBLY\n");
        return 2;
    }
    const unsigned limit = (unsigned)strtoul(argv[1], NULL, 0);
    read_disassembly(argv[3]);
    if (function_count == 0) {
        fprintf(stderr, "stack: %s has no function\n", argv[3]);
        return 2;
    }
    const int deepest = worst();
    write_report(argv[2], deepest, limit);
    printf("stack: %u bytes of %u, %d functions; the worst chain:\n", functions[deepest].depth,
           limit, function_count);
    for (int i = deepest; i >= 0; i = functions[i].deepest) {
        printf("  %5u  %s\n", functions[i].frame, functions[i].name);
    }
    if (functions[deepest].depth > limit) {
        fprintf(stderr, "stack: more than %u bytes\n", limit);
        faults++;
    }
    return faults == 0 ? 0 : 1;
}
