/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a board's early.c gives to the loader: a console that works from the
 * first instruction, with the MMU off and before the devicetree is read.
 */
#pragma once
#include "driver/console/console.h"

#include <kaal/abi/bootinfo.h>

struct bsp_console {
    uint32_t kind;  /* enum kaal_console_kind */
    uint64_t paddr; /* of its registers, within one 4 KiB page */
};

/* The kernel's console too, unless the devicetree's stdout-path names another
 * that the kernel knows. */
extern const struct bsp_console bsp_console __attribute__((visibility("hidden")));

/* Makes bsp_putc() work. Called once, first. */
void bsp_early_init(void);

/* Sends c; gives up after a bounded wait. */
void bsp_putc(char c);
