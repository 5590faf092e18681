/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From checked input to what the kernel starts with: where everything goes,
 * its copies there, and the tables that show it to the kernel. Each function
 * needs what those above it have done. The result is boot_params.h's contract.
 */
#pragma once
#include <stdint.h>

#include <kaal/boot_params.h>

#include "elf.h"
#include "memory.h"
#include "mmu.h"
#include "payload.h"

/* The kernel with its tables and parameters fills a multiple of this. */
#define BOOT_KERNEL_ALIGN     (2ULL << 20)
#define BOOT_MAX_KERNEL_BYTES (32ULL << 20)

/* Pages for tables that the kernel's region has at least. Enough for 45 window
 * ranges of 4 tables each, the largest interrupt controller and kernel. */
#define BOOT_MIN_TABLES 256U

struct boot {
    struct kaal_boot_params params;
    struct memory_map map;
    struct range_list window; /* what KAAL_WINDOW_BASE shows */
    struct payload payload;
    struct elf_image kernel;
    struct elf_image root;
    uint64_t kernel_bytes; /* its image in memory, from KAAL_KERNEL_BASE on */
    struct mmu_tables tables;
    uint64_t ttbr0;
    uint64_t ttbr1;
};

/* Reads the two programs of b->payload. */
void boot_read_programs(struct boot *b);

/* Chooses places for kernel, tables and root task, and settles which memory is
 * free. The loader's image is [image, image_end), the payload follows it. Its
 * first page is given to nobody, the others are free once the kernel runs.
 * Fills params.mem, ram, kernel, devicetree, segments and root_entry. */
void boot_place(struct boot *b, uint64_t image, uint64_t image_end);

/* Copies kernel and root task to their places. */
void boot_load(struct boot *b);

/* Builds the kernel's tables, b->ttbr1. */
void boot_map_kernel(struct boot *b);

/* Builds b->ttbr0: the loader, text [image, text_end), data up to image_end,
 * and the page of the board's console, all one to one. */
void boot_map_loader(struct boot *b, uint64_t image, uint64_t text_end, uint64_t image_end,
                     uint64_t console);

/* Copies the parameters to their place; returns their kernel virtual address. */
uint64_t boot_store_params(struct boot *b);
