/* SPDX-License-Identifier: Apache-2.0 */
/* Any file is an image, or is refused; no bit of it is read out of bounds. */
#include <stdlib.h>
#include <string.h>

#include "elf_file.h"
#include "image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_elf(const uint8_t *data, size_t size)
{
    struct error e;
    struct bytes b = {malloc(size + 1), size};
    memcpy(b.data, data, size);
    if (elf_check(&b, ELF_COMPONENT, "x", &e)) {
        elf_strip(&b);
        if (b.size > size || !elf_check(&b, ELF_COMPONENT, "x", &e)) {
            abort();
        }
    }
    free(b.data);
}

/* A payload with a right header, so that what is behind it is reached. */
static void as_image(const uint8_t *data, size_t size)
{
    size_t whole = 8192 + ((size + 4095) & ~(size_t)4095);
    struct bytes b = {calloc(whole, 1), whole};
    memcpy(b.data + 16, &whole, 8);
    memcpy(b.data + 56, "ARM\x64", 4);
    struct kaal_image_header *h = (void *)(b.data + 4096);
    memcpy(h, data, size);
    h->magic = KAAL_IMAGE_MAGIC;
    h->version = KAAL_IMAGE_VERSION;
    h->abi = KAAL_ABI;
    h->size = whole - 4096;
    h->checksum = 0;
    h->checksum = kaal_image_checksum((const uint32_t *)h, h->size / 4);
    const struct kaal_image_header *found;
    struct error e;
    image_check(&b, &found, &e);
    free(b.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_elf(data, size);
    as_image(data, size);
    return 0;
}
