/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are a packed system or a program, or are refused by the loader;
 * nothing outside is accessed, and what is accepted keeps elf.h's invariants. */
#include <stdlib.h>
#include <string.h>

#include "../unit/loader_fail.h"
#include "loader/elf.h"
#include "loader/memory.h"
#include "loader/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LOAD_MAX = 1 << 16, HEADER_BYTES = 120 };

static void fail_unless(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* E1 to E4 of an accepted program, and loading it stays in its pages. */
static void check_elf(const void *file, uint64_t size, const struct elf_image *image)
{
    bool entry = false;
    fail_unless(image->segment_count >= 1 && image->segment_count <= KAAL_BOOT_MAX_SEGMENTS);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *s = &image->segments[i];
        const uint64_t end = s->page_vaddr + s->page_bytes;
        fail_unless(s->page_vaddr >= KAAL_PAGE_SIZE && end > s->page_vaddr && end <= KAAL_USER_TOP);
        fail_unless(((s->page_vaddr | s->page_bytes) & PAGE_MASK) == 0);
        fail_unless(s->file_offset <= size && s->file_bytes <= size - s->file_offset);
        fail_unless(s->lead_bytes < KAAL_PAGE_SIZE &&
                    s->lead_bytes + s->file_bytes <= s->page_bytes);
        fail_unless((s->flags & (ELF_PF_W | ELF_PF_X)) != (ELF_PF_W | ELF_PF_X));
        fail_unless(i == 0 || s[-1].page_vaddr + s[-1].page_bytes <= s->page_vaddr);
        entry = entry ||
                ((s->flags & ELF_PF_X) != 0 && image->entry >= s->page_vaddr && image->entry < end);
        if (s->page_bytes <= LOAD_MAX) {
            void *pages = malloc(s->page_bytes);
            elf_load(file, s, pages);
            free(pages);
        }
    }
    fail_unless(entry && image->entry % 4 == 0);
}

static void as_elf(const uint8_t *data, size_t size)
{
    struct elf_image image;
    uint8_t *file = malloc(size + (size == 0));
    memcpy(file, data, size);
    ATTEMPT(elf_read("fuzz", file, size, KAAL_PAGE_SIZE, KAAL_USER_TOP, &image));
    if (loader_error == NULL) {
        check_elf(file, size, &image);
    }
    if (size >= HEADER_BYTES) { /* with the parts that chance does not find */
        static const unsigned char head[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
        static const unsigned char machine[] = {2, 0, 183, 0};
        memcpy(file, head, sizeof(head));
        memcpy(file + 16, machine, sizeof(machine));
        memcpy(file + 32, &(uint64_t){64}, 8);
        memcpy(file + 54, &(uint16_t){56}, 2);
        memcpy(file + 56, &(uint16_t){1}, 2);
        memcpy(file + 64, &(uint32_t){1}, 4);
        ATTEMPT(elf_read("fuzz", file, size, KAAL_PAGE_SIZE, KAAL_USER_TOP, &image));
        if (loader_error == NULL) {
            check_elf(file, size, &image);
        }
    }
    free(file);
}

static void check_payload(const uint8_t *base, uint64_t size, const struct payload *p)
{
    const struct kaal_image_entry *entries[] = {p->kernel, p->root};
    for (unsigned i = 0; i < 2; i++) {
        fail_unless((const uint8_t *)entries[i] >= base &&
                    (const uint8_t *)(entries[i] + 1) <= base + size);
        const uint8_t *bytes = payload_data(p, entries[i]);
        fail_unless(bytes >= base && bytes <= base + size &&
                    entries[i]->size <= (uint64_t)(base + size - bytes));
    }
}

/* With a right header and checksum, so that the entries are reached. */
static void as_payload(const uint8_t *data, size_t size)
{
    const size_t whole = (size + 63 + sizeof(struct kaal_image_header) + PAGE_MASK) & ~PAGE_MASK;
    uint8_t *base = aligned_alloc(64, whole);
    struct payload payload;
    memset(base, 0, whole);
    memcpy(base, data, size);
    ATTEMPT(payload_check(base, size, &payload));
    struct kaal_image_header h = {KAAL_IMAGE_MAGIC, KAAL_IMAGE_VERSION, KAAL_ABI, 0, whole, 0};
    h.entry_count = size > 0 ? data[0] % 8 : 0;
    memcpy(base, &h, sizeof(h));
    memcpy(base + sizeof(h), data, size);
    uint32_t *words = malloc(whole);
    memcpy(words, base, whole);
    h.checksum = kaal_image_checksum(words, whole / sizeof(*words));
    free(words);
    memcpy(base, &h, sizeof(h));
    ATTEMPT(payload_check(base, whole, &payload));
    if (loader_error == NULL) {
        check_payload(base, whole, &payload);
    }
    free(base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_elf(data, size);
    as_payload(data, size);
    return 0;
}
