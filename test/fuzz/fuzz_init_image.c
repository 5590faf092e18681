/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init's readers of ELFs and packed systems: whatever they accept, all that
 * it names lies inside the input and keeps the promises of the headers.
 */
#include <kaal/abi/ring.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/broker/init/elf.h"
#include "sdk/broker/init/system.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(int holds)
{
    if (!holds) {
        abort();
    }
}

static void check_elf(const uint8_t *data, uint64_t size)
{
    struct elf_plan plan;
    bool has_entry = false;
    if (elf_check(data, size, &plan) != NULL) {
        return;
    }
    for (unsigned i = 0; i < plan.segment_count; i++) {
        const struct elf_segment *s = &plan.segments[i];
        need(!(s->is_writable && s->is_executable));
        need(s->mem_bytes > 0 && s->file_bytes <= s->mem_bytes);
        need(s->vaddr >= ELF_LOW && s->vaddr + s->mem_bytes <= ELF_HIGH);
        need(s->data >= data && s->file_bytes <= size &&
             (uint64_t)(s->data - data) <= size - s->file_bytes);
        has_entry |= s->is_executable && plan.entry - s->vaddr < s->file_bytes;
    }
    need(has_entry);
}

static void check_system(const uint8_t *data, uint64_t size)
{
    static struct system system;
    if (system_check(data, size, &system) != NULL) {
        return;
    }
    for (unsigned i = 0; i < system.instance_count; i++) {
        uint64_t elf_size;
        const uint8_t *elf = system_elf(&system, i, &elf_size);
        need(elf >= data && elf_size <= size && (uint64_t)(elf - data) <= size - elf_size);
        need(strlen(system.instances[i].name) < KAAL_IMAGE_NAME_MAX);
        check_elf(elf, elf_size);
    }
    for (unsigned c = 0; c < system.channel_count; c++) {
        need(system.port_instance[system.channels[c].from] < system.instance_count);
        need(system.port_instance[system.channels[c].to] < system.instance_count);
    }
    for (unsigned r = 0; r < system.ring_count; r++) {
        const struct kaal_system_ring *ring = &system.rings[r];
        need(system.port_instance[ring->from] < system.instance_count);
        need(system.port_instance[ring->to] < system.instance_count);
        need(system.port_ring[ring->from] == r && system.port_ring[ring->to] == r);
        need(kaal_ring_bytes(ring->slots, ring->slot_size) != 0);
    }
    for (unsigned g = 0; g < system.grant_count; g++) {
        need(system.port_instance[system.grants[g].port] < system.instance_count);
        need(strlen(system.grants[g].role) < sizeof(system.grants[g].role));
    }
}

/* Guessing magic numbers and checksums proves nothing: they are set, and the
 * input says the rest. */
static void mend_elf(uint8_t *data, size_t size)
{
    static const uint8_t start[20] = {0x7f, 'E', 'L', 'F', 2, 1, 1, [16] = 2, [18] = 183};
    static const uint32_t note[6] = {5, 4, 1, 0x4c61614b, 0, KAAL_ABI};
    enum { PHOFF = 32, PHENTSIZE = 54, PHNUM = 56, HEADERS = 64, HEADER = 56 };
    if (size < HEADERS + HEADER + sizeof(note)) {
        return;
    }
    memcpy(data, start, sizeof(start));
    data[PHENTSIZE] = HEADER;
    data[PHENTSIZE + 1] = 0;
    data[PHNUM] %= 12;
    data[PHNUM + 1] = 0;
    memcpy(data + PHOFF, &(uint64_t){HEADERS}, sizeof(uint64_t));
    /* The first header is the note, at the end of the file. */
    memcpy(data + size - sizeof(note), note, sizeof(note));
    memcpy(data + HEADERS, &(uint32_t){4}, sizeof(uint32_t));
    memcpy(data + HEADERS + 8, &(uint64_t){size - sizeof(note)}, sizeof(uint64_t));
    memcpy(data + HEADERS + 32, &(uint64_t){sizeof(note)}, sizeof(uint64_t));
    for (size_t h = HEADERS + HEADER; h + HEADER <= size; h += HEADER) {
        data[h] = 1 + data[h] % 4;
        memset(data + h + 1, 0, 3);
    }
}

enum { ENTRIES = 3, TABLE = 320, IMAGE = 2 * KAAL_PAGE_SIZE };

/* An image of two pages whose table is the input. */
static void check_table(const uint8_t *data, size_t size)
{
    void *copy = NULL;
    need(posix_memalign(&copy, KAAL_PAGE_SIZE, IMAGE) == 0);
    memset(copy, 0, IMAGE);
    uint8_t *image = copy;
    struct kaal_image_header *header = copy;
    memcpy(image + TABLE, data, size < IMAGE - TABLE ? size : IMAGE - TABLE);
    *header = (struct kaal_image_header){
        .magic = KAAL_IMAGE_MAGIC,
        .version = KAAL_IMAGE_VERSION,
        .abi = KAAL_ABI,
        .entry_count = ENTRIES,
        .size = IMAGE,
    };
    header->entries[0] = (struct kaal_image_entry){KAAL_IMAGE_KERNEL, 0, 0, 64, "kernel"};
    header->entries[1] = (struct kaal_image_entry){KAAL_IMAGE_COMPONENT, 0, 64, 640, "thing"};
    header->entries[2] = (struct kaal_image_entry){KAAL_IMAGE_SYSTEM, 0, TABLE, IMAGE - TABLE, "s"};
    struct kaal_system *table = (struct kaal_system *)(void *)(image + TABLE);
    table->magic = KAAL_SYSTEM_MAGIC;
    table->version = KAAL_SYSTEM_VERSION;
    header->checksum = kaal_image_checksum(copy, IMAGE / 4);
    check_system(copy, IMAGE);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* In memory that ends where the input does. */
    void *copy = NULL;
    need(posix_memalign(&copy, KAAL_PAGE_SIZE, size) == 0);
    memcpy(copy, data, size);
    check_elf(copy, size);
    check_system(copy, size);
    mend_elf(copy, size);
    check_elf(copy, size);
    free(copy);
    check_table(data, size);
    return 0;
}
