/* SPDX-License-Identifier: Apache-2.0 */
#include "image.h"

#include <kaal/abi/ring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_file.h"

/* The arm64 Image header: image_size is a 64-bit word at 16, "ARM\x64" at 56. */
#define ARM64_HEADER_BYTES 64
#define ARM64_IMAGE_SIZE   16
#define ARM64_MAGIC        56

static uint64_t align_up(uint64_t v, uint64_t to)
{
    return (v + to - 1) & ~(to - 1);
}

static uint64_t image_size(const struct bytes *b)
{
    uint64_t size;
    memcpy(&size, b->data + ARM64_IMAGE_SIZE, sizeof(size));
    return size;
}

struct item {
    uint32_t kind;
    const char *name;
    struct bytes data;
};

static bool is_arm64_image(const struct bytes *b)
{
    return b->size >= ARM64_HEADER_BYTES && memcmp(b->data + ARM64_MAGIC, "ARM\x64", 4) == 0;
}

/* place: of the declaration, or NULL. */
static bool load_elf(struct item *item, const char *path, enum elf_role role, const struct ir *ir,
                     const struct place *place, struct error *e)
{
    char what[256];
    struct error inner;
    if (role == ELF_COMPONENT) {
        snprintf(what, sizeof(what), "component '%s'", item->name);
    } else {
        snprintf(what, sizeof(what), "%s", role == ELF_KERNEL ? "the kernel" : "the root task");
    }
    if (!read_file(path, &item->data, &inner) || !elf_check(&item->data, role, what, &inner)) {
        return place != NULL ? place_fail(ir, place, e, "%s", inner.text)
                             : set_error(e, "%.*s", (int)sizeof(e->text) - 1, inner.text);
    }
    elf_strip(&item->data);
    return true;
}

/* struct kaal_system and its arrays. first_component: entry of component 0. */
static struct bytes make_system(const struct ir *ir, uint32_t first_component)
{
    size_t size = sizeof(struct kaal_system) +
                  ir->instance_count * sizeof(struct kaal_system_instance) +
                  ir->port_count * sizeof(struct kaal_system_port) +
                  ir->channel_count * sizeof(struct kaal_system_channel) +
                  ir->ring_count * sizeof(struct kaal_system_ring) +
                  ir->grant_count * sizeof(struct kaal_system_grant);
    struct bytes out = {xcalloc(size, 1), size};
    struct kaal_system *s = (struct kaal_system *)(void *)out.data;
    struct kaal_system_instance *in = (struct kaal_system_instance *)(void *)(s + 1);
    struct kaal_system_port *port = (struct kaal_system_port *)(void *)(in + ir->instance_count);
    struct kaal_system_channel *ch = (struct kaal_system_channel *)(void *)(port + ir->port_count);
    struct kaal_system_ring *ring = (struct kaal_system_ring *)(void *)(ch + ir->channel_count);
    struct kaal_system_grant *grant = (struct kaal_system_grant *)(void *)(ring + ir->ring_count);
    *s = (struct kaal_system){
        .magic = KAAL_SYSTEM_MAGIC,
        .version = KAAL_SYSTEM_VERSION,
        .instance_count = ir->instance_count,
        .port_count = ir->port_count,
        .channel_count = ir->channel_count,
        .ring_count = ir->ring_count,
        .grant_count = ir->grant_count,
    };
    for (uint32_t i = 0; i < ir->instance_count; i++, in++) {
        const struct ir_instance *from = &ir->instances[i];
        const struct ir_component *c = &ir->components[from->component];
        memcpy(in->name, from->name, strlen(from->name));
        in->component = first_component + from->component;
        in->priority = from->prio;
        in->budget_us = from->budget;
        in->period_us = from->period;
        in->stack_bytes = c->stack;
        in->first_port = from->first_port;
        in->port_count = c->port_count;
        for (uint32_t p = 0; p < c->port_count; p++, port++) {
            memcpy(port->name, c->ports[p].name, strlen(c->ports[p].name));
            port->kind = c->ports[p].kind;
            port->optional = c->ports[p].optional;
        }
    }
    for (uint32_t i = 0; i < ir->channel_count; i++, ch++) {
        ch->from = ir->channels[i].from;
        ch->to = ir->channels[i].to;
    }
    for (uint32_t i = 0; i < ir->ring_count; i++, ring++) {
        const struct ir_ring *from = &ir->rings[i];
        *ring = (struct kaal_system_ring){from->from, from->to, from->slots, from->slot_size};
    }
    for (uint32_t i = 0; i < ir->grant_count; i++, grant++) {
        grant->port = ir->grants[i].port;
        memcpy(grant->role, ir->grants[i].role, strlen(ir->grants[i].role));
    }
    return out;
}

