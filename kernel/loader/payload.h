/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of the packed system that follows the loader, before anything in it
 * is believed. A bad one is refused, see check.h. Pure C, tested and fuzzed on
 * the host.
 */
#pragma once
#include <stdint.h>

#include <kaal/abi/image.h>

struct payload {
    const struct kaal_image_header *header;
    const struct kaal_image_entry *kernel;
    const struct kaal_image_entry *root;
};

/* Checks the header at base, of which room bytes may be read, its checksum and
 * its entries. base: a multiple of 8; its checksum word is written for a
 * moment and restored. O(size of the payload). */
void payload_check(void *base, uint64_t room, struct payload *out);

/* An entry's bytes. */
static inline const void *payload_data(const struct payload *p, const struct kaal_image_entry *e)
{
    return (const char *)p->header + e->offset;
}
