/* SPDX-License-Identifier: Apache-2.0 */
#include "system.h"

#include <kaal/abi/ring.h>
#include <stdbool.h>
#include <stddef.h>

static struct kaal_system_instance default_instances[SYSTEM_MAX_INSTANCES];

static bool name_ends(const char *name, size_t size)
{
    size_t length = 0;
    while (length < size && name[length] != '\0') {
        length++;
    }
    return length > 0 && length < size;
}

static const char *header_check(const struct kaal_image_header *image, uint64_t bytes)
{
    if (bytes < sizeof(*image) || image->magic != KAAL_IMAGE_MAGIC) {
        return "the image is missing";
    }
    if (image->version != KAAL_IMAGE_VERSION || image->abi != KAAL_ABI) {
        return "the image is of another version";
    }
    if (image->size < sizeof(*image) || image->size > bytes || image->size % KAAL_PAGE_SIZE != 0) {
        return "the image is cut off";
    }
    if (image->entry_count > KAAL_IMAGE_MAX_ENTRIES ||
        image->entry_count * sizeof(struct kaal_image_entry) > image->size - sizeof(*image)) {
        return "the image has too many entries";
    }
    return NULL;
}

/* The checksum is over the header with the field itself 0. */
static bool checksum_fits(const struct kaal_image_header *image)
{
    static const uint64_t field = offsetof(struct kaal_image_header, checksum) / sizeof(uint32_t);
    const uint32_t *words = (const void *)image;
    const uint64_t count = image->size / sizeof(uint32_t);
    uint64_t a = 1;
    uint64_t b = 0;
    for (uint64_t i = 0; i < count; i++) {
        a += i == field || i == field + 1 ? 0 : words[i];
        b += a;
        if (i % 4096 == 4095) {
            a %= 0xffffffffU;
            b %= 0xffffffffU;
        }
    }
    return image->checksum == ((b % 0xffffffffU) << 32 | a % 0xffffffffU);
}

static const char *entries_check(const struct kaal_image_header *image,
                                 const struct kaal_image_entry **system)
{
    for (unsigned i = 0; i < image->entry_count; i++) {
        const struct kaal_image_entry *entry = &image->entries[i];
        if (entry->offset > image->size || entry->size > image->size - entry->offset ||
            entry->offset % KAAL_IMAGE_DATA_ALIGN != 0) {
            return "an entry lies outside of the image";
        }
        if (!name_ends(entry->name, sizeof(entry->name))) {
            return "an entry has no proper name";
        }
        if (entry->kind == KAAL_IMAGE_SYSTEM) {
            if (*system != NULL) {
                return "the image has two system tables";
            }
            *system = entry;
        }
    }
    return NULL;
}

static const char *instance_check(const struct system *system,
                                  const struct kaal_system_instance *instance)
{
    if (!name_ends(instance->name, sizeof(instance->name))) {
        return "an instance has no proper name";
    }
    if (instance->component >= system->image->entry_count ||
        system->image->entries[instance->component].kind != KAAL_IMAGE_COMPONENT) {
        return "an instance is of no component";
    }
    if (instance->priority > KAAL_MAX_PRIORITY) {
        return "an instance has a priority above 255";
    }
    if (instance->budget_us == 0 || instance->budget_us > instance->period_us) {
        return "an instance has no budget, or more than its period";
    }
    if (instance->stack_bytes == 0 || instance->stack_bytes % KAAL_PAGE_SIZE != 0 ||
        instance->stack_bytes > SYSTEM_MAX_STACK) {
        return "an instance has a stack that is not 4 KiB .. 1 MiB";
    }
    return NULL;
}

static const char *instances_check(struct system *system)
{
    unsigned port = 0;
    for (unsigned i = 0; i < system->instance_count; i++) {
        const struct kaal_system_instance *instance = &system->instances[i];
        const char *why = instance_check(system, instance);
        if (why != NULL) {
            return why;
        }
        if (instance->first_port != port || instance->port_count > KAAL_STARTUP_MAX_PORTS ||
            instance->port_count > system->port_count - port) {
            return "an instance's ports are not in order";
        }
        for (unsigned p = 0; p < instance->port_count; p++) {
            system->port_instance[port++] = (uint16_t)i;
        }
    }
    return port == system->port_count ? NULL : "a port belongs to no instance";
}

static const char *kinds_check(struct system *system)
{
    for (unsigned p = 0; p < system->port_count; p++) {
        const uint32_t kind = system->ports[p].kind;
        if (kind < KAAL_PORT_CALLS || kind > KAAL_PORT_CAPS) {
            return "a port is of an unknown kind";
        }
        system->port_channels[p] = 0;
    }
    return NULL;
}

static const char *channels_check(struct system *system)
{
    for (unsigned c = 0; c < system->channel_count; c++) {
        const struct kaal_system_channel *channel = &system->channels[c];
        if (channel->from >= system->port_count || channel->to >= system->port_count) {
            return "a channel ends at no port";
        }
        const uint32_t from = system->ports[channel->from].kind;
        const uint32_t to = system->ports[channel->to].kind;
        if (!(from == KAAL_PORT_CALLS && to == KAAL_PORT_SERVES) &&
            !(from == KAAL_PORT_NOTIFIES && to == KAAL_PORT_NOTIFIED)) {
            return "a channel joins ports that do not fit";
        }
        if (system->port_channels[channel->from] != 0) {
            return "a port that calls or notifies has two channels";
        }
        if (to == KAAL_PORT_NOTIFIED && system->port_channels[channel->to] == 64) {
            return "a notified port has more than 64 channels";
        }
        system->port_channels[channel->from]++;
        system->port_channels[channel->to]++;
    }
    return NULL;
}

