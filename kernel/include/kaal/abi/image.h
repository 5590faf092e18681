/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packed system: what follows the loader in a board's image.
 *
 * One struct kaal_image_header, its entries, then the data of each entry. It
 * begins at a multiple of 4 KiB, all numbers are little-endian, and every
 * offset counts from the header. Whoever reads it checks magic, version, size
 * and checksum first, and each entry against size.
 */
#ifndef KAAL_ABI_IMAGE_H
#define KAAL_ABI_IMAGE_H

#include <kaal/abi/types.h>

#define KAAL_IMAGE_MAGIC       0x4c41414b /* "KAAL" */
#define KAAL_IMAGE_VERSION     1
#define KAAL_IMAGE_NAME_MAX    40
#define KAAL_IMAGE_DATA_ALIGN  64
#define KAAL_IMAGE_MAX_ENTRIES 256

enum kaal_image_kind {
    KAAL_IMAGE_KERNEL = 1,    /* kernel.elf; exactly one */
    KAAL_IMAGE_ROOT = 2,      /* the root task's ELF; exactly one */
    KAAL_IMAGE_COMPONENT = 3, /* a component's ELF */
    KAAL_IMAGE_SYSTEM = 4,    /* struct kaal_system, at most one */
};

struct kaal_image_entry {
    uint32_t kind;
    uint32_t reserved;
    uint64_t offset;                /* bytes from the header, a multiple of KAAL_IMAGE_DATA_ALIGN */
    uint64_t size;                  /* bytes */
    char name[KAAL_IMAGE_NAME_MAX]; /* NUL-terminated */
};

struct kaal_image_header {
    uint32_t magic;
    uint32_t version;
    uint32_t abi; /* KAAL_ABI */
    uint32_t entry_count;
    uint64_t size;     /* bytes of the whole, a multiple of 4 KiB */
    uint64_t checksum; /* kaal_image_checksum() over size bytes with this word 0 */
    struct kaal_image_entry entries[];
};

_Static_assert(sizeof(struct kaal_image_entry) == 64, "image entry layout");
_Static_assert(sizeof(struct kaal_image_header) == 32, "image header layout");

/*
 * Fletcher's checksum with 32-bit blocks (modulo 2^32 - 1). Finds damage and
 * truncation, not malice. words: length is a multiple of 8 bytes.
 */
static inline uint64_t kaal_image_checksum(const uint32_t *words, uint64_t count)
{
    uint64_t a = 1, b = 0;
    while (count > 0) {
        /* b grows by at most 2^12 * 2^45 between two reductions. */
        uint64_t chunk = count < 4096 ? count : 4096;
        count -= chunk;
        for (; chunk > 0; chunk--) {
            a += *words++;
            b += a;
        }
        a %= 0xffffffffU;
        b %= 0xffffffffU;
    }
    return (b << 32) | a;
}

/*
 * The system table: instances of components and what joins them. Arrays
 * follow the header in the order instances, ports, channels, rings, grants.
 */
#define KAAL_SYSTEM_MAGIC   0x5359534b /* "KSYS" */
#define KAAL_SYSTEM_VERSION 2

enum kaal_port_kind {
    KAAL_PORT_CALLS = 1,    /* client end of a call channel */
    KAAL_PORT_SERVES = 2,   /* server end of a call channel */
    KAAL_PORT_NOTIFIES = 3, /* signals a notification */
    KAAL_PORT_NOTIFIED = 4, /* waits for a notification */
    KAAL_PORT_SENDS = 5,    /* producer end of a ring */
    KAAL_PORT_RECEIVES = 6, /* consumer end of a ring */
    KAAL_PORT_IRQ = 7,      /* takes the interrupt of a device */
    KAAL_PORT_CAPS = 8,     /* holds a capability of the machine */
};

struct kaal_system {
    uint32_t magic;
    uint32_t version;
    uint32_t instance_count;
    uint32_t port_count;
    uint32_t channel_count;
    uint32_t ring_count;
    uint32_t grant_count;
    uint32_t reserved;
};

struct kaal_system_instance {
    char name[KAAL_IMAGE_NAME_MAX];
    uint32_t component; /* index of its entry in the image header */
    uint32_t priority;  /* 0..255 */
    uint64_t budget_us; /* microseconds of each period; equal to it: round robin */
    uint64_t period_us;
    uint64_t stack_bytes; /* a multiple of 4 KiB */
    uint32_t first_port;  /* its ports are ports[first_port .. +port_count) */
    uint32_t port_count;
};

struct kaal_system_port {
    char name[24];
    uint32_t kind;
    uint32_t optional;
};

/* Port numbers are indices into the system's port array. from: the calls or
 * notifies end; to: the serves or notified end. */
struct kaal_system_channel {
    uint32_t from;
    uint32_t to;
};

/* Shared memory as kaal/abi/ring.h lays it out. from: the sends end; to: the
 * receives end. slots and slot_size keep KAAL_RING_MAX_* and its rules. */
struct kaal_system_ring {
    uint32_t from;
    uint32_t to;
    uint32_t slots;
    uint32_t slot_size; /* bytes */
};

/* What the machine has once goes to a port. irq: role is of a device whose
 * interrupt it is, "stdout"; caps: "power". */
struct kaal_system_grant {
    uint32_t port;
    char role[28];
};

_Static_assert(sizeof(struct kaal_system) == 32, "system header layout");
_Static_assert(sizeof(struct kaal_system_instance) == 80, "system instance layout");
_Static_assert(sizeof(struct kaal_system_port) == 32, "system port layout");
_Static_assert(sizeof(struct kaal_system_channel) == 8, "system channel layout");
_Static_assert(sizeof(struct kaal_system_ring) == 16, "system ring layout");
_Static_assert(sizeof(struct kaal_system_grant) == 32, "system grant layout");

#endif
