/* SPDX-License-Identifier: Apache-2.0 */
/* The fake's witness of TLB and caches: private to arch/host. */
#pragma once
#include <kaal/boot_params.h>

#include "arch/arch.h"

/* Power-on. */
void ghost_reset(void);

/* The kernel's own memory, which nobody writes from now on. */
void ghost_boot(const struct kaal_range *kernel);

/* Memory by its offset in RAM. */
void ghost_zeroed(uint64_t offset, size_t bytes);
void ghost_created(const void *vaddr, uint64_t offset, size_t bytes);

void ghost_pte_write(const pte_t *entry, pte_t value);
void ghost_flush_page(unsigned asid, vaddr_t vaddr);
void ghost_flush_asid(unsigned asid);

/* User space runs: it may make the TLB hold whatever the tables offer. */
void ghost_kernel_exit(void);

/* NULL, or which of KI-26, KI-28, KI-32 was broken first. */
const char *ghost_check(void);
