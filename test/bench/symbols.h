/* SPDX-License-Identifier: Apache-2.0 */
/* The symbols of an ELF file, as "llvm-nm --numeric-sort" prints them. */
#pragma once
#include <stdint.h>
#include <stdio.h>

enum { SYMBOL_NAME_BYTES = 64, SYMBOLS_MAX = 4096 };

struct symbol {
    uint64_t address;
    char name[SYMBOL_NAME_BYTES];
    unsigned used; /* instructions since the sample began */
};

struct symbols {
    struct symbol all[SYMBOLS_MAX];
    int count;
};

/* Of the kernel: its functions, and its data. */
extern struct symbols functions, variables;

void symbols_read(const char *path);

/* The function of that name in another file. */
uint64_t symbol_in(const char *path, const char *name);

/* What an address lies in: the last that begins at or below it. */
struct symbol *symbol_at(struct symbols *symbols, uint64_t address);

/* fopen() that ends the program if it fails. */
FILE *open_file(const char *path, const char *mode);
