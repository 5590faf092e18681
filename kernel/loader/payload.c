/* SPDX-License-Identifier: Apache-2.0 */
#include "payload.h"

#include <stddef.h>
#include <string.h>

#include "check.h"

static const char part[] = "image";

static void check_header(const struct kaal_image_header *h, uint64_t room)
{
    need(room >= sizeof(*h) && h->magic == KAAL_IMAGE_MAGIC, part,
         "no packed system after the loader; start a complete image and load all of the file");
    need(h->version == KAAL_IMAGE_VERSION && h->abi == KAAL_ABI, part,
         "packed for another version of KaaL; pack it with the loader's own SDK");
    need(h->size <= room, part,
         "larger than the memory behind it; give the machine more or load the image lower");
    need(h->size >= sizeof(*h) && h->size % KAAL_PAGE_SIZE == 0 && h->entry_count != 0 &&
             h->entry_count <= KAAL_IMAGE_MAX_ENTRIES &&
             h->entry_count * sizeof(struct kaal_image_entry) <= h->size - sizeof(*h),
         part, "impossible size or number of entries; pack it again");
}

/* As words only: the checksum's reads must see these stores. */
static void check_sum(uint32_t *words, uint64_t count)
{
    uint32_t *sum = words + offsetof(struct kaal_image_header, checksum) / sizeof(*words);
    const uint32_t low = sum[0], high = sum[1];
    sum[0] = 0;
    sum[1] = 0;
    const uint64_t actual = kaal_image_checksum(words, count);
    sum[0] = low;
    sum[1] = high;
    need(actual == ((uint64_t)high << 32 | low), part,
         "wrong checksum, it is damaged or cut short; load the whole file again");
}

static void check_entry(const struct kaal_image_header *h, const struct kaal_image_entry *e)
{
    need(e->offset >= sizeof(*h) + h->entry_count * sizeof(*e) && e->offset <= h->size &&
             e->offset % KAAL_IMAGE_DATA_ALIGN == 0 && e->size <= h->size - e->offset,
         part, "entry outside the image; pack it again");
    need(memchr(e->name, '\0', KAAL_IMAGE_NAME_MAX) != NULL, part,
         "entry name without end; pack it again");
    need(e->kind >= KAAL_IMAGE_KERNEL && e->kind <= KAAL_IMAGE_SYSTEM, part,
         "entry of unknown kind; pack it with the loader's own SDK");
}

void payload_check(void *base, uint64_t room, struct payload *out)
{
    const struct kaal_image_header *h = base;
    const struct kaal_image_entry *found[KAAL_IMAGE_SYSTEM + 1] = {NULL};
    check_header(h, room);
    check_sum(base, h->size / sizeof(uint32_t));
    for (uint32_t i = 0; i < h->entry_count; i++) {
        const struct kaal_image_entry *e = &h->entries[i];
        check_entry(h, e);
        need(e->kind == KAAL_IMAGE_COMPONENT || found[e->kind] == NULL, part,
             "two kernels, root tasks or system tables; pack it again");
        found[e->kind] = e;
    }
    need(found[KAAL_IMAGE_KERNEL] != NULL && found[KAAL_IMAGE_ROOT] != NULL, part,
         "no kernel or no root task; pack it again");
    *out = (struct payload){
        .header = h,
        .kernel = found[KAAL_IMAGE_KERNEL],
        .root = found[KAAL_IMAGE_ROOT],
    };
}
