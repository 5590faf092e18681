/* SPDX-License-Identifier: Apache-2.0 */
/* The loader's parts that run on the board only. */
#pragma once
#include <stdint.h>

/* loader.ld. The payload begins at __image_end. */
#pragma GCC visibility push(hidden)
extern char _start[], __text_end[], __image_end[];
#pragma GCC visibility pop

/* start.S: stops the core in the first page. */
_Noreturn void park(void);

/* start.S: MMU and caches on, then the kernel. Order of fields: enter_kernel. */
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