/* Puts the items behind the loader. */
static void assemble(const struct bytes *loader, const struct item *items, uint32_t count,
                     struct bytes *out)
{
    uint64_t begin = align_up(loader->size, KAAL_PAGE_SIZE);
    uint64_t size = sizeof(struct kaal_image_header) + count * sizeof(struct kaal_image_entry);
    for (uint32_t i = 0; i < count; i++) {
        size = align_up(size, KAAL_IMAGE_DATA_ALIGN) + items[i].data.size;
    }
    size = align_up(size, KAAL_PAGE_SIZE);
    *out = (struct bytes){xcalloc(begin + size, 1), begin + size};
    memcpy(out->data, loader->data, loader->size);
    uint64_t whole = out->size;
    memcpy(out->data + ARM64_IMAGE_SIZE, &whole, sizeof(whole));

    struct kaal_image_header *h = (struct kaal_image_header *)(void *)(out->data + begin);
    h->magic = KAAL_IMAGE_MAGIC;
    h->version = KAAL_IMAGE_VERSION;
    h->abi = KAAL_ABI;
    h->entry_count = count;
    h->size = size;
    uint64_t at = sizeof(*h) + count * sizeof(struct kaal_image_entry);
    for (uint32_t i = 0; i < count; i++) {
        struct kaal_image_entry *entry = &h->entries[i];
        at = align_up(at, KAAL_IMAGE_DATA_ALIGN);
        entry->kind = items[i].kind;
        entry->offset = at;
        entry->size = items[i].data.size;
        memcpy(entry->name, items[i].name, strlen(items[i].name));
        memcpy((uint8_t *)h + at, items[i].data.data, items[i].data.size);
        at += items[i].data.size;
    }
    h->checksum = kaal_image_checksum((const uint32_t *)(const void *)h, size / 4);
}

bool image_pack(const struct ir *ir, const char *loader_path, const char *kernel_path,
                struct bytes *out, struct error *e)
{
    uint32_t count = ir->component_count + 2 + (ir->instance_count > 0);
    uint32_t first_component = count - ir->component_count;
    struct item *items = xcalloc(count, sizeof(items[0]));
    struct bytes loader;
    items[0] = (struct item){.kind = KAAL_IMAGE_KERNEL, .name = "kernel"};
    items[1] = (struct item){.kind = KAAL_IMAGE_ROOT, .name = "root"};
    bool ok = read_file(loader_path, &loader, e);
    if (ok && !is_arm64_image(&loader)) {
        ok = set_error(e, "%s is not an arm64 Image: no magic number at byte %d", loader_path,
                       ARM64_MAGIC);
    }
    ok = ok && load_elf(&items[0], kernel_path, ELF_KERNEL, ir, NULL, e);
    if (ok && image_size(&loader) != loader.size) {
        ok = set_error(e,
                       "%s has %zu bytes, but its header says %llu: the payload would not be where "
                       "the loader looks for it",
                       loader_path, loader.size, (unsigned long long)image_size(&loader));
    }
    ok = ok && load_elf(&items[1], ir->root, ELF_ROOT, ir, &ir->root_place, e);
    for (uint32_t i = 0; ok && i < ir->component_count; i++) {
        const struct ir_component *c = &ir->components[i];
        struct item *item = &items[first_component + i];
        *item = (struct item){.kind = KAAL_IMAGE_COMPONENT, .name = c->name};
        ok = load_elf(item, c->elf, ELF_COMPONENT, ir, &c->place, e);
    }
    if (ok) {
        if (ir->instance_count > 0) {
            items[2] = (struct item){KAAL_IMAGE_SYSTEM, "system", make_system(ir, first_component)};
        }
        assemble(&loader, items, count, out);
    }
    for (uint32_t i = 0; i < count; i++) {
        free(items[i].data.data);
    }
    free(items);
    free(loader.data);
    return ok;
}

static bool check_system(const struct kaal_image_header *h, const struct bytes *data,
                         struct error *e)
{
    struct kaal_system s;
    if (data->size < sizeof(s)) {
        return set_error(e, "the system table is cut off");
    }
    memcpy(&s, data->data, sizeof(s));
    uint64_t need = sizeof(s) + (uint64_t)s.instance_count * sizeof(struct kaal_system_instance) +
                    (uint64_t)s.port_count * sizeof(struct kaal_system_port) +
                    (uint64_t)s.channel_count * sizeof(struct kaal_system_channel) +
                    (uint64_t)s.ring_count * sizeof(struct kaal_system_ring) +
                    (uint64_t)s.grant_count * sizeof(struct kaal_system_grant);
    if (s.magic != KAAL_SYSTEM_MAGIC || s.version != KAAL_SYSTEM_VERSION || need != data->size) {
        return set_error(e, "the system table is not one, or cut off");
    }
    const uint8_t *at = data->data + sizeof(s);
    for (uint32_t i = 0; i < s.instance_count; i++, at += sizeof(struct kaal_system_instance)) {
        struct kaal_system_instance in;
        memcpy(&in, at, sizeof(in));
        if (in.component >= h->entry_count || in.priority > KAAL_MAX_PRIORITY ||
            h->entries[in.component].kind != KAAL_IMAGE_COMPONENT || in.budget_us > in.period_us ||
            memchr(in.name, '\0', sizeof(in.name)) == NULL || in.first_port > s.port_count ||
            in.port_count > s.port_count - in.first_port || in.stack_bytes % KAAL_PAGE_SIZE != 0) {
            return set_error(e, "instance %u of the system table is not valid", i);
        }
    }
    at += s.port_count * sizeof(struct kaal_system_port);
    for (uint32_t i = 0; i < s.channel_count; i++, at += sizeof(struct kaal_system_channel)) {
        struct kaal_system_channel c;
        memcpy(&c, at, sizeof(c));
        if (c.from >= s.port_count || c.to >= s.port_count) {
            return set_error(e, "channel %u of the system table is not valid", i);
        }
    }
    for (uint32_t i = 0; i < s.ring_count; i++, at += sizeof(struct kaal_system_ring)) {
        struct kaal_system_ring r;
        memcpy(&r, at, sizeof(r));
        if (r.from >= s.port_count || r.to >= s.port_count ||
            kaal_ring_bytes(r.slots, r.slot_size) == 0) {
            return set_error(e, "ring %u of the system table is not valid", i);
        }
    }
    for (uint32_t i = 0; i < s.grant_count; i++, at += sizeof(struct kaal_system_grant)) {
        struct kaal_system_grant g;
        memcpy(&g, at, sizeof(g));
        if (g.port >= s.port_count || memchr(g.role, 0, sizeof(g.role)) == NULL) {
            return set_error(e, "grant %u of the system table is not valid", i);
        }
    }
    return true;
}

