/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mapping pages, with page tables made as they turn out to be missing.
 */
#pragma once
#include <kaal/vspace.h>

#include <kaal/broker/memory.h>

/* sys_page_map(), taking missing tables from arena. */
KAAL_MUST_CHECK kaal_err_t map_page(struct arena *arena, kaal_cptr_t page, kaal_cptr_t vspace,
                                    uint64_t vaddr, uint64_t rights, uint64_t attrs);

/* Prepare copy_to_page(): a free page of the root task's own space at vaddr,
 * with tables from arena, which must outlive every copy. */
void copy_init(struct arena *arena, uint64_t vaddr);

/*
 * Copy into a page that is mapped nowhere, at byte offset. is_code: make it
 * fetchable as instructions.
 * Pre: offset + bytes <= 4096.
 */
KAAL_MUST_CHECK kaal_err_t copy_to_page(kaal_cptr_t page, uint64_t offset, const void *data,
                                        uint64_t bytes, int is_code);

/*
 * Map the page of device memory that holds paddr at vaddr of the root task's
 * own space, readable and writable. It stays mapped.
 * Errors: INVALID_ARGUMENT if it is not free device memory; the kernel's.
 */
KAAL_MUST_CHECK kaal_err_t map_device(struct arena *arena, uint64_t paddr, uint64_t vaddr);
