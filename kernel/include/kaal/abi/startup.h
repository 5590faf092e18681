/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a component finds when it starts: x0 holds the address of this
 * read-only page, sp the top of its stack, TPIDRRO_EL0 its IPC buffer.
 */
#ifndef KAAL_ABI_STARTUP_H
#define KAAL_ABI_STARTUP_H

#include <kaal/abi/image.h>

#define KAAL_STARTUP_MAGIC     0x50555452415453 /* "STARTUP" */
#define KAAL_STARTUP_VERSION   2
#define KAAL_STARTUP_MAX_PORTS 60

/* Slots of a component's CNode. Ports follow from KAAL_SLOT_FIRST_PORT on in
 * the order of their declaration; what a port waits on, if that is another
 * capability, is KAAL_STARTUP_MAX_PORTS slots further on. */
enum kaal_component_slot {
    KAAL_SLOT_NULL = 0,
    KAAL_SLOT_CONSOLE = 1, /* endpoint: labels KAAL_CONSOLE_*, see below */
    KAAL_SLOT_REPLY = 2,   /* its own reply object, for serves ports */
    KAAL_SLOT_FIRST_PORT = 8,
};

/* Console protocol: word 0 is the number of bytes (at most
 * KAAL_CONSOLE_CHUNK), words 1.. the bytes, little-endian. Reply: label 0. */
#define KAAL_CONSOLE_WRITE 1
#define KAAL_CONSOLE_CHUNK 512

/* The component has ended: word 0 is its status. There is no reply. */
#define KAAL_CONSOLE_EXIT 2

struct kaal_startup_port {
    uint32_t kind;      /* enum kaal_port_kind; 0: optional and not connected */
    uint32_t slot;      /* capability pointer; sends, receives: signals the peer;
                         * irq: the handler */
    uint32_t wait_slot; /* sends, receives, irq: the notification to wait for */
    uint32_t slots;     /* sends, receives: of the ring, and their bytes */
    uint32_t slot_size;
    uint32_t reserved;
    uint64_t vaddr; /* sends, receives: the shared memory */
    uint64_t bytes;
};

struct kaal_startup {
    uint64_t magic;
    uint32_t version;
    uint32_t size;
    char name[KAAL_IMAGE_NAME_MAX]; /* of the instance */
    uint64_t ipc_buffer;
    uint64_t stack_low; /* lowest mapped address of the stack; a guard page lies below */
    uint64_t stack_high;
    uint32_t port_count;
    uint32_t reserved;
    uint64_t seed; /* random, another for each component and boot; 0: there is none */
    struct kaal_startup_port ports[KAAL_STARTUP_MAX_PORTS];
};

_Static_assert(sizeof(struct kaal_startup) <= KAAL_PAGE_SIZE, "the start-up page is one page");

#endif
