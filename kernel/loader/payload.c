/* SPDX-License-Identifier: Apache-2.0 */
#include "payload.h"

#include <stddef.h>
#include <string.h>

static const char *check_header(const struct kaal_image_header *h, uint64_t room)
{
    if (room < sizeof(*h) || h->magic != KAAL_IMAGE_MAGIC) {
        return "no packed system after the loader; start a complete image, not the loader alone, "
               "and check that all of the file was loaded";
    }
    if (h->version != KAAL_IMAGE_VERSION) {
        return "unknown version of the image format; pack the image with the loader's own SDK";
    }
    if (h->abi != KAAL_ABI) {
        return "packed for another KaaL ABI; pack the image with the loader's own SDK";
    }
    if (h->size < sizeof(*h) || h->size % KAAL_PAGE_SIZE != 0) {
        return "impossible size in the header; pack the image again";
    }
    if (h->size > room) {
        return "larger than the memory behind it; give the machine more memory or load the image "
               "lower";
    }
    if (h->entry_count == 0 || h->entry_count > KAAL_IMAGE_MAX_ENTRIES ||
        h->entry_count * sizeof(struct kaal_image_entry) > h->size - sizeof(*h)) {
        return "impossible number of entries; pack the image again";
    }
    return NULL;
}

static const char *check_entry(const struct kaal_image_header *h, const struct kaal_image_entry *e)
{
    const uint64_t first = sizeof(*h) + h->entry_count * sizeof(*e);
    if (e->offset < first || e->offset > h->size || e->offset % KAAL_IMAGE_DATA_ALIGN != 0 ||
        e->size > h->size - e->offset) {
        return "entry outside the image; pack the image again";
    }
    if (strnlen(e->name, KAAL_IMAGE_NAME_MAX) == KAAL_IMAGE_NAME_MAX) {
        return "entry name without end; pack the image again";
    }
    if (e->kind < KAAL_IMAGE_KERNEL || e->kind > KAAL_IMAGE_SYSTEM) {
        return "entry of unknown kind; pack the image with the loader's own SDK";
    }
    return NULL;
}

static const char *check_entries(struct payload *out)
{
    const struct kaal_image_header *h = out->header;
    uint32_t systems = 0;
    for (uint32_t i = 0; i < h->entry_count; i++) {
        const struct kaal_image_entry *e = &h->entries[i];
        const char *error = check_entry(h, e);
        if (error != NULL) {
            return error;
        }
        if ((e->kind == KAAL_IMAGE_KERNEL && out->kernel != NULL) ||
            (e->kind == KAAL_IMAGE_ROOT && out->root != NULL) ||
            (e->kind == KAAL_IMAGE_SYSTEM && systems++ > 0)) {
            return "two kernels, root tasks or system tables; pack the image again";
        }
        if (e->kind == KAAL_IMAGE_KERNEL) {
            out->kernel = e;
        } else if (e->kind == KAAL_IMAGE_ROOT) {
            out->root = e;
        }
    }
    if (out->kernel == NULL || out->root == NULL) {
        return "no kernel or no root task; pack the image again";
    }
    return NULL;
}

const char *payload_check(void *base, uint64_t room, struct payload *out)
{
    struct kaal_image_header *h = base;
    *out = (struct payload){.header = h};
    const char *error = check_header(h, room);
    if (error != NULL) {
        return error;
    }
    /* As words only: the checksum's reads must see these stores. */
    uint32_t *words = base;
    uint32_t *sum = words + offsetof(struct kaal_image_header, checksum) / sizeof(*words);
    const uint32_t low = sum[0], high = sum[1];
    sum[0] = 0;
    sum[1] = 0;
    const uint64_t actual = kaal_image_checksum(words, h->size / sizeof(*words));
    sum[0] = low;
    sum[1] = high;
    if (actual != ((uint64_t)high << 32 | low)) {
        return "wrong checksum, the image is damaged or cut short; load the whole file again";
    }
    return check_entries(out);
}