static const char *rings_check(struct system *system)
{
    for (unsigned r = 0; r < system->ring_count; r++) {
        const struct kaal_system_ring *ring = &system->rings[r];
        if (ring->from >= system->port_count || ring->to >= system->port_count ||
            system->ports[ring->from].kind != KAAL_PORT_SENDS ||
            system->ports[ring->to].kind != KAAL_PORT_RECEIVES) {
            return "a ring joins ports that do not fit";
        }
        if (kaal_ring_bytes(ring->slots, ring->slot_size) == 0) {
            return "a ring has slots of an impossible number or size";
        }
        if (system->port_channels[ring->from]++ != 0 || system->port_channels[ring->to]++ != 0) {
            return "a port has two rings";
        }
        system->port_ring[ring->from] = (uint16_t)r;
        system->port_ring[ring->to] = (uint16_t)r;
    }
    return NULL;
}

static const char *grants_check(struct system *system)
{
    for (unsigned g = 0; g < system->grant_count; g++) {
        const struct kaal_system_grant *grant = &system->grants[g];
        if (grant->port >= system->port_count ||
            (system->ports[grant->port].kind != KAAL_PORT_IRQ &&
             system->ports[grant->port].kind != KAAL_PORT_CAPS) ||
            !name_ends(grant->role, sizeof(grant->role))) {
            return "a grant is of nothing, or to a port that takes none";
        }
        if (system->port_channels[grant->port]++ != 0) {
            return "a port has two grants";
        }
    }
    return NULL;
}

static const char *table_check(const struct kaal_image_entry *entry, struct system *system)
{
    const uint8_t *data = (const uint8_t *)system->image + entry->offset;
    const struct kaal_system *table = (const void *)data;
    if (entry->size < sizeof(*table) || table->magic != KAAL_SYSTEM_MAGIC ||
        table->version != KAAL_SYSTEM_VERSION) {
        return "the system table is of another version";
    }
    if (table->instance_count > SYSTEM_MAX_INSTANCES || table->port_count > SYSTEM_MAX_PORTS ||
        table->channel_count > SYSTEM_MAX_PORTS || table->ring_count > SYSTEM_MAX_RINGS ||
        table->grant_count > SYSTEM_MAX_GRANTS) {
        return "the system has more than 64 instances, 1024 ports or channels, 256 rings or 16 "
               "grants";
    }
    const uint64_t instance_bytes = table->instance_count * sizeof(struct kaal_system_instance);
    const uint64_t port_bytes = table->port_count * sizeof(struct kaal_system_port);
    const uint64_t channel_bytes = table->channel_count * sizeof(struct kaal_system_channel);
    const uint64_t ring_bytes = table->ring_count * sizeof(struct kaal_system_ring);
    const uint64_t grant_bytes = table->grant_count * sizeof(struct kaal_system_grant);
    if (sizeof(*table) + instance_bytes + port_bytes + channel_bytes + ring_bytes + grant_bytes >
        entry->size) {
        return "the system table is cut off";
    }
    data += sizeof(*table);
    system->instances = (const void *)data;
    system->ports = (const void *)(data + instance_bytes);
    data += instance_bytes + port_bytes;
    system->channels = (const void *)data;
    system->rings = (const void *)(data + channel_bytes);
    system->grants = (const void *)(data + channel_bytes + ring_bytes);
    system->instance_count = table->instance_count;
    system->port_count = table->port_count;
    system->channel_count = table->channel_count;
    system->ring_count = table->ring_count;
    system->grant_count = table->grant_count;
    const char *(*const checks[])(struct system *) = {instances_check, kinds_check, channels_check,
                                                      rings_check, grants_check};
    for (unsigned i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        const char *why = checks[i](system);
        if (why != NULL) {
            return why;
        }
    }
    return NULL;
}

static const char *table_default(struct system *system)
{
    system->instances = default_instances;
    for (unsigned i = 0; i < system->image->entry_count; i++) {
        const struct kaal_image_entry *entry = &system->image->entries[i];
        if (entry->kind != KAAL_IMAGE_COMPONENT) {
            continue;
        }
        if (system->instance_count == SYSTEM_MAX_INSTANCES) {
            return "the image has more than 64 components";
        }
        struct kaal_system_instance *instance = &default_instances[system->instance_count++];
        *instance = (struct kaal_system_instance){
            .component = i,
            .priority = SYSTEM_DEFAULT_PRIORITY,
            .budget_us = SYSTEM_DEFAULT_BUDGET_US,
            .period_us = SYSTEM_DEFAULT_BUDGET_US,
            .stack_bytes = SYSTEM_DEFAULT_STACK,
        };
        __builtin_memcpy(instance->name, entry->name, sizeof(instance->name));
    }
    return NULL;
}

const char *system_check(const void *payload, uint64_t bytes, struct system *system)
{
    const struct kaal_image_entry *table = NULL;
    system->image = payload;
    system->instance_count = 0;
    system->port_count = 0;
    system->channel_count = 0;
    system->ring_count = 0;
    system->grant_count = 0;
    const char *why = header_check(system->image, bytes);
    if (why != NULL) {
        return why;
    }
    if (!checksum_fits(system->image)) {
        return "the image is damaged: its checksum does not fit";
    }
    why = entries_check(system->image, &table);
    if (why != NULL) {
        return why;
    }
    return table != NULL ? table_check(table, system) : table_default(system);
}

const uint8_t *system_elf(const struct system *system, unsigned instance, uint64_t *size)
{
    const struct kaal_image_entry *entry =
        &system->image->entries[system->instances[instance].component];
    *size = entry->size;
    return (const uint8_t *)system->image + entry->offset;
}
