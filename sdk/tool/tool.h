/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host tool: what its files share.
 *
 * A function that can fail returns false and leaves one sentence for the user
 * in struct error. Only main() and the commands print.
 */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error {
    char text[1024];
    bool has_place; /* text begins with a file and a line */
};

struct bytes {
    uint8_t *data;
    size_t size;
};

/* Stores the sentence; returns false, so that callers can return it. */
bool set_error(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The whole file. The caller frees data. */
bool read_file(const char *path, struct bytes *out, struct error *e);

/* Writes a temporary file beside path and renames it: path is whole or as before. */
bool write_file(const char *path, const void *data, size_t size, struct error *e);

/* Like malloc and realloc, but end the program when there is no memory. */
void *xrealloc(void *p, size_t size);
void *xcalloc(size_t count, size_t size);
char *xstrndup(const char *s, size_t n);

/* Takes the next word off *at, in place: up to a blank that is not between double
 * quotes, which are dropped. NULL at the end of the line and at a '#'. */
char *next_word(char **at);

/* Commands: argv[0] is the command's name; return the exit status. */
int cmd_pack(int argc, char **argv);
int cmd_boards(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_expect(int argc, char **argv);
