/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scalar types and fixed limits that kernel and user space share.
 * Usable from C and from assembler (constants only).
 */
#ifndef KAAL_ABI_TYPES_H
#define KAAL_ABI_TYPES_H

/* Version of everything under kaal/abi. A component and a kernel whose
 * numbers differ are never packed into one image. */
#define KAAL_ABI 1

/* log2 of the size of a capability slot in bytes. */
#define KAAL_SLOT_BITS 6

/* log2 of the smallest page, in bytes. */
#define KAAL_PAGE_BITS 12
#define KAAL_PAGE_SIZE 4096

/* log2 of the page sizes that can be mapped: 4 KiB, 2 MiB, 1 GiB. */
#define KAAL_PAGE_4K_BITS 12
#define KAAL_PAGE_2M_BITS 21
#define KAAL_PAGE_1G_BITS 30

/* Virtual addresses below this belong to user space. */
#define KAAL_USER_TOP 0x0000800000000000

/* Priorities run from 0 (lowest) to 255. */
#define KAAL_MAX_PRIORITY 255

/* Most objects that one sys_retype may create. */
#define KAAL_RETYPE_MAX 256

/* Bits in a capability pointer: the depth of an invocation's lookup. */
#define KAAL_CPTR_BITS 64

#ifndef __ASSEMBLER__
#include <stdint.h>

typedef uint64_t kaal_word_t;
typedef uint64_t kaal_cptr_t;
typedef uint64_t kaal_badge_t;
#endif

#endif
