/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

static const char help[] = "usage: kaal check image.bin\n\n"
                           "Verifies a packed image and lists its entries and its system. Entries\n"
                           "with the same size and hash (FNV-1a, 64 bits) are the same file.\n\n"
                           "Exit status: 0 whole, 1 damaged or not an image, 2 wrong usage.\n";

static const char *const entry_kinds[] = {"?", "kernel", "root", "component", "system"};
static const char *const port_kinds[] = {"?",     "calls",    "serves", "notifies", "notified",
                                         "sends", "receives", "irq",    "caps"};

/* Tells files apart that were not made to collide. */
static uint64_t fnv1a(const uint8_t *data, uint64_t size)
{
    uint64_t hash = 0xcbf29ce484222325U;
    for (uint64_t i = 0; i < size; i++) {
        hash = (hash ^ data[i]) * 0x100000001b3U;
    }
    return hash;
}

static void print_system(const uint8_t *data)
{
    const struct kaal_system *s = (const struct kaal_system *)(const void *)data;
    const struct kaal_system_instance *in =
        (const struct kaal_system_instance *)(const void *)(s + 1);
    const struct kaal_system_port *ports =
        (const struct kaal_system_port *)(const void *)(in + s->instance_count);
    const struct kaal_system_channel *ch =
        (const struct kaal_system_channel *)(const void *)(ports + s->port_count);
    for (uint32_t i = 0; i < s->instance_count; i++) {
        printf("instance %s: entry %u, priority %u, %llu of every %llu us, stack %llu KiB\n",
               in[i].name, in[i].component, in[i].priority, (unsigned long long)in[i].budget_us,
               (unsigned long long)in[i].period_us, (unsigned long long)in[i].stack_bytes / 1024);
        for (uint32_t p = 0; p < in[i].port_count; p++) {
            const struct kaal_system_port *port = &ports[in[i].first_port + p];
            printf("  port %u %.*s %s%s\n", in[i].first_port + p, (int)sizeof(port->name),
                   port->name, port->kind <= KAAL_PORT_CAPS ? port_kinds[port->kind] : "?",
                   port->optional ? " optional" : "");
        }
    }
    for (uint32_t i = 0; i < s->channel_count; i++) {
        printf("channel port %u -> port %u\n", ch[i].from, ch[i].to);
    }
    const struct kaal_system_ring *ring =
        (const struct kaal_system_ring *)(const void *)(ch + s->channel_count);
    for (uint32_t i = 0; i < s->ring_count; i++) {
        printf("ring port %u -> port %u, %u slots of %u bytes\n", ring[i].from, ring[i].to,
               ring[i].slots, ring[i].slot_size);
    }
    const struct kaal_system_grant *grant =
        (const struct kaal_system_grant *)(const void *)(ring + s->ring_count);
    for (uint32_t i = 0; i < s->grant_count; i++) {
        printf("grant port %u: %s\n", grant[i].port, grant[i].role);
    }
}

int cmd_check(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return 0;
    }
    if (argc != 2 || argv[1][0] == '-') {
        fputs(help, stderr);
        return 2;
    }
    struct error e;
    struct bytes image = {0};
    const struct kaal_image_header *h = NULL;
    if (!read_file(argv[1], &image, &e) || !image_check(&image, &h, &e)) {
        fprintf(stderr, "kaal check: %s: %s\n", argv[1], e.text);
        free(image.data);
        return 1;
    }
    printf("%s: loader %zu KiB, payload %llu KiB, ABI %u, checksum 0x%016llx\n", argv[1],
           ((size_t)((const uint8_t *)h - image.data)) / 1024, (unsigned long long)h->size / 1024,
           h->abi, (unsigned long long)h->checksum);
    for (uint32_t i = 0; i < h->entry_count; i++) {
        const struct kaal_image_entry *entry = &h->entries[i];
        printf("entry %u: %s %s, %llu bytes at 0x%llx, hash 0x%016llx\n", i,
               entry_kinds[entry->kind], entry->name, (unsigned long long)entry->size,
               (unsigned long long)entry->offset,
               (unsigned long long)fnv1a((const uint8_t *)h + entry->offset, entry->size));
        if (entry->kind == KAAL_IMAGE_SYSTEM) {
            print_system((const uint8_t *)h + entry->offset);
        }
    }
    free(image.data);
    return 0;
}
