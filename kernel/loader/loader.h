/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader's parts that run on the board only.
 *
 * Functions that check something outside the loader return an error text,
 * "what is wrong; what to do", or NULL. Nothing is retried: the loader prints
 * one line, "LOADER ERROR: <part>: <text>", and stops.
 */
#pragma once
#include <stdint.h>

/* loader.ld. The payload begins at __image_end. */
#pragma GCC visibility push(hidden)
extern char _start[], __text_end[], __image_end[];
#pragma GCC visibility pop

/* start.S: stops the core in the first page. */
_Noreturn void park(void);

/* start.S. Order of the fields: enter_kernel. */
struct mmu_registers {
    uint64_t ttbr0;
    uint64_t ttbr1;
    uint64_t tcr;
    uint64_t mair;
    uint64_t sctlr;
};
_Noreturn void enter_kernel(const struct mmu_registers *r, uint64_t entry, uint64_t params);

/* Called by start.S. el: exception level 1 to 3 that the image was entered at. */
void loader_early(uint64_t el);
_Noreturn void loader_main(uint64_t devicetree, uint64_t el);
_Noreturn void loader_exception(uint64_t el, uint64_t esr, uint64_t elr, uint64_t far);

/* print.c: the board's early console. A newline becomes CR LF. */
void print_str(const char *s);
void print_hex(uint64_t value);
void print_dec(uint64_t value);
_Noreturn void loader_fail(const char *part, const char *error);
