/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packed system (abi/image.h), checked. Pure: reads bytes of unknown
 * origin, never beyond their size.
 */
#pragma once
#include <kaal/abi/startup.h>

enum {
    SYSTEM_MAX_INSTANCES = 64,
    SYSTEM_MAX_PORTS = 1024,
    SYSTEM_MAX_STACK = 1024 * 1024,
    SYSTEM_MAX_RINGS = 256,
    SYSTEM_MAX_GRANTS = 16,
};

/* Defaults of an instance in an image without a system table. */
enum {
    SYSTEM_DEFAULT_PRIORITY = 100,
    SYSTEM_DEFAULT_BUDGET_US = 10000,
    SYSTEM_DEFAULT_STACK = 16 * 1024,
};

/*
 * What the image says, every index and range in it valid: components are
 * entries of kind KAAL_IMAGE_COMPONENT with data inside the image; names end;
 * the ports of instances are consecutive, KAAL_STARTUP_MAX_PORTS at most; a channel or
 * ring joins two ports of fitting kinds, and a port that is not serves or
 * notified has one channel, ring or grant at most; a ring is one of abi/ring.h.
 */
struct system {
    const struct kaal_image_header *image;
    const struct kaal_system_instance *instances;
    const struct kaal_system_port *ports;
    const struct kaal_system_channel *channels;
    const struct kaal_system_ring *rings;
    const struct kaal_system_grant *grants;
    unsigned instance_count;
    unsigned port_count;
    unsigned channel_count;
    unsigned ring_count;
    unsigned grant_count;
    uint16_t port_instance[SYSTEM_MAX_PORTS]; /* which instance has the port */
    uint16_t port_channels[SYSTEM_MAX_PORTS]; /* how many channels, rings, grants end at it */
    uint16_t port_ring[SYSTEM_MAX_PORTS];     /* sends, receives with a channel: its ring */
};

/*
 * Check an image of at most bytes.
 * Args: payload, aligned to 4 KiB.
 * Returns: NULL, or what is wrong with it.
 * Notes: *system refers to payload, and to memory of this function for an image
 *   without a table: there is one system at a time.
 */
const char *system_check(const void *payload, uint64_t bytes, struct system *system);

/* The ELF of an instance. */
const uint8_t *system_elf(const struct system *system, unsigned instance, uint64_t *size);