static bool check_entries(const struct kaal_image_header *h, struct error *e)
{
    static const enum elf_role roles[] = {[KAAL_IMAGE_KERNEL] = ELF_KERNEL,
                                          [KAAL_IMAGE_ROOT] = ELF_ROOT,
                                          [KAAL_IMAGE_COMPONENT] = ELF_COMPONENT};
    unsigned seen[KAAL_IMAGE_SYSTEM + 1] = {0};
    for (uint32_t i = 0; i < h->entry_count; i++) {
        const struct kaal_image_entry *entry = &h->entries[i];
        if (entry->kind < KAAL_IMAGE_KERNEL || entry->kind > KAAL_IMAGE_SYSTEM ||
            entry->offset % KAAL_IMAGE_DATA_ALIGN != 0 || entry->offset > h->size ||
            entry->size > h->size - entry->offset ||
            memchr(entry->name, '\0', sizeof(entry->name)) == NULL) {
            return set_error(e, "entry %u is not valid", i);
        }
        seen[entry->kind]++;
        struct bytes data = {(uint8_t *)(uintptr_t)h + entry->offset, entry->size};
        bool ok = entry->kind == KAAL_IMAGE_SYSTEM
                      ? check_system(h, &data, e)
                      : elf_check(&data, roles[entry->kind], entry->name, e);
        if (!ok) {
            return false;
        }
    }
    if (seen[KAAL_IMAGE_KERNEL] != 1 || seen[KAAL_IMAGE_ROOT] != 1 || seen[KAAL_IMAGE_SYSTEM] > 1) {
        return set_error(e,
                         "the image needs one kernel, one root task and at most one system table");
    }
    return true;
}

bool image_check(const struct bytes *image, const struct kaal_image_header **payload,
                 struct error *e)
{
    if (!is_arm64_image(image)) {
        return set_error(e, "not an arm64 Image: no magic number at byte %d", ARM64_MAGIC);
    }
    if (image_size(image) != image->size) {
        return set_error(e, "the Image header says %llu bytes, the file has %zu: cut off or padded",
                         (unsigned long long)image_size(image), image->size);
    }
    for (uint64_t at = KAAL_PAGE_SIZE; at + sizeof(**payload) <= image->size;
         at += KAAL_PAGE_SIZE) {
        const struct kaal_image_header *h =
            (const struct kaal_image_header *)(const void *)(image->data + at);
        if (h->magic != KAAL_IMAGE_MAGIC || h->size != image->size - at) {
            continue;
        }
        if (h->version != KAAL_IMAGE_VERSION || h->abi != KAAL_ABI) {
            return set_error(e, "payload version %u, ABI %u; this tool knows %d and %d", h->version,
                             h->abi, KAAL_IMAGE_VERSION, KAAL_ABI);
        }
        if (h->size % KAAL_PAGE_SIZE != 0 || h->entry_count > KAAL_IMAGE_MAX_ENTRIES ||
            h->size < sizeof(*h) + h->entry_count * sizeof(h->entries[0])) {
            return set_error(e, "the payload's header is not valid");
        }
        struct kaal_image_header *copy = xcalloc(h->size, 1);
        memcpy(copy, h, h->size);
        copy->checksum = 0;
        uint64_t sum = kaal_image_checksum((const uint32_t *)(const void *)copy, h->size / 4);
        free(copy);
        if (sum != h->checksum) {
            return set_error(e, "the payload's checksum is wrong: the image is damaged");
        }
        *payload = h;
        return check_entries(h, e);
    }
    return set_error(e, "there is no payload, or its header is damaged");
}
