/* SPDX-License-Identifier: Apache-2.0 */
/* Rings by port number. */
#include <kaal/ring.h>

#include <kaal/startup.h>

static struct kaal_ring rings[KAAL_STARTUP_MAX_PORTS];

/* The end of a ring that port is, or NULL. Made when first used. */
static struct kaal_ring *ring_of(unsigned port, uint32_t kind)
{
    const struct kaal_startup *startup = kaal_startup();
    if (port >= startup->port_count || port >= KAAL_STARTUP_MAX_PORTS ||
        startup->ports[port].kind != kind) {
        return NULL;
    }
    const struct kaal_startup_port *info = &startup->ports[port];
    struct kaal_ring *ring = &rings[port];
    if (ring->memory == NULL) {
        (void)!kaal_ring_init(ring, (void *)info->vaddr, info->slots, info->slot_size,
                              kind == KAAL_PORT_SENDS);
        ring->signal = info->slot;
        ring->wait = info->wait_slot;
    }
    return ring->is_broken ? NULL : ring;
}

bool kaal_ring_try_send(unsigned port, const void *items, size_t count, size_t *sent)
{
    struct kaal_ring *ring = ring_of(port, KAAL_PORT_SENDS);
    *sent = 0;
    return ring != NULL && kaal_ring_push(ring, items, count, sent);
}

bool kaal_ring_send(unsigned port, const void *items, size_t count)
{
    struct kaal_ring *ring = ring_of(port, KAAL_PORT_SENDS);
    const uint8_t *at = items;
    if (ring == NULL) {
        return false;
    }
    while (count > 0) {
        size_t sent;
        if (!kaal_ring_wait(ring) || !kaal_ring_push(ring, at, count, &sent)) {
            return false;
        }
        at += sent * ring->slot_size;
        count -= sent;
    }
    return true;
}

bool kaal_ring_try_recv(unsigned port, void *items, size_t count, size_t *received)
{
    struct kaal_ring *ring = ring_of(port, KAAL_PORT_RECEIVES);
    *received = 0;
    return ring != NULL && kaal_ring_pop(ring, items, count, received);
}

bool kaal_ring_recv(unsigned port, void *items, size_t count, size_t *received)
{
    struct kaal_ring *ring = ring_of(port, KAAL_PORT_RECEIVES);
    *received = 0;
    return ring != NULL && (count == 0 || kaal_ring_wait(ring)) &&
           kaal_ring_pop(ring, items, count, received);
}

size_t kaal_ring_slot_size(unsigned port)
{
    const struct kaal_startup *startup = kaal_startup();
    return port < startup->port_count ? startup->ports[port].slot_size : 0;
}
